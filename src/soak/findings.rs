//! What the hours of a soak come to. Pure.

use crate::memory::trend;

use super::hour::Hour;

/// Reports of a simulated day.
const REPORTS_A_DAY: f64 = 8.0;
/// Refreshes of a simulated day.
const REFRESHES_A_DAY: f64 = 480.0;
const HOURS_A_DAY: usize = 24;

/// How sure a rise has to be to be called one.
const SURE: f64 = 0.01;

/// The hours are not those of a soak that can be judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{hours} hours are too few to be judged: 2 are the least")]
pub struct ReadError {
    /// How many there are.
    pub hours: usize,
}

/// The findings. Memory in bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Findings {
    /// Simulated hours.
    pub hours: usize,
    /// The hours that are not judged: the first day, or the first half of a shorter soak.
    pub warm_up: usize,
    /// The first hour's least: the daemon at idle.
    pub rss_first: u64,
    /// The least of the warm-up's last hour: of more than a day, what is held after the first.
    pub rss_after_warm_up: u64,
    /// The least resident memory just before a refresh, of the judged hours.
    pub rss_low: u64,
    /// The most.
    pub rss_high: u64,
    /// Rise of the hourly least a day (Theil–Sen).
    pub slope_a_day: f64,
    /// How likely hours without a trend rise as surely (Mann–Kendall, one-sided).
    pub p_rising: f64,
    /// What stays of a report in living objects, if all that stays is the reports' (Theil–Sen over the hours).
    pub retained_a_report: f64,
    /// The same for a refresh.
    pub retained_a_refresh: f64,
    /// The largest rise above the hour's least at any moment.
    pub highest_peak: u64,
    /// Rise a day of what each actor's arenas hold (Theil–Sen), in the order of the hours.
    pub actors: Vec<f64>,
    /// Refreshes, reports and restarts in all.
    pub refreshes: u64,
    /// See above.
    pub reports: u64,
    /// See above.
    pub restarts: u64,
    /// Connections opened in all: to the index store, and for reading the database.
    pub connections: u64,
}

impl Findings {
    /// Judges the hours.
    ///
    /// # Errors
    /// When there are fewer than two.
    pub fn of(hours: &[Hour]) -> Result<Self, ReadError> {
        let warm_up = HOURS_A_DAY.min(hours.len() / 2);
        let (first, judged) = hours.split_at(warm_up);
        let (Some(first_hour), Some(warm), Some(end)) = (first.first(), first.last(), judged.last()) else {
            return Err(ReadError { hours: hours.len() });
        };
        let lows: Vec<f64> = judged.iter().map(|hour| hour.rss_low as f64).collect();
        let allocated: Vec<f64> = judged.iter().map(|hour| hour.allocated as f64).collect();
        let a_day = |series: &[f64]| trend::slope(series).unwrap_or(0.0) * HOURS_A_DAY as f64;
        let retained = a_day(&allocated);
        Ok(Self {
            hours: hours.len(),
            warm_up,
            rss_first: first_hour.rss_low,
            rss_after_warm_up: warm.rss_low,
            rss_low: judged.iter().map(|hour| hour.rss_low).min().unwrap_or_default(),
            rss_high: judged.iter().map(|hour| hour.rss_high).max().unwrap_or_default(),
            slope_a_day: a_day(&lows),
            p_rising: trend::mann_kendall(&lows).map_or(1.0, |test| test.p_rising),
            retained_a_report: retained / REPORTS_A_DAY,
            retained_a_refresh: retained / REFRESHES_A_DAY,
            highest_peak: judged
                .iter()
                .map(|hour| hour.peak.saturating_sub(hour.rss_low))
                .max()
                .unwrap_or_default(),
            actors: (0..end.actors.len())
                .map(|actor| a_day(&judged.iter().map(|hour| hour.actors[actor] as f64).collect::<Vec<_>>()))
                .collect(),
            refreshes: end.refreshes,
            reports: end.reports,
            restarts: end.restarts,
            connections: end.connections,
        })
    }

    /// High minus low of the judged hours.
    pub fn spread(&self) -> u64 {
        self.rss_high.saturating_sub(self.rss_low)
    }

    /// From the first hour's least to the least of the warm-up's last.
    pub fn growth_of_warm_up(&self) -> i64 {
        difference(self.rss_first, self.rss_after_warm_up)
    }

    /// Whether the hourly least rises, and surely so.
    pub fn rises(&self) -> bool {
        self.slope_a_day > 0.0 && self.p_rising < SURE
    }
}

fn difference(from: u64, to: u64) -> i64 {
    i64::try_from(to).unwrap_or(i64::MAX) - i64::try_from(from).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(count: u32, rss: impl Fn(u32) -> u64) -> Vec<Hour> {
        let hour = |number| Hour {
            number,
            rss_low: rss(number),
            rss_high: rss(number) + 100,
            peak: rss(number) + 1000,
            allocated: rss(number) / 2,
            actors: [u64::from(number); 5],
            refreshes: u64::from(number) * 20,
            reports: u64::from(number) / 3,
            ..Hour::default()
        };
        (1..=count).map(hour).collect()
    }

    #[test]
    fn a_flat_line_is_called_flat_and_a_slope_by_its_size() {
        let flat = Findings::of(&hours(72, |_| 10_000_000)).unwrap();
        assert_eq!((flat.warm_up, flat.spread(), flat.highest_peak), (24, 100, 1000));
        assert_eq!((flat.slope_a_day, flat.rises(), flat.retained_a_report), (0.0, false, 0.0));
        let rising = Findings::of(&hours(72, |hour| 10_000_000 + 2048 * u64::from(hour))).unwrap();
        assert_eq!((rising.slope_a_day, rising.rises()), (2048.0 * 24.0, true));
        assert_eq!((rising.retained_a_report, rising.retained_a_refresh), (3072.0, 51.2));
        assert_eq!((rising.growth_of_warm_up(), rising.spread()), (23 * 2048, 47 * 2048 + 100));
        assert_eq!(rising.actors, [24.0; 5]);
    }

    #[test]
    fn half_of_a_short_soak_is_judged() {
        assert_eq!(Findings::of(&hours(6, |_| 1)).unwrap().warm_up, 3);
        assert_eq!(Findings::of(&hours(1, |_| 1)), Err(ReadError { hours: 1 }));
    }
}
