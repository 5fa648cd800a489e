//! A transaction of one tenant: core's reader and writer over a session.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;

use favo_core::catalogue::Resource;
use favo_core::change::{Change, ChangeKind};
use favo_core::query::{Column, Filter, Query, Totals};
use favo_core::record::Record;
use favo_core::transaction::{Reader, TenantId, Visit, Writer};
use favo_core::value::{Instant, Value};
use favo_core::{Error, Result};

use crate::condition::{Sql, condition, field};
use crate::continuation::Continuations;
use crate::counting;
use crate::list;
use crate::projection::{self, number_column};
use crate::record;
use crate::schema::uuid_index;
use crate::session::{Param, Session, TenantState};

/// Steps of one whole unit of an amount.
const UNIT: i64 = favo_core::Decimal::SCALE;
/// The most sessions removed at once, so that whoever signs in does not wait for the past.
const FORGOTTEN: u32 = 500;

/// A transaction of one tenant.
pub(crate) struct Tx<'s, 'c> {
    session: &'s mut Session<'c>,
    tenant: TenantId,
    continuations: &'s Continuations,
    /// How many writes were noted before this began.
    writes: u64,
    /// Writers hold the row of their tenant and keep its counters here until [`Tx::finish`].
    state: Option<TenantState>,
    changed: bool,
}

impl<'s, 'c> Tx<'s, 'c> {
    pub(crate) fn reading(
        session: &'s mut Session<'c>,
        tenant: TenantId,
        continuations: &'s Continuations,
    ) -> Self {
        let writes = continuations.writes(tenant);
        Self { session, tenant, continuations, writes, state: None, changed: false }
    }

    /// Holds the row of the tenant first: one writer of a tenant is at work at a time.
    pub(crate) fn writing(
        session: &'s mut Session<'c>,
        tenant: TenantId,
        continuations: &'s Continuations,
    ) -> Result<Self> {
        let mut state = match session.held {
            Some((held, state)) if held == tenant.0 => Some(state),
            _ => None,
        };
        if state.is_none() {
            let sql = format!(
                "select registry_version, change_sequence from tenant_state where tenant_id = ?1{}",
                session.kind().for_update()
            );
            session.query(&sql, &[Param::Int(tenant.0)], &mut |row| {
                state = row.int(0).zip(row.int(1)).map(|(registry_version, change_sequence)| TenantState {
                    registry_version,
                    change_sequence,
                });
                Ok(())
            })?;
        }
        let state = state.ok_or(Error::NotFound)?;
        session.held = Some((tenant.0, state));
        Ok(Self { session, tenant, continuations, writes: 0, state: Some(state), changed: false })
    }

    /// Writes the tenant's counters back.
    pub(crate) fn finish(self) -> Result<()> {
        let Some(state) = self.state.filter(|_| self.changed) else { return Ok(()) };
        self.session.execute(
            "update tenant_state set registry_version = ?2, change_sequence = ?3 where tenant_id = ?1",
            &[
                Param::Int(self.tenant.0),
                Param::Int(state.registry_version),
                Param::Int(state.change_sequence),
            ],
        )?;
        self.session.held = Some((self.tenant.0, state));
        Ok(())
    }

    fn state(&mut self) -> Result<&mut TenantState> {
        self.changed = true;
        self.state.as_mut().ok_or_else(|| Error::Internal("a reader was asked to write".to_owned()))
    }

    fn tenant_param(&self) -> Param<'static> {
        Param::Int(self.tenant.0)
    }
}

impl Reader for Tx<'_, '_> {
    fn tenant(&self) -> TenantId {
        self.tenant
    }

    fn select(&mut self, query: &Query, columns: &[Column], visit: &mut Visit<'_>) -> Result<()> {
        list::select(self.session, self.tenant, self.continuations, query, columns, visit)
    }

    fn select_for(
        &mut self,
        resource: Resource,
        key: u16,
        ids: &[i64],
        filter: &Filter,
        columns: &[Column],
        visit: &mut Visit<'_>,
    ) -> Result<()> {
        projection::select_for(self.session, self.tenant, resource, key, ids, filter, columns, visit)
    }

