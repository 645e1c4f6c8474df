//! What the old service did beside what this one does.

use crate::daemon::Daemon;
use crate::soak::Findings;

use super::{signed, size};

/// The old service's figures: what its authors wrote before and after their fix, and what its own code was measured at.
struct Row {
    what: &'static str,
    documented: &'static str,
    measured: &'static str,
    ours: String,
}

/// The table, over the soak that was judged.
pub(super) fn table(findings: &Findings) -> String {
    let mut text =
        format!("\n{:<26} {:<22} {:<22} {}\n", "", "old, documented", "old, measured", "this soak");
    for Row { what, documented, measured, ours } in rows(findings) {
        text.push_str(&format!("{what:<26} {documented:<22} {measured:<22} {ours}\n"));
    }
    text.push_str("old: before its fix > after it, of one day\n\n");
    text
}

fn rows(findings: &Findings) -> [Row; 6] {
    let indices = Daemon::ACTORS.iter().position(|actor| *actor == "market-indices");
    let indices = indices.and_then(|place| findings.actors.get(place)).copied().unwrap_or_default();
    let row = |what, documented, measured, ours| Row { what, documented, measured, ours };
    [
        row("process at idle", "150 MB", "235 MiB", size(findings.rss_first)),
        row("after the warm-up", "650 MB > 180 MB", "306 > 299 MiB", size(findings.rss_after_warm_up)),
        row(
            "growth of the warm-up",
            "200 > 20 MB",
            "+69 > +62 MiB",
            signed(findings.growth_of_warm_up() as f64),
        ),
        row("market indices, a day", "50 > 5 MB", "+2 MiB", signed(indices)),
        row("peak, reports included", "-", "+89 > +75 MiB", format!("+{}", size(findings.highest_peak))),
        row("retained, a report", "7 MB > 100 KB", "3.7 > 3.4 MiB", signed(findings.retained_a_report)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::soak::Hour;

    #[test]
    fn every_figure_of_the_soak_stands_beside_the_old_ones() {
        let mib = |hour: u32| 10 << 20 | u64::from(hour) << 10;
        let hour = |number| Hour {
            number,
            rss_low: mib(number),
            rss_high: mib(number),
            peak: mib(number) + (2 << 20),
            actors: [0, u64::from(number) * 1024, 0, 0, 0],
            ..Hour::default()
        };
        let hours: Vec<Hour> = (1..=48).map(hour).collect();
        let table = table(&Findings::of(&hours).unwrap());
        assert_eq!(table.lines().filter(|line| line.contains("MB") || line.contains("MiB")).count(), 6);
        for figure in ["10.0 MiB", "+23.0 KiB", "+24.0 KiB", "+2.0 MiB", "+0 B"] {
            assert!(table.contains(figure), "{figure} is missing:\n{table}");
        }
    }
}
