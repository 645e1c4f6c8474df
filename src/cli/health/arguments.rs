//! The arguments of `evenkeel health`.

use clap::Args;

use super::super::inquiry::Whom;

/// Ask a running daemon whether it works: exit code 0 if it does, 1 with the reason if not
///
/// Asks the daemon that works in the data directory, or else the one at the configured address (server.host and
/// server.port), or the one at --url.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evenkeel health\n  evenkeel health --ready --url http://127.0.0.1:9000")]
pub(in crate::cli) struct HealthArguments {
    #[command(flatten)]
    pub(super) whom: Whom,
    /// Whether it can do all of its work now: database, Redis, a recent snapshot, every actor
    #[arg(long)]
    pub(super) ready: bool,
}
