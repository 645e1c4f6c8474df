//! What all pages share: templates, what was read and rendered lately, and the places of those who watch.

use std::sync::Arc;

use super::super::audience::Audience;
use super::pages::Pages;
use super::rack::Rack;
use super::shelf::Shelf;
use crate::persistence::archive::Archive;
use crate::report::render::TemplateError;

/// How many may be sent events at the same time.
const WATCHERS: usize = 64;

/// Templates, what was read lately, and who watches. Cheap to clone; all clones are the same.
#[derive(Debug, Clone)]
pub struct Dashboard(Arc<Inside>);

#[derive(Debug)]
struct Inside {
    pages: Pages,
    shelf: Shelf,
    rack: Rack,
    watchers: Audience,
}

impl Dashboard {
    /// A dashboard of the reports and the history in `archive`.
    ///
    /// # Errors
    /// When the templates or the words that were compiled into the program do not fit together.
    pub fn load(archive: Archive) -> Result<Self, TemplateError> {
        let (pages, shelf) = (Pages::load()?, Shelf::new(archive));
        let (rack, watchers) = (Rack::default(), Audience::of(WATCHERS));
        Ok(Self(Arc::new(Inside { pages, shelf, rack, watchers })))
    }

    pub(super) fn pages(&self) -> &Pages {
        &self.0.pages
    }

    pub(in crate::web) fn shelf(&self) -> &Shelf {
        &self.0.shelf
    }

    pub(super) fn rack(&self) -> &Rack {
        &self.0.rack
    }

    /// Those who are sent events.
    pub(super) fn watchers(&self) -> &Audience {
        &self.0.watchers
    }
}
