-- A report is several artifacts, an artifact is a run of chunks. Chunks, because a text of megabytes in one column has
-- to be in memory as a whole to be written and again to be read; a chunk is the most that anybody ever holds.
--
-- Kept in step with migrations/postgres. What both need:
--   * ids are int4, rise, and are never used twice, not even after the newest report was deleted (AUTOINCREMENT);
--   * times are microseconds since 1970-01-01 UTC: exact in both databases, and as fine as timestamptz;
--   * bodies are bytes: a chunk may end inside a character, and only all chunks together are text.

CREATE TABLE reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    edition TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- The readers of the old table ask for the newest by time.
CREATE INDEX reports_created_at ON reports (created_at);

-- Length, number of chunks and SHA-256 stand beside the content, so that no reader has to add them up.
CREATE TABLE artifacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    report_id INTEGER NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    chunks INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    UNIQUE (report_id, name)
);

CREATE TABLE artifact_chunks (
    artifact_id INTEGER NOT NULL REFERENCES artifacts (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (artifact_id, seq)
);
