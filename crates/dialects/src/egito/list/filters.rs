//! Filters: equality by field, ranges, custom fields, and `q` (13.1).
//!
//! Text is compared without case and accents. Of phones, e-mail addresses and addresses any one of the record may match.

use std::sync::Arc;

use favo_core::catalogue::{
    FieldType, contact, custom_field, line_item, opportunity, pipeline, proposal, user,
};
use favo_core::query::{Filter, ItemTest, TextMatch, TextTest};
use favo_core::terms::{TermKind, custom_term};
use favo_core::text::{fold, phone_key};
use favo_core::transaction::Reader;
use favo_core::{Ctx, Instant, Record, Resource, Result};

use super::conditions::{
    any, first_words, is_filter, last_word, login, placed, pointed, spread, tax_number, term, whole,
};
use super::{STEERING, references, text_of, values_of};
use crate::egito::dictionary::{self, Entry, Kept, Kind};
use crate::egito::fault::{Code, Fault};
use crate::egito::show::USUAL_RATE;
use crate::egito::switches::Switches;
use crate::egito::table::{At, CUSTOM, Entity, Field, Form, STAMPS};
use crate::egito::values;
use crate::json::{Json, Object};
use crate::local_time::{Moment, Zone};
use crate::wire::Caller;

/// The condition of all parameters; what is wrong is added to `faults`.
pub(super) fn filter(
    ctx: &Ctx,
    tx: &mut dyn Reader,
    caller: &Caller,
    switches: &Switches,
    entity: &'static Entity,
    sent: &Object,
    faults: &mut Vec<Fault>,
) -> Result<Filter> {
    let mut all = Filter::All;
    let mut asking = Asking { ctx, tx, caller, zone: &switches.zone, currency: &switches.currency, entity };
    for (key, value) in sent.iter() {
        if STEERING.contains(&key) || key.starts_with('_') {
            continue;
        }
        let filled = values_of(value);
        if key == CUSTOM {
            if !matches!(value, Json::Object(_)) && !filled.is_empty() {
                faults.push(Fault::of(CUSTOM, Code::FilterUnknown, said(value)));
            }
            for (alias, value) in inside(value) {
                let path = format!("{CUSTOM}.{alias}");
                match asking.custom(alias, &values_of(value)) {
                    Ok(filter) => all = all.and(filter),
                    Err(code) => faults.push(Fault::of(path, code, said(value))),
                }
            }
            continue;
        }
        let found = match asking.meant(key) {
            None => Err(Code::FilterUnknown),
            Some(_) if filled.is_empty() => continue,
            Some(Meant::Equal(field)) => asking.any_of(field, &filled)?,
            Some(Meant::From(field)) => asking.bound(field, filled.last().copied(), true),
            Some(Meant::To(field)) => asking.bound(field, filled.last().copied(), false),
        };
        match found {
            Ok(filter) => all = all.and(filter),
            Err(code) => faults.push(Fault::of(key.to_owned(), code, said(value))),
        }
    }
    match text_of(sent, "q") {
        Ok(Some(text)) => all = all.and(asking.search(&text)),
        Ok(None) => {}
        Err(code) => faults.push(Fault::of("q", code, None)),
    }
    Ok(all)
}

/// What was sent, for an error: a parameter that came once is one value.
fn said(sent: &Json) -> Option<String> {
    match sent {
        Json::List(list) if list.len() == 1 => values::rejected(&list[0]),
        sent => values::rejected(sent),
    }
}

/// The pairs of an object, none of anything else.
fn inside(value: &Json) -> Vec<(&str, &Json)> {
    match value {
        Json::Object(object) => object.iter().collect(),
        _ => Vec::new(),
    }
}

/// What a parameter asks of a field.
#[derive(Debug, Clone, Copy)]
enum Meant {
    Equal(&'static Field),
    From(&'static Field),
    To(&'static Field),
}

/// A list that is asked for.
pub(super) struct Asking<'a> {
    ctx: &'a Ctx,
    tx: &'a mut dyn Reader,
    caller: &'a Caller,
    zone: &'a Zone,
    /// Of records that name none.
    currency: &'a str,
    pub(super) entity: &'static Entity,
}

impl Asking<'_> {
    fn field(&self, name: &str) -> Option<&'static Field> {
        self.entity.fields.iter().chain(&STAMPS).find(|field| field.name == name)
    }