    fn load_all(&mut self, query: &Query) -> Result<Vec<Record>> {
        let mut records = Vec::new();
        self.select(query, record::columns(query.resource), &mut |row| {
            records.push(record::read(query.resource, row));
            Ok(())
        })?;
        Ok(records)
    }

    fn totals(
        &mut self,
        resource: Resource,
        filter: &Filter,
        group: Option<u16>,
        sums: &[u16],
    ) -> Result<Vec<Totals>> {
        let mut sql = Sql::new(self.session.kind(), self.tenant, "select ");
        let group = group.map(|group| number_column(resource, group)).transpose()?;
        let _ = write!(sql.text, "{}count(*)", group.map(|name| format!("s.{name}, ")).unwrap_or_default());
        for sum in sums {
            let name = number_column(resource, *sum)?;
            // Whole units and the rest apart: the sum of all amounts may be larger than 64 bits hold.
            let _ = write!(
                sql.text,
                ", cast(coalesce(sum(s.{name} / {UNIT}), 0) as bigint), cast(coalesce(sum(s.{name} % {UNIT}), 0) as bigint)"
            );
        }
        let _ = write!(
            sql.text,
            " from {} s where s.tenant_id = ?1 and s.deleted_at is null and ",
            resource.definition().table
        );
        condition(&mut sql, resource, "s", filter)?;
        if let Some(name) = group {
            let _ = write!(sql.text, " group by s.{name} order by s.{name} nulls first");
        }
        let first = usize::from(group.is_some());
        let mut totals = Vec::new();
        self.session.query(&sql.text, &sql.params, &mut |row| {
            totals.push(Totals {
                group: if group.is_some() { row.int(0) } else { None },
                count: row.int(first).unwrap_or(0),
                sums: (0..sums.len())
                    .map(|sum| {
                        let part = |column| row.int(first + 1 + 2 * sum + column).unwrap_or(0);
                        part(0).saturating_mul(UNIT).saturating_add(part(1))
                    })
                    .collect(),
            });
            Ok(())
        })?;
        Ok(totals)
    }

    fn largest(&mut self, resource: Resource, filter: &Filter, of: u16) -> Result<Option<i64>> {
        let name = number_column(resource, of)?;
        let mut sql = Sql::new(self.session.kind(), self.tenant, "");
        // Truth values have no largest on PostgreSQL; sorting works for all, and ends at the first row of an index.
        let _ = write!(
            sql.text,
            "select s.{name} from {} s where s.tenant_id = ?1 and s.deleted_at is null and s.{name} is not null and ",
            resource.definition().table
        );
        condition(&mut sql, resource, "s", filter)?;
        let _ = write!(sql.text, " order by s.{name} desc limit 1");
        self.session.number(&sql.text, &sql.params)
    }

    fn ids_of(&mut self, resource: Resource, uuids: &[String]) -> Result<Vec<Option<i64>>> {
        if uuids.is_empty() {
            return Ok(Vec::new());
        }
        let definition = resource.definition();
        let mut sql = Sql::new(self.session.kind(), self.tenant, "");
        let (hint, bytes) = (sql.kind.indexed_by(&uuid_index(definition)), sql.kind.byte_order());
        let _ = write!(
            sql.text,
            "select s.uuid, s.id from {} s{hint} where s.tenant_id = ?1 and s.deleted_at is null and s.uuid{bytes}",
            definition.table
        );
        sql.bind_list(Param::Texts(uuids.iter().map(|uuid| Cow::Borrowed(uuid.as_str())).collect()));
        let mut found = HashMap::with_capacity(uuids.len());
        self.session.query(&sql.text, &sql.params, &mut |row| {
            found.extend(row.text(0).map(str::to_owned).zip(row.int(1)));
            Ok(())
        })?;
        Ok(uuids.iter().map(|uuid| found.get(uuid).copied()).collect())
    }

