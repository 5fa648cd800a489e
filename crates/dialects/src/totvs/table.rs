//! What a table says about a field: its wire name, the form of its values, where in the core it lives.
//!
//! `accept`, `show`, the filter language and the API description all read these; a field is added by one line in one table.

use favo_core::query::Filter;
use favo_core::{Resource, record};

use super::fixed::Kind;

/// One resource of the dialect (sections 4.4, 14 and 15).
#[derive(Debug)]
pub(super) struct Entity {
    /// The service in paths and headers.
    pub(super) service: &'static str,
    /// The resource in paths and headers, with `-integration` where that is the published name.
    pub(super) name: &'static str,
    pub(super) source: Source,
    /// Its fields in the order of their table; `id`, `externalId` and the last ones (`customFields` and what follows) are not
    /// listed.
    pub(super) fields: &'static [Field],
    /// Which writing actions there are.
    pub(super) actions: Actions,
}

impl Entity {
    /// The field with this wire name.
    pub(super) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The core resource; of product groups, that of the upper ones.
    pub(super) fn resource(&self) -> Option<Resource> {
        match self.source {
            Source::Core { resource, .. } => Some(resource),
            Source::ProductGroups => Some(Resource::ProductCategory),
            Source::Stages => Some(Resource::Pipeline),
            Source::Fixed(_) => None,
        }
    }
}

/// Where the records of a resource come from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source {
    /// One core resource, of which `only` says which records.
    Core { resource: Resource, only: fn() -> Filter },
    /// Product categories and, behind them, subcategories.
    ProductGroups,
    /// The stages of all sales pipelines.
    Stages,
    /// Entries that are the same in every installation.
    Fixed(Kind),
}

/// Which writing actions a resource has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Actions {
    /// Create, update, upsert, delete.
    All,
    /// Create, update, upsert.
    NoDelete,
    /// Update alone.
    UpdateOnly,
    None,
}

/// One field.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) form: Form,
    pub(super) required: bool,
    pub(super) read_only: bool,
    pub(super) at: At,
    /// What it means, in a few words, for the API description.
    pub(super) about: &'static str,
}

impl Field {
    /// A field that may be written and left out.
    pub(super) const fn new(name: &'static str, form: Form, at: At, about: &'static str) -> Self {
        Self { name, form, required: false, read_only: false, at, about }
    }

    /// The same, required.
    pub(super) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The same, never written.
    pub(super) const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }
}

/// A place in the record itself.
pub(super) const fn own<K>(key: record::Key<K>) -> At {
    At::Own(key.position())
}

/// The service and the name of the resource a reference points to.
pub(super) type Target = (&'static str, &'static str);

/// The form of a field's values (section 11).
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    /// Text of at most so many characters.
    Text(u16),
    /// Three letters; when a record names none, that of its pipeline or of the tenant counts.
    Currency,
    /// A UUID that is only ever answered.
    Uuid,
    /// A whole number between these.
    Integer(i64, i64),
    /// A whole number that the core keeps as text.
    IntegerText,
    /// A decimal from 0, with so many places kept.
    Decimal(u8),
    /// A decimal from 0 to 100, 2 places.
    Percent,
    Boolean,
    Date,
    DateTime,
    Email,
    Phone,
    /// A word of a list, paired with what the core keeps. Of several pairs with one word the first is what the word writes.
    Enumeration(&'static [(&'static str, i64)]),
    /// An object with `id` and this label (`name`, `description` or `code`), of the resource with this service and name.
    Reference(&'static str, Target),
    /// A flat id of a user; the user's name stands beside it in a field of its own.
    User,
    /// A flat id of a record of the resource with this service and name.
    Id(Target),
    /// An object with `id`, `acronym` and `description` of a fixed list.
    Typed(Kind),
    /// A flat id of an entry of a fixed list.
    TypedId(Kind),
    /// The acronym alone of an entry of a fixed list.
    Acronym(Kind),
    /// Names of tags, each of at most so many characters.
    Texts(u16),
    Documents,
    Emails,
    Phones,
    Addresses,
    DefaultAddress,
    /// Lines of an order, or of an opportunity.
    Items {
        product_required: bool,
    },
    Participants,
    /// `{id,name}` of the people of a company.
    People,
    /// `{companyId}` rows that are kept as sent.
    Companies,
}

impl Form {
    /// The fields of the elements of a list, or of an object that is no reference.
    pub(super) fn rows(self) -> &'static [Field] {
        use super::entities::rows;
        match self {
            Self::Documents => rows::DOCUMENT,
            Self::Emails => rows::EMAIL,
            Self::Phones => rows::PHONE,
            Self::Addresses => rows::ADDRESS,
            Self::DefaultAddress => rows::DEFAULT_ADDRESS,
            Self::Items { .. } => rows::ITEM,
            Self::Participants => rows::PARTICIPANT,
            Self::People => rows::PERSON,
            Self::Companies => rows::COMPANY,
            _ => &[],
        }
    }

    /// Whether the value is a list.
    pub(super) fn is_list(self) -> bool {
        matches!(
            self,
            Self::Texts(_)
                | Self::Documents
                | Self::Emails
                | Self::Phones
                | Self::Addresses
                | Self::Items { .. }
                | Self::Participants
                | Self::People
                | Self::Companies
        )
    }
}

/// Where in the core a field lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// In this field of the record; in the tables of rows, of the row.
    Own(u16),
    /// In this field of a lead's qualification.
    Qualification(u16),
    /// In this field of the main address.
    Address(u16),
    /// The first phone of this kind.
    Phone(i64),
    /// The first e-mail address.
    Email,
    /// The day, in the tenant's zone, of the instant in this field; written as the last millisecond of the day.
    DayOf(u16),
    /// The name of the user in this relation.
    TitleOf(u16),
    /// The first of this list of relations, written as the only one.
    FirstOf(u16),
    /// The contact in this relation, when it is of that sort.
    Client(u16, Client),
    /// The company a lead names; of a lead that is an organisation, its own name.
    CompanyName,
    /// The field of this name in the catalogue, in whichever core resource the record belongs to.
    ByName(&'static str),
    /// In the extra `totvs.<wire name>`, as JSON.
    Extra,
    /// Something of its own, known by its wire name.
    Special,
}

/// A sort of contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Client {
    /// Anyone but a lead.
    Customer,
    /// A lead.
    Lead,
    /// Anyone but a lead and a contact of a company; of such a contact, the company.
    CustomerOrEmployer,
    /// A person who works for a company, is no lead and no customer in their own right.
    Contact,
}