    fn meant(&self, key: &str) -> Option<Meant> {
        if let Some(field) = self.field(key) {
            return is_filter(field).then_some(Meant::Equal(field));
        }
        let without = |end: &str| key.strip_suffix(end).and_then(|name| self.field(name));
        let pointing = |field: &&Field| matches!(field.form, Form::Reference(_) | Form::Dictionary(_));
        if let Some(field) = without("Id").filter(pointing) {
            return is_filter(field).then_some(Meant::Equal(field));
        }
        let spans = |field: &&Field| {
            let measured = matches!(field.form, Form::Date | Form::DateTime | Form::Decimal { .. });
            measured && matches!(field.at, At::Own(_) | At::Qualification(_))
        };
        let from = without("From").filter(spans).map(Meant::From);
        from.or_else(|| without("To").filter(spans).map(Meant::To))
    }

    /// The field equals one of these.
    fn any_of(&mut self, field: &Field, sent: &[&Json]) -> Result<std::result::Result<Filter, Code>> {
        let sent: Vec<Json> = sent.iter().flat_map(|sent| spread(sent)).collect();
        if let Form::Reference(entity) = field.form {
            let found = references::find(self.ctx, self.tx, self.caller, entity, &sent)?;
            return Ok(found.map(|ids| pointed(field.at, &ids)));
        }
        if let (Form::Lines, At::Own(list)) = (field.form, field.at) {
            return self.sold(list, &sent);
        }
        let either: std::result::Result<Vec<_>, _> =
            sent.iter().map(|sent| self.scalar(field, sent)).collect();
        Ok(either.map(any))
    }

    /// One of the lines has one of these products: `items.product`.
    fn sold(&mut self, list: u16, sent: &[Json]) -> Result<std::result::Result<Filter, Code>> {
        let mut products = Vec::with_capacity(sent.len());
        for sent in sent {
            let product = match sent {
                Json::Object(line) if line.len() == 1 => line.get("product"),
                _ => None,
            };
            let Some(product) = product else { return Ok(Err(Code::FilterUnknown)) };
            products.extend(match product {
                Json::List(products) => products.iter().flat_map(spread).collect(),
                product => spread(product),
            });
        }
        let found = references::find(self.ctx, self.tx, self.caller, "Product", &products)?;
        let inner = Some(line_item::PRODUCT.position());
        Ok(found.map(|ids| Filter::Any { list, inner, test: ItemTest::OneOf(ids) }))
    }

    /// A field that is no reference equals this.
    fn scalar(&self, field: &Field, sent: &Json) -> std::result::Result<Filter, Code> {
        let resource = self.entity.resource;
        Ok(match field.form {
            Form::Dictionary(kind) => {
                let entry = self.entry(kind, sent).ok_or(Code::NotInList)?;
                self.listed(field, kind, &entry)
            }
            Form::Text(_) | Form::Texts(_) => match values::text(sent, u16::MAX)? {
                None => Filter::All,
                Some(text) => self.text(field, &text),
            },
            Form::Nip | Form::Regon | Form::TaxIds => match values::text(sent, u16::MAX)? {
                None => Filter::All,
                Some(number) => tax_number(field, &number, TextMatch::Equal),
            },
            Form::Integer(..) => match values::integer(sent, i64::MIN, i64::MAX)? {
                None => Filter::All,
                Some(number) => placed(resource, field.at, |_, position| Filter::is(position, number)),
            },
            Form::Decimal { .. } => match values::decimal(sent, 6)? {
                None => Filter::All,
                Some(number) => placed(resource, field.at, |_, position| Filter::is(position, number.0)),
            },
            Form::Boolean => match values::boolean(sent)? {
                None => Filter::All,
                Some(flag) => placed(resource, field.at, |_, position| Filter::is(position, i64::from(flag))),
            },
            Form::Date | Form::DateTime => match values::moment(sent, self.zone)? {
                None => Filter::All,
                Some(moment) => placed(resource, field.at, |resource, position| {
                    let (from, to) = self.span(resource, position, moment);
                    Filter::Between(position, from, to)
                }),
            },
            Form::Email => match values::text(sent, u16::MAX)? {
                None => Filter::All,
                Some(address) if field.at == At::Email => {
                    term(TermKind::Email, TextMatch::Equal, fold(&address))
                }
                Some(address) => self.text(field, &address),
            },
            Form::Phone => match values::text(sent, u16::MAX)? {
                None => Filter::All,
                Some(number) if matches!(field.at, At::Phone(_)) => {
                    term(TermKind::Phone, TextMatch::Equal, phone_key(&number))
                }
                Some(number) => self.text(field, &number),
            },
            Form::Reference(_) | Form::References(_) | Form::Lines => return Err(Code::FilterUnknown),
        })
    }

