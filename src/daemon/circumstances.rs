//! What a daemon is started with besides its configuration.

use super::listener::Inherited;
use crate::journal::Journal;
use crate::laboratory::Laboratory;

/// What a daemon is started with besides its configuration; by default nothing.
#[derive(Debug, Default)]
pub struct Circumstances {
    /// A socket that the process was started with; its address holds then.
    pub inherited: Option<Inherited>,
    /// What ails its actors, on purpose.
    pub laboratory: Laboratory,
    /// Where the application's logger keeps its lines; nobody fills the one that is there by default.
    pub journal: Journal,
}
