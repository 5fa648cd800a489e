//! What a table says about a field: its wire name, the form of its values, and where in the core it lives.
//!
//! `accept`, `show`, `list` and the API description all read these; a field is added by one line in one table.

use favo_core::Resource;

use super::dictionary::Kind as Dictionary;

/// One entity of the dialect (section 15).
#[derive(Debug)]
pub(super) struct Entity {
    /// Its name in paths.
    pub(super) name: &'static str,
    /// The resource its records belong to.
    pub(super) resource: Resource,
    /// Its fields in the order of their table, `id` first; `dateCreated`, `lastUpdated` and `customFields` are not listed.
    pub(super) fields: &'static [Field],
    /// Can be written.
    pub(super) writable: bool,
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
    /// A whole number between these.
    Integer(i64, i64),
    /// A decimal from 0, with so many places kept; `Money` is written with at least two.
    Decimal {
        places: u8,
        money: bool,
    },
    Boolean,
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
    /// Something of its own, known by its wire name.
    Special,
}
