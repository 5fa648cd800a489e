//! Lists by several orders, or by a field of a related record: found, sorted, and cut by counting. Not for lists along one order
//! of their own, which `list` walks.

use std::fmt::Write as _;

use favo_core::Result;
use favo_core::catalogue::{Resource, meta};
use favo_core::query::{Order, Query};
use favo_core::transaction::Visit;

use crate::condition::{Sql, field, related};
use crate::list::List;
use crate::plan::Plan;
use crate::projection::projection;
use crate::schema::{Copy, is_text, primary_key};
use crate::session::Param;

/// Whether the order of a query says more than one field of the record itself and then the id, in one direction.
pub(crate) fn needed(query: &Query) -> bool {
    let first = query.order;
    let id_follows = |next: Order| is_id(next) && next.descending == first.descending;
    first.via.is_some() || (!is_id(first) && query.then.first().is_some_and(|next| !id_follows(*next)))
}

fn is_id(order: Order) -> bool {
    order.via.is_none() && order.by == meta::ID.position()
}

impl<'q> List<'q, '_, '_> {
    /// Streams a page. Whole rows are fetched for the page alone.
    pub(crate) fn sorted(&mut self, plan: &Plan<'q>, visit: &mut Visit<'_>) -> Result<()> {
        let resource = self.query.resource;
        let mut sql = self.sql("select ");
        let mut joins = projection(&mut sql, resource, self.columns)?;
        let (order, needed) = ordered(&mut sql, self.query, "t")?;
        joins.push_str(&needed);
        let hint = sql.kind.indexed_by(&primary_key(self.definition));
        let _ = write!(
            sql.text,
            "t.id from {} t{hint}{joins} where t.tenant_id = ?1 and t.id in (",
            self.definition.table
        );
        let mut inner = String::new();
        self.matches(&mut sql, plan, |sql, alias, id| {
            sql.push(id);
            let (order, joins) = ordered(sql, self.query, alias)?;
            inner = order;
            Ok(joins)
        })?;
        if let Some(page) = self.query.page {
            sql.push(&inner);
            let skipped = u128::from(page.number.max(1) - 1) * u128::from(page.size);
            let _ = write!(sql.text, " limit {} offset ", page.size);
            sql.bind(Param::Int(i64::try_from(skipped).unwrap_or(i64::MAX)));
        }
        sql.push(")");
        sql.push(&order);
        self.session.query(&sql.text, &sql.params, &mut |row| visit(row))
    }
}

/// The orders of a query on the records named `alias`, with the joins they need. The id comes last in the direction of the
/// first order; rows without value come first, or last when descending.
fn ordered(sql: &mut Sql<'_>, query: &Query, alias: &str) -> Result<(String, String)> {
    let mut order = String::from(" order by ");
    let mut joins = String::new();
    let mut joined: Vec<(u16, Resource, String)> = Vec::new();
    for one in std::iter::once(query.order).chain(query.then.iter().copied()) {
        let (way, nulls) = if one.descending { ("desc", "last") } else { ("asc", "first") };
        if is_id(one) {
            let _ = write!(order, "{alias}.id {way}");
            return Ok((order, joins));
        }
        let (resource, table) = match one.via {
            None => (query.resource, alias.to_owned()),
            Some(relation) => match joined.iter().find(|(known, ..)| *known == relation) {
                Some((_, related, table)) => (*related, table.clone()),
                None => {
                    let related = related(query.resource, relation)?;
                    let table = sql.alias('o');
                    let _ = write!(
                        joins,
                        " left join {} {table} on {table}.tenant_id = ?1 and {table}.id = {alias}.{}",
                        related.definition().table,
                        field(query.resource, relation)?.name
                    );
                    joined.push((relation, related, table.clone()));
                    (related, table)
                }
            },
        };
        let field = field(resource, one.by)?;
        let (suffix, bytes) = match (field.searched, is_text(field)) {
            (true, _) => (Copy::Key.suffix(), ""),
            (false, true) => ("", sql.kind.byte_order()),
            (false, false) => ("", ""),
        };
        let _ = write!(order, "{table}.{}{suffix}{bytes} {way} nulls {nulls}, ", field.name);
    }
    let _ = write!(order, "{alias}.id {}", if query.order.descending { "desc" } else { "asc" });
    Ok((order, joins))
}
