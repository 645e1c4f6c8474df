//! Reports: composed from market data, rendered in two languages, streamed to persistence.
//!
//! Everything from `number` to `writer` is synchronous and free of clocks: values go in, bytes come out. The actors
//! `builder` and `auto` decide nothing: what they do when stands in `schedule` and in the order of the sections.
//! [The guide](crate::guide::streaming) says how a report is written and read without being held.
//!
//! # Having one built
//!
//! [`ReportBuilder`] answers [`BuildReport`] with what was stored or a [`BuildError`]; a [`Progress`] follows it, [`Stage`] by
//! stage and [`Section`] by section. [`Observe`] asks for its [`BuilderStatus`], with the [`Phases`] of the latest report.
//!
//! ```
//! use evenkeel::Link;
//! use evenkeel::daemon::Daemon;
//! use evenkeel::report::{
//!     BuildError, BuildReport, BuilderStatus, Observe, Phases, Progress, ReportBuilder, Section, Stage,
//! };
//!
//! async fn build(daemon: &Daemon) -> Result<i32, Box<dyn std::error::Error>> {
//!     let builder: &Link<ReportBuilder> = &daemon.builder;
//!     let progress = Progress::default();
//!     let mut stages = progress.watch();
//!     actix::spawn(async move {
//!         while stages.changed().await.is_ok() {
//!             let Stage { section, .. } = *stages.borrow_and_update();
//!             println!("{}", section.map_or("begins", Section::as_str));
//!         }
//!     });
//!     let edition = "market".to_owned();
//!     match builder.send(BuildReport { edition, progress, slot: None }).await? {
//!         Ok(stored) => {
//!             let BuilderStatus { phases, .. } = builder.send(Observe).await?;
//!             if let Some(Phases { render_us, .. }) = phases {
//!                 println!("{} bytes, {render_us} us of it to render them", stored.total_bytes());
//!             }
//!             Ok(stored.id)
//!         }
//!         Err(BuildError::Busy) => Err("ask again when the other report is done".into()),
//!         Err(error) => Err(error.into()),
//!     }
//! }
//! # let _ = build;
//! ```
//!
//! # When the next one is due
//!
//! ```
//! use evenkeel::daemon::Daemon;
//! use evenkeel::report::{Attempt, AutoReportStatus, ObserveSchedule};
//!
//! async fn next_due(daemon: &Daemon) -> Result<Option<jiff::Timestamp>, evenkeel::LinkError> {
//!     let Some(schedule) = &daemon.schedule else { return Ok(None) };
//!     let AutoReportStatus { next_due, last, .. } = schedule.send(ObserveSchedule).await?;
//!     if let Some(Attempt { due, error: Some(error), .. }) = last {
//!         println!("the report of {due} came to nothing: {error}");
//!     }
//!     Ok(next_due)
//! }
//! # let _ = next_due;
//! ```
//!
//! # A page of it
//!
//! A [`Language`] has a page of its own: [`viewer`] is the one of the web face, [`export`] one that needs nothing else. Each is
//! [`PagePart`]s, which [`PageReader`] reads one after the other; an [`Embedder`] lets what an artifact holds stand in its
//! [`Place`]. The names of all artifacts are [`ARTIFACTS`].
//!
//! ```
//! use std::io::{self, Write};
//!
//! use evenkeel::persistence::{Archive, StoredReport};
//! use evenkeel::report::{ARTIFACTS, Embedder, Language, PageHead, PagePart, PageReader, Place, export, languages, viewer};
//! use jiff::tz::TimeZone;
//!
//! fn write<W: Write>(archive: &Archive, report: &StoredReport, to: &mut W) -> io::Result<()> {
//!     let languages = languages(report);
//!     let head = PageHead { id: report.id, created_at: report.created_at, zone: TimeZone::UTC, languages };
//!     let parts = export(&head, Language::En).map_err(io::Error::other)?;
//!     let mut page = PageReader::new(archive.clone(), report.id, parts);
//!     while let Some(piece) = page.next_piece().map_err(io::Error::other)? {
//!         to.write_all(&piece)?;
//!     }
//!     Ok(())
//! }
//! # let _ = write::<Vec<u8>>;
//!
//! let head = PageHead { id: 1, created_at: jiff::Timestamp::UNIX_EPOCH, zone: TimeZone::UTC, languages: vec![Language::Vi] };
//! let style = PagePart::Artifact("css", Place::Style);
//! assert!(viewer(&head, Language::Vi).is_ok_and(|parts| parts.contains(&style)));
//! assert!(ARTIFACTS.contains(&"css"));
//!
//! let mut embedder = Embedder::new(Place::Style);
//! let piece = embedder.push(b"p { margin: 0 }".to_vec());
//! assert_eq!([piece, embedder.finish()].concat(), b"p { margin: 0 }");
//! ```
//!
//! # What keeps a daemon from starting
//!
//! Of this room it is a [`TemplateError`], a [`ScheduleError`] or a [`NarrativeError`]; each says what would be right.
//!
//! ```
//! use evenkeel::daemon::StartError;
//! use evenkeel::report::{NarrativeError, Refusal, RenderError, ScheduleError, TemplateError, TextError};
//!
//! fn whose(error: &StartError) -> String {
//!     match error {
//!         StartError::Schedule(ScheduleError::UnknownZone(zone)) => format!("there is no zone {zone}"),
//!         StartError::Narrative(NarrativeError::BaseUrl { url }) => format!("{url} is no address"),
//!         StartError::Templates(TemplateError::Text(TextError { key, language, .. })) => {
//!             format!("{key} is not known in {language}")
//!         }
//!         StartError::Templates(TemplateError::Render(RenderError::Template { section, .. })) => format!("{section} is wrong"),
//!         other => other.to_string(),
//!     }
//! }
//!
//! /// A draft of the model that was refused is tried once more.
//! fn is_worth_another_draft(error: &NarrativeError) -> bool {
//!     matches!(error, NarrativeError::Refused(Refusal::Empty | Refusal::TooLong { .. }))
//! }
//! # let _ = (whose, is_worth_another_draft);
//! ```

