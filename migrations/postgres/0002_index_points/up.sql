-- The history of every index: one value of one series at one time, recorded once however often a source repeats it.
-- Kept in step with migrations/sqlite. `at` is microseconds since 1970-01-01 UTC. The source stands beside the value,
-- because values of two sources are never to be compared with each other unawares.

CREATE TABLE index_points (
    series text NOT NULL,
    at bigint NOT NULL,
    value double precision NOT NULL,
    volume double precision,
    source text NOT NULL,
    PRIMARY KEY (series, at)
);
