//! `evenkeel migrate`: brings the database to this program's schema.

use super::arguments::Options;
use super::browse::print;
use super::failure::Failure;
use super::system;
use crate::persistence::connection::Database;

pub(super) fn migrate(options: &Options) -> Result<(), Failure> {
    let config = system::load(options)?.config;
    let path = config.database_path()?;
    if config.database.url.is_none() {
        std::fs::create_dir_all(&config.data_dir)?;
    }
    let mut database = Database::open(&path, config.database.lock_wait).map_err(Failure::failed)?;
    let applied = database.migrate().map_err(Failure::failed)?;
    let mut text: String = applied.iter().map(|migration| format!("applied {migration}\n")).collect();
    text.push_str(&format!("{} has the schema of this program\n", path.display()));
    print(&text)
}
