//! What the commands that start actors share: the actix system, the wait for an end, the end.

use std::time::Duration;

use actix_rt::System;
use tokio::signal::unix::{SignalKind, signal};

use super::arguments::Options;
use super::failure::Failure;
use super::logging;
use crate::clock::Clock;
use crate::config::{Argument, Config, ConfigInputs, Loaded};
use crate::daemon::Daemon;

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

/// Installs the log and says what the configuration has to say.
pub(super) fn begin_log(options: &Options, clock: &Clock, loaded: &Loaded, filter: &str) {
    logging::install(options.log_format, clock.clone(), filter);
    for notice in &loaded.notices {
        log::warn!("{notice}");
    }
}

/// Runs a future in an actix system of its own.
pub(super) fn block_on<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    System::with_tokio_rt(|| runtime).block_on(future)
}

/// Waits for SIGTERM or SIGINT.
pub(super) async fn signalled() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let name = tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    };
    log::info!("{name} received");
    Ok(())
}

/// Waits for a signal, the end of `lasting`, or the supervisor to give up; then drains and ends.
pub(super) async fn until_the_end(daemon: Daemon, lasting: Option<Duration>) -> Result<(), Failure> {
    tokio::select! {
        signalled = signalled() => signalled?,
        () = over(lasting) => log::info!("the time of the demo is over"),
        _ = daemon.supervisor.gave_up() => {}
    }
    tokio::select! {
        ended = end(daemon) => ended,
        signalled = signalled() => {
            signalled?;
            Err(Failure::failed("ended at once by a second signal; what was open is lost"))
        }
    }
}

/// Drains and ends the daemon; a fault that made the supervisor give up is the failure that counts.
pub(super) async fn end(daemon: Daemon) -> Result<(), Failure> {
    let supervisor = daemon.supervisor.clone();
    let report = daemon.shut_down().await.map_err(Failure::failed)?;
    let (drained, cut_short) = (report.drained.len(), report.cut_short.len());
    log::info!(drained, cut_short; "the daemon has ended: {drained} children drained, {cut_short} cut short");
    match supervisor.fault() {
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
