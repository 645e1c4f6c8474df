//! What a number counts, as far as a text says so next to it.

/// A unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Nothing that is known.
    None,
    /// Per cent.
    Percent,
    /// US dollars.
    Dollars,
    /// A day or a year of the calendar.
    Date,
    /// A length of time.
    Duration(&'static str),
    /// Anything else that must not be mixed up: other currencies, percentage points, multiples.
    Other(&'static str),
}

impl Unit {
    /// Whether a draft may write this of a number that the facts tell with `told`.
    ///
    /// A currency may be left away where it is clear; nothing may be added, and a share is never a plain number.
    pub(super) fn may_stand_for(self, told: Self) -> bool {
        self == told || (self == Self::None && told == Self::Dollars)
    }

    /// Whether a rise or a fall can be said of it: "rose 2% in 24 hours" says nothing of the 24.
    pub(super) fn moves(self) -> bool {
        !matches!(self, Self::Date | Self::Duration(_))
    }

    /// The unit of a sign that stands before or behind a number.
    pub(super) fn of_sign(sign: char) -> Option<Self> {
        match sign {
            '%' | '\u{66a}' | '\u{fe6a}' | '\u{ff05}' => Some(Self::Percent),
            '$' | '\u{fe69}' | '\u{ff04}' => Some(Self::Dollars),
            '€' => Some(Self::Other("€")),
            '£' => Some(Self::Other("£")),
            '¥' => Some(Self::Other("¥")),
            '₫' => Some(Self::Other("₫")),
            '‰' => Some(Self::Other("‰")),
            _ => None,
        }
    }
}
