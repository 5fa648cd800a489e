//! The documents a contact is known by to authorities: which kinds there are, where each is kept, how its digits check.

use crate::catalogue::contact;
use crate::record::{Key, Record, kind};

/// A kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// Brazilian tax number of a person.
    Cpf,
    /// Brazilian tax number of a company.
    Cnpj,
    /// Brazilian identity card.
    Rg,
    /// Brazilian state registration.
    Ie,
    /// Brazilian city registration.
    Im,
    /// Passport.
    Passport,
    /// Polish tax number.
    Nip,
    /// Polish register number.
    Regon,
    /// Anything else.
    Other,
}

impl DocumentKind {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 9] = [
        Self::Cpf,
        Self::Cnpj,
        Self::Rg,
        Self::Ie,
        Self::Im,
        Self::Passport,
        Self::Nip,
        Self::Regon,
        Self::Other,
    ];

    /// Its word, also the key in [`contact::DOCUMENT_KEYS`].
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpf => "CPF",
            Self::Cnpj => "CNPJ",
            Self::Rg => "RG",
            Self::Ie => "IE",
            Self::Im => "IM",
            Self::Passport => "PASSPORT",
            Self::Nip => "NIP",
            Self::Regon => "REGON",
            Self::Other => "OTHER",
        }
    }

    /// The field it is kept in.
    pub fn field(self) -> Key<kind::Text> {
        match self {
            Self::Cpf => contact::PERSONAL_TAX_ID,
            Self::Cnpj => contact::COMPANY_TAX_ID,
            Self::Rg => contact::IDENTITY_DOCUMENT,
            Self::Ie => contact::STATE_REGISTRATION,
            Self::Im => contact::CITY_REGISTRATION,
            Self::Passport => contact::PASSPORT,
            Self::Nip => contact::NIP,
            Self::Regon => contact::REGON,
            Self::Other => contact::OTHER_DOCUMENT,
        }
    }
}

/// The documents of a contact, with the client's keys for them.
pub fn of(record: &Record) -> Vec<(DocumentKind, &str, Option<&str>)> {
    let keys = record.get(contact::DOCUMENT_KEYS);
    DocumentKind::ALL
        .into_iter()
        .filter_map(|kind| {
            let number = record.get(kind.field())?;
            let key = keys.iter().find(|(known, _)| known == kind.name()).map(|(_, key)| key.as_str());
            Some((kind, number, key))
        })
        .collect()
}
