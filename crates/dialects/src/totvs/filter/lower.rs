//! Tests on places as conditions of the core.

use std::collections::HashMap;

use favo_core::catalogue::{contact, email_detail, line_item, meta, opportunity, phone_detail, pipeline};
use favo_core::query::{Filter, ItemTest, TextMatch};
use favo_core::terms::TermKind;
use favo_core::transaction::Reader;
use favo_core::{Ctx, FieldType, Instant, Resource, Result};

use super::conditions::{
    address_kinds, any, document, emails, entries, entry_cell, kinds, of_phone_kind, own, person, phones,
    points, ranges, rows,
};
use super::literal::{Positive, Range, Test};
use super::memory::{Cell, passes};
use super::place::{GROUPS, LINE_PRODUCT, LINK, Part, Place, QUALIFICATION_STATUS, document_kinds};
use super::scan;
use crate::totvs::fixed::Kind;
use crate::totvs::show::registries;
use crate::totvs::switches::Switches;
use crate::totvs::table::Client;

/// What conditions are made with.
pub(super) struct Lowering<'a> {
    pub(super) ctx: &'a Ctx,
    pub(super) tx: &'a mut dyn Reader,
    pub(super) switches: &'a Switches,
    /// Ids of records by their UUIDs, as far as they were asked for.
    pub(super) known: HashMap<(Resource, String), Option<i64>>,
}

