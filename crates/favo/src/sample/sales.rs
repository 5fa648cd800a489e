//! Sales: opportunities with their lines and outcomes, orders, proposals, qualifications.

use favo_core::catalogue::{line_item, opportunity, order, proposal, qualification};
use favo_core::patch::{Input, ItemPatch, Patch, Reference};
use favo_core::{Decimal, Instant, Resource, Result};

use super::calendar::Calendar;
use super::chance::{About, Chance};
use super::contacts::{Party, filled};
use super::desk::{Desk, any, one};
use super::goods;

const OPEN: usize = 0;
const WON: usize = 1;
const POSTPONED: usize = 4;

/// An opportunity that activities may belong to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deal {
    pub(super) id: i64,
    pub(super) created: Instant,
}

/// An opportunity from its beginning to its end, or to this day.
pub(super) fn opportunity(
    desk: &mut Desk<'_>,
    chance: &mut Chance,
    seller: usize,
    customer: &Party,
    contact: Option<&Party>,
) -> Result<Deal> {
    let scene = desk.scene;
    let known = contact.map_or(customer.created, |contact| contact.created.max(customer.created));
    let created = scene.calendar.since(chance, known, 0, 400);
    let age = scene.calendar.now().days_since(created);
    // Open, won, lost, discarded, postponed.
    let status = chance.weighted(if age < 90 { &[64, 14, 10, 4, 8] } else { &[16, 42, 28, 7, 7] });
    let track = &scene.sales[chance.weighted(&[75, 25]).min(scene.sales.len() - 1)];
    let last = track.stages.len() - 1;
    let entered = match status {
        OPEN | POSTPONED => chance.weighted(&[40, 30, 20, 10]).min(last),
        WON => last,
        _ => chance.below(track.stages.len() as u64) as usize,
    };
    let lines = lines(desk, chance);
    let mut patch = Patch::new()
        .text(opportunity::NAME, format!("{} - {}", chance.pick(goods::SUBJECTS), customer.name))
        .with(opportunity::CUSTOMER, one(customer.id))
        .with(opportunity::OWNER, desk.user(seller))
        .with(opportunity::PIPELINE, one(track.pipeline))
        .with(opportunity::STAGE, Input::Int(track.stages[entered]))
        .with(opportunity::PROBABILITY, Input::Int((entered as i64 * 80 / last.max(1) as i64) + 10))
        .with(opportunity::DUE_AT, Input::Instant(Calendar::later(chance, created, 15, 120)));
    if let Some(contact) = contact {
        patch.set(opportunity::CONTACT, one(contact.id));
    }
    if lines.is_empty() {
        let value = Decimal::from_units(chance.between(5, 600) * 100);
        patch.set(opportunity::ONE_OFF_VALUE, Input::Decimal(value));
    } else {
        patch.set(opportunity::LINES, Input::Items(lines.clone()));
    }
    if chance.percent(70) {
        patch.set(opportunity::ORIGIN, one(chance.pick(&scene.origins)));
    }
    if let Some(tags) = desk.tags(chance) {
        patch.set(opportunity::TAGS, tags);
    }
    if chance.percent(20) {
        patch.set(opportunity::NOTES, any(chance, goods::NOTES));
    }
    if chance.percent(40) {
        let payment = filled(goods::PAYMENT.0, chance.pick(goods::PAYMENT.1));
        patch.set(opportunity::CUSTOM, Input::Custom(vec![payment]));
    }
    if chance.percent(10) {
        patch.set(opportunity::TO_EXISTING_CUSTOMER, Input::Bool(true));
    }
    let id = desk.create(seller, created, Resource::Opportunity, patch)?;
    let mut latest = created;
    if entered > 0 && chance.percent(25) {
        latest = scene.calendar.since(chance, created, 1, 30);
        propose(desk, chance, seller, id, latest, contact.unwrap_or(customer))?;
    }
    if status == OPEN {
        if chance.percent(30) && entered < last {
            let moved = scene.calendar.since(chance, latest, 1, 40);
            let patch = Patch::new().with(opportunity::STAGE, Input::Int(track.stages[entered + 1]));
            desk.update(seller, moved, Resource::Opportunity, id, patch)?;
        }
        return Ok(Deal { id, created });
    }
    let closed = scene.calendar.since(chance, latest, 5, 110);
    let patch = outcome(desk, chance, status);
    desk.update(seller, closed, Resource::Opportunity, id, patch)?;
    if status == WON && !lines.is_empty() {
        order(desk, seller, id, closed, (customer, contact), lines)?;
    }
    Ok(Deal { id, created })
}

/// Every third sale that was won is followed by an order of what was sold.
fn order(
    desk: &mut Desk<'_>,
    seller: usize,
    deal: i64,
    sold: Instant,
    (customer, contact): (&Party, Option<&Party>),
    lines: Vec<ItemPatch>,
) -> Result<()> {
    let scene = desk.scene;
    // A stream of its own: what is made up about the sales does not depend on their orders.
    let mut chance = Chance::of(scene.seed, About::Orders, scene.base + deal as u64);
    if !chance.percent(33) {
        return Ok(());
    }
    let ordered = scene.calendar.since(&mut chance, sold, 0, 15);
    let day = ordered.0.div_euclid(Instant::DAY);
    let age = scene.calendar.now().days_since(ordered);
    // New, confirmed, in progress, completed, cancelled.
    let status = chance.weighted(if age < 30 { &[40, 30, 25, 5, 0] } else { &[2, 3, 10, 80, 5] }) as i64;
    let mut patch = Patch::new()
        .with(order::CUSTOMER, one(customer.id))
        .with(order::OPPORTUNITY, one(deal))
        .with(order::OWNER, desk.user(seller))
        .with(order::ORDERED_ON, Input::Int(day))
        .with(order::DELIVERY_ON, Input::Int(day + chance.between(3, 45)))
        .with(order::PAYMENT_CONDITION, one(chance.pick(&scene.payment_conditions)))
        .with(order::STATUS, Input::Int(status))
        .text(order::CURRENCY, "BRL")
        .with(order::LINES, Input::Items(lines));
    if let Some(contact) = contact {
        patch.set(order::CONTACT, one(contact.id));
    }
    if chance.percent(40) {
        patch.set(order::PRICE_TABLE, one(chance.pick(&scene.price_tables)));
    }
    desk.create(seller, ordered, Resource::Order, patch).map(drop)
}