    /// The entry a client means. By its id also a stage of another pipeline, or an entry that is retired: records still hold it.
    fn entry(&self, kind: Kind, sent: &Json) -> Option<Entry> {
        let by_id = || {
            let sent = if let Json::Object(object) = sent { object.get("id")? } else { sent };
            dictionary::get(self.ctx, kind, values::id(sent).ok()??)
        };
        dictionary::find(self.ctx, kind, sent).or_else(by_id)
    }

    fn listed(&self, field: &Field, kind: Kind, entry: &Entry) -> Filter {
        let resource = self.entity.resource;
        match entry.kept {
            Kept::Record(id) if field.at == At::LossReason => {
                let list = opportunity::OUTCOME_REASONS.position();
                Filter::Any { list, inner: None, test: ItemTest::OneOf(vec![id]) }
            }
            Kept::Record(id) => placed(resource, field.at, |_, position| Filter::is(position, id)),
            Kept::Discard(id) if field.at == At::LossReason => Filter::is(opportunity::DISCARD_REASON, id),
            Kept::Discard(_) => Filter::Nothing,
            Kept::Number(number) => placed(resource, field.at, |_, position| {
                Filter::OneOf(position, dictionary::numbers(kind, number))
            }),
            Kept::Word(word) => self.worded(field, kind, word),
            Kept::Stage(id) => Filter::is(opportunity::STAGE, id).and(Filter::is(opportunity::STATUS, 1)),
            Kept::Status(status) => Filter::is(opportunity::STATUS, status),
            Kept::Relationship { category, life_cycle } => self.relationship(category, life_cycle),
        }
    }

    /// The records that show this word: they hold it, or hold none and are shown with it.
    fn worded(&self, field: &Field, kind: Kind, word: &str) -> Filter {
        let At::Own(position) = field.at else { return Filter::Nothing };
        let holds = |position: u16| Filter::Raw(position, TextTest::OneOf(vec![word.to_owned()]));
        let of_deal = || {
            let own = opportunity::CURRENCY.position();
            any(vec![holds(own), Filter::IsNull(own).and(self.pipelines_with(word))])
        };
        let usual = match (kind, self.entity.resource) {
            (Kind::Currency, Resource::Opportunity) => return of_deal(),
            (Kind::Currency, Resource::Proposal) => {
                Filter::Via(proposal::OPPORTUNITY.position(), Box::new(of_deal()))
            }
            (Kind::Currency, _) if word == self.currency => Filter::All,
            (Kind::VatRate, _) if word == USUAL_RATE => Filter::All,
            _ => return holds(position),
        };
        any(vec![holds(position), Filter::IsNull(position).and(usual)])
    }

    /// The opportunities whose pipeline has this currency, which is the tenant's where it names none.
    fn pipelines_with(&self, word: &str) -> Filter {
        let pipelines = self.ctx.snapshot.all(Resource::Pipeline);
        let has = |record: &&Arc<Record>| record.get(pipeline::CURRENCY).unwrap_or(self.currency) == word;
        let own = opportunity::PIPELINE.position();
        let mut either = vec![Filter::OneOf(own, pipelines.filter(has).map(|record| record.id()).collect())];
        either.extend((word == self.currency).then_some(Filter::IsNull(own)));
        any(either)
    }

    /// The contacts that show this relationship: their category says so and fits, or they have none that does (14.3).
    fn relationship(&self, category: Option<i64>, life_cycle: Option<i64>) -> Filter {
        let own = contact::CATEGORY.position();
        let mut either = Vec::new();
        if let Some(category) = category {
            let section = life_cycle.map(|section| Filter::is(contact::LIFE_CYCLE, section));
            either.push(Filter::is(own, category).and(section.unwrap_or(Filter::All)));
        }
        let stands_for = life_cycle.filter(|section| {
            let shown = dictionary::relationship_of(self.ctx, *section);
            let kept = Some(Kept::Relationship { category, life_cycle });
            shown.map(|entry| entry.kept) == kept
        });
        if let Some(section) = stands_for {
            let fitting = dictionary::categories_for(self.ctx, section);
            let mut bare = vec![Filter::IsNull(own)];
            if !fitting.is_empty() {
                bare.push(Filter::Not(Box::new(Filter::OneOf(own, fitting))));
            }
            either.push(Filter::is(contact::LIFE_CYCLE, section).and(any(bare)));
        }
        any(either)
    }

