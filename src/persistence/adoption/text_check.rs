//! Whether bytes that come in pieces are text as Postgres and every reader take it: UTF-8 without a NUL.

/// Looks at one text; holds the beginning of a character whose end has not come yet, and nothing else.
#[derive(Debug, Default)]
pub(super) struct TextCheck {
    /// At most three bytes.
    unfinished: Vec<u8>,
    /// How many bytes have been found good.
    good: u64,
}

/// What is wrong, at which byte, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    Nul(u64),
    NotUtf8(u64),
}

impl TextCheck {
    /// Looks at the next piece.
    pub(super) fn push(&mut self, piece: &[u8]) -> Result<(), Flaw> {
        let mut rest = piece;
        while !self.unfinished.is_empty() {
            let Some((first, after)) = rest.split_first() else { return Ok(()) };
            self.unfinished.push(*first);
            rest = after;
            let character = std::mem::take(&mut self.unfinished);
            self.look(&character)?;
        }
        self.look(rest)
    }

    /// Says whether the text ended with a whole character.
    pub(super) fn finish(self) -> Result<(), Flaw> {
        if self.unfinished.is_empty() { Ok(()) } else { Err(Flaw::NotUtf8(self.good)) }
    }

    fn look(&mut self, bytes: &[u8]) -> Result<(), Flaw> {
        let (valid, broken) = match std::str::from_utf8(bytes) {
            Ok(_) => (bytes, None),
            Err(error) => {
                let (valid, rest) = bytes.split_at(error.valid_up_to());
                (valid, Some((rest, error.error_len())))
            }
        };
        if let Some(at) = valid.iter().position(|byte| *byte == 0) {
            return Err(Flaw::Nul(self.good + at as u64));
        }
        self.good += valid.len() as u64;
        match broken {
            None => Ok(()),
            Some((rest, None)) => {
                self.unfinished = rest.to_vec();
                Ok(())
            }
            Some((_, Some(_))) => Err(Flaw::NotUtf8(self.good)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &[u8], piece: usize) -> Result<(), Flaw> {
        let mut check = TextCheck::default();
        text.chunks(piece).try_for_each(|piece| check.push(piece))?;
        check.finish()
    }

    #[test]
    fn a_text_is_judged_alike_however_it_is_cut() {
        let cases: [(&[u8], Result<(), Flaw>); 7] = [
            ("Xin chào, thị trường hôm nay 📈 tăng".as_bytes(), Ok(())),
            (b"", Ok(())),
            (b"ch\xc3", Err(Flaw::NotUtf8(2))),
            (b"ch\xc3o", Err(Flaw::NotUtf8(2))),
            (b"a\xf0\x9f\x93", Err(Flaw::NotUtf8(1))),
            (b"ab\0c", Err(Flaw::Nul(2))),
            ("à\0".as_bytes(), Err(Flaw::Nul(2))),
        ];
        for (text, expected) in cases {
            for piece in 1..=text.len().max(1) {
                assert_eq!(checked(text, piece), expected, "{text:?} in pieces of {piece}");
            }
        }
    }
}
