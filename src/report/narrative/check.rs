//! Whether a draft may stand in a report: a pure judgement of one text against the facts.
//!
//! What is decided here, and why as strictly as this: a narrative that is refused costs nothing, the sentences that
//! were written by rule stand in its place.
//!
//! - Every number of the draft is in the facts with exactly the same value. 1,210.50 is 1,210.5 and 2.62 trillion is
//!   2.62T; 1,210 is neither, for a rounded number is another number.
//! - What holds a digit and is no number of the language (07:45, VN30, ２, ½) is in the facts letter by letter.
//! - Signs are no part of the value, directions are: a number that rose in the facts may not stand in a clause that says
//!   fell, nor in one that says both, and a level that the facts tell with a rise did not fall to its place.
//! - A rise or a fall is not said without a number in the same statement.
//! - Units are kept: per cent stays per cent, hours stay hours. Only a currency may be left away.
//! - Numbers in words are in the facts in the same word. "one" and "một", and "năm", which is also a year, count as
//!   numbers only in front of what is counted or measured.
//!
//! What it cannot know is whose number it is: a sentence that gives one index's change to another passes if both went
//! the same way.

use std::collections::HashSet;

use super::course::Course;
use super::facts::Facts;
use super::form;
use super::lexicon::Lexicon;
use super::numbers::{Number, Reading, read};
use super::prose::{Kind, Token, phrase_at, stands_at};
use super::refusal::Refusal;
use crate::report::language::Language;

/// Whether `draft`, in the language of `facts`, says nothing in numbers that the facts do not say.
///
/// # Errors
/// The first thing that is wrong with it.
///
/// ```
/// use evenkeel::report::language::Language::En;
/// use evenkeel::report::narrative::{Facts, Refusal, check};
///
/// let facts = Facts { sentences: vec!["VN-Index stood at 1,853.29, up 0.85%.".to_owned()] };
/// assert_eq!(check("The VN-Index gained 0.85% to 1,853.29.", &facts, En, 120), Ok(()));
/// let invented = check("The VN-Index gained 0.86%.", &facts, En, 120);
/// assert_eq!(invented, Err(Refusal::UnknownNumber { number: "0.86".to_owned() }));
/// ```
pub fn check(draft: &str, facts: &Facts, language: Language, max_words: u32) -> Result<(), Refusal> {
    form::check_length(draft, max_words)?;
    form::check_characters(draft, |char| facts.sentences.iter().any(|sentence| sentence.contains(char)))?;
    form::check_links(draft, &facts.sentences)?;
    form::check_markup(draft)?;
    let lexicon = Lexicon::of(language);
    let told: Vec<Reading> = facts.sentences.iter().map(|sentence| read(sentence, language)).collect();
    let draft = read(draft, language);
    let words: HashSet<&str> =
        told.iter().flat_map(|reading| &reading.tokens).map(|token| token.text.as_str()).collect();
    form::check_letters(&draft.tokens, |word| words.contains(word))?;
    check_advice(&draft.tokens, lexicon)?;
    check_number_words(&draft, &told, lexicon)?;
    let numbers: Vec<&Number> = told.iter().flat_map(|reading| &reading.numbers).collect();
    draft.numbers.iter().try_for_each(|number| check_number(number, &numbers))?;
    match draft.bare {
        Some(word) => Err(Refusal::BareMove { word: form::repeated(&word) }),
        None => Ok(()),
    }
}

fn check_advice(tokens: &[Token], lexicon: &Lexicon) -> Result<(), Refusal> {
    let advice = (0..tokens.len()).find_map(|at| phrase_at(tokens, at, lexicon.advice));
    advice.map_or(Ok(()), |word| Err(Refusal::Advice { word }))
}

fn check_number_words(draft: &Reading, told: &[Reading], lexicon: &Lexicon) -> Result<(), Refusal> {
    let known: HashSet<&str> = told.iter().flat_map(|reading| number_words(reading, lexicon)).collect();
    match number_words(draft, lexicon).find(|word| !known.contains(word)) {
        Some(word) => Err(Refusal::NumberWord { word: word.to_owned() }),
        None => Ok(()),
    }
}

/// The number words of a text that are no part of a figure's number.
fn number_words<'a>(reading: &'a Reading, lexicon: &'a Lexicon) -> impl Iterator<Item = &'static str> + 'a {
    let tokens = &reading.tokens;
    let plain = |at: usize| {
        let compound = phrase_at(tokens, at, lexicon.compounds).is_some();
        phrase_at(tokens, at, lexicon.numbers).filter(|_| !compound)
    };
    let ambiguous = move |at: usize| {
        let (word, counted) = lexicon.ambiguous.iter().find(|(word, _)| stands_at(tokens, at, word))?;
        let hyphen = tokens.get(at + 1).is_some_and(|token| token.kind == Kind::Mark('-'));
        let next = at + 1 + usize::from(hyphen);
        (phrase_at(tokens, next, counted).is_some() || plain(next).is_some()).then_some(*word)
    };
    (0..tokens.len())
        .filter(|&at| !reading.taken[at])
        .filter_map(move |at| plain(at).or_else(|| ambiguous(at)))
}

fn check_number(number: &Number, told: &[&Number]) -> Result<(), Refusal> {
    let text = || form::repeated(&number.text);
    let mut same = told.iter().filter(|fact| is_same(number, fact)).peekable();
    if same.peek().is_none() {
        return Err(Refusal::UnknownNumber { number: text() });
    }
    let mut fitting = same.filter(|fact| number.unit.may_stand_for(fact.unit)).peekable();
    if fitting.peek().is_none() {
        return Err(Refusal::WrongUnit { number: text() });
    }
    // Names and times of day do not go anywhere.
    if number.value.is_some() && !fitting.any(|fact| may_go(number.course, fact.course)) {
        return Err(Refusal::WrongCourse { number: text() });
    }
    Ok(())
}

fn is_same(number: &Number, fact: &Number) -> bool {
    match (&number.value, &fact.value) {
        (Some(value), Some(told)) => value == told,
        (None, None) => number.text == fact.text,
        _ => false,
    }
}

/// Whether a draft may say `drafted` of a number of which the facts say `told`.
fn may_go(drafted: Option<Course>, told: Option<Course>) -> bool {
    match (drafted, told) {
        (None, _) | (_, None | Some(Course::Unclear)) => true,
        (Some(drafted), Some(told)) => drafted == told,
    }
}
