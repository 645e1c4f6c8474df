//! Why a draft is not used.

/// Why a draft is not used. What it repeats of the draft is one short line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is nothing in it.
    #[error("the draft is empty")]
    Empty,
    /// It is longer than was asked for.
    #[error("the draft is longer than {most} words")]
    TooLong {
        /// `report.narrative.max_words`.
        most: u32,
    },
    /// A control character, an invisible one, or one that no sentence of the language needs.
    #[error("the draft holds the character U+{:04X}", u32::from(*character))]
    Character {
        /// The character.
        character: char,
    },
    /// An address of a page or of a mailbox.
    #[error("the draft holds a link, \"{text}\"")]
    Link {
        /// What looks like one.
        text: String,
    },
    /// HTML or Markdown.
    #[error("the draft holds markup, \"{mark}\"")]
    Markup {
        /// What begins it.
        mark: String,
    },
    /// Something that only an adviser may say.
    #[error("the draft gives advice, \"{word}\"")]
    Advice {
        /// The word or the words.
        word: &'static str,
    },
    /// A word in letters that the language does not have, and that the facts do not hold.
    #[error("the draft holds \"{word}\", which is not written in the letters of its language")]
    ForeignWord {
        /// The word.
        word: String,
    },
    /// A number in words that the facts do not hold in the same word.
    #[error("the draft holds a number in words, \"{word}\"")]
    NumberWord {
        /// The word.
        word: String,
    },
    /// A number that is not in the facts.
    #[error("the draft holds the number {number}, which is not in the facts")]
    UnknownNumber {
        /// The number.
        number: String,
    },
    /// A number of the facts as something that it is not there, for example as per cent.
    #[error("the draft holds the number {number} with another unit than the facts")]
    WrongUnit {
        /// The number.
        number: String,
    },
    /// A number of the facts that rises here and falls there, or the other way round.
    #[error("the draft turns the direction of {number} around")]
    WrongCourse {
        /// The number.
        number: String,
    },
    /// A rise or a fall without its number, which nothing could be held against.
    #[error("the draft says \"{word}\" without a number")]
    BareMove {
        /// The word.
        word: String,
    },
}
