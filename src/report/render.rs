//! The templates: parsed once, shared, rendered into a writer as they go.
//!
//! [`Templates::load`] has rendered every section in every language before it returns, so that a mistake in a
//! template or a missing text ends the program at its start and not a report at night.

use std::io::{self, Write};
use std::sync::Arc;

use serde::Serialize;
use tera::{Context, Kwargs, State, Tera, TeraResult};

use super::language::Language;
use super::section::Section;
use super::specimen;
use super::text::{self, Arguments, TextError};

/// The variable of every template that holds the language's tag.
pub(crate) const LANGUAGE: &str = "lang";

/// Every template of a report, ready to render. Clones share the parsed templates.
#[derive(Debug, Clone)]
pub struct Templates(Arc<Tera>);

/// The templates or texts that were compiled into the program do not fit together.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// A template cannot be parsed.
    #[error("a report template cannot be parsed: {0}")]
    Syntax(String),
    /// A message is missing or broken.
    #[error(transparent)]
    Text(#[from] TextError),
    /// A template does not fit the data that it is given.
    #[error(transparent)]
    Render(#[from] RenderError),
}

/// A section could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The data or the template is wrong.
    #[error("section {section} ({language}): {reason}")]
    Template {
        /// The section.
        section: Section,
        /// The language.
        language: Language,
        /// What the template engine said.
        reason: String,
    },
    /// A text of the section is missing.
    #[error("section {section} cannot be put into words")]
    Text {
        /// The section.
        section: Section,
        /// Which text.
        source: TextError,
    },
    /// What was rendered could not be written.
    #[error("section {section} ({language}) could not be written")]
    Write {
        /// The section.
        section: Section,
        /// The language.
        language: Language,
        /// What the writer said.
        source: io::Error,
    },
}

impl RenderError {
    /// The section that could not be rendered or written.
    pub fn section(&self) -> Section {
        match self {
            Self::Template { section, .. } | Self::Text { section, .. } | Self::Write { section, .. } => {
                *section
            }
        }
    }
}

impl Templates {
    /// Parses every template, checks every text in every language, and renders a specimen of every section.
    pub fn load() -> Result<Self, TemplateError> {
        let mut tera = engine();
        tera.add_raw_templates(Section::ALL.map(Section::template))
            .map_err(|error| TemplateError::Syntax(reason(&error)))?;
        text::check(Section::ALL.iter().flat_map(|section| keys_in(section.template().1)))?;
        let templates = Self(Arc::new(tera));
        for language in Language::ALL {
            for (section, context) in specimen::views(language)? {
                templates.render_context(section, language, context, &mut io::sink())?;
            }
        }
        Ok(templates)
    }

    /// Renders one section, piece by piece, into `out`.
    ///
    /// `view` becomes the template's variables; it must serialize to a map.
    pub fn render(
        &self,
        section: Section,
        language: Language,
        view: &impl Serialize,
        out: &mut dyn Write,
    ) -> Result<(), RenderError> {
        let context = Context::from_serialize(view).map_err(|error| RenderError::Template {
            section,
            language,
            reason: reason(&error),
        })?;
        self.render_context(section, language, context, out)
    }

    fn render_context(
        &self,
        section: Section,
        language: Language,
        mut context: Context,
        out: &mut dyn Write,
    ) -> Result<(), RenderError> {
        context.insert(LANGUAGE, language.tag());
        let mut out = Remembering { out, failure: None };
        let rendered = self.0.render_to(section.template().0, &context, &mut out);
        match (rendered, out.failure) {
            (Ok(()), _) => Ok(()),
            (Err(_), Some(source)) => Err(RenderError::Write { section, language, source }),
            (Err(error), None) => Err(RenderError::Template { section, language, reason: reason(&error) }),
        }
    }
}

/// Keeps the writer's own error: the template engine passes on only its kind.
struct Remembering<'a> {
    out: &'a mut dyn Write,
    failure: Option<io::Error>,
}

impl Write for Remembering<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes).map_err(|error| {
            let kind = error.kind();
            self.failure = Some(error);
            kind.into()
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// `t(key="table-title")` in a template: the message in the language of the section, or an error.
fn translate(arguments: Kwargs, state: &State) -> TeraResult<String> {
    let key: &str = arguments.must_get("key")?;
    let tag: String = state.get(LANGUAGE)?.unwrap_or_default();
    let language: Language = tag.parse().map_err(tera::Error::message)?;
    text::text_by_name(language, key, &Arguments::new()).map_err(tera::Error::message)
}

/// Escapes like the template engine's own function, but writes runs of harmless bytes in one piece: a report is
/// megabytes of them.
fn escape(text: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut clean_from = 0;
    for (position, byte) in text.bytes().enumerate() {
        let entity: &[u8] = match byte {
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'>' => b"&gt;",
            b'"' => b"&quot;",
            b'\'' => b"&#39;",
            _ => continue,
        };
        out.write_all(&text.as_bytes()[clean_from..position])?;
        out.write_all(entity)?;
        clean_from = position + 1;
    }
    out.write_all(&text.as_bytes()[clean_from..])
}

/// The keys that a template names.
/// A template engine that knows the words, `t(key="…")` in the language of the variable `lang`, and escapes markup. For
/// whatever else is a page.
pub(crate) fn engine() -> Tera {
    let mut tera = Tera::new();
    tera.register_function("t", translate);
    tera.set_escape_fn(escape);
    tera
}

/// Makes sure that every word that the templates ask for is there in every language.
#[cfg(feature = "web")]
pub(crate) fn check_words<'a>(templates: impl Iterator<Item = &'a str> + Clone) -> Result<(), TextError> {
    text::check(templates.flat_map(keys_in))
}

fn keys_in(source: &str) -> impl Iterator<Item = &str> + Clone {
    source.split("t(key=\"").skip(1).filter_map(|rest| rest.split('"').next())
}

/// The error with what caused it, on one line.
pub(crate) fn reason(error: &tera::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_renders_in_every_language() {
        Templates::load().unwrap();
    }

    #[test]
    fn data_that_does_not_fit_is_an_error_that_names_section_and_variable() {
        let templates = Templates::load().unwrap();
        let view = std::collections::BTreeMap::from([("unrelated", 1)]);
        let error = templates.render(Section::Movers, Language::En, &view, &mut Vec::new()).unwrap_err();
        assert!(error.to_string().contains("section movers (en)"), "{error}");
        assert!(error.to_string().contains("rule"), "{error}");
    }

    #[test]
    fn the_writers_own_error_comes_back() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::Error::other("the disk is full"))
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let templates = Templates::load().unwrap();
        let nothing = std::collections::BTreeMap::<&str, u8>::new();
        match templates.render(Section::Style, Language::Vi, &nothing, &mut Full) {
            Err(RenderError::Write { source, .. }) => assert_eq!(source.to_string(), "the disk is full"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn markup_is_escaped() {
        let mut out = Vec::new();
        escape("a<b title=\"x\">&'é", &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "a&lt;b title=&quot;x&quot;&gt;&amp;&#39;é");
    }

    #[test]
    fn keys_are_found_in_a_template() {
        assert_eq!(keys_in(r#"{{ t(key="a-b") }} x {{ t(key="c") }}"#).collect::<Vec<_>>(), ["a-b", "c"]);
    }
}
