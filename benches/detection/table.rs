//! The results as Markdown.

use super::rivals::Rule;
use super::run::{Healthy, Leaks};

/// A table with a row a shape and a column a rule.
pub(crate) fn print(title: &str, first: &str, rows: &[(String, Vec<String>)]) {
    println!("\n### {title}\n");
    let rules: Vec<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
    println!("| {first} | {} |", rules.join(" | "));
    println!("| --- |{}", " ---: |".repeat(rules.len()));
    for (name, cells) in rows {
        println!("| {name} | {} |", cells.join(" | "));
    }
}

/// Share of days with a restart, and restarts per day.
pub(crate) fn healthy(found: &Healthy) -> String {
    format!("{} ({:.3})", percent(found.share_of_days()), found.restarts_per_day())
}

/// Share caught, with the median time and size at which they were.
pub(crate) fn leaks(found: &Leaks) -> String {
    let caught = percent(found.caught());
    match (median(&found.seconds), median(&found.bytes)) {
        (Some(seconds), Some(bytes)) => format!("{caught}, {:.1} h, {:.0} MB", seconds / 3600.0, bytes / 1e6),
        _ => caught,
    }
}

fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent == 0.0 || percent == 100.0 { format!("{percent:.0} %") } else { format!("{percent:.2} %") }
}

fn median(values: &[f64]) -> Option<f64> {
    evenkeel::memory::trend::median(&mut values.to_vec())
}
