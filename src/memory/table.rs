//! The status as a table of text, as `evenkeel memory status` prints it.

use std::fmt;

use super::bytes::{signed, size};
use super::status::{AccountStatus, MemoryStatus};

const HEADINGS: [&str; 9] = [
    "actor",
    "gen",
    "rss",
    "live",
    "floor 24 h",
    "growth/day",
    "leak-out",
    "mailbox",
    "restarts (mem/crash)",
];
/// The column that is aligned to the right.
const GENERATION: usize = 1;
/// Stands for what is not known.
const UNKNOWN: &str = "-";

impl fmt::Display for MemoryStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows = vec![HEADINGS.map(str::to_owned)];
        rows.extend(self.children.iter().map(row));
        let unattributed = self.unattributed.map(|bytes| match u64::try_from(bytes) {
            Ok(bytes) => size(bytes),
            Err(_) => signed(bytes),
        });
        if self.elsewhere > 0 {
            rows.push(sum("other supervisors", Some(size(self.elsewhere))));
        }
        rows.push(sum("unattributed", unattributed));
        rows.push(sum("process", self.process.map(|process| size(process.rss))));
        let widths: [usize; 9] = std::array::from_fn(|column| {
            rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
        });
        for row in &rows {
            write_row(f, row, &widths)?;
        }
        self.write_notes(f)
    }
}

impl MemoryStatus {
    fn write_notes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(process) = self.process {
            let limit =
                self.cgroup_limit.map_or("no limit".to_owned(), |bytes| format!("limit {}", size(bytes)));
            writeln!(f, "\nprocess: swap {}, {} threads, {limit}", size(process.swap), process.threads)?;
        }
        writeln!(f, "instrument: {}", self.instrument)?;
        for warning in self.instrument.warnings() {
            writeln!(f, "warning: {warning}")?;
        }
        if self.dry_run {
            writeln!(f, "dry run: decisions are recorded and not carried out")?;
        }
        Ok(())
    }
}

fn row(child: &AccountStatus) -> [String; 9] {
    let known = |bytes: Option<u64>| bytes.map_or(UNKNOWN.to_owned(), size);
    [
        child.name.clone(),
        child.generation.to_string(),
        known(child.rss),
        known(child.live),
        known(child.floors.iter().min().copied()),
        child.growth_per_day.map_or(UNKNOWN.to_owned(), signed),
        child.leak_out.map_or(UNKNOWN.to_owned(), size),
        child.mailbox.to_string(),
        format!("{}/{}", child.memory_restarts, child.crashes),
    ]
}

fn sum(name: &str, bytes: Option<String>) -> [String; 9] {
    let mut row: [String; 9] = Default::default();
    name.clone_into(&mut row[0]);
    row[2] = bytes.unwrap_or(UNKNOWN.to_owned());
    row
}

fn write_row(f: &mut fmt::Formatter<'_>, row: &[String; 9], widths: &[usize; 9]) -> fmt::Result {
    let mut line = String::new();
    for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
        let padded =
            if column == GENERATION { format!("{cell:>width$}  ") } else { format!("{cell:<width$}  ") };
        line.push_str(&padded);
    }
    writeln!(f, "{}", line.trim_end())
}

#[cfg(test)]
mod tests {
    use super::super::instrument::Instrument;
    use super::super::probe::{HugePages, ProcessMemory};
    use super::*;

    fn child(name: &str) -> AccountStatus {
        AccountStatus {
            name: name.to_owned(),
            generation: 1,
            rss: Some(943_718),
            live: Some(419_430),
            floors: vec![419_430, 430_000],
            growth_per_day: Some(0),
            leak_out: Some(0),
            mailbox: 0,
            work: 7,
            memory_restarts: 0,
            crashes: 0,
            decision: None,
        }
    }

    fn status() -> MemoryStatus {
        let builder = AccountStatus {
            generation: 12,
            growth_per_day: Some(-2048),
            mailbox: 3,
            memory_restarts: 11,
            crashes: 1,
            ..child("report-builder")
        };
        MemoryStatus {
            at: "2026-03-02T02:00:00Z".parse().unwrap(),
            instrument: Instrument {
                available: true,
                charged: true,
                background_thread: Some(true),
                huge_pages: HugePages::Madvise,
            },
            dry_run: true,
            children: vec![child("market-indices"), builder],
            elsewhere: 0,
            unattributed: Some(7_549_747),
            automatic: None,
            process: Some(ProcessMemory { rss: 13_002_342, threads: 14, ..ProcessMemory::default() }),
            decision: None,
            cgroup_limit: Some(64 << 20),
            ticks: 1,
            unread: 0,
            tick_us: 90,
        }
    }

    #[test]
    fn the_table_reads_as_it_is_documented() {
        let expected = "\
actor           gen  rss        live       floor 24 h  growth/day  leak-out  mailbox  restarts (mem/crash)
market-indices    1  921.6 KiB  409.6 KiB  409.6 KiB   +0 B        0 B       0        0/0
report-builder   12  921.6 KiB  409.6 KiB  409.6 KiB   -2.0 KiB    0 B       3        11/1
unattributed         7.2 MiB
process              12.4 MiB

process: swap 0 B, 14 threads, limit 64.0 MiB
instrument: statistics: yes, children on arenas of their own: yes, background thread: on, huge pages: madvise
dry run: decisions are recorded and not carried out
";
        assert_eq!(status().to_string(), expected);
    }

    #[test]
    fn what_is_not_known_is_not_made_up() {
        let observed = AccountStatus {
            rss: None,
            live: None,
            floors: vec![],
            growth_per_day: None,
            leak_out: None,
            ..child("worker")
        };
        let mut status = MemoryStatus { unattributed: None, children: vec![observed], ..status() };
        status.instrument.available = false;
        let text = status.to_string();
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[1], ["worker", "1", "-", "-", "-", "-", "-", "0", "0/0"]);
        assert_eq!(lines[2], ["unattributed", "-"]);
        assert!(text.contains("warning: memory is observed and not acted upon"), "{text}");
        let negative = MemoryStatus { unattributed: Some(-4096), ..status };
        assert!(negative.to_string().contains("-4.0 KiB"));
        let json = serde_json::to_string(&negative).unwrap();
        assert_eq!(serde_json::from_str::<MemoryStatus>(&json).unwrap(), negative);
    }
}
