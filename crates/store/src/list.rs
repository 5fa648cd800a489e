//! Lists: a query becomes one or a few statements whose rows are streamed. Not for conditions (`condition`), nor for
//! the choice of an index (`plan`).
//!
//! A page that follows another one starts at the key where that ended (`continuation`). A page that somebody jumps to
//! costs one more statement, which counts to its first row along the narrowest index; the page itself then starts at that key.

use std::fmt::Write as _;

use favo_core::Result;
use favo_core::catalogue::Definition;
use favo_core::query::{Column, Filter, Query};
use favo_core::transaction::{Row, TenantId, Visit};

use crate::condition::{Sql, condition, term_condition};
use crate::continuation::{Continuations, OrderValue, Place};
use crate::dialect::Kind;
use crate::plan::{self, Plan, WINDOW};
use crate::projection::projection;
use crate::reach::{Ordering, Reach};
use crate::schema::{live_index, primary_key};
use crate::session::{Param, Session};
use crate::sorted;

/// One list of one tenant on its way to the database.
pub(crate) struct List<'q, 's, 'c> {
    pub(crate) session: &'s mut Session<'c>,
    pub(crate) tenant: TenantId,
    pub(crate) query: &'q Query,
    pub(crate) columns: &'q [Column],
    /// What a list by one order of its own is walked along; the id alone for others, see `sorted`.
    ordering: Ordering,
    pub(crate) definition: &'static Definition,
}

/// Streams the rows of a query. After the columns asked for, a row has two more: the value it is ordered by and its id.
pub(crate) fn select(
    session: &mut Session<'_>,
    tenant: TenantId,
    continuations: &Continuations,
    query: &Query,
    columns: &[Column],
    visit: &mut Visit<'_>,
) -> Result<()> {
    let sorted = sorted::needed(query);
    let ordering = if sorted { Ordering::BY_ID } else { Ordering::of(query)? };
    let mut list =
        List { session, tenant, query, columns, ordering, definition: query.resource.definition() };
    let size = query.page.map(|page| u64::from(page.size));
    if size == Some(0) {
        return Ok(());
    }
    let plan = list.plan()?;
    if matches!(plan, Plan::Empty) {
        return Ok(());
    }
    if sorted {
        return list.sorted(&plan, visit);
    }
    // Records asked for by id are no list that somebody walks through.
    let key = if matches!(plan, Plan::Ids) { None } else { continuations.key(tenant, query) };
    let number = query.page.map_or(1, |page| page.number.max(1));
    let mut reaches = vec![Reach::WHOLE];
    if number > 1 {
        if let Some(place) = key.and_then(|key| continuations.before(tenant, key, number)) {
            reaches = Reach::from_place(ordering, &place, false);
        } else {
            match list.jump(&plan, number)? {
                Some(place) => reaches = Reach::from_place(ordering, &place, true),
                None => return Ok(()),
            }
        }
    }
    let (rows, end) = list.stream(&plan, reaches, size, visit)?;
    // After a first page that is not full comes nothing that would take long to count to.
    if let (Some(key), Some(end)) = (key, end)
        && (number > 1 || Some(rows) == size)
    {
        continuations.note(tenant, key, number, end);
    }
    Ok(())
}

