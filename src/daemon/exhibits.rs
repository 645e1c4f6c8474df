//! What the web face shows besides what the actors share.

use crate::journal::Journal;
use crate::persistence::archive::Archive;
use crate::report::render::TemplateError;
use crate::web::Dashboard;

/// What the face shows besides what the actors share.
pub(super) struct Exhibits {
    pub(super) dashboard: Dashboard,
    pub(super) journal: Journal,
}

impl Exhibits {
    pub(super) fn new(archive: &Archive, journal: Journal) -> Result<Self, TemplateError> {
        Ok(Self { dashboard: Dashboard::load(archive.clone())?, journal })
    }
}
