-- The reports stay; only what shows them goes.
DROP VIEW crypto_report;
DROP INDEX reports_shown_at;
