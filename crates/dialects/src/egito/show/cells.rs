//! What one field of one row writes: from the columns of a database row, and from registries of the snapshot.

use std::borrow::Cow;

use favo_core::catalogue::pipeline;
use favo_core::transaction::Row;
use favo_core::{Ctx, Resource};

use super::gaps::Page;
use super::parts::{self, Part};
use super::{lines, values_out as out};
use crate::egito::dictionary::{self, Kind};
use crate::egito::switches::Switches;
use crate::egito::table::{DISCARDED, LEAD, LOST, OPEN};
use crate::json_out;
use crate::local_time::push_day;
use crate::stored_json;
use crate::wire::Caller;

/// What all rows of an answer share.
pub(super) struct Env<'a> {
    pub(super) ctx: &'a Ctx,
    pub(super) switches: Cow<'a, Switches>,
    /// `@` and the short name of the tenant.
    suffix: String,
}

impl<'a> Env<'a> {
    pub(super) fn new(ctx: &'a Ctx, caller: &Caller) -> Self {
        Self { ctx, switches: Switches::of(&ctx.snapshot), suffix: format!("@{}", caller.tenant) }
    }

    /// A login without the name of the tenant behind it.
    fn login<'t>(&self, login: &'t str) -> &'t str {
        login.strip_suffix(self.suffix.as_str()).filter(|bare| !bare.is_empty()).unwrap_or(login)
    }
}

/// One field and where its value comes from.
#[derive(Debug)]
pub(super) struct Cell {
    /// `,"name":`, or nothing for what writes its own keys.
    key: Box<[u8]>,
    write: Write,
}

impl Cell {
    /// A cell; names hold nothing that needs escaping.
    pub(super) fn new(name: &str, write: Write) -> Self {
        Self { key: format!(",\"{name}\":").into_bytes().into(), write }
    }

    /// A cell that writes its own keys, each after a comma.
    pub(super) fn nameless(write: Write) -> Self {
        Self { key: Box::default(), write }
    }
}

/// The columns that say who a record is for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Client {
    pub(super) id: usize,
    pub(super) name: usize,
    pub(super) organisation: usize,
    pub(super) life_cycle: usize,
}

/// What a contact is in this dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Account,
    Person,
    Lead,
}

impl Client {
    fn shape(self, row: &dyn Row) -> Shape {
        if row.int(self.life_cycle) == Some(LEAD) {
            Shape::Lead
        } else if row.bool(self.organisation) == Some(true) {
            Shape::Account
        } else {
            Shape::Person
        }
    }

    fn push_if(self, row: &dyn Row, shape: Shape, out: &mut Vec<u8>) {
        let id = row.int(self.id).filter(|_| self.shape(row) == shape);
        out::reference(out, id, row.text(self.name));
    }
}

/// The columns that hold the lines of a record.
#[derive(Debug, Clone, Copy)]
pub(super) struct LinesOf {
    pub(super) own: usize,
    /// Of an offer: its title, and the lines of its opportunity, which it shows as long as it has no title.
    pub(super) title_and_deal: Option<(usize, usize)>,
}

impl LinesOf {
    fn stored(self, row: &dyn Row) -> Option<&str> {
        match self.title_and_deal {
            Some((title, deal)) if row.text(title).is_none() => row.text(self.own).or(row.text(deal)),
            _ => row.text(self.own),
        }
    }
}

