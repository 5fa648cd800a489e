//! Which columns a resource selects and what each key writes, made from its table.

use favo_core::catalogue::{contact, meta, opportunity, product};
use favo_core::documents::DocumentKind;
use favo_core::query::Column;
use favo_core::transaction::Row;
use favo_core::{FieldType, Resource};

use super::cells::{Cell, ClientColumns, Write};
use super::holes::Page;
use super::{Env, Keep};
use crate::totvs::entities;
use crate::totvs::fixed::Kind;
use crate::totvs::table::{At, Client, Entity, Field, Form, Source};

type Path = [Option<u16>; 2];
const HERE: Path = [None, None];

/// Columns and keys.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) columns: Vec<Column>,
    pub(super) cells: Vec<Cell>,
    /// Where the extras are.
    extras: usize,
    /// Extras that are fields of the table.
    declared: Vec<&'static str>,
}

impl Plan {
    /// Of the keys of a resource that are shown.
    pub(super) fn of(entity: &'static Entity, resource: Resource, keep: &Keep) -> Self {
        let mut builder = Builder { resource, columns: Vec::new() };
        let mut cells = vec![Cell::new("id", Write::Text(builder.own(meta::UUID)))];
        if keep.has("externalId") {
            cells.push(Cell::new("externalId", Write::Text(builder.own(meta::EXTERNAL_KEY))));
        }
        for field in entity.fields.iter().filter(|field| keep.has(field.name)) {
            cells.push(Cell::new(field.name, builder.write(field)));
        }
        if keep.has("customFields") {
            let custom = resource.definition().custom.map(|at| builder.own(at));
            cells.push(Cell::new("customFields", Write::Custom(custom)));
        }
        if keep.has("version") {
            cells.push(Cell::new("version", Write::Int(builder.own(meta::VERSION))));
        }
        for (key, at) in [("createdAt", meta::CREATED_AT), ("updatedAt", meta::UPDATED_AT)] {
            if keep.has(key) {
                cells.push(Cell::new(key, Write::Instant(builder.own(at))));
            }
        }
        let extras = builder.own(meta::EXTRAS);
        let declared =
            entity.fields.iter().filter(|field| field.at == At::Extra).map(|field| field.name).collect();
        Self { columns: builder.columns, cells, extras, declared }
    }

    /// Writes a row as an object.
    pub(super) fn push(&self, env: &Env<'_>, row: &dyn Row, keep: &Keep, page: &mut Page) {
        page.out.push(b'{');
        for (position, cell) in self.cells.iter().enumerate() {
            if position > 0 {
                page.out.push(b',');
            }
            page.out.extend_from_slice(&cell.key);
            cell.write.push(env, row, page);
        }
        super::cells::extras(row.text(self.extras), &self.declared, keep, &mut page.out);
        page.out.push(b'}');
    }
}

/// Gathers columns, each once.
struct Builder {
    resource: Resource,
    columns: Vec<Column>,
}

impl Builder {
    fn at(&mut self, path: Path, field: impl Into<u16>) -> usize {
        let column = Column { path, field: field.into() };
        self.columns.iter().position(|known| *known == column).unwrap_or_else(|| {
            self.columns.push(column);
            self.columns.len() - 1
        })
    }

    fn own(&mut self, field: impl Into<u16>) -> usize {
        self.at(HERE, field)
    }

    fn write(&mut self, field: &'static Field) -> Write {
        match field.at {
            At::Own(at) => self.value(self.resource, HERE, at, field.form),
            At::Qualification(at) => {
                let path = [Some(contact::QUALIFICATION.position()), None];
                // A lead without a qualification is an open one.
                match field.form {
                    Form::Enumeration(words) => Write::Word(self.at(path, at), words, Some(words[0].0)),
                    form => self.value(Resource::Qualification, path, at, form),
                }
            }
            At::Address(at) => Write::OfMainAddress(self.own(contact::ADDRESSES), at),
            At::Phone(kind) => {
                Write::PhoneOfKind(self.own(contact::PHONES), self.own(contact::PHONE_DETAILS), kind)
            }
            At::Email => Write::FirstText(self.own(contact::EMAILS)),
            At::DayOf(at) => Write::Day(self.own(at)),
            At::TitleOf(at) => Write::UserName(self.own(at)),
            At::FirstOf(at) => Write::FirstObject(self.own(at), target(self.resource, at)),
            At::Client(at, sort) => self.client(at, sort),
            At::CompanyName => Write::CompanyName(
                self.own(contact::COMPANY_NAME),
                self.own(contact::ORGANISATION),
                self.own(contact::NAME),
            ),
            At::Extra => Write::Extra(self.own(meta::EXTRAS), field.name),
            At::ByName(name) => match self.resource.definition().position(name) {
                Some(at) => self.value(self.resource, HERE, at, field.form),
                None => Write::Null,
            },
            At::Special => self.special(field),
        }
    }