impl Lowering<'_> {
    /// The condition that the value at a place passes a test.
    pub(super) fn test(&mut self, of: Resource, place: &Place, test: &Test) -> Result<Filter> {
        if test.positive == Positive::Present {
            let present = present(of, place);
            return Ok(if test.negated { not(present) } else { present });
        }
        let passes = self.passes(of, place, &test.positive)?;
        Ok(match (test.negated, place.is_list()) {
            (false, _) => passes,
            (true, true) => not(passes),
            (true, false) => present(of, place).and(not(passes)),
        })
    }

    fn passes(&mut self, of: Resource, place: &Place, test: &Positive) -> Result<Filter> {
        let snapshot = &self.ctx.snapshot;
        Ok(match place {
            Place::Own(at) => own(of, *at, test),
            Place::DayOf(at) => ranges(*at, &self.instants(test)),
            Place::NumberText(at) => match points(test) {
                Some(numbers) => own(of, *at, &Positive::Texts(numbers.iter().map(i64::to_string).collect())),
                None => scan::numbers(*at, test),
            },
            Place::ExternalKey => match test {
                Positive::Texts(keys) => Filter::Term(TermKind::ExternalKey, TextMatch::Equal, keys.clone()),
                test => own(of, meta::EXTERNAL_KEY.position(), test),
            },
            Place::Id => Filter::OneOf(meta::ID.position(), self.ids(of, test)),
            Place::Related(at, resource) => Filter::OneOf(*at, self.ids(*resource, test)),
            Place::Via(at, inner) => Filter::Via(*at, Box::new(self.passes(related(of, *at), inner, test)?)),
            Place::Client(at, sort, inner) => {
                client(*at, *sort, &self.passes(Resource::Contact, inner, test)?)
            }
            Place::Qualification(inner) => {
                let at = contact::QUALIFICATION.position();
                let via = Filter::Via(at, Box::new(self.passes(Resource::Qualification, inner, test)?));
                let status = **inner == Place::Own(QUALIFICATION_STATUS);
                let open = status && passes(test, &Cell::Number(1));
                if open { Filter::Or(vec![via, Filter::IsNull(at)]) } else { via }
            }
            Place::Currency(at) => self.currency(of, *at, test),
            Place::Birthday => by_organisation(
                own(of, contact::FOUNDED_ON.position(), test),
                own(of, contact::BORN_ON.position(), test),
            ),
            Place::CompanyName => Filter::Or(vec![
                own(of, contact::COMPANY_NAME.position(), test),
                Filter::And(vec![
                    Filter::is(contact::ORGANISATION, 1),
                    Filter::IsNull(contact::COMPANY_NAME.position()),
                    own(of, contact::NAME.position(), test),
                ]),
            ]),
            Place::Person(part) => Filter::Or(entries(Kind::Person, *part, test).map(person).collect()),
            Place::Stage(at, part) => {
                Filter::OneOf(*at, registries::stages(snapshot, &|cell| passes(test, cell), *part))
            }
            Place::Group(part) => {
                let (lower, upper) = registries::groups(snapshot, &|cell| passes(test, cell), *part);
                Filter::Or(vec![
                    Filter::OneOf(GROUPS.0, lower),
                    Filter::And(vec![Filter::IsNull(GROUPS.0), Filter::OneOf(GROUPS.1, upper)]),
                ])
            }
            Place::FirstOf(at, resource, part) => {
                let ids = registries::ids(snapshot, *resource, &|cell| passes(test, cell), *part);
                Filter::Any { list: *at, inner: None, test: ItemTest::OneOf(ids) }
            }
            Place::Tags(_) => {
                let names = &|cell: &Cell| passes(test, cell);
                let ids = registries::ids(snapshot, Resource::Tag, names, Part::Name);
                Filter::Term(TermKind::Tag, TextMatch::Equal, ids.iter().map(i64::to_string).collect())
            }
            Place::DocumentNumbers => Filter::Or(
                document_kinds().map(|(kind, _)| document(kind.field().position(), test)).collect(),
            ),
            Place::DocumentKinds(part) => Filter::Or(
                document_kinds()
                    .filter(|(_, entry)| passes(test, &entry_cell(entry, *part)))
                    .map(|(kind, _)| not(Filter::IsNull(kind.field().position())))
                    .collect(),
            ),
            Place::Emails => emails(test),
            Place::Phones(kind) => {
                let phones = phones(test);
                match kind {
                    Some(kind @ 1..) => phones.and(of_phone_kind(*kind)),
                    _ => phones,
                }
            }
            Place::EmailKinds => kinds(
                Kind::Email,
                contact::EMAILS.position(),
                (contact::EMAIL_DETAILS.position(), email_detail::KIND.position()),
                test,
            ),
            Place::PhoneKinds => kinds(
                Kind::Phone,
                contact::PHONES.position(),
                (contact::PHONE_DETAILS.position(), phone_detail::KIND.position()),
                test,
            ),
            Place::AddressKinds(part) => address_kinds(*part, test),
            Place::Rows(list, inner) => rows(*list, *inner, test),
            Place::Sequence(list) => rows(*list, line_item::POSITION.position(), &from_zero(test)),
            Place::RowRelated(list, inner, resource) => {
                let ids = self.ids(*resource, test);
                if of == Resource::Opportunity && *inner == LINE_PRODUCT {
                    Filter::Term(
                        TermKind::Product,
                        TextMatch::Equal,
                        ids.iter().map(i64::to_string).collect(),
                    )
                } else {
                    any(*list, *inner, ItemTest::OneOf(ids))
                }
            }
            Place::RowVia(list, inner, resource, place) => {
                let filter = self.passes(*resource, place, test)?;
                any(
                    *list,
                    *inner,
                    ItemTest::OneOf(scan::ids(self.tx, *resource, filter, meta::ID.position())?),
                )
            }
            Place::People(inner) => {
                let (person, organisation, kind) = LINK;
                // Those that are shown: no leads, and nobody the user may not see.
                let shown =
                    not(Filter::is(contact::LIFE_CYCLE, 3)).and(self.ctx.actor.visible(Resource::Contact));
                let people = match self.passes(Resource::Contact, inner, test)? {
                    Filter::OneOf(_, ids) => {
                        Filter::OneOf(person, ids).and(Filter::Via(person, Box::new(shown)))
                    }
                    filter => Filter::Via(person, Box::new(filter.and(shown))),
                };
                // Those that are shown: whoever may not see a person does not learn a name by asking for it.
                let lead = Filter::is(contact::LIFE_CYCLE, 3);
                let seen = not(lead).and(self.ctx.actor.visible(Resource::Contact));
                let seen = Filter::Via(person, Box::new(seen));
                let links = people.and(seen).and(Filter::is(kind, 0));
                let ids = scan::ids(self.tx, Resource::ContactLink, links, organisation)?;
                Filter::OneOf(meta::ID.position(), ids)
            }
            Place::Custom(field, kind) => scan::custom((*field, *kind), test),
            Place::Memory(_) => Filter::Nothing,
        })
    }

    /// Finds the ids of records by UUIDs: one read for each resource.
    pub(super) fn find_ids(&mut self, wanted: &[(Resource, &[String])]) -> Result<()> {
        let mut missing: HashMap<Resource, Vec<String>> = HashMap::new();
        for (resource, uuids) in wanted {
            missing.entry(*resource).or_default().extend(uuids.iter().cloned());
        }
        for (resource, mut uuids) in missing {
            uuids.sort_unstable();
            uuids.dedup();
            let found = self.tx.ids_of(resource, &uuids)?;
            self.known.extend(uuids.into_iter().map(|uuid| (resource, uuid)).zip(found));
        }
        Ok(())
    }

    /// The ids of records by the UUIDs of a test; those that are unknown lead nowhere.
    fn ids(&self, resource: Resource, test: &Positive) -> Vec<i64> {
        let Positive::Uuids(uuids) = test else { return Vec::new() };
        uuids.iter().filter_map(|uuid| *self.known.get(&(resource, uuid.clone()))?).collect()
    }

    /// Ranges of days as ranges of instants.
    fn instants(&self, test: &Positive) -> Vec<Range> {
        let Positive::Ranges(days) = test else { return Vec::new() };
        let first = |day: i64| self.switches.zone.span(day).map_or(Instant::FIRST.0, |(first, _)| first.0);
        let last = |day: i64| self.switches.zone.span(day).map_or(Instant::LAST.0, |(_, last)| last.0);
        days.iter().map(|(from, to)| (from.map(first), to.map(last))).collect()
    }

    /// What names no currency has that of its pipeline, else the tenant's.
    fn currency(&self, of: Resource, at: u16, test: &Positive) -> Filter {
        let usual = passes(test, &Cell::Text(self.switches.currency.clone()));
        let otherwise = if of == Resource::Opportunity {
            let relation = opportunity::PIPELINE.position();
            let with: Vec<i64> = self
                .ctx
                .snapshot
                .all(Resource::Pipeline)
                .filter(|record| {
                    record
                        .get(pipeline::CURRENCY)
                        .map_or(usual, |currency| passes(test, &Cell::Text(currency.to_owned())))
                })
                .map(|record| record.id())
                .collect();
            let mut either = vec![Filter::OneOf(relation, with)];
            if usual {
                either.push(Filter::IsNull(relation));
            }
            Filter::Or(either)
        } else if usual {
            Filter::All
        } else {
            Filter::Nothing
        };
        Filter::Or(vec![own(of, at, test), Filter::IsNull(at).and(otherwise)])
    }
}

