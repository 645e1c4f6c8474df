//! Requests and answers of the two interfaces, as JSON.

use serde::Deserialize;
use serde_json::{Value, json};

use super::error::NarrativeError;

const TEMPERATURE: f64 = 0.2;
/// A syllable of Vietnamese takes up to three tokens, and some models think before they write.
const TOKENS_A_WORD: u32 = 8;
const TOKENS_TO_THINK: u32 = 1024;

/// What is asked.
#[derive(Debug)]
pub(super) struct Question<'a> {
    pub(super) model: &'a str,
    pub(super) instructions: String,
    pub(super) facts: String,
    pub(super) max_words: u32,
}

impl Question<'_> {
    fn max_tokens(&self) -> u32 {
        self.max_words.saturating_mul(TOKENS_A_WORD).saturating_add(TOKENS_TO_THINK)
    }

    pub(super) fn for_openai(&self) -> Value {
        json!({
            "model": self.model,
            "messages": [
                {"role": "system", "content": self.instructions},
                {"role": "user", "content": self.facts},
            ],
            "temperature": TEMPERATURE,
            "max_tokens": self.max_tokens(),
        })
    }

    pub(super) fn for_gemini(&self) -> Value {
        json!({
            "systemInstruction": {"parts": [{"text": self.instructions}]},
            "contents": [{"role": "user", "parts": [{"text": self.facts}]}],
            "generationConfig": {"temperature": TEMPERATURE, "maxOutputTokens": self.max_tokens()},
        })
    }
}

#[derive(Debug, Deserialize)]
struct Completion {
    #[serde(default)]
    choices: Vec<Choice>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    finish_reason: Option<String>,
    message: Message,
}

#[derive(Debug, Deserialize)]
struct Message {
    content: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Generation {
    #[serde(default)]
    candidates: Vec<Candidate>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    finish_reason: Option<String>,
    content: Option<Content>,
}

#[derive(Debug, Deserialize)]
struct Content {
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Debug, Deserialize)]
struct Part {
    text: Option<String>,
    /// What the model said to itself on the way.
    #[serde(default)]
    thought: bool,
}

/// The draft in an answer of OpenAI's kind.
pub(super) fn from_openai(body: &[u8]) -> Result<String, NarrativeError> {
    let answer: Completion = serde_json::from_slice(body).map_err(|_| NarrativeError::Unreadable)?;
    let choice = answer.choices.into_iter().next().ok_or(NarrativeError::NoDraft)?;
    finished(choice.finish_reason.as_deref())?;
    choice.message.content.ok_or(NarrativeError::NoDraft)
}

/// The draft in an answer of Gemini's kind.
pub(super) fn from_gemini(body: &[u8]) -> Result<String, NarrativeError> {
    let answer: Generation = serde_json::from_slice(body).map_err(|_| NarrativeError::Unreadable)?;
    let candidate = answer.candidates.into_iter().next().ok_or(NarrativeError::NoDraft)?;
    finished(candidate.finish_reason.as_deref())?;
    let parts = candidate.content.ok_or(NarrativeError::NoDraft)?.parts;
    let mut texts = parts.into_iter().filter(|part| !part.thought).filter_map(|part| part.text).peekable();
    texts.peek().ok_or(NarrativeError::NoDraft)?;
    Ok(texts.collect())
}

/// Anything but "stop" means that more was to come or was held back; some servers give no reason at all.
fn finished(reason: Option<&str>) -> Result<(), NarrativeError> {
    match reason {
        None => Ok(()),
        Some(reason) if reason.eq_ignore_ascii_case("stop") => Ok(()),
        Some(_) => Err(NarrativeError::Unfinished),
    }
}
