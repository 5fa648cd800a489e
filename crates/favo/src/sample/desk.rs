//! The desk at which a batch of records is written: who acts, when, and what is counted. Not for what is written.

use std::ops::AddAssign;
use std::sync::Arc;

use favo_core::patch::{Input, Patch, Reference};
use favo_core::transaction::Writer;
use favo_core::write::{self, Skip};
use favo_core::{Ctx, Instant, Resource, Result};

use super::Report;
use super::chance::{Chance, Repeatable};
use super::scene::Scene;

/// E-mails, phones and names are made so that nothing is there twice; comparing them again would cost a query each.
const SKIP: Skip = Skip { required: false, validations: true, duplicates: true };

/// Where the records of one batch are written.
pub(super) struct Desk<'b> {
    pub(super) scene: &'b Scene,
    pub(super) report: Report,
    tx: &'b mut dyn Writer,
    ctx: Ctx,
}

impl<'b> Desk<'b> {
    /// A desk for the batch that starts with this contact.
    pub(super) fn new(scene: &'b Scene, first: u64, tx: &'b mut dyn Writer) -> Result<Self> {
        let ctx = Ctx {
            actor: Arc::clone(&scene.sellers[0]),
            now: scene.calendar.now(),
            snapshot: Arc::clone(&scene.snapshot),
            entropy: Arc::new(Repeatable::of(scene.seed, scene.base + first + 1)),
        };
        // Somebody else may have changed a registry since the scene was set.
        let ctx = ctx.fresh(tx)?;
        Ok(Self { scene, report: Report::default(), tx, ctx })
    }

    /// Creates a record as a seller, at an instant.
    pub(super) fn create(
        &mut self,
        seller: usize,
        at: Instant,
        resource: Resource,
        patch: Patch,
    ) -> Result<i64> {
        self.act(seller, at);
        let counter = self.report.counter(resource);
        *counter += 1;
        write::create(&self.ctx, self.tx, resource, patch, SKIP)
    }

    /// Changes a record as a seller, at an instant.
    pub(super) fn update(
        &mut self,
        seller: usize,
        at: Instant,
        resource: Resource,
        id: i64,
        patch: Patch,
    ) -> Result<()> {
        self.act(seller, at);
        write::update(&self.ctx, self.tx, resource, id, patch, SKIP)
    }

    fn act(&mut self, seller: usize, at: Instant) {
        self.ctx.actor = Arc::clone(&self.scene.sellers[seller]);
        self.ctx.now = at;
    }

    /// The user behind a seller.
    pub(super) fn user(&self, seller: usize) -> Input {
        one(self.scene.sellers[seller].user)
    }

    /// Some of the tags, often none.
    pub(super) fn tags(&self, chance: &mut Chance) -> Option<Input> {
        let count = chance.weighted(&[60, 25, 15]);
        let tags = (0..count).map(|_| Reference::id(chance.pick(&self.scene.tags))).collect();
        (count > 0).then_some(Input::Many(tags))
    }
}

/// A relation to this record.
pub(super) fn one(id: i64) -> Input {
    Input::One(Reference::id(id))
}

/// A text from a list.
pub(super) fn any(chance: &mut Chance, texts: &[&str]) -> Input {
    Input::Text(chance.pick(texts).to_owned())
}

impl Report {
    fn counter(&mut self, resource: Resource) -> &mut u64 {
        match resource {
            Resource::Opportunity => &mut self.opportunities,
            Resource::Qualification => &mut self.qualifications,
            Resource::Proposal => &mut self.proposals,
            Resource::Task => &mut self.tasks,
            Resource::Appointment => &mut self.appointments,
            Resource::Order => &mut self.orders,
            _ => &mut self.contacts,
        }
    }
}

impl AddAssign for Report {
    fn add_assign(&mut self, other: Self) {
        self.contacts += other.contacts;
        self.opportunities += other.opportunities;
        self.qualifications += other.qualifications;
        self.proposals += other.proposals;
        self.tasks += other.tasks;
        self.appointments += other.appointments;
        self.orders += other.orders;
    }
}
