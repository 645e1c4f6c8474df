//! The arguments of `evenkeel soak`.

use std::path::PathBuf;

use bytesize::ByteSize;
use clap::{Args, ValueEnum};

use crate::cli::ailment::parse_ailment;
use crate::laboratory::Ailment;

/// What the memory monitor does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Monitor {
    /// It restarts what grows
    On,
    /// It watches
    Off,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct SoakArguments {
    /// Simulated days, each with 480 refreshes and 8 reports
    #[arg(long, default_value_t = 2, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub(super) days: u32,
    /// Name of the edition that is reported
    #[arg(long, value_name = "NAME")]
    pub(super) edition: Option<String>,
    /// Keep on purpose what the old service kept: a connection and the data of every refresh, every report whole
    #[arg(long)]
    pub(super) before: bool,
    /// Whether the memory monitor acts on what it finds, or only writes it down
    #[arg(long, default_value = "on", value_name = "STATE")]
    pub(super) monitor: Monitor,
    /// Rows of a report's table; without it 1350, which make 7 MB
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100_000))]
    pub(super) constituents: Option<u32>,
    /// Share the latest snapshot in this Redis, for example redis://127.0.0.1:6379
    #[arg(long, value_name = "URL")]
    pub(super) redis: Option<String>,
    /// Make an actor leak, as in the demo; may be given several times
    #[arg(long = "leak", value_name = "ACTOR=AMOUNT[,SHAPE]", value_parser = parse_ailment)]
    pub(super) leaks: Vec<Ailment>,
    /// Where the files go: the database, hours.csv and timeline.svg
    #[arg(long, default_value = "evenkeel-soak", value_name = "DIR")]
    pub(super) out: PathBuf,
    /// Exit with 1 when resident memory varies by more than this after the first day (of a single day: its second half)
    #[arg(long, default_value = "512 KiB", value_name = "SIZE")]
    pub(super) limit: ByteSize,
}
