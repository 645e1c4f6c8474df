//! Which file a `database.url` names, and how much of such a URL may be shown.

use std::path::PathBuf;

use super::secret::hide_credentials;

/// What may stand in `database.url`.
pub(super) const RIGHT: &str = "write sqlite:PATH, a path, or postgresql://USER:PASSWORD@HOST:PORT/DATABASE";

/// The file that `url` names, or what would be right.
pub(super) fn path(url: &str) -> Result<PathBuf, String> {
    let file = match scheme(url) {
        None => url,
        Some("sqlite") => without_slashes(&url["sqlite:".len()..]),
        Some(_) => return Err(format!("only SQLite and Postgres are known; {RIGHT}")),
    };
    let in_memory = file == ":memory:";
    if file.trim().is_empty() || file.ends_with('/') || file.contains('?') || in_memory {
        return Err(RIGHT.to_owned());
    }
    Ok(PathBuf::from(file))
}

/// The URL as it may be shown: of a foreign one the scheme only, since the rest may hold a password.
pub(super) fn shown(url: &str) -> String {
    match scheme(url) {
        None | Some("sqlite") => hide_credentials(url),
        Some(foreign) => format!("{foreign}:…"),
    }
}

/// What stands before the first colon, or `postgres` where only the colon was forgotten; none of a plain path.
pub(super) fn scheme(url: &str) -> Option<&str> {
    let is_scheme_char = |char: char| char.is_ascii_alphanumeric() || matches!(char, '+' | '-' | '.');
    match url.split_once(':') {
        // One letter is a drive.
        Some((name, _)) if name.len() > 1 && name.chars().all(is_scheme_char) => Some(name),
        _ => ["postgresql", "postgres"]
            .into_iter()
            .find(|name| url.strip_prefix(name).is_some_and(|rest| rest.starts_with("//"))),
    }
}

/// `PATH`, `//PATH` and `///PATH` name the same relative path, `////PATH` an absolute one.
fn without_slashes(rest: &str) -> &str {
    rest.strip_prefix("///").or_else(|| rest.strip_prefix("//")).unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_file() {
        let cases = [
            ("evenkeel.db", "evenkeel.db"),
            ("/var/lib/evenkeel.db", "/var/lib/evenkeel.db"),
            ("sqlite:evenkeel.db", "evenkeel.db"),
            ("sqlite:/var/lib/evenkeel.db", "/var/lib/evenkeel.db"),
            ("sqlite://evenkeel.db", "evenkeel.db"),
            ("sqlite:///evenkeel.db", "evenkeel.db"),
            ("sqlite:///./data/evenkeel.db", "./data/evenkeel.db"),
            ("sqlite:////var/lib/evenkeel.db", "/var/lib/evenkeel.db"),
            ("C:\\data\\evenkeel.db", "C:\\data\\evenkeel.db"),
        ];
        for (url, file) in cases {
            assert_eq!(path(url), Ok(PathBuf::from(file)), "{url}");
        }
    }

    #[test]
    fn anything_else_is_refused_and_shown_without_a_password() {
        let cases = [
            ("postgresql://user:pass@host/db", "postgresql:…"),
            ("postgres://user:pass@host/db", "postgres:…"),
            ("postgres//user:pass@host/db", "postgres:…"),
            ("postgresql+psycopg2://user:pass@host/db", "postgresql+psycopg2:…"),
            ("mysql://user:pass@host/db", "mysql:…"),
            ("file:evenkeel.db", "file:…"),
            ("sqlite:", "sqlite:"),
            ("sqlite:///", "sqlite:///"),
            ("sqlite::memory:", "sqlite::memory:"),
            (":memory:", ":memory:"),
            ("sqlite:evenkeel.db?password=pass", "sqlite:evenkeel.db?…"),
            ("data/", "data/"),
        ];
        for (url, text) in cases {
            assert!(path(url).is_err(), "{url}");
            assert_eq!(shown(url), text);
        }
    }
}
