//! A text as words, figures and marks.
//!
//! A figure is whatever holds a digit of any script: `1,853.29`, `07:45`, `24/04/2026`, `VN30`, `２`, `x²`. What joins
//! digits joins the figure, so that nothing is read as two small numbers that was meant as a large one.

/// A piece of a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// A word in lower case, a figure or a mark as it stands there.
    pub(super) text: String,
    /// Whether white space stands before it.
    pub(super) spaced: bool,
}

/// Kinds of pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters only.
    Word,
    /// Holds at least one digit.
    Figure,
    /// Anything that is neither letter nor digit nor white space; the end of a line as well.
    Mark(char),
}

/// Takes a text apart.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let (mut at, mut spaced) = (0, false);
    while let Some(&char) = chars.get(at) {
        if char.is_alphanumeric() {
            let end = run(&chars, at);
            let text: String = chars[at..end].iter().collect();
            let token = if text.contains(char::is_numeric) {
                Token { kind: Kind::Figure, text, spaced }
            } else {
                Token { kind: Kind::Word, text: text.to_lowercase(), spaced }
            };
            tokens.push(token);
            (at, spaced) = (end, false);
            continue;
        }
        if char == '\n' || !char.is_whitespace() {
            tokens.push(Token { kind: Kind::Mark(char), text: char.to_string(), spaced });
        }
        spaced = char.is_whitespace();
        at += 1;
    }
    tokens
}

/// Where the word or the figure that begins at `start` ends.
fn run(chars: &[char], start: usize) -> usize {
    let mut end = start + 1;
    while let Some(&char) = chars.get(end) {
        if !char.is_alphanumeric() && !joins(chars, start, end) {
            break;
        }
        end += 1;
    }
    end
}

/// Whether the character at `at` holds the digits on both sides of it together.
fn joins(chars: &[char], start: usize, at: usize) -> bool {
    let numeric = |at: usize| chars.get(at).is_some_and(|char| char.is_numeric());
    let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    if !numeric(at - 1) || !numeric(at + 1) {
        return false;
    }
    match chars[at] {
        '.' | ',' | ':' | '\'' | '’' | '_' | '·' | '×' | '\u{207b}' | '\u{66b}' | '\u{66c}' => true,
        // 24/04/2026 is a date; 49/100 are two numbers.
        '/' => {
            let next = (at + 1..).find(|&at| !digit(at)).unwrap_or(at);
            chars[start..at].contains(&'/') || (chars.get(next) == Some(&'/') && digit(next + 1))
        }
        // 1 853 is how others group digits.
        char if char.is_whitespace() && char != '\n' => {
            let short = at - start <= 3 || chars[start..at].iter().any(|char| char.is_whitespace());
            let plain = chars[start..at].iter().all(|char| char.is_ascii_digit() || char.is_whitespace());
            let three = (1..=3).all(|ahead| digit(at + ahead));
            let ends = !chars.get(at + 4).is_some_and(|char| char.is_alphanumeric());
            short && plain && three && ends
        }
        _ => false,
    }
}

/// The first of `phrases` whose words stand at `at`, one after the other.
pub(super) fn phrase_at(tokens: &[Token], at: usize, phrases: &[&'static str]) -> Option<&'static str> {
    phrases.iter().copied().find(|phrase| stands_at(tokens, at, phrase))
}

/// Whether the words of `phrase` stand at `at`, one after the other.
pub(super) fn stands_at(tokens: &[Token], at: usize, phrase: &str) -> bool {
    let mut rest = tokens.get(at..).unwrap_or_default().iter();
    phrase
        .split(' ')
        .all(|word| rest.next().is_some_and(|token| token.kind == Kind::Word && token.text == word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(text: &str) -> Vec<String> {
        let tokens = tokens(text).into_iter();
        tokens.filter(|token| token.kind == Kind::Figure).map(|token| token.text).collect()
    }

    #[test]
    fn what_belongs_together_is_one_figure() {
        let cases: [(&str, &[&str]); 14] = [
            ("at 1,853.29, up", &["1,853.29"]),
            ("1.853,29.", &["1.853,29"]),
            ("at 07:45 on 24/04/2026", &["07:45", "24/04/2026"]),
            ("49/100", &["49", "100"]),
            ("24-hour", &["24"]),
            ("VN30 and $2.62T", &["VN30", "2.62T"]),
            ("8.547×10⁻¹³ USD", &["8.547×10⁻¹³"]),
            ("1 853 and 1\u{a0}853 and 1'853", &["1 853", "1\u{a0}853", "1'853"]),
            ("2026 100", &["2026", "100"]),
            ("٣ ２ ½ Ⅻ ① x²", &["٣", "２", "½", "Ⅻ", "①", "x²"]),
            ("1\n853", &["1", "853"]),
            ("5–10", &["5", "10"]),
            ("1/2/", &["1", "2"]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(figures(text), expected, "{text:?}");
        }
    }

    #[test]
    fn phrases_are_words_in_a_row() {
        let tokens = tokens("Tỷ trọng; không đổi");
        assert!(stands_at(&tokens, 0, "tỷ trọng") && stands_at(&tokens, 3, "không đổi"));
        assert!(!stands_at(&tokens, 1, "trọng không") && !stands_at(&tokens, 9, "đổi"));
        assert_eq!(phrase_at(&tokens, 3, &["đi ngang", "không đổi"]), Some("không đổi"));
    }
}
