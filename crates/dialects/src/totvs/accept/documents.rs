//! Documents of a customer: one of each kind, checked where there is something to check (13, 14.2).

use favo_core::catalogue::contact;
use favo_core::documents::{self, DocumentKind};
use favo_core::patch::Input;
use favo_core::tax_numbers;
use favo_core::text::tax_key;

use super::{Acceptance, Side};
use crate::totvs::fault::Detail;
use crate::totvs::fixed::Kind;
use crate::totvs::table::Field;
use crate::totvs::values::{Given, Row};

impl Acceptance<'_> {
    /// The whole list: kinds that are not in it go.
    pub(super) fn documents(&mut self, field: &'static Field, given: &Given) {
        let rows: &[Row] = match given {
            Given::Rows(rows) => rows,
            _ => &[],
        };
        let mut numbers: Vec<(DocumentKind, String)> = Vec::with_capacity(rows.len());
        let mut keys: Vec<(String, String)> = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            let path = format!("{}documentNumber", row.path);
            let key = self.row_key(row);
            let Some(number) = row.text("documentNumber") else {
                self.reject_text(path, Detail::NotNull, None);
                continue;
            };
            let Some(kind) = self.document_kind(row, number) else { continue };
            if numbers.iter().any(|(known, _)| *known == kind) {
                self.reject_text(format!("{}[{at}]", field.name), Detail::ReferenceConflict, Some(number));
                continue;
            }
            if let Some(number) = self.document(kind, number, path) {
                numbers.push((kind, number));
                keys.extend(key.map(|key| (kind.name().to_owned(), key)));
            }
        }
        for kind in DocumentKind::ALL {
            match numbers.iter().find(|(known, _)| *known == kind) {
                Some((_, number)) => {
                    self.set(Side::Own, kind.field().position(), Input::Text(number.clone()));
                }
                None => self.clear(Side::Own, kind.field().position()),
            }
        }
        let mut stored =
            self.stored.map(|stored| stored.get(contact::DOCUMENT_KEYS).to_vec()).unwrap_or_default();
        let mut sorted = keys.clone();
        stored.sort();
        sorted.sort();
        if stored != sorted {
            self.set(Side::Own, contact::DOCUMENT_KEYS.position(), Input::Map(keys));
        }
    }

    /// The kind that a row names, else the one that follows from the length of its number.
    fn document_kind(&mut self, row: &Row, number: &str) -> Option<DocumentKind> {
        if let Some(Given::Reference(sent)) = row.get("identificationDocumentId") {
            let entry = self.typed(Kind::Document, sent)?;
            return usize::try_from(entry.code).ok().and_then(|at| DocumentKind::ALL.get(at).copied());
        }
        match tax_numbers::plain(number).chars().count() {
            11 => Some(DocumentKind::Cpf),
            14 => Some(DocumentKind::Cnpj),
            _ => {
                let path = format!("{}identificationDocumentAcronym", row.path);
                self.reject_text(path, Detail::NotInList, Some(number));
                None
            }
        }
    }

    /// A number in the form that is stored; `None` when it is none of its kind. What is stored may always be sent back.
    pub(super) fn document(&mut self, kind: DocumentKind, number: &str, path: String) -> Option<String> {
        let stored = self.stored.and_then(|stored| stored.get(kind.field()));
        let plain = match kind {
            DocumentKind::Cpf | DocumentKind::Cnpj | DocumentKind::Regon => tax_numbers::plain(number),
            DocumentKind::Nip => tax_numbers::plain_nip(number),
            _ => number.to_owned(),
        };
        let same = |stored: &&str| match kind {
            DocumentKind::Nip => tax_numbers::plain_nip(stored) == plain,
            DocumentKind::Cpf | DocumentKind::Cnpj | DocumentKind::Regon => {
                // Others write what is no number at all, of which letters and digits are shown.
                tax_numbers::plain(stored) == plain || tax_key(stored) == plain
            }
            _ => **stored == plain,
        };
        if let Some(stored) = stored.filter(same) {
            return Some(stored.to_owned());
        }
        let checks = self.switches.document_check;
        let good = match kind {
            DocumentKind::Cpf => !checks || tax_numbers::cpf(number).is_some(),
            DocumentKind::Cnpj => !checks || tax_numbers::cnpj(number).is_some(),
            DocumentKind::Nip => tax_numbers::nip(number).is_some() || tax_numbers::names_country(&plain),
            DocumentKind::Regon => tax_numbers::regon(number).is_some(),
            DocumentKind::Rg
            | DocumentKind::Ie
            | DocumentKind::Im
            | DocumentKind::Passport
            | DocumentKind::Other => true,
        };
        if !good {
            self.reject_text(path, Detail::InvalidDocument, Some(number));
            return None;
        }
        if plain.is_empty() || plain.chars().count() > 30 {
            self.reject_text(path, Detail::Size(30), Some(number));
            return None;
        }
        Some(plain)
    }

    /// `cpf` of a contact: a document of its own.
    pub(super) fn cpf(&mut self, given: &Given) {
        match given {
            Given::Text(number) => {
                if let Some(number) = self.document(DocumentKind::Cpf, number, "cpf".to_owned()) {
                    self.set(Side::Own, contact::PERSONAL_TAX_ID.position(), Input::Text(number));
                }
            }
            _ => self.clear(Side::Own, contact::PERSONAL_TAX_ID.position()),
        }
    }

    /// `externalId` of a row.
    pub(super) fn row_key(&mut self, row: &Row) -> Option<String> {
        let key = row.text("externalId")?;
        if key.chars().count() > 100 {
            self.reject_text(format!("{}externalId", row.path), Detail::Size(100), Some(key));
            return None;
        }
        Some(key.to_owned())
    }

    /// Whether the record is going to have a document of a kind.
    pub(super) fn has_document(&self, kind: DocumentKind) -> bool {
        match self.accepted.patch.get(kind.field()) {
            Some(Input::Text(_)) => true,
            Some(_) => false,
            None => self
                .stored
                .is_some_and(|stored| documents::of(stored).iter().any(|(known, ..)| *known == kind)),
        }
    }
}
