//! Sections as they were last agreed on, and what hostile, absurd and missing data look like.
//!
//! `EVENKEEL_BLESS=1 cargo test --test report_render` writes the agreed fragments anew.

use std::fs;
use std::path::Path;

use evenkeel::market::model::{Constituent, Market, Reading};
use evenkeel::report::language::Language;
use evenkeel::report::model::{Findings, TableEnd};
use evenkeel::report::render::Templates;
use evenkeel::report::writer::ReportWriter;

use crate::sample::{self, Shelf};

/// Writes what `write` writes, without opening the report, and returns it in both languages.
fn fragment(write: impl FnOnce(&mut ReportWriter<Shelf>)) -> [String; 2] {
    let shelf = Shelf::default();
    let mut writer = ReportWriter::new(Templates::load().unwrap(), sample::meta(), shelf.clone());
    write(&mut writer);
    writer.finish().unwrap();
    ["html_vi", "html_en"].map(|artifact| shelf.text(artifact))
}

fn agree(section: &str, found: &[String; 2]) {
    for (language, found) in Language::ALL.into_iter().zip(found) {
        let name = format!("tests/fixtures/report/{section}.{language}.html");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&name);
        if std::env::var_os("EVENKEEL_BLESS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, found).unwrap();
        }
        let agreed = fs::read_to_string(&path).unwrap_or_default();
        assert!(agreed == *found, "{name} is not what is written now:\n{found}");
    }
}

#[test]
fn the_masthead_names_edition_day_and_zone() {
    agree("masthead", &fragment(|writer| writer.open().unwrap()));
}

#[test]
fn a_narrative_stands_above_the_sentences_and_is_called_one() {
    let snapshot = sample::snapshot(&[Market::Vietnam]);
    let narratives = Language::ALL.map(|language| (language, "A <quiet> day.".to_owned())).to_vec();
    let findings = Findings { narratives, ..Findings::default() };
    agree("narrative", &fragment(|writer| writer.summary(&snapshot, &findings).unwrap()));
}

#[test]
fn the_summary_says_what_is_known_and_what_is_not() {
    let snapshot = sample::snapshot(&[Market::Vietnam, Market::Crypto]);
    let findings = sample::findings(&[Market::Vietnam, Market::Crypto]);
    agree("summary", &fragment(|writer| writer.summary(&snapshot, &findings).unwrap()));
}

#[test]
fn the_summary_of_a_market_that_did_not_answer_is_honest() {
    let mut snapshot = sample::snapshot(&[Market::Vietnam]);
    for index in &mut snapshot.indices {
        index.reading = Reading::Failed { error: "refused".to_owned(), last_good: None };
    }
    (snapshot.crypto, snapshot.fear_greed) = (None, None);
    agree("summary_nothing", &fragment(|writer| writer.summary(&snapshot, &Findings::default()).unwrap()));
}

#[test]
fn cards_show_value_course_members_age_and_reason() {
    let markets = [Market::Vietnam];
    let mut snapshot = sample::snapshot(&markets);
    snapshot.indices.retain(|index| index.name != "vn30" && index.name != "hnxindex");
    let mut series = sample::series(&markets);
    for series in &mut series {
        series.points.drain(..470);
    }
    let mut findings = sample::findings(&markets);
    for study in &mut findings.studies {
        if let Ok(technicals) = &mut study.outcome {
            technicals.closes.drain(..80);
            technicals.bands.iter_mut().for_each(|band| drop(band.drain(..80)));
        }
    }
    agree("indices", &fragment(|writer| writer.indices(&snapshot, &series, &findings).unwrap()));
}

#[test]
fn the_crypto_market_has_its_panels() {
    let snapshot = sample::snapshot(&[]);
    let findings = sample::findings(&[]);
    agree("crypto", &fragment(|writer| writer.crypto(&snapshot, findings.participation.as_ref()).unwrap()));
}

#[test]
fn what_changed_since_the_last_report_is_a_table() {
    let markets = [Market::Vietnam, Market::Crypto];
    let (snapshot, findings) = (sample::snapshot(&markets), sample::findings(&markets));
    let last = findings.last.unwrap();
    agree("since", &fragment(|writer| writer.since(&snapshot, &last).unwrap()));
}

