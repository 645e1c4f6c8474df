//! The sections of a report, and the list of reports, with the template of each.

use std::fmt;

/// A part of an artifact that is rendered in one go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Section {
    /// The style sheet.
    Style,
    /// The script of one language.
    Script,
    /// The root element's beginning and the masthead.
    Masthead,
    /// Headline and summary.
    Summary,
    /// A card per index.
    Indices,
    /// What changed since the report before.
    Since,
    /// Charts and table of indicators.
    Technicals,
    /// The matrix of correlations.
    Correlations,
    /// The crypto market as a whole.
    Crypto,
    /// The coins that moved most.
    Movers,
    /// The table up to its first row.
    TableHead,
    /// Some rows of the table.
    TableRows,
    /// The table after its last row.
    TableFoot,
    /// What stands in the table's place when there is none.
    TableAbsent,
    /// Sources and computation, and the root element's end.
    Method,
    /// The list of reports, a page of its own.
    Listing,
}

impl Section {
    /// Every section.
    pub(super) const ALL: [Self; 16] = [
        Self::Style,
        Self::Script,
        Self::Masthead,
        Self::Summary,
        Self::Indices,
        Self::Since,
        Self::Technicals,
        Self::Correlations,
        Self::Crypto,
        Self::Movers,
        Self::TableHead,
        Self::TableRows,
        Self::TableFoot,
        Self::TableAbsent,
        Self::Method,
        Self::Listing,
    ];

    /// The name in errors and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Style => "style",
            Self::Script => "script",
            Self::Masthead => "masthead",
            Self::Summary => "summary",
            Self::Indices => "indices",
            Self::Since => "since the last report",
            Self::Technicals => "technicals",
            Self::Correlations => "correlations",
            Self::Crypto => "crypto",
            Self::Movers => "movers",
            Self::TableHead => "table head",
            Self::TableRows => "table rows",
            Self::TableFoot => "table foot",
            Self::TableAbsent => "table absent",
            Self::Method => "method",
            Self::Listing => "listing",
        }
    }

    /// The template's name and source. A name that ends in `.html` has everything escaped that is put into it.
    pub(super) fn template(self) -> (&'static str, &'static str) {
        macro_rules! template {
            ($file:literal) => {
                ($file, include_str!(concat!("../../templates/report/", $file)))
            };
        }
        match self {
            Self::Style => template!("report.css"),
            Self::Script => template!("report.js"),
            Self::Masthead => template!("masthead.html"),
            Self::Summary => template!("summary.html"),
            Self::Indices => template!("indices.html"),
            Self::Since => template!("since.html"),
            Self::Technicals => template!("technicals.html"),
            Self::Correlations => template!("correlations.html"),
            Self::Crypto => template!("crypto.html"),
            Self::Movers => template!("movers.html"),
            Self::TableHead => template!("table_head.html"),
            Self::TableRows => template!("table_rows.html"),
            Self::TableFoot => template!("table_foot.html"),
            Self::TableAbsent => template!("table_absent.html"),
            Self::Method => template!("method.html"),
            Self::Listing => template!("listing.html"),
        }
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
