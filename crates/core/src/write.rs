//! The one way a record comes to be, changes and goes: load, merge, run the rules, validate, stamp, store, log.
//!
//! Nothing here knows one resource from another; what is special about one is in [`crate::rules`].

use std::sync::Arc;

use crate::catalogue::{Access, Resource, meta, opportunity};
use crate::change::{self, Change, ChangeKind};
use crate::ctx::Ctx;
use crate::error::{Error, Place, Problem, Reason, Result};
use crate::identity::{Action, Scope};
use crate::patch::{Input, Patch};
use crate::query::{Filter, Query, TextMatch};
use crate::record::Record;
use crate::snapshot::Snapshot;
use crate::terms::TermKind;
use crate::transaction::Writer;
use crate::value::Value;
use crate::{merge, resolve, rollup, rules};

/// Checks a caller may ask to skip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Skip {
    /// Do not demand required fields.
    pub required: bool,
    /// Do not check duplicates and tenant business rules.
    pub validations: bool,
    /// Do not compare contacts and opportunities with others as the tenant's settings ask for: for callers that have
    /// rules of their own about what may not be there twice.
    pub duplicates: bool,
}

impl Skip {
    /// For records the rules make themselves.
    pub(crate) const ALL: Self = Self { required: true, validations: true, duplicates: true };
}

/// Creates a record; its id.
pub fn create(ctx: &Ctx, tx: &mut dyn Writer, resource: Resource, patch: Patch, skip: Skip) -> Result<i64> {
    may_create(ctx, resource)?;
    Work::new(ctx, tx, skip).create(resource, patch)
}

/// Whether the actor may create records of a resource: worth asking before a large body is read.
pub fn may_create(ctx: &Ctx, resource: Resource) -> Result<()> {
    if ctx.actor.scope(resource, Action::Create) == Scope::None { Err(Error::Forbidden) } else { Ok(()) }
}

/// Changes a record. Nothing is written, and no instant moves, when nothing differs.
pub fn update(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    resource: Resource,
    id: i64,
    patch: Patch,
    skip: Skip,
) -> Result<()> {
    let before = load_for(ctx, tx, resource, id, Action::Update)?;
    if !ctx.actor.may_alone(Action::Update, &before) && gives_away(&before, &patch) {
        return Err(Error::Forbidden);
    }
    Work::new(ctx, tx, skip).update(before, patch)
}

/// Deletes a record: it is kept, and unknown to every reader. A user is deactivated instead.
pub fn delete(ctx: &Ctx, tx: &mut dyn Writer, resource: Resource, id: i64) -> Result<()> {
    let before = load_for(ctx, tx, resource, id, Action::Delete)?;
    Work::new(ctx, tx, Skip::default()).delete(&before)
}

/// Whether a patch changes who owns an opportunity, alone or with others.
fn gives_away(before: &Record, patch: &Patch) -> bool {
    let keeps = |field: u16| match (patch.get(field), before.at(field)) {
        (None, _) => true,
        (Some(Input::One(reference)), Value::Int(id)) => reference.id == Some(*id),
        (Some(Input::Many(references)), Value::Ids(ids)) => {
            references.len() == ids.len() && references.iter().zip(ids).all(|(one, id)| one.id == Some(*id))
        }
        (Some(Input::Clear), value) => value.is_empty(),
        _ => false,
    };
    let shared = [
        opportunity::OWNER.position(),
        opportunity::CO_OWNERS.position(),
        opportunity::CO_OWNER_TEAMS.position(),
    ];
    before.resource() == Resource::Opportunity && !shared.into_iter().all(keeps)
}

/// Whether there is nothing to see in a value.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.trim().is_empty(),
        other => other.is_empty(),
    }
}

/// The live record, if the actor may see it.
pub fn load_visible(ctx: &Ctx, tx: &mut dyn Writer, resource: Resource, id: i64) -> Result<Record> {
    let query = Query::by_id(resource, id).filter(ctx.actor.visible(resource));
    tx.load_all(&query)?.pop().ok_or(Error::NotFound)
}

/// The record, if the actor may do this with it: what they may not see does not exist.
pub(crate) fn load_for(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    resource: Resource,
    id: i64,
    action: Action,
) -> Result<Record> {
    let record = load_visible(ctx, tx, resource, id)?;
    if !ctx.actor.may(action, &record) {
        return Err(Error::Forbidden);
    }
    Ok(record)
}

/// One writing operation and everything it causes, in one transaction.
pub(crate) struct Work<'a> {
    pub(crate) ctx: Ctx,
    pub(crate) tx: &'a mut dyn Writer,
    pub(crate) skip: Skip,
    /// A registry changed in this transaction: the snapshot must be read again before its next use.
    stale: bool,
    /// Writing a person inside their organisation, who cannot carry custom fields.
    pub(crate) nested: bool,
    /// The contacts this operation has made so far.
    pub(crate) new_contacts: Vec<i64>,
    /// Contacts that a rule points to itself: they are there whether or not the actor may see them.
    pub(crate) offered: Vec<i64>,
}

