//! What is promised to programs outside, from the sources: docs/public-items.md lists it by module, and each item has an example.
//! What is hidden from the documentation is not promised.
//!
//! `EVENKEEL_BLESS=1 cargo test --test public_items` writes the list anew.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

mod members;
mod sources;

use sources::{Module, Named, krate};

const MARK: &str = "<!-- The list below is made from the sources by tests/public_items.rs. -->\n";

fn listed(modules: &BTreeMap<String, Vec<Named>>) -> String {
    let mut list = String::from("\n| module | items |\n| --- | --- |\n");
    let full = modules.iter().filter(|(_, items)| !items.is_empty());
    for (module, items) in full.clone() {
        writeln!(list, "| `{module}` | {} |", items.len()).unwrap();
    }
    let all: usize = modules.values().map(Vec::len).sum();
    writeln!(list, "| all | {all} |").unwrap();
    for (module, items) in full {
        writeln!(list, "\n## `{module}`\n").unwrap();
        for item in items {
            match item.kind {
                "const" | "fn" | "static" | "type" => writeln!(list, "- {} `{}`", item.kind, item.members[0]),
                kind => writeln!(list, "- {kind} `{}`", item.name),
            }
            .unwrap();
            if matches!(item.kind, "enum" | "struct" | "trait") {
                item.members.iter().for_each(|member| writeln!(list, "  - `{member}`").unwrap());
            }
        }
    }
    list
}

#[test]
fn every_public_item_is_listed() {
    let mut modules = BTreeMap::new();
    krate().collect(&[], &mut modules);
    let names_of =
        |module: &str| -> BTreeSet<String> { modules[module].iter().map(|item| item.name.clone()).collect() };
    // Found by way of a re-export, of a hidden module as well, and not at all.
    assert!(names_of("evenkeel").contains("Supervisor"), "{:?}", names_of("evenkeel"));
    assert!(names_of("evenkeel::web").contains("configure"), "{:?}", names_of("evenkeel::web"));
    assert!(!modules.contains_key("evenkeel::web::gate"), "a private module is not public");
    assert!(!modules.contains_key("evenkeel::memory::policy"), "a hidden module is not promised");
    let list = listed(&modules);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/public-items.md");
    let document = fs::read_to_string(&path).unwrap();
    let (introduction, found) = document.split_once(MARK).expect("docs/public-items.md has lost its mark");
    if std::env::var_os("EVENKEEL_BLESS").is_some() {
        fs::write(&path, format!("{introduction}{MARK}{list}")).unwrap();
    } else {
        assert_eq!(
            found, list,
            "docs/public-items.md is not what is public; EVENKEEL_BLESS=1 writes it anew"
        );
    }
}

/// Types of the standard library and of other crates that what is promised speaks of.
const FOREIGN: &[&str] = &[
    "Actor",
    "Arc",
    "BTreeMap",
    "Box",
    "BoxFuture",
    "ByteSize",
    "Context",
    "Date",
    "Display",
    "Duration",
    "Error",
    "Fn",
    "FnOnce",
    "Future",
    "Handler",
    "Into",
    "IntoIterator",
    "IpAddr",
    "Item",
    "Iterator",
    "Map",
    "Message",
    "Option",
    "OsString",
    "Output",
    "Path",
    "PathBuf",
    "Receiver",
    "Result",
    "Self",
    "Send",
    "ServiceConfig",
    "SocketAddr",
    "Stream",
    "String",
    "Sync",
    "Time",
    "TimeZone",
    "Timestamp",
    "Value",
    "Vec",
];

/// Every name of a type in the text, with the associated types of `where` clauses.
fn types(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|character: char| !character.is_alphanumeric() && character != '_');
    words.filter(|word| {
        word.len() > 1 && word.starts_with(char::is_uppercase) && word.contains(char::is_lowercase)
    })
}

#[test]
fn what_is_promised_speaks_of_nothing_that_is_hidden() {
    let mut modules = BTreeMap::new();
    krate().collect(&[], &mut modules);
    let promised: BTreeSet<&str> = modules.values().flatten().map(|item| item.name.as_str()).collect();
    let mut hidden = BTreeSet::new();
    for item in modules.values().flatten() {
        for member in &item.members {
            // A variant's own name comes first.
            let body = if item.kind == "enum" && !member.starts_with("fn") {
                member.split_once([' ', '(']).map_or("", |(_, body)| body)
            } else {
                member
            };
            let unknown = types(body).filter(|name| !promised.contains(name) && !FOREIGN.contains(name));
            hidden.extend(unknown.map(|name| format!("{name}, of {}", item.name)));
        }
    }
    assert!(hidden.is_empty(), "{hidden:#?}: export what is meant for programs, or hide what names it");
}

/// Whether its documentation shows it at work, or its module's does, or it leads to a page of the guide that does.
fn has_an_example(item: &Named, module: &Module, guide: &BTreeMap<String, String>) -> bool {
    let shows = |text: &str| text.split("```").skip(1).step_by(2).any(|example| names(example, &item.name));
    let page = |(name, text): (&String, &String)| {
        item.documentation.contains(&format!("guide::{name}")) && shows(text)
    };
    item.documentation.contains("```") || shows(&module.documentation) || guide.iter().any(page)
}

/// Whether the text has that name as a word of its own.
fn names(text: &str, name: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(is_part) && !text[at + name.len()..].starts_with(is_part))
}

#[test]
fn every_public_item_has_an_example() {
    let krate = krate();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/guide");
    let page = |name: &String| fs::read_to_string(folder.join(format!("{name}.md"))).unwrap();
    let guide = krate.modules["guide"].modules.keys().map(|name| (name.clone(), page(name))).collect();
    let mut modules = BTreeMap::new();
    krate.collect(&[], &mut modules);
    let mut without = Vec::new();
    for (path, items) in &modules {
        let parts: Vec<String> = path.split("::").skip(1).map(str::to_owned).collect();
        let module = krate.at(&parts).unwrap();
        let bare = items.iter().filter(|item| !has_an_example(item, module, &guide));
        without.extend(bare.map(|item| format!("{path}::{}", item.name)));
    }
    let all: usize = modules.values().map(Vec::len).sum();
    assert!(all > 100, "only {all} items found");
    assert!(
        without.is_empty(),
        "{without:#?} have no example: neither of their own nor in their module's documentation, and lead to no page of the \
         guide that has one"
    );
}
