-- The reports stay; only what shows them goes. Whoever went back to the old service has dropped the view before.
DROP VIEW IF EXISTS crypto_report;
DROP INDEX reports_shown_at;