#[doc(hidden)]
pub mod artifact;
#[doc(hidden)]
pub mod auto;
#[doc(hidden)]
pub mod builder;
#[doc(hidden)]
pub mod chunk;
#[doc(hidden)]
pub mod edition;
#[doc(hidden)]
pub mod instruments;
#[doc(hidden)]
pub mod language;
#[doc(hidden)]
pub mod listing;
#[doc(hidden)]
pub mod messages;
#[doc(hidden)]
pub mod model;
#[doc(hidden)]
pub mod narrative;
#[doc(hidden)]
pub mod page;
#[doc(hidden)]
pub mod page_reader;
#[doc(hidden)]
pub mod phases;
#[doc(hidden)]
pub mod render;
#[doc(hidden)]
pub mod schedule;
#[doc(hidden)]
pub mod section;
#[doc(hidden)]
pub mod text;
#[doc(hidden)]
pub mod workshop;
#[doc(hidden)]
pub mod writer;

mod calendar;
mod cleanup;
mod compose;
mod courier;
mod foreign;
pub(crate) mod locale;
mod number;
mod plot;
mod press;
mod research;
pub(crate) mod sparkline;
mod specimen;

pub use artifact::{ARTIFACTS, languages};
pub use builder::ReportBuilder;
pub use language::Language;
pub use messages::{
    Attempt, AutoReportStatus, BuildError, BuildReport, BuilderStatus, Observe, ObserveSchedule, Progress,
    Stage,
};
pub use narrative::{NarrativeError, Refusal};
pub use page::{Embedder, PageHead, PagePart, Place, export, viewer};
pub use page_reader::PageReader;
pub use phases::Phases;
pub use render::{RenderError, TemplateError};
pub use schedule::ScheduleError;
pub use section::Section;
pub use text::TextError;
