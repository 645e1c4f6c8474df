//! The arguments of the commands that look at a running daemon, or have it do something.

use clap::{Subcommand, ValueEnum};

use super::super::inquiry::Whom;
use crate::journal::Severity;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum TerminalCommand {
    /// Show how the running daemon is: indices, reports, memory, actors
    ///
    /// Asks the daemon that works in the data directory, by its socket evenkeel.sock there, which nobody but its user may
    /// use; or the one at --url.
    #[command(
        after_help = "Example:\n  evenkeel status\n  evenkeel status --watch --data-dir evenkeel-demo\n  evenkeel status --json | jq .course.state"
    )]
    Status {
        #[command(flatten)]
        whom: Whom,
        /// Show it anew every 2 seconds, until Ctrl-C
        #[arg(long)]
        watch: bool,
        /// Print all that is known as JSON
        #[arg(long)]
        json: bool,
    },
    /// Watch the running daemon on the whole terminal: actors, memory over time, the latest lines of the log
    ///
    /// Keys: arrows select an actor, 1, 2 and 3 the last hour, day or week, r restarts the selected actor once that is
    /// confirmed, ? shows all keys, q leaves.
    #[command(after_help = "Example:\n  evenkeel top\n  evenkeel top --data-dir evenkeel-demo")]
    Top {
        #[command(flatten)]
        whom: Whom,
    },
    /// Print the last lines of the running daemon's log, and those that come
    ///
    /// The daemon keeps its last thousand lines, or half a megabyte; older ones are wherever its standard error goes. They
    /// are written in the format of --log-format. A daemon that replaces itself is followed into its next process.
    #[command(
        after_help = "Example:\n  evenkeel logs --lines 50 --level warn\n  evenkeel logs -f --actor report-builder --log-format text"
    )]
    Logs {
        #[command(flatten)]
        whom: Whom,
        /// Go on with the lines that come, until Ctrl-C
        #[arg(short, long)]
        follow: bool,
        /// Only lines about this actor, and those that it wrote
        #[arg(long, value_name = "NAME")]
        actor: Option<String>,
        /// Only lines that matter at least as much
        #[arg(long, value_enum, value_name = "LEVEL")]
        level: Option<Level>,
        /// How many of the last lines
        #[arg(long, default_value_t = 20, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1000))]
        lines: u32,
    },
    /// Have an actor of the running daemon drained and replaced; no message is lost
    ///
    /// Returns when its next generation runs.
    #[command(
        after_help = "Example:\n  evenkeel restart report-builder\n  evenkeel restart market-indices --data-dir evenkeel-demo"
    )]
    Restart {
        #[command(flatten)]
        whom: Whom,
        /// The actor; `evenkeel status` shows them
        actor: String,
    },
    /// Have the running daemon refresh the indices now
    #[command(
        after_help = "Example:\n  evenkeel refresh\n  EVENKEEL_TOKEN=… evenkeel refresh --url http://10.0.0.7:8888"
    )]
    Refresh {
        #[command(flatten)]
        whom: Whom,
    },
}

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Level {
    /// Of interest to who works on the program
    Debug,
    /// What an operator wants to read tomorrow
    Info,
    /// Something is degraded and will recover
    Warn,
    /// Somebody should look
    Error,
}

impl Level {
    pub(super) fn as_str(self) -> &'static str {
        let severity = match self {
            Self::Debug => Severity::Debug,
            Self::Info => Severity::Info,
            Self::Warn => Severity::Warn,
            Self::Error => Severity::Error,
        };
        severity.as_str()
    }
}
