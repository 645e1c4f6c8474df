//! A report as its readers get it: what the five artifacts hold, how large they are, what hostile data does to them.
#![cfg(all(feature = "cli", feature = "jemalloc", feature = "postgres", feature = "redis"))]
#![allow(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

mod fragments;
mod sample;
mod texts;

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use evenkeel::market::model::Market;
use evenkeel::persistence::messages::ArtifactName;
use evenkeel::report::artifact::ARTIFACTS;
use evenkeel::report::chunk::{CHUNK_BYTES, ChunkSink};
use evenkeel::report::language::Language;
use sample::Shelf;

const EVERY_MARKET: [Market; 3] = [Market::Vietnam, Market::Crypto, Market::Us];

/// Remembers the length of every chunk and nothing else.
#[derive(Debug, Clone, Default)]
struct Lengths(Arc<Mutex<BTreeMap<ArtifactName, Vec<usize>>>>);

impl ChunkSink for Lengths {
    fn append(&mut self, artifact: ArtifactName, seq: u32, body: Vec<u8>) -> io::Result<()> {
        let mut lengths = self.0.lock().unwrap();
        let lengths = lengths.entry(artifact).or_default();
        assert_eq!(lengths.len(), seq as usize, "{artifact} arrives in order and without gaps");
        lengths.push(body.len());
        Ok(())
    }
}

#[test]
fn a_report_of_a_thousand_coins_is_five_artifacts_in_full_chunks() {
    let lengths = Lengths::default();
    let digests = sample::report(&EVERY_MARKET, 1000, lengths.clone());
    assert_eq!(digests.iter().map(|digest| digest.artifact).collect::<Vec<_>>(), ARTIFACTS);
    for digest in &digests {
        let lengths = &lengths.0.lock().unwrap()[digest.artifact];
        let (last, full) = lengths.split_last().unwrap();
        assert!(full.iter().all(|length| *length == CHUNK_BYTES), "{}: {lengths:?}", digest.artifact);
        assert!((1..=CHUNK_BYTES).contains(last));
        assert_eq!(digest.length, lengths.iter().map(|length| *length as u64).sum::<u64>());
        if digest.artifact.starts_with("html") {
            assert!(
                (2_400_000..3_400_000).contains(&digest.length),
                "{}: {}",
                digest.artifact,
                digest.length
            );
        }
    }
}

#[test]
fn the_fragment_is_one_article_without_document_or_script() {
    let shelf = Shelf::default();
    sample::report(&EVERY_MARKET, 40, shelf.clone());
    for language in Language::ALL {
        let html = shelf.text(&format!("html_{language}"));
        assert!(html.starts_with(&format!(
            "<article class=\"ek-report\" lang=\"{language}\" data-edition=\"market\""
        )));
        assert!(html.trim_end().ends_with("</article>"));
        let table = html.split("id=\"ek-all\"").nth(1).unwrap().split("</table>").next().unwrap();
        assert_eq!((html.matches("<article").count(), table.matches("<tr>").count()), (1, 1 + 40));
        for forbidden in
            ["<html", "<head>", "<body", "<script", "<style", "<link", "http://", "https://", "{{", "{%"]
        {
            assert!(!html.contains(forbidden), "{forbidden} in {language}");
        }
        balanced(&html);
    }
}

/// Every element that is opened is closed, in order.
fn balanced(html: &str) {
    const VOID: [&str; 4] = ["circle", "path", "rect", "br"];
    let mut open = Vec::new();
    for piece in html.split('<').skip(1) {
        let tag = piece.split('>').next().unwrap();
        let name = tag.trim_start_matches('/').split_whitespace().next().unwrap();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "near <{}", &piece[..piece.len().min(60)]);
        } else if !tag.ends_with('/') {
            assert!(!VOID.contains(&name), "<{tag}> is not closed");
            open.push(name);
        }
    }
    assert_eq!(open, Vec::<&str>::new());
}

