//! In place of what is done on a server, in a build without the feature `postgres`: there is none.

use diesel::QueryResult;

use crate::persistence::connection::AnyConnection;
use crate::persistence::error::PersistenceError;
use crate::persistence::location::Location;

/// A file has one writer anyway.
pub(super) fn take_turn(_: &mut AnyConnection, _: &Location) -> Result<(), PersistenceError> {
    Ok(())
}

/// A file needs nothing for that.
pub(super) fn reserve_ids(_: &mut AnyConnection, _: i32) -> QueryResult<()> {
    Ok(())
}