impl<'q> List<'q, '_, '_> {
    pub(crate) fn sql(&self, text: &str) -> Sql<'q> {
        Sql::new(self.session.kind(), self.tenant, text)
    }

    fn plan(&mut self) -> Result<Plan<'q>> {
        let query = self.query;
        if query.page.is_none() && !matches!(query.filter, Filter::OneOf(..)) {
            // Nothing is cut off, so there is nothing to gain from an order; but an index that leaves few records is
            // named, because without statistics the databases may take another one, or none.
            let driver =
                if query.with_deleted { None } else { plan::best_of(query.resource, &query.filter)? };
            return Ok(driver.map_or(Plan::Free, Plan::Collect));
        }
        let (session, tenant) = (&mut *self.session, self.tenant);
        plan::choose(query, |filter| plan::find(session, tenant, query.resource, filter))
    }

    /// Runs the stretches one after the other until the page is full; answers with the rows and the place of the last.
    fn stream(
        &mut self,
        plan: &Plan<'q>,
        reaches: Vec<Reach>,
        size: Option<u64>,
        visit: &mut Visit<'_>,
    ) -> Result<(u64, Option<Place>)> {
        let mut steps: Vec<(Plan<'q>, Reach)> = Vec::with_capacity(2);
        for reach in reaches {
            match plan {
                Plan::WalkThenCollect(filter) => {
                    let Some(start) = self.start(&reach)? else { return Ok((0, None)) };
                    let end = if self.ordering.descending {
                        start.saturating_sub(WINDOW)
                    } else {
                        start.saturating_add(WINDOW)
                    };
                    let rest = Reach {
                        from: Some(Place { value: OrderValue::Null, id: end }),
                        inclusive: false,
                        ..Reach::WHOLE
                    };
                    steps.push((Plan::Walk, Reach { until: Some(end), ..reach }));
                    steps.push((Plan::Collect(filter), rest));
                }
                plan => steps.push((plan.clone(), reach)),
            }
        }
        let mut last = None;
        let mut seen = 0;
        for (plan, reach) in steps {
            let left = size.map(|size| size.saturating_sub(seen));
            if left == Some(0) {
                break;
            }
            let sql = self.rows(&plan, &reach, left)?;
            let (ordering, width) = (self.ordering, self.columns.len());
            self.session.query(&sql.text, &sql.params, &mut |row| {
                seen += 1;
                if size.is_some() {
                    note(&mut last, ordering, row, width);
                }
                visit(row)
            })?;
        }
        Ok((seen, last))
    }

    /// The id a walk by id begins at.
    fn start(&mut self, reach: &Reach) -> Result<Option<i64>> {
        if let Some(place) = &reach.from {
            return Ok(Some(place.id));
        }
        let mut sql = self.sql("select ");
        let (end, table) = (if self.ordering.descending { "max" } else { "min" }, self.definition.table);
        let hint = sql.kind.indexed_by(&live_index(self.definition));
        let _ = write!(
            sql.text,
            "{end}(s.id) from {table} s{hint} where s.tenant_id = ?1 and s.deleted_at is null"
        );
        self.session.number(&sql.text, &sql.params)
    }

    /// The statement that yields rows.
    fn rows(&self, plan: &Plan<'q>, reach: &Reach, limit: Option<u64>) -> Result<Sql<'q>> {
        let mut sql = self.sql("select ");
        let joins = projection(&mut sql, self.query.resource, self.columns)?;
        self.ordering.push_place(&mut sql, "t", "t.id");
        let _ = write!(sql.text, " from {} t", self.definition.table);
        let deferred = match plan {
            Plan::Ordered(Filter::Term(..)) | Plan::Collect(_) | Plan::Among(_) => true,
            _ => {
                let hint = self.hint(&sql, plan)?;
                sql.push(&hint);
                false
            }
        };
        if deferred {
            let hint = sql.kind.indexed_by(&primary_key(self.definition));
            sql.push(&hint);
        }
        sql.push(&joins);
        sql.push(" where t.tenant_id = ?1");
        if deferred {
            // Only ids and the order are sorted and cut; whole rows are fetched for one page.
            sql.push(" and t.id in (");
            self.found(&mut sql, plan, reach, false)?;
            if let Some(limit) = limit {
                let _ = write!(sql.text, " limit {limit}");
            }
            sql.push(")");
            self.ordering.push(&mut sql, "t", "t.id");
        } else {
            if matches!(plan, Plan::Ids) {
                self.live_by_key(&mut sql)?;
            } else {
                self.matching_along(&mut sql, "t", plan)?;
            }
            reach.push(&mut sql, self.ordering, "t", "t.id");
            self.ordering.push(&mut sql, "t", "t.id");
            if let Some(limit) = limit {
                let _ = write!(sql.text, " limit {limit}");
            }
        }
        Ok(sql)
    }

    /// The index that a plan without subselect goes along.
    fn hint(&self, sql: &Sql<'q>, plan: &Plan<'q>) -> Result<String> {
        let index = match plan {
            Plan::Ids => Some(primary_key(self.definition)),
            Plan::Walk => plan::walk_index(self.query.resource, self.query.order.by),
            Plan::Ordered(filter) => plan::own_index(self.query.resource, filter)?,
            Plan::Empty | Plan::Free | Plan::Collect(_) | Plan::Among(_) | Plan::WalkThenCollect(_) => None,
        };
        Ok(index.map(|index| sql.kind.indexed_by(&index).into_owned()).unwrap_or_default())
    }

    /// The same as [`Self::live_and_matching`], in words that no partial index answers to: PostgreSQL without statistics
    /// would take one of them for a record by its id, and the primary key is what finds it.
    fn live_by_key(&self, sql: &mut Sql<'q>) -> Result<()> {
        if !self.query.with_deleted {
            sql.push(" and cast(t.deleted_at as text) is null");
        }
        sql.push(" and ");
        condition(sql, self.query.resource, "t", &self.query.filter)
    }

    /// The same as [`Self::live_and_matching`] for a plan that goes along an index. For PostgreSQL the conditions that this
    /// index does not answer to are wrapped: no other index answers to them either, and one in two rows is expected
    /// to meet them, so that it goes along the index until the page is full instead of collecting and sorting.
    fn matching_along(&self, sql: &mut Sql<'q>, alias: &str, plan: &Plan<'q>) -> Result<()> {
        if sql.kind == Kind::Sqlite || !matches!(plan, Plan::Walk | Plan::Ordered(_)) {
            return self.live_and_matching(sql, alias, None);
        }
        let _ = write!(sql.text, " and {alias}.deleted_at is null");
        let mut all = Vec::new();
        plan::conjuncts(&self.query.filter, &mut all);
        for one in all {
            let along = match (plan, one) {
                (Plan::Ordered(driver), one) => std::ptr::eq(*driver, one),
                (_, Filter::OneOf(field, _) | Filter::Between(field, ..) | Filter::IsNull(field)) => {
                    *field == self.query.order.by
                }
                _ => false,
            };
            sql.push(if along { " and " } else { " and case when " });
            condition(sql, self.query.resource, alias, one)?;
            sql.push(if along { "" } else { " then true else false end" });
        }
        Ok(())
    }

    fn live_and_matching(&self, sql: &mut Sql<'q>, alias: &str, except: Option<&Filter>) -> Result<()> {
        if !self.query.with_deleted {
            let _ = write!(sql.text, " and {alias}.deleted_at is null");
        }
        let mut all = Vec::new();
        plan::conjuncts(&self.query.filter, &mut all);
        for one in all {
            if except.is_some_and(|except| std::ptr::eq(except, one)) {
                continue;
            }
            sql.push(" and ");
            condition(sql, self.query.resource, alias, one)?;
        }
        Ok(())
    }

    /// Appends the select that finds the ids of a page in order, or also their place; without its limit.
    fn found(&self, sql: &mut Sql<'q>, plan: &Plan<'q>, reach: &Reach, place: bool) -> Result<()> {
        let ordering = self.ordering;
        let (alias, id) = self.matches(sql, plan, |sql, alias, id| {
            if place {
                ordering.push_place(sql, alias, id);
            } else {
                sql.push(id);
            }
            Ok(String::new())
        })?;
        reach.push(sql, ordering, &alias, &id);
        ordering.push(sql, &alias, &id);
        Ok(())
    }

    /// Appends the select that finds the records of a list without order; answers with the names of its table and its id.
    /// `what` appends what is selected, given those names, and answers with the joins that this needs.
    pub(crate) fn matches(
        &self,
        sql: &mut Sql<'q>,
        plan: &Plan<'q>,
        what: impl FnOnce(&mut Sql<'q>, &str, &str) -> Result<String>,
    ) -> Result<(String, String)> {
        let resource = self.query.resource;
        let table = self.definition.table;
        let alias = sql.alias('s');
        sql.push("select ");
        if let Plan::Ordered(driver @ Filter::Term(kind, how, texts)) = plan {
            let term = sql.alias('m');
            let id = format!("{term}.record_id");
            let joins = what(sql, &alias, &id)?;
            let _ = write!(sql.text, " from term {term} cross join {table} {alias}{joins} where ");
            term_condition(sql, &term, resource, *kind, *how, texts);
            let _ = write!(sql.text, " and {alias}.tenant_id = ?1 and {alias}.id = {id}");
            self.live_and_matching(sql, &alias, Some(driver))?;
            return Ok((alias, id));
        }
        let id = format!("{alias}.id");
        let joins = what(sql, &alias, &id)?;
        let hint = match plan {
            Plan::Among(_) | Plan::Collect(Filter::Term(..) | Filter::Via(..) | Filter::Or(_)) => {
                sql.kind.indexed_by(&primary_key(self.definition)).into_owned()
            }
            Plan::Collect(driver) => match plan::own_index(resource, driver)? {
                Some(index) => sql.kind.indexed_by(&index).into_owned(),
                None => String::new(),
            },
            plan => self.hint(sql, plan)?,
        };
        let _ = write!(sql.text, " from {table} {alias}{hint}{joins} where {alias}.tenant_id = ?1");
        match plan {
            Plan::Among(ids) => {
                let _ = write!(sql.text, " and {id}");
                sql.bind_list(Param::Ints(ids.clone().into()));
                self.live_and_matching(sql, &alias, None)?;
            }
            Plan::Collect(driver @ (Filter::Term(..) | Filter::Via(..) | Filter::Or(_))) => {
                let _ = write!(sql.text, " and {id} in (");
                plan::ids(sql, resource, driver)?;
                sql.push(")");
                // The driver may be wider than the condition it stands for, except for terms.
                let except = matches!(driver, Filter::Term(..)).then_some(*driver);
                self.live_and_matching(sql, &alias, except)?;
            }
            Plan::Collect(_) => self.live_and_matching(sql, &alias, None)?,
            plan => self.matching_along(sql, &alias, plan)?,
        }
        Ok((alias, id))
    }

    /// The place of the first row of a page, counted from the start; `None` when the list is shorter.
    fn jump(&mut self, plan: &Plan<'q>, number: u64) -> Result<Option<Place>> {
        let size = u128::from(self.query.page.map_or(0, |page| page.size));
        let offset = i64::try_from(u128::from(number - 1) * size).unwrap_or(i64::MAX);
        let mut sql = self.sql("");
        match plan {
            Plan::WalkThenCollect(filter) => {
                self.found(&mut sql, &Plan::Collect(filter), &Reach::WHOLE, true)?;
            }
            plan => self.found(&mut sql, plan, &Reach::WHOLE, true)?,
        }
        sql.push(" limit 1 offset ");
        sql.bind(Param::Int(offset));
        let mut place = None;
        let ordering = self.ordering;
        self.session.query(&sql.text, &sql.params, &mut |row| {
            place = Some(ordering.place(row, 0));
            Ok(())
        })?;
        Ok(place)
    }
}

/// Keeps the place of the newest row, in the memory of the one before.
fn note(last: &mut Option<Place>, ordering: Ordering, row: &dyn Row, column: usize) {
    if let (Some(Place { value: OrderValue::Text(kept), id }), true) = (&mut *last, ordering.text)
        && let Some(text) = row.text(column)
    {
        kept.clear();
        kept.push_str(text);
        *id = row.int(column + 1).unwrap_or(0);
        return;
    }
    *last = Some(ordering.place(row, column));
}
