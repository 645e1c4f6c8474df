//! What becomes of a body or of one row of it: understood, or the reason why not.

/// Why a body, or one row of it, was rejected.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ParseError {
    /// The body as a whole is not what the source promises.
    #[error("the body is not the expected JSON: {0}")]
    Json(String),
    /// The body is well-formed and says nothing.
    #[error("the body holds no usable row")]
    Empty,
    /// Columns that belong together differ in length; no row of them can be trusted.
    #[error("column {column} has {length} rows where {expected} were expected")]
    Ragged {
        /// The first column that differs.
        column: &'static str,
        /// Its length.
        length: usize,
        /// The length of the column of times.
        expected: usize,
    },
    /// A number or a time that cannot be done without.
    #[error("{0} is missing or not a number")]
    Missing(&'static str),
    /// A number that cannot be true.
    #[error("{field} is {value}; {expected}")]
    OutOfRange {
        /// The source's name of the field.
        field: &'static str,
        /// What it was.
        value: f64,
        /// What would be right.
        expected: &'static str,
    },
    /// The source answered about something else than it was asked about.
    #[error("the body is about {found}, not about {asked}")]
    OtherSymbol {
        /// The symbol that was asked for.
        asked: String,
        /// The symbol in the body.
        found: String,
    },
    /// A body with status 200 that reports an error.
    #[error("the source reports: {0}")]
    Reported(String),
}

impl From<serde_json::Error> for ParseError {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error.to_string())
    }
}

/// Rows of a body about several symbols, each by the source's symbol and each good or bad on its own.
pub type Demultiplexed<T> = Vec<(String, Result<T, ParseError>)>;
