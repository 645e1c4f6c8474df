//! In place of the lock of a session in a build without the feature `postgres`: a file needs none.

use diesel::QueryResult;

use crate::persistence::connection::AnyConnection;
use crate::persistence::messages::SessionId;

pub(super) fn hold(_: &mut AnyConnection, _: SessionId) -> QueryResult<()> {
    Ok(())
}

pub(super) fn wait(_: &mut AnyConnection, _: SessionId) -> QueryResult<()> {
    Ok(())
}

pub(super) fn release(_: &mut AnyConnection, _: SessionId) -> QueryResult<()> {
    Ok(())
}
