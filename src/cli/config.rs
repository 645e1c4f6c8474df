//! `evenkeel config`: says whether the configuration can be used, or what it comes to.

use super::arguments::{ConfigCommand, Options};
use super::browse::print;
use super::failure::Failure;
use super::system;

pub(super) fn config(options: &Options, command: ConfigCommand) -> Result<(), Failure> {
    let loaded = system::load(options)?;
    match command {
        ConfigCommand::Check => {
            let mut text: String = loaded.notices.iter().map(|notice| format!("note: {notice}\n")).collect();
            text.push_str("the configuration can be used\n");
            print(&text)
        }
        ConfigCommand::Show => print(&loaded.to_toml()?),
    }
}
