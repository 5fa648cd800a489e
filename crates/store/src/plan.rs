//! Chooses how a page of a list is found: along the order, or through an index that yields few records.
//!
//! Two ways lead to the newest 200 contacts whose name starts with "a". Walking the order and testing each record is
//! fast when many match; collecting the matches from the name index and sorting their ids is fast when few do. The planners
//! of both databases must guess which; this module counts, up to a bound, and then says. On SQLite the choice is
//! forced with `indexed by`, on PostgreSQL by the shape of the statement.

use std::fmt::Write as _;

use favo_core::Result;
use favo_core::catalogue::{Field, Resource, meta};
use favo_core::query::{Filter, Order, Query, TextMatch, TextTest};
use favo_core::transaction::TenantId;

use crate::condition::{Needle, Sql, condition, field, related, search_copy, term_condition};
use crate::schema::{Copy, index_of, is_number, live_index, uuid_index};
use crate::session::Session;

/// Up to this many matches are collected and sorted: a few milliseconds.
pub(crate) const FEW: i64 = 4_000;
/// How many ids a walk may pass before it gives up and the matches are collected after all.
pub(crate) const WINDOW: i64 = 40_000;

/// How a page is found.
#[derive(Debug, Clone)]
pub(crate) enum Plan<'q> {
    /// Nothing can match.
    Empty,
    /// As the database likes: small sets, deleted records included.
    Free,
    /// By id, through the primary key.
    Ids,
    /// Along the order, testing each record.
    Walk,
    /// Through an index or the terms, whose entries are in the order already.
    Ordered(&'q Filter),
    /// Through an index or the terms, then sorted.
    Collect(&'q Filter),
    /// These ids, found while counting, then sorted.
    Among(Vec<i64>),
    /// Along the order for a while, then collected.
    WalkThenCollect(&'q Filter),
}

/// What counting the records that a condition yields has found, up to [`FEW`] and one more.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) count: i64,
    /// The ids themselves when finding them again would cost as much as it did.
    pub(crate) ids: Option<Vec<i64>>,
}

/// Whether finding what this condition yields reads more than it yields: then its ids are kept from the counting.
fn costly(filter: &Filter) -> bool {
    match filter {
        Filter::Text(_, how, _) | Filter::Digits(_, how, _) | Filter::Term(_, how, _) => {
            matches!(how, TextMatch::Contains | TextMatch::Pattern)
        }
        Filter::Via(..) | Filter::Or(_) => true,
        _ => false,
    }
}

/// The conditions that must all hold.
pub(crate) fn conjuncts<'q>(filter: &'q Filter, into: &mut Vec<&'q Filter>) {
    match filter {
        Filter::All => {}
        Filter::And(filters) => filters.iter().for_each(|filter| conjuncts(filter, into)),
        other => into.push(other),
    }
}

/// Whether an index or the terms yield the records that meet this condition without looking at others.
fn drives(resource: Resource, filter: &Filter) -> Result<bool> {
    Ok(match filter {
        Filter::Text(_, how, text) => {
            !matches!(Needle::new(*how, text, false), Needle::Range("", _) | Needle::Nothing)
        }
        Filter::Digits(_, how, text) => {
            !matches!(Needle::new(*how, text, true), Needle::Range("", _) | Needle::Nothing)
        }
        Filter::Term(..) => true,
        Filter::Raw(position, test) => by_uuid(*position, test),
        Filter::OneOf(position, _) | Filter::Between(position, ..) | Filter::IsNull(position) => {
            let bounded = !matches!(filter, Filter::Between(_, None, None));
            let field = field(resource, *position)?;
            bounded && field.indexed && is_number(field)
        }
        Filter::Via(position, inner) => {
            field(resource, *position)?.indexed && best_of(related(resource, *position)?, inner)?.is_some()
        }
        Filter::Or(filters) => {
            let mut all = !filters.is_empty();
            for filter in filters {
                all = all && best_of(resource, filter)?.is_some();
            }
            all
        }
        Filter::And(_) => best_of(resource, filter)?.is_some(),
        Filter::All | Filter::Nothing | Filter::Not(_) | Filter::Custom(..) | Filter::Any { .. } => false,
    })
}

/// Whether this asks for records by their UUIDs, the one text that has an index as it is stored.
fn by_uuid(position: u16, test: &TextTest) -> bool {
    position == meta::UUID.position() && matches!(test, TextTest::OneOf(_))
}

