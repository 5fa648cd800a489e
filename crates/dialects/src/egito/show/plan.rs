//! What an answer selects and writes, decided once per entity: the columns and the cells that write them.

use std::sync::OnceLock;

use favo_core::catalogue::{contact, meta, opportunity, order, product, proposal, proposal_group};
use favo_core::query::Column;
use favo_core::record::Key;
use favo_core::{FieldType, Resource};

use super::cells::{Cell, Client, LinesOf, Write};
use super::lines::USUAL_RATE;
use super::parts::Part;
use crate::egito::dictionary::Kind;
use crate::egito::entities::ENTITIES;
use crate::egito::table::{At, CUSTOM, Entity, Field, Form, STAMPS};

/// The columns to select and the cells that write them.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) columns: Vec<Column>,
    pub(super) cells: Vec<Cell>,
}

impl Plan {
    /// The plan of an entity, made once per process.
    pub(super) fn of(entity: &'static Entity) -> &'static Self {
        static PLANS: [OnceLock<Plan>; 16] = [const { OnceLock::new() }; 16];
        let at = ENTITIES.iter().position(|known| known.name == entity.name).unwrap_or(0);
        PLANS[at].get_or_init(|| Self::new(entity))
    }

    fn new(entity: &'static Entity) -> Self {
        let mut builder = Builder { resource: entity.resource, columns: Vec::new() };
        let mut cells: Vec<Cell> = entity
            .fields
            .iter()
            .chain(&STAMPS)
            .map(|field| Cell::new(field.name, builder.write(entity, field)))
            .collect();
        let custom = entity.resource.definition().custom;
        cells.push(Cell::new(CUSTOM, Write::Custom(custom.map(|position| builder.own(position)))));
        cells.push(Cell::nameless(Write::Extras(builder.own(meta::EXTRAS))));
        Self { columns: builder.columns, cells }
    }
}

/// Collects columns, each once.
struct Builder {
    resource: Resource,
    columns: Vec<Column>,
}

impl Builder {
    fn column(&mut self, column: Column) -> usize {
        self.columns.iter().position(|known| *known == column).unwrap_or_else(|| {
            self.columns.push(column);
            self.columns.len() - 1
        })
    }

    fn own(&mut self, field: impl Into<u16>) -> usize {
        self.column(Column::own(field))
    }

    fn via(&mut self, relation: u16, field: impl Into<u16>) -> usize {
        self.column(Column::via(relation, field))
    }

    fn write(&mut self, entity: &Entity, field: &Field) -> Write {
        match field.at {
            At::Own(position) => self.own_field(field, position),
            At::Qualification(position) => {
                let column = self.via(contact::QUALIFICATION.position(), position);
                match field.form {
                    Form::Dictionary(kind) => entry(kind, column),
                    _ => Write::Text(column),
                }
            }
            At::Address(position) => Write::Address(self.own(contact::ADDRESSES), position),
            At::Phone(kind) => {
                Write::Phone(kind, self.own(contact::PHONES), self.own(contact::PHONE_DETAILS))
            }
            At::Email => Write::FirstText(self.own(contact::EMAILS)),
            At::Given(part, whole) => {
                self.name(Part::Given, part, Some(contact::FAMILY_NAME.position()), whole)
            }
            At::Family(part, whole) => {
                self.name(Part::Family, part, Some(contact::GIVEN_NAME.position()), whole)
            }
            At::Relationship => {
                Write::Relationship(self.own(contact::CATEGORY), self.own(contact::LIFE_CYCLE))
            }
            At::Account(customer) if self.resource == Resource::Proposal => {
                let of_deal = self.client_through(proposal::OPPORTUNITY.position(), opportunity::CUSTOMER);
                Write::AccountOf(self.client(customer), of_deal)
            }
            At::Account(customer) => Write::Account(self.client(customer)),
            At::AccountOrEmployer(customer) => Write::AccountOrEmployer(
                self.client(customer),
                self.via(customer, contact::EMPLOYER),
                self.column(Column::through(customer, contact::EMPLOYER, contact::NAME)),
            ),
            At::Person(person, customer) => {
                let named = person.map(|person| (self.own(person), self.via(person, contact::NAME)));
                Write::Person(named, self.client(customer))
            }
            At::Lead(customer) => Write::Lead(self.client(customer)),
            At::Stage => Write::Stage(self.own(opportunity::STAGE), self.own(opportunity::STATUS)),
            At::LossReason => Write::LossReason {
                status: self.own(opportunity::STATUS),
                outcome: self.own(opportunity::OUTCOME_REASONS),
                discard: self.own(opportunity::DISCARD_REASON),
            },
            At::Special => self.special(entity, field),
        }
    }

    /// What is worked out for the answer alone.
    fn special(&mut self, entity: &Entity, field: &Field) -> Write {
        let lines = match entity.resource {
            Resource::Order => order::LINES.position(),
            _ => proposal::LINES.position(),
        };
        match (field.form, field.name) {
            (Form::TaxIds, _) => {
                Write::TaxIds(super::parts::tax_ids().map(|(_, key)| self.own(key)).collect())
            }
            (Form::References("Offer"), _) => Write::Offers(self.own(meta::ID)),
            (Form::Text(_), _) => Write::Username(self.own(favo_core::catalogue::user::LOGIN)),
            (_, "vatTotal") => Write::TaxTotal(self.lines(lines)),
            _ => Write::GrossTotal(self.lines(lines)),
        }
    }

