//! Lists that are the same in every installation (section 15): person types, document, e-mail, phone and address types.

/// One of the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Person,
    Document,
    Email,
    Phone,
    Address,
}

/// One entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) acronym: &'static str,
    pub(super) description: &'static str,
    /// UUID version 5 of `urn:crm:totvs:<kind>:<acronym>` in the URL namespace.
    pub(super) id: &'static str,
    /// What the core keeps: the kind of a phone, e-mail, address or document; 0 company, 1 person, 2 foreign for persons.
    pub(super) code: i64,
}

/// The entries of a list, in its order.
pub(super) fn entries(_kind: Kind) -> &'static [Entry] {
    &[]
}
