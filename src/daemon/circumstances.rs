//! What a daemon is started with besides its configuration.

use std::fmt;
use std::sync::Arc;

#[cfg(feature = "web")]
use super::listener::Inherited;
#[cfg(feature = "web")]
use crate::journal::Journal;
use crate::laboratory::Laboratory;
use crate::market::source::OwnSources;
use crate::market::store::IndexStore;

/// What a daemon is started with besides its configuration; by default nothing.
#[derive(Default)]
pub struct Circumstances {
    /// A socket that the process was started with; its address holds then.
    #[cfg(feature = "web")]
    pub inherited: Option<Inherited>,
    /// What ails its actors, on purpose.
    pub laboratory: Laboratory,
    /// Where the application's logger keeps its lines; nobody fills the one that is there by default.
    #[cfg(feature = "web")]
    pub journal: Journal,
    /// Sources that the application brings.
    pub sources: OwnSources,
    /// Where the latest snapshot is kept, instead of where the configuration says.
    pub store: Option<Arc<dyn IndexStore>>,
}

impl fmt::Debug for Circumstances {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Circumstances");
        #[cfg(feature = "web")]
        debug.field("inherited", &self.inherited);
        debug.field("laboratory", &self.laboratory);
        debug.field("sources", &self.sources).field("store", &self.store.is_some()).finish_non_exhaustive()
    }
}
