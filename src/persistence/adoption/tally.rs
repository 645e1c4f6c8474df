//! What an adoption or an import has done: so far, and in the end.

/// Rows and bytes, as they are counted while rows are imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Rows that the old table has.
    pub rows: u64,
    /// Rows imported now.
    pub imported: u64,
    /// Rows that were here before, byte for byte.
    pub skipped: u64,
    /// Content imported now, in bytes.
    pub bytes: u64,
}

/// How an adoption has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Adoption {
    /// There is no old table, neither in the way nor renamed by an earlier adoption.
    Nothing,
    /// An earlier adoption has renamed the old table.
    DoneBefore {
        /// What the old table is called now.
        kept: &'static str,
    },
    /// Every row is here, the old table is renamed and the view stands in its place.
    Done(Adopted),
}

/// A finished adoption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// The rows.
    pub tally: Tally,
    /// What the old table is called now.
    pub kept: &'static str,
    /// How many rights to select were given to the view because the old table had granted them.
    pub grants: usize,
    /// What reads the old table still, by whatever name it has: views, rules and foreign keys of others.
    pub dependants: Vec<String>,
}
