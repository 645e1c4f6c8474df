//! Whether a table is the one that the old service made: a comparison of columns, without a database.

use super::old_table::COLUMNS;

/// A column as a database describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) name: String,
    /// In lower case: Postgres' name of the type, or what was declared in SQLite.
    pub(super) kind: String,
    pub(super) is_primary_key: bool,
}

/// Which database described the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    #[cfg(feature = "postgres")]
    Postgres,
}

/// What of `columns` is missing or of another type, as a phrase for people; nothing if all is as the old service made
/// it. Further columns are nobody's concern.
pub(super) fn differences(dialect: Dialect, columns: &[Found]) -> Option<String> {
    let names = ["id"].into_iter().chain(COLUMNS.map(|column| column.name)).chain(["created_at"]);
    let found = |name: &str| columns.iter().find(|column| column.name.eq_ignore_ascii_case(name));
    let difference = |name: &str| match found(name) {
        None => Some(format!("{name} is missing")),
        Some(column) => wrong_type(dialect, name, column),
    };
    let all: Vec<String> = names.filter_map(difference).collect();
    if all.is_empty() { None } else { Some(all.join(", ")) }
}

fn wrong_type(dialect: Dialect, name: &str, column: &Found) -> Option<String> {
    let (right, fits) = match (dialect, name) {
        #[cfg(feature = "postgres")]
        (Dialect::Postgres, "id") => ("integer", column.kind == "integer"),
        #[cfg(feature = "postgres")]
        (Dialect::Postgres, "created_at") => {
            ("timestamp with time zone", column.kind == "timestamp with time zone")
        }
        #[cfg(feature = "postgres")]
        (Dialect::Postgres, _) => ("text", ["text", "character varying"].contains(&column.kind.as_str())),
        // The only type that means anything to SQLite: such an id is unique, and a whole number.
        (Dialect::Sqlite, "id") => ("integer primary key", column.kind == "integer" && column.is_primary_key),
        (Dialect::Sqlite, _) => return None,
    };
    let is = if column.is_primary_key { format!("{} primary key", column.kind) } else { column.kind.clone() };
    (!fits).then(|| format!("{name} is {is} instead of {right}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(text: &str) -> Vec<Found> {
        let column = |(name, kind): (&str, &str)| Found {
            name: name.to_owned(),
            kind: kind.trim_end_matches('!').to_owned(),
            is_primary_key: kind.ends_with('!'),
        };
        text.split(", ").map(|pair| column(pair.split_once(' ').unwrap())).collect()
    }

    #[test]
    fn every_difference_is_named() {
        let texts = "css_content text, js_content text, html_content_en text, js_content_en text";
        for (dialect, found, expected) in [
            #[cfg(feature = "postgres")]
            (
                Dialect::Postgres,
                format!("id integer!, html_content character varying, {texts}, created_at timestamp with time zone, x y"),
                None,
            ),
            #[cfg(feature = "postgres")]
            (
                Dialect::Postgres,
                format!("id bigint!, html_content jsonb, {texts}, created_at timestamp without time zone"),
                Some(
                    "id is bigint primary key instead of integer, html_content is jsonb instead of text, created_at is \
                     timestamp without time zone instead of timestamp with time zone",
                ),
            ),
            #[cfg(feature = "postgres")]
            (
                Dialect::Postgres,
                "id integer, html_content text, css_content text, js_content text, created_at timestamp with time zone"
                    .to_owned(),
                Some("html_content_en is missing, js_content_en is missing"),
            ),
            (Dialect::Sqlite, format!("ID integer!, html_content , {texts}, created_at datetime"), None),
            (
                Dialect::Sqlite,
                format!("id integer, html_content text, {texts}, created_at datetime"),
                Some("id is integer instead of integer primary key"),
            ),
        ] {
            assert_eq!(differences(dialect, &columns(&found)).as_deref(), expected, "{found}");
        }
    }
}
