//! `evenkeel completions` and `evenkeel man`: what a shell and `man` know about the command line, made from it.

pub(super) mod arguments;

use std::fs;
use std::io;

use arguments::{CompletionsArguments, ManArguments};
use clap::Command;
use clap_mangen::Man;

use super::browse::print;
use super::failure::Failure;

pub(super) fn completions(mut command: Command, arguments: &CompletionsArguments) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "evenkeel", &mut script);
    print(&String::from_utf8_lossy(&script))
}

pub(super) fn man(command: Command, arguments: &ManArguments) -> Result<(), Failure> {
    // `man` does what the command `help` does.
    let command = command.disable_help_subcommand(true);
    let Some(directory) = &arguments.out else {
        let mut page = Vec::new();
        Man::new(command).render(&mut page)?;
        return print(&String::from_utf8_lossy(&page));
    };
    let refused = |reason: io::Error| Failure::failed(format!("--out {}: {reason}", directory.display()));
    fs::create_dir_all(directory).map_err(refused)?;
    clap_mangen::generate_to(command, directory).map_err(refused)
}
