//! Writing one record: the version that guards it, what the body makes of it, keys and duplicates, then the core (12).

use favo_core::catalogue::{meta, price_entry, product_subcategory};
use favo_core::rules::lead;
use favo_core::write::{self, Skip};
use favo_core::{Error, Record, Resource};

use super::{Done, Work};
use crate::json::Json;
use crate::totvs::accept::{self, Accepted, Body, Mode};
use crate::totvs::fault::{Code, Detail, Failure, Problem};
use crate::totvs::refusal::{self, Right};
use crate::totvs::table::Source;
use crate::totvs::values::Given;

/// What is required is asked for here, by the tables; what may not be there twice as well.
const SKIP: Skip = Skip { required: true, validations: false, duplicates: true };

impl Work<'_> {
    pub(super) fn insert(&mut self, body: &Body) -> Result<Done, Failure> {
        let resource = self.resource_of_new(body)?;
        let about = (self.entity, resource);
        let accepted = accept::accept(self.ctx, self.tx, self.switches, about, body, None, Mode::Insert)?;
        self.wrote = true;
        let Accepted { mut patch, qualification } = accepted.clone();
        self.number(resource, &mut patch)?;
        let made = if self.is_lead() {
            lead::create(self.ctx, self.tx, patch, qualification, SKIP)
        } else {
            write::create(self.ctx, self.tx, resource, patch, SKIP)
        };
        let id = made.map_err(|error| refusal::named(error, self.entity, &body.object, Right::Create))?;
        // Step 14: what the core does not accept is told before what is taken.
        self.check_keys(resource, &accepted, id)?;
        self.check_likeness(&accepted, body, id)?;
        Ok(Done { uuid: self.uuid(resource, id)?, inserted: true })
    }

    pub(super) fn update(
        &mut self,
        resource: Resource,
        id: i64,
        body: &Body,
        mode: Mode,
    ) -> Result<Done, Failure> {
        let record = self.tx.load(resource, id)?.ok_or(Failure::Core(Error::NotFound))?;
        Self::guard(&record, body)?;
        Self::keep_level(resource, &record, body, mode)?;
        let qualification = if self.is_lead() { lead::current(self.tx, &record)? } else { None };
        let stored = Some((&record, qualification.as_ref()));
        let about = (self.entity, resource);
        let accepted = accept::accept(self.ctx, self.tx, self.switches, about, body, stored, mode)?;
        let fixed = [price_entry::TABLE.position(), price_entry::PRODUCT.position()];
        if resource == Resource::PriceEntry && fixed.iter().any(|field| accepted.patch.names(*field)) {
            let message = "List and product of a price list item are fixed after its insertion.";
            return Err(refusal::wrong_state(message));
        }
        self.wrote = true;
        let Accepted { patch, qualification } = accepted.clone();
        let changed = if self.is_lead() {
            lead::update(self.ctx, self.tx, id, patch, qualification, SKIP)
        } else {
            write::update(self.ctx, self.tx, resource, id, patch, SKIP)
        };
        changed.map_err(|error| refusal::named(error, self.entity, &body.object, Right::Update))?;
        self.check_keys(resource, &accepted, id)?;
        self.check_likeness(&accepted, body, id)?;
        let uuid = record.get(meta::UUID).unwrap_or_default().to_owned();
        Ok(Done { uuid, inserted: false })
    }

    /// The core resource of a new record: a group with a parent is a subcategory.
    fn resource_of_new(&self, body: &Body) -> Result<Resource, Failure> {
        match self.entity.source {
            Source::Core { resource, .. } => Ok(resource),
            Source::ProductGroups if matches!(body.row.get("parent"), Some(Given::Reference(_))) => {
                Ok(Resource::ProductSubcategory)
            }
            Source::ProductGroups => Ok(Resource::ProductCategory),
            Source::Stages | Source::Fixed(_) => {
                Err(Failure::Core(Error::Internal(format!("{} is not written", self.entity.name))))
            }
        }
    }

    /// Step 12: a version that was sent must be the stored one.
    fn guard(record: &Record, body: &Body) -> Result<(), Failure> {
        let current = record.get(meta::VERSION).unwrap_or(1);
        if body.version.is_none_or(|version| version == current) {
            return Ok(());
        }
        let number = Json::Number(current.to_string().into());
        Err(Failure::Wire {
            code: Code::VersionConflict,
            message: format!("Read the record again and repeat the change. Current version: {current}."),
            details: vec![Problem::new("version", Detail::VersionConflict, Some(&number))],
        })
    }

    /// A group stays above or below: the core keeps both apart.
    fn keep_level(resource: Resource, record: &Record, body: &Body, mode: Mode) -> Result<(), Failure> {
        let parent = match body.row.get("parent") {
            Some(given) => Some(matches!(given, Given::Reference(_))),
            None if mode == Mode::Merge => None,
            None => Some(false),
        };
        let moves = match (resource, parent) {
            (Resource::ProductCategory, Some(true)) => true,
            (Resource::ProductSubcategory, Some(false)) => {
                record.get(product_subcategory::CATEGORY).is_some()
            }
            _ => false,
        };
        if moves {
            let message = "A product group with a parent cannot become one without, nor the other way round.";
            return Err(refusal::wrong_state(message));
        }
        Ok(())
    }
}
