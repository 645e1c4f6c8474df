-- What the readers of the old service select: a view of the name and the columns that its table had. Kept in step with
-- migrations/postgres.
--   * An artifact that is not there is NULL, one without chunks is the empty text: imported reports have both.
--   * created_at is the text that SQLAlchemy writes: UTC, always with six digits after the point; its order is that of time.
--   * Only what SQLite has known for long (no ORDER BY inside an aggregate): a view that an older library cannot parse would
--     shut it out of the whole file.

CREATE VIEW crypto_report AS
SELECT
    r.id,
    (SELECT coalesce(
        (SELECT group_concat(body, '')
         FROM (SELECT c.body FROM artifact_chunks c WHERE c.artifact_id = a.id ORDER BY c.seq)), '')
     FROM artifacts a WHERE a.report_id = r.id AND a.name = 'html_vi') AS html_content,
    (SELECT coalesce(
        (SELECT group_concat(body, '')
         FROM (SELECT c.body FROM artifact_chunks c WHERE c.artifact_id = a.id ORDER BY c.seq)), '')
     FROM artifacts a WHERE a.report_id = r.id AND a.name = 'css') AS css_content,
    (SELECT coalesce(
        (SELECT group_concat(body, '')
         FROM (SELECT c.body FROM artifact_chunks c WHERE c.artifact_id = a.id ORDER BY c.seq)), '')
     FROM artifacts a WHERE a.report_id = r.id AND a.name = 'js_vi') AS js_content,
    (SELECT coalesce(
        (SELECT group_concat(body, '')
         FROM (SELECT c.body FROM artifact_chunks c WHERE c.artifact_id = a.id ORDER BY c.seq)), '')
     FROM artifacts a WHERE a.report_id = r.id AND a.name = 'html_en') AS html_content_en,
    (SELECT coalesce(
        (SELECT group_concat(body, '')
         FROM (SELECT c.body FROM artifact_chunks c WHERE c.artifact_id = a.id ORDER BY c.seq)), '')
     FROM artifacts a WHERE a.report_id = r.id AND a.name = 'js_en') AS js_content_en,
    -- The remainder of a time before 1970 is negative.
    strftime('%Y-%m-%d %H:%M:%S', (r.created_at - (r.created_at % 1000000 + 1000000) % 1000000) / 1000000, 'unixepoch')
        || printf('.%06d', (r.created_at % 1000000 + 1000000) % 1000000) AS created_at
FROM reports r;
