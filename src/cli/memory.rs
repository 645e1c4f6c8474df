//! `evenkeel memory`: what the running daemon holds, what it decided, and what it would have decided.

pub(super) mod arguments;
mod decisions;
mod overrides;
mod replay;
mod status;

use arguments::MemoryCommand;

use super::arguments::Options;
use super::failure::Failure;

pub(super) fn memory(options: &Options, command: MemoryCommand) -> Result<(), Failure> {
    match command {
        MemoryCommand::Status { whom, json } => status::status(options, &whom, json),
        MemoryCommand::Decisions { whom, limit, child, offline, json } => {
            let wanted = decisions::Wanted { limit, child, json };
            decisions::decisions(options, &whom, offline, &wanted)
        }
        MemoryCommand::Replay(arguments) => replay::replay(options, &arguments),
    }
}
