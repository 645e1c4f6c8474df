-- Whose turn it is. Replicas that share this database agree here on who does what is due: one row a due time of a job,
-- made by whoever comes first. Kept in step with migrations/sqlite, where one replica runs the same code.
--
--   * the primary key is the agreement: of any number of replicas that insert the row, one does;
--   * `lease_until` is microseconds since 1970-01-01 UTC on the clock of the database, the only clock that replicas
--     share. A holder extends it while it works; one that has died does not, and another takes over;
--   * `fence` rises with every holder. The work is committed together with `done_at` under the fence of its holder, so
--     that one who was thought dead and is not commits nothing;
--   * `due` is microseconds since 1970-01-01 UTC on the clock of the daemon, which a demo runs faster;
--   * `attempts` outlives its holders: a job that kills whoever tries it is not tried for ever.

CREATE TABLE slots (
    job text NOT NULL,
    due bigint NOT NULL,
    holder text NOT NULL,
    fence bigint NOT NULL,
    lease_until bigint NOT NULL,
    done_at bigint,
    attempts integer NOT NULL,
    PRIMARY KEY (job, due)
);
