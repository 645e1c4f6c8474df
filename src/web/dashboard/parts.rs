//! The parts of the dashboard: each is a template with a variable of its own, so that it can be sent alone.

use std::sync::Arc;

use actix_web::web;
use tera::Context;

use super::super::face::Face;
use super::super::problem::Problem;
use super::asked::Asked;
use super::{actors, indices, log, memory, pages, state};

/// A part of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Head,
    Indices,
    Memory,
    Actors,
    Decisions,
    Reports,
    Log,
}

impl Part {
    pub(super) const ALL: [Self; 7] =
        [Self::Head, Self::Indices, Self::Memory, Self::Actors, Self::Decisions, Self::Reports, Self::Log];

    /// The name of its variable, of its event, and of its element's id behind `ek-`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Indices => "indices",
            Self::Memory => "memory",
            Self::Actors => "actors",
            Self::Decisions => "decisions",
            Self::Reports => "reports",
            Self::Log => "log",
        }
    }

    fn template(self) -> &'static str {
        match self {
            Self::Head => "head.html",
            Self::Indices => "indices.html",
            Self::Memory => "memory.html",
            Self::Actors => "actors.html",
            Self::Decisions => "decisions.html",
            Self::Reports => "reports.html",
            Self::Log => "log.html",
        }
    }

    /// Puts what the part shows now into the context.
    pub(super) async fn insert(
        self,
        face: &web::Data<Face>,
        asked: Asked,
        context: &mut Context,
    ) -> Result<(), Problem> {
        match self {
            Self::Head => context.insert(self.name(), &state::head(face, asked).await?),
            Self::Indices => context.insert(self.name(), &indices::indices(face, asked).await?),
            Self::Memory => context.insert(self.name(), &memory::memory(face, asked).await),
            Self::Actors => context.insert(self.name(), &actors::actors(face).await),
            Self::Decisions => context.insert(self.name(), &actors::decisions(face, asked)),
            Self::Reports => context.insert(self.name(), &state::reports(face, asked).await),
            Self::Log => context.insert(self.name(), &log::log(face, asked)),
        }
        Ok(())
    }

    /// The part alone, as it is now or was a moment ago.
    pub(super) async fn lately(self, face: &web::Data<Face>, asked: Asked) -> Result<Arc<str>, Problem> {
        let label = (self.name(), asked.language, asked.range);
        face.dashboard.rack().fresh(label, self.render(face, asked)).await
    }

    async fn render(self, face: &web::Data<Face>, asked: Asked) -> Result<String, Problem> {
        let mut context = pages::context(asked.language);
        self.insert(face, asked, &mut context).await?;
        face.dashboard.pages().render(self.template(), &context)
    }
}
