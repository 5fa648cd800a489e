//! Registries: unique names, one default, nothing in use is deleted, custom fields, users.

use crate::catalogue::{
    FieldType, Resource, appointment_type, custom_field, meta, payment_condition, role, team,
    unit_of_measure, user,
};
use crate::error::{Error, Place, Reason, Result};
use crate::identity::same_login;
use crate::patch::{Input, Patch};
use crate::query::{Filter, ItemTest, Page, Query, TextMatch};
use crate::record::{Key, Record, kind};
use crate::resolve;
use crate::snapshot;
use crate::terms::TermKind;
use crate::text::{self, fold};
use crate::write::{Draft, Work};

/// Registries whose names are unique and whose records stay while something uses them.
pub(crate) fn kept_while_used(resource: Resource) -> bool {
    matches!(
        resource,
        Resource::Origin
            | Resource::Segment
            | Resource::Category
            | Resource::AppointmentType
            | Resource::CallType
            | Resource::TaskType
            | Resource::OutcomeReason
            | Resource::DiscardReason
            | Resource::Checklist
            | Resource::ProposalTemplate
            | Resource::FormTemplate
            | Resource::Team
            | Resource::Role
            | Resource::UnitOfMeasure
            | Resource::PaymentCondition
    )
}

/// The flag of registries in which one record at most is the default.
fn default_flag(resource: Resource) -> Option<Key<kind::Bool>> {
    match resource {
        Resource::UnitOfMeasure => Some(unit_of_measure::DEFAULT),
        Resource::PaymentCondition => Some(payment_condition::DEFAULT),
        Resource::AppointmentType => Some(appointment_type::DEFAULT),
        _ => None,
    }
}

/// The active record of a registry that is the default there.
pub(crate) fn preset(work: &mut Work<'_>, resource: Resource) -> Result<Option<i64>> {
    let Some(flag) = default_flag(resource) else { return Ok(None) };
    let chosen = work.snapshot()?.all(resource).find(|record| record.is_active() && record.get(flag));
    Ok(chosen.map(|record| record.id()))
}

/// A new default takes the flag from the others.
pub(crate) fn follow_up(work: &mut Work<'_>, before: Option<&Record>, after: &Record) -> Result<bool> {
    let Some(flag) = default_flag(after.resource()) else { return Ok(false) };
    if !after.get(flag) || before.is_some_and(|before| before.get(flag)) {
        return Ok(false);
    }
    let others: Vec<Record> = work
        .snapshot()?
        .all(after.resource())
        .filter(|other| other.id() != after.id() && other.get(flag))
        .map(|other| other.as_ref().clone())
        .collect();
    for other in others {
        work.update(other, Patch::new().with(flag, Input::Bool(false)))?;
    }
    Ok(false)
}

/// Refuses a second record of the same name where names are unique.
pub(crate) fn check_duplicates(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    let resource = draft.record.resource();
    let id = draft.before.as_ref().map_or(0, Record::id);
    let Some(title) = draft.record.title().map(str::to_owned) else { return Ok(()) };
    let renamed = resource.definition().title.is_some_and(|title| draft.changes(title));
    let moved = resource == Resource::CustomField && draft.changes(custom_field::EXTENDS);
    if !renamed && !moved {
        return Ok(());
    }
    let wanted = fold(&title);
    let same = |other: &Record| other.id() != id && other.title().is_some_and(|other| fold(other) == wanted);
    let taken = match resource {
        Resource::CustomField => {
            let extends = draft.record.get(custom_field::EXTENDS);
            work.snapshot()?
                .all(resource)
                .any(|other| same(other) && other.get(custom_field::EXTENDS) == extends)
        }
        _ if kept_while_used(resource) => work.snapshot()?.all(resource).any(|other| same(other)),
        _ => false,
    };
    if taken {
        draft.refuse(Reason::DuplicateName(title));
    }
    Ok(())
}

/// Refuses to delete a record that others point to.
pub(crate) fn refuse_if_used(work: &mut Work<'_>, record: &Record) -> Result<()> {
    for resource in Resource::ALL {
        for (position, field) in resource.definition().fields.iter().enumerate().skip(meta::COUNT) {
            let used = match field.field_type {
                FieldType::One(target) if target == record.resource() => {
                    let query = Query::of(*resource).filter(Filter::is(position as u16, record.id()));
                    resolve::first(work, query)?.is_some()
                }
                FieldType::Items(inner) => {
                    let points = |field: &crate::catalogue::Field| matches!(field.field_type, FieldType::One(target) if target == record.resource());
                    let test = ItemTest::OneOf(vec![record.id()]);
                    match inner.iter().position(points) {
                        Some(inner) => {
                            let (list, inner) = (position as u16, Some(inner as u16));
                            let query = Query::of(*resource).filter(Filter::Any { list, inner, test });
                            resolve::first(work, query)?.is_some()
                        }
                        None => false,
                    }
                }
                FieldType::Many(target) if target == record.resource() && resource.definition().registry => {
                    work.snapshot()?.all(*resource).any(|other| match other.at(position as u16) {
                        crate::Value::Ids(ids) => ids.contains(&record.id()),
                        _ => false,
                    })
                }
                FieldType::Many(target) if target == record.resource() && target == Resource::Team => {
                    let term =
                        Filter::Term(TermKind::CoOwnerTeam, TextMatch::Equal, vec![record.id().to_string()]);
                    resolve::first(work, Query::of(*resource).filter(term))?.is_some()
                }
                _ => false,
            };
            if used {
                return Err(Error::refused(Place::Whole, Reason::InUse));
            }
        }
    }
    Ok(())
}

