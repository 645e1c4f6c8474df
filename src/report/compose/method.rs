//! Where the numbers come from and how they were computed.

use serde::Serialize;

use crate::market::model::Snapshot;
use crate::report::foreign;
use crate::report::locale::Locale;
use crate::report::model::ReportMeta;
use crate::report::text::{Key, TextError};

/// The last section of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::report) struct Method {
    times: String,
    sources: Vec<Source>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Source {
    name: String,
    error: Option<String>,
    duration: String,
}

pub(in crate::report) fn method(
    locale: &Locale,
    meta: &ReportMeta,
    snapshot: &Snapshot,
) -> Result<Method, TextError> {
    let times = [
        ("at", locale.date_time(snapshot.taken_at)),
        ("date", locale.date_time(meta.created_at)),
        ("zone", locale.offset(meta.created_at)),
    ];
    let times = times.each_ref().map(|(name, value)| (*name, value.as_str()));
    let mut sources = Vec::with_capacity(snapshot.sources.len());
    for outcome in &snapshot.sources {
        let duration = locale.language.count(outcome.duration_ms);
        sources.push(Source {
            name: foreign::source(outcome.source),
            error: outcome.error.as_deref().map(|error| foreign::line(error, foreign::ERROR_LIMIT)),
            duration: locale.text_with(Key::METHOD_DURATION, &[("value", &duration)])?,
        });
    }
    Ok(Method { times: locale.text_with(Key::METHOD_TIMES, &times)?, sources })
}