/// The condition that there is a value.
fn present(of: Resource, place: &Place) -> Filter {
    let filled = |at: u16| not(Filter::IsNull(at));
    match place {
        Place::Own(at)
        | Place::DayOf(at)
        | Place::NumberText(at)
        | Place::Related(at, _)
        | Place::Stage(at, _)
        | Place::FirstOf(at, ..)
        | Place::Tags(at) => filled(*at),
        Place::ExternalKey => filled(meta::EXTERNAL_KEY.position()),
        Place::Id | Place::Currency(_) | Place::Person(_) | Place::Memory(_) => Filter::All,
        Place::Via(at, inner) => match present(related(of, *at), inner) {
            Filter::All => filled(*at),
            inner => Filter::Via(*at, Box::new(inner)),
        },
        Place::Client(at, sort, inner) => client(*at, *sort, &present(Resource::Contact, inner)),
        Place::Qualification(inner) if **inner == Place::Own(QUALIFICATION_STATUS) => Filter::All,
        Place::Qualification(inner) => {
            let inner = present(Resource::Qualification, inner);
            Filter::Via(contact::QUALIFICATION.position(), Box::new(inner))
        }
        Place::Birthday => {
            by_organisation(filled(contact::FOUNDED_ON.position()), filled(contact::BORN_ON.position()))
        }
        Place::CompanyName => {
            Filter::Or(vec![filled(contact::COMPANY_NAME.position()), Filter::is(contact::ORGANISATION, 1)])
        }
        Place::Group(_) => Filter::Or(vec![filled(GROUPS.0), filled(GROUPS.1)]),
        Place::DocumentNumbers | Place::DocumentKinds(_) => {
            Filter::Or(document_kinds().map(|(kind, _)| filled(kind.field().position())).collect())
        }
        Place::Emails | Place::EmailKinds => filled(contact::EMAILS.position()),
        Place::Phones(Some(kind)) if *kind != 0 => of_phone_kind(*kind),
        Place::Phones(_) | Place::PhoneKinds => filled(contact::PHONES.position()),
        Place::AddressKinds(_) => filled(contact::ADDRESSES.position()),
        Place::Rows(list, inner) | Place::RowRelated(list, inner, _) | Place::RowVia(list, inner, ..) => {
            any(*list, *inner, ItemTest::Present)
        }
        Place::Sequence(list) => any(*list, line_item::POSITION.position(), ItemTest::Present),
        Place::People(_) => Filter::Between(contact::PEOPLE.position(), Some(1), None),
        Place::Custom(field, _) => {
            Filter::Term(TermKind::Custom, TextMatch::Prefix, vec![format!("{field}:")])
        }
    }
}

