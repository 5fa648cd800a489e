//! The scene of a sample: users in teams, pipelines, products and every registry the records point to. What is there
//! by name already is taken as it is, so that a second sample moves into the same scene.

use std::sync::Arc;

use favo_core::catalogue::{
    custom_field, meta, pipeline, price_table, product, product_category, product_subcategory, stage, tag,
    task_type, team, unit_of_measure,
};
use favo_core::identity::Actor;
use favo_core::patch::{Input, ItemPatch, Patch, Reference};
use favo_core::query::{Filter, Query, TextMatch};
use favo_core::rules::prices;
use favo_core::snapshot::{Snapshot, extension_code};
use favo_core::tenancy::{self, TASK_TYPES};
use favo_core::transaction::Writer;
use favo_core::write::{self, Skip};
use favo_core::{Ctx, Decimal, Instant, Record, Resource, Result, text};

use super::calendar::Calendar;
use super::chance::{About, Chance, Repeatable};
use super::words::TRADES;
use super::{goods, names};

/// How a sale or qualification moves: a pipeline and its stages in order.
#[derive(Debug)]
pub(super) struct Track {
    pub(super) pipeline: i64,
    /// Ids of the stages, at least one.
    pub(super) stages: Vec<i64>,
}

/// Everything the records of a sample point to.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) seed: u64,
    /// The highest id a contact had before; what must differ from run to run counts from here.
    pub(super) base: u64,
    /// How many contacts are to be made.
    pub(super) contacts: u64,
    pub(super) calendar: Calendar,
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) sellers: Vec<Arc<Actor>>,
    pub(super) origins: Vec<i64>,
    /// In the order of [`TRADES`].
    pub(super) segments: Vec<i64>,
    pub(super) categories: Vec<i64>,
    pub(super) tags: Vec<i64>,
    pub(super) outcome_reasons: Vec<i64>,
    pub(super) discard_reasons: Vec<i64>,
    pub(super) appointment_types: Vec<i64>,
    pub(super) call_types: Vec<i64>,
    /// Nature and id.
    pub(super) task_types: Vec<(i64, i64)>,
    pub(super) proposal_templates: Vec<i64>,
    pub(super) sales: Vec<Track>,
    pub(super) qualification: Vec<Track>,
    pub(super) products: Vec<i64>,
    pub(super) price_tables: Vec<i64>,
    pub(super) payment_conditions: Vec<i64>,
}

/// What a sample is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    pub(super) seed: u64,
    pub(super) contacts: u64,
    pub(super) now: Instant,
}

/// Sets the scene.
pub(super) fn set(wish: Wish, tx: &mut dyn Writer) -> Result<Scene> {
    let Wish { seed, contacts, now } = wish;
    let highest = tx.largest(Resource::Contact, &Filter::All, meta::ID.position())?;
    let base = highest.unwrap_or(0) as u64;
    let calendar = Calendar::before(now);
    let snapshot = Arc::new(Snapshot::load(tx)?);
    let entropy = Arc::new(Repeatable::of(seed, base));
    let ctx = Ctx { actor: Arc::new(Actor::system(0)), now: calendar.start(), snapshot, entropy };
    let mut stage = Stage { ctx, now, tx };
    let users = stage.users(seed, contacts)?;
    let units = stage.units()?;
    let products = stage.products(&units)?;
    let price_tables = stage.price_tables(&products)?;
    stage.custom_fields()?;
    stage.second_pipeline()?;
    let segments: Vec<&str> = TRADES.iter().map(|(segment, _)| *segment).collect();
    let scene = Scene {
        seed,
        base,
        contacts,
        calendar,
        sellers: users.into_iter().map(|user| Arc::new(Actor::system(user))).collect(),
        origins: stage.all_named(Resource::Origin, goods::ORIGINS)?,
        segments: stage.all_named(Resource::Segment, &segments)?,
        categories: stage.all_named(Resource::Category, goods::CATEGORIES)?,
        tags: stage.tags()?,
        outcome_reasons: stage.all_named(Resource::OutcomeReason, goods::OUTCOME_REASONS)?,
        discard_reasons: stage.all_named(Resource::DiscardReason, goods::DISCARD_REASONS)?,
        appointment_types: stage.all_named(Resource::AppointmentType, goods::APPOINTMENT_TYPES)?,
        call_types: stage.all_named(Resource::CallType, goods::CALL_TYPES)?,
        task_types: stage.task_types()?,
        proposal_templates: stage.all_named(Resource::ProposalTemplate, goods::PROPOSAL_TEMPLATES)?,
        sales: stage.tracks(0),
        qualification: stage.tracks(1),
        products: products.into_iter().map(|(id, _)| id).collect(),
        price_tables,
        payment_conditions: stage.all_named(Resource::PaymentCondition, goods::PAYMENT_CONDITIONS)?,
        snapshot: stage.ctx.snapshot,
    };
    Ok(scene)
}

