//! What the commands that start actors share: the actix system, the wait for an end, the end or the
//! making way for the next.

use std::net::TcpListener;
use std::time::Duration;

use actix_rt::System;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::arguments::Options;
use super::failure::Failure;
use super::logging::{self, Log};
use super::notify::Manager;
use super::signals::{Asked, Signals};
use crate::clock::Clock;
use crate::config::{Argument, Config, ConfigInputs, Loaded};
use crate::daemon::Daemon;
use crate::supervision::departure::{Departure, Leaving};
use crate::supervision::status::{Fault, ShutdownReport};

/// The configuration of the process: files, environment and the options that every command has.
pub(super) fn load(options: &Options) -> Result<Loaded, Failure> {
    let mut inputs = ConfigInputs::of_process(options.config.clone());
    let given =
        [("--data-dir", "data_dir", &options.data_dir), ("--database", "database.url", &options.database)];
    for (name, key, value) in given {
        inputs.arguments.extend(value.as_ref().map(|value| Argument::new(name, key, value)));
    }
    Ok(Config::load(&inputs)?)
}

/// Lets the process open as many files as it may: the usual limit of 1,024 is kept for programs that do not ask.
pub(super) fn open_files() {
    let limit = getrlimit(Resource::Nofile);
    // What cannot be raised is what the doors of the web face are cut to.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}

/// Installs the log and says what the configuration has to say.
pub(super) fn begin_log(options: &Options, clock: &Clock, loaded: &Loaded, filter: &str) -> Log {
    let log = logging::install(options.log_format, clock.clone(), filter);
    for notice in &loaded.notices {
        log::warn!(event = "configuration-notice"; "{notice}");
    }
    log
}

/// Runs a future in an actix system of its own.
pub(super) fn block_on<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    System::with_tokio_rt(|| runtime).block_on(future)
}

/// How a daemon has come to its end.
#[derive(Debug)]
pub(super) enum End {
    /// For good.
    Done,
    /// For the next one: the process is to be replaced, and who connects waits at this socket.
    MadeWay(Option<TcpListener>),
}

/// Waits for a signal, the end of `lasting`, the supervisor to give up or to want the process gone; then drains and
/// ends. It makes way only for a process that `can_start`, and goes on otherwise.
pub(super) async fn until_the_end(
    daemon: Daemon,
    signals: &mut Signals,
    lasting: Option<Duration>,
    can_start: impl Fn() -> Result<(), Failure>,
) -> Result<End, Failure> {
    let manager = Manager::of_process();
    let _attended = manager.attend(&daemon);
    let over = over(lasting);
    tokio::pin!(over);
    let mut departing = false;
    let departure = loop {
        let wish = tokio::select! {
            asked = signals.any() => match asked {
                Asked::End => None,
                Asked::Replace => Some(Departure { how: Leaving::Replace, reason: "SIGUSR2".to_owned() }),
            },
            () = &mut over => {
                log::info!(event = "demo-over"; "the time of the demo is over");
                None
            }
            _ = daemon.supervisor.gave_up() => None,
            // The wish stays once it is there.
            departure = daemon.supervisor.departure(), if !departing => {
                departing = true;
                Some(departure)
            }
        };
        match wish {
            Some(Departure { how: Leaving::Replace, .. }) => {
                manager.reloading();
                match can_start() {
                    Ok(()) => break wish,
                    Err(reason) => {
                        log::error!(event = "process-not-replaced"; "the process is not replaced: {reason}; it goes on as it is");
                        manager.stays(&reason.to_string());
                    }
                }
            }
            wish => break wish,
        }
    };
    let Some(Departure { how, reason }) = departure else {
        manager.stopping();
        return at_once_if_asked(end(daemon), signals).await.map(|()| End::Done);
    };
    let pid = std::process::id();
    match how {
        Leaving::Replace => {
            log::info!(event = "process-replaced", pid, reason = reason.as_str(); "the process is replaced: {reason}");
            make_way(daemon, signals, &manager).await
        }
        Leaving::End => {
            manager.stopping();
            log::warn!(event = "process-ends", pid, reason = reason.as_str(); "the process ends, to be started again: {reason}");
            match at_once_if_asked(end(daemon), signals).await {
                Ok(()) | Err(Failure::CutShort(_)) => Err(Failure::StartAgain(reason)),
                Err(failure) => Err(failure),
            }
        }
    }
}

