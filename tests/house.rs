//! The house rules of the sources: arrows, sizes, texts, clocks, `unsafe`, SQL.

#![allow(clippy::unwrap_used)] // a helper that fails fails its test

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// From the top of the house to its foundation: a room may use what stands below it.
const ROOMS: [&str; 16] = [
    "guide",
    "cli",
    "soak",
    "daemon",
    "web",
    "report",
    "market",
    "analytics",
    "laboratory",
    "persistence",
    "simulator",
    "supervision",
    "memory",
    "journal",
    "config",
    "clock",
];

/// Lines of a source file, its tests included.
const LONGEST_FILE: usize = 330;

struct Source {
    /// Relative to `src`, for example `market/parse/kbs.rs`.
    path: String,
    text: String,
    /// Without comments, so that a sentence is no import.
    code: String,
}

impl Source {
    fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.trim_end_matches(".rs")
    }

    /// The module path without `crate`, for example `market::parse::kbs`.
    fn module(&self) -> String {
        self.path.trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::")
    }

    fn is_actor(&self) -> bool {
        self.code.contains("impl Actor for")
    }

    /// What the file names with a path from the crate's root, `super::` resolved.
    fn references(&self) -> BTreeSet<String> {
        let module = self.module();
        let parent = module.rsplit_once("::").map_or("", |(parent, _)| parent);
        let mut found = paths_after(&self.code, "crate::", "");
        // In a file's tests, `super` is the file itself.
        let without_tests = self.code.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        found.extend(paths_after(without_tests, "super::", parent));
        found
    }
}

/// The paths that follow `prefix` at the beginning of a path, `base` put before them.
fn paths_after(code: &str, prefix: &str, base: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices(prefix) {
        if !code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == ':') {
            unfold(&code[at + prefix.len()..], base, &mut found);
        }
    }
    found
}

/// Adds the path at the beginning of `rest`, or each path of the braces that it ends in; returns what follows.
fn unfold<'a>(rest: &'a str, base: &str, found: &mut BTreeSet<String>) -> &'a str {
    let path = path_of(rest);
    let join = |path: &str| {
        [base, path].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("::")
    };
    let after = &rest[path.len()..];
    let Some(mut list) = after.strip_prefix("::{").or_else(|| after.strip_prefix('{')) else {
        // `super::super::x` leads one further up.
        let resolved = match path.strip_prefix("super::") {
            Some(up) => [base.rsplit_once("::").map_or("", |(parent, _)| parent), up].join("::"),
            None => join(&path),
        };
        found.insert(resolved.trim_start_matches("::").to_owned());
        return after;
    };
    let base = join(&path);
    loop {
        list = unfold(list.trim_start(), &base, found).trim_start();
        match list.strip_prefix(',') {
            Some(more) => list = more,
            None => return list.strip_prefix('}').unwrap_or(list),
        }
    }
}

fn path_of(text: &str) -> String {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(text.len());
    text[..end].trim_end_matches(':').to_owned()
}

fn files(folder: &Path, suffix: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, suffix));
        } else if path.to_string_lossy().ends_with(suffix) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let sources: Vec<Source> = files(&root, ".rs")
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let code = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect::<Vec<_>>()
                .join("\n");
            let path = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
            Source { path, text, code }
        })
        .collect();
    assert!(sources.len() > 50, "only {} files found: is this the right folder?", sources.len());
    sources
}

fn rank(room: &str) -> Option<usize> {
    ROOMS.iter().position(|known| *known == room)
}

