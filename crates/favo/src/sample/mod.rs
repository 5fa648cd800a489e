//! Sample data: a Brazilian sales tenant of any size, made up from a seed, written through the rules like anything else.
//!
//! The same seed, size and instant make the same records in an empty tenant; in one with contacts they come on top.
//! `scene` makes what records point to, `contacts`, `sales` and `activities` the records, `desk` writes them.
//! Nobody in it exists, and nothing in it is secret: its UUIDs and the keys of its proposals follow from the seed.

mod activities;
mod calendar;
mod chance;
mod cities;
mod contacts;
mod desk;
mod goods;
mod names;
mod numbers;
mod sales;
mod scene;
#[cfg(test)]
mod tests;
mod words;

use std::fmt;
use std::sync::Arc;

use favo_core::transaction::{TenantId, Writer};
use favo_core::{Instant, Result};
use favo_store::Store;

use crate::administration::Refusal;
use activities::Matter;
use chance::{About, Chance};
use contacts::{Circle, Unit};
use desk::Desk;
use scene::{Scene, Wish};

/// About how many contacts are written in one transaction, with all that belongs to them.
const BATCH: u64 = 400;

/// What was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Organisations and persons.
    pub contacts: u64,
    /// Opportunities in all states.
    pub opportunities: u64,
    /// Qualifications in all states.
    pub qualifications: u64,
    /// Proposals, older versions included.
    pub proposals: u64,
    /// Tasks, calls among them.
    pub tasks: u64,
    /// Appointments.
    pub appointments: u64,
    /// Orders that came from opportunities.
    pub orders: u64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} contacts, {} opportunities, {} qualifications, {} proposals, {} tasks, {} appointments, {} orders",
            self.contacts,
            self.opportunities,
            self.qualifications,
            self.proposals,
            self.tasks,
            self.appointments,
            self.orders
        )
    }
}

/// Fills a tenant with sample data; what is there already stays. Blocks.
///
/// Each batch is a transaction of its own: when one fails, those before it stay.
pub fn fill(
    store: &Store,
    tenant: TenantId,
    contacts: u64,
    seed: u64,
    now: Instant,
    progress: &mut dyn FnMut(&str),
) -> anyhow::Result<Report> {
    let wish = Wish { seed, contacts, now };
    let scene = store.write_blocking(tenant, move |tx| scene::set(wish, tx)).map_err(Refusal::from)?;
    if scene.sales.is_empty() {
        anyhow::bail!("there is no active sales pipeline with stages: activate one first");
    }
    let scene = Arc::new(scene);
    let units = contacts::plan(seed, scene.base, contacts);
    let mut report = Report::default();
    let (mut told, mut measured) = (0, 1_000);
    for batch in batches(&units) {
        let (scene, batch) = (Arc::clone(&scene), batch.to_vec());
        let written = store.write_blocking(tenant, move |tx| write(&scene, &batch, tx));
        report += written.map_err(Refusal::from)?;
        if report.contacts >= measured {
            // Without statistics a database that has just grown tenfold plans for the one it was.
            store.analyze().map_err(Refusal::from)?;
            measured = report.contacts * 10;
        }
        if report.contacts * 10 / contacts > told {
            told = report.contacts * 10 / contacts;
            progress(&format!("{} of {contacts} contacts", report.contacts));
        }
    }
    store.analyze().map_err(Refusal::from)?;
    Ok(report)
}

/// Splits the units into runs of about [`BATCH`] contacts.
fn batches(units: &[Unit]) -> impl Iterator<Item = &[Unit]> {
    units.chunk_by(|one, next| one.first / BATCH == next.first / BATCH)
}

/// Writes one batch. It may run more than once, and then does the same.
fn write(scene: &Scene, batch: &[Unit], tx: &mut dyn Writer) -> Result<Report> {
    let mut desk = Desk::new(scene, batch.first().map_or(0, |unit| unit.first), tx)?;
    for unit in batch {
        let circle = contacts::write(&mut desk, *unit)?;
        business(&mut desk, *unit, &circle)?;
    }
    Ok(desk.report)
}

/// What is going on with the contacts of a unit: the more of them, the more of it.
fn business(desk: &mut Desk<'_>, unit: Unit, circle: &Circle) -> Result<()> {
    let (seed, number, seller) = (desk.scene.seed, desk.scene.base + unit.first, circle.seller);
    let mut sales = Chance::of(seed, About::Sales, number);
    let mut activities = Chance::of(seed, About::Activities, number);
    let Some((customer, people)) = circle.parties.split_first() else { return Ok(()) };
    let mut deals = Vec::new();
    for party in &circle.parties {
        let person = (party.id != customer.id).then_some(party).or(people.first());
        if sales.percent(40) {
            deals.push(sales::opportunity(desk, &mut sales, seller, customer, person)?);
        }
        if sales.percent(15) {
            sales::qualification(desk, &mut sales, seller, customer)?;
        }
    }
    for party in &circle.parties {
        let person = if party.id == customer.id { people.first().unwrap_or(party) } else { party };
        let tasks = activities.weighted(&[46, 34, 14, 6]);
        let appointments = activities.weighted(&[74, 22, 4]);
        for activity in 0..tasks + appointments {
            let deal = (!deals.is_empty() && activities.percent(60)).then(|| activities.pick(&deals));
            let matter = Matter { seller, customer, person, deal };
            if activity < tasks {
                activities::task(desk, &mut activities, matter)?;
            } else {
                activities::appointment(desk, &mut activities, matter)?;
            }
        }
    }
    Ok(())
}
