//! The end of an adoption: in one transaction the old table is compared with what was imported, renamed, and the view
//! put in its place. Whoever reads sees the table or the view, and never neither.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::error::AdoptionError;
use super::from_file;
use super::old_file::OldFile;
use super::old_table::{KEPT_TABLE, OLD_TABLE};
use super::tally::{Adopted, Tally};
use crate::persistence::connection::AnyConnection;
use crate::persistence::error::PersistenceError;
use crate::persistence::location::Location;
use crate::persistence::migrations;

#[derive(QueryableByName)]
pub(super) struct Line {
    #[diesel(sql_type = Text)]
    pub(super) line: String,
}

/// What goes on reading the old table under its new name, in SQLite, which has rewritten their texts.
const DEPENDANTS_IN_SQLITE: &str = "\
    SELECT type || ' ' || name AS line FROM sqlite_master
    WHERE type IN ('view', 'trigger') AND instr(sql, $1) > 0 ORDER BY line";

/// Puts the view in the place of an old table in this program's own file.
pub(super) fn in_file(
    connection: &mut AnyConnection,
    old: &mut OldFile,
    location: &Location,
    tally: Tally,
) -> Result<Adopted, PersistenceError> {
    // Nobody else can write from here on, and readers see what was.
    connection.begin()?;
    if let Some(difference) = from_file::unequal(connection, old, &tally)? {
        return Err(unequal(location, difference));
    }
    connection.batch_execute(&rename())?;
    let dependants = match &mut *connection {
        AnyConnection::Sqlite(file) => {
            diesel::sql_query(DEPENDANTS_IN_SQLITE).bind::<Text, _>(KEPT_TABLE).load::<Line>(file)?
        }
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => Vec::new(),
    };
    migrations::apply_the_view(connection)?;
    connection.commit()?;
    let dependants = dependants.into_iter().map(|row| row.line).collect();
    Ok(Adopted { tally, kept: KEPT_TABLE, grants: 0, dependants })
}

pub(super) fn rename() -> String {
    format!("ALTER TABLE {OLD_TABLE} RENAME TO {KEPT_TABLE}")
}

pub(super) fn unequal(location: &Location, difference: String) -> PersistenceError {
    AdoptionError::Unequal { place: location.to_string(), difference }.into()
}
