-- The history of every index: one value of one series at one time, recorded once however often a source repeats it.
-- Kept in step with migrations/postgres. `at` is microseconds since 1970-01-01 UTC. The source stands beside the value,
-- because values of two sources are never to be compared with each other unawares.
--
-- WITHOUT ROWID: the table is its own index, and a chart reads one contiguous run of it.

CREATE TABLE index_points (
    series TEXT NOT NULL,
    at BIGINT NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    volume DOUBLE PRECISION,
    source TEXT NOT NULL,
    PRIMARY KEY (series, at)
) WITHOUT ROWID;
