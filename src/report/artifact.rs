//! The five artifacts of a report, by name.
//!
//! What readers select by column name elsewhere is decided here and nowhere else.

use super::language::Language;
use crate::persistence::messages::{ArtifactName, StoredReport};

/// The style sheet, shared by both languages.
pub const CSS: ArtifactName = "css";

/// Every artifact that a report must have, in the order in which readers select them.
pub const ARTIFACTS: [ArtifactName; 5] = ["html_vi", "css", "js_vi", "html_en", "js_en"];

/// The artifacts of a report in these languages, in the order of [`ARTIFACTS`].
pub fn of(languages: &[Language]) -> Vec<ArtifactName> {
    let wanted = |name: &ArtifactName| {
        *name == CSS || languages.iter().any(|language| [html(*language), js(*language)].contains(name))
    };
    ARTIFACTS.into_iter().filter(wanted).collect()
}

/// The languages that a stored report is there in.
pub fn languages(report: &StoredReport) -> Vec<Language> {
    let has = |language: &Language| {
        report.artifacts.iter().any(|artifact| artifact.name == html(*language) && artifact.bytes > 0)
    };
    Language::ALL.into_iter().filter(has).collect()
}

/// The artifact that holds the fragment of one language.
pub fn html(language: Language) -> ArtifactName {
    match language {
        Language::Vi => "html_vi",
        Language::En => "html_en",
    }
}

/// The artifact that holds the script of one language.
pub fn js(language: Language) -> ArtifactName {
    match language {
        Language::Vi => "js_vi",
        Language::En => "js_en",
    }
}
