//! The columns of a list and the joins they need, and the batch read behind nested lists. Not for pages.

use std::fmt::Write as _;

use favo_core::catalogue::{Resource, meta};
use favo_core::query::{Column, Filter};
use favo_core::transaction::{TenantId, Visit};
use favo_core::{Error, Result};

use crate::condition::{Sql, condition, field, related};
use crate::plan;
use crate::schema::{is_text, primary_key};
use crate::session::Session;

/// Appends the columns of a projection, each with a comma after it, and answers with the joins they need.
pub(crate) fn projection(sql: &mut Sql<'_>, resource: Resource, columns: &[Column]) -> Result<String> {
    let mut joins = String::new();
    let mut joined: Vec<([Option<u16>; 2], Resource, String)> = Vec::new();
    for column in columns {
        let mut from = (resource, "t".to_owned());
        let steps: Vec<u16> = column.path.iter().copied().flatten().collect();
        for (depth, relation) in steps.iter().enumerate() {
            let path = [steps.first().copied(), (depth == 1).then_some(*relation)];
            if let Some((_, related, alias)) = joined.iter().find(|(known, ..)| *known == path) {
                from = (*related, alias.clone());
                continue;
            }
            let related = related(from.0, *relation)?;
            let alias = format!("j{}", joined.len() + 1);
            let _ = write!(
                joins,
                " left join {} {alias} on {alias}.tenant_id = ?1 and {alias}.id = {}.{}",
                related.definition().table,
                from.1,
                field(from.0, *relation)?.name
            );
            joined.push((path, related, alias.clone()));
            from = (related, alias);
        }
        let _ = write!(sql.text, "{}.{}, ", from.1, field(from.0, column.field)?.name);
    }
    Ok(joins)
}

/// Streams rows by a key that is one of `ids`, in the order of the key, then id; live records only.
#[expect(clippy::too_many_arguments, reason = "the contract of Reader::select_for with its surroundings")]
pub(crate) fn select_for(
    session: &mut Session<'_>,
    tenant: TenantId,
    resource: Resource,
    key: u16,
    ids: &[i64],
    filter: &Filter,
    columns: &[Column],
    visit: &mut Visit<'_>,
) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let definition = resource.definition();
    let name = field(resource, key)?.name;
    let wanted = Filter::OneOf(key, ids.to_vec());
    let mut sql = Sql::new(session.kind(), tenant, "select ");
    let joins = projection(&mut sql, resource, columns)?;
    let hint = if key == meta::ID.position() {
        sql.kind.indexed_by(&primary_key(definition))
    } else {
        plan::own_index(resource, &wanted)?.map(|index| sql.kind.indexed_by(&index)).unwrap_or_default()
    };
    let _ = write!(
        sql.text,
        "t.id from {} t{hint}{joins} where t.tenant_id = ?1 and t.deleted_at is null and ",
        definition.table
    );
    condition(&mut sql, resource, "t", &wanted)?;
    sql.push(" and ");
    condition(&mut sql, resource, "t", filter)?;
    let _ = write!(sql.text, " order by t.{name}, t.id");
    session.query(&sql.text, &sql.params, &mut |row| visit(row))
}

/// The field of a filter or sum as an error when it holds no number.
pub(crate) fn number_column(resource: Resource, position: u16) -> Result<&'static str> {
    let field = field(resource, position)?;
    if is_text(field) {
        return Err(Error::Internal(format!("{}.{} is no number", resource.name(), field.name)));
    }
    Ok(field.name)
}
