//! Up, down or neither: one judgement for words, colours and arrows alike.

use serde::Serialize;

use super::quantity::percent as believable;
use crate::report::locale::Locale;
use crate::report::number::ABSENT;
use crate::report::text::{Key, TextError};

/// A change smaller than this is written as 0.00 % and is none.
const SMALLEST: f64 = 0.005;

/// Where a value went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::report) enum Direction {
    Up,
    Down,
    Flat,
    Unknown,
}

/// A change as a cell or a badge shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::report) struct Change {
    /// The class of the style sheet.
    direction: Direction,
    /// The sign that stands beside the colour, for those who do not see colours.
    arrow: &'static str,
    /// With its sign, in per cent.
    text: String,
}

impl Direction {
    pub(super) fn of(percent: Option<f64>) -> Self {
        match believable(percent) {
            None => Self::Unknown,
            Some(percent) if percent >= SMALLEST => Self::Up,
            Some(percent) if percent <= -SMALLEST => Self::Down,
            Some(_) => Self::Flat,
        }
    }

    fn arrow(self) -> &'static str {
        match self {
            Self::Up => "▲",
            Self::Down => "▼",
            Self::Flat => "■",
            Self::Unknown => "",
        }
    }
}

impl Change {
    pub(super) fn of(locale: &Locale, percent: Option<f64>) -> Self {
        let percent = believable(percent);
        let direction = Direction::of(percent);
        let arrow = direction.arrow();
        let text = percent.map_or_else(|| ABSENT.to_owned(), |percent| locale.language.change(percent));
        Self { direction, arrow, text }
    }

    /// A change that is written in another unit than per cent.
    pub(super) fn told(direction: Direction, text: String) -> Self {
        Self { direction, arrow: direction.arrow(), text }
    }
}

/// `up 0.85%`, for use inside a sentence.
pub(super) fn phrase(locale: &Locale, percent: Option<f64>) -> Result<String, TextError> {
    let size = believable(percent).map(|percent| locale.language.share(percent.abs())).unwrap_or_default();
    let key = match Direction::of(percent) {
        Direction::Up => Key::MOVE_UP,
        Direction::Down => Key::MOVE_DOWN,
        Direction::Flat => Key::MOVE_FLAT,
        Direction::Unknown => Key::MOVE_UNKNOWN,
    };
    locale.text_with(key, &[("percent", &size)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_as_zero_is_neither_up_nor_down() {
        for (percent, direction) in [
            (Some(0.005), Direction::Up),
            (Some(0.0049), Direction::Flat),
            (Some(0.0), Direction::Flat),
            (Some(-0.0049), Direction::Flat),
            (Some(-0.005), Direction::Down),
            (Some(f64::NAN), Direction::Unknown),
            (Some(-250.0), Direction::Unknown),
            (None, Direction::Unknown),
        ] {
            assert_eq!(Direction::of(percent), direction, "{percent:?}");
        }
    }
}
