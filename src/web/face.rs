//! What the routes answer from, and what their queries have in common.

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::access::Access;
use super::dashboard::desk::Dashboard;
use super::orders::Orders;
use super::problem::Problem;
use super::token::Token;
use crate::clock::{Clock, Stopwatch};
use crate::config::ReportConfig;
use crate::journal::Journal;
use crate::market::messages::Refresh;
use crate::market::store::IndexStore;
use crate::persistence::archive::Archive;
use crate::report::instruments::Instruments;
use crate::report::language::Language;
use crate::report::messages::ObserveSchedule;
use crate::report::render::Templates;
use crate::supervision::handle::SupervisorHandle;
use crate::supervision::memory_monitor::logbook::Logbook;
use crate::supervision::recipient::Recipient;

/// What the routes answer from. Cheap to clone.
#[derive(Clone)]
pub struct Face {
    /// The supervisor.
    pub supervisor: SupervisorHandle,
    /// The latest snapshot.
    pub store: Arc<dyn IndexStore>,
    /// Names of the indices that the application added.
    pub added: Vec<String>,
    /// Committed reports.
    pub archive: Archive,
    /// What is known of memory, and what was decided about it.
    pub memory: Logbook,
    /// What is counted.
    pub instruments: Instruments,
    /// The last lines of the log.
    pub journal: Journal,
    /// Its own pages.
    pub dashboard: Dashboard,
    /// How often the indices are refreshed.
    pub refresh_every: Duration,
    /// Pages.
    pub templates: Templates,
    /// The zone of times on pages.
    pub zone: TimeZone,
    /// The time.
    pub clock: Clock,
    /// Takes orders for reports.
    pub orders: Orders,
    /// The scheduler; nothing where no report is scheduled.
    pub schedule: Option<Recipient<ObserveSchedule>>,
    /// Refreshes the indices.
    pub market: Recipient<Refresh>,
    /// When reports are written.
    pub report: ReportConfig,
    /// What an order has to bring; nothing where anybody may order.
    pub token: Option<Token>,
    /// What else is asked of requests.
    pub access: Access,
    /// Runs since the daemon was started.
    pub opened: Stopwatch,
}

/// The language that a query asks for; Vietnamese when it does not say.
pub(super) fn language_of(lang: Option<&str>) -> Result<Language, Problem> {
    lang.map_or(Ok(Language::Vi), |lang| {
        lang.parse().map_err(|error| Problem::bad_request(format!("lang: {error}")))
    })
}
