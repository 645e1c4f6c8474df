//! `evenkeel report`: hands over to the command that was asked for.

use super::arguments::{Options, ReportCommand};
use super::failure::Failure;
use super::{browse, export, now};

pub(super) fn report(options: &Options, command: ReportCommand) -> Result<(), Failure> {
    match command {
        ReportCommand::Now { edition } => now::now(options, edition),
        ReportCommand::List { limit } => browse::list(options, limit),
        ReportCommand::Show { id } => browse::show(options, id),
        ReportCommand::Export { id, lang, out } => export::export(options, id, lang, &out),
    }
}
