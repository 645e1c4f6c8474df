//! `evenkeel simulate`: the simulated exchange on its own.

use std::net::{Ipv4Addr, SocketAddr};

use super::arguments::{Options, SimulateArguments};
use super::browse::print;
use super::failure::Failure;
use super::signals::Signals;
use super::{logging, system};
use crate::clock::Clock;
use crate::simulator::exchange::{Exchange, ExchangeConfig};
use crate::simulator::source::SourceKind;

pub(super) fn simulate(options: &Options, arguments: &SimulateArguments) -> Result<(), Failure> {
    options.refuse_all_but_the_log("the simulated exchange")?;
    let (clock, hand) = match arguments.stands_at {
        Some(time) => {
            let (clock, hand) = Clock::stepped(time);
            (clock, Some(hand))
        }
        None => (Clock::system(), None),
    };
    logging::install(options.log_format, clock.clone(), logging::DAEMON);
    system::block_on(async {
        let mut signals = Signals::listen()?;
        let SimulateArguments { port, coins, seed, .. } = *arguments;
        let bind = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let exchange =
            Exchange::start(ExchangeConfig { seed, coins, bind, hand, ..ExchangeConfig::new(clock) })?;
        let lines = SourceKind::ALL.map(|source| {
            let table = source.as_str().replace('-', "_");
            format!("[market.sources.{table}]\nbase_url = \"{}\"\n", exchange.url(source))
        });
        print(&lines.concat())?;
        log::info!(event = "simulator-ready"; "the simulated exchange listens on http://{}", exchange.address());
        signals.end().await;
        exchange.stop().await;
        Ok(())
    })
}
