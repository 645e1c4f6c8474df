//! What is read when it is asked for: actors, memory, the snapshot's age, pools, the schedule, the program itself.

use std::fmt;

use actix_web::web;
use jiff::Timestamp;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

use super::super::face::Face;
use crate::market::model::Snapshot;
use crate::memory::status::MemoryStatus;
use crate::persistence::archive::PoolUse;
use crate::report::messages::ObserveSchedule;
use crate::supervision::status::{ChildState, ChildStatus, SupervisorState};

/// Everything, as it was read for one scrape.
#[derive(Debug)]
pub(super) struct Gauges {
    supervising: bool,
    children: Vec<ChildStatus>,
    memory: Option<MemoryStatus>,
    decisions: u64,
    /// Seconds since each index was fetched, by its name.
    ages: Vec<(String, f64)>,
    pools: Vec<(&'static str, PoolUse)>,
    next_due: Option<Timestamp>,
    uptime_s: f64,
}

impl Gauges {
    pub(super) async fn read(face: &web::Data<Face>) -> Self {
        let status = face.supervisor.status().await.ok();
        let supervising = status.as_ref().is_some_and(|status| status.state == SupervisorState::Supervising);
        let next_due = match &face.schedule {
            Some(schedule) => schedule.send(ObserveSchedule).await.ok().and_then(|status| status.next_due),
            None => None,
        };
        let snapshot = face.store.latest().await.ok().flatten();
        let now = face.clock.now();
        let pools = [("database", Some(face.archive.pool())), ("redis", face.store.pool())];
        Self {
            supervising,
            children: status.map(|status| status.children).unwrap_or_default(),
            memory: face.memory.status(),
            decisions: face
                .memory
                .ledger()
                .with(|records| records.map(|record| record.number).max().unwrap_or(0)),
            ages: snapshot.map(|snapshot| ages(&snapshot, now)).unwrap_or_default(),
            pools: pools.into_iter().filter_map(|(name, pool)| Some((name, pool?))).collect(),
            next_due,
            uptime_s: face.opened.elapsed().as_secs_f64(),
        }
    }

    fn actors(&self, sheet: &mut Sheet<'_, '_>) -> fmt::Result {
        let children = || self.children.iter();
        let running = |child: &ChildStatus| f64::from(u8::from(child.state == ChildState::Running));
        sheet.gauges(
            "actor_running",
            "Whether the actor's generation lives and takes messages",
            None,
            children().map(|child| ([("actor", child.name.as_str())], running(child))),
        )?;
        sheet.gauges(
            "actor_generation",
            "The number of the actor's generation, from 1",
            None,
            children().map(|child| ([("actor", child.name.as_str())], child.generation as f64)),
        )?;
        sheet.gauges(
            "actor_mailbox_messages",
            "Messages that wait to be taken",
            None,
            children().map(|child| ([("actor", child.name.as_str())], child.mailbox as f64)),
        )?;
        sheet.gauges(
            "actor_abandoned_threads",
            "Threads of hung generations that could not be ended",
            None,
            children().map(|child| ([("actor", child.name.as_str())], child.abandoned as f64)),
        )?;
        let restarts = children().flat_map(|child| {
            let name = child.name.as_str();
            let requested = child.restarts.saturating_sub(child.memory_restarts);
            [
                ([("actor", name), ("cause", "crash")], child.crashes),
                ([("actor", name), ("cause", "memory")], child.memory_restarts),
                ([("actor", name), ("cause", "requested")], requested),
            ]
        });
        sheet.counters("actor_restarts", "Restarts of the actor, by cause", restarts)?;
        sheet.waits(
            "actor_message_wait",
            "Time that messages waited in the actor's link until they were taken",
            &self.children,
        )
    }

    fn accounts(&self, sheet: &mut Sheet<'_, '_>) -> fmt::Result {
        let accounts = || self.memory.iter().flat_map(|memory| &memory.children);
        let bytes = || Some(Unit::Bytes);
        sheet.gauges(
            "actor_resident",
            "Physical memory that the actor's arena holds",
            bytes(),
            accounts().filter_map(|it| Some(([("actor", it.name.as_str())], it.rss? as f64))),
        )?;
        sheet.gauges(
            "actor_live",
            "Living bytes that the actor allocated",
            bytes(),
            accounts().filter_map(|it| Some(([("actor", it.name.as_str())], it.live? as f64))),
        )?;
        sheet.gauges(
            "actor_floor",
            "The lowest reading of living bytes in 24 hours",
            bytes(),
            accounts()
                .filter_map(|it| Some(([("actor", it.name.as_str())], *it.floors.iter().min()? as f64))),
        )?;
        sheet.gauges(
            "actor_growth_per_day",
            "How fast the hourly floors rise in a day, along their Theil-Sen line",
            bytes(),
            accounts().filter_map(|it| Some(([("actor", it.name.as_str())], it.growth_per_day? as f64))),
        )?;
        sheet.gauges(
            "actor_leak_out",
            "Living bytes that the generation before left behind",
            bytes(),
            accounts().filter_map(|it| Some(([("actor", it.name.as_str())], it.leak_out? as f64))),
        )?;
        self.process(sheet)
    }

