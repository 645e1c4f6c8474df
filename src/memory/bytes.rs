//! Sizes as people read them: in B, KiB, MiB or GiB, with one decimal from KiB on.

const UNITS: [(&str, f64); 3] =
    [("GiB", (1_u64 << 30) as f64), ("MiB", (1_u64 << 20) as f64), ("KiB", 1024.0)];

/// `6.1 MiB`.
pub fn size(bytes: u64) -> String {
    // What would be rounded up to a whole unit is written in that unit.
    let unit = UNITS.iter().find(|(_, unit)| bytes as f64 / unit >= 0.999_5);
    unit.map_or_else(|| format!("{bytes} B"), |(name, unit)| format!("{:.1} {name}", bytes as f64 / unit))
}

/// `+6.1 MiB`, `-512 B`, `+0 B`.
pub fn signed(bytes: i64) -> String {
    let sign = if bytes < 0 { '-' } else { '+' };
    format!("{sign}{}", size(bytes.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_the_unit_that_fits_and_one_decimal() {
        let table = [
            (0, "0 B"),
            (1000, "1000 B"),
            (1024, "1.0 KiB"),
            (1536, "1.5 KiB"),
            ((1 << 20) - 1, "1.0 MiB"),
            (6_396_314, "6.1 MiB"),
            (3 << 30, "3.0 GiB"),
        ];
        for (bytes, text) in table {
            assert_eq!(size(bytes), text);
        }
        assert_eq!([signed(0), signed(-512), signed(2048)], ["+0 B", "-512 B", "+2.0 KiB"]);
    }
}