    fn special(&mut self, field: &'static Field) -> Write {
        match (field.form, field.name) {
            (Form::Typed(Kind::Person), _) => {
                Write::Person(self.own(contact::ORGANISATION), self.own(contact::FOREIGN))
            }
            (_, "birthday") => Write::Birthday(
                self.own(contact::ORGANISATION),
                self.own(contact::FOUNDED_ON),
                self.own(contact::BORN_ON),
            ),
            (Form::Documents, _) => {
                let numbers = DocumentKind::ALL.map(|kind| self.own(kind.field()));
                Write::Documents(Box::new(numbers), self.own(contact::DOCUMENT_KEYS))
            }
            (Form::People, _) => Write::People(self.own(meta::ID), self.own(contact::PEOPLE)),
            (_, "amount") => Write::Decimal(self.own(opportunity::TOTAL_VALUE)),
            (_, "productGroup") => Write::Group(self.own(product::SUBCATEGORY), self.own(product::CATEGORY)),
            _ => Write::Null,
        }
    }

    fn value(&mut self, of: Resource, path: Path, at: u16, form: Form) -> Write {
        let column = self.at(path, at);
        match form {
            Form::Text(_) if of.definition().field(at).digits => Write::TaxNumber(column),
            Form::Text(_) | Form::Email | Form::Phone | Form::Uuid => Write::Text(column),
            Form::Currency => {
                let pipeline = (of == Resource::Opportunity).then(|| self.own(opportunity::PIPELINE));
                Write::Currency(column, pipeline)
            }
            Form::Integer(..) => Write::Int(column),
            Form::IntegerText => Write::NumberText(column),
            Form::Decimal(_) | Form::Percent => Write::Decimal(column),
            Form::Boolean => Write::Flag(column),
            Form::Date => match of.definition().field(at).field_type {
                FieldType::Instant => Write::Day(column),
                _ => Write::Date(column),
            },
            Form::DateTime => Write::Instant(column),
            Form::Enumeration(words) => Write::Word(column, words, None),
            Form::Reference(label, (service, name)) => self.reference(path, at, label, service, name),
            Form::User => Write::UserId(column),
            Form::Texts(_) => Write::Tags(column),
            Form::Emails => Write::Emails(column, self.own(contact::EMAIL_DETAILS)),
            Form::Phones => Write::Phones(column, self.own(contact::PHONE_DETAILS)),
            Form::Addresses => Write::Addresses(self.own(meta::UUID), column),
            Form::DefaultAddress => Write::DefaultAddress(column),
            Form::Items { .. } => Write::Items(self.own(meta::UUID), column),
            Form::Participants => Write::Participants(column),
            Form::Typed(_)
            | Form::TypedId(_)
            | Form::Acronym(_)
            | Form::Id(_)
            | Form::Documents
            | Form::People
            | Form::Companies => Write::Null,
        }
    }

    fn reference(&mut self, path: Path, at: u16, label: &'static str, service: &str, name: &str) -> Write {
        let column = self.at(path, at);
        let Some(entity) = entities::named(service, name) else { return Write::Null };
        let resource = match entity.source {
            Source::Stages => return Write::Stage(column),
            Source::Core { resource, .. } => resource,
            Source::ProductGroups | Source::Fixed(_) => return Write::Null,
        };
        if resource.definition().registry {
            return Write::Object(column, resource);
        }
        let onward = match path {
            [None, _] => [Some(at), None],
            [first, _] => [first, Some(at)],
        };
        let Some(At::Own(title)) = entity.field(label).map(|field| field.at) else { return Write::Null };
        Write::Joined(column, self.at(onward, meta::UUID), label, self.at(onward, title))
    }

    fn client(&mut self, at: u16, sort: Client) -> Write {
        let path = [Some(at), None];
        let employer = [Some(at), Some(contact::EMPLOYER.position())];
        Write::Client(
            sort,
            Box::new(ClientColumns {
                id: self.own(at),
                uuid: self.at(path, meta::UUID),
                name: self.at(path, contact::NAME),
                life_cycle: self.at(path, contact::LIFE_CYCLE),
                organisation: self.at(path, contact::ORGANISATION),
                stands_alone: self.at(path, contact::STANDS_ALONE),
                employer: self.at(path, contact::EMPLOYER),
                employer_uuid: self.at(employer, meta::UUID),
                employer_name: self.at(employer, contact::NAME),
            }),
        )
    }
}

fn target(of: Resource, relation: u16) -> Resource {
    match of.definition().field(relation).field_type {
        FieldType::One(resource) | FieldType::Many(resource) => resource,
        _ => of,
    }
}
