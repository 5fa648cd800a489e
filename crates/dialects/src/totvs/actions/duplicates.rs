//! The duplicate check an administrator may switch on for customers and leads (12.6).

use favo_core::catalogue::contact;
use favo_core::documents::DocumentKind;
use favo_core::patch::Input;
use favo_core::query::Filter;
use favo_core::rules::unique::{self, Likeness, Same};
use favo_core::tax_numbers;

use super::Work;
use crate::totvs::accept::{Accepted, Body};
use crate::totvs::entities;
use crate::totvs::fault::{Code, Detail, Failure, Problem};
use crate::totvs::refusal;
use crate::totvs::switches::Duplicate;
use crate::totvs::table::{Source, Target};
use crate::totvs::values::{Given, Row};

impl Work<'_> {
    /// Refuses a customer or lead that shares with another one than `own` what must not repeat. Fields that stay are not compared.
    pub(super) fn check_likeness(
        &mut self,
        accepted: &Accepted,
        body: &Body,
        own: i64,
    ) -> Result<(), Failure> {
        let fields = match self.entity.name {
            "customers-integration" => &self.switches.duplicate_customer,
            "leads" => &self.switches.duplicate_lead,
            _ => return Ok(()),
        };
        if fields.is_empty() {
            return Ok(());
        }
        let likeness = likeness(fields, accepted);
        let mut among = vec![of((self.entity.service, self.entity.name))];
        if self.switches.duplicate_across {
            among = vec![of(entities::CUSTOMERS), of(entities::LEADS)];
        }
        let found = unique::same(self.tx, &likeness, &Filter::Or(among), own)?;
        let details: Vec<Problem> = found
            .into_iter()
            .map(|same| {
                let (field, value) = match same {
                    Same::Document(at) => document(body, &likeness.documents[at].1),
                    Same::Email(at) => {
                        (listed(body, "emails", "email", &likeness.emails[at]), likeness.emails[at].clone())
                    }
                    Same::Phone(at) => {
                        (listed(body, "phones", "number", &likeness.phones[at]), likeness.phones[at].clone())
                    }
                    Same::Name(at) => ("name".to_owned(), likeness.names[at].clone()),
                };
                Problem::of_text(field, Detail::Duplicate, &value)
            })
            .collect();
        if details.is_empty() { Ok(()) } else { Err(refusal::conflicting(Code::DuplicateRecord, details)) }
    }
}

/// The records of a resource of contacts.
fn of((service, name): Target) -> Filter {
    match entities::named(service, name).map(|entity| entity.source) {
        Some(Source::Core { only, .. }) => only(),
        _ => Filter::Nothing,
    }
}

/// What a write puts into the fields that must not repeat.
fn likeness(fields: &[Duplicate], accepted: &Accepted) -> Likeness {
    let patch = &accepted.patch;
    let texts = |field: u16| match patch.get(field) {
        Some(Input::Texts(texts)) => texts.clone(),
        _ => Vec::new(),
    };
    let mut like = Likeness::default();
    for field in fields {
        match field {
            Duplicate::Document => {
                like.documents.extend(DocumentKind::ALL.into_iter().filter_map(|kind| {
                    match patch.get(kind.field()) {
                        Some(Input::Text(number)) => Some((kind.field().position(), number.clone())),
                        _ => None,
                    }
                }));
            }
            Duplicate::Email => like.emails = texts(contact::EMAILS.position()),
            Duplicate::Phone => like.phones = texts(contact::PHONES.position()),
            Duplicate::Name => {
                if let Some(Input::Text(name)) = patch.get(contact::NAME) {
                    like.names.push(name.clone());
                }
            }
        }
    }
    like
}

/// The path and the submitted form of a document.
fn document(body: &Body, number: &str) -> (String, String) {
    let list = "customerIdentificationDocuments";
    let rows = rows(body, list);
    let sent = rows.iter().enumerate().find_map(|(at, row)| {
        let text = row.text("documentNumber")?;
        let same = tax_numbers::plain(text) == tax_numbers::plain(number)
            || tax_numbers::plain_nip(text) == tax_numbers::plain_nip(number);
        same.then(|| (format!("{list}[{at}].documentNumber"), text.to_owned()))
    });
    sent.unwrap_or_else(|| (list.to_owned(), number.to_owned()))
}

/// The path of an e-mail address or phone: an element of a list, or a field of a lead.
fn listed(body: &Body, list: &str, key: &str, text: &str) -> String {
    let in_list = rows(body, list)
        .iter()
        .position(|row| row.text(key).is_some_and(|sent| sent.eq_ignore_ascii_case(text)));
    if let Some(at) = in_list {
        return format!("{list}[{at}].{key}");
    }
    let single = ["email", "phone", "mobilePhone"];
    let single = single
        .into_iter()
        .find(|name| body.row.text(name).is_some_and(|sent| sent.eq_ignore_ascii_case(text)));
    single.unwrap_or(list).to_owned()
}

fn rows<'b>(body: &'b Body, list: &str) -> &'b [Row] {
    match body.row.get(list) {
        Some(Given::Rows(rows)) => rows,
        _ => &[],
    }
}