#[test]
fn the_style_sheet_is_only_about_the_article() {
    let shelf = Shelf::default();
    sample::report(&EVERY_MARKET, 1, shelf.clone());
    let css = shelf.text("css");
    let without_comments: String = css.split("*/").map(|part| part.split("/*").next().unwrap()).collect();
    for rule in without_comments.split(['{', '}', ';']).map(str::trim) {
        let is_selector =
            rule.starts_with(['.', ':', '*', '#']) || rule.starts_with("html") || rule.starts_with("body");
        if is_selector {
            for selector in rule.split(',').map(str::trim) {
                assert!(selector.starts_with(".ek-report") || selector == ":host", "{selector}");
            }
        }
    }
    assert!(css.contains("prefers-color-scheme: dark") && !css.contains("url(") && !css.contains("@import"));
}

#[test]
fn the_script_holds_the_words_of_its_language_and_nothing_that_ends_it() {
    let shelf = Shelf::default();
    sample::report(&EVERY_MARKET, 1, shelf.clone());
    for (language, word) in [("vi", "Tìm đồng tiền"), ("en", "Find a coin")] {
        let js = shelf.text(&format!("js_{language}"));
        assert!(js.contains(word) && js.contains(&format!("const language = \"{language}\"")), "{js}");
        assert!(!js.contains("</") && !js.contains("fetch") && !js.contains("http"), "{js}");
    }
}

#[test]
fn both_languages_show_the_same_numbers_of_everything() {
    let shelf = Shelf::default();
    sample::report(&EVERY_MARKET, 60, shelf.clone());
    let [vi, en] = ["html_vi", "html_en"].map(|artifact| shelf.text(artifact));
    for element in ["<section", "<li", "<tr", "<td", "<svg", "<path", "<h1", "<h2", "<h3", "<dt", "data-v="] {
        assert_eq!(vi.matches(element).count(), en.matches(element).count(), "{element}");
    }
    assert!(vi.contains("1.853,29") && en.contains("1,853.29"));
    assert!(vi.contains("24/04/2026") && en.contains("24 April 2026"));
}

/// Not a counting allocator: that needs unsafe code. What is held is the chunk buffers and one slice of rows, so the
/// process may not grow with the number of rows.
#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_grow_with_the_number_of_rows() {
    fn resident_kib() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
    // The other tests of this binary keep whole artifacts when they run in the same process: this one runs itself.
    if std::env::var_os("EVENKEEL_MEASURE").is_none() {
        let test = std::env::current_exe().unwrap();
        let output = std::process::Command::new(test)
            .args(["--exact", "memory_does_not_grow_with_the_number_of_rows", "--nocapture"])
            .env("EVENKEEL_MEASURE", "1")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        return;
    }
    sample::report(&EVERY_MARKET, 250, Lengths::default());
    let before = resident_kib();
    sample::report(&EVERY_MARKET, 5_000, Lengths::default());
    let grown = resident_kib() - before;
    println!("peak after 250 rows: {before} KiB; 5000 rows more: +{grown} KiB");
    assert!(grown < 1024, "27 MB of report grew the process by {grown} KiB");
}

/// Writes complete pages into the folder that `EVENKEEL_LOOK` names, to be looked at in a browser.
#[test]
fn pages_to_look_at() {
    let folder = tempfile::tempdir().unwrap();
    let folder = std::env::var_os("EVENKEEL_LOOK").map_or_else(|| folder.path().to_owned(), Into::into);
    let spoilt = Shelf::default();
    sample::report_of(&EVERY_MARKET, 300, spoilt.clone(), sample::spoil);
    std::fs::write(folder.join("spoilt.html"), sample::page_of(&spoilt, Language::En)).unwrap();
    let shelf = Shelf::default();
    let digests = sample::report(&EVERY_MARKET, 1000, shelf.clone());
    for digest in &digests {
        println!("{}: {} bytes", digest.artifact, digest.length);
    }
    for language in Language::ALL {
        let text = sample::page_of(&shelf, language);
        assert!(text.starts_with("<!doctype html>") && text.trim_end().ends_with("</html>"));
        assert_eq!((text.matches("<script").count(), text.matches("</script").count()), (1, 1));
        std::fs::write(folder.join(format!("report.{language}.html")), text).unwrap();
    }
}
