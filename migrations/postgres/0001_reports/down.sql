-- Children first: a foreign key never points at a table that is gone.
DROP TABLE artifact_chunks;
DROP TABLE artifacts;
DROP TABLE reports;
