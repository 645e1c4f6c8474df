-- What the readers of the old service select: a view of the name and the columns that its table had. Kept in step with
-- migrations/sqlite.
--   * An artifact that is not there is NULL, one without chunks is the empty text: imported reports have both.
--   * A column is a subquery of its own, so that a statement which does not select it does not read its chunks.
--   * The view reads with the rights of its owner: a reader needs SELECT on the view and on nothing else.
--   * COLLATE, because convert_from would pass on that of the encoding's name: C, in which no letter but ASCII has a case.
--   * A double counts seconds exact to the microsecond until the year 2242, and to_timestamp is immutable, so that it can
--     be indexed; an interval added to the epoch could not.

CREATE VIEW crypto_report AS
SELECT
    r.id,
    (SELECT coalesce(
        (SELECT convert_from(string_agg(c.body, ''::bytea ORDER BY c.seq), 'UTF8')
         FROM artifact_chunks c WHERE c.artifact_id = a.id), '') COLLATE "default"
     FROM artifacts a WHERE a.report_id = r.id AND a.name = 'html_vi') AS html_content,
    (SELECT coalesce(
        (SELECT convert_from(string_agg(c.body, ''::bytea ORDER BY c.seq), 'UTF8')
         FROM artifact_chunks c WHERE c.artifact_id = a.id), '') COLLATE "default"
     FROM artifacts a WHERE a.report_id = r.id AND a.name = 'css') AS css_content,
    (SELECT coalesce(
        (SELECT convert_from(string_agg(c.body, ''::bytea ORDER BY c.seq), 'UTF8')
         FROM artifact_chunks c WHERE c.artifact_id = a.id), '') COLLATE "default"
     FROM artifacts a WHERE a.report_id = r.id AND a.name = 'js_vi') AS js_content,
    (SELECT coalesce(
        (SELECT convert_from(string_agg(c.body, ''::bytea ORDER BY c.seq), 'UTF8')
         FROM artifact_chunks c WHERE c.artifact_id = a.id), '') COLLATE "default"
     FROM artifacts a WHERE a.report_id = r.id AND a.name = 'html_en') AS html_content_en,
    (SELECT coalesce(
        (SELECT convert_from(string_agg(c.body, ''::bytea ORDER BY c.seq), 'UTF8')
         FROM artifact_chunks c WHERE c.artifact_id = a.id), '') COLLATE "default"
     FROM artifacts a WHERE a.report_id = r.id AND a.name = 'js_en') AS js_content_en,
    to_timestamp(r.created_at / 1000000.0::double precision) AS created_at
FROM reports r;

-- The newest first, by the expression that the view shows.
CREATE INDEX reports_shown_at ON reports (to_timestamp(created_at / 1000000.0::double precision));
