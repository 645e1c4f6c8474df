//! What the actors share and what survives their restarts, and how each of them is made from it.

use std::sync::Arc;

use actix::{Actor, Context};
use bytesize::ByteSize;
use jiff::tz::TimeZone;

use super::circumstances::Circumstances;
use super::error::StartError;
#[cfg(feature = "web")]
use super::exhibits::Exhibits;
use super::extent::Extent;
use super::links::Links;
use super::shared_store;
use crate::clock::Clock;
use crate::config::{Config, MemoryConfig, ReportConfig};
use crate::laboratory::Laboratory;
use crate::market::indices::{MarketIndices, Outlets};
use crate::market::instruments::MarketInstruments;
use crate::market::model::Index;
use crate::market::source::{Gates, OwnSources, SourceError, Sources, client_config};
use crate::market::store::{InProcessStore, IndexStore};
use crate::memory::arena::Arenas;
use crate::memory::probe::cgroup_limit;
use crate::persistence::actor::Persistence;
use crate::persistence::actor::retention::Retention;
use crate::persistence::archive::Archive;
use crate::persistence::database::Database;
use crate::persistence::location::Location;
use crate::persistence::replica::Replica;
use crate::persistence::turn::Turns;
use crate::persistence::{OpenError, PersistenceError};
use crate::report::auto::AutoReport;
use crate::report::builder::ReportBuilder;
use crate::report::edition::Edition;
use crate::report::instruments::{Instruments, ReportInstruments};
use crate::report::narrative::Narrator;
use crate::report::render::Templates;
use crate::report::schedule::{Schedule, ScheduleError};
use crate::report::workshop::{Shelf, Workshop};
use crate::supervision::child::Child;
use crate::supervision::handle::SupervisorHandle;
use crate::supervision::memory_monitor::logbook::Logbook;
use crate::supervision::memory_monitor::whole_process::WholeProcess;
use crate::supervision::messages::SupervisorError;
use crate::supervision::supervisor::Supervisor;

/// What is shared by actors and survives their restarts.
pub(super) struct Foundation {
    pub(super) config: Config,
    pub(super) clock: Clock,
    pub(super) zone: TimeZone,
    location: Location,
    plans: Vec<(Schedule, ReportConfig)>,
    pub(super) store: Arc<dyn IndexStore>,
    pub(super) archive: Archive,
    pub(super) templates: Templates,
    tls: Arc<rustls::ClientConfig>,
    gates: Gates,
    pub(super) sources: OwnSources,
    arenas: Option<Arenas>,
    laboratory: Laboratory,
    replica: Replica,
    pub(super) logbook: Logbook,
    #[cfg(feature = "web")]
    pub(super) exhibits: Exhibits,
    pub(super) instruments: Instruments,
}

impl Foundation {
    /// Looks at everything that can be wrong at start.
    pub(super) fn lay(
        mut config: Config,
        clock: Clock,
        circumstances: Circumstances,
    ) -> Result<Self, StartError> {
        #[cfg(feature = "web")]
        let journal = circumstances.journal;
        let Circumstances { laboratory, sources, store, .. } = circumstances;
        let plans = plans(&config.report)?;
        let zone = TimeZone::get(&config.report.zone)
            .map_err(|_| ScheduleError::UnknownZone(config.report.zone.clone()))?;
        let templates = Templates::load()?;
        let tls = client_config()?;
        // Each builder makes its own; what is wrong with it is wrong now.
        Narrator::from_config(&config.report.narrative, &tls)?;
        let location = Location::of(&config)?;
        if config.database.url.is_none() {
            let directory = &config.data_dir;
            std::fs::create_dir_all(directory)
                .map_err(|reason| StartError::DataDir { path: directory.display().to_string(), reason })?;
        }
        migrate(&location)?;
        let archive = Archive::open(&location, config.database.readers)?;
        #[cfg(feature = "web")]
        let exhibits = Exhibits::new(&archive, journal)?;
        respect_the_control_group(&mut config.memory, cgroup_limit());
        // The memory monitor says what follows from it.
        let arenas = Arenas::probe().map_err(|error| log::debug!("{error}")).ok();
        let logbook = Logbook::open(&config.data_dir, &config.memory);
        let store: Arc<dyn IndexStore> = match (store, &config.redis.url) {
            (Some(store), _) => store,
            (None, Some(url)) => shared_store::open(&config.redis, url, clock.clone())?,
            (None, None) => Arc::new(InProcessStore::new(clock.clone())),
        };
        let gates = Gates::default();
        let editions = plans.iter().map(|(_, edition)| edition.edition.as_str());
        let report = ReportInstruments::of(editions);
        let instruments = Instruments { market: MarketInstruments::default(), report };
        Ok(Self {
            config,
            clock,
            zone,
            location,
            plans,
            store,
            archive,
            templates,
            tls,
            gates,
            sources,
            arenas,
            laboratory,
            replica: Replica::of_this_process(),
            logbook,
            #[cfg(feature = "web")]
            exhibits,
            instruments,
        })
    }

