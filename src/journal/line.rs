//! A line as it is written: JSON, logfmt, or with what a journal's daemon reads at its beginning.
//!
//! Whatever somebody else's text holds (an error of a server, a coin's name), a line stays one line: what acts on a
//! terminal or on the reading direction is written as an escape.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::entry::{Entry, Severity};
pub use super::plain::one_line;

/// The field whose lines stand below the sentence in text, and nowhere else: its numbers are fields of their own.
pub const TABLE: &str = "table";

/// One JSON object: `time`, `level`, `event`, `target`, `message`, `fields`.
pub fn json(entry: &Entry) -> String {
    let mut line = Map::new();
    line.insert("time".into(), time(entry).into());
    line.insert("level".into(), entry.level.as_str().into());
    if !entry.event.is_empty() {
        line.insert("event".into(), entry.event.as_str().into());
    }
    line.insert("target".into(), entry.target.as_str().into());
    line.insert("message".into(), entry.message.as_str().into());
    let fields: Map<String, Value> =
        fields(entry).map(|(name, value)| (name.clone(), value.clone())).collect();
    if !fields.is_empty() {
        line.insert("fields".into(), fields.into());
    }
    Value::Object(line).to_string()
}

/// `time=… level=info event=refreshed msg="…"`, and the fields.
pub fn logfmt(entry: &Entry) -> String {
    let mut line = format!("time={} level={}", time(entry), entry.level);
    if !entry.event.is_empty() {
        push(&mut line, "event", &entry.event);
    }
    push(&mut line, "msg", &entry.message);
    for (name, value) in fields(entry) {
        match value {
            Value::String(text) => push(&mut line, name, text),
            Value::Null => push(&mut line, name, "null"),
            other => push(&mut line, name, &other.to_string()),
        }
    }
    line
}

fn push(line: &mut String, name: &str, value: &str) {
    let plain = !value.is_empty()
        && value
            .chars()
            .all(|character| character.is_ascii_graphic() && !matches!(character, '"' | '=' | '\\'));
    // Writing to a string cannot fail.
    let _ = match plain {
        true => write!(line, " {name}={value}"),
        false => write!(line, " {name}={}", Value::from(one_line(value))),
    };
}

/// The lines of the table that belongs to the sentence, if there is one.
pub fn table(entry: &Entry) -> impl Iterator<Item = String> {
    entry.fields.get(TABLE).and_then(Value::as_str).unwrap_or_default().lines().map(one_line)
}

fn fields(entry: &Entry) -> impl Iterator<Item = (&String, &Value)> {
    entry.fields.iter().filter(|(name, _)| *name != TABLE)
}

fn time(entry: &Entry) -> String {
    entry.at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The level as systemd's journal reads it at the beginning of a line (`man 3 sd-daemon`).
pub fn journal_level(level: Severity) -> &'static str {
    match level {
        Severity::Error => "<3>",
        Severity::Warn => "<4>",
        Severity::Info => "<6>",
        Severity::Debug => "<7>",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry() -> Entry {
        let fields =
            json!({"child": "market-indices", "free": "a b=\"c\"", "ms": 7, "none": null, "table": "1\n2"});
        Entry {
            number: 1,
            at: "2026-03-02T02:00:00.25Z".parse().unwrap(),
            level: Severity::Warn,
            event: "tested".to_owned(),
            target: "evenkeel::test".to_owned(),
            message: one_line("a\u{1b}[31m coin\nlevel=error \u{202e}"),
            fields: fields.as_object().unwrap().clone(),
        }
    }

    #[test]
    fn foreign_text_stays_on_its_line_in_every_format() {
        assert_eq!(entry().message, "a\\u{1b}[31m coin\\nlevel=error \\u{202e}");
        assert_eq!(
            logfmt(&entry()),
            "time=2026-03-02T02:00:00.250Z level=warn event=tested msg=\"a\\\\u{1b}[31m coin\\\\nlevel=error \
             \\\\u{202e}\" child=market-indices free=\"a b=\\\"c\\\"\" ms=7 none=null"
        );
        let read: Value = serde_json::from_str(&json(&entry())).unwrap();
        assert_eq!((&read["event"], &read["level"]), (&json!("tested"), &json!("warn")));
        assert_eq!(
            read["fields"],
            json!({"child": "market-indices", "free": "a b=\"c\"", "ms": 7, "none": null})
        );
        assert_eq!(table(&entry()).collect::<Vec<_>>(), ["1", "2"]);
    }

    #[test]
    fn a_sentence_of_megabytes_is_cut() {
        let cut = one_line(&"x".repeat(1 << 20));
        assert_eq!((cut.chars().count(), cut.ends_with('…')), (super::super::plain::LONGEST + 1, true));
    }
}
