//! The operator's terminal: `evenkeel status`, `top`, `logs`, `restart` and `refresh` of a running daemon.

pub(super) mod arguments;
mod command;
mod logs;
mod screen;
mod status;
mod top;

use arguments::TerminalCommand;

use super::arguments::Options;
use super::failure::Failure;
use super::inquiry::{Inquiry, Whom};
use super::system;

pub(super) fn terminal(options: &Options, command: TerminalCommand) -> Result<(), Failure> {
    let of = |whom: &Whom| Inquiry::of(whom, &system::load(options)?.config);
    match command {
        TerminalCommand::Status { whom, watch, json } => {
            let inquiry = of(&whom)?;
            system::block_on(status::status(&inquiry, watch, json))
        }
        TerminalCommand::Top { whom } => {
            let inquiry = of(&whom)?;
            system::block_on(top::top(&inquiry))
        }
        TerminalCommand::Logs { whom, follow, actor, level, lines } => {
            let inquiry = of(&whom)?;
            let wanted = logs::Wanted { actor, level, lines };
            system::block_on(logs::logs(&inquiry, &wanted, follow, options.log_format))
        }
        TerminalCommand::Restart { whom, actor } => {
            let inquiry = of(&whom)?;
            system::block_on(command::restart(&inquiry, &actor))
        }
        TerminalCommand::Refresh { whom } => {
            let inquiry = of(&whom)?;
            system::block_on(command::refresh(&inquiry))
        }
    }
}
