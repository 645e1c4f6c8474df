//! The templates of the dashboard, parsed once.

use std::sync::Arc;

use tera::{Context, Tera};

use super::super::problem::Problem;
use crate::report::language::Language;
use crate::report::render::{self, TemplateError};

pub(super) const DASHBOARD: &str = "dashboard.html";
pub(super) const FRAME: &str = "frame.html";
pub(super) const REFUSAL: &str = "refusal.html";

macro_rules! templates {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../../templates/dashboard/", $name)))),+]
    };
}

const TEMPLATES: [(&str, &str); 10] = templates![
    "actors.html",
    "dashboard.html",
    "decisions.html",
    "frame.html",
    "head.html",
    "indices.html",
    "log.html",
    "memory.html",
    "refusal.html",
    "reports.html",
];

/// The templates. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Pages(Arc<Tera>);

impl Pages {
    pub(super) fn load() -> Result<Self, TemplateError> {
        let mut tera = render::engine();
        tera.add_raw_templates(TEMPLATES).map_err(|error| TemplateError::Syntax(render::reason(&error)))?;
        render::check_words(TEMPLATES.iter().map(|(_, source)| *source))?;
        Ok(Self(Arc::new(tera)))
    }

    pub(super) fn render(&self, template: &str, context: &Context) -> Result<String, Problem> {
        self.0.render(template, context).map_err(|error| Problem::internal(render::reason(&error)))
    }
}

/// The variables that every template has.
pub(super) fn context(language: Language) -> Context {
    let mut context = Context::new();
    context.insert(render::LANGUAGE, language.tag());
    context
}
