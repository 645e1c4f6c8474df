//! Which questions are understood, and what is said to the others.

use super::*;

const NOW: &str = "2026-03-02T09:00:00Z";

fn understood(words: Words<'_>) -> Result<(String, String, String), String> {
    let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    let words = Words { index: words.index.or(Some("vnindex")), ..words };
    let question = Question::understand(words, NOW.parse().unwrap(), &zone)?;
    Ok((question.from.to_string(), question.to.to_string(), question.step_as_written()))
}

fn asked<'a>(from: &'a str, to: &'a str, step: Option<&'a str>) -> Words<'a> {
    let some = |text: &'a str| Some(text).filter(|text| !text.is_empty());
    Words { from: some(from), to: some(to), step, ..Words::default() }
}

#[test]
fn what_is_not_said_is_the_last_day_in_steps_that_make_a_chart() {
    let yes = |from: &str, to: &str, step: &str| Ok((from.to_owned(), to.to_owned(), step.to_owned()));
    for (words, expected) in [
        (asked("", "", None), yes("2026-03-01T09:00:00Z", NOW, "3m")),
        (asked("2026-03-02T08:00:00+07:00", "", None), yes("2026-03-02T01:00:00Z", NOW, "3m")),
        (asked("2026-03-02T08:00:00 07:00", "", None), yes("2026-03-02T01:00:00Z", NOW, "3m")),
        (asked("", "2026-02-01T00:00:00Z", None), yes("2026-01-31T00:00:00Z", "2026-02-01T00:00:00Z", "3m")),
        (
            asked("2026-03-01", "2026-03-01", None),
            yes("2026-02-28T17:00:00Z", "2026-03-01T16:59:59.999999Z", "3m"),
        ),
        (asked("2026-02-23T09:00:00Z", "", None), yes("2026-02-23T09:00:00Z", NOW, "30m")),
        (asked("2025-03-02T09:00:00Z", "", None), yes("2025-03-02T09:00:00Z", NOW, "1d")),
        (asked("2016-03-02T09:00:00Z", "", None), yes("2016-03-02T09:00:00Z", NOW, "8d")),
        (asked("2025-03-02T09:00:00Z", "", Some("2h")), yes("2025-03-02T09:00:00Z", NOW, "2h")),
        (asked("", "", Some("24h")), yes("2026-03-01T09:00:00Z", NOW, "1d")),
        (asked("", "", Some("1h 30m")), yes("2026-03-01T09:00:00Z", NOW, "1h 30m")),
    ] {
        assert_eq!(understood(words), expected, "{words:?}");
    }
}

#[test]
fn a_mistake_is_named_with_what_would_be_right() {
    let time = "is neither a time nor a date; write one as 2026-03-02T09:15:00+07:00, with + as %2B, or as 2026-03-02";
    let step = "is not a step; write at least 1s, for example 3m, 1h or 1d";
    for (words, expected) in [
        (asked("yesterday", "", None), format!("from: \"yesterday\" {time}")),
        (asked("", "2026-03-02T09:15:00", None), format!("to: \"2026-03-02T09:15:00\" {time}")),
        (asked("2026-02-30", "", None), format!("from: \"2026-02-30\" {time}")),
        (
            asked("2026-03-03", "", None),
            "from: 2026-03-02T17:00:00Z is later than to, which is 2026-03-02T09:00:00Z; write an earlier time".into(),
        ),
        (asked("", "", Some("3")), format!("step: \"3\" {step}")),
        (asked("", "", Some("0s")), format!("step: \"0s\" {step}")),
        (asked("", "", Some("500ms")), format!("step: \"500ms\" {step}")),
        (asked("", "", Some("-1d")), format!("step: \"-1d\" {step}")),
        (
            asked("", "", Some("1s")),
            "step: 1s makes 86401 steps of the time asked for, and 5000 is the most; write at least 18s, \
             or ask for less time"
                .into(),
        ),
    ] {
        assert_eq!(understood(words), Err(expected), "{words:?}");
    }
    let error = understood(Words { index: Some("ftse"), ..Words::default() }).unwrap_err();
    assert!(error.starts_with("index: there is none named \"ftse\"; there are vnindex, vn30, "), "{error}");
    assert!(error.ends_with("crypto_market_cap, btc_dominance, eth_dominance, fear_greed"), "{error}");
}

#[test]
fn the_step_that_is_said_to_be_enough_is_enough() {
    let to: Timestamp = NOW.parse().unwrap();
    for days in [1, 7, 30, 365, 4000] {
        let from = to.checked_sub(SignedDuration::from_hours(24 * days)).unwrap().to_string();
        let error = understood(asked(&from, "", Some("1s"))).unwrap_err();
        let least = error.split("at least ").nth(1).unwrap().split(',').next().unwrap();
        assert!(understood(asked(&from, "", Some(least))).is_ok(), "{error}");
    }
}
