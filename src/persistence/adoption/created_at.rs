//! The time of an old row in an SQLite file: the text that SQLAlchemy writes, read strictly.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// What may stand there.
pub(super) const RIGHT: &str = "YYYY-MM-DD HH:MM:SS, with up to six digits after a point, in UTC";

/// `text` as a time; nothing when it is anything but [`RIGHT`].
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let (whole, fraction) = bytes.split_at_checked(19)?;
    let shape = b"dddd-dd-dd dd:dd:dd";
    let fits = |(byte, form): (&u8, &u8)| if *form == b'd' { byte.is_ascii_digit() } else { byte == form };
    let fraction_fits = match fraction {
        [] => true,
        [b'.', digits @ ..] => (1..=6).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    // jiff would take a second of 60 for one of 59.
    let leaps = &whole[17..] == b"60";
    if !whole.iter().zip(shape).all(fits) || !fraction_fits || leaps {
        return None;
    }
    let time: DateTime = text.parse().ok()?;
    Offset::UTC.to_timestamp(time).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_texts_that_sqlalchemy_writes_are_times() {
        for (text, expected) in [
            ("2025-03-02 07:30:00", Some("2025-03-02T07:30:00Z")),
            ("2025-03-02 07:30:00.123456", Some("2025-03-02T07:30:00.123456Z")),
            ("2025-03-02 07:30:00.5", Some("2025-03-02T07:30:00.5Z")),
            ("1969-12-31 23:59:59.999999", Some("1969-12-31T23:59:59.999999Z")),
            ("2025-03-02T07:30:00", None),
            ("2025-03-02 07:30", None),
            ("2025-03-02 07:30:00.", None),
            ("2025-03-02 07:30:00.1234567", None),
            ("2025-03-02 07:30:00+07:00", None),
            ("2025-02-30 07:30:00", None),
            ("2025-03-02 07:30:60", None),
            ("2025-03-02 25:30:00", None),
            ("02.03.2025 07:30:00", None),
            ("1740900600", None),
            ("2025-03-02 07:30:0\u{e9}", None),
            ("", None),
        ] {
            assert_eq!(parse(text), expected.map(|time| time.parse().unwrap()), "{text}");
        }
    }
}
