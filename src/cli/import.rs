//! `evenkeel import`: the reports of the old service out of its SQLite file.

use std::path::Path;

use super::arguments::Options;
use super::browse::print;
use super::failure::Failure;
use super::rows::{Rows, told};
use super::system;
use crate::persistence::adoption;
use crate::persistence::location::Location;

pub(super) fn import(options: &Options, file: &Path) -> Result<(), Failure> {
    let config = system::load(options)?.config;
    let location = Location::of(&config)?;
    if config.database.url.is_none() {
        std::fs::create_dir_all(&config.data_dir)?;
    }
    let mut rows = Rows::new();
    let imported = adoption::import(&location, file, &mut |tally| rows.show(tally));
    rows.finish();
    let tally = imported?;
    print(&format!(
        "{}; their number, times and lengths are equal\nthe reports of {} are in {location} now; the file is as it was\n",
        told(&tally),
        file.display()
    ))
}
