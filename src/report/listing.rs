//! The list of reports as a page: newest first, with links to each.

use bytesize::ByteSize;
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
            size: ByteSize(report.total_bytes()).display().si().to_string(),
        };
        ListingView {
            languages: Language::ALL.map(|other| LanguageView { tag: other.tag(), name: other.own_name() }),
            reports: self.reports.iter().map(report).collect(),
            older: self.older,
        }
    }
}