    /// Readers are answered from what was counted since the tenant was last written, by this process or another.
    fn count(&mut self, resource: Resource, filter: &Filter) -> Result<i64> {
        if self.state.is_some() {
            return counting::count(self.session, self.tenant, resource, filter);
        }
        let sequence = self.session.number(
            "select change_sequence from tenant_state where tenant_id = ?1",
            &[self.tenant_param()],
        )?;
        let state = (sequence.unwrap_or(0), self.writes);
        let counts = &self.continuations.counts;
        let key = counts.key(self.tenant, resource, filter);
        if let Some(count) = counts.known(key, state) {
            return Ok(count);
        }
        let count = counting::count(self.session, self.tenant, resource, filter)?;
        counts.note(key, state, count);
        Ok(count)
    }

    fn registry_version(&mut self) -> Result<i64> {
        if let Some(state) = &self.state {
            return Ok(state.registry_version);
        }
        let version = self.session.number(
            "select registry_version from tenant_state where tenant_id = ?1",
            &[self.tenant_param()],
        )?;
        Ok(version.unwrap_or(0))
    }

    fn settings(&mut self) -> Result<Vec<(String, String)>> {
        let mut settings = Vec::new();
        self.session.query(
            "select name, value from setting where tenant_id = ?1 order by name",
            &[self.tenant_param()],
            &mut |row| {
                settings.extend(
                    row.text(0).zip(row.text(1)).map(|(name, value)| (name.to_owned(), value.to_owned())),
                );
                Ok(())
            },
        )?;
        Ok(settings)
    }

    fn file(&mut self, name: &str) -> Result<Option<(String, Vec<u8>)>> {
        if name.contains('\0') {
            return Ok(None);
        }
        self.session.file(
            "select media_type, bytes from file where tenant_id = ?1 and name = ?2",
            &[self.tenant_param(), Param::text(name)],
        )
    }

    fn changes_after(&mut self, sequence: i64, limit: u32) -> Result<Vec<Change>> {
        let mut changes = Vec::new();
        let mut unknown = None;
        self.session.query(
            "select sequence, at, actor_id, resource, record_id, kind, diff from change_log \
             where tenant_id = ?1 and sequence > ?2 order by sequence limit ?3",
            &[self.tenant_param(), Param::Int(sequence), Param::Int(i64::from(limit))],
            &mut |row| {
                let number = |column| row.int(column).unwrap_or(0);
                match (Resource::from_number(number(3)), ChangeKind::from_number(number(5))) {
                    (Some(resource), Some(kind)) => changes.push(Change {
                        sequence: number(0),
                        at: Instant(number(1)),
                        actor: number(2),
                        resource,
                        record: number(4),
                        kind,
                        diff: row.text(6).unwrap_or_default().to_owned(),
                    }),
                    _ => unknown = Some(number(0)),
                }
                Ok(())
            },
        )?;
        match unknown {
            Some(sequence) => {
                Err(Error::Storage(format!("entry {sequence} of the change log cannot be read")))
            }
            None => Ok(changes),
        }
    }

    fn last_change(&mut self) -> Result<i64> {
        let mut last = 0;
        self.session.query(
            "select sequence from change_log where tenant_id = ?1 order by sequence desc limit 1",
            &[self.tenant_param()],
            &mut |row| {
                last = row.int(0).unwrap_or(0);
                Ok(())
            },
        )?;
        Ok(last)
    }
}

impl Writer for Tx<'_, '_> {
    fn insert(&mut self, record: &Record) -> Result<()> {
        record::insert(self.session, self.tenant, record)
    }

    fn update(&mut self, before: &Record, after: &Record) -> Result<()> {
        record::update(self.session, self.tenant, before, after)
    }

    fn adjust(&mut self, resource: Resource, id: i64, of: u16, by: i64) -> Result<()> {
        let (table, name) = (resource.definition().table, field(resource, of)?.name);
        let sql =
            format!("update {table} set {name} = coalesce({name}, 0) + ?3 where tenant_id = ?1 and id = ?2");
        self.session.execute(&sql, &[self.tenant_param(), Param::Int(id), Param::Int(by)]).map(|_| ())
    }

