//! Tells the service manager how the daemon is, in the words that systemd has made common: that it is ready, one
//! sentence about what it does, that it is alive, that it ends or replaces itself.
//!
//! The program does this and never the library: a daemon inside another application is not the service. Where nobody
//! wants to know (no `NOTIFY_SOCKET`) nothing is said. A sign of life is given only when the supervisor has just
//! answered, so that one that hangs, alone or with the whole actix system, has the manager start the program again.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use actix_rt::task::JoinHandle;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sd_notify::NotifyState;

use crate::clock::Clock;
use crate::daemon::Daemon;
use crate::market::store::IndexStore;
use crate::memory::bytes::size;
use crate::memory::probe::process_memory;
use crate::report::messages::ObserveSchedule;
use crate::supervision::handle::SupervisorHandle;
use crate::supervision::messages::SupervisorError;
use crate::supervision::recipient::Recipient;
use crate::supervision::status::ChildState;

/// How soon an actor that has just been started is looked at again.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The sentence is made anew four times a refresh, and no more often than this.
const SENTENCE_EVERY: Duration = Duration::from_secs(1);

/// Whoever started the program and wants to know how it is; nobody, mostly.
#[derive(Debug, Clone)]
pub(super) struct Manager {
    listens: bool,
    /// Since the daemon is on its way out; nothing is said of it then that would mean that it works.
    leaving: Rc<Cell<bool>>,
}

/// As long as this is there, the manager is kept informed.
#[derive(Debug)]
pub(super) struct Attended(Option<JoinHandle<()>>);

impl Drop for Attended {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}

impl Manager {
    /// The manager that this process was started by.
    pub(super) fn of_process() -> Self {
        Self { listens: std::env::var_os("NOTIFY_SOCKET").is_some(), leaving: Rc::default() }
    }

    /// Keeps the manager informed about `daemon`.
    ///
    /// It is ready when all its actors run. The first refresh is not waited for: a source that is away is no reason to
    /// hold up, or to end, what else the machine starts; `GET /ready` is for whoever needs the indices.
    pub(super) fn attend(&self, daemon: &Daemon) -> Attended {
        if !self.listens {
            return Attended(None);
        }
        let (manager, supervisor, told) = (self.clone(), daemon.supervisor.clone(), Told::of(daemon));
        Attended(Some(actix_rt::spawn(async move {
            let alive = async {
                if let Some(silence) = sd_notify::watchdog_enabled().filter(|silence| !silence.is_zero()) {
                    beat(silence, || supervisor.status(), || manager.tell(&[NotifyState::Watchdog])).await;
                }
            };
            let working = async {
                if all_run(&supervisor).await && !manager.leaving.get() {
                    manager.tell(&[NotifyState::Ready]);
                    manager.narrate(&told).await;
                }
            };
            futures_util::future::join(alive, working).await;
        })))
    }

    /// The daemon makes way for the next one in the same process, which will say that it is ready.
    pub(super) fn reloading(&self) {
        self.leaving.set(true);
        // A newer systemd ignores the one without the other.
        let now = NotifyState::monotonic_usec_now();
        let now = now.unwrap_or(NotifyState::MonotonicUsec(0));
        self.tell(&[NotifyState::Reloading, now, NotifyState::Status("replacing the process")]);
    }

    /// It does not make way after all, because of `reason`.
    pub(super) fn stays(&self, reason: &str) {
        self.leaving.set(false);
        let status = format!("not replaced: {reason}");
        self.tell(&[NotifyState::Ready, NotifyState::Status(&status)]);
    }

    /// The daemon ends.
    pub(super) fn stopping(&self) {
        self.leaving.set(true);
        self.tell(&[NotifyState::Stopping, NotifyState::Status("ending")]);
    }

    async fn narrate(&self, told: &Told) {
        let mut before = String::new();
        loop {
            let sentence = told.sentence().await;
            if sentence != before && !self.leaving.get() {
                self.tell(&[NotifyState::Status(&sentence)]);
                before = sentence;
            }
            tokio::time::sleep(told.every).await;
        }
    }

