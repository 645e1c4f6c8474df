//! The text format before OpenMetrics, for scrapers and linters that know no other.
//!
//! The samples are the same. In it the description of a counter bears the name of its samples, there are no units, and
//! nothing marks the end.

/// The text format 0.0.4 of what is written in OpenMetrics.
pub(super) fn from(open_metrics: &str) -> String {
    let mut text = String::with_capacity(open_metrics.len() + 1024);
    let mut lines = open_metrics.lines().peekable();
    while let Some(line) = lines.next() {
        let comment = line.strip_prefix("# ");
        match comment.and_then(|comment| comment.split_once(' ')) {
            Some(("UNIT", _)) => continue,
            None if comment == Some("EOF") => continue,
            Some(("HELP", described)) => {
                let (name, help) = described.split_once(' ').unwrap_or((described, ""));
                // The type stands on the next line.
                let suffix = match lines.peek() {
                    Some(next) if **next == format!("# TYPE {name} counter") => "_total",
                    Some(_) | None => "",
                };
                text.push_str(&format!("# HELP {name}{suffix} {help}"));
            }
            Some(("TYPE", described)) => match described.strip_suffix(" counter") {
                Some(name) => text.push_str(&format!("# TYPE {name}_total counter")),
                None => text.push_str(&line.replace(" info", " gauge").replace(" unknown", " untyped")),
            },
            _ => text.push_str(line),
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_described_under_the_name_of_its_samples() {
        let open = "# HELP a_bytes Bytes counter.\n# TYPE a_bytes counter\n# UNIT a_bytes bytes\na_bytes_total{b=\"c\"} 1\n\
                    # HELP g Gauge.\n# TYPE g gauge\ng 2\n# EOF\n";
        let classic = "# HELP a_bytes_total Bytes counter.\n# TYPE a_bytes_total counter\na_bytes_total{b=\"c\"} 1\n\
                       # HELP g Gauge.\n# TYPE g gauge\ng 2\n";
        assert_eq!(from(open), classic);
    }
}