/// Where registries are made: the registries of `ctx` are always those of this moment.
struct Stage<'t> {
    /// Acts when the sample begins.
    ctx: Ctx,
    now: Instant,
    tx: &'t mut dyn Writer,
}

impl Stage<'_> {
    fn create(&mut self, resource: Resource, patch: Patch) -> Result<i64> {
        let id = write::create(&self.ctx, self.tx, resource, patch, Skip::default())?;
        self.ctx = self.ctx.fresh(self.tx)?;
        Ok(id)
    }

    /// Changes what may have been there before the sample: at the present, so that nothing is changed before it is made.
    fn update(&mut self, resource: Resource, id: i64, patch: Patch) -> Result<()> {
        let ctx = Ctx { now: self.now, ..self.ctx.clone() };
        write::update(&ctx, self.tx, resource, id, patch, Skip::default())?;
        self.ctx = self.ctx.fresh(self.tx)?;
        Ok(())
    }

    /// The record of a registry with this name, made from the patch when there is none.
    fn named(&mut self, resource: Resource, name: &str, title: impl Into<u16>, patch: Patch) -> Result<i64> {
        match self.ctx.snapshot.named(resource, name) {
            Some(record) => Ok(record.id()),
            None => self.create(resource, patch.text(title, name)),
        }
    }

    fn all_named(&mut self, resource: Resource, names: &[&str]) -> Result<Vec<i64>> {
        let title = resource.definition().title.unwrap_or_default();
        names.iter().map(|name| self.named(resource, name, title, Patch::new())).collect()
    }

    fn tags(&mut self) -> Result<Vec<i64>> {
        let coloured = |(name, colour): &(&str, &str)| {
            self.named(Resource::Tag, name, tag::NAME, Patch::new().text(tag::COLOUR, *colour))
        };
        goods::TAGS.iter().map(coloured).collect()
    }

    fn task_types(&mut self) -> Result<Vec<(i64, i64)>> {
        let mut types = Vec::with_capacity(TASK_TYPES.len());
        for (nature, label) in TASK_TYPES {
            let patch = Patch::new().with(task_type::NATURE, Input::Int(*nature));
            types.push((*nature, self.named(Resource::TaskType, label, task_type::NAME, patch)?));
        }
        Ok(types)
    }

    /// Sellers and a manager in each of three teams; their ids.
    ///
    /// A new user joins the default teams and nothing else puts them into one, so each team is the default one while
    /// its people join.
    fn users(&mut self, seed: u64, contacts: u64) -> Result<Vec<i64>> {
        let wanted = (8 + contacts / 4000).min(20) as usize;
        let mut chance = Chance::of(seed, About::Users, 0);
        let mut people: Vec<(String, String)> = Vec::with_capacity(wanted);
        while people.len() < wanted {
            let name = names::person(&mut chance);
            let login = format!("{}@vendas.example", names::mailbox(&name));
            if people.iter().all(|(_, taken)| *taken != login) {
                people.push((name, login));
            }
        }
        let known = |(_, login): &(String, String)| self.ctx.snapshot.login(login).is_some();
        if people.iter().all(known) {
            return self.join(&people);
        }
        let mut teams = people.chunks(wanted.div_ceil(goods::TEAMS.len() + 1));
        let mut users = self.join(teams.next().unwrap_or_default())?;
        let snapshot = Arc::clone(&self.ctx.snapshot);
        let defaults = snapshot.all(Resource::Team).filter(|team| team.get(team::DEFAULT));
        let defaults: Vec<i64> = defaults.map(|team| team.id()).collect();
        for id in &defaults {
            self.set_default(*id, false)?;
        }
        for (name, people) in goods::TEAMS.iter().zip(teams) {
            let id = self.named(Resource::Team, name, team::NAME, Patch::new())?;
            self.set_default(id, true)?;
            users.extend(self.join(people)?);
            self.set_default(id, false)?;
        }
        for id in defaults {
            self.set_default(id, true)?;
        }
        Ok(users)
    }

    fn set_default(&mut self, team: i64, default: bool) -> Result<()> {
        self.update(Resource::Team, team, Patch::new().with(team::DEFAULT, Input::Bool(default)))
    }

    /// Adds the people of a team who are not there yet, its manager first.
    fn join(&mut self, people: &[(String, String)]) -> Result<Vec<i64>> {
        let mut users = Vec::with_capacity(people.len());
        for (position, (name, login)) in people.iter().enumerate() {
            if let Some(known) = self.ctx.snapshot.login(login) {
                users.push(known.id());
                continue;
            }
            let role = if position == 0 { "manager" } else { "seller" };
            // Without a password nobody signs in as them.
            users.push(tenancy::add_user(&self.ctx, self.tx, login, name, role, "")?);
            self.ctx = self.ctx.fresh(self.tx)?;
        }
        Ok(users)
    }

    /// The units things are sold in, by their codes: ids in the order of [`goods::UNITS`].
    fn units(&mut self) -> Result<Vec<i64>> {
        let mut units = Vec::with_capacity(goods::UNITS.len());
        for (code, name) in &goods::UNITS {
            let coded = |unit: &&Arc<Record>| unit.get(unit_of_measure::CODE) == Some(*code);
            let known = self.ctx.snapshot.all(Resource::UnitOfMeasure).find(coded).map(|unit| unit.id());
            let patch = Patch::new().text(unit_of_measure::CODE, *code);
            units.push(match known {
                Some(id) => id,
                None => self.named(Resource::UnitOfMeasure, name, unit_of_measure::NAME, patch)?,
            });
        }
        Ok(units)
    }

    /// Products with their categories and sub-categories; ids and prices.
    fn products(&mut self, units: &[i64]) -> Result<Vec<(i64, i64)>> {
        let mut products = Vec::new();
        for (category, parts) in goods::PRODUCTS {
            let unit = units[usize::from(*category == goods::BY_THE_HOUR)];
            let category =
                self.named(Resource::ProductCategory, category, product_category::NAME, Patch::new())?;
            for (part, goods) in *parts {
                let of_category = Input::One(Reference::id(category));
                let patch = Patch::new().with(product_subcategory::CATEGORY, of_category.clone());
                let part =
                    self.named(Resource::ProductSubcategory, part, product_subcategory::NAME, patch)?;
                for (name, price, recurrence) in *goods {
                    let code = format!("P{:03}", products.len() + 1);
                    let patch = Patch::new()
                        .text(product::NAME, *name)
                        .text(product::CODE, &code)
                        .with(product::BASE_PRICE, Input::Decimal(Decimal::from_units(*price)))
                        .with(product::RECURRENCE, Input::Int(*recurrence))
                        .with(product::UNIT, Input::One(Reference::id(unit)))
                        .with(product::CATEGORY, of_category.clone())
                        .with(product::SUBCATEGORY, Input::One(Reference::id(part)));
                    let id = match self.found(Resource::Product, product::CODE, &code)? {
                        Some(id) => id,
                        None => self.create(Resource::Product, patch)?,
                    };
                    products.push((id, *price));
                }
            }
        }
        Ok(products)
    }

    /// The record with this searched text, among those that are no registry.
    fn found(&mut self, resource: Resource, field: impl Into<u16>, wanted: &str) -> Result<Option<i64>> {
        let filter = Filter::Text(field.into(), TextMatch::Equal, text::fold(wanted));
        let found = self.tx.load_all(&Query::of(resource).filter(filter))?;
        Ok(found.last().map(Record::id))
    }

    /// Price tables with an entry for each product; their ids.
    fn price_tables(&mut self, products: &[(i64, i64)]) -> Result<Vec<i64>> {
        let mut tables = Vec::with_capacity(goods::PRICE_TABLES.len());
        for (name, rate) in goods::PRICE_TABLES {
            if let Some(known) = self.found(Resource::PriceTable, price_table::NAME, name)? {
                tables.push(known);
                continue;
            }
            let table = self.create(Resource::PriceTable, Patch::new().text(price_table::NAME, *name))?;
            for (product, price) in products {
                let price = Decimal(Decimal::from_units(*price).0 * rate / 100).to_cents();
                prices::set_price(&self.ctx, self.tx, table, &Reference::id(*product), price)?;
            }
            tables.push(table);
        }
        Ok(tables)
    }

    fn custom_fields(&mut self) -> Result<()> {
        const DATE: i64 = 2;
        const OPTIONS: i64 = 5;
        for (resource, label, kind, options) in [
            (Resource::Contact, goods::SIZE.0, OPTIONS, goods::SIZE.1),
            (Resource::Contact, goods::RENEWAL, DATE, &[]),
            (Resource::Opportunity, goods::PAYMENT.0, OPTIONS, goods::PAYMENT.1),
        ] {
            if self.ctx.snapshot.custom_field(resource, label, false).is_some() {
                continue;
            }
            let options = options.iter().map(|option| (*option).to_owned()).collect();
            let patch = Patch::new()
                .text(custom_field::LABEL, label)
                .with(custom_field::TYPE, Input::Int(kind))
                .with(custom_field::EXTENDS, Input::Int(extension_code(resource).unwrap_or_default()))
                .with(custom_field::OPTIONS, Input::Texts(options));
            self.create(Resource::CustomField, patch)?;
        }
        Ok(())
    }

    fn second_pipeline(&mut self) -> Result<()> {
        let (name, stages) = goods::SECOND_PIPELINE;
        let stages = stages.iter().map(|(name, days)| {
            let mut row = ItemPatch::default();
            row.set(stage::NAME, Input::Text((*name).to_owned())).set(stage::DAYS, Input::Int(*days));
            row
        });
        let patch = Patch::new()
            .with(pipeline::STAGES, Input::Items(stages.collect()))
            .with(pipeline::MAY_SKIP_STAGE, Input::Bool(true))
            .with(pipeline::MAY_START_ANYWHERE, Input::Bool(true))
            .with(pipeline::MAY_GO_BACK, Input::Bool(true));
        self.named(Resource::Pipeline, name, pipeline::NAME, patch).map(drop)
    }

    /// The active pipelines of a kind that have stages, the default one first.
    fn tracks(&self, kind: i64) -> Vec<Track> {
        let mut pipelines: Vec<_> = self
            .ctx
            .snapshot
            .all(Resource::Pipeline)
            .filter(|pipeline| pipeline.is_active() && pipeline.get(pipeline::KIND) == Some(kind))
            .collect();
        pipelines.sort_by_key(|pipeline| (!pipeline.get(pipeline::DEFAULT), pipeline.id()));
        let track = |pipeline: &Arc<Record>| Track {
            pipeline: pipeline.id(),
            stages: pipeline.get(pipeline::STAGES).iter().filter_map(|stage| stage.get(stage::ID)).collect(),
        };
        pipelines.into_iter().map(track).filter(|track| !track.stages.is_empty()).collect()
    }
}
