//! The table of the old service: its name, its columns, and which artifact each of them becomes.
//!
//! Here is written down once what the migration `crypto_report` shows under the same names.

/// The table of the old service, and the view of this program.
pub(in crate::persistence) const OLD_TABLE: &str = "crypto_report";

/// What the old table is called once its rows are imported.
pub(super) const KEPT_TABLE: &str = "crypto_report_before_evenkeel";

/// The edition of every imported report.
pub(super) const EDITION: &str = "imported";

/// The size of every chunk of an imported artifact but the last, in bytes: that of the reports which are written here.
pub(super) const CHUNK_BYTES: usize = 64 * 1024;

/// A column of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: &'static str,
    /// A null column becomes no artifact, an empty one an artifact without chunks.
    pub(super) artifact: &'static str,
}

/// The columns of text, in the order of a report's artifacts.
pub(super) const COLUMNS: [Column; 5] = [
    Column { name: "html_content", artifact: "html_vi" },
    Column { name: "css_content", artifact: "css" },
    Column { name: "js_content", artifact: "js_vi" },
    Column { name: "html_content_en", artifact: "html_en" },
    Column { name: "js_content_en", artifact: "js_en" },
];
