//! docs/configuration.md is what the program says of its keys. `EVENKEEL_BLESS=1 cargo test --test config` writes it anew.

use std::fs;
use std::path::Path;

use evenkeel::config::reference;

#[test]
fn the_reference_is_what_the_program_knows() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
    let made = reference().unwrap();
    if std::env::var_os("EVENKEEL_BLESS").is_some() {
        fs::write(&path, &made).unwrap();
    } else {
        let found = fs::read_to_string(&path).unwrap();
        assert_eq!(
            found, made,
            "docs/configuration.md is not of this program; EVENKEEL_BLESS=1 writes it anew"
        );
    }
}

#[test]
fn a_row_says_all_that_is_known_of_a_key() {
    let text = reference().unwrap();
    for row in [
        "| `port` | `PORT` | `8888` | 0 to 65535 | The port; 0 takes a free one. |",
        "| `token` | `EVENKEEL_TOKEN` | none | at least 16 visible ASCII characters; never shown | ",
        "| `every` | `AUTO_REPORT_INTERVAL_HOURS` (whole hours) | `\"3h\"` | a duration, 1m to 8784h | ",
        "| `every` |  | that of `[report]` | a duration, 1m to 8784h | Used when it has no times. |",
        "| `on_exhausted` |  | `\"replace\"` | `replace` or `exit` | ",
    ] {
        assert!(text.lines().any(|line| line.starts_with(row)), "{row} is not in\n{text}");
    }
    for table in ["## [server]", "## [report.editions.NAME]", "## [market.sources.yahoo]"] {
        assert_eq!(text.lines().filter(|line| *line == table).count(), 1, "{table}");
    }
}