/// The part of a condition that drives, texts before numbers.
pub(crate) fn best_of(resource: Resource, filter: &Filter) -> Result<Option<&Filter>> {
    let mut all = Vec::new();
    conjuncts(filter, &mut all);
    let mut best: Option<&Filter> = None;
    for one in all {
        if drives(resource, one)? && best.is_none_or(|best| rank(one) < rank(best)) {
            best = Some(one);
        }
    }
    Ok(best)
}

/// Which kind of condition is likely to leave the fewest records.
fn rank(filter: &Filter) -> u8 {
    match filter {
        Filter::Digits(_, TextMatch::Equal, _) | Filter::Text(_, TextMatch::Equal, _) | Filter::Raw(..) => 0,
        Filter::Term(_, TextMatch::Equal, _) => 1,
        Filter::Text(_, TextMatch::Prefix, _) | Filter::Digits(_, TextMatch::Prefix, _) => 2,
        Filter::OneOf(..) => 3,
        Filter::Via(..) | Filter::Or(_) => 4,
        _ => 5,
    }
}

/// Whether the entries of the index come by id.
fn by_id(filter: &Filter) -> bool {
    match filter {
        Filter::Text(_, how, text) => matches!(Needle::new(*how, text, false), Needle::Equal(_)),
        Filter::Digits(_, how, text) => matches!(Needle::new(*how, text, true), Needle::Equal(_)),
        Filter::Term(_, how, texts) => matches!((how, texts.as_slice()), (TextMatch::Equal, [_])),
        Filter::OneOf(_, numbers) => numbers.len() == 1,
        Filter::Raw(_, TextTest::OneOf(texts)) => texts.len() == 1,
        Filter::IsNull(_) => true,
        _ => false,
    }
}

/// Whether this is an equality that hardly ever leaves many records, so that counting is a waste.
fn strong(filter: &Filter) -> bool {
    matches!(filter, Filter::Text(..) | Filter::Digits(..) | Filter::Term(..) | Filter::Raw(..))
        && by_id(filter)
}

/// The conditions among these that drive, the most likely to leave few records first.
pub(crate) fn candidates<'q>(resource: Resource, all: &[&'q Filter]) -> Result<Vec<&'q Filter>> {
    let mut candidates = Vec::new();
    for one in all {
        if drives(resource, one)? {
            candidates.push(*one);
        }
    }
    candidates.sort_by_key(|one| rank(one));
    Ok(candidates)
}

/// Chooses; `find` counts the records that a condition yields.
pub(crate) fn choose<'q>(
    query: &'q Query,
    mut find: impl FnMut(&'q Filter) -> Result<Found>,
) -> Result<Plan<'q>> {
    let mut all = Vec::new();
    conjuncts(&query.filter, &mut all);
    if all.iter().any(|one| matches!(one, Filter::Nothing)) {
        return Ok(Plan::Empty);
    }
    if all.iter().any(|one| matches!(one, Filter::OneOf(id, _) if *id == meta::ID.position())) {
        return Ok(Plan::Ids);
    }
    if query.with_deleted {
        return Ok(Plan::Free);
    }
    let Order { by, via, .. } = query.order;
    // The order of a related record's field is no order of this table.
    let own_order = via.is_none();
    let by_order_of_id = own_order && by == meta::ID.position();
    let mut candidates = candidates(query.resource, &all)?;
    if by_order_of_id {
        if let Some(one) = candidates.iter().find(|one| strong(one)) {
            return Ok(Plan::Ordered(one));
        }
        if let [only] = candidates[..]
            && by_id(only)
        {
            return Ok(Plan::Ordered(only));
        }
    } else if own_order {
        // A condition on the very field of the order is a part of the walk.
        candidates.retain(
            |one| !matches!(one, Filter::OneOf(position, _) | Filter::Between(position, ..) | Filter::IsNull(position) if *position == by),
        );
    }
    let mut fewest: Option<(Found, &Filter)> = None;
    for one in &candidates {
        let found = find(one)?;
        let enough = found.count < FEW / 16;
        if fewest.as_ref().is_none_or(|(fewest, _)| found.count < fewest.count) {
            fewest = Some((found, one));
        }
        if enough {
            break;
        }
    }
    Ok(match fewest {
        Some((found, one)) if found.count <= FEW => match found.ids {
            Some(ids) => Plan::Among(ids),
            None if by_order_of_id && by_id(one) => Plan::Ordered(one),
            None => Plan::Collect(one),
        },
        Some((_, one)) if by_order_of_id => match candidates.iter().find(|one| by_id(one)) {
            Some(ordered) => Plan::Ordered(ordered),
            None => Plan::WalkThenCollect(one),
        },
        Some(_) | None => {
            let walked = |field: &Field| field.indexed || field.searched;
            if by_order_of_id || (own_order && walked(field(query.resource, by)?)) {
                Plan::Walk
            } else {
                Plan::Free
            }
        }
    })
}

