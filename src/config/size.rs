//! Sizes in the configuration: always with a unit, for example `1 MiB`, and written back without rounding.

use bytesize::ByteSize;
use serde::{Deserialize, Deserializer, Serializer, de::Error};

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

pub(super) fn serialize<S: Serializer>(size: &ByteSize, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&render(*size))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ByteSize, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).ok_or_else(|| D::Error::custom(format!("\"{text}\" is not a size with a unit")))
}

/// Sizes that may be absent.
pub(super) mod optional {
    use super::{ByteSize, Deserializer, Serializer};

    // serde hands the field over by reference.
    #[allow(clippy::ref_option)]
    pub(in crate::config) fn serialize<S: Serializer>(
        size: &Option<ByteSize>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match size {
            Some(size) => super::serialize(size, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(in crate::config) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<ByteSize>, D::Error> {
        super::deserialize(deserializer).map(Some)
    }
}

/// The size in the largest of MiB, KiB and B that divides it.
pub(crate) fn render(size: ByteSize) -> String {
    match size.as_u64() {
        0 => "0 B".to_owned(),
        bytes if bytes.is_multiple_of(MIB) => format!("{} MiB", bytes / MIB),
        bytes if bytes.is_multiple_of(KIB) => format!("{} KiB", bytes / KIB),
        bytes => format!("{bytes} B"),
    }
}

/// Parses a size; nothing without a unit.
pub(crate) fn parse(text: &str) -> Option<ByteSize> {
    let with_unit = text.trim_end().ends_with(|last: char| last.is_ascii_alphabetic());
    if with_unit { text.trim().parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_come_back_as_they_were_written() {
        for bytes in [0, 1, 1023, 1024, 1536, 1 << 20, (1 << 20) + 1, 3 << 30] {
            let size = ByteSize::b(bytes);
            assert_eq!(parse(&render(size)), Some(size));
        }
    }

    #[test]
    fn a_size_needs_a_unit() {
        assert_eq!(parse("1 MiB"), Some(ByteSize::mib(1)));
        assert_eq!(parse("1MB"), Some(ByteSize::mb(1)));
        for text in ["", "4", "4194304", "-1 MiB", "MiB", "4 parsecs"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
