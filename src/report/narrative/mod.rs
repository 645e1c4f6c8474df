//! The narrative of a report: a model drafts it, the facts decide.
//!
//! A [`Narrator`] sends the sentences that were written by rule to a language model and gets a draft back; `check`
//! refuses it unless every number in it is one of the facts' and goes the same way. Nothing here is needed for a
//! report: whatever goes wrong is a [`NarrativeError`], and the sentences stand.

mod check;
mod client;
mod course;
mod error;
mod facts;
mod form;
mod lexicon;
mod numbers;
mod prompt;
mod prose;
mod refusal;
mod unit;
mod value;
mod wire;

pub use check::check;
pub use client::Narrator;
pub use course::Course;
pub use error::NarrativeError;
pub use facts::Facts;
pub use numbers::{Number, numbers};
pub use refusal::Refusal;
pub use unit::Unit;
pub use value::Value;

use super::language::Language;

impl Narrator {
    /// A narrative that keeps to the facts, in one request.
    ///
    /// # Errors
    /// No draft could be had, or the draft was refused.
    pub async fn narrate(&self, facts: &Facts, language: Language) -> Result<String, NarrativeError> {
        let draft = self.draft(facts, language).await?;
        check(&draft, facts, language, self.max_words)?;
        Ok(draft)
    }
}
