//! Evenkeel collects market indices every three minutes and writes bilingual market reports every few hours, on
//! supervised actors whose memory is measured one by one.

pub mod clock;
pub mod config;
pub mod market;
pub mod memory;
pub mod persistence;
pub mod report;
pub mod simulator;
pub mod supervision;