    /// The text of a field is this one.
    fn text(&self, field: &Field, text: &str) -> Filter {
        let resource = self.entity.resource;
        if matches!(field.form, Form::Texts(_)) {
            let tag = self.ctx.snapshot.named(Resource::Tag, text).map(|tag| tag.id().to_string());
            return tag.map_or(Filter::Nothing, |tag| term(TermKind::Tag, TextMatch::Equal, tag));
        }
        match field.at {
            At::Address(position) => {
                let test = TextTest::Like(whole(text));
                Filter::Any {
                    list: contact::ADDRESSES.position(),
                    inner: Some(position),
                    test: ItemTest::Text(test),
                }
            }
            At::Given(part, name) => first_words(part, name, text),
            At::Family(part, name) => last_word(part, name, text),
            At::Own(position) if resource == Resource::User && position == user::LOGIN.position() => {
                login(text)
            }
            At::Special => match text.rsplit_once('@') {
                // `login@app`; whose app it is, the token has said.
                Some((name, _)) => any(vec![login(name), login(text)]),
                None => Filter::Nothing,
            },
            at => placed(resource, at, |resource, position| {
                if resource.definition().field(position).searched
                    && text.chars().count() <= favo_core::text::KEY_LENGTH
                {
                    Filter::Text(position, TextMatch::Equal, fold(text))
                } else {
                    Filter::Raw(position, TextTest::Like(whole(text)))
                }
            }),
        }
    }

    /// First and last stored value of a moment: a day of an instant is all of it, and instants are shown cut to the second.
    fn span(&self, resource: Resource, position: u16, moment: Moment) -> (Option<i64>, Option<i64>) {
        let is_day = matches!(resource.definition().field(position).field_type, FieldType::Date);
        match moment {
            Moment::Day(day) if is_day => (Some(day), Some(day)),
            Moment::At(instant) if is_day => {
                let day = self.zone.day(instant);
                (Some(day), Some(day))
            }
            Moment::Day(day) => match self.zone.span(day) {
                Some((first, last)) => (Some(first.0), Some(last.0)),
                None => (Some(Instant::LAST.0), Some(Instant::FIRST.0)),
            },
            Moment::At(Instant(micros)) => {
                let width = if micros % 1_000_000 == 0 { 1_000_000 } else { 1000 };
                (Some(micros), Some(micros + width - 1))
            }
        }
    }

    /// The field is not below this, or not above.
    fn bound(&self, field: &Field, sent: Option<&Json>, from: bool) -> std::result::Result<Filter, Code> {
        let resource = self.entity.resource;
        let Some(sent) = sent else { return Ok(Filter::All) };
        if let Form::Decimal { .. } = field.form {
            let Some(number) = values::decimal(sent, 6)? else { return Ok(Filter::All) };
            let (low, high) = if from { (Some(number.0), None) } else { (None, Some(number.0)) };
            return Ok(placed(resource, field.at, |_, position| Filter::Between(position, low, high)));
        }
        let Some(moment) = values::moment(sent, self.zone)? else { return Ok(Filter::All) };
        Ok(placed(resource, field.at, |resource, position| {
            let (first, last) = self.span(resource, position, moment);
            let (low, high) = if from { (first, None) } else { (None, last) };
            Filter::Between(position, low, high)
        }))
    }

    /// The custom field with this alias equals one of these.
    fn custom(&self, alias: &str, sent: &[&Json]) -> std::result::Result<Filter, Code> {
        let resource = self.entity.resource;
        let found = self.ctx.snapshot.custom_field(resource, alias, true);
        let field = found.filter(|field| field.get(custom_field::ALIAS) == Some(alias));
        let field = field.ok_or(Code::FilterUnknown)?;
        let mut terms = Vec::with_capacity(sent.len());
        for value in sent {
            let text = self.custom_text(field.get(custom_field::TYPE).unwrap_or(1), value)?;
            terms.extend(text.map(|text| custom_term(field.id(), &text)));
        }
        if terms.is_empty() {
            return Ok(Filter::All);
        }
        Ok(Filter::Term(TermKind::Custom, TextMatch::Equal, terms))
    }

    /// A value as the core keeps it for a custom field of this type.
    fn custom_text(&self, kind: i64, sent: &Json) -> std::result::Result<Option<String>, Code> {
        Ok(match kind {
            0 | 12 => values::decimal(sent, 6)?.map(|number| number.to_string()),
            3 => values::decimal(sent, 2)?.map(|amount| amount.to_string()),
            4 => values::boolean(sent)?.map(|flag| flag.to_string()),
            2 => values::date(sent, self.zone)?.map(|day| {
                let mut out = Vec::with_capacity(10);
                crate::local_time::push_day_first(&mut out, day);
                String::from_utf8_lossy(&out).into_owned()
            }),
            _ => values::text(sent, u16::MAX)?,
        })
    }
}
