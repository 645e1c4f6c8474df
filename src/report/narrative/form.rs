//! What a draft must be before its words are looked at: short, plain, and in the characters of its language.

use super::prose::{Kind, Token};
use super::refusal::Refusal;
use crate::report::foreign;

/// Longer words than this on average are no prose of either language.
const CHARACTERS_A_WORD: usize = 12;
/// What a refusal repeats of a draft, in characters.
const REPEATED: usize = 40;
/// Beside ASCII, what prose needs: quotation marks, dashes, signs.
const TYPOGRAPHY: &str = "‘’“”«»–—…‑\u{2212}×·°€£¥₫™®\u{a0}\u{202f}";

/// Begins or ends markup wherever it stands.
const MARKUP: [&str; 10] = ["<", ">", "*", "`", "#", "__", "~~", "](", "|", "\\"];
/// Begins a list or a quotation at the start of a line.
const LINE_MARKUP: [&str; 4] = ["- ", "+ ", "• ", "– "];

/// A piece of a draft as a refusal repeats it.
pub(super) fn repeated(text: &str) -> String {
    foreign::line(text, REPEATED)
}

/// Neither empty nor too long. Words are what white space separates; in Vietnamese these are syllables.
pub(super) fn check_length(draft: &str, max_words: u32) -> Result<(), Refusal> {
    if draft.trim().is_empty() {
        return Err(Refusal::Empty);
    }
    let most = usize::try_from(max_words).unwrap_or(usize::MAX);
    let too_many = draft.split_whitespace().nth(most).is_some();
    if too_many || draft.chars().nth(most.saturating_mul(CHARACTERS_A_WORD)).is_some() {
        return Err(Refusal::TooLong { most: max_words });
    }
    Ok(())
}

/// No character that acts on others, none that is not needed. Letters that are composed of several characters are
/// refused: the lists of words would miss them. `known` says whether the facts hold a character.
pub(super) fn check_characters(draft: &str, known: impl Fn(char) -> bool) -> Result<(), Refusal> {
    let bad = draft.chars().find(|&char| match char {
        '\n' | ' '..='~' => false,
        char if char.is_control() || foreign::acts_on_its_surroundings(char) => true,
        // Digits and letters are looked at as figures and words.
        char => !char.is_alphanumeric() && !TYPOGRAPHY.contains(char) && !known(char),
    });
    bad.map_or(Ok(()), |character| Err(Refusal::Character { character }))
}

/// No address: none with a scheme, and no dotted name that the facts do not hold (alternative.me is a source).
pub(super) fn check_links(draft: &str, sentences: &[String]) -> Result<(), Refusal> {
    let link = draft.split_whitespace().find(|word| {
        let word = word.trim_matches(|char: char| !char.is_alphanumeric());
        let lower = word.to_lowercase();
        let named = || sentences.iter().any(|sentence| sentence.contains(word));
        ["://", "www.", "mailto:", "@"].iter().any(|sign| lower.contains(sign))
            || (is_dotted(word) && !named())
    });
    link.map_or(Ok(()), |link| Err(Refusal::Link { text: repeated(link) }))
}

/// Whether a dot stands between a letter or a digit and at least two letters: a host, or a space was forgotten.
fn is_dotted(word: &str) -> bool {
    word.match_indices('.').any(|(dot, _)| {
        let before = word[..dot].chars().next_back().is_some_and(char::is_alphanumeric);
        let after = word[dot + 1..].chars().take_while(|char| char.is_alphabetic()).take(2).count();
        before && after == 2
    })
}

/// Neither HTML nor Markdown: the text goes into a paragraph as it stands.
pub(super) fn check_markup(draft: &str) -> Result<(), Refusal> {
    let anywhere = MARKUP.into_iter().find(|mark| draft.contains(mark));
    let at_start = draft.lines().map(str::trim_start).find_map(|line| {
        let listed = LINE_MARKUP.into_iter().find(|mark| line.starts_with(mark));
        let ruled = ["---", "==="].into_iter().find(|mark| line.starts_with(mark));
        listed.or(ruled).or_else(|| numbered(line))
    });
    let found = anywhere.or(at_start);
    found.map_or(Ok(()), |mark| Err(Refusal::Markup { mark: mark.trim_end().to_owned() }))
}

/// The beginning of a line of a numbered list.
fn numbered(line: &str) -> Option<&str> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let mark = line.get(..digits + 2)?;
    (digits > 0 && [". ", ") "].iter().any(|end| mark.ends_with(end))).then_some(mark)
}

/// No words in letters that look like others: what is not Latin has to be a word of the facts.
pub(super) fn check_letters(tokens: &[Token], known: impl Fn(&str) -> bool) -> Result<(), Refusal> {
    let foreign =
        |token: &&Token| token.kind == Kind::Word && !token.text.chars().all(is_latin) && !known(&token.text);
    match tokens.iter().find(foreign) {
        Some(token) => Err(Refusal::ForeignWord { word: repeated(&token.text) }),
        None => Ok(()),
    }
}

/// Latin letters of one character each, those of Vietnamese among them.
fn is_latin(letter: char) -> bool {
    matches!(letter, 'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}
