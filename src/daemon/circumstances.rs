//! What a daemon is started with besides its configuration.

use super::listener::Inherited;
use crate::laboratory::Laboratory;

/// What a daemon is started with besides its configuration; by default nothing.
#[derive(Debug, Default)]
pub struct Circumstances {
    /// A socket that the process was started with; its address holds then.
    pub inherited: Option<Inherited>,
    /// What ails its actors, on purpose.
    pub laboratory: Laboratory,
}
