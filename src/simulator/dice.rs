//! Dice without state: the same seed, name and number always show the same face.
//!
//! Not for secrets; good enough for prices.

/// A source of hashed numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The dice of a name under a seed.
    pub(crate) fn new(seed: u64, name: &str) -> Self {
        // FNV-1a, started from the seed.
        let hash = name.bytes().fold(mix(seed) ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self(mix(hash))
    }

    /// Other dice, derived from these.
    pub(crate) fn fork(self, n: i64) -> Self {
        Self(self.roll(n))
    }

    /// Any number of 64 bits.
    pub(crate) fn roll(self, n: i64) -> u64 {
        mix(self.0 ^ n.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// A number from 0 up to, but not including, 1.
    pub(crate) fn unit(self, n: i64) -> f64 {
        (self.roll(n) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number from `from` up to `to`.
    pub(crate) fn between(self, n: i64, from: f64, to: f64) -> f64 {
        from + (to - from) * self.unit(n)
    }

    /// True once in `odds` times.
    pub(crate) fn one_in(self, n: i64, odds: u64) -> bool {
        self.roll(n).is_multiple_of(odds)
    }

    /// One of `faces`, which must not be empty.
    pub(crate) fn pick<T: Copy>(self, n: i64, faces: &[T]) -> T {
        faces[(self.roll(n) % faces.len() as u64) as usize]
    }
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
