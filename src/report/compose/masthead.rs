//! The line above the headline: which edition this is and when it was written.

use serde::Serialize;

use crate::report::calendar;
use crate::report::locale::Locale;
use crate::report::model::ReportMeta;
use crate::report::text::{Key, TextError};

/// What the opening of a report shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::report) struct Masthead {
    edition: String,
    /// For machines.
    created: String,
    kicker: String,
    day: String,
    time: String,
    zone: String,
}

pub(in crate::report) fn masthead(locale: &Locale, meta: &ReportMeta) -> Result<Masthead, TextError> {
    Ok(Masthead {
        edition: meta.edition.clone(),
        created: meta.created_at.to_string(),
        kicker: locale.text(Key::KICKER)?,
        day: locale.language.day(meta.created_at, &meta.zone),
        time: calendar::time_of_day(meta.created_at, &meta.zone),
        zone: locale.offset(meta.created_at),
    })
}
