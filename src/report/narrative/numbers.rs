//! The numbers of a text, with what they count and which way they are said to have gone.

use super::course::{self, Course};
use super::lexicon::{Lexicon, Words};
use super::prose::{Kind, Token, phrase_at, stands_at, tokens};
use super::unit::Unit;
use super::value::Value;
use crate::report::language::Language;

/// A number in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    /// The figure as it stands there.
    pub text: String,
    /// Its size. None for what is no number of the language: a time of day, a name such as VN30, digits of another
    /// script. Such a thing equals only what is written exactly like it.
    pub value: Option<Value>,
    /// What it counts.
    pub unit: Unit,
    /// Which way it went: by its own sign, or else by the words around it.
    pub course: Option<Course>,
}

/// A text with all of its numbers.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) tokens: Vec<Token>,
    pub(super) numbers: Vec<Number>,
    /// Of every token, whether it is a part of a number: "trillion" in "2.62 trillion".
    pub(super) taken: Vec<bool>,
    /// The first word that says a rise or a fall in a statement without a number.
    pub(super) bare: Option<String>,
}

/// The numbers of a text in a language.
pub fn numbers(text: &str, language: Language) -> Vec<Number> {
    read(text, language).numbers
}

/// Reads a text.
pub(super) fn read(text: &str, language: Language) -> Reading {
    let tokens = tokens(text);
    let lexicon = Lexicon::of(language);
    let told = course::courses(&tokens, lexicon);
    let mut taken = vec![false; tokens.len()];
    let mut numbers = Vec::new();
    for at in 0..tokens.len() {
        if tokens[at].kind != Kind::Figure {
            continue;
        }
        let (mut number, end) = number(&tokens, at, language);
        taken[at..end].fill(true);
        if number.unit.moves() {
            number.course = sign(&tokens, at).or(told.of_token[at]);
        }
        numbers.push(number);
    }
    Reading { tokens, numbers, taken, bare: told.bare }
}

/// The number whose figure stands at `at`, without its course, and where it ends.
fn number(tokens: &[Token], at: usize, language: Language) -> (Number, usize) {
    let lexicon = Lexicon::of(language);
    let figure = &tokens[at].text;
    let mut value = Value::parse(figure, language);
    let mut end = at + 1;
    if let Some(plain) = value.as_ref().filter(|_| !Value::is_scaled(figure)) {
        let (scale, after) = scale(tokens, end, lexicon);
        (value, end) = (Some(plain.scaled(scale)), after);
    }
    // 24-hour
    let hyphen = tokens.get(end).is_some_and(|token| token.kind == Kind::Mark('-') && !token.spaced);
    let behind = unit_behind(tokens, end + usize::from(hyphen), lexicon);
    let (unit, end) = match behind {
        Some(found) => found,
        None => (unit_before(tokens, at, lexicon).unwrap_or(Unit::None), end),
    };
    // US$5, $5 percent: what says two things says neither.
    let unit = match unit_before(tokens, at, lexicon) {
        Some(before) if before != unit && before != Unit::Date => Unit::Other("two units"),
        _ => unit,
    };
    (Number { text: figure.clone(), value, unit, course: None }, end)
}

/// The power of ten that the words from `at` say, at most two ("nghìn tỷ"), and where they end.
fn scale(tokens: &[Token], at: usize, lexicon: &Lexicon) -> (i64, usize) {
    let (mut scale, mut end) = (0, at);
    while end < at + 2 && phrase_at(tokens, end, lexicon.compounds).is_none() {
        let Some((_, power)) = lexicon.scales.iter().find(|(word, _)| stands_at(tokens, end, word)) else {
            break;
        };
        (scale, end) = (scale + power, end + 1);
    }
    (scale, end)
}

/// The unit whose sign or words stand at `at`, and where they end.
fn unit_behind(tokens: &[Token], at: usize, lexicon: &Lexicon) -> Option<(Unit, usize)> {
    if let Kind::Mark(sign) = tokens.get(at)?.kind {
        return Some((Unit::of_sign(sign)?, at + 1));
    }
    let unit = |(unit, words): &(Unit, Words)| Some((*unit, phrase_at(tokens, at, words)?));
    let (unit, phrase) = lexicon.units.iter().find_map(unit)?;
    Some((unit, at + phrase.split(' ').count()))
}

/// The unit whose sign or word stands in front of the figure at `at`.
fn unit_before(tokens: &[Token], at: usize, lexicon: &Lexicon) -> Option<Unit> {
    let before = at.checked_sub(1)?;
    match tokens[before].kind {
        Kind::Mark(_) if tokens[at].spaced => None,
        // 12%, 34 and 12%−34 have a sign of their own only behind them.
        Kind::Mark(sign) => Unit::of_sign(sign).filter(|unit| *unit != Unit::Percent),
        Kind::Word => {
            let said = lexicon.before.iter().find(|(_, words)| phrase_at(tokens, before, words).is_some());
            said.map(|(unit, _)| *unit)
        }
        Kind::Figure => None,
    }
}

