//! Brings the tables of a database to a schema: creates what is missing, adds columns, and refuses what would need a column to be changed.

use std::collections::BTreeMap;

use super::history::History;
use super::keeper::Keeper;
use super::{Dialect, Session, create_table, fit, literal, quoted};
use crate::destination::Opened;
use crate::schema::{Column, Origin, Schema, StreamSchema, Table, Type};
use crate::{Error, Result};

/// A relation that is there.
#[derive(Debug, Default)]
pub(in crate::destination) struct Found {
    /// Not a table: a view or the like.
    pub view: bool,
    /// Its definition (SQLite) or the comment that tells ours by a hash (PostgreSQL); for views only.
    pub mark: String,
    /// Names and types, as the database spells them; of views not in SQLite.
    pub columns: Vec<(String, String)>,
}

impl Found {
    fn column(&self, name: &str) -> Option<&str> {
        self.columns.iter().find(|(found, _)| found == name).map(|(_, kind)| kind.as_str())
    }
}

/// Everything that is in the database (SQLite) or in the schema that the session works in (PostgreSQL), by name.
pub(in crate::destination) fn found(session: &mut impl Session) -> Result<BTreeMap<String, Found>> {
    let sql = match session.dialect() {
        // A view over a table that was dropped, or a virtual table whose module is not here, cannot be asked for its columns.
        Dialect::Sqlite => {
            "select m.name, m.type, p.name, p.type, case m.type when 'view' then m.sql end from sqlite_schema m \
             left join pragma_table_info(case when m.type = 'table' and m.sql not like 'create virtual %' then m.name end) p \
             where m.type in ('table', 'view') order by m.name, p.cid"
        }
        Dialect::Postgres => {
            "select c.relname, case when c.relkind in ('r', 'p') then 'table' else 'view' end, a.attname, \
             format_type(a.atttypid, a.atttypmod), obj_description(c.oid, 'pg_class') \
             from pg_class c join pg_namespace n on n.oid = c.relnamespace \
             left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped \
             where n.nspname = current_schema() and c.relkind in ('r', 'p', 'v', 'm', 'f') \
             order by c.relname, a.attnum"
        }
    };
    let mut all: BTreeMap<String, Found> = BTreeMap::new();
    for row in session.read(sql)? {
        let [Some(name), kind, column, column_type, mark] =
            <[Option<String>; 5]>::try_from(row).unwrap_or_default()
        else {
            continue;
        };
        let one = all.entry(name).or_default();
        one.view = kind.as_deref() == Some("view");
        one.mark = mark.unwrap_or_default();
        if let Some(column) = column {
            one.columns.push((column, column_type.unwrap_or_default()));
        }
    }
    Ok(all)
}

/// Brings a whole database to the schema, history and service tables included, and says what it holds. `found` is what was there.
pub(in crate::destination) fn open(
    session: &mut impl Session,
    keeper: &Keeper,
    schema: &Schema,
    histories: &[&History],
    found: &BTreeMap<String, Found>,
) -> Result<Opened> {
    keeper.bring(session, found)?;
    for stream in &schema.streams {
        let there: Vec<bool> =
            stream.tables.iter().map(|table| found.contains_key(fit(&table.name).as_ref())).collect();
        for table in &stream.tables {
            bring(session, table, &schema.own_prefix, found)?;
        }
        if there.contains(&false) {
            // A table that somebody dropped is to be loaded anew: its bookmark would say that nothing is missing.
            keeper.forget(session, stream.stream.name)?;
            if there.contains(&true) {
                mend(session, stream, &there)?;
            }
        }
    }
    for history in histories {
        bring(session, &history.table, &schema.own_prefix, found)?;
    }
    let (bookmarks, last_run) = keeper.state(session)?;
    let mut ceilings = Vec::new();
    for stream in &schema.streams {
        let main = &stream.tables[0];
        let (id, name) = (quoted(&main.columns[main.owner].name), quoted(&main.name));
        let rows = session.read(&format!("select cast(max({id}) as bigint) from {name}"))?;
        ceilings.push(rows.into_iter().flatten().flatten().next().and_then(|text| text.parse().ok()));
    }
    Ok(Opened { bookmarks, last_run, ceilings })
}

/// Makes the tables that are left of a stream fit for a load: `there` tells, table by table, which somebody did not drop. Rows of child tables without
/// their records would stand in the way of the new ones; records whose hash is still known would not be written again, and their children with them.
fn mend(session: &mut impl Session, stream: &StreamSchema, there: &[bool]) -> Result<()> {
    let main = &stream.tables[0];
    if there.first() == Some(&true) {
        let Some(hash) = main.position_of(&Origin::Hash) else { return Ok(()) };
        let (name, hash) = (quoted(&main.name), quoted(&main.columns[hash].name));
        return session.run(&format!("update {name} set {hash} = null"));
    }
    for (table, _) in stream.tables.iter().zip(there).filter(|(_, there)| **there) {
        session.run(&format!("delete from {}", quoted(&table.name)))?;
    }
    Ok(())
}

