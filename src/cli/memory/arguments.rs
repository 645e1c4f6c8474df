//! The arguments of `evenkeel memory`.

use std::path::PathBuf;
use std::time::Duration;

use bytesize::ByteSize;
use clap::{Args, Subcommand};

use super::super::inquiry::Whom;
use crate::config::{parse_duration, parse_size};
use crate::memory::listing::{MOST, USUAL};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum MemoryCommand {
    /// Show what every actor of the running daemon holds
    ///
    /// One line an actor, then what belongs to none of them, then the process: the column rss adds up.
    /// Asks the daemon that works in the data directory, or else the one at the configured address (server.host and
    /// server.port), or the one at --url.
    #[command(
        after_help = "Example:\n  evenkeel memory status\n  evenkeel memory status --data-dir evenkeel-demo\n  evenkeel memory status --url http://127.0.0.1:9000 --json"
    )]
    Status {
        #[command(flatten)]
        whom: Whom,
        /// Print all that is known as JSON
        #[arg(long)]
        json: bool,
    },
    /// List what was done about memory, or nearly done, and why; newest first
    ///
    /// Asks the running daemon; when none answers and --data-dir is given, or with --offline, reads
    /// memory-decisions.jsonl in the data directory.
    #[command(
        after_help = "Example:\n  evenkeel memory decisions --limit 5 --child report-builder\n  evenkeel memory decisions --offline"
    )]
    Decisions {
        #[command(flatten)]
        whom: Whom,
        /// How many at most, 1 to 500
        #[arg(long, default_value_t = USUAL, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST)))]
        limit: u32,
        /// Only what is about this actor, or about the process
        #[arg(long, value_name = "NAME")]
        child: Option<String>,
        /// Read the file and ask no daemon
        #[arg(long, conflicts_with = "url")]
        offline: bool,
        /// Print one record a line as JSON
        #[arg(long)]
        json: bool,
    },
    /// Judge recorded samples again and print what would have been decided
    ///
    /// Reads what the daemon records as memory-samples.jsonl in its data directory, and the earlier FILE.1 beside it
    /// first. It is judged by the same code as in the daemon, by the settings that FILE was recorded with; those that
    /// are given here hold instead. Prints every change of verdict with its numbers, then each account's floors over
    /// the whole recording.
    ///
    /// What the daemon would have done is worked out as well. A restart is taken to have helped, unless the recording
    /// goes on with a generation that shows otherwise. The recording holds what was left after a purge, so that a
    /// purge by itself cannot be seen.
    #[command(after_help = "Example:\n  evenkeel memory replay evenkeel-data/memory-samples.jsonl
  evenkeel memory replay memory-samples.jsonl --child report-builder --hard 24MiB --growth 512KiB")]
    Replay(ReplayArguments),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ReplayArguments {
    /// The recording
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// Only this actor, or the process
    #[arg(long, value_name = "NAME")]
    pub(super) child: Option<String>,
    /// The soft limit of --child
    #[arg(long, value_name = "SIZE", value_parser = size, requires = "child")]
    pub(super) soft: Option<ByteSize>,
    /// The hard limit of --child
    #[arg(long, value_name = "SIZE", value_parser = size, requires = "child")]
    pub(super) hard: Option<ByteSize>,
    /// Instead of memory.window
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub(super) window: Option<Duration>,
    /// Instead of memory.bucket
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub(super) bucket: Option<Duration>,
    /// Instead of memory.warm_up
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub(super) warm_up: Option<Duration>,
    /// Instead of memory.growth
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(super) growth: Option<ByteSize>,
    /// Instead of memory.growth_percent
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(0..=1000))]
    pub(super) growth_percent: Option<u32>,
    /// Print one change a line as JSON, then one account a line
    #[arg(long)]
    pub(super) json: bool,
}

fn size(text: &str) -> Result<ByteSize, String> {
    parse_size(text).ok_or_else(|| "write a size with a unit, for example 24MiB".to_owned())
}
