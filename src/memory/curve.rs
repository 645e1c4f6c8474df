//! The lowest readings of an account from the first to the last, few enough for one line of text.
//!
//! Pure, and bounded: at most [`COLUMNS`] columns of equal length in time, which double their length whenever there is
//! no more room. All curves with the same origin and end have the same columns.

/// The most columns of a curve.
pub const COLUMNS: usize = 64;

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Lowest readings over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Curve {
    origin_ms: i64,
    column_ms: i64,
    floors: Vec<Option<u64>>,
}

impl Curve {
    /// An empty curve that begins at `origin_ms`, with columns of `column_ms` at first.
    pub fn new(origin_ms: i64, column_ms: i64) -> Self {
        Self { origin_ms, column_ms: column_ms.max(1), floors: Vec::new() }
    }

    /// Takes a reading into account. One from before the origin counts as one of the first column.
    pub fn push(&mut self, at_ms: i64, bytes: u64) {
        let age = at_ms.saturating_sub(self.origin_ms).max(0);
        let column = loop {
            match usize::try_from(age / self.column_ms) {
                Ok(column) if column < COLUMNS => break column,
                _ => self.halve(),
            }
        };
        if column >= self.floors.len() {
            self.floors.resize(column + 1, None);
        }
        let floor = &mut self.floors[column];
        *floor = Some(floor.map_or(bytes, |lowest| lowest.min(bytes)));
    }

    fn halve(&mut self) {
        self.column_ms = self.column_ms.saturating_mul(2);
        let lowest = |pair: &[Option<u64>]| pair.iter().flatten().min().copied();
        self.floors = self.floors.chunks(2).map(lowest).collect();
    }

    /// The length of a column, in milliseconds.
    pub fn column_ms(&self) -> i64 {
        self.column_ms
    }

    /// The lowest reading of each column in bytes, oldest first; nothing where there was none.
    pub fn floors(&self) -> &[Option<u64>] {
        &self.floors
    }

    /// The lowest and the highest column.
    pub fn range(&self) -> Option<(u64, u64)> {
        let known = || self.floors.iter().flatten().copied();
        known().min().zip(known().max())
    }

    /// The curve as one line of bars, one a column, a space where there was no reading.
    ///
    /// From the lowest to the highest column; the whole height is a tenth of the highest at least, so that what hardly
    /// moves looks flat.
    pub fn line(&self) -> String {
        let Some((low, high)) = self.range() else { return String::new() };
        let height = (high - low).max(high / 10).max(1);
        let bar = |bytes: u64| {
            let step = u128::from(bytes - low) * (BARS.len() as u128 - 1) / u128::from(height);
            usize::try_from(step).ok().and_then(|step| BARS.get(step)).copied().unwrap_or(BARS[7])
        };
        self.floors.iter().map(|floor| floor.map_or(' ', bar)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(readings: impl IntoIterator<Item = (i64, u64)>) -> Curve {
        let mut curve = Curve::new(1000, 10);
        readings.into_iter().for_each(|(at, bytes)| curve.push(1000 + at, bytes));
        curve
    }

    #[test]
    fn the_lowest_reading_of_a_column_counts_and_gaps_stay_gaps() {
        let curve = curve([(0, 100), (5, 90), (9, 200), (10, 150), (30, 160)]);
        assert_eq!(curve.floors(), [Some(90), Some(150), None, Some(160)]);
        assert_eq!((curve.range(), curve.line().as_str()), (Some((90, 160)), "▁▇ █"));
    }

    #[test]
    fn a_long_curve_keeps_its_shape_and_its_bound() {
        let long = curve((0..100_000_i64).map(|at| (at, 1_000 + at.unsigned_abs())));
        assert!((COLUMNS / 2..=COLUMNS).contains(&long.floors().len()), "{}", long.floors().len());
        assert!(long.line().starts_with('▁') && long.line().ends_with('█'), "{}", long.line());
        assert_eq!(long.column_ms(), 2560);
        let far = curve([(0, 1), (i64::MAX - 2000, 9)]);
        assert_eq!((far.floors().len() <= COLUMNS, far.range()), (true, Some((1, 9))));
    }

    #[test]
    fn what_hardly_moves_looks_flat() {
        assert_eq!(curve([(0, 1000), (10, 1009), (20, 1000)]).line(), "▁▁▁");
        assert_eq!(curve([(0, 0), (10, 0)]).line(), "▁▁");
        assert_eq!(curve([]).line(), "");
    }
}