/// A record on its way from what it is to what it will be.
pub(crate) struct Draft {
    /// The stored state; none for a new record.
    pub(crate) before: Option<Record>,
    /// The state to be.
    pub(crate) record: Record,
    /// What the caller said.
    pub(crate) patch: Patch,
    /// What is wrong so far.
    pub(crate) problems: Vec<Problem>,
}

impl Draft {
    /// Notes a problem with a field.
    pub(crate) fn problem(&mut self, field: impl Into<u16>, reason: Reason) {
        let place = Place::Field(self.record.resource(), field.into());
        self.problems.push(Problem { place, reason });
    }

    /// Notes a problem with the record as a whole.
    pub(crate) fn refuse(&mut self, reason: Reason) {
        self.problems.push(Problem { place: Place::Whole, reason });
    }

    /// Whether a problem with the field is known already.
    pub(crate) fn has_problem(&self, field: u16) -> bool {
        let place = Place::Field(self.record.resource(), field);
        self.problems.iter().any(|problem| problem.place == place)
    }

    /// Whether the record is new.
    pub(crate) fn is_new(&self) -> bool {
        self.before.is_none()
    }

    /// Whether the field is another than in the stored state.
    pub(crate) fn changes(&self, field: impl Into<u16>) -> bool {
        let field = field.into();
        self.before.as_ref().is_none_or(|before| before.at(field) != self.record.at(field))
    }
}

impl<'a> Work<'a> {
    pub(crate) fn new(ctx: &Ctx, tx: &'a mut dyn Writer, skip: Skip) -> Self {
        Self {
            ctx: ctx.clone(),
            tx,
            skip,
            stale: false,
            nested: false,
            new_contacts: Vec::new(),
            offered: Vec::new(),
        }
    }

    /// The registries as they are in this transaction.
    pub(crate) fn snapshot(&mut self) -> Result<&Snapshot> {
        if self.stale {
            self.ctx = self.ctx.fresh(self.tx)?;
            self.stale = false;
        }
        Ok(&self.ctx.snapshot)
    }

    /// Creates without asking for a right: the caller has, or a rule makes the record.
    pub(crate) fn create(&mut self, resource: Resource, patch: Patch) -> Result<i64> {
        let Draft { record, patch, problems, .. } = self.draft(None, Record::new(resource), patch)?;
        if !problems.is_empty() {
            return Err(Error::Refused(problems));
        }
        self.insert(record, &patch)
    }

    /// Stores a new record as it is, with the stamps of one, and what belongs to it elsewhere.
    pub(crate) fn insert(&mut self, record: Record, patch: &Patch) -> Result<i64> {
        let record = self.store_new(record)?;
        rules::follow_up(self, None, &record, patch)?;
        Ok(record.id())
    }

    /// Stores a new record as it is, with the stamps of one; the record with them.
    pub(crate) fn store_new(&mut self, mut record: Record) -> Result<Record> {
        let resource = record.resource();
        let id = self.tx.next(resource.name())?;
        record.set(meta::ID, Some(id));
        record.set(meta::UUID, Some(self.ctx.uuid()));
        record.set(meta::VERSION, Some(1));
        record.set(meta::CREATED_AT, Some(self.ctx.now));
        record.set(meta::UPDATED_AT, Some(self.ctx.now));
        if record.get(meta::AUTHOR).is_none() {
            record.set(meta::AUTHOR, Some(self.ctx.actor.user));
        }
        if resource == Resource::Contact {
            self.new_contacts.push(id);
        }
        self.tx.insert(&record)?;
        self.log(ChangeKind::Created, None, &record)?;
        rollup::apply(self, None, Some(&record))?;
        Ok(record)
    }

    /// Updates without asking for a right.
    pub(crate) fn update(&mut self, before: Record, patch: Patch) -> Result<()> {
        let record = before.clone();
        let Draft { before, record, patch, problems } = self.draft(Some(before), record, patch)?;
        if !problems.is_empty() {
            return Err(Error::Refused(problems));
        }
        let before = before.ok_or_else(|| Error::Internal("an update without a stored record".to_owned()))?;
        let followed = rules::follow_up(self, Some(&before), &record, &patch)?;
        self.store(&before, record, followed)
    }

    /// What a patch makes of a record, with everything that is wrong with it.
    pub(crate) fn draft(
        &mut self,
        before: Option<Record>,
        record: Record,
        mut patch: Patch,
    ) -> Result<Draft> {
        let problems = std::mem::take(&mut patch.problems);
        let mut draft = Draft { before, record, patch, problems };
        rules::prepare(self, &mut draft)?;
        merge::apply(self, &mut draft)?;
        rules::settle(self, &mut draft)?;
        self.demand_required(&mut draft)?;
        self.check_duplicates(&mut draft)?;
        Ok(draft)
    }

