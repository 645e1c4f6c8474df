//! The `ReportBuilder` actor: one report at a time, streamed to `Persistence` as it is rendered.
//!
//! It holds nothing between two reports; what it holds during one stands in [`workshop`](super::workshop).

use std::rc::Rc;

use actix::{Actor, ActorFutureExt, AsyncContext, Context, Handler, ResponseActFuture, WrapFuture};

use super::cleanup::Cleanup;
use super::instruments::ReportInstruments;
use super::messages::{BuildError, BuildReport, BuilderStatus, Observe};
use super::phases::{Meter, Phases};
use super::workshop::Workshop;
use crate::clock::Stopwatch;
use crate::persistence::messages::StoredReport;

/// The actor. See the module's documentation.
pub struct ReportBuilder {
    workshop: Rc<Workshop>,
    status: BuilderStatus,
}

impl ReportBuilder {
    /// A builder with its tools.
    #[doc(hidden)]
    pub fn new(workshop: Workshop) -> Self {
        let status = BuilderStatus { building: false, reports: 0, failures: 0, phases: None };
        Self { workshop: Rc::new(workshop), status }
    }
}

impl Actor for ReportBuilder {
    type Context = Context<Self>;
}

impl Handler<BuildReport> for ReportBuilder {
    type Result = ResponseActFuture<Self, Result<StoredReport, BuildError>>;

    fn handle(&mut self, request: BuildReport, _: &mut Self::Context) -> Self::Result {
        if self.status.building {
            return Box::pin(actix::fut::ready(Err(BuildError::Busy)));
        }
        self.status.building = true;
        let workshop = Rc::clone(&self.workshop);
        let build = async move {
            let stopwatch = workshop.clock.stopwatch();
            let cleanup = Cleanup::before_report(workshop.arenas.as_ref());
            let edition = request.edition.clone();
            log::info!(event = "report-begun", edition = edition.as_str(); "a report of edition {edition} is begun");
            let meter = Meter::default();
            let built = workshop.build(request, &meter).await;
            let phases = meter.phases();
            count(&workshop.instruments, &edition, &built, &stopwatch, &phases);
            log_outcome(&edition, &built, &stopwatch, &phases);
            (built, cleanup, phases)
        };
        Box::pin(build.into_actor(self).map(|(built, cleanup, phases), builder, ctx| {
            // Nobody waits for the broom.
            ctx.spawn(cleanup.after_report().into_actor(builder));
            builder.status.building = false;
            match &built {
                Ok(_) => {
                    builder.status.reports += 1;
                    builder.status.phases = Some(phases);
                }
                Err(_) => builder.status.failures += 1,
            }
            built
        }))
    }
}

fn count(
    instruments: &ReportInstruments,
    edition: &str,
    built: &Result<StoredReport, BuildError>,
    stopwatch: &Stopwatch,
    phases: &Phases,
) {
    match built {
        Ok(report) => instruments.stored(edition, report.total_bytes(), phases, stopwatch.elapsed_ms()),
        Err(_) => instruments.failed(edition),
    }
}

fn log_outcome(
    edition: &str,
    built: &Result<StoredReport, BuildError>,
    stopwatch: &Stopwatch,
    phases: &Phases,
) {
    let duration_ms = stopwatch.elapsed_ms();
    match built {
        Ok(report) => {
            let (id, bytes, chunks) = (report.id, report.total_bytes(), report.total_chunks());
            let Phases { fetch_us, analytics_us, render_us, persist_us } = *phases;
            log::info!(event = "report-stored", report = id, edition, bytes, chunks, duration_ms, fetch_us, analytics_us, render_us, persist_us;
                "report {id} of edition {edition} is stored: {bytes} bytes in {chunks} chunks, built in {duration_ms} ms");
        }
        Err(error) => {
            log::error!(event = "report-failed", edition, duration_ms; "no report of edition {edition}: {error}")
        }
    }
}

impl Handler<Observe> for ReportBuilder {
    type Result = BuilderStatus;

    fn handle(&mut self, _: Observe, _: &mut Self::Context) -> Self::Result {
        self.status.clone()
    }
}
