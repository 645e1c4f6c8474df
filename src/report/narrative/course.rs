//! Which way things are said to have gone, statement by statement.
//!
//! A text falls into statements (at full stops, semicolons, "while", "but") and these into clauses (at commas, "and").
//! A clause goes the way that its own words say. One without such words goes the way of its statement, if that knows
//! one way only: in "it closed at 1,853.29, up 0.85%" the level rose as well. In brackets it goes the way of the clause
//! before it. One with words of both ways goes neither, and no number can be trusted to it.

use super::lexicon::Lexicon;
use super::prose::{Kind, Token, phrase_at};

/// Which way something went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// It rose.
    Up,
    /// It fell.
    Down,
    /// It stood still.
    Flat,
    /// Two ways are said at once.
    Unclear,
}

/// What a text says of its tokens.
#[derive(Debug)]
pub(super) struct Told {
    /// Of every token, the way of its clause.
    pub(super) of_token: Vec<Option<Course>>,
    /// The first word of a rise or a fall in a statement without a figure.
    pub(super) bare: Option<String>,
}

#[derive(Debug)]
struct Clause {
    start: usize,
    end: usize,
    course: Option<Course>,
    bracketed: bool,
}

/// The ways of a text.
pub(super) fn courses(tokens: &[Token], lexicon: &Lexicon) -> Told {
    let mut told = Told { of_token: vec![None; tokens.len()], bare: None };
    let mut start = 0;
    while start < tokens.len() {
        let end =
            (start..tokens.len()).find(|&at| ends_statement(tokens, at, lexicon)).unwrap_or(tokens.len());
        statement(tokens, start, end, lexicon, &mut told);
        start = end + 1;
    }
    told
}

fn statement(tokens: &[Token], start: usize, end: usize, lexicon: &Lexicon, told: &mut Told) {
    let mut clauses = clauses(tokens, start, end, lexicon);
    let whole = clauses.iter().filter_map(|clause| clause.course).reduce(merged);
    let mut before = None;
    for clause in &mut clauses {
        if clause.course.is_none() {
            // Where a statement goes several ways, a clause that says none is left open.
            let whole = whole.filter(|course| *course != Course::Unclear);
            clause.course = if clause.bracketed { before } else { whole };
        }
        before = clause.course;
        told.of_token[clause.start..clause.end].fill(clause.course);
    }
    if told.bare.is_none() && !tokens[start..end].iter().any(|token| token.kind == Kind::Figure) {
        let moved = (start..end)
            .find(|&at| matches!(course_at(tokens, at, lexicon), Some(Course::Up | Course::Down)));
        told.bare = moved.map(|at| tokens[at].text.clone());
    }
}

fn clauses(tokens: &[Token], start: usize, end: usize, lexicon: &Lexicon) -> Vec<Clause> {
    let mut clauses = vec![Clause { start, end: start, course: None, bracketed: false }];
    for at in start..end {
        if ends_clause(tokens, at, lexicon) {
            let bracketed = tokens[at].kind == Kind::Mark('(');
            clauses.push(Clause { start: at, end: at, course: None, bracketed });
        }
        if let Some(clause) = clauses.last_mut() {
            clause.end = at + 1;
            clause.course = match (clause.course, course_at(tokens, at, lexicon)) {
                (Some(known), Some(further)) => Some(merged(known, further)),
                (known, further) => known.or(further),
            };
        }
    }
    clauses
}

fn merged(one: Course, other: Course) -> Course {
    if one == other { one } else { Course::Unclear }
}

/// The way that a word at `at` says.
fn course_at(tokens: &[Token], at: usize, lexicon: &Lexicon) -> Option<Course> {
    let says = |words| phrase_at(tokens, at, words).is_some();
    match () {
        () if says(lexicon.rises) => Some(Course::Up),
        () if says(lexicon.falls) => Some(Course::Down),
        () if says(lexicon.stands_still) => Some(Course::Flat),
        () => None,
    }
}

fn ends_statement(tokens: &[Token], at: usize, lexicon: &Lexicon) -> bool {
    match tokens[at].kind {
        Kind::Mark(mark) => matches!(mark, '.' | '!' | '?' | ';' | '…' | '\n'),
        Kind::Word => phrase_at(tokens, at, lexicon.statement_ends).is_some(),
        Kind::Figure => false,
    }
}

fn ends_clause(tokens: &[Token], at: usize, lexicon: &Lexicon) -> bool {
    match tokens[at].kind {
        Kind::Mark(mark) => matches!(mark, ',' | ':' | '(' | ')' | '—' | '–'),
        Kind::Word => phrase_at(tokens, at, lexicon.clause_ends).is_some(),
        Kind::Figure => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::prose::tokens;
    use super::*;
    use crate::report::language::Language::{self, En, Vi};
    use Course::{Down, Flat, Unclear, Up};

    fn told(text: &str, language: Language) -> (Vec<Option<Course>>, Option<String>) {
        let tokens = tokens(text);
        let told = courses(&tokens, Lexicon::of(language));
        let figures = tokens.iter().zip(told.of_token).filter(|(token, _)| token.kind == Kind::Figure);
        (figures.map(|(_, course)| course).collect(), told.bare)
    }

    #[test]
    fn every_figure_goes_the_way_that_its_clause_says() {
        let cases: [(Language, &str, &[Option<Course>]); 15] = [
            (En, "It stood at 1,853.29, up 0.85%.", &[Some(Up), Some(Up)]),
            (En, "Up 0.85% at 1,853.29", &[Some(Up), Some(Up)]),
            (En, "A rose 1% while B fell 2%", &[Some(Up), Some(Down)]),
            (En, "A rose 1%, B fell 2%", &[Some(Up), Some(Down)]),
            (En, "A rose 1%, B fell and C is at 2", &[Some(Up), None]),
            (En, "A rose 1%; B reads 49", &[Some(Up), None]),
            (En, "210 rose, 130 fell and 60 stood still", &[Some(Up), Some(Down), Some(Flat)]),
            (En, "gainers (210) beat losers (130)", &[Some(Up), Some(Down)]),
            (En, "it rose from falling 2%", &[Some(Unclear)]),
            (En, "unchanged at 5", &[Some(Flat)]),
            (En, "at 5 of 100", &[None, None]),
            (Vi, "ở mức 1.853,29, tăng 0,85%", &[Some(Up), Some(Up)]),
            (Vi, "A tăng 1% trong khi B giảm 2%", &[Some(Up), Some(Down)]),
            (Vi, "210 mã tăng, 130 mã giảm và 60 mã đứng giá", &[Some(Up), Some(Down), Some(Flat)]),
            (Vi, "A giảm 1%, còn 5", &[Some(Down), Some(Down)]),
        ];
        for (language, text, courses) in cases {
            assert_eq!(told(text, language).0, courses, "{text}");
        }
    }

    #[test]
    fn a_rise_without_a_figure_is_noticed() {
        for (text, bare) in [
            ("The market rose.", Some("rose")),
            ("It rose 1% while banks fell.", Some("fell")),
            ("It rose 1%. A quiet day.", None),
            ("Unchanged.", None),
            ("", None),
        ] {
            assert_eq!(told(text, En).1.as_deref(), bare, "{text}");
        }
    }
}
