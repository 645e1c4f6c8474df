//! `evenkeel migrate`: brings the database to this program's schema.

use super::arguments::Options;
use super::browse::print;
use super::failure::Failure;
use super::system;
use crate::persistence::database::Database;
use crate::persistence::location::Location;

pub(super) fn migrate(options: &Options) -> Result<(), Failure> {
    let config = system::load(options)?.config;
    let location = Location::of(&config)?;
    if config.database.url.is_none() {
        std::fs::create_dir_all(&config.data_dir)?;
    }
    let mut database = Database::open(&location)?;
    let applied = database.migrate()?;
    let mut text: String = applied.iter().map(|migration| format!("applied {migration}\n")).collect();
    text.push_str(&format!("{location} has the schema of this program\n"));
    print(&text)
}
