//! Every event of the log has a stable name, and docs/log.md lists all of them with their fields, from the sources.
//!
//! `EVENKEEL_BLESS=1 cargo test --test log_catalogue` writes the list anew.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::visit::{self, Visit};

const MARK: &str = "<!-- The list below is made from the sources by tests/log_catalogue.rs. -->\n";

/// A call of one of the log's macros, from information up.
struct Call {
    room: String,
    levels: Vec<&'static str>,
    event: Option<String>,
    fields: BTreeSet<String>,
    sentence: String,
    place: String,
}

#[derive(Default)]
struct Event {
    levels: BTreeSet<&'static str>,
    rooms: BTreeSet<String>,
    /// Fields of every line of the event.
    always: BTreeSet<String>,
    /// Those of some of its lines only.
    sometimes: BTreeSet<String>,
    sentences: Vec<String>,
}

struct Finder<'a> {
    file: &'a str,
    calls: Vec<Call>,
    in_test: bool,
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let outside = self.in_test;
        self.in_test |= module.ident == "tests";
        visit::visit_item_mod(self, module);
        self.in_test = outside;
    }

    fn visit_macro(&mut self, found: &'ast syn::Macro) {
        let path: Vec<String> = found.path.segments.iter().map(|part| part.ident.to_string()).collect();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let levels = match path.as_slice() {
            ["log", "info"] => vec!["info"],
            ["log", "warn"] => vec!["warn"],
            ["log", "error"] => vec!["error"],
            // Its level is the first argument: what it may be stands at its two places.
            ["log", "log"] => vec!["info", "warn"],
            _ => Vec::new(),
        };
        if !levels.is_empty() && !self.in_test {
            self.calls.push(call(self.file, levels, found));
        }
        // Expressions inside other macros are not parsed: `select!` and `json!` hide what they hold.
        self.visit_hidden(found.tokens.clone());
        visit::visit_macro(self, found);
    }
}

impl Finder<'_> {
    /// Log calls within the tokens of another macro.
    fn visit_hidden(&mut self, tokens: TokenStream) {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        for (at, tree) in trees.iter().enumerate() {
            let TokenTree::Group(group) = tree else { continue };
            let path = trees[at.saturating_sub(5)..at].iter().map(ToString::to_string).collect::<String>();
            let name =
                ["info", "warn", "error"].into_iter().find(|name| path.ends_with(&format!("log::{name}!")));
            match name {
                Some(level) => {
                    let text = format!("log::{level}!({})", group.stream());
                    let parsed: syn::ExprMacro = syn::parse_str(&text).unwrap();
                    self.calls.push(call(self.file, vec![level], &parsed.mac));
                }
                None => self.visit_hidden(group.stream()),
            }
        }
    }
}

fn call(file: &str, levels: Vec<&'static str>, found: &syn::Macro) -> Call {
    let room = file.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
    let place = format!("{file}:{}", found.path.segments[0].ident.span().start().line);
    let trees: Vec<TokenTree> = found.tokens.clone().into_iter().collect();
    let end = trees.iter().position(|tree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ';'));
    let (pairs, rest) = end.map_or((&trees[..0], &trees[..]), |end| (&trees[..end], &trees[end + 1..]));
    let is_comma = |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ',');
    let (mut event, mut fields) = (None, BTreeSet::new());
    for pair in pairs.split(is_comma).filter(|pair| !pair.is_empty()) {
        let name = pair[0].to_string();
        match name.as_str() {
            "event" => event = pair.last().map(|value| literal(&value.to_string())),
            "level" => {}
            _ => {
                fields.insert(name);
            }
        }
    }
    let sentence = rest.iter().find_map(|tree| match tree {
        TokenTree::Literal(text) => Some(literal(&text.to_string())),
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => Some(literal(&group.to_string())),
        _ => None,
    });
    Call { room, levels, event, fields, sentence: sentence.unwrap_or_default(), place }
}

fn literal(token: &str) -> String {
    syn::parse_str::<syn::LitStr>(token).map_or_else(|_| token.to_owned(), |text| text.value())
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            found.push(path);
        }
    }
    found.sort();
}

fn calls() -> Vec<Call> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    files(&root, &mut paths);
    let mut calls = Vec::new();
    for path in paths {
        let file = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        let parsed = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
        let mut finder = Finder { file: &file, calls: Vec::new(), in_test: false };
        finder.visit_file(&parsed);
        calls.extend(finder.calls);
    }
    calls
}

fn catalogue(calls: &[Call]) -> BTreeMap<String, Event> {
    let mut events: BTreeMap<String, Event> = BTreeMap::new();
    for call in calls {
        let name = call.event.clone().unwrap_or_else(|| panic!("{}: a line without an event", call.place));
        let is_new = !events.contains_key(&name);
        let event = events.entry(name).or_default();
        event.levels.extend(&call.levels);
        event.rooms.insert(call.room.clone());
        let before = if is_new { call.fields.clone() } else { event.always.clone() };
        let everywhere: BTreeSet<String> = before.intersection(&call.fields).cloned().collect();
        event.sometimes.extend(before.symmetric_difference(&call.fields).cloned());
        event.always = everywhere;
        if !event.sentences.contains(&call.sentence) {
            event.sentences.push(call.sentence.clone());
        }
    }
    events
}

fn listed(events: &BTreeMap<String, Event>) -> String {
    let mut list = String::from("\n| event | level | fields | sentence |\n| --- | --- | --- | --- |\n");
    for (name, event) in events {
        let levels: Vec<&str> = event.levels.iter().copied().collect();
        let sometimes = event.sometimes.iter().map(|field| format!("`{field}`?"));
        let fields: Vec<String> =
            event.always.iter().map(|field| format!("`{field}`")).chain(sometimes).collect();
        let sentences: Vec<String> = event
            .sentences
            .iter()
            .map(|sentence| sentence.replace('|', "\\|").replace("{}", "…"))
            .map(|sentence| format!("`{}`", sentence.split_whitespace().collect::<Vec<_>>().join(" ")))
            .collect();
        let row = [format!("`{name}`"), levels.join(", "), fields.join(" "), sentences.join("<br>")];
        writeln!(list, "| {} |", row.join(" | ")).unwrap();
    }
    list
}

#[test]
fn every_event_is_listed_with_its_fields() {
    let calls = calls();
    assert!(calls.len() > 100, "only {} lines found: are these the sources?", calls.len());
    let list = listed(&catalogue(&calls));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/log.md");
    let document = fs::read_to_string(&path).unwrap();
    let (introduction, found) = document.split_once(MARK).expect("docs/log.md has lost its mark");
    if std::env::var_os("EVENKEEL_BLESS").is_some() {
        fs::write(&path, format!("{introduction}{MARK}{list}")).unwrap();
    } else {
        assert_eq!(found, list, "docs/log.md is not what the sources log; EVENKEEL_BLESS=1 writes it anew");
    }
}

#[test]
fn names_are_in_kebab_case_and_belong_to_one_room() {
    for (name, event) in catalogue(&calls()) {
        let plain =
            name.chars().all(|character| character.is_ascii_lowercase() || "-0123456789".contains(character));
        assert!(plain && !name.starts_with('-'), "{name}");
        assert!(event.rooms.len() <= 2, "{name} is an event of {:?}", event.rooms);
        for field in event.always.iter().chain(&event.sometimes) {
            assert!(
                !field.ends_with("_duration")
                    && !["time", "msg", "message", "target"].contains(&field.as_str()),
                "{name}: {field} has no unit, or is the line's own"
            );
        }
    }
}