    fn assign(&mut self, resource: Resource, id: i64, field: u16, value: &Value) -> Result<()> {
        record::assign(self.session, self.tenant, resource, id, field, value)
    }

    fn raise(&mut self, resource: Resource, id: i64, of: u16, to: i64) -> Result<()> {
        let (table, name) = (resource.definition().table, field(resource, of)?.name);
        let sql = format!(
            "update {table} set {name} = ?3 where tenant_id = ?1 and id = ?2 and ({name} is null or {name} < ?3)"
        );
        self.session.execute(&sql, &[self.tenant_param(), Param::Int(id), Param::Int(to)]).map(|_| ())
    }

    fn next(&mut self, counter: &str) -> Result<i64> {
        let mut number = None;
        self.session.query(
            "insert into counter (tenant_id, name, value) values (?1, ?2, 1) \
             on conflict (tenant_id, name) do update set value = counter.value + 1 returning value",
            &[self.tenant_param(), Param::text(counter)],
            &mut |row| {
                number = row.int(0);
                Ok(())
            },
        )?;
        number.ok_or_else(|| Error::Storage("a counter gave no number".to_owned()))
    }

    fn append(&mut self, change: &Change) -> Result<()> {
        let state = self.state()?;
        state.change_sequence += 1;
        let sequence = state.change_sequence;
        self.session
            .execute(
                "insert into change_log (tenant_id, sequence, at, actor_id, resource, record_id, kind, diff) \
                 values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                &[
                    self.tenant_param(),
                    Param::Int(sequence),
                    Param::Int(change.at.0),
                    Param::Int(change.actor),
                    Param::Int(change.resource.number()),
                    Param::Int(change.record),
                    Param::Int(change.kind as i64),
                    Param::text(&change.diff),
                ],
            )
            .map(|_| ())
    }

    fn touch_registry(&mut self) -> Result<()> {
        self.state()?.registry_version += 1;
        Ok(())
    }

    fn set_setting(&mut self, name: &str, value: Option<&str>) -> Result<()> {
        let tenant = self.tenant_param();
        let outcome = match value {
            Some(value) => self.session.execute(
                "insert into setting (tenant_id, name, value) values (?1, ?2, ?3) \
                 on conflict (tenant_id, name) do update set value = excluded.value",
                &[tenant, Param::text(name), Param::text(value)],
            ),
            None => self.session.execute(
                "delete from setting where tenant_id = ?1 and name = ?2",
                &[tenant, Param::text(name)],
            ),
        };
        outcome.map(|_| ())
    }

    fn forget_sessions(&mut self, before: Instant) -> Result<()> {
        let hint = self.session.kind().indexed_by("ix_session_gone_at");
        let sql = format!(
            "delete from session where tenant_id = ?1 and id in (select s.id from session s{hint} \
             where s.tenant_id = ?1 and s.deleted_at is null and s.gone_at < ?2 order by s.gone_at, s.id limit {FORGOTTEN})"
        );
        self.session.execute(&sql, &[self.tenant_param(), Param::Int(before.0)]).map(|_| ())
    }

    fn put_file(&mut self, name: &str, content: Option<(&str, &[u8])>) -> Result<()> {
        let tenant = self.tenant_param();
        let outcome = match content {
            Some((media_type, bytes)) => self.session.execute(
                "insert into file (tenant_id, name, media_type, bytes) values (?1, ?2, ?3, ?4) \
                 on conflict (tenant_id, name) do update set media_type = excluded.media_type, bytes = excluded.bytes",
                &[tenant, Param::text(name), Param::text(media_type), Param::Bytes(bytes)],
            ),
            None => {
                self.session.execute("delete from file where tenant_id = ?1 and name = ?2", &[tenant, Param::text(name)])
            }
        };
        outcome.map(|_| ())
    }
}