/// A value and the columns it needs.
#[derive(Debug)]
pub(super) enum Write {
    Int(usize),
    Bool(usize),
    Text(usize),
    TextOr(usize, usize),
    Decimal(usize),
    Money(usize),
    /// A calendar date.
    Day(usize),
    /// The day of an instant.
    DayOf(usize),
    DateTime(usize),
    /// An entry kept as the id of a registry record.
    Entry(Kind, usize),
    /// An entry kept as a number.
    Number(Kind, usize),
    /// An entry kept as a word, with the word of records that have none.
    Word(Kind, usize, Option<&'static str>),
    Currency {
        own: usize,
        fallback: Option<usize>,
        pipeline: Option<usize>,
    },
    /// Id and label.
    Record(usize, usize),
    User(usize),
    Tags(usize),
    Lines(LinesOf),
    NetTotal(LinesOf),
    TaxTotal(LinesOf),
    GrossTotal(LinesOf),
    Login(usize),
    Username(usize),
    Name {
        part: Part,
        own: Option<usize>,
        /// The other part: when it is there, so would this one be.
        other: Option<usize>,
        whole: usize,
        organisation: Option<usize>,
    },
    /// The first text, of an organisation the second: company, name, whether it is one.
    Company(usize, usize, usize),
    Address(usize, u16),
    /// Kind, numbers, what is known of them.
    Phone(i64, usize, usize),
    FirstText(usize),
    TaxIds(Box<[usize]>),
    Relationship(usize, usize),
    Account(Client),
    /// Of a record without a client of its own, the other one.
    AccountOf(Client, Client),
    AccountOrEmployer(Client, usize, usize),
    Person(Option<(usize, usize)>, Client),
    Lead(Client),
    Stage(usize, usize),
    LossReason {
        status: usize,
        outcome: usize,
        discard: usize,
    },
    /// The offers of the group with the id in this column.
    Offers(usize),
    Custom(Option<usize>),
    Extras(usize),
}

/// Writes a row as an object.
pub(super) fn object(env: &Env<'_>, row: &dyn Row, cells: &[Cell], page: &mut Page) {
    let start = page.out.len();
    for cell in cells {
        page.out.extend_from_slice(&cell.key);
        cell.write.push(env, row, page);
    }
    page.out[start] = b'{';
    page.out.push(b'}');
}

impl Write {
    fn push(&self, env: &Env<'_>, row: &dyn Row, page: &mut Page) {
        let out = &mut page.out;
        match self {
            Self::Int(column) => out::or_null(out, row.int(*column), json_out::int),
            Self::Bool(column) => out::or_null(out, row.bool(*column), json_out::boolean),
            Self::Text(column) => out::text(out, row.text(*column)),
            Self::TextOr(first, second) => out::text(out, row.text(*first).or(row.text(*second))),
            Self::Decimal(column) => out::or_null(out, row.int(*column), json_out::decimal),
            Self::Money(column) => out::or_null(out, row.int(*column), out::money),
            Self::Day(column) => out::or_null(out, row.int(*column), out::day),
            Self::DayOf(column) => out::or_null(out, row.int(*column), |out, micros| {
                out.push(b'"');
                push_day(out, env.switches.zone.day(favo_core::Instant(micros)));
                out.push(b'"');
            }),
            Self::DateTime(column) => {
                out::or_null(out, row.int(*column), |out, micros| env.switches.zone.push(out, micros, false));
            }
            Self::Entry(kind, column) => dictionary::push(env.ctx, *kind, row.int(*column), out),
            Self::Number(kind, column) => dictionary::push_number(*kind, row.int(*column), out),
            Self::Word(kind, column, usual) => {
                dictionary::push_word(*kind, row.text(*column).or(*usual), out);
            }
            Self::Currency { own, fallback, pipeline } => {
                let of_pipeline = || {
                    let id = row.int((*pipeline)?)?;
                    env.ctx.snapshot.get(Resource::Pipeline, id)?.get(pipeline::CURRENCY)
                };
                let word = row.text(*own).or_else(|| row.text((*fallback)?)).or_else(of_pipeline);
                dictionary::push_word(Kind::Currency, word.or(Some(&env.switches.currency)), out);
            }
            Self::Record(id, name) => out::reference(out, row.int(*id), row.text(*name)),
            Self::User(column) => {
                let user = row.int(*column).and_then(|id| env.ctx.snapshot.get(Resource::User, id));
                out::reference(out, user.map(|user| user.id()), user.and_then(|user| user.title()));
            }
            Self::Tags(column) => tags(env, row.text(*column), out),
            Self::Lines(of) => lines::push(env, of.stored(row), page),
            Self::NetTotal(of) => out::money(out, lines::totals(of.stored(row)).0),
            Self::TaxTotal(of) => {
                let (net, gross) = lines::totals(of.stored(row));
                out::money(out, gross - net);
            }
            Self::GrossTotal(of) => out::money(out, lines::totals(of.stored(row)).1),
            Self::Login(column) => out::text(out, row.text(*column).map(|login| env.login(login))),
            Self::Username(column) => {
                let name = row.text(*column).map(|login| [env.login(login), &env.suffix].concat());
                out::text(out, name.as_deref());
            }
            Self::Name { part, own, other, whole, organisation } => {
                let text = |column: &Option<usize>| column.and_then(|column| row.text(column));
                let is_whole = organisation.is_some_and(|column| row.bool(column) == Some(true));
                let shown = match (text(own), text(other)) {
                    (None, None) => parts::name(*part, row.text(*whole), is_whole),
                    (own, _) => own,
                };
                out::text(out, shown);
            }
            Self::Company(company, name, organisation) => {
                let is_one = row.bool(*organisation) == Some(true);
                out::text(out, row.text(if is_one { *name } else { *company }));
            }
            Self::Address(column, field) => parts::address(out, row.text(*column), *field),
            Self::Phone(kind, texts, details) => {
                parts::phone(out, *kind, row.text(*texts), row.text(*details));
            }
            Self::FirstText(column) => parts::first(out, row.text(*column)),
            Self::TaxIds(columns) => parts::push_tax_ids(out, columns.iter().map(|column| row.text(*column))),
            Self::Relationship(category, life_cycle) => {
                let life_cycle = row.int(*life_cycle).unwrap_or(0);
                dictionary::push_relationship(env.ctx, row.int(*category), life_cycle, out);
            }
            Self::Account(client) => client.push_if(row, Shape::Account, out),
            Self::AccountOf(own, other) => {
                let client = if row.int(own.id).is_some() { own } else { other };
                client.push_if(row, Shape::Account, out);
            }
            Self::AccountOrEmployer(client, employer, name) => match client.shape(row) {
                Shape::Person => out::reference(out, row.int(*employer), row.text(*name)),
                _ => client.push_if(row, Shape::Account, out),
            },
            Self::Person(named, client) => match named {
                Some((id, name)) if row.int(*id).is_some() => {
                    out::reference(out, row.int(*id), row.text(*name));
                }
                _ => client.push_if(row, Shape::Person, out),
            },
            Self::Lead(client) => client.push_if(row, Shape::Lead, out),
            Self::Stage(stage, status) => {
                let status = row.int(*status).unwrap_or(OPEN);
                dictionary::push_stage(env.ctx, row.int(*stage), status, out);
            }
            Self::LossReason { status, outcome, discard } => {
                let outcome = || row.text(*outcome).and_then(stored_json::first_id);
                match row.int(*status) {
                    Some(LOST) => dictionary::push_loss(env.ctx, outcome(), None, out),
                    Some(DISCARDED) => match row.int(*discard) {
                        None => dictionary::push_loss(env.ctx, outcome(), None, out),
                        discard => dictionary::push_loss(env.ctx, None, discard, out),
                    },
                    _ => out.extend_from_slice(b"null"),
                }
            }
            Self::Offers(column) => match row.int(*column) {
                Some(id) => page.offers(id),
                None => out.extend_from_slice(b"[]"),
            },
            Self::Custom(column) => {
                out::custom(&env.ctx.snapshot, column.and_then(|column| row.text(column)), out);
            }
            Self::Extras(column) => out::extras(row.text(*column), out),
        }
    }
}

/// The names of tags.
fn tags(env: &Env<'_>, stored: Option<&str>, out: &mut Vec<u8>) {
    out.push(b'[');
    let mut first = true;
    stored_json::ids(stored.unwrap_or_default(), |id| {
        let Some(name) = env.ctx.snapshot.get(Resource::Tag, id).and_then(|tag| tag.title()) else { return };
        if !first {
            out.push(b',');
        }
        first = false;
        json_out::text(out, name);
    });
    out.push(b']');
}