/// Drains the daemon and keeps its socket. Asked to end meanwhile, it does; asked twice, at once.
async fn make_way(daemon: Daemon, signals: &mut Signals, manager: &Manager) -> Result<End, Failure> {
    let supervisor = daemon.supervisor.clone();
    let leaving = async { daemon.step_aside().await.map_err(Failure::failed) };
    tokio::pin!(leaving);
    let (remains, ends) = tokio::select! {
        remains = &mut leaving => (remains?, false),
        () = signals.end() => {
            manager.stopping();
            log::info!(event = "process-ends-instead"; "the process ends instead of being replaced");
            (at_once_if_asked(leaving, signals).await?, true)
        }
    };
    // What gave up would give up again, and again, in the next one.
    let fault = supervisor.fault();
    if ends || fault.is_some() {
        return told(fault, remains.report).map(|()| End::Done);
    }
    for child in &remains.report.cut_short {
        log::warn!(event = "child-cut-short", child = child.as_str(); "{child} was cut short; what it had not finished is done again");
    }
    if let Some(socket) = remains.socket {
        socket.stay();
    }
    Ok(End::MadeWay(remains.listener))
}

/// `ending`, unless a signal asks for more haste.
async fn at_once_if_asked<T>(
    ending: impl Future<Output = Result<T, Failure>>,
    signals: &mut Signals,
) -> Result<T, Failure> {
    tokio::select! {
        ended = ending => ended,
        () = signals.end() => Err(Failure::failed("ended at once by a second signal; what was open is lost")),
    }
}

/// Drains and ends the daemon; a fault that made the supervisor give up is the failure that counts.
pub(super) async fn end(daemon: Daemon) -> Result<(), Failure> {
    let supervisor = daemon.supervisor.clone();
    let report = daemon.shut_down().await.map_err(Failure::failed)?;
    told(supervisor.fault(), report)
}

/// Says how the daemon has ended.
fn told(fault: Option<Fault>, report: ShutdownReport) -> Result<(), Failure> {
    let (drained, cut_short) = (report.drained.len(), report.cut_short.len());
    log::info!(event = "daemon-ended", drained, cut_short; "the daemon has ended: {drained} children drained, {cut_short} cut short");
    match fault {
        Some(fault) => Err(Failure::GaveUp(fault)),
        None if report.cut_short.is_empty() => Ok(()),
        None => Err(Failure::CutShort(report.cut_short)),
    }
}

async fn over(lasting: Option<Duration>) {
    match lasting {
        Some(lasting) => tokio::time::sleep(lasting).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::Extent;

    fn departed(how: Leaving, can_start: impl Fn() -> Result<(), Failure>) -> Result<End, Failure> {
        let directory = tempfile::tempdir().unwrap();
        let config = Config { data_dir: directory.path().to_path_buf(), ..Config::default() };
        block_on(async {
            let daemon = Daemon::start(config, Clock::system(), Extent::OneReport)?;
            daemon.supervisor.leave(Departure { how, reason: "nothing else helped".to_owned() });
            let lasting = Some(Duration::from_millis(100));
            until_the_end(daemon, &mut Signals::listen()?, lasting, can_start).await
        })
    }

    #[test]
    fn a_process_that_is_to_be_replaced_is_drained_and_makes_way() {
        assert!(matches!(departed(Leaving::Replace, || Ok(())), Ok(End::MadeWay(None))));
    }

    #[test]
    fn a_process_makes_no_way_for_one_that_could_not_start() {
        let tries = std::cell::Cell::new(0);
        let end = departed(Leaving::Replace, || {
            tries.set(tries.get() + 1);
            Err(Failure::failed("a setting is wrong"))
        });
        assert!(matches!(end, Ok(End::Done)), "{end:?}");
        assert_eq!(tries.get(), 1);
    }

    #[test]
    fn a_process_that_is_to_end_asks_to_be_started_again_and_says_why() {
        let failure = departed(Leaving::End, || Err(Failure::failed("of no interest"))).unwrap_err();
        assert!(matches!(failure, Failure::StartAgain(_)));
        assert_eq!(failure.to_string(), "nothing else helped; start me again");
    }
}