    fn own_field(&mut self, field: &Field, position: u16) -> Write {
        let core = self.resource.definition().field(position).field_type;
        let column = self.own(position);
        match field.form {
            Form::Integer(..) => Write::Int(column),
            Form::Decimal { .. } if self.is(proposal::NET_TOTAL, Resource::Proposal, position) => {
                Write::NetTotal(self.lines(proposal::LINES.position()))
            }
            Form::Decimal { money: true, .. } => Write::Money(column),
            Form::Decimal { .. } => Write::Decimal(column),
            Form::Boolean => Write::Bool(column),
            Form::Date if matches!(core, FieldType::Instant) => Write::DayOf(column),
            Form::Date => Write::Day(column),
            Form::DateTime => Write::DateTime(column),
            Form::Dictionary(Kind::Currency) => self.currency(column),
            // What another dialect made has no rate: the usual one holds for it.
            Form::Dictionary(Kind::VatRate) => Write::Word(Kind::VatRate, column, Some(USUAL_RATE)),
            Form::Dictionary(kind) if matches!(core, FieldType::Text { .. }) => {
                Write::Word(kind, column, None)
            }
            Form::Dictionary(kind) => entry(kind, column),
            Form::Reference("User") => Write::User(column),
            Form::Reference(name) => self.reference(name, position, column),
            Form::Texts(_) => Write::Tags(column),
            Form::Lines => Write::Lines(self.lines(position)),
            _ if self.resource == Resource::User && field.name == "login" => Write::Login(column),
            // An offer that another dialect made has no title: it goes by its opportunity's.
            _ if self.is(proposal::NAME, Resource::Proposal, position) => {
                Write::TextOr(column, self.via(proposal::OPPORTUNITY.position(), opportunity::NAME))
            }
            _ if self.is(contact::COMPANY_NAME, Resource::Contact, position) => {
                Write::Company(column, self.own(contact::NAME), self.own(contact::ORGANISATION))
            }
            _ => Write::Text(column),
        }
    }

    /// Whether this is that field of that resource.
    fn is<K>(&self, key: Key<K>, resource: Resource, position: u16) -> bool {
        self.resource == resource && key.position() == position
    }

    /// The lines of a record; an offer without a title shows those of its opportunity.
    fn lines(&mut self, position: u16) -> LinesOf {
        let deal = proposal::OPPORTUNITY.position();
        let title_and_deal = (self.resource == Resource::Proposal)
            .then(|| (self.own(proposal::NAME), self.via(deal, opportunity::LINES)));
        LinesOf { own: self.own(position), title_and_deal }
    }

    /// The label of a record that a field points to.
    fn reference(&mut self, entity: &str, position: u16, id: usize) -> Write {
        let label = match entity {
            "Opportunity" => opportunity::NAME,
            "Offer" => proposal::NAME,
            "OfferGroup" => proposal_group::NAME,
            "Product" => product::NAME,
            _ => contact::NAME,
        };
        Write::Record(id, self.via(position, label))
    }

    /// A currency of a record that has none is that of its opportunity, then of the pipeline, then the tenant's usual one.
    fn currency(&mut self, own: usize) -> Write {
        let (fallback, pipeline) = match self.resource {
            Resource::Opportunity => (None, Some(self.own(opportunity::PIPELINE))),
            Resource::Proposal => {
                let deal = proposal::OPPORTUNITY.position();
                (Some(self.via(deal, opportunity::CURRENCY)), Some(self.via(deal, opportunity::PIPELINE)))
            }
            _ => (None, None),
        };
        Write::Currency { own, fallback, pipeline }
    }

    /// Who a record is for, with what tells accounts, persons and leads apart.
    fn client(&mut self, customer: u16) -> Client {
        Client {
            id: self.own(customer),
            name: self.via(customer, contact::NAME),
            organisation: self.via(customer, contact::ORGANISATION),
            life_cycle: self.via(customer, contact::LIFE_CYCLE),
        }
    }

    /// Who the record a relation points to is for.
    fn client_through(&mut self, relation: u16, customer: impl Into<u16>) -> Client {
        let customer = customer.into();
        let mut column = |field: u16| self.column(Column::through(relation, customer, field));
        Client {
            id: column(meta::ID.position()),
            name: column(contact::NAME.position()),
            organisation: column(contact::ORGANISATION.position()),
            life_cycle: column(contact::LIFE_CYCLE.position()),
        }
    }

    /// A part of a name: as it was written, else split off the whole.
    fn name(&mut self, part: Part, own: Option<u16>, other: Option<u16>, whole: u16) -> Write {
        let (own, other) = (own.map(|own| self.own(own)), own.and(other).map(|other| self.own(other)));
        let organisation = own.map(|_| self.own(contact::ORGANISATION));
        Write::Name { part, own, other, whole: self.own(whole), organisation }
    }
}

/// An entry kept as the id of a record or as a number.
fn entry(kind: Kind, column: usize) -> Write {
    if kind.registry().is_some() { Write::Entry(kind, column) } else { Write::Number(kind, column) }
}
