//! The arguments of `evenkeel completions` and `evenkeel man`.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

/// Print a completion script for a shell
///
/// Load it from the shell's own start-up file, or put it where the shell looks for completions.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  evenkeel completions bash > /etc/bash_completion.d/evenkeel
  evenkeel completions zsh > \"${fpath[1]}/_evenkeel\"
  evenkeel completions fish > ~/.config/fish/completions/evenkeel.fish")]
pub(in crate::cli) struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    pub(super) shell: Shell,
}

/// Print the manual page, or write one for every command
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evenkeel man | man -l -\n  evenkeel man --out /usr/local/share/man/man1")]
pub(in crate::cli) struct ManArguments {
    /// The directory to write evenkeel.1, evenkeel-run.1 and so on into; made if it is not there
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
}