/// Up for a plus, down for a minus of whatever kind; a hyphen between two things is none.
fn sign(tokens: &[Token], at: usize) -> Option<Course> {
    let glued = |at: usize| tokens.get(at).is_some_and(|token| !token.spaced);
    let mut mark = at.checked_sub(1).filter(|_| glued(at))?;
    if matches!(tokens[mark].kind, Kind::Mark(sign) if Unit::of_sign(sign).is_some()) && glued(mark) {
        mark = mark.checked_sub(1)?;
    }
    let course = match tokens[mark].kind {
        Kind::Mark('+' | '\u{ff0b}') => Course::Up,
        Kind::Mark('-' | '\u{2212}' | '\u{2010}'..='\u{2013}' | '\u{fe63}' | '\u{ff0d}' | '\u{207b}') => {
            Course::Down
        }
        _ => return None,
    };
    let hyphen = mark > 0
        && glued(mark)
        && matches!(tokens[mark - 1].kind, Kind::Word | Kind::Figure | Kind::Mark(')' | '%'));
    (!hyphen).then_some(course)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{En, Vi};

    fn found(text: &str, language: Language) -> Vec<(String, Unit)> {
        numbers(text, language).into_iter().map(|number| (number.text, number.unit)).collect()
    }

    #[test]
    fn units_are_found_on_both_sides() {
        let cases: [(Language, &str, Unit); 25] = [
            (En, "1,853.29", Unit::None),
            (En, "0.85%", Unit::Percent),
            (En, "0.85 %", Unit::Percent),
            (En, "0.85 per cent", Unit::Percent),
            (En, "0.85\u{ff05}", Unit::Percent),
            (En, "0.85 percentage points", Unit::Other("percentage point")),
            (En, "85 basis points", Unit::Other("basis point")),
            (En, "\u{2212}$5.00B", Unit::Dollars),
            (En, "US$5", Unit::Dollars),
            (En, "2.62 trillion dollars", Unit::Dollars),
            (En, "€5", Unit::Other("€")),
            (En, "$5%", Unit::Other("two units")),
            (En, "24-hour", Unit::Duration("hour")),
            (En, "24 Apr", Unit::Date),
            (En, "Apr 2026", Unit::Date),
            (En, "3 times", Unit::Other("times")),
            (En, "5 coins", Unit::None),
            (Vi, "0,85%", Unit::Percent),
            (Vi, "0,85 phần trăm", Unit::Percent),
            (Vi, "0,85 điểm phần trăm", Unit::Other("percentage point")),
            (Vi, "2,62 nghìn tỷ USD", Unit::Dollars),
            (Vi, "24 giờ", Unit::Duration("hour")),
            (Vi, "7 đồng tiền", Unit::None),
            (Vi, "7 đồng", Unit::Other("₫")),
            (Vi, "năm 2026", Unit::Date),
        ];
        for (language, text, unit) in cases {
            let units: Vec<Unit> = found(text, language).into_iter().map(|(_, unit)| unit).collect();
            assert_eq!(units, [unit], "{text}");
        }
    }

    #[test]
    fn words_multiply_what_stands_before_them() {
        let value = |text: &str, language: Language| numbers(text, language).remove(0).value;
        let trillions = value("$2.62T", En);
        for (language, text) in [
            (En, "2.62 trillion"),
            (En, "2,620 billion"),
            (Vi, "2,62 nghìn tỷ"),
            (Vi, "2,62\u{a0}nghìn tỷ\u{a0}USD"),
            (Vi, "2.620 tỉ"),
        ] {
            assert_eq!(value(text, language), trillions, "{text}");
        }
        assert_eq!(value("52 tỷ trọng", Vi), value("52", Vi));
        assert_eq!(value("2.62T billion", En), trillions);
    }

    #[test]
    fn a_sign_is_told_from_a_hyphen() {
        let cases = [
            ("-1.2%", Some(Course::Down)),
            ("\u{2212}1.2%", Some(Course::Down)),
            ("(\u{2212}1.2%)", Some(Course::Down)),
            ("–1.2%", Some(Course::Down)),
            ("+1.2%", Some(Course::Up)),
            ("\u{2212}$5.00", Some(Course::Down)),
            ("$-5.00", Some(Course::Down)),
            ("$5.00", None),
            ("a-5", None),
            ("- 5", None),
            ("5", None),
        ];
        for (text, course) in cases {
            assert_eq!(numbers(text, En)[0].course, course, "{text}");
        }
        assert_eq!(numbers("5-10", En)[1].course, None);
    }

    #[test]
    fn its_own_sign_counts_before_the_words_and_a_date_goes_nowhere() {
        for (text, courses) in [
            ("it rose 1% in 24 hours", [Some(Course::Up), None]),
            ("it rose 1% on 24 Apr", [Some(Course::Up), None]),
            ("it fell to 5 (+1.2%)", [Some(Course::Down), Some(Course::Up)]),
        ] {
            let found: Vec<Option<Course>> = numbers(text, En).iter().map(|number| number.course).collect();
            assert_eq!(found, courses, "{text}");
        }
    }

    #[test]
    fn no_text_is_a_panic() {
        let pieces =
            ["1", ".", ",", "%", "$", "-", "×10", "⁻", "/", " ", "\n", "tỷ", "½", "🔟", "é", "'", "up", "("];
        for a in pieces {
            for b in pieces {
                for c in pieces {
                    let text = format!("{a}{b}{c}{a}");
                    for language in Language::ALL {
                        numbers(&text, language);
                    }
                }
            }
        }
    }
}