#[test]
fn every_arrow_points_down() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !matches!(source.path.as_str(), "main.rs" | "lib.rs")) {
        let own = rank(source.room()).unwrap_or_else(|| panic!("{} is in no room of the house", source.path));
        for reference in source.references() {
            let target = reference.split("::").next().unwrap_or_default();
            if rank(target).is_some_and(|target| target < own) {
                wrong.push(format!("{} uses crate::{reference}, which stands above it", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_files_of_a_room_import_each_other_in_a_circle() {
    let sources = sources();
    let modules: BTreeSet<String> = sources.iter().map(Source::module).collect();
    let graph: BTreeMap<String, BTreeSet<String>> = sources
        .iter()
        .filter(|source| {
            !source.path.ends_with("mod.rs") && !matches!(source.path.as_str(), "main.rs" | "lib.rs")
        })
        .map(|source| {
            let targets = source.references().into_iter().filter_map(|reference| owner(&modules, &reference));
            let module = source.module();
            (module.clone(), targets.filter(|target| *target != module).collect())
        })
        .collect();
    for start in graph.keys() {
        let mut reached = BTreeSet::new();
        let mut waiting: Vec<&String> = graph[start].iter().collect();
        while let Some(module) = waiting.pop() {
            assert!(module != start, "{start} is reached again from itself by way of {reached:?}");
            if reached.insert(module) {
                waiting.extend(graph.get(module).into_iter().flatten());
            }
        }
    }
}

/// The file that defines `reference`: the longest module that is a prefix of it.
fn owner(modules: &BTreeSet<String>, reference: &str) -> Option<String> {
    let mut path = reference;
    loop {
        if modules.contains(path) {
            return Some(path.to_owned());
        }
        path = path.rsplit_once("::")?.0;
    }
}

#[test]
fn no_actor_imports_another_actor() {
    let sources = sources();
    let modules: BTreeSet<String> = sources.iter().map(Source::module).collect();
    let actors: BTreeSet<String> =
        sources.iter().filter(|source| source.is_actor()).map(Source::module).collect();
    assert!(actors.len() >= 5, "{actors:?}");
    for source in sources.iter().filter(|source| source.is_actor()) {
        for target in source.references().iter().filter_map(|reference| owner(&modules, reference)) {
            assert!(
                target == source.module() || !actors.contains(&target),
                "{} imports the actor {target}; meet through messages and links",
                source.path
            );
        }
    }
}

#[test]
fn files_stay_readable() {
    for source in sources() {
        let lines = source.text.lines().count();
        assert!(lines <= LONGEST_FILE, "{} has {lines} lines; look for the second noun in it", source.path);
    }
}

#[test]
fn every_file_says_what_lives_in_it() {
    for source in sources() {
        assert!(
            source.text.starts_with("//!"),
            "{} does not begin with its module documentation",
            source.path
        );
    }
}

#[test]
fn only_the_clock_reads_the_time() {
    const BANNED: [&str; 5] =
        ["Instant::now", "SystemTime::now", "Timestamp::now", "Zoned::now", "thread::sleep"];
    for source in sources().iter().filter(|source| source.path != "clock.rs") {
        for call in BANNED {
            assert!(!source.code.contains(call), "{} calls {call}; use a Clock", source.path);
        }
    }
}

#[test]
fn unsafe_code_and_sql_stay_where_they_belong() {
    for source in sources() {
        let allocator = matches!(source.path.as_str(), "memory/arena.rs" | "memory/allocator.rs");
        assert!(
            allocator
                || !["unsafe {", "unsafe(", "unsafe_code", "unsafe fn", "unsafe impl"]
                    .iter()
                    .any(|word| source.code.contains(word)),
            "{} has unsafe code",
            source.path
        );
        let sql = ["diesel", "SELECT ", "INSERT ", "PRAGMA "].iter().find(|sql| source.code.contains(*sql));
        let may = source.room() == "persistence";
        assert!(may || sql.is_none(), "{} has {sql:?}; SQL stands in persistence only", source.path);
    }
}

#[test]
fn every_text_exists_in_both_languages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales");
    let keys = |language: &str| -> BTreeSet<String> {
        files(&root.join(language), ".ftl")
            .iter()
            .flat_map(|path| fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>())
            .filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()))
            .filter_map(|line| Some(line.split_once('=')?.0.trim().to_owned()))
            .collect()
    };
    let (vi, en) = (keys("vi"), keys("en"));
    assert!(en.len() > 20, "{en:?}");
    let missing: Vec<_> = vi.symmetric_difference(&en).collect();
    assert!(missing.is_empty(), "in one language only: {missing:?}");
}