#[test]
fn indicators_stand_in_a_table_with_what_is_missing() {
    let findings = sample::findings(&[Market::Vietnam]);
    agree("technicals", &fragment(|writer| writer.technicals(&findings).unwrap()));
}

#[test]
fn correlations_are_a_matrix_with_ones_on_its_diagonal() {
    let findings = sample::findings(&[Market::Vietnam]);
    let found = fragment(|writer| writer.correlations(&findings).unwrap());
    assert_eq!(found[1].matches("ek-p3\">1.00<").count(), 4);
    agree("correlations", &found);
}

#[test]
fn an_empty_edition_is_a_whole_report_that_says_so() {
    let shelf = Shelf::default();
    let mut writer = ReportWriter::new(Templates::load().unwrap(), sample::meta(), shelf.clone());
    let nothing = evenkeel::market::model::Snapshot {
        indices: Vec::new(),
        crypto: None,
        fear_greed: None,
        sources: Vec::new(),
        ..sample::snapshot(&[])
    };
    let findings = Findings::default();
    writer.open().unwrap();
    writer.summary(&nothing, &findings).unwrap();
    writer.indices(&nothing, &[], &findings).unwrap();
    writer.technicals(&findings).unwrap();
    writer.correlations(&findings).unwrap();
    writer.crypto(&nothing, None).unwrap();
    writer.method(&nothing).unwrap();
    writer.finish().unwrap();
    let [vi, en] = ["html_vi", "html_en"].map(|artifact| shelf.text(artifact));
    assert!(vi.contains("Không lấy được chỉ số nào") && en.contains("No index could be had"));
    assert!(!en.contains("ek-correlations") && !en.contains("<svg"));
}

#[test]
fn movers_are_listed_with_their_rule() {
    let coins = sample::coins(1, 4);
    agree("movers", &fragment(|writer| writer.movers(&coins).unwrap()));
}

#[test]
fn a_table_has_head_rows_and_foot() {
    let mut coins = sample::coins(1, 2);
    for coin in &mut coins {
        coin.sparkline.truncate(5);
    }
    let found = fragment(|writer| {
        writer.table_begin().unwrap();
        writer.table_page(&coins).unwrap();
        writer.table_end(&TableEnd::CutShort { error: "429".to_owned() }).unwrap();
    });
    agree("table", &found);
}

#[test]
fn the_table_counts_every_coin_once() {
    let mut coins = sample::coins(1, 4);
    for (coin, change) in coins.iter_mut().zip([Some(1.0), Some(0.0), None, Some(f64::NAN)]) {
        coin.change_24h = change;
    }
    let [vi, en] = table(&coins);
    assert!(vi.contains("1 đồng tăng, 0 đồng giảm, 1 đồng không đổi. 2 đồng chưa rõ mức thay đổi."), "{vi}");
    assert!(en.contains("1 rose, 0 fell, 1 stood still. The change of 2 is not known."), "{en}");
}

#[test]
fn the_method_names_every_source_and_its_failure() {
    let snapshot = sample::snapshot(&[Market::Vietnam]);
    agree("method", &fragment(|writer| writer.method(&snapshot).unwrap()));
}

#[test]
fn a_table_that_could_not_be_had_says_so() {
    for html in fragment(|writer| writer.table_absent("coingecko: <429>").unwrap()) {
        assert!(html.contains("coingecko: &lt;429&gt;") && !html.contains("<table"), "{html}");
    }
}

#[test]
fn a_reason_that_several_indices_share_is_said_once_and_marked_as_english() {
    let mut snapshot = sample::snapshot(&[Market::Vietnam, Market::Us]);
    let error = "vietcap: 403 until 2026-04-24T01:00:00Z";
    for index in &mut snapshot.indices {
        index.reading = Reading::Failed { error: error.to_owned(), last_good: None };
    }
    for html in fragment(|writer| writer.indices(&snapshot, &[], &Findings::default()).unwrap()) {
        let said = format!("</b> <span lang=\"en\">{error}</span>");
        assert_eq!((html.matches(error).count(), html.matches(&said).count()), (2, 2), "{html}");
        assert!(html.contains("<b>VN-Index, VN30, HNX-Index, HNX30, UPCoM-Index:</b>"), "{html}");
    }
}

fn hostile(name: &str, symbol: &str) -> Constituent {
    Constituent { name: name.to_owned(), symbol: symbol.to_owned(), ..sample::coin(9) }
}

