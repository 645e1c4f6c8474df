//! What was measured in one simulated hour, and the file in which the hours are kept: a line each, written at once, so that
//! a soak of many days holds no more than one of them.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use crate::daemon::Daemon;

/// One hour. Memory in bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hour {
    /// From 1.
    pub number: u32,
    /// The least resident memory of the process just before a refresh.
    pub rss_low: u64,
    /// The most just before a refresh.
    pub rss_high: u64,
    /// The most at any moment, reports included.
    pub peak: u64,
    /// Living objects of all actors at the end.
    pub allocated: u64,
    /// What each actor's arenas hold at the end, in the order of [`Daemon::ACTORS`].
    pub actors: [u64; Daemon::ACTORS.len()],
    /// Refreshes since the beginning, and those of them that the index store did not take.
    pub refreshes: u64,
    /// See above.
    pub refreshes_not_stored: u64,
    /// Reports stored since the beginning.
    pub reports: u64,
    /// Generations that were started after the first of each actor.
    pub restarts: u64,
    /// Connections to the index store and for reading the database, opened since the beginning.
    pub connections: u64,
}

const COLUMNS: [&str; 10] = [
    "hour",
    "rss_low_bytes",
    "rss_high_bytes",
    "peak_bytes",
    "allocated_bytes",
    "refreshes",
    "refreshes_not_stored",
    "reports",
    "restarts",
    "connections_opened",
];

impl Hour {
    fn numbers(&self) -> Vec<u64> {
        let Self { number, rss_low, rss_high, peak, allocated, actors, .. } = self;
        let Self { refreshes, refreshes_not_stored, reports, restarts, connections, .. } = self;
        let mut numbers = vec![u64::from(*number), *rss_low, *rss_high, *peak, *allocated];
        numbers.extend([*refreshes, *refreshes_not_stored, *reports, *restarts, *connections]);
        numbers.extend(actors);
        numbers
    }

    fn of(numbers: &[u64]) -> Option<Self> {
        let (first, actors) = numbers.split_at_checked(COLUMNS.len())?;
        let &[
            number,
            rss_low,
            rss_high,
            peak,
            allocated,
            refreshes,
            not_stored,
            reports,
            restarts,
            connections,
        ] = first
        else {
            return None;
        };
        Some(Self {
            number: u32::try_from(number).ok()?,
            rss_low,
            rss_high,
            peak,
            allocated,
            actors: actors.try_into().ok()?,
            refreshes,
            refreshes_not_stored: not_stored,
            reports,
            restarts,
            connections,
        })
    }
}

/// The file, open for writing.
pub(super) struct Writer(File);

impl Writer {
    pub(super) fn create(path: &Path) -> std::io::Result<Self> {
        let mut file = File::create(path)?;
        let actors = Daemon::ACTORS.iter().map(|actor| format!("{}_bytes", actor.replace('-', "_")));
        let columns: Vec<String> = COLUMNS.iter().map(|name| (*name).to_owned()).chain(actors).collect();
        writeln!(file, "{}", columns.join(","))?;
        Ok(Self(file))
    }

    pub(super) fn write(&mut self, hour: &Hour) -> std::io::Result<()> {
        let numbers: Vec<String> = hour.numbers().iter().map(u64::to_string).collect();
        writeln!(self.0, "{}", numbers.join(","))
    }
}

/// The hours of a file that a soak has written.
///
/// # Errors
/// The file cannot be read, or is another one.
pub fn read(path: &Path) -> std::io::Result<Vec<Hour>> {
    let lines = BufReader::new(File::open(path)?).lines().skip(1);
    let hour = |line: std::io::Result<String>| {
        let line = line?;
        let numbers: Option<Vec<u64>> = line.split(',').map(|number| number.parse().ok()).collect();
        numbers
            .and_then(|numbers| Hour::of(&numbers))
            .ok_or_else(|| std::io::Error::other(format!("{line:?} is no hour of a soak")))
    };
    lines.map(hour).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_come_back_as_they_were_written() {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("hours.csv");
        let hour =
            |number| Hour { number, rss_low: 1, rss_high: 2, actors: [3, 4, 5, 6, 7], ..Hour::default() };
        let mut writer = Writer::create(&path).unwrap();
        writer.write(&hour(1)).unwrap();
        writer.write(&hour(2)).unwrap();
        assert_eq!(read(&path).unwrap(), [hour(1), hour(2)]);
        std::fs::write(&path, "hour\nnone\n").unwrap();
        assert!(read(&path).is_err());
    }
}
