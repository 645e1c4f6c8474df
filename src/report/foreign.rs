//! Text that others wrote: names of coins, labels, error messages.
//!
//! What comes out is one line of bounded length without characters that act on their surroundings (controls,
//! direction overrides). It may still hold markup: templates escape it.

use crate::market::model::SourceName;

/// The longest name that a report shows, in characters.
pub(super) const NAME_LIMIT: usize = 48;
/// The longest ticker symbol that a report shows, in characters.
pub(super) const SYMBOL_LIMIT: usize = 16;
/// The longest error message that a report shows, in characters.
pub(super) const ERROR_LIMIT: usize = 240;

/// The longest narrative that a report shows, in characters.
pub(super) const NARRATIVE_LIMIT: usize = 4_000;

/// The text as one line of at most `limit` characters, the last being an ellipsis if something was cut off.
///
/// Reads no more of the text than it needs, so that a name of megabytes costs nothing.
pub(super) fn line(text: &str, limit: usize) -> String {
    let mut clean = String::new();
    let mut length = 0;
    let mut space_due = false;
    for character in text.chars() {
        if character.is_whitespace() || character.is_control() {
            space_due = length > 0;
            continue;
        }
        if acts_on_its_surroundings(character) {
            continue;
        }
        if length + usize::from(space_due) >= limit {
            // A joiner at the end would glue the ellipsis to the emoji before it.
            let kept = clean.trim_end_matches(['\u{200d}', '\u{fe0f}', ' ']);
            let cut = kept.char_indices().nth(limit.saturating_sub(1)).map_or(kept.len(), |(at, _)| at);
            return format!("{}…", &kept[..cut]);
        }
        if std::mem::take(&mut space_due) {
            clean.push(' ');
            length += 1;
        }
        clean.push(character);
        length += 1;
    }
    clean
}

/// What a source calls itself.
pub(super) fn source(name: SourceName) -> String {
    let known = match name {
        SourceName::Vietcap => "Vietcap",
        SourceName::Entrade => "Entrade (DNSE)",
        SourceName::Kbs => "KB Securities",
        SourceName::Binance => "Binance",
        SourceName::Coingecko => "CoinGecko",
        SourceName::Coinpaprika => "CoinPaprika",
        SourceName::AlternativeMe => "alternative.me",
        SourceName::Yahoo => "Yahoo Finance",
        SourceName::Own(name) => return name.as_str().to_owned(),
    };
    known.to_owned()
}

/// Whether a character is invisible and changes how others are shown.
pub(super) fn acts_on_its_surroundings(character: char) -> bool {
    matches!(character,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_clean_and_bounded() {
        for (given, limit, expected) in [
            ("Bitcoin", 10, "Bitcoin"),
            ("  two\n\n words\t", 20, "two words"),
            ("\u{202e}gnp.exe\u{2066}", 20, "gnp.exe"),
            ("a\0b", 20, "a b"),
            ("0123456789", 10, "0123456789"),
            ("0123456789x", 10, "012345678…"),
            ("0123456 89 x", 9, "0123456 …"),
            ("<b>bold</b>", 20, "<b>bold</b>"),
            ("عملة", 20, "عملة"),
            ("👩\u{200d}🚀👩\u{200d}🚀", 3, "👩\u{200d}…"),
            ("", 5, ""),
        ] {
            assert_eq!(line(given, limit), expected, "{given:?}");
        }
    }

    #[test]
    fn a_name_of_ten_kilobytes_is_cut() {
        let cut = line(&"x".repeat(10_000), NAME_LIMIT);
        assert_eq!(cut.chars().count(), NAME_LIMIT);
        assert!(cut.ends_with('…'));
    }
}
