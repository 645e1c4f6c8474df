//! The words that matter when a text is judged: numbers, units, directions, boundaries, advice. All in lower case, a
//! phrase with single spaces.

mod english;
mod vietnamese;

use super::unit::Unit;
use crate::report::language::Language;

pub(super) type Words = &'static [&'static str];

/// The words of one language.
#[derive(Debug)]
pub(super) struct Lexicon {
    /// Words that are numbers wherever they stand.
    pub(super) numbers: Words,
    /// Words that are numbers only in front of one of these, and plain words otherwise.
    pub(super) ambiguous: &'static [(&'static str, Words)],
    /// Phrases that begin with a number word and are none.
    pub(super) compounds: Words,
    /// Words behind a figure that multiply it by a power of ten.
    pub(super) scales: &'static [(&'static str, i64)],
    /// The same as letters that stand directly behind it.
    pub(super) suffixes: &'static [(char, i64)],
    /// Units behind a figure; a longer phrase comes before one that it begins with.
    pub(super) units: &'static [(Unit, Words)],
    /// Words in front of a figure that say what it is.
    pub(super) before: &'static [(Unit, Words)],
    pub(super) rises: Words,
    pub(super) falls: Words,
    pub(super) stands_still: Words,
    /// What ends a statement; a full stop does as well.
    pub(super) statement_ends: Words,
    /// What ends a part of a statement; a comma does as well.
    pub(super) clause_ends: Words,
    /// What only an adviser says.
    pub(super) advice: Words,
}

impl Lexicon {
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::En => &english::WORDS,
            Language::Vi => &vietnamese::WORDS,
        }
    }
}
