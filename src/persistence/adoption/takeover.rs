//! The end of an adoption: in one transaction the old table is compared with what was imported, renamed, and the view
//! put in its place. Whoever reads sees the table or the view, and never neither.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::sql_types::Text;

use super::error::AdoptionError;
use super::old_file::OldFile;
use super::old_table::{KEPT_TABLE, OLD_TABLE};
use super::tally::{Adopted, Tally};
use super::{from_file, within_server};
use crate::persistence::connection::AnyConnection;
use crate::persistence::error::PersistenceError;
use crate::persistence::location::Location;
use crate::persistence::migrations;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

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

/// The same in SQLite, which has rewritten their texts.
const DEPENDANTS_IN_SQLITE: &str = "\
    SELECT type || ' ' || name AS line FROM sqlite_master
    WHERE type IN ('view', 'trigger') AND instr(sql, $1) > 0 ORDER BY line";

/// Puts the view in the place of an old table on a server.
pub(super) fn on_server(
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
        AnyConnection::Postgres(_) => Vec::new(),
    };
    migrations::apply_the_view(connection)?;
    connection.commit()?;
    let dependants = dependants.into_iter().map(|row| row.line).collect();
    Ok(Adopted { tally, kept: KEPT_TABLE, grants: 0, dependants })
}

fn rename() -> String {
    format!("ALTER TABLE {OLD_TABLE} RENAME TO {KEPT_TABLE}")
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

fn unequal(location: &Location, difference: String) -> PersistenceError {
    AdoptionError::Unequal { place: location.to_string(), difference }.into()
}