/// Gives a new custom field its alias, and keeps the type of one with values.
pub(crate) fn settle_custom_field(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    if draft.is_new() {
        let Some(label) = draft.record.get(custom_field::LABEL) else { return Ok(()) };
        let (base, extends) = (text::alias(label), draft.record.get(custom_field::EXTENDS));
        let taken: Vec<String> = work
            .snapshot()?
            .all(Resource::CustomField)
            .filter(|other| other.get(custom_field::EXTENDS) == extends)
            .filter_map(|other| other.get(custom_field::ALIAS).map(str::to_owned))
            .collect();
        let mut alias = base.clone();
        let mut suffix = 2;
        while taken.contains(&alias) {
            alias = format!("{base}_{suffix}");
            suffix += 1;
        }
        draft.record.set(custom_field::ALIAS, Some(alias));
        return Ok(());
    }
    let moved = draft.changes(custom_field::TYPE) || draft.changes(custom_field::EXTENDS);
    let extended = draft
        .before
        .as_ref()
        .and_then(|before| before.get(custom_field::EXTENDS))
        .and_then(snapshot::extended_resource);
    if let (true, Some(extended)) = (moved, extended) {
        let prefix = format!("{}:", draft.record.id());
        let query =
            Query::of(extended).filter(Filter::Term(TermKind::Custom, TextMatch::Prefix, vec![prefix]));
        if resolve::first(work, query.page(Page::first(1)))?.is_some() {
            let field =
                if draft.changes(custom_field::TYPE) { custom_field::TYPE } else { custom_field::EXTENDS };
            draft.problem(field, Reason::TypeInUse);
        }
    }
    Ok(())
}

/// A user made through an integration sells, in the default team.
pub(crate) fn prepare_user(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    if !draft.is_new() {
        return Ok(());
    }
    let snapshot = work.snapshot()?;
    let role = snapshot.named(Resource::Role, "seller").map(|role| role.id());
    let teams: Vec<i64> =
        snapshot.all(Resource::Team).filter(|team| team.get(team::DEFAULT)).map(|team| team.id()).collect();
    draft.record.set(user::ROLE, role);
    draft.record.set(user::TEAMS, teams);
    Ok(())
}

/// Logins are unique; the last administrator stays active.
pub(crate) fn settle_user(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    let id = draft.before.as_ref().map_or(0, Record::id);
    if let Some(login) = draft.record.get(user::LOGIN).map(str::to_owned) {
        let taken = work.snapshot()?.all(Resource::User).any(|other| {
            other.id() != id && other.get(user::LOGIN).is_some_and(|other| same_login(other, &login))
        });
        if taken {
            draft.refuse(Reason::DuplicateName(login));
        }
    }
    settle_administration(work, draft)
}

/// A user or role may not change so that nobody is left to administer the tenant.
pub(crate) fn settle_administration(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    if !draft.is_new() && ends_administration(work, &draft.record)? {
        draft.refuse(Reason::LastAdministrator);
    }
    Ok(())
}

/// The same for a user whose derived fields, the role among them, are written past the merge.
pub(crate) fn keep_administration(work: &mut Work<'_>, after: &Record) -> Result<()> {
    if ends_administration(work, after)? {
        return Err(Error::refused(Place::Whole, Reason::LastAdministrator));
    }
    Ok(())
}

/// Whether someone administers the tenant, and nobody would once this user or role is stored as it is here.
fn ends_administration(work: &mut Work<'_>, after: &Record) -> Result<bool> {
    let snapshot = work.snapshot()?;
    let is_changed = |record: &Record| (record.resource(), record.id()) == (after.resource(), after.id());
    let administered = |changed: bool| {
        let now = |record| if changed && is_changed(record) { after } else { record };
        snapshot.all(Resource::User).any(|user| {
            let user = now(user);
            let role = user.get(user::ROLE).and_then(|role| snapshot.live(Resource::Role, role));
            user.is_active() && role.is_some_and(|role| now(role).get(role::ADMINISTRATOR))
        })
    };
    Ok(administered(false) && !administered(true))
}

/// Users are never deleted: what they did keeps their name.
pub(crate) fn deactivate_user(work: &mut Work<'_>, record: &Record) -> Result<()> {
    let mut after = record.clone();
    after.set(user::ACTIVE, false);
    keep_administration(work, &after)?;
    work.store(record, after, false)
}
