//! The words of the script that makes the table sortable.

use serde::Serialize;

use crate::report::locale::Locale;
use crate::report::text::{Key, TextError};

/// What the script is told.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::report) struct Script {
    /// Its words as a JSON object that can stand inside a `<script>` element.
    words: String,
}

#[derive(Serialize)]
struct Words {
    filter: String,
    hint: String,
    sort: String,
    shown: String,
    none: String,
    sections: String,
}

pub(in crate::report) fn script(locale: &Locale) -> Result<Script, TextError> {
    let words = Words {
        filter: locale.text(Key::SCRIPT_FILTER)?,
        hint: locale.text(Key::SCRIPT_FILTER_HINT)?,
        sort: locale.text(Key::SCRIPT_SORT)?,
        shown: locale.text(Key::SCRIPT_SHOWN)?,
        none: locale.text(Key::SCRIPT_NONE)?,
        sections: locale.text(Key::SCRIPT_SECTIONS)?,
    };
    // Strings always have a JSON form; `<` is escaped so that no text can end a script element.
    let words = serde_json::to_string(&words).unwrap_or_default().replace('<', "\\u003c");
    Ok(Script { words })
}