/// The opposite of a condition.
pub(super) fn not(filter: Filter) -> Filter {
    match filter {
        Filter::Not(inner) if matches!(*inner, Filter::IsNull(_)) => *inner,
        Filter::All => Filter::Nothing,
        Filter::Nothing => Filter::All,
        filter => Filter::Not(Box::new(filter)),
    }
}

/// A test of numbers that are counted from 1, as one of what the core counts from 0.
fn from_zero(test: &Positive) -> Positive {
    let Positive::Ranges(ranges) = test else { return test.clone() };
    let less = |number: &Option<i64>| number.map(|number| number.saturating_sub(1));
    Positive::Ranges(ranges.iter().map(|(from, to)| (less(from), less(to))).collect())
}

fn related(of: Resource, relation: u16) -> Resource {
    match of.definition().field(relation).field_type {
        FieldType::One(resource) => resource,
        _ => of,
    }
}

fn by_organisation(organisation: Filter, person: Filter) -> Filter {
    Filter::Or(vec![
        Filter::is(contact::ORGANISATION, 1).and(organisation),
        Filter::is(contact::ORGANISATION, 0).and(person),
    ])
}

/// The condition that a relation leads to a contact of a sort that meets a condition.
fn client(at: u16, sort: Client, meets: &Filter) -> Filter {
    let lead = Filter::is(contact::LIFE_CYCLE, 3);
    let employer = contact::EMPLOYER.position();
    let via = |filter: Filter| Filter::Via(at, Box::new(filter));
    let works = Filter::And(vec![
        not(lead.clone()),
        Filter::is(contact::ORGANISATION, 0),
        Filter::is(contact::STANDS_ALONE, 0),
        not(Filter::IsNull(employer)),
    ]);
    // The id is in the row that points to the contact.
    let direct = |sort: Filter| match meets {
        Filter::OneOf(field, ids) if *field == meta::ID.position() => {
            Filter::OneOf(at, ids.clone()).and(via(sort))
        }
        meets => via(sort.and(meets.clone())),
    };
    match sort {
        Client::Lead => direct(lead),
        Client::Customer => direct(not(lead)),
        Client::Contact => direct(works),
        Client::CustomerOrEmployer => {
            let company = match meets {
                Filter::OneOf(field, ids) if *field == meta::ID.position() => {
                    Filter::OneOf(employer, ids.clone())
                }
                meets => Filter::Via(employer, Box::new(meets.clone())),
            };
            Filter::Or(vec![direct(not(lead).and(not(works.clone()))), via(works.and(company))])
        }
    }
}
