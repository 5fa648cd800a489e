//! What a table says about a field: its wire name, the form of its values, and where in the core it lives.
//!
//! `accept`, `show`, `list` and the API description all read these; a field is added by one line in one table.

use favo_core::catalogue::{contact, meta};
use favo_core::query::Filter;
use favo_core::record::Key;
use favo_core::{Ctx, Resource};

use super::dictionary::Kind as Dictionary;

/// One entity of the dialect (section 15).
#[derive(Debug)]
pub(super) struct Entity {
    /// Its name in paths.
    pub(super) name: &'static str,
    /// The resource its records belong to.
    pub(super) resource: Resource,
    /// Which records of the resource are its own.
    pub(super) among: Among,
    /// Its fields in the order of their table, `id` first; `dateCreated`, `lastUpdated` and `customFields` are not listed.
    pub(super) fields: &'static [Field],
    /// Can be written.
    pub(super) writable: bool,
}

/// Which records of a resource belong to an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Among {
    All,
    /// Contacts that are organisations and no leads.
    Organisations,
    /// Contacts that are persons and no leads.
    Persons,
    /// Contacts in the lead section of their life cycle, and those that own a qualification.
    Leads,
}

/// The section of the life cycle that leads are in.
pub(super) const LEAD: i64 = 3;
/// Statuses of an opportunity.
pub(super) const OPEN: i64 = 1;
pub(super) const LOST: i64 = 3;
pub(super) const DISCARDED: i64 = 4;
/// All sections but that of leads.
const NOT_LEAD: [i64; 5] = [0, 1, 2, 4, 5];

impl Among {
    /// The records that belong.
    pub(super) fn filter(self) -> Filter {
        let no_lead = || Filter::OneOf(contact::LIFE_CYCLE.position(), NOT_LEAD.to_vec());
        match self {
            Self::All => Filter::All,
            Self::Organisations => Filter::is(contact::ORGANISATION, 1).and(no_lead()),
            Self::Persons => Filter::is(contact::ORGANISATION, 0).and(no_lead()),
            Self::Leads => Filter::Or(vec![
                Filter::is(contact::LIFE_CYCLE, LEAD),
                Filter::Between(contact::QUALIFICATIONS.position(), Some(1), None),
            ]),
        }
    }
}

impl Entity {
    /// The records of the entity that the actor may see; of a lead also its qualification.
    pub(super) fn records(&self, ctx: &Ctx) -> Filter {
        let seen = ctx.actor.visible(self.resource).and(self.among.filter());
        if self.among != Among::Leads {
            return seen;
        }
        match ctx.actor.visible(Resource::Qualification) {
            Filter::All => seen,
            some => {
                let current = contact::QUALIFICATION.position();
                seen.and(Filter::Or(vec![Filter::IsNull(current), Filter::Via(current, Box::new(some))]))
            }
        }
    }

    /// The field with this wire name.
    pub(super) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// One field.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) form: Form,
    pub(super) required: bool,
    pub(super) read_only: bool,
    /// Searched by `q`.
    pub(super) searched: bool,
    pub(super) at: At,
    /// What it means, in a few words, for the API description.
    pub(super) about: &'static str,
}

/// The form of a field's values (section 9).
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    /// Text of at most so many characters.
    Text(u16),
    /// A Polish tax number (16.1), at most 20 characters.
    Nip,
    /// A Polish register number (16.2), at most 14 characters.
    Regon,
    /// A whole number between these.
    Integer(i64, i64),
    /// A decimal from 0, with so many places kept; `money` is written with at least two.
    Decimal {
        places: u8,
        money: bool,
    },
    Boolean,
    /// A day; where the core keeps an instant, its day in the tenant's zone.
    Date,
    DateTime,
    Email,
    Phone,
    /// An entry of a dictionary.
    Dictionary(Dictionary),
    /// A record of the entity with this name.
    Reference(&'static str),
    /// A list of texts of at most so many characters.
    Texts(u16),
    /// Lines of an opportunity, offer or order (15.11).
    Lines,
    /// `{type,value}` of every tax id.
    TaxIds,
    /// References to records of this entity.
    References(&'static str),
}

/// Where in the core a field lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// In this field of the record.
    Own(u16),
    /// In this field of a lead's qualification.
    Qualification(u16),
    /// In this field of the main address.
    Address(u16),
    /// The first phone of this kind.
    Phone(i64),
    /// The first e-mail address.
    Email,
    /// The words before the last one of the name in the second field, unless the first field holds the given name.
    Given(Option<u16>, u16),
    /// The last word of the name in the second field, unless the first field holds the family name.
    Family(Option<u16>, u16),
    /// Category and life cycle of a contact together.
    Relationship,
    /// The contact in this field, when it is an account.
    Account(u16),
    /// The same, or the employer of the contact in this field.
    AccountOrEmployer(u16),
    /// The contact in the first field, else that in the second when it is a person.
    Person(Option<u16>, u16),
    /// The contact in this field, when it is a lead.
    Lead(u16),
    /// Stage and status of an opportunity together.
    Stage,
    /// The reasons why an opportunity was lost or discarded.
    LossReason,
    /// Worked out for the answer; known by its wire name. No list is filtered or sorted by it.
    Special,
}

/// In this field of the record.
pub(super) const fn own<K>(key: Key<K>) -> At {
    At::Own(key.position())
}

/// A field that a client may leave out, change and clear.
pub(super) const fn field(name: &'static str, form: Form, at: At, about: &'static str) -> Field {
    Field { name, form, required: false, read_only: false, searched: false, at, about }
}

impl Field {
    /// Every entity starts with it.
    pub(super) const ID: Self =
        field("id", Form::Integer(1, i64::MAX), own(meta::ID), "number of the record").read_only();

    pub(super) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(super) const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    pub(super) const fn searched(mut self) -> Self {
        self.searched = true;
        self
    }
}

/// When the record was made and when it last changed: at the end of every entity.
pub(super) static STAMPS: [Field; 2] = [
    field("dateCreated", Form::DateTime, own(meta::CREATED_AT), "when the record was made").read_only(),
    field("lastUpdated", Form::DateTime, own(meta::UPDATED_AT), "when it last changed").read_only(),
];

/// The key of the custom values, after the stamps.
pub(super) const CUSTOM: &str = "customFields";