    fn process(&self, sheet: &mut Sheet<'_, '_>) -> fmt::Result {
        let bytes = || Some(Unit::Bytes);
        let memory = self.memory.as_ref();
        let process = memory.and_then(|memory| memory.process);
        sheet.gauge(
            "process_resident",
            "Physical memory of the process, as the kernel charges it",
            bytes(),
            process.map(|it| it.rss as f64),
        )?;
        sheet.gauge(
            "process_swap",
            "Swapped memory of the process",
            bytes(),
            process.map(|it| it.swap as f64),
        )?;
        let threads = process.map(|it| it.threads as f64);
        sheet.gauge("process_threads", "Threads of the process", None, threads)?;
        sheet.gauge(
            "process_unattributed",
            "The part of the process's physical memory that is charged to no actor",
            bytes(),
            memory.and_then(|it| Some(it.unattributed? as f64)),
        )?;
        sheet.gauge(
            "process_elsewhere",
            "The part of it that actors of other supervisors in the same process hold",
            bytes(),
            memory.map(|it| it.elsewhere as f64),
        )?;
        sheet.gauge(
            "process_limit",
            "The least memory limit of the control groups of the process",
            bytes(),
            memory.and_then(|it| Some(it.cgroup_limit? as f64)),
        )?;
        sheet.counter(
            "memory_decisions",
            "Decisions about memory that were recorded, over all runs",
            self.decisions,
        )
    }

    fn program(&self, sheet: &mut Sheet<'_, '_>) -> fmt::Result {
        let supervising = f64::from(u8::from(self.supervising));
        sheet.gauge(
            "supervising",
            "Whether the supervisor keeps its actors alive",
            None,
            Some(supervising),
        )?;
        let uptime = Some(self.uptime_s);
        sheet.gauge("uptime", "Time since the daemon was started", Some(Unit::Seconds), uptime)?;
        sheet.gauges(
            "index_age",
            "Time since the value of the index was fetched",
            Some(Unit::Seconds),
            self.ages.iter().map(|(name, age)| ([("index", name.as_str())], *age)),
        )?;
        let due = self.next_due.map(|due| due.as_millisecond() as f64 / 1e3);
        sheet.gauge(
            "report_due_timestamp",
            "When the next report is due, since 1970",
            Some(Unit::Seconds),
            due,
        )?;
        let pools = || self.pools.iter();
        sheet.gauges(
            "pool_connections",
            "Open connections of the pool",
            None,
            pools().map(|(name, pool)| ([("pool", *name)], f64::from(pool.open))),
        )?;
        sheet.gauges(
            "pool_idle_connections",
            "Those of them that nobody uses",
            None,
            pools().map(|(name, pool)| ([("pool", *name)], f64::from(pool.idle))),
        )?;
        sheet.gauges(
            "pool_max_connections",
            "As many as may be open",
            None,
            pools().map(|(name, pool)| ([("pool", *name)], f64::from(pool.most))),
        )?;
        let allocator =
            if self.memory.as_ref().is_some_and(|memory| memory.instrument.available) { "yes" } else { "no" };
        let build = [("version", env!("CARGO_PKG_VERSION")), ("allocator", allocator)];
        sheet.gauges(
            "build_info",
            "The program: its version, and whether memory is measured actor by actor",
            None,
            [(build, 1.0)],
        )
    }
}

impl Collector for Gauges {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut sheet = Sheet(&mut encoder);
        self.program(&mut sheet)?;
        self.actors(&mut sheet)?;
        self.accounts(&mut sheet)
    }
}

fn ages(snapshot: &Snapshot, now: Timestamp) -> Vec<(String, f64)> {
    let fetched =
        snapshot.indices.iter().filter_map(|it| Some((it.name.clone(), it.reading.latest()?.fetched_at)));
    fetched.map(|(name, at)| (name, now.duration_since(at).as_secs_f64().max(0.0))).collect()
}

/// Writes families. One without a sample is described all the same: a reader sees what there could be.
struct Sheet<'a, 'b>(&'a mut DescriptorEncoder<'b>);

impl Sheet<'_, '_> {
    fn gauges<'l, const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        unit: Option<Unit>,
        samples: impl IntoIterator<Item = ([(&'static str, &'l str); N], f64)>,
    ) -> fmt::Result {
        let mut family =
            self.0.encode_descriptor(name, &format!("{help}."), unit.as_ref(), MetricType::Gauge)?;
        for (labels, value) in samples {
            ConstGauge::new(value).encode(family.encode_family(&labels)?)?;
        }
        Ok(())
    }

    /// A family of one member: with no labels, `{}` would be written.
    fn gauge(&mut self, name: &str, help: &str, unit: Option<Unit>, value: Option<f64>) -> fmt::Result {
        let family = self.0.encode_descriptor(name, &format!("{help}."), unit.as_ref(), MetricType::Gauge)?;
        value.map_or(Ok(()), |value| ConstGauge::new(value).encode(family))
    }

    fn counters<'l, const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        samples: impl IntoIterator<Item = ([(&'static str, &'l str); N], u64)>,
    ) -> fmt::Result {
        let mut family = self.0.encode_descriptor(name, &format!("{help}."), None, MetricType::Counter)?;
        for (labels, value) in samples {
            ConstCounter::new(value).encode(family.encode_family(&labels)?)?;
        }
        Ok(())
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        let family = self.0.encode_descriptor(name, &format!("{help}."), None, MetricType::Counter)?;
        ConstCounter::new(value).encode(family)
    }

    fn waits(&mut self, name: &str, help: &str, children: &[ChildStatus]) -> fmt::Result {
        let unit = Some(Unit::Seconds);
        let mut family =
            self.0.encode_descriptor(name, &format!("{help}."), unit.as_ref(), MetricType::Histogram)?;
        for child in children {
            let waited = &child.waited;
            let count = waited.buckets.iter().map(|(_, count)| count).sum();
            let labels = [("actor", child.name.as_str())];
            family.encode_family(&labels)?.encode_histogram::<NoLabelSet>(
                waited.sum_s,
                count,
                &waited.buckets,
                None,
            )?;
        }
        Ok(())
    }
}
