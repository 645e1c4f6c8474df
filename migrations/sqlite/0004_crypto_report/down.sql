-- The reports stay; only what shows them goes.
DROP VIEW crypto_report;
