//! The two ways to take over, from the opening of the database to the last comparison.

use std::path::Path;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::error::AdoptionError;
use super::occupant::{self, Occupant};
use super::old_file::OldFile;
use super::old_table::KEPT_TABLE;
use super::tally::{Adopted, Adoption, Tally};
use super::{from_file, takeover, within_server};
use crate::persistence::connection::AnyConnection;
use crate::persistence::database::Database;
use crate::persistence::error::PersistenceError;
use crate::persistence::location::Location;
use crate::persistence::migrations;

/// Held in a Postgres database by whoever takes over, for as long as the session lasts. Any number would do.
const TURN: i64 = 0x6164_6f70_7469_6e67;

/// Imports the table `crypto_report` of the database itself, renames it, and puts the view in its place. `progress` is
/// told after every row.
///
/// # Errors
/// [`AdoptionError`] names the row or the obstacle and the next step. The old table is as it was; rows that were imported
/// stay, and are skipped the next time.
pub fn adopt(location: &Location, progress: &mut dyn FnMut(&Tally)) -> Result<Adoption, PersistenceError> {
    let mut database = Database::open(location)?;
    let connection = database.connection()?;
    take_turn(connection, location)?;
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
        Location::Postgres { .. } => adopt_on_server(connection, location, progress)?,
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

fn adopt_on_server(
    connection: &mut AnyConnection,
    location: &Location,
    progress: &mut dyn FnMut(&Tally),
) -> Result<Adopted, PersistenceError> {
    let place = location.to_string();
    let mut tally = Tally::default();
    if let AnyConnection::Postgres(server) = connection {
        if let Some(obstacle) = occupant::obstacle(server)? {
            return Err(AdoptionError::Obstacle { database: place, obstacle }.into());
        }
        within_server::check_times(server, &place)?;
    }
    migrations::apply_before_the_view(connection)?;
    if let AnyConnection::Postgres(server) = connection {
        tally.rows = within_server::count(server)?;
        if let Some(greatest) = within_server::greatest_id(server)? {
            within_server::reserve_ids(server, greatest)?;
        }
        within_server::import(server, &place, &mut tally, progress)?;
    }
    takeover::on_server(connection, location, tally)
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
    take_turn(connection, location)?;
    let mut tally = Tally { rows: old.count()?, ..Tally::default() };
    let greatest = old.greatest_id()?;
    if let (AnyConnection::Postgres(server), Some(greatest)) = (&mut *connection, greatest) {
        within_server::reserve_ids(server, greatest)?;
    }
    from_file::import(connection, &mut old, &mut tally, progress)?;
    match from_file::unequal(connection, &mut old, &tally)? {
        None => Ok(tally),
        Some(difference) => Err(AdoptionError::Unequal { place: old.place().to_owned(), difference }.into()),
    }
}

#[derive(QueryableByName)]
struct Turn {
    #[diesel(sql_type = Bool)]
    is_ours: bool,
}

/// Becomes the only one that takes over. A file has one writer anyway.
fn take_turn(connection: &mut AnyConnection, location: &Location) -> Result<(), PersistenceError> {
    let AnyConnection::Postgres(server) = connection else { return Ok(()) };
    let turn: Turn = diesel::sql_query("SELECT pg_try_advisory_lock($1) AS is_ours")
        .bind::<BigInt, _>(TURN)
        .get_result(server)?;
    if turn.is_ours { Ok(()) } else { Err(AdoptionError::Running { database: location.to_string() }.into()) }
}
