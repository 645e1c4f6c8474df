//! The messages of both languages against each other and against who uses them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn read_all(folder: &str, extension: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut text = String::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() && path.extension().is_some_and(|found| found == extension) {
            text.push_str(&fs::read_to_string(path).unwrap());
            text.push('\n');
        }
    }
    text
}

fn keys(language: &str) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for line in fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("locales/{language}/report.ftl")),
    )
    .unwrap()
    .lines()
    {
        if line.starts_with(|first: char| first.is_ascii_lowercase()) {
            let key = line.split(" =").next().unwrap().to_owned();
            assert!(keys.insert(key), "{language}: twice the same key in `{line}`");
        }
    }
    keys
}

#[test]
fn both_languages_have_the_same_messages() {
    assert_eq!(keys("vi"), keys("en"));
}

#[test]
fn every_message_is_used() {
    let templates = read_all("templates/report", "html");
    let code = read_all("src/report", "rs");
    for key in keys("en") {
        let used =
            templates.contains(&format!("t(key=\"{key}\")")) || code.contains(&format!("= \"{key}\";"));
        assert!(used, "message `{key}` is in the locales but nowhere used");
    }
}

#[test]
fn messages_of_one_name_take_the_same_arguments() {
    let arguments = |language: &str, key: &str| -> BTreeSet<String> {
        let text = read_all(&format!("locales/{language}"), "ftl");
        let start = text.find(&format!("\n{key} =")).unwrap() + 1;
        let end = text[start..].find("\n").map_or(text.len(), |line_end| {
            let mut end = start + line_end;
            // A message goes on for as long as its lines are indented or close its bracket.
            while text[end + 1..].starts_with([' ', '}']) {
                end += 1 + text[end + 1..].find('\n').unwrap();
            }
            end
        });
        text[start..end]
            .split("{ $")
            .skip(1)
            .map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric()).collect())
            .filter(|name| name != "count" && name != "n")
            .collect()
    };
    for key in keys("en") {
        assert_eq!(arguments("vi", &key), arguments("en", &key), "{key}");
    }
}
