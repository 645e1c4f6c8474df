//! `evenkeel run`: the daemon with live sources.

use super::arguments::Options;
use super::failure::Failure;
use super::signals::Signals;
use super::system::End;
use super::{logging, replace, system};
use crate::clock::Clock;
use crate::daemon::{Circumstances, Daemon, Extent, Inherited};

pub(super) fn run(options: &Options) -> Result<(), Failure> {
    let inherited = Inherited::take()?;
    system::open_files();
    let loaded = system::load(options)?;
    let clock = Clock::system();
    let log = system::begin_log(options, &clock, &loaded, logging::DAEMON);
    let end = system::block_on(async {
        let mut signals = Signals::listen()?;
        let circumstances =
            Circumstances { inherited, journal: log.journal.clone(), ..Circumstances::default() };
        let daemon = Daemon::start_under(circumstances, loaded.config, clock, Extent::Whole)?;
        system::until_the_end(daemon, &mut signals, None, || can_start(options)).await
    });
    log.settle();
    match end? {
        End::Done => Ok(()),
        End::MadeWay(listener) => match replace::replace(listener, &[])? {},
    }
}

/// Whether the program would come up again with what it reads at its start as that is now.
fn can_start(options: &Options) -> Result<(), Failure> {
    system::load(options)?;
    replace::can_be_run()
}
