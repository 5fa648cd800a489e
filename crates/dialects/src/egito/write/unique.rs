//! What no two records may share: numbers of offers and orders, codes of products, and where the tenant asks for it what
//! makes two accounts or two persons the same (16.3). Asked before the write: no other writer of the tenant is at work.

use favo_core::catalogue::{contact, order, product, proposal};
use favo_core::patch::{Input, Patch};
use favo_core::query::Filter;
use favo_core::rules::proposal::code_taken;
use favo_core::rules::unique::{self, Likeness};
use favo_core::transaction::Writer;
use favo_core::{Ctx, Record, Resource};

use crate::egito::fault::{Code, Failure, Fault};
use crate::egito::switches::Switches;
use crate::egito::table::{Among, Entity};
use crate::json_out;

/// Refuses what another record has already.
pub(super) fn check(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    entity: &Entity,
    patch: &Patch,
    stored: Option<&Record>,
) -> Result<(), Failure> {
    let id = stored.map_or(0, Record::id);
    let (position, name) = match entity.resource {
        Resource::Product => (product::CODE.position(), "code"),
        Resource::Order => (order::CODE.position(), "number"),
        Resource::Proposal => (proposal::CODE.position(), "number"),
        Resource::Contact => return same_contact(ctx, tx, entity, patch, id),
        _ => return Ok(()),
    };
    let Some(Input::Text(text)) = patch.get(position) else { return Ok(()) };
    let taken = match entity.resource {
        Resource::Proposal => code_taken(tx, text, id)?,
        resource => unique::taken(tx, resource, position, text, id)?,
    };
    if taken.is_some() { Err(refusal(name, text)) } else { Ok(()) }
}

/// Accounts by their tax number, persons by their first e-mail address.
fn same_contact(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    entity: &Entity,
    patch: &Patch,
    id: i64,
) -> Result<(), Failure> {
    if !Switches::of(&ctx.snapshot).duplicate_check {
        return Ok(());
    }
    let mut like = Likeness::default();
    let (name, text, among) = if entity.among == Among::Organisations {
        let Some(Input::Text(number)) = patch.get(contact::NIP) else { return Ok(()) };
        like.documents.push((contact::NIP.position(), number.clone()));
        ("nip", number, Among::Organisations.filter())
    } else {
        let Some(Input::Texts(emails)) = patch.get(contact::EMAILS) else { return Ok(()) };
        let Some(email) = emails.first() else { return Ok(()) };
        like.emails.push(email.clone());
        ("email", email, Filter::Or(vec![Among::Persons.filter(), Among::Leads.filter()]))
    };
    if unique::same(tx, &like, &among, id)?.is_empty() { Ok(()) } else { Err(refusal(name, text)) }
}

fn refusal(field: &'static str, text: &str) -> Failure {
    let mut rejected = Vec::new();
    json_out::text(&mut rejected, text);
    Fault::of(field, Code::Unique, Some(String::from_utf8_lossy(&rejected).into_owned())).into()
}
