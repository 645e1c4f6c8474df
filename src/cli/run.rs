//! `evenkeel run`: the daemon with live sources.

use super::arguments::Options;
use super::failure::Failure;
use super::{logging, system};
use crate::clock::Clock;
use crate::daemon::{Daemon, Extent};

pub(super) fn run(options: &Options) -> Result<(), Failure> {
    let loaded = system::load(options)?;
    let clock = Clock::system();
    system::begin_log(options, &clock, &loaded, logging::DAEMON);
    system::block_on(async {
        let daemon = Daemon::start(loaded.config, clock, Extent::Whole)?;
        system::until_the_end(daemon, None).await
    })
}
