//! The `.env` file: read, never written into the environment of the process.
//!
//! Operators share this file with other programs. A line that sets a known variable is read or is an error; any other
//! line that cannot be read is counted and passed over.

use std::path::Path;

use super::error::ConfigError;
use super::key::{OWN_PREFIX, is_variable};

/// What a `.env` file says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct DotEnv {
    /// Known variables in the order of the file; of two with the same name the later one counts.
    pub(super) variables: Vec<(String, String)>,
    /// Names that only this program could read and that it does not know.
    pub(super) unknown: Vec<String>,
    /// Lines that are not `NAME=VALUE` and set no known variable.
    pub(super) unread_lines: usize,
}

/// Reads the text of the file at `path`.
pub(super) fn parse(path: &Path, text: &str) -> Result<DotEnv, ConfigError> {
    let mut found = DotEnv::default();
    let mut readable = String::new();
    let mut lines: &[&str] = &text.lines().collect::<Vec<_>>();
    while let Some(line) = lines.first() {
        let count = entry_lines(lines);
        if count > 0 {
            readable.extend(lines[..count].iter().flat_map(|line| [line, "\n"]));
        } else {
            match loosely(path, line.trim())? {
                Loose::Known { name, value } => readable.push_str(&format!("{name}='{value}'\n")),
                Loose::Foreign => {}
                Loose::Unread => found.unread_lines += 1,
            }
        }
        lines = &lines[count.max(1)..];
    }
    // In one pass, because a value may refer to an earlier one: ${NAME}.
    for (name, value) in dotenvy::from_read_iter(readable.as_bytes()).flatten() {
        if is_variable(&name) {
            found.variables.push((name, value));
        } else if name.starts_with(OWN_PREFIX) {
            found.unknown.push(name);
        }
    }
    Ok(found)
}

/// How many lines the entry at the beginning of `lines` has: more than one where a quoted value goes on, 0 where the
/// parser refuses it.
fn entry_lines(lines: &[&str]) -> usize {
    let accepted = |text: &str| dotenvy::from_read_iter(text.as_bytes()).all(|entry| entry.is_ok());
    if accepted(lines[0]) {
        return 1;
    }
    let value = lines[0].split_once('=').map_or("", |(_, value)| value.trim_start());
    let Some(quote) = value.chars().next().filter(|first| matches!(first, '"' | '\'')) else { return 0 };
    let Some(further) = lines[1..].iter().position(|line| line.contains(quote)) else { return 0 };
    let count = further + 2;
    if accepted(&lines[..count].join("\n")) { count } else { 0 }
}

/// A line that the parser refuses.
enum Loose {
    /// Sets a known variable, with spaces that should have been in quotes; other readers of such files allow them.
    Known { name: String, value: String },
    /// Sets another one.
    Foreign,
    /// Sets none.
    Unread,
}

fn loosely(path: &Path, line: &str) -> Result<Loose, ConfigError> {
    let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
    let name_ends = line.find(|char: char| !char.is_ascii_alphanumeric() && char != '_');
    let (name, rest) = line.split_at(name_ends.unwrap_or(line.len()));
    let value = rest.trim_start().strip_prefix('=');
    if !is_variable(name) {
        return Ok(if value.is_some() { Loose::Foreign } else { Loose::Unread });
    }
    let value = value.map(|value| value.split(" #").next().unwrap_or(value).trim());
    match value.filter(|value| !value.contains(['"', '\'', '\\'])) {
        Some(value) => Ok(Loose::Known { name: name.to_owned(), value: value.to_owned() }),
        None => Err(ConfigError::Line { path: path.to_owned(), variable: name.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(String, String)>, String> {
        parse(Path::new(".env"), text).map(|found| found.variables).map_err(|error| error.to_string())
    }

    #[test]
    fn known_variables_are_read_however_their_line_is_written() {
        let cases = [
            ("PORT=80", "80"),
            ("PORT = 80", "80"),
            ("export PORT=80", "80"),
            ("PORT=\"80\" # web", "80"),
            ("PORT='80'", "80"),
            ("PORT=80 # web", "80"),
            ("PORT=80\r\n", "80"),
            ("PORT=79\nPORT=80", "80"),
            ("# don't\nPORT=80", "80"),
            ("APP=My Great App\nPORT=80", "80"),
            ("NOTE=it's\nPORT=80", "80"),
            ("not a line\nPORT=80", "80"),
            ("PORT=80, 81", "80, 81"),
            ("PORT=80, 81 # two", "80, 81"),
            ("PORT=", ""),
            ("KEY=\"-----BEGIN\nPORT=79\n-----END\"\nPORT=80", "80"),
            ("NUMBER=80\nPORT=${NUMBER}", "80"),
        ];
        for (text, value) in cases {
            let variables = read(text).unwrap();
            assert_eq!(variables.last(), Some(&("PORT".to_owned(), value.to_owned())), "{text}");
            assert!(variables.len() == 1 || text.starts_with("PORT=79"), "{text}");
        }
    }

    #[test]
    fn a_line_of_a_known_variable_that_cannot_be_read_is_an_error_that_names_it() {
        let right = "PORT in .env: the line cannot be read; write PORT=VALUE, with quotes around a value that has spaces";
        for text in ["PORT", "PORT 80", "PORT=\"80", "PORT='80\nHOST=::1", "PORT: 80"] {
            assert_eq!(read(text), Err(right.to_owned()), "{text}");
        }
    }

    #[test]
    fn lines_of_others_that_cannot_be_read_are_counted() {
        let found = parse(Path::new(".env"), "one two\nthree\nAPP=My App\nPORT=80\n").unwrap();
        assert_eq!(found.unread_lines, 2);
        assert_eq!(found.variables, [("PORT".to_owned(), "80".to_owned())]);
    }
}