    /// Stores the new state of a record when it differs, or when `touched` says that what belongs to it does.
    pub(crate) fn store(&mut self, before: &Record, mut record: Record, touched: bool) -> Result<()> {
        // A rule that followed up may have written the record again (links, rollups): build on that state.
        let current = self.tx.load(before.resource(), before.id())?.ok_or(Error::NotFound)?;
        for (position, field) in before.resource().definition().fields.iter().enumerate() {
            let position = position as u16;
            let kept = field.access == Access::Rollup || (position as usize) < meta::STAMPS;
            if kept || record.at(position) == before.at(position) {
                record.put(position, current.at(position).clone());
            }
        }
        if !touched && !change::differs(&current, &record) {
            return Ok(());
        }
        record.set(meta::VERSION, current.get(meta::VERSION).map(|version| version + 1));
        record.set(meta::UPDATED_AT, Some(self.ctx.now));
        record.set(meta::EDITOR, Some(self.ctx.actor.user));
        self.tx.update(&current, &record)?;
        self.log(ChangeKind::Updated, Some(&current), &record)?;
        rollup::apply(self, Some(&current), Some(&record))
    }

    /// Deletes without asking for a right.
    pub(crate) fn delete(&mut self, before: &Record) -> Result<()> {
        if rules::deactivates_instead(self, before)? {
            return Ok(());
        }
        let mut after = before.clone();
        after.set(meta::DELETED_AT, Some(self.ctx.now));
        after.set(meta::VERSION, before.get(meta::VERSION).map(|version| version + 1));
        after.set(meta::EDITOR, Some(self.ctx.actor.user));
        self.tx.update(before, &after)?;
        self.log(ChangeKind::Deleted, Some(before), &after)?;
        rollup::apply(self, Some(before), None)?;
        rules::after_delete(self, before)
    }

    fn log(&mut self, kind: ChangeKind, before: Option<&Record>, after: &Record) -> Result<()> {
        let resource = after.resource();
        let diff = if kind == ChangeKind::Deleted { "{}".to_owned() } else { change::diff(before, after) };
        let change = Change {
            sequence: 0,
            at: self.ctx.now,
            actor: self.ctx.actor.user,
            resource,
            record: after.id(),
            kind,
            diff,
        };
        self.tx.append(&change)?;
        if resource.definition().registry {
            self.tx.touch_registry()?;
            let version = self.tx.registry_version()?;
            // A list of new tags must not read all registries again for each of them.
            match self.ctx.snapshot.with(after, version).filter(|_| !self.stale) {
                Some(snapshot) => self.ctx.snapshot = Arc::new(snapshot),
                None => self.stale = true,
            }
        }
        Ok(())
    }

    /// Required fields: on create all of them, on update those the caller cleared.
    fn demand_required(&mut self, draft: &mut Draft) -> Result<()> {
        if self.skip.required {
            return Ok(());
        }
        let resource = draft.record.resource();
        let mandatory: Vec<u16> = if draft.is_new() {
            let all = &self.snapshot()?.settings().mandatory;
            all.iter().filter(|(demanding, _)| *demanding == resource).map(|(_, field)| *field).collect()
        } else {
            Vec::new()
        };
        for (position, field) in resource.definition().fields.iter().enumerate() {
            let position = position as u16;
            let demanded = field.required || mandatory.contains(&position);
            let concerned = draft.is_new() || (field.required && draft.patch.names(position));
            if demanded && concerned && is_blank(draft.record.at(position)) && !draft.has_problem(position) {
                draft.problem(position, Reason::Required);
            }
        }
        if draft.is_new() && !self.nested {
            merge::demand_custom_fields(self, draft)?;
        }
        Ok(())
    }

    fn check_duplicates(&mut self, draft: &mut Draft) -> Result<()> {
        self.check_external_key(draft)?;
        let by_settings = matches!(draft.record.resource(), Resource::Contact | Resource::Opportunity);
        if self.skip.validations || (self.skip.duplicates && by_settings) {
            return Ok(());
        }
        rules::check_duplicates(self, draft)
    }

    /// No two live records of a resource have the same key in a client's system, whatever else may be skipped.
    fn check_external_key(&mut self, draft: &mut Draft) -> Result<()> {
        if !draft.changes(meta::EXTERNAL_KEY) {
            return Ok(());
        }
        let Some(key) = draft.record.get(meta::EXTERNAL_KEY).map(str::to_owned) else { return Ok(()) };
        let same = Filter::Term(TermKind::ExternalKey, TextMatch::Equal, vec![key.clone()]);
        let query = Query::of(draft.record.resource()).filter(same);
        let id = draft.before.as_ref().map(Record::id);
        if resolve::first(self, query)?.is_some_and(|other| Some(other) != id) {
            draft.problem(meta::EXTERNAL_KEY, Reason::DuplicateKey(key));
        }
        Ok(())
    }
}
