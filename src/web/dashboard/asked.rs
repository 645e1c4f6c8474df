//! What somebody looks at: in which language, and how far back.

use super::super::face::Face;
use crate::memory::timeline::Range;
use crate::report::language::Language;
use crate::report::locale::Locale;

/// What somebody looks at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) language: Language,
    pub(super) range: Range,
}

impl Asked {
    pub(super) fn locale(self, face: &Face) -> Locale {
        Locale { language: self.language, zone: face.zone.clone() }
    }
}
