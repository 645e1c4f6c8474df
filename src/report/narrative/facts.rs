//! What a model is told, and what its draft is held against.

use super::numbers::{self, Number};
use crate::report::language::Language;

/// The sentences of a report that were written by rule, in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// One statement each.
    pub sentences: Vec<String>,
}

impl Facts {
    /// Every number in them.
    pub fn numbers(&self, language: Language) -> Vec<Number> {
        self.sentences.iter().flat_map(|sentence| numbers::numbers(sentence, language)).collect()
    }
}
