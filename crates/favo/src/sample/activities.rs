//! Activities: tasks that are done, due or overdue, and appointments before and after they were held.

use favo_core::catalogue::{appointment, participant, task};
use favo_core::patch::{Input, ItemPatch, Patch};
use favo_core::{Instant, Resource, Result};

use super::calendar::Calendar;
use super::chance::Chance;
use super::contacts::Party;
use super::desk::{Desk, any, one};
use super::goods;
use super::sales::Deal;

/// One minute in microseconds.
const MINUTE: i64 = 60_000_000;
const CALL: i64 = 1;

/// States of a task.
const OPEN: i64 = 0;
const DONE: i64 = 1;
const CANCELLED: i64 = 2;
const RUNNING: i64 = 3;

/// What an activity is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Matter<'m> {
    pub(super) seller: usize,
    pub(super) customer: &'m Party,
    /// The person of the customer it concerns.
    pub(super) person: &'m Party,
    pub(super) deal: Option<Deal>,
}

impl Matter<'_> {
    /// When the last thing it is about came to be.
    fn known(&self) -> Instant {
        let parties = self.customer.created.max(self.person.created);
        self.deal.map_or(parties, |deal| deal.created.max(parties))
    }
}

/// A task: most are done, some still open or overdue.
pub(super) fn task(desk: &mut Desk<'_>, chance: &mut Chance, matter: Matter<'_>) -> Result<()> {
    let scene = desk.scene;
    let (nature, titles) = goods::TASKS[chance.weighted(&[40, 40, 20])];
    let status = [OPEN, DONE, CANCELLED, RUNNING][chance.weighted(&[30, 60, 6, 4])];
    let pending = matches!(status, OPEN | RUNNING);
    let created = scene.calendar.since(chance, matter.known(), 0, if pending { 1200 } else { 200 });
    let due = match (pending, chance.percent(35)) {
        // Open and in time, open and overdue, over and done with.
        (true, false) => Calendar::later(chance, scene.calendar.now(), 1, 45),
        (true, true) => scene.calendar.since(chance, created, 1, 20),
        (false, _) => Calendar::later(chance, created, 1, 15),
    };
    let mut patch = Patch::new()
        .with(task::TITLE, any(chance, titles))
        .with(task::CUSTOMER, one(matter.customer.id))
        .with(task::OWNER, desk.user(matter.seller))
        .with(task::PRIORITY, Input::Int(chance.weighted(&[70, 20, 10]) as i64))
        .with(task::DUE_AT, Input::Instant(due));
    if let Some((_, kind)) = scene.task_types.iter().find(|(of, _)| *of == nature) {
        patch.set(task::TYPE, one(*kind));
    }
    if let Some(deal) = matter.deal {
        patch.set(task::OPPORTUNITY, one(deal.id));
    }
    if chance.percent(30) {
        patch.set(task::DESCRIPTION, any(chance, goods::NOTES));
    }
    // A third of what is done was planned before; the rest is written down afterwards.
    let planned = status == DONE && chance.percent(35);
    if !planned {
        patch.set(task::STATUS, Input::Int(status));
    }
    if nature == CALL && status == DONE && !planned {
        call(desk, chance, &mut patch, matter, created);
    }
    let id = desk.create(matter.seller, created, Resource::Task, patch)?;
    if planned {
        let done = scene.calendar.since(chance, created, 1, 20);
        let mut patch = Patch::new().with(task::STATUS, Input::Int(DONE));
        if nature == CALL {
            call(desk, chance, &mut patch, matter, done);
        }
        desk.update(matter.seller, done, Resource::Task, id, patch)?;
    }
    Ok(())
}

/// How a call went that ended at an instant.
fn call(desk: &Desk<'_>, chance: &mut Chance, patch: &mut Patch, matter: Matter<'_>, ended: Instant) {
    let minutes = chance.between(1, 25);
    let answered = chance.percent(75);
    patch.set(task::STARTED_AT, Input::Instant(Instant(ended.0 - minutes * MINUTE)));
    patch.set(task::ENDED_AT, Input::Instant(ended));
    patch.set(task::ANSWERED, Input::Bool(answered));
    patch.set(task::CALL_TYPE, one(chance.pick(&desk.scene.call_types)));
    if !matter.person.phone.is_empty() {
        patch.set(task::PHONE, Input::Text(matter.person.phone.clone()));
    }
    if !answered {
        patch.set(task::NOT_ANSWERED_REASON, any(chance, goods::NOT_ANSWERED));
        return;
    }
    patch.set(task::ANSWERED_BY_CONTACT, one(matter.person.id));
    patch.set(task::ANSWERED_BY, Input::Text(matter.person.name.clone()));
    patch.set(task::CALL_OUTCOME, any(chance, goods::CALL_OUTCOMES));
    if chance.percent(30) {
        patch.set(task::RATING, Input::Int(chance.between(1, 5)));
    }
}

/// An appointment: most were held, some lie ahead.
pub(super) fn appointment(desk: &mut Desk<'_>, chance: &mut Chance, matter: Matter<'_>) -> Result<()> {
    const AHEAD: usize = 0;
    const HELD: usize = 1;
    let scene = desk.scene;
    // Ahead, held, cancelled.
    let state = chance.weighted(&[25, 63, 12]);
    let created = scene.calendar.since(chance, matter.known(), 0, if state == AHEAD { 1200 } else { 250 });
    let starts = match state {
        AHEAD => Calendar::later(chance, scene.calendar.now(), 1, 40),
        _ => scene.calendar.since(chance, created, 1, 20),
    };
    let starts = Instant(starts.0 / (30 * MINUTE) * (30 * MINUTE));
    let ends = Instant(starts.0 + chance.between(1, 4) * 30 * MINUTE);
    let mut guests = vec![ItemPatch::default(), ItemPatch::default()];
    guests[0].set(participant::USER, desk.user(matter.seller)).set(participant::CONFIRMED, Input::Bool(true));
    guests[1]
        .set(participant::CONTACT, one(matter.person.id))
        .set(participant::NAME, Input::Text(matter.person.name.clone()))
        .set(participant::CONFIRMED, Input::Bool(chance.percent(70)));
    let mut patch = Patch::new()
        .with(appointment::SUBJECT, any(chance, goods::MEETINGS))
        .with(appointment::CUSTOMER, one(matter.customer.id))
        .with(appointment::OWNER, desk.user(matter.seller))
        .with(appointment::TYPE, one(chance.pick(&scene.appointment_types)))
        .with(appointment::STARTS_AT, Input::Instant(starts))
        .with(appointment::ENDS_AT, Input::Instant(ends))
        .with(appointment::PARTICIPANTS, Input::Items(guests));
    if let Some(deal) = matter.deal {
        patch.set(appointment::OPPORTUNITY, one(deal.id));
    }
    if chance.percent(50) {
        let place = if chance.percent(50) { "No cliente" } else { "Sala de reuniões 1" };
        patch.set(appointment::PLACE, Input::Text(place.to_owned()));
    }
    let id = desk.create(matter.seller, created, Resource::Appointment, patch)?;
    if state == AHEAD {
        return Ok(());
    }
    let mut patch = Patch::new().with(appointment::STATUS, Input::Int(state as i64));
    if state == HELD && chance.percent(70) {
        patch.set(appointment::OUTCOME, any(chance, goods::MEETING_OUTCOMES));
    }
    // Written down when it was over.
    let told = Instant(ends.0.max(created.0).min(scene.calendar.now().0));
    desk.update(matter.seller, told, Resource::Appointment, id, patch)
}
