//! The arguments of `evenkeel config`.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ConfigCommand {
    /// Say whether the configuration can be used, and why not
    #[command(after_help = "Example:\n  evenkeel config check --config evenkeel.toml")]
    Check,
    /// Print every setting with its value and where it came from; secrets are hidden
    #[command(after_help = "Example:\n  evenkeel config show")]
    Show,
    /// Print every key with its variable, its default and what it accepts, as Markdown
    ///
    /// Reads no configuration: it is the same wherever this version of the program runs.
    #[command(after_help = "Example:\n  evenkeel config reference > configuration.md")]
    Reference,
}
