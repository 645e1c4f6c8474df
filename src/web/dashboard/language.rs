//! Which language a page is in: the one that is asked for, or the first of those the browser prefers that there is.

use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT_LANGUAGE;
use serde::Serialize;

use super::super::face::language_of;
use super::super::problem::Problem;
use crate::report::language::Language;

/// A language to switch to.
#[derive(Debug, Serialize)]
pub(super) struct Choice {
    tag: &'static str,
    name: &'static str,
    current: bool,
}

pub(super) fn choices(current: Language) -> [Choice; 2] {
    Language::ALL.map(|language| Choice {
        tag: language.tag(),
        name: language.own_name(),
        current: language == current,
    })
}

pub(super) fn preferred(asked: Option<&str>, request: &HttpRequest) -> Result<Language, Problem> {
    if asked.is_some() {
        return language_of(asked);
    }
    let accepted = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Ok(accepted.and_then(first_known).unwrap_or(Language::Vi))
}

/// The known language of the highest weight; of several, the one that stands first.
fn first_known(accepted: &str) -> Option<Language> {
    let weighed = accepted.split(',').filter_map(|item| {
        let (tag, parameters) = item.split_once(';').unwrap_or((item, ""));
        let weight =
            parameters.trim().strip_prefix("q=").map_or(Some(1.0), |weight| weight.parse::<f64>().ok())?;
        Some((tag.trim().parse::<Language>().ok()?, weight))
    });
    let mut best: Option<(Language, f64)> = None;
    for (language, weight) in weighed.filter(|(_, weight)| *weight > 0.0) {
        if best.is_none_or(|(_, highest)| weight > highest) {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_gets_what_it_prefers_of_what_there_is() {
        for (accepted, language) in [
            ("en-GB,en;q=0.9,vi;q=0.8", Some(Language::En)),
            ("fr, vi;q=0.5, en;q=0.4", Some(Language::Vi)),
            ("vi;q=0, en;q=0.1", Some(Language::En)),
            ("de", None),
            ("en;q=high, *", None),
            ("", None),
        ] {
            assert_eq!(first_known(accepted), language, "{accepted}");
        }
    }
}
