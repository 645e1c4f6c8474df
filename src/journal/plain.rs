//! Text that stays on its line: what is logged may come from anywhere.

/// The longest sentence that is kept, in characters.
pub(super) const LONGEST: usize = 4000;

/// The text on one line, without characters that act on their surroundings.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for (position, character) in text.chars().enumerate() {
        if position >= LONGEST {
            line.push('…');
            break;
        }
        if acts(character) {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}

fn acts(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