/// What is said when an opportunity is won, lost, discarded or postponed.
fn outcome(desk: &Desk<'_>, chance: &mut Chance, status: usize) -> Patch {
    let mut patch = Patch::new().with(opportunity::STATUS, Input::Int(status as i64 + 1));
    match status {
        WON => {
            patch.set(opportunity::PROBABILITY, Input::Int(100));
        }
        POSTPONED => {
            let due = Calendar::later(chance, desk.scene.calendar.now(), 20, 200);
            patch.set(opportunity::DUE_AT, Input::Instant(due));
        }
        3 => {
            patch.set(opportunity::DISCARD_REASON, one(chance.pick(&desk.scene.discard_reasons)));
        }
        _ => {}
    }
    if matches!(status, 1 | 2) && chance.percent(80) {
        let reason = Reference::id(chance.pick(&desk.scene.outcome_reasons));
        patch.set(opportunity::OUTCOME_REASONS, Input::Many(vec![reason]));
    }
    if chance.percent(60) {
        patch.set(opportunity::REMARKS, any(chance, goods::REMARKS));
    }
    patch
}

/// None to four lines, none of them twice.
fn lines(desk: &Desk<'_>, chance: &mut Chance) -> Vec<ItemPatch> {
    let products = &desk.scene.products;
    let count = chance.weighted(&[18, 40, 24, 12, 6]);
    let first = chance.below(products.len() as u64) as usize;
    (0..count)
        .map(|line| {
            let mut row = ItemPatch::default();
            // A step that leads to another product each time.
            row.set(line_item::PRODUCT, one(products[(first + line * 7) % products.len()]))
                .set(line_item::QUANTITY, Input::Decimal(Decimal::from_units(chance.between(1, 12))));
            if chance.percent(25) {
                row.set(line_item::DISCOUNT, Input::Decimal(Decimal::from_units(chance.between(1, 4) * 5)))
                    .set(line_item::DISCOUNT_IS_PERCENTAGE, Input::Bool(true));
            }
            row
        })
        .collect()
}

/// One proposal, or two of which the second replaces the first.
fn propose(
    desk: &mut Desk<'_>,
    chance: &mut Chance,
    seller: usize,
    deal: i64,
    at: Instant,
    addressee: &Party,
) -> Result<()> {
    let versions = if chance.percent(20) { 2 } else { 1 };
    for version in 1..=versions {
        // Draft, in approval, approved, rejected.
        let status = chance.weighted(&[20, 15, 50, 15]) as i64;
        let patch = Patch::new()
            .with(proposal::OPPORTUNITY, one(deal))
            .text(proposal::ADDRESSEE, &addressee.name)
            .with(proposal::TEMPLATE, one(chance.pick(&desk.scene.proposal_templates)))
            .with(proposal::STATUS, Input::Int(status));
        let at = if version == 1 { at } else { desk.scene.calendar.since(chance, at, 1, 10) };
        desk.create(seller, at, Resource::Proposal, patch)?;
    }
    Ok(())
}

/// A qualification from its beginning to its end, or to this day.
pub(super) fn qualification(
    desk: &mut Desk<'_>,
    chance: &mut Chance,
    seller: usize,
    customer: &Party,
) -> Result<()> {
    let scene = desk.scene;
    let Some(track) = scene.qualification.first() else { return Ok(()) };
    let created = scene.calendar.since(chance, customer.created, 0, 60);
    let recent = scene.calendar.now().days_since(created) < 45;
    // Open, scheduled, qualified, discarded, sold, not sold.
    let status =
        chance.weighted(if recent { &[50, 20, 15, 10, 3, 2] } else { &[8, 4, 30, 28, 18, 12] }) as i64 + 1;
    let stage = chance.pick(&track.stages);
    let mut patch = Patch::new()
        .text(qualification::NAME, &customer.name)
        .with(qualification::CUSTOMER, one(customer.id))
        .with(qualification::OWNER, desk.user(seller))
        .with(qualification::PIPELINE, one(track.pipeline))
        .with(qualification::STAGE, Input::Int(stage))
        .with(qualification::STATUS, Input::Int(status.min(2)))
        .with(qualification::HAND_RAISED, Input::Bool(chance.percent(20)))
        .with(qualification::DUE_AT, Input::Instant(Calendar::later(chance, created, 5, 30)));
    if let Some(tags) = desk.tags(chance) {
        patch.set(qualification::TAGS, tags);
    }
    let id = desk.create(seller, created, Resource::Qualification, patch)?;
    if status > 2 {
        let closed = scene.calendar.since(chance, created, 1, 40);
        let patch = Patch::new().with(qualification::STATUS, Input::Int(status));
        desk.update(seller, closed, Resource::Qualification, id, patch)?;
    }
    Ok(())
}
