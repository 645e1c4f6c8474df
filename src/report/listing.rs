//! The list of reports as a page: newest first, with links to each.

use jiff::tz::TimeZone;
use serde::Serialize;

use super::language::Language;
use crate::persistence::messages::StoredReport;

/// One page of the list.
#[derive(Debug)]
pub struct Listing<'a> {
    /// What is listed, in this order.
    pub reports: &'a [StoredReport],
    /// The last id of this page, if there are older reports.
    pub older: Option<i32>,
    /// The zone of the times.
    pub zone: &'a TimeZone,
}

/// A page of the list in one language, already written.
#[derive(Debug, Serialize)]
pub struct ListingView {
    languages: [LanguageView; 2],
    reports: Vec<ReportView>,
    older: Option<i32>,
}

#[derive(Debug, Serialize)]
struct LanguageView {
    tag: &'static str,
    name: &'static str,
}

#[derive(Debug, Serialize)]
struct ReportView {
    id: i32,
    /// For machines.
    created: String,
    date: String,
    edition: String,
    size: String,
}

impl Listing<'_> {
    /// What the template of [`Section::Listing`](super::section::Section) shows in one language.
    pub fn view(&self, language: Language) -> ListingView {
        let report = |report: &StoredReport| ReportView {
            id: report.id,
            created: report.created_at.to_string(),
            date: language.date_time(report.created_at, self.zone),
            edition: report.edition.clone(),
            size: size(language, report.total_bytes()),
        };
        ListingView {
            languages: Language::ALL.map(|other| LanguageView { tag: other.tag(), name: other.own_name() }),
            reports: self.reports.iter().map(report).collect(),
            older: self.older,
        }
    }
}

/// `5.2 MB` or `5,2 MB`; what is smaller than a megabyte in kilobytes.
fn size(language: Language, bytes: u64) -> String {
    // No report is so large that its size in bytes is not exact in 53 bits.
    let (value, decimals, unit) = match bytes {
        0..1_000_000 => (bytes as f64 / 1e3, 0, "kB"),
        _ => (bytes as f64 / 1e6, 1, "MB"),
    };
    format!("{}\u{a0}{unit}", language.decimal(value, decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_written_as_the_language_writes_numbers() {
        for (bytes, vi, en) in [
            (0, "0 kB", "0 kB"),
            (64_400, "64 kB", "64 kB"),
            (5_234_000, "5,2 MB", "5.2 MB"),
            (1_250_000_000, "1.250,0 MB", "1,250.0 MB"),
        ] {
            let [found_vi, found_en] =
                Language::ALL.map(|language| size(language, bytes).replace('\u{a0}', " "));
            assert_eq!((found_vi.as_str(), found_en.as_str()), (vi, en));
        }
    }
}
