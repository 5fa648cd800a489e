//! Brings a database to the shape this program knows: numbered steps for the tables around the catalogue, and
//! whatever the catalogue has that the database has not. Forward only; a newer database is left alone.

use std::collections::{HashMap, HashSet};

use favo_core::catalogue::{REVISION, Resource};
use favo_core::text;
use favo_core::{Error, Result};

use crate::dialect::Kind;
use crate::open::OpenError;
use crate::schema::{self, Copy};
use crate::session::{Param, Session};

/// The steps, by number from 1. A step that was released is never changed; `{text}`, `{bytes}` and `{clustered}` are
/// filled in from `dialect`.
const STEPS: &[&str] = &["\
create table schema_info (singleton bigint primary key, version bigint not null, catalogue_revision bigint not null);
create table tenant (id bigint primary key, slug {text} not null unique, name text not null, created_at bigint not null);
create table tenant_state (tenant_id bigint primary key, registry_version bigint not null, change_sequence bigint not null);
create table counter (tenant_id bigint not null, name {text} not null, value bigint not null,
  primary key (tenant_id, name)){clustered};
create table setting (tenant_id bigint not null, name {text} not null, value text not null,
  primary key (tenant_id, name)){clustered};
create table term (tenant_id bigint not null, resource bigint not null, kind bigint not null, term {text} not null,
  record_id bigint not null, primary key (tenant_id, resource, kind, term, record_id)){clustered};
create table change_log (tenant_id bigint not null, sequence bigint not null, at bigint not null, actor_id bigint not null,
  resource bigint not null, record_id bigint not null, kind bigint not null, diff text not null,
  primary key (tenant_id, sequence)){clustered};
create table file (tenant_id bigint not null, name {text} not null, media_type text not null, bytes {bytes} not null,
  primary key (tenant_id, name));
"];

/// What follows from other rows, for rows that are older than its column: table, column, and the statement that fills it. A
/// contact shows its open qualification, else its newest.
const FOLLOWING: &[(&str, &str, &str)] = &[(
    "contact",
    "qualification_id",
    "update contact set qualification_id = (select q.id from qualification q where q.tenant_id = contact.tenant_id \
     and q.customer_id = contact.id and q.deleted_at is null \
     order by case when q.status in (1, 2) then 0 else 1 end, q.id desc limit 1) where qualifications > 0",
)];

/// The number of the newest step.
pub(crate) const VERSION: i64 = STEPS.len() as i64;

/// What a database has.
#[derive(Default)]
struct Present {
    columns: HashMap<String, HashSet<String>>,
    indexes: HashSet<String>,
    version: i64,
    revision: i64,
}

/// Brings the database forward, under a lock, or leaves it untouched.
pub(crate) fn bring_forward(session: &mut Session<'_>) -> std::result::Result<(), OpenError> {
    let failed = |error: Error| OpenError::Migration(error.to_string());
    let present = look(session).map_err(failed)?;
    refuse_newer(&present)?;
    if missing(session.kind(), &present).is_empty() {
        return Ok(());
    }
    session.batch(session.kind().begin_migration()).map_err(failed)?;
    // Another process may have done it while this one waited for the lock.
    let outcome = look(session).map_err(failed).and_then(|present| {
        refuse_newer(&present)?;
        apply(session, &present).map_err(failed)
    });
    let end = session.batch(if outcome.is_ok() { "commit" } else { "rollback" }).map_err(failed);
    outcome.and(end)
}

fn refuse_newer(present: &Present) -> std::result::Result<(), OpenError> {
    let newer = |what, found, known| {
        if found > known { Err(OpenError::Newer { what, found, known }) } else { Ok(()) }
    };
    newer("schema version", present.version, VERSION)?;
    newer("catalogue revision", present.revision, REVISION)
}

fn look(session: &mut Session<'_>) -> Result<Present> {
    let mut present = Present::default();
    session.query_any_tenant(session.kind().columns_of_all_tables(), &[], &mut |row| {
        if let (Some(table), Some(column)) = (row.text(0), row.text(1)) {
            present.columns.entry(table.to_owned()).or_default().insert(column.to_owned());
        }
        Ok(())
    })?;
    session.query_any_tenant(session.kind().names_of_all_indexes(), &[], &mut |row| {
        present.indexes.extend(row.text(0).map(str::to_owned));
        Ok(())
    })?;
    if present.columns.contains_key("schema_info") {
        (present.version, present.revision) = recorded(session)?;
    }
    Ok(present)
}

/// The schema version and catalogue revision a database was brought to.
pub(crate) fn recorded(session: &mut Session<'_>) -> Result<(i64, i64)> {
    let mut recorded = (0, 0);
    // Above all tenants: it is about the database itself.
    session.query_any_tenant("select version, catalogue_revision from schema_info", &[], &mut |row| {
        recorded = (row.int(0).unwrap_or(0), row.int(1).unwrap_or(0));
        Ok(())
    })?;
    Ok(recorded)
}

/// One thing to do.
enum Step {
    Run(String),
    /// Fill a new search copy of an old column: table, column, copy.
    Fill(&'static str, &'static str, Copy),
}

fn missing(kind: Kind, present: &Present) -> Vec<Step> {
    let mut steps = Vec::new();
    for step in STEPS.iter().skip(present.version as usize) {
        let step = step
            .replace("{text}", &format!("text{}", kind.byte_order()))
            .replace("{bytes}", kind.bytes())
            .replace("{clustered}", kind.clustered());
        steps.push(Step::Run(step));
    }
    for resource in Resource::ALL {
        let definition = resource.definition();
        match present.columns.get(definition.table) {
            None => steps.push(Step::Run(schema::create_table(kind, definition))),
            Some(have) => {
                for column in schema::columns(kind, definition) {
                    if have.contains(&column.name) {
                        continue;
                    }
                    let default =
                        column.for_old_rows.map(|literal| format!(" default {literal}")).unwrap_or_default();
                    steps.push(Step::Run(format!(
                        "alter table {} add column {} {}{default}",
                        definition.table, column.name, column.declaration
                    )));
                    if let Some((source, copy)) = column.copy_of
                        && have.contains(source)
                    {
                        steps.push(Step::Fill(definition.table, source, copy));
                    }
                }
            }
        }
        for (name, statement) in schema::indexes(kind, definition) {
            if !present.indexes.contains(&name) {
                steps.push(Step::Run(statement));
            }
        }
    }
    for (table, column, statement) in FOLLOWING {
        if present.columns.get(*table).is_some_and(|have| !have.contains(*column)) {
            steps.push(Step::Run((*statement).to_owned()));
        }
    }
    if present.version != VERSION || present.revision != REVISION {
        steps.push(Step::Run(format!(
            "insert into schema_info (singleton, version, catalogue_revision) values (1, {VERSION}, {REVISION}) \
             on conflict (singleton) do update set version = {VERSION}, catalogue_revision = {REVISION}"
        )));
    }
    steps
}

fn apply(session: &mut Session<'_>, present: &Present) -> Result<()> {
    for step in missing(session.kind(), present) {
        match step {
            Step::Run(sql) => session.batch(&sql)?,
            Step::Fill(table, column, copy) => fill(session, table, column, copy)?,
        }
    }
    Ok(())
}

/// Fills a search copy that the catalogue has asked for after the column had values.
///
/// Crosses tenants, as every step here does: the shape of a database is the same for all of them.
fn fill(session: &mut Session<'_>, table: &str, column: &str, copy: Copy) -> Result<()> {
    let mut rows = Vec::new();
    let select = format!("select tenant_id, id, {column} from {table} where {column} is not null");
    session.query_any_tenant(&select, &[], &mut |row| {
        if let (Some(tenant), Some(id), Some(value)) = (row.int(0), row.int(1), row.text(2)) {
            rows.push((tenant, id, copied(copy, value)));
        }
        Ok(())
    })?;
    let update =
        format!("update {table} set {column}{} = ?3 where tenant_id = ?1 and id = ?2", copy.suffix());
    for (tenant, id, value) in &rows {
        session.execute(&update, &[Param::Int(*tenant), Param::Int(*id), Param::text(value)])?;
    }
    Ok(())
}

/// The search copy of a text.
pub(crate) fn copied(copy: Copy, value: &str) -> String {
    match copy {
        Copy::Key => text::fold(value),
        Copy::Digits => text::tax_key(value),
    }
}
