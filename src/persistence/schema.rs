//! The tables as the query builder sees them; written by hand, in step with `migrations/`.
//!
//! Times are microseconds since 1970-01-01 UTC. The same declarations serve SQLite and Postgres.

diesel::table! {
    reports (id) {
        id -> Integer,
        edition -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    artifacts (id) {
        id -> Integer,
        report_id -> Integer,
        name -> Text,
        bytes -> BigInt,
        chunks -> Integer,
        sha256 -> Binary,
    }
}

diesel::table! {
    artifact_chunks (artifact_id, seq) {
        artifact_id -> Integer,
        seq -> Integer,
        body -> Binary,
    }
}

diesel::table! {
    index_points (series, at) {
        series -> Text,
        at -> BigInt,
        value -> Double,
        volume -> Nullable<Double>,
        source -> Text,
    }
}

diesel::joinable!(artifacts -> reports (report_id));
diesel::joinable!(artifact_chunks -> artifacts (artifact_id));
diesel::allow_tables_to_appear_in_same_query!(reports, artifacts, artifact_chunks);
