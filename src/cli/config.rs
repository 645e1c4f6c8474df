//! `evenkeel config`: says whether the configuration can be used, what it comes to, and what could stand there.

pub(super) mod arguments;

use arguments::ConfigCommand;

use super::arguments::Options;
use super::browse::print;
use super::failure::Failure;
use super::system;
use crate::config;

pub(super) fn config(options: &Options, command: ConfigCommand) -> Result<(), Failure> {
    match command {
        ConfigCommand::Check => {
            let notices = system::load(options)?.notices;
            let mut text: String = notices.iter().map(|notice| format!("note: {notice}\n")).collect();
            text.push_str("the configuration can be used\n");
            print(&text)
        }
        ConfigCommand::Show => print(&system::load(options)?.to_toml()?),
        ConfigCommand::Reference => print(&config::reference()?),
    }
}
