//! Editions in the file: tables that the operator names.

use std::time::Duration;

use evenkeel::config::EditionConfig;

use crate::setup::{Setup, loaded};

const MORNING: &str = "[report]\nconstituents = 500\nevery = \"2h\"\n\n[report.editions.morning]\ntimes = [\"6:45\"]\n\
                       indices = [\"vnindex\", \"btc\"]\nlanguages = [\"vi\"]\n\n[report.editions.coins]\nevery = \"6h\"\n\
                       constituents = 1000\n";

#[test]
fn what_an_edition_leaves_out_is_as_in_the_main_one() {
    let config = loaded(&Setup::new().file(MORNING)).config;
    let [main, coins, morning] = config.report.each_edition().try_into().unwrap();
    assert_eq!((main.edition.as_str(), main.constituents, main.times.len()), ("market", 500, 0));
    assert_eq!((morning.edition.as_str(), morning.constituents), ("morning", 500));
    assert_eq!(
        (morning.times.len(), morning.indices.len(), morning.languages),
        (1, 2, vec!["vi".to_owned()])
    );
    assert_eq!((coins.every, coins.constituents), (Duration::from_secs(6 * 3600), 1000));
    assert_eq!((coins.tolerance, coins.languages), (main.tolerance, main.languages));
}

#[test]
fn an_interval_of_its_own_is_not_overridden_by_the_main_editions_times() {
    let setup = Setup::new().file("[report]\ntimes = [\"07:00\"]\n[report.editions.often]\nevery = \"1h\"\n");
    let [_, often] = loaded(&setup).config.report.each_edition().try_into().unwrap();
    assert_eq!((often.times, often.every), (Vec::new(), Duration::from_secs(3600)));
}

#[test]
fn editions_are_shown_and_what_is_shown_can_be_loaded_again() {
    let first = loaded(&Setup::new().file(MORNING));
    let shown = first.to_toml().unwrap();
    assert!(
        shown.contains("[report.editions.morning]\n") && shown.contains("times = [\"06:45\"]"),
        "{shown}"
    );
    assert_eq!(loaded(&Setup::new().file(&shown)).config, first.config);
    assert!(first.origin("report.editions.morning.times").to_string().ends_with("evenkeel.toml"));
}

#[test]
fn a_mistake_in_an_edition_is_named_with_what_would_be_right() {
    let languages = "write a list of vi and en; `vi` has to be there";
    for (file, expected) in [
        (
            "[report.editions.a]\ntime = [\"07:00\"]",
            "report.editions.a.time: unknown key; the nearest known key is report.editions.a.times",
        ),
        ("[report.editions.a]\nlanguages = [\"en\"]", &format!("languages = [\"en\"]: {languages}")),
        ("[report]\nlanguages = []", &format!("languages = []: {languages}")),
        ("[report]\nlanguages = [\"vi\", \"fr\"]", languages),
        ("[report]\nindices = [\"VN30\"]", "[] means all"),
        ("[report]\nindices = [\"vn30\", \"vn30\"]", "\"vn30\" stands there twice; write each once"),
        (
            "[report.editions.market]\nconstituents = 1",
            "this is the main edition, whose keys stand in [report]",
        ),
        ("[report.editions.\"a b\"]\nconstituents = 1", "report.editions.a b"),
        ("[report.editions]\nmorning = 3", "report.editions.morning"),
        (
            "[report.editions.a]\nevery = \"6m\"",
            "the shortest time between two reports is 6m (report.editions.a.every",
        ),
    ] {
        let error = Setup::new().file(file).error();
        assert!(error.contains(expected), "{file}\n{error}\n{expected}");
    }
}

#[test]
fn an_edition_that_a_program_made_up_is_checked_as_well() {
    let mut config = loaded(&Setup::new()).config;
    config.report.editions.insert("no/slash".to_owned(), EditionConfig::default());
    let error = config.validate().unwrap_err().to_string();
    assert!(error.contains("an edition's name is of at most 40 letters, digits, - and _"), "{error}");
}
