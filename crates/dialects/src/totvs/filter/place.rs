//! Where in the core the values of a path are found.

use favo_core::catalogue::{contact, contact_link, line_item, meta, product, qualification};
use favo_core::documents::DocumentKind;
use favo_core::{FieldType, Resource};

use crate::totvs::fixed::{self, Entry, Kind};
use crate::totvs::table::Client;

/// Where values are found, seen from a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::totvs) enum Place {
    /// In a field of the record.
    Own(u16),
    /// The day of the instant in a field.
    DayOf(u16),
    /// A whole number that is kept as text.
    NumberText(u16),
    ExternalKey,
    Id,
    /// The id of the record a relation points to.
    Related(u16, Resource),
    /// In the record a relation points to.
    Via(u16, Box<Place>),
    /// In the contact a relation points to, when it is of that sort.
    Client(u16, Client, Box<Place>),
    /// In a lead's qualification; a lead without one is open.
    Qualification(Box<Place>),
    /// The currency, or else the usual one.
    Currency(u16),
    /// Birth or founding date.
    Birthday,
    /// The company a lead names.
    CompanyName,
    /// The person type.
    Person(Part),
    /// A stage, by its number in a field.
    Stage(u16, Part),
    /// The group of a product.
    Group(Part),
    /// The first of a list of relations.
    FirstOf(u16, Resource, Part),
    /// Documents: their numbers, or what is known of their kinds.
    DocumentNumbers,
    DocumentKinds(Part),
    Emails,
    EmailKinds,
    /// Phones, or those of a kind.
    Phones(Option<i64>),
    PhoneKinds,
    /// A field of the rows of a list.
    Rows(u16, u16),
    /// The places of the lines in a list, counted from 1.
    Sequence(u16),
    /// The id of the record a field of the rows of a list points to.
    RowRelated(u16, u16, Resource),
    /// In the record a field of the rows of a list points to.
    RowVia(u16, u16, Resource, Box<Place>),
    /// What addresses are for.
    AddressKinds(Part),
    /// The names of tags.
    Tags(u16),
    /// The people of a company.
    People(Box<Place>),
    /// A custom field and its type.
    Custom(i64, i64),
    /// A key of a row that is in memory.
    Memory(&'static str),
}

/// What of an entry or a registry record is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::totvs) enum Part {
    Id,
    ExternalId,
    Code,
    /// The label, description or name.
    Name,
    Acronym,
}

impl Place {
    /// The resource whose ids it is compared with.
    pub(super) fn names(&self, of: Resource) -> Option<Resource> {
        match self {
            Self::Id => Some(of),
            Self::Related(_, resource) | Self::RowRelated(_, _, resource) => Some(*resource),
            Self::Client(_, _, inner) | Self::People(inner) => inner.names(Resource::Contact),
            Self::Qualification(inner) => inner.names(Resource::Qualification),
            Self::Via(relation, inner) => match of.definition().field(*relation).field_type {
                FieldType::One(resource) => inner.names(resource),
                _ => None,
            },
            _ => None,
        }
    }

    /// The relation to follow and the field that a list is ordered by; `None` when it cannot be.
    pub(in crate::totvs) fn order(&self) -> Option<(Option<u16>, u16)> {
        match self {
            Self::Own(at)
            | Self::DayOf(at)
            | Self::NumberText(at)
            | Self::Currency(at)
            | Self::Related(at, _) => Some((None, *at)),
            Self::ExternalKey => Some((None, meta::EXTERNAL_KEY.position())),
            Self::Id => Some((None, meta::ID.position())),
            Self::Via(relation, inner) | Self::Client(relation, _, inner) => match inner.order()? {
                (None, by) => Some((Some(*relation), by)),
                (Some(_), _) => None,
            },
            Self::Qualification(inner) => match inner.order()? {
                (None, by) => Some((Some(contact::QUALIFICATION.position()), by)),
                (Some(_), _) => None,
            },
            _ => None,
        }
    }

    /// Whether there may be several values: a negated test then wants none that passes.
    pub(super) fn is_list(&self) -> bool {
        matches!(
            self,
            Self::DocumentNumbers
                | Self::DocumentKinds(_)
                | Self::Emails
                | Self::EmailKinds
                | Self::Phones(None)
                | Self::PhoneKinds
                | Self::Rows(..)
                | Self::Sequence(_)
                | Self::RowRelated(..)
                | Self::RowVia(..)
                | Self::AddressKinds(_)
                | Self::Tags(_)
                | Self::People(_)
        )
    }
}

/// The kinds of documents in the order of their fixed list.
pub(super) fn document_kinds() -> impl Iterator<Item = (DocumentKind, &'static Entry)> {
    DocumentKind::ALL.into_iter().zip(fixed::entries(Kind::Document))
}

/// The relations that a place of the sort of a contact goes through.
pub(super) const LINK: (u16, u16, u16) =
    (contact_link::CONTACT.position(), contact_link::ORGANISATION.position(), contact_link::KIND.position());
/// The field of lines with the product, and where the qualification of a lead is.
pub(super) const LINE_PRODUCT: u16 = line_item::PRODUCT.position();
pub(super) const QUALIFICATION_STATUS: u16 = qualification::STATUS.position();
/// The two relations that make the group of a product.
pub(super) const GROUPS: (u16, u16) = (product::SUBCATEGORY.position(), product::CATEGORY.position());
