//! The two ways to take over, from the opening of the database to the last comparison.

use std::path::Path;

use super::error::AdoptionError;
use super::occupant::{self, Occupant};
use super::old_file::OldFile;
use super::old_table::KEPT_TABLE;
use super::tally::{Adoption, Tally};
use super::{from_file, server, takeover};
use crate::persistence::database::Database;
use crate::persistence::error::PersistenceError;
use crate::persistence::location::Location;
use crate::persistence::migrations;

/// Imports the table `crypto_report` of the database itself, renames it, and puts the view in its place. `progress` is
/// told after every row.
///
/// # Errors
/// [`AdoptionError`] names the row or the obstacle and the next step. The old table is as it was; rows that were imported
/// stay, and are skipped the next time.
pub fn adopt(location: &Location, progress: &mut dyn FnMut(&Tally)) -> Result<Adoption, PersistenceError> {
    let mut database = Database::open(location)?;
    let connection = database.connection()?;
    server::take_turn(connection, location)?;
    match migrations::difference(connection)?.occupant {
        None => {
            migrations::apply(connection)?;
            return Ok(match occupant::is_kept(connection)? {
                true => Adoption::DoneBefore { kept: KEPT_TABLE },
                false => Adoption::Nothing,
            });
        }
        Some(Occupant::OldTable { .. }) => {}
        Some(other) => return Err(other.refusal(&location.to_string()).into()),
    }
    if occupant::is_kept(connection)? {
        let obstacle =
            format!("there is a {KEPT_TABLE} already, from an adoption before: rename that one or drop it");
        return Err(AdoptionError::Obstacle { database: location.to_string(), obstacle }.into());
    }
    let adopted = match location {
        #[cfg(feature = "postgres")]
        Location::Postgres { .. } => server::adopt(connection, location, progress)?,
        Location::Sqlite { path, lock_wait } => {
            let mut old = OldFile::within(path, *lock_wait)?;
            migrations::apply_before_the_view(connection)?;
            let mut tally = Tally { rows: old.count()?, ..Tally::default() };
            from_file::import(connection, &mut old, &mut tally, progress)?;
            takeover::in_file(connection, &mut old, location, tally)?
        }
    };
    migrations::apply(connection)?;
    Ok(Adoption::Done(adopted))
}

/// Imports the table `crypto_report` of another file, which is only read. `progress` is told after every row.
///
/// # Errors
/// [`AdoptionError`] names the row or the obstacle and the next step. Rows that were imported stay, and are skipped the
/// next time.
pub fn import(
    location: &Location,
    file: &Path,
    progress: &mut dyn FnMut(&Tally),
) -> Result<Tally, PersistenceError> {
    // First of all, so that a wrong name makes no database.
    let mut old = OldFile::open(file, location.lock_wait())?;
    let mut database = Database::open(location)?;
    database.migrate()?;
    let connection = database.connection()?;
    server::take_turn(connection, location)?;
    let mut tally = Tally { rows: old.count()?, ..Tally::default() };
    if let Some(greatest) = old.greatest_id()? {
        server::reserve_ids(connection, greatest)?;
    }
    from_file::import(connection, &mut old, &mut tally, progress)?;
    match from_file::unequal(connection, &mut old, &tally)? {
        None => Ok(tally),
        Some(difference) => Err(AdoptionError::Unequal { place: old.place().to_owned(), difference }.into()),
    }
}
