//! `evenkeel demo`: the same daemon against a simulated exchange, with the daemon's clock and the market running
//! faster than real time.
//!
//! It reads no configuration file and no environment, so that it cannot write into anybody's real database.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use super::arguments::{DemoArguments, Options};
use super::browse::print;
use super::failure::Failure;
use super::signals::Signals;
use super::system::End;
use super::{logging, replace, system};
use crate::clock::{Clock, Stopwatch};
use crate::config::{Config, DatabaseUrl};
use crate::daemon::{Circumstances, Daemon, Extent, Inherited};
use crate::laboratory::Laboratory;
use crate::persistence::archive::Archive;
use crate::persistence::location::Location;
use crate::simulator::exchange::{Exchange, ExchangeConfig};

/// A report every so often, in real time.
const REPORT_EVERY: Duration = Duration::from_secs(30);

const DATA_DIR: &str = "evenkeel-demo";

pub(super) fn demo(options: &Options, arguments: &DemoArguments) -> Result<(), Failure> {
    options.refuse_config("the demo")?;
    let inherited = Inherited::take()?;
    system::open_files();
    let mut config = configuration(options, arguments)?;
    let clock = Clock::scaled(begins_at(&config, arguments.from), arguments.speed);
    let begun = clock.stopwatch();
    let log = logging::install(options.log_format, clock.clone(), logging::DAEMON);
    let time = clock.clone();
    let end = system::block_on(async {
        let mut signals = Signals::listen()?;
        let coins = config.report.constituents;
        let exchange = Exchange::start(ExchangeConfig {
            coins,
            odd_names: false,
            ..ExchangeConfig::new(clock.clone())
        })?;
        config.market.sources = exchange.sources(&config.market.sources);
        let speed = arguments.speed;
        log::info!(event = "demo-begun", speed; "demo: a simulated exchange, and a clock that runs {speed} times as fast as real time");
        print(&format!(
            "Faults can be switched on, for example:\n  curl -X POST http://{}/_simulator/faults -d '{{\"source\":\"vietcap\",\"fault\":\"forbidden-html\"}}'\n",
            exchange.address()
        ))?;
        let archive_of = config.clone();
        let laboratory = Laboratory::new(arguments.leaks.iter().cloned());
        let journal = log.journal.clone();
        let circumstances = Circumstances { inherited, laboratory, journal, ..Circumstances::default() };
        let daemon = Daemon::start_under(circumstances, config, clock, Extent::Whole)?;
        if let Some(address) = daemon.address {
            log::info!(
                event = "demo-addresses"; "reports appear on http://{address}/reports, the indices on http://{address}/api/v1/market/indices"
            );
        }
        let ended = system::until_the_end(daemon, &mut signals, arguments.lasting, || Ok(())).await;
        if let Ok(End::MadeWay(_)) = ended {
            return ended;
        }
        exchange.stop().await;
        say_what_is_there(&archive_of)?;
        ended
    });
    log.settle();
    match end? {
        End::Done => Ok(()),
        End::MadeWay(listener) => match replace::replace(listener, &goes_on(arguments, begun, &time))? {},
    }
}

/// The options with which the next image goes on where this one has stopped.
fn goes_on(arguments: &DemoArguments, begun: Stopwatch, clock: &Clock) -> Vec<(&'static str, String)> {
    let left = arguments.lasting.map(|lasting| lasting.saturating_sub(begun.elapsed()));
    let left = left.map(|left| ("--for", format!("{}ms", left.as_millis())));
    left.into_iter().chain([("--from", clock.now().to_string())]).collect()
}

fn configuration(options: &Options, arguments: &DemoArguments) -> Result<Config, Failure> {
    let data_dir = PathBuf::from(options.data_dir.as_deref().unwrap_or(DATA_DIR));
    let mut config = Config { data_dir, ..Config::default() };
    config.database.url = options.database.as_deref().map(DatabaseUrl::new);
    config.server.port = arguments.port;
    // It is there to be tried, by what measures load as well.
    config.server.requests_per_second = 0;
    config.market.us = true;
    config.report.every = REPORT_EVERY.mul_f64(arguments.speed);
    config.report.tolerance = config.report.tolerance.min(config.report.every / 4);
    config.report.retry_after = Duration::from_secs(1).mul_f64(arguments.speed);
    config.validate()?;
    Ok(config)
}

/// Now, or `from`, or the time at which the demo before ended: a later report never bears an earlier time.
fn begins_at(config: &Config, from: Option<Timestamp>) -> Timestamp {
    let now = from.unwrap_or_else(|| Clock::system().now());
    let latest = open(config).and_then(|archive| archive.latest().ok().flatten());
    latest.map_or(now, |report| report.created_at.max(now))
}

fn open(config: &Config) -> Option<Archive> {
    Archive::open(&Location::of(config).ok()?, 1).ok()
}

fn say_what_is_there(config: &Config) -> Result<(), Failure> {
    let count = open(config).and_then(|archive| archive.count().ok()).unwrap_or(0);
    let program = std::env::args().next().unwrap_or_else(|| "evenkeel".to_owned());
    let place = match &config.database.url {
        Some(url) => format!("--database {url:?}"),
        None => format!("--data-dir {}", config.data_dir.display()),
    };
    print(&format!(
        "The database of the demo holds {count} reports. This lists them:\n  {program} report list {place}\n"
    ))
}
