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
    /// What the core keeps: the kind of a phone, e-mail or address; the place of a document in
    /// [`DocumentKind::ALL`](favo_core::documents::DocumentKind::ALL); 0 company, 1 person, 2 foreign for persons.
    pub(super) code: i64,
}

const fn entry(acronym: &'static str, description: &'static str, id: &'static str, code: i64) -> Entry {
    Entry { acronym, description, id, code }
}

static PERSON: &[Entry] = &[
    entry("PF", "Pessoa física", "c2578f95-fed7-5b65-b9e9-af91eceef8dd", 1),
    entry("PJ", "Pessoa jurídica", "13e3cad4-bafe-5ff7-8260-84ef5014959d", 0),
    entry("EX", "Estrangeiro", "da6f0625-f68a-5d8c-8db1-f73f99c2f3f7", 2),
];

static DOCUMENT: &[Entry] = &[
    entry("CPF", "CPF", "5ede2311-76af-574e-b83b-a559d9205a99", 0),
    entry("CNPJ", "CNPJ", "2093a5c0-f74b-536f-ba9a-5dd2b03f6d9f", 1),
    entry("RG", "Registro geral", "76c1e4ad-df79-545d-995a-0ddc7251304c", 2),
    entry("IE", "Inscrição estadual", "4550cecc-e7b9-5d2a-b8cf-53d6f5bcfb70", 3),
    entry("IM", "Inscrição municipal", "e0a46f89-9ec6-5657-8351-46be9d446db4", 4),
    entry("PASSPORT", "Passaporte", "7d5aa8e0-efce-5f04-b00a-91fc26e53912", 5),
    entry("NIP", "NIP (Polônia)", "91abeb0e-8ab5-57b2-92c1-f861da6ad289", 6),
    entry("REGON", "REGON (Polônia)", "69a71e38-c026-5ba9-9963-e5b8eb5b9c81", 7),
    entry("OTHER", "Outro", "89916d3f-c034-5bcd-8174-57413e8df1df", 8),
];

static EMAIL: &[Entry] = &[
    entry("COMMERCIAL", "Comercial", "244df9df-5fb2-5904-aed4-45ee6844924b", 0),
    entry("PERSONAL", "Pessoal", "e661d015-3939-5319-a360-5f8ecf7df225", 1),
    entry("BILLING", "Cobrança", "44b704f5-aeee-5983-96ce-dd48d50517e7", 2),
    entry("OTHER", "Outro", "7a16b99f-dfa5-5874-a8d5-61c9f9e035c6", 3),
];

static PHONE: &[Entry] = &[
    entry("COMMERCIAL", "Comercial", "ac924043-efe7-5ca7-8850-d8b7f6cb7539", 0),
    entry("MOBILE", "Celular", "1bcd5048-b6f8-5413-b179-c209c7e99274", 1),
    entry("RESIDENTIAL", "Residencial", "6aebd262-f211-58b8-9067-562cc5e9cb6a", 2),
    entry("WHATSAPP", "WhatsApp", "d0b41ec3-ba24-5208-82cf-a768f1b097d0", 3),
    entry("FAX", "Fax", "ea6cb4f5-8d71-5ab9-8604-540afe93bbe3", 4),
    entry("OTHER", "Outro", "742025b1-b23f-54d0-b774-dea812a17ddf", 5),
];

static ADDRESS: &[Entry] = &[
    entry("COMMERCIAL", "Comercial", "c059f255-5cf3-556a-aa94-7725a2bce2f1", 0),
    entry("RESIDENTIAL", "Residencial", "2edc2704-8cf4-5a29-b030-e21c7ab30989", 1),
    entry("BILLING", "Cobrança", "1a1f083f-d0b8-54fc-80ad-dd6bc5f49b1e", 2),
    entry("DELIVERY", "Entrega", "ba54d950-eef1-5468-be3c-c202dccea404", 3),
    entry("OTHER", "Outro", "473bc83e-eb61-5fa4-bace-c072ce96f824", 4),
];

impl Kind {
    /// Its word in the names that the ids are made of.
    #[cfg(test)]
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Person => "customer-person-type",
            Self::Document => "identification-document-type",
            Self::Email => "email-type",
            Self::Phone => "phone-type",
            Self::Address => "address-type",
        }
    }
}

/// The entries of a list, in its order.
pub(super) fn entries(kind: Kind) -> &'static [Entry] {
    match kind {
        Kind::Person => PERSON,
        Kind::Document => DOCUMENT,
        Kind::Email => EMAIL,
        Kind::Phone => PHONE,
        Kind::Address => ADDRESS,
    }
}

/// The entry of a code of the core.
pub(super) fn of_code(kind: Kind, code: i64) -> Option<&'static Entry> {
    entries(kind).iter().find(|entry| entry.code == code)
}

/// The entry with this id, in lower case.
pub(super) fn of_id(kind: Kind, id: &str) -> Option<&'static Entry> {
    entries(kind).iter().find(|entry| entry.id == id)
}

/// The entry with this acronym, any case; persons also by their first letter (14.2) with `E` for the last one.
pub(super) fn of_acronym(kind: Kind, acronym: &str) -> Option<&'static Entry> {
    let known = entries(kind).iter().find(|entry| entry.acronym.eq_ignore_ascii_case(acronym));
    known.or_else(|| {
        let at = ["F", "J", "E"].iter().position(|letter| letter.eq_ignore_ascii_case(acronym))?;
        (kind == Kind::Person).then(|| &PERSON[at])
    })
}

/// What an address is for when it does not say so, by its kind: home addresses are residential, others commercial.
pub(super) fn purpose_of_kind(kind: i64) -> i64 {
    i64::from(kind == 0)
}

/// What an address is for, by its purpose or else its kind.
pub(super) fn purpose(purpose: Option<i64>, kind: Option<i64>) -> i64 {
    purpose.unwrap_or_else(|| kind.map_or(0, purpose_of_kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::totvs::ids;
    use favo_core::documents::DocumentKind;

    const ALL: [Kind; 5] = [Kind::Person, Kind::Document, Kind::Email, Kind::Phone, Kind::Address];

    #[test]
    fn every_id_follows_from_its_name() {
        for kind in ALL {
            for entry in entries(kind) {
                let name = format!("urn:crm:totvs:{}:{}", kind.word(), entry.acronym);
                assert_eq!(ids::of_name(&name), entry.id, "{name}");
                assert_eq!(of_code(kind, entry.code), Some(entry));
                assert_eq!(of_id(kind, entry.id), Some(entry));
                assert_eq!(of_acronym(kind, &entry.acronym.to_lowercase()), Some(entry));
            }
        }
        assert_eq!(of_acronym(Kind::Person, "j").map(|entry| entry.acronym), Some("PJ"));
        assert_eq!(of_acronym(Kind::Phone, "F"), None);
    }

    #[test]
    fn documents_stand_in_the_order_of_the_core() {
        let words: Vec<_> = DocumentKind::ALL.into_iter().map(DocumentKind::name).collect();
        let acronyms: Vec<_> = entries(Kind::Document).iter().map(|entry| entry.acronym).collect();
        assert_eq!(acronyms, words);
    }
}