fn table(coins: &[Constituent]) -> [String; 2] {
    fragment(|writer| {
        writer.movers(coins).unwrap();
        writer.table_begin().unwrap();
        writer.table_page(coins).unwrap();
        writer.table_end(&TableEnd::Complete).unwrap();
    })
}

#[test]
fn hostile_names_are_shown_and_do_nothing() {
    let long = "long ".repeat(2_000);
    let coins = [
        hostile("<script>alert(1)</script>", "<b>"),
        hostile("\"><img src=x onerror=alert(1)>", "'\"&"),
        hostile("\u{202e}evil\u{2069}", "\u{200f}RTL"),
        hostile("{{ rows }}{% raw %}", "{{x}}"),
        hostile(&long, &long),
        hostile("🚀 to the 🌕", "🚀"),
        hostile("عملة رقمية", "ع"),
        hostile("", "ONLYSYMBOL"),
        hostile("", ""),
    ];
    for html in table(&coins) {
        for forbidden in [
            "<script",
            "<img",
            "<b>x",
            "\u{202e}",
            "\u{2069}",
            "\u{200f}",
            "long long long long long long long long long long long long",
        ] {
            assert!(!html.contains(forbidden), "{forbidden}");
        }
        for shown in [
            "&lt;script&gt;",
            "&quot;&gt;&lt;img",
            "{{ rows }}{% raw %}",
            "🚀 to the 🌕",
            "<bdi>عملة رقمية</bdi>",
            "<bdi>ONLYSYMBOL</bdi>",
            "<bdi>—</bdi>",
            "…",
        ] {
            assert!(html.contains(shown), "{shown}");
        }
    }
}

#[test]
fn absurd_and_missing_values_are_dashes() {
    let nothing = Constituent {
        rank: None,
        price: None,
        market_cap: None,
        volume: None,
        change_1h: None,
        change_24h: None,
        change_7d: None,
        change_30d: None,
        sparkline: Vec::new(),
        ..sample::coin(9)
    };
    let absurd = Constituent {
        price: Some(f64::NAN),
        market_cap: Some(0.0),
        volume: Some(-1.0),
        change_1h: Some(f64::INFINITY),
        change_24h: Some(-300.0),
        change_7d: Some(1e300),
        sparkline: vec![f32::NAN, 0.0, -1.0, f32::INFINITY],
        ..nothing.clone()
    };
    for coin in [nothing, absurd] {
        for html in table(&[coin]) {
            let row = html.split("<tbody>").nth(1).unwrap().split("</tbody>").next().unwrap();
            assert_eq!(row.matches('—').count(), 9, "{row}");
            assert!(!row.contains("NaN") && !row.contains("inf") && !row.contains("<svg"), "{row}");
            assert!(!row.contains("data-v"), "{row}");
        }
    }
}

#[test]
fn a_tiny_price_is_readable_in_both_languages() {
    let coin = Constituent { price: Some(8.547e-5), ..sample::coin(9) };
    let [vi, en] = table(&[coin]);
    assert!(vi.contains(">0,00008547<") && en.contains(">0.00008547<"));
}

#[test]
fn the_smallest_and_the_largest_prices_are_written_out() {
    let tiny = Constituent { price: Some(1e-12), ..sample::coin(9) };
    let huge = Constituent { price: Some(1e15), market_cap: Some(9e17), ..sample::coin(10) };
    let [vi, en] = table(&[tiny, huge]);
    assert!(en.contains(">0.000000000001000<") || en.contains(">1.000×10⁻¹²<"), "{en}");
    assert!(en.contains(">1,000,000,000,000,000.00<") && en.contains(">900,000T<"), "{en}");
    assert!(vi.contains(">1.000.000.000.000.000,00<"), "{vi}");
}

#[test]
fn spoilt_coins_leave_a_whole_report() {
    let shelf = Shelf::default();
    sample::report_of(&[Market::Crypto], 80, shelf.clone(), sample::spoil);
    for artifact in ["html_vi", "html_en"] {
        let html = shelf.text(artifact);
        assert!(!html.contains("<script") && !html.contains("<img") && !html.contains(&"x".repeat(60)));
        assert_eq!(html.matches("</tr>").count(), html.matches("<tr>").count());
    }
}
