//! What a table says about a field: its wire name, the form of its values, where in the core it lives, how it is filtered.
//!
//! `accept`, `show`, the filter language and the API description all read these; a field is added by one line in one table.

use favo_core::Resource;
use favo_core::query::Filter;

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
    Fixed(super::fixed::Kind),
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

/// The form of a field's values (section 11).
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    /// Text of at most so many characters.
    Text(u16),
    /// A whole number between these.
    Integer(i64, i64),
    /// A decimal from 0, with so many places kept.
    Decimal(u8),
    Boolean,
    Date,
    DateTime,
    Email,
    Phone,
    /// A word of a list, paired with what the core keeps.
    Enumeration(&'static [(&'static str, i64)]),
    /// An object with `id` and this label (`name`, `description` or `code`), of the resource with this service and name.
    Reference(&'static str, (&'static str, &'static str)),
    /// A flat id of a user, with the user's name beside it in the field of that name.
    User,
    /// An object with `id`, `acronym` and `description` of a fixed list.
    Typed(super::fixed::Kind),
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
    /// Something of its own, known by its wire name.
    Special,
}
