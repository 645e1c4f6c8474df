//! An adoption on a server, and what an import does there.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::sql_types::{BigInt, Bool, Text};

use super::error::AdoptionError;
use super::obstacle::obstacle;
use super::old_table::{KEPT_TABLE, OLD_TABLE};
use super::takeover::{Line, rename, unequal};
use super::tally::{Adopted, Tally};
use super::within_server;
use crate::persistence::connection::AnyConnection;
use crate::persistence::error::PersistenceError;
use crate::persistence::location::Location;
use crate::persistence::migrations;

/// Held in a Postgres database by whoever takes over, for as long as the session lasts. Any number would do.
const TURN: i64 = 0x6164_6f70_7469_6e67;

/// The statements that give the view what others may do with the old table: to select, from it or from some of its columns.
const GRANTS: &str = "\
    SELECT DISTINCT format('GRANT SELECT%s ON crypto_report TO %s%s', g.columns,
           CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END,
           CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS line
    FROM (
        SELECT '' AS columns, x.grantee, x.privilege_type, x.is_grantable
        FROM pg_class c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) x WHERE c.oid = to_regclass($1)
        UNION ALL
        SELECT format(' (%I)', a.attname), x.grantee, x.privilege_type, x.is_grantable
        FROM pg_attribute a, aclexplode(a.attacl) x
        WHERE a.attrelid = to_regclass($1) AND a.attname IN ('id', 'created_at', 'html_content', 'css_content',
              'js_content', 'html_content_en', 'js_content_en')
    ) g
    WHERE g.privilege_type = 'SELECT' AND pg_get_userbyid(g.grantee) <> current_user";

/// What goes on reading the old table under its new name: the database follows the table and not its name.
const DEPENDANTS: &str = "\
    SELECT DISTINCT 'view ' || v.oid::regclass AS line
    FROM pg_depend d JOIN pg_rewrite w ON w.oid = d.objid JOIN pg_class v ON v.oid = w.ev_class
    WHERE d.classid = 'pg_rewrite'::regclass AND d.refobjid = to_regclass($1) AND v.oid <> d.refobjid
    UNION
    SELECT 'foreign key ' || quote_ident(conname) || ' of ' || conrelid::regclass
    FROM pg_constraint WHERE confrelid = to_regclass($1) AND contype = 'f' ORDER BY line";

#[derive(QueryableByName)]
struct Turn {
    #[diesel(sql_type = Bool)]
    is_ours: bool,
}

/// Becomes the only one that takes over. A file has one writer anyway.
pub(super) fn take_turn(connection: &mut AnyConnection, location: &Location) -> Result<(), PersistenceError> {
    let AnyConnection::Postgres(server) = connection else { return Ok(()) };
    let turn: Turn = diesel::sql_query("SELECT pg_try_advisory_lock($1) AS is_ours")
        .bind::<BigInt, _>(TURN)
        .get_result(server)?;
    if turn.is_ours { Ok(()) } else { Err(AdoptionError::Running { database: location.to_string() }.into()) }
}

/// Keeps the ids up to `greatest` for what is imported. A file needs nothing for that.
pub(super) fn reserve_ids(connection: &mut AnyConnection, greatest: i32) -> QueryResult<()> {
    match connection {
        AnyConnection::Sqlite(_) => Ok(()),
        AnyConnection::Postgres(server) => within_server::reserve_ids(server, greatest),
    }
}

/// Imports every row within the server, and puts the view in the place of the old table.
pub(super) fn adopt(
    connection: &mut AnyConnection,
    location: &Location,
    progress: &mut dyn FnMut(&Tally),
) -> Result<Adopted, PersistenceError> {
    let place = location.to_string();
    let mut tally = Tally::default();
    if let AnyConnection::Postgres(server) = connection {
        if let Some(obstacle) = obstacle(server)? {
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
    take_over(connection, location, tally)
}

/// Puts the view in the place of an old table on a server.
fn take_over(
    connection: &mut AnyConnection,
    location: &Location,
    tally: Tally,
) -> Result<Adopted, PersistenceError> {
    connection.begin()?;
    connection
        .batch_execute("LOCK TABLE crypto_report IN ACCESS EXCLUSIVE MODE")
        .map_err(|error| held(location, error))?;
    let (mut grants, mut dependants) = (Vec::new(), Vec::new());
    if let AnyConnection::Postgres(server) = connection {
        if let Some(difference) = within_server::unequal(server, &tally)? {
            return Err(unequal(location, difference));
        }
        (grants, dependants) = (lines(server, GRANTS)?, lines(server, DEPENDANTS)?);
    }
    connection.batch_execute(&rename())?;
    migrations::apply_the_view(connection)?;
    for grant in &grants {
        connection.batch_execute(grant)?;
    }
    connection.commit()?;
    // Not part of it: without it the first statements of readers would be planned by guess.
    connection.batch_execute("ANALYZE reports, artifacts, artifact_chunks")?;
    Ok(Adopted { tally, kept: KEPT_TABLE, grants: grants.len(), dependants })
}

fn lines(connection: &mut PgConnection, query: &str) -> QueryResult<Vec<String>> {
    let lines: Vec<Line> = diesel::sql_query(query).bind::<Text, _>(OLD_TABLE).load(connection)?;
    Ok(lines.into_iter().map(|row| row.line).collect())
}

fn held(location: &Location, error: DieselError) -> PersistenceError {
    if error.to_string().contains("lock timeout") {
        let waited_ms = u64::try_from(location.lock_wait().as_millis()).unwrap_or(u64::MAX);
        return AdoptionError::Held { database: location.to_string(), waited_ms }.into();
    }
    error.into()
}