/// Brings one table forward. A column that is added is filled from the one that holds what no other column does, if the table has that.
pub(in crate::destination) fn bring(
    session: &mut impl Session,
    table: &Table,
    own_prefix: &str,
    found: &BTreeMap<String, Found>,
) -> Result<()> {
    let name = fit(&table.name);
    let Some(there) = found.get(name.as_ref()) else {
        return session.run(&create_table(table, session.dialect()));
    };
    let recognised = table.key.iter().map(|&at| &table.columns[at]).chain(
        // Every table of ours has its run; a foreign table may well have an id.
        table.columns.iter().filter(|column| column.name == format!("{own_prefix}run_id")),
    );
    if there.view || recognised.into_iter().any(|column| there.column(&fit(&column.name)).is_none()) {
        return Err(Error::Destination(format!(
            "{} is there already and is not a table of favo sync; rename it, or choose another table prefix",
            table.name
        )));
    }
    let dialect = session.dialect();
    let mut added = Vec::new();
    for column in &table.columns {
        let wanted = dialect.spelled(column.kind);
        match there.column(&fit(&column.name)) {
            None => added.push(column),
            Some(kind) if kind.eq_ignore_ascii_case(wanted) => {}
            Some(kind) => {
                return Err(Error::Destination(format!(
                    "the column {} of the table {} has the type {kind} and {wanted} is wanted; favo sync never changes a column's type: \
                     choose another table prefix or schema, or drop the table so that it is loaded anew",
                    column.name, table.name
                )));
            }
        }
    }
    for column in &added {
        session.run(&format!(
            "alter table {} add column {} {}",
            quoted(&table.name),
            quoted(&column.name),
            dialect.spelled(column.kind)
        ))?;
    }
    let extra = table.columns.iter().find(|column| column.origin == Origin::Rest).filter(|extra| {
        // Only what was there before can hold anything.
        there.column(&fit(&extra.name)).is_some()
    });
    if let Some(extra) = extra {
        for column in added {
            if let Some(sql) = fill(table, column, extra, dialect) {
                session.run(&sql)?;
            }
        }
    }
    Ok(())
}

/// The statement that fills a new column from the JSON of what had no column. A value that does not fit stays where it is, and the column null.
fn fill(table: &Table, column: &Column, extra: &Column, dialect: Dialect) -> Option<String> {
    let Origin::Member { path, .. } = &column.origin else { return None };
    if column.mask.is_some() {
        return None;
    }
    let extra = quoted(&extra.name);
    let steps: Vec<&str> = path.split('.').collect();
    let value = match dialect {
        Dialect::Postgres => {
            let steps: Vec<String> = steps.iter().map(|step| literal(step)).collect();
            let text = format!("({extra} #>> array[{}])", steps.join(", "));
            match column.kind {
                Type::BigInt => format!("case when {text} ~ '^-?[0-9]{{1,18}}$' then {text}::bigint end"),
                Type::Numeric => {
                    format!(
                        "case when {text} ~ '^-?[0-9]{{1,14}}([.][0-9]{{1,6}})?$' then {text}::numeric(20,6) end"
                    )
                }
                Type::Double => format!(
                    "case when {text} ~ '^-?[0-9]{{1,17}}([.][0-9]{{1,17}})?$' then {text}::double precision end"
                ),
                Type::Boolean => {
                    format!("case when {text} in ('true', 'false') then {text}::boolean end")
                }
                Type::Text => text,
                _ => return None,
            }
        }
        Dialect::Sqlite => {
            // Labels are spelled as JSON spells its strings.
            let steps: Vec<String> =
                steps.iter().map(|step| serde_json::Value::from(*step).to_string()).collect();
            let path = literal(&format!("$.{}", steps.join(".")));
            let (value, kind) =
                (format!("json_extract({extra}, {path})"), format!("json_type({extra}, {path})"));
            match column.kind {
                Type::BigInt => {
                    format!(
                        "case when {kind} = 'integer' and typeof({value}) = 'integer' then {value} \
                         when {kind} = 'text' and {value} not glob '*[^0-9]*' and length({value}) between 1 and 18 \
                         then cast({value} as integer) end"
                    )
                }
                Type::Numeric | Type::Double => {
                    format!("case when {kind} in ('integer', 'real') then {value} end")
                }
                Type::Boolean => {
                    format!("case {kind} when 'true' then 1 when 'false' then 0 end")
                }
                Type::Text => format!("cast({value} as text)"),
                _ => return None,
            }
        }
    };
    let (table, column) = (quoted(&table.name), quoted(&column.name));
    Some(format!("update {table} set {column} = {value} where {extra} is not null"))
}