/// Counts the records that a condition yields, up to [`FEW`] and one more.
pub(crate) fn find<'q>(
    session: &mut Session<'_>,
    tenant: TenantId,
    resource: Resource,
    filter: &'q Filter,
) -> Result<Found> {
    let limit = FEW + 1;
    let mut sql: Sql<'q> = Sql::new(session.kind(), tenant, "");
    if costly(filter) {
        ids(&mut sql, resource, filter)?;
        let _ = write!(sql.text, " limit {limit}");
        let mut ids = Vec::new();
        session.query(&sql.text, &sql.params, &mut |row| {
            ids.extend(row.int(0));
            Ok(())
        })?;
        return Ok(Found { count: ids.len() as i64, ids: Some(ids) });
    }
    sql.push("select count(*) from (select 1 as one from (");
    ids(&mut sql, resource, filter)?;
    let _ = write!(sql.text, ") c limit {limit}) h");
    Ok(Found { count: session.number(&sql.text, &sql.params)?.unwrap_or(0), ids: None })
}

/// The index along which the order of a list is walked.
pub(crate) fn walk_index(resource: Resource, by: u16) -> Option<String> {
    let definition = resource.definition();
    if by == meta::ID.position() {
        return Some(live_index(definition));
    }
    let field = definition.field(by);
    index_of(definition, field, Some(Copy::Key)).or_else(|| index_of(definition, field, None))
}

/// The index a condition on a column of its own is found through.
pub(crate) fn own_index(resource: Resource, filter: &Filter) -> Result<Option<String>> {
    let definition = resource.definition();
    Ok(match filter {
        Filter::Text(position, ..) => {
            index_of(definition, search_copy(resource, *position, Copy::Key)?, Some(Copy::Key))
        }
        Filter::Digits(position, ..) => {
            index_of(definition, search_copy(resource, *position, Copy::Digits)?, Some(Copy::Digits))
        }
        Filter::OneOf(position, _) | Filter::Between(position, ..) | Filter::IsNull(position) => {
            index_of(definition, field(resource, *position)?, None)
        }
        Filter::Raw(position, test) if by_uuid(*position, test) => Some(uuid_index(definition)),
        _ => None,
    })
}

/// Appends a select of the ids that a driving condition yields; live records only. An id may come twice.
pub(crate) fn ids<'q>(sql: &mut Sql<'q>, resource: Resource, filter: &'q Filter) -> Result<()> {
    let table = resource.definition().table;
    match filter {
        Filter::Term(kind, how, texts) => {
            let term = sql.alias('m');
            let _ = write!(sql.text, "select {term}.record_id from term {term} where ");
            term_condition(sql, &term, resource, *kind, *how, texts);
        }
        Filter::Or(filters) => {
            for (position, filter) in filters.iter().enumerate() {
                if position > 0 {
                    sql.push(" union all ");
                }
                ids(sql, resource, best_of(resource, filter)?.unwrap_or(filter))?;
            }
        }
        Filter::And(_) => ids(sql, resource, best_of(resource, filter)?.unwrap_or(filter))?,
        Filter::Via(position, inner) => {
            let (field, related) = (field(resource, *position)?, related(resource, *position)?);
            let hint = index_of(resource.definition(), field, None).map(|index| sql.kind.indexed_by(&index));
            let alias = sql.alias('d');
            let _ = write!(
                sql.text,
                "select {alias}.id from {table} {alias}{} where {alias}.tenant_id = ?1 and {alias}.deleted_at is null \
                 and {alias}.{} in (",
                hint.unwrap_or_default(),
                field.name
            );
            ids(sql, related, best_of(related, inner)?.unwrap_or(inner))?;
            sql.push(")");
        }
        own => {
            let hint = own_index(resource, own)?.map(|index| sql.kind.indexed_by(&index));
            let alias = sql.alias('d');
            let _ = write!(
                sql.text,
                "select {alias}.id from {table} {alias}{} where {alias}.tenant_id = ?1 and {alias}.deleted_at is null and ",
                hint.unwrap_or_default()
            );
            condition(sql, resource, &alias, own)?;
        }
    }
    Ok(())
}
