//! A simulated exchange: every market data source of the daemon, answered over real HTTP on a loopback port.
//!
//! The demo, the soak, the tests and the examples point the base URLs of the sources at it; no code path of the
//! daemon knows that it is simulated. Each source has a path prefix of its own (`/vietcap`, `/coingecko`, …) below
//! which its real paths, shapes and refusals are found. What may not live here: anything that the daemon needs to
//! work with live sources.
//!
//! Invariants that a reader can rely on:
//!
//! 1. Every value is a pure function of the seed, the instrument and the time of the clock, in whole seconds. Two
//!    requests for the same time agree, whatever was asked before; snapshot, chart and fallback of one index agree;
//!    nothing is stored but the faults and the request counters.
//! 2. The market is open round the clock, so that values move whenever somebody watches. Vietnam's minute bars keep
//!    their two gaps (11:30–13:00 and 14:30–14:45 local time), in which the indices stand still. A session is a
//!    calendar day of the market's own zone; its previous close is its first value.
//! 3. A listing of coins is written coin by coin; a chart symbol by symbol, of at most
//!    1500 bars each. No response is held whole beyond that.
//!
//! Known simplification: coins are listed by capitalisation, largest first, whatever order was asked for.

pub mod exchange;
pub mod fault;
pub mod requests;
pub mod source;

mod control;
mod gate;

mod alternative_me;
mod binance;
mod coingecko;
mod coinpaprika;
mod entrade;
mod kbs;
mod vietcap;
mod yahoo;

mod broken_body;
mod calendar;
mod coin;
mod coin_row;
mod connection;
mod crypto_total;
mod dice;
mod floor;
mod hours;
mod instrument;
mod ranking;
mod refusal;
mod vietnam;
mod walk;
