//! What would keep a server's table from being adopted in the end. Looks, and never writes.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::old_table::OLD_TABLE;

#[derive(QueryableByName)]
struct Circumstances {
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Bool)]
    is_owner: bool,
    #[diesel(sql_type = Text)]
    schema: String,
    #[diesel(sql_type = Text)]
    first_schema: String,
    #[diesel(sql_type = Text)]
    encoding: String,
    #[diesel(sql_type = Bool)]
    has_policies: bool,
}

const CIRCUMSTANCES: &str = "\
    SELECT pg_get_userbyid(c.relowner)::text AS owner, pg_has_role(c.relowner, 'USAGE') AS is_owner,
           c.relnamespace::regnamespace::text AS schema, coalesce(quote_ident(current_schema()), 'none') AS first_schema,
           current_setting('server_encoding') AS encoding, c.relrowsecurity AS has_policies
    FROM pg_class c WHERE c.oid = to_regclass($1)";

#[derive(QueryableByName)]
struct Ambiguous {
    #[diesel(sql_type = Text)]
    id: String,
}

/// What would keep a server's table from being adopted in the end, and what to do about it.
pub(super) fn obstacle(connection: &mut PgConnection) -> QueryResult<Option<String>> {
    let found: Circumstances =
        diesel::sql_query(CIRCUMSTANCES).bind::<Text, _>(OLD_TABLE).get_result(connection)?;
    let Circumstances { owner, is_owner, schema, first_schema, encoding, has_policies } = found;
    if !is_owner {
        return Ok(Some(format!("it belongs to {owner}: connect as {owner}, or as a member of that role")));
    }
    if schema != first_schema {
        return Ok(Some(format!(
            "it is in schema {schema}, and the view would come into schema {first_schema}: add \
             options=-csearch_path%3D{schema} to DATABASE_URL"
        )));
    }
    if encoding != "UTF8" {
        let remedy = "restore a dump of it into a database in UTF8 first";
        return Ok(Some(format!("the database is encoded in {encoding}: {remedy}")));
    }
    if has_policies {
        let remedy =
            "decide who may read all of it, then ALTER TABLE crypto_report DISABLE ROW LEVEL SECURITY";
        return Ok(Some(format!("it has row security, which the view would not have: {remedy}")));
    }
    let ambiguous: Option<Ambiguous> = diesel::sql_query(
        "SELECT coalesce(id::text, 'null') AS id FROM crypto_report \
         GROUP BY crypto_report.id HAVING count(*) > 1 OR crypto_report.id IS NULL LIMIT 1",
    )
    .get_result(connection)
    .optional()?;
    Ok(ambiguous.map(|row| format!("its ids are not unique: {} is one that is not; correct it", row.id)))
}