    /// Starts the children in the order in which they need each other: `Persistence` first, who gives orders last.
    pub(super) fn start(
        self: &Arc<Self>,
        links: &Links,
        extent: Extent,
    ) -> Result<SupervisorHandle, SupervisorError> {
        let shared = Arc::clone(self);
        let builder = Supervisor::builder()
            .clock(&self.clock)
            .config(self.config.supervision.clone())
            .memory(self.config.memory.clone())
            .arenas(self.arenas.clone())
            .logbook(self.logbook.clone())
            .process(WholeProcess::Judged)
            .trim_monitor(move |monitor| shared.ailing(monitor));
        let supervisor = if extent.lasts() { builder.start() } else { builder.without_monitor().start() };
        supervisor.supervise(self.ailing(self.persistence(links, extent)))?;
        supervisor.supervise(self.ailing(self.market(links, extent)))?;
        supervisor.supervise(self.ailing(self.builder(links)))?;
        if extent.lasts() && self.config.report.scheduled {
            supervisor.supervise(self.ailing(self.auto(links)))?;
        } else if extent.lasts() {
            log::info!(event = "schedule-off"; "no schedule: report.scheduled is false");
        }
        Ok(supervisor)
    }

    /// The child with the ailments that the laboratory has for it: none, outside a demo.
    fn ailing<A: Actor<Context = Context<A>>>(&self, child: Child<A>) -> Child<A> {
        self.laboratory.attach(child, &self.clock)
    }

    fn persistence(self: &Arc<Self>, links: &Links, extent: Extent) -> Child<Persistence> {
        let shared = Arc::clone(self);
        let (me, turns) = (links.persistence.clone(), self.turns(links));
        Child::fallible(&links.persistence, move || {
            let persistence = Persistence::new(&shared.location, shared.clock.clone())?;
            let (keep, clock) = (shared.config.keep.clone(), shared.clock.clone());
            let retention = || Retention { keep, turns: turns.clone(), me: me.clone(), clock };
            Ok::<_, PersistenceError>(match extent.lasts() {
                true => persistence.with_retention(retention()),
                false => persistence,
            })
        })
    }

    fn market(self: &Arc<Self>, links: &Links, extent: Extent) -> Child<MarketIndices> {
        let shared = Arc::clone(self);
        let (me, history, turns) = (links.market.clone(), links.persistence.recipient(), self.turns(links));
        Child::fallible(&links.market, move || {
            let (store, turns) = (Arc::clone(&shared.store), turns.clone());
            let instruments = shared.instruments.market.clone();
            let outlets = Outlets { me: me.clone(), store, history: history.clone(), turns, instruments };
            let market = &shared.config.market;
            let every = extent.lasts().then_some(market.refresh_every);
            let ttl = market.snapshot_ttl;
            Ok::<_, SourceError>(MarketIndices::new(
                shared.sources()?,
                outlets,
                shared.clock.clone(),
                every,
                ttl,
            ))
        })
        // A name that takes long to look up must not hold up the other sources, which are all asked at once.
        .blocking_threads(8)
    }

    fn builder(self: &Arc<Self>, links: &Links) -> Child<ReportBuilder> {
        let shared = Arc::clone(self);
        let shelf = Shelf {
            begin: links.persistence.recipient(),
            append: links.persistence.recipient(),
            commit: links.persistence.recipient(),
            abort: links.persistence.recipient(),
        };
        Child::fallible(&links.builder, move || {
            let narrative = &shared.config.report.narrative;
            let narrator =
                Narrator::from_config(narrative, &shared.tls).map_err(|error| error.to_string())?;
            Ok::<_, String>(ReportBuilder::new(Workshop {
                store: Arc::clone(&shared.store),
                sources: shared.sources().map_err(|error| error.to_string())?,
                narrator,
                archive: shared.archive.clone(),
                shelf: shelf.clone(),
                templates: shared.templates.clone(),
                editions: shared.editions(),
                zone: shared.zone.clone(),
                clock: shared.clock.clone(),
                arenas: shared.arenas.clone(),
                instruments: shared.instruments.report.clone(),
            }))
        })
        // One renders, one parses a page of constituents, one looks a name up.
        .blocking_threads(3)
    }