    fn tell(&self, states: &[NotifyState<'_>]) {
        if !self.listens {
            return;
        }
        if let Err(error) = sd_notify::notify(states) {
            log::warn!(event = "service-manager-unreachable"; "the service manager cannot be told how the daemon is: {error}");
        }
    }
}

/// Has `sign` given again and again while `ask` is answered, at least once in `silence`; until there is nobody to ask.
async fn beat<T, F>(silence: Duration, ask: impl Fn() -> F, sign: impl Fn())
where
    F: Future<Output = Result<T, SupervisorError>>,
{
    // Together less than the silence that the manager bears.
    let (within, pause) = (silence / 2, silence / 4);
    let mut was_mute = false;
    loop {
        match tokio::time::timeout(within, ask()).await {
            Ok(Ok(_)) => {
                sign();
                was_mute = false;
            }
            Ok(Err(_)) => return,
            Err(_) if was_mute => {}
            Err(_) => {
                was_mute = true;
                let within_ms = within.as_millis();
                log::error!(event = "supervisor-mute", within_ms:?; "the supervisor gives no answer within {within_ms} ms; no sign of life is given to the service manager until it does");
            }
        }
        tokio::time::sleep(pause).await;
    }
}

/// Waits until every actor runs; whether that has come about.
async fn all_run(supervisor: &SupervisorHandle) -> bool {
    while let Ok(status) = supervisor.status().await {
        if status.children.iter().all(|child| child.state == ChildState::Running) {
            return true;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    false
}

/// What the sentence is made of.
struct Told {
    store: std::sync::Arc<dyn IndexStore>,
    schedule: Option<Recipient<ObserveSchedule>>,
    zone: TimeZone,
    clock: Clock,
    every: Duration,
}

impl Told {
    fn of(daemon: &Daemon) -> Self {
        let config = daemon.config();
        Self {
            store: std::sync::Arc::clone(&daemon.store),
            schedule: daemon.schedule.clone(),
            // The daemon has been started with it, so that it is known.
            zone: TimeZone::get(&config.report.zone).unwrap_or(TimeZone::UTC),
            clock: daemon.clock.clone(),
            every: (daemon.clock.real(config.market.refresh_every) / 4).max(SENTENCE_EVERY),
        }
    }

    async fn sentence(&self) -> String {
        let snapshot = self.store.latest().await.ok().flatten();
        let indices = snapshot.map(|snapshot| {
            let known = snapshot.indices.iter().filter(|index| index.reading.known().is_some()).count();
            (known, snapshot.indices.len(), snapshot.taken_at)
        });
        let next_due = match &self.schedule {
            Some(schedule) => schedule.send(ObserveSchedule).await.ok().and_then(|status| status.next_due),
            None => None,
        };
        let resident = process_memory().ok().map(|memory| memory.rss);
        sentence(indices, next_due, resident, self.clock.now(), &self.zone)
    }
}

/// `16 of 16 indices at 09:03, next report 12:00, 15.9 MiB resident`; times of another day than today with their day.
fn sentence(
    indices: Option<(usize, usize, Timestamp)>,
    next_due: Option<Timestamp>,
    resident: Option<u64>,
    now: Timestamp,
    zone: &TimeZone,
) -> String {
    let local = |at: Timestamp| at.to_zoned_datetime(zone.clone());
    let time = |at: Timestamp| {
        let is_today = local(at).date() == local(now).date();
        local(at).strftime(if is_today { "%H:%M" } else { "%Y-%m-%d %H:%M" }).to_string()
    };
    let indices = match indices {
        Some((known, all, at)) => format!("{known} of {all} indices at {}", time(at)),
        None => "no indices".to_owned(),
    };
    let due = next_due.map(|due| format!("next report {}", time(due)));
    let resident = resident.map(|bytes| format!("{} resident", size(bytes)));
    [Some(indices), due, resident].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use actix_rt::Arbiter;
    use tokio::sync::oneshot;

    use super::*;
    use crate::supervision::supervisor::Supervisor;

    const PATIENCE: Duration = Duration::from_secs(60);

    async fn until(condition: impl Fn() -> bool) {
        let poll = async {
            while !condition() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, poll).await.unwrap();
    }

    #[test]
    fn the_sentence_says_what_is_known() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let now = at("2026-03-02T02:04:00Z");
        let (refreshed, noon) = (at("2026-03-02T02:03:00Z"), at("2026-03-02T05:00:00Z"));
        let tomorrow = at("2026-03-03T00:30:00Z");
        for (indices, due, resident, expected) in [
            (
                Some((16, 16, refreshed)),
                Some(noon),
                Some(16_672_358),
                "16 of 16 indices at 09:03, next report 12:00, 15.9 MiB resident",
            ),
            (None, Some(tomorrow), None, "no indices, next report 2026-03-03 07:30"),
            (Some((15, 16, refreshed)), None, Some(1 << 20), "15 of 16 indices at 09:03, 1.0 MiB resident"),
        ] {
            assert_eq!(sentence(indices, due, resident, now, &zone), expected);
        }
    }

    #[actix_rt::test]
    async fn no_sign_of_life_is_given_while_the_supervisor_hangs() {
        let thread = Arbiter::new();
        let (tell, told) = oneshot::channel();
        thread.spawn_fn(move || {
            let supervisor = Supervisor::builder().without_monitor().arenas(None).start();
            assert!(tell.send(supervisor).is_ok());
        });
        let supervisor: SupervisorHandle = told.await.unwrap();
        let (asked, signs) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let (asks, signed) = (Rc::clone(&asked), Rc::clone(&signs));
        let heart = actix_rt::spawn(async move {
            let ask = || {
                asks.set(asks.get() + 1);
                supervisor.status()
            };
            beat(Duration::from_millis(200), ask, || signed.set(signed.get() + 1)).await;
        });
        until(|| signs.get() >= 3).await;

        let (wake, asleep) = mpsc::channel::<()>();
        let (hang, hangs) = oneshot::channel();
        thread.spawn_fn(move || {
            assert!(hang.send(()).is_ok());
            let _ = asleep.recv();
        });
        hangs.await.unwrap();
        let at_the_latest = asked.get();
        until(|| asked.get() >= at_the_latest + 4).await;
        // What was answered before the thread hung may have been heard since; what was asked later was not.
        assert!(signs.get() <= at_the_latest, "{} signs for {at_the_latest} questions", signs.get());

        let before = signs.get();
        drop(wake);
        until(|| signs.get() > before).await;
        heart.abort();
        thread.stop();
    }

    #[actix_rt::test]
    async fn a_heart_without_a_supervisor_stops() {
        let signs = Cell::new(0);
        let ended = || std::future::ready(Err::<(), _>(SupervisorError::Ended));
        beat(Duration::from_millis(20), ended, || signs.set(signs.get() + 1)).await;
        assert_eq!(signs.get(), 0);
    }
}