    fn auto(self: &Arc<Self>, links: &Links) -> Child<AutoReport> {
        let shared = Arc::clone(self);
        let (builder, turns) = (links.builder.recipient(), self.turns(links));
        Child::new(&links.auto, move || {
            AutoReport::new(shared.plans.clone(), &builder, &shared.archive, &turns, &shared.clock)
        })
    }

    /// What the builder can build.
    fn editions(&self) -> Vec<Edition> {
        let edition = |(_, config): &(Schedule, ReportConfig)| Edition {
            name: config.edition.clone(),
            constituents: config.constituents,
            indices: config.indices.clone(),
            languages: config.languages.iter().filter_map(|tag| tag.parse().ok()).collect(),
        };
        self.plans.iter().map(edition).collect()
    }

    fn turns(&self, links: &Links) -> Turns {
        let lease = self.config.replicas.lease;
        Turns::new(&links.persistence, self.replica.clone(), lease, self.clock.clone())
    }

    fn sources(&self) -> Result<Sources, SourceError> {
        let (tls, gates) = (Arc::clone(&self.tls), self.gates.clone());
        let sources = Sources::new(&self.config.market, tls, gates, self.clock.clone())?;
        Ok(sources.with_own(self.sources.clone()))
    }
}

/// Every edition with its schedule, the main one first. Which indices there are is not known to the configuration.
fn plans(report: &ReportConfig) -> Result<Vec<(Schedule, ReportConfig)>, StartError> {
    let mut plans = Vec::new();
    for edition in report.each_edition() {
        if let Some(name) = edition.indices.iter().find(|name| Index::named(name).is_none()) {
            return Err(StartError::UnknownIndex { edition: edition.edition, name: name.clone() });
        }
        plans.push((Schedule::from_config(&edition)?, edition));
    }
    Ok(plans)
}

/// Brings the database to this program's schema. A server that does not answer now is asked again by whoever needs it.
fn migrate(location: &Location) -> Result<(), StartError> {
    let mut database = match Database::open(location) {
        Ok(database) => database,
        Err(error @ OpenError::Unreachable { .. }) => {
            log::warn!(event = "database-unreachable"; "{error}; indices are collected meanwhile, and reports wait for it");
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    for migration in database.migrate()? {
        log::info!(event = "database-migrated", migration = migration.as_str(); "the database has been migrated: {migration}");
    }
    database.end_leases_of_the_dead()?;
    Ok(())
}

/// A process in a control group with a limit goes before the kernel ends it: nine tenths of the limit are a hard limit,
/// unless another one is configured.
fn respect_the_control_group(memory: &mut MemoryConfig, limit: Option<u64>) {
    let Some(limit) = limit.filter(|_| memory.process.hard.is_none()) else { return };
    let hard = ByteSize::b(limit / 10 * 9).max(memory.process.soft.unwrap_or_default());
    log::info!(event = "control-group-limit", limit_bytes = limit, hard_bytes = hard.as_u64();
        "the control group allows {limit} bytes: memory.process.hard is {} bytes, nine tenths of that", hard.as_u64());
    memory.process.hard = Some(hard);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_of_the_control_group_is_respected_unless_another_is_configured() {
        let respected = |soft: Option<u64>, hard: Option<u64>, limit| {
            let mut memory = MemoryConfig::default();
            (memory.process.soft, memory.process.hard) = (soft.map(ByteSize::mib), hard.map(ByteSize::mib));
            respect_the_control_group(&mut memory, limit);
            memory.process.hard.map(|hard| hard.as_u64())
        };
        assert_eq!(respected(None, None, None), None);
        assert_eq!(respected(None, None, Some(1000)), Some(900));
        assert_eq!(respected(None, Some(1), Some(1000)), Some(1 << 20));
        assert_eq!(respected(Some(1), None, Some(1000)), Some(1 << 20), "never below the soft one");
    }
}
