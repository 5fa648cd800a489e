//! Pages cut a list exactly, whether they follow each other or are jumped to.

use std::time::Instant as Clock;

use favo_core::catalogue::{Resource, contact, meta, opportunity};
use favo_core::query::{Filter, Order, Page, Query, TextMatch};
use favo_core::record::Record;
use favo_core::terms::TermKind;

use crate::fixture::{Fixture, contact};
use crate::model::World;
use crate::random::{Random, record_of};

fn opportunities(random: &mut Random) -> Vec<Record> {
    (1..=83).map(|id| record_of(random, Resource::Opportunity, id)).collect()
}

/// Fields that are sorted by: indexed and not, numbers, instants, texts, truth values; few distinct values, some none.
fn orders() -> Vec<Order> {
    let fields: [u16; 10] = [
        meta::ID.into(),
        meta::UPDATED_AT.into(),
        opportunity::DUE_AT.into(),
        opportunity::STATUS.into(),
        opportunity::OWNER.into(),
        opportunity::NAME.into(),
        opportunity::REMARKS.into(),
        opportunity::TOTAL_VALUE.into(),
        opportunity::PROPOSALS_BLOCKED.into(),
        opportunity::LAST_INTERACTION_AT.into(),
    ];
    fields.into_iter().flat_map(|by| [true, false].map(|descending| Order::by(by, descending))).collect()
}

fn filters() -> Vec<Filter> {
    vec![
        Filter::All,
        Filter::OneOf(opportunity::STATUS.into(), vec![1]),
        Filter::OneOf(opportunity::STATUS.into(), vec![1, 2, 5]),
        Filter::Text(opportunity::NAME.into(), TextMatch::Prefix, "a".to_owned()),
        Filter::IsNull(opportunity::DUE_AT.into()),
    ]
}

pub(crate) fn pages_cut_every_order_exactly_with_ties_and_empty_values(fixture: &Fixture) {
    let records = opportunities(&mut Random(21));
    fixture.insert(&records);
    let world = World::of(&records);
    for order in orders() {
        for filter in filters() {
            let expected = world.ids(Resource::Opportunity, &filter, order);
            let query = Query::of(Resource::Opportunity).filter(filter.clone()).order(order);
            assert_eq!(fixture.ids(&query), expected, "{order:?} {filter:?}");
            for size in [3, 10, 200] {
                let mut walked = Vec::new();
                for number in 1.. {
                    let page = fixture.ids(&query.clone().page(Page { number, size }));
                    assert!(page.len() <= size as usize);
                    if page.is_empty() {
                        break;
                    }
                    walked.extend(page);
                }
                assert_eq!(walked, expected, "{order:?} {filter:?} by {size}");
            }
        }
    }
}

pub(crate) fn a_page_that_follows_equals_a_page_that_is_jumped_to(fixture: &Fixture) {
    fixture.insert(&opportunities(&mut Random(22)));
    for order in orders() {
        for filter in filters() {
            for number in [2, 3, 8, 9] {
                let query = Query::of(Resource::Opportunity)
                    .filter(filter.clone())
                    .order(order)
                    .page(Page { number, size: 10 });
                // A store of its own remembers nothing.
                let jumped = fixture.ids(&query);
                fixture.ids(&query.clone().page(Page { number: number - 1, size: 10 }));
                assert_eq!(fixture.ids(&query), jumped, "{order:?} {filter:?} page {number}");
            }
        }
    }
}

pub(crate) fn a_page_far_beyond_the_end_is_empty_and_quick(fixture: &Fixture) {
    fixture.insert(&(1..=2_000).map(|id| contact(id, "Ana")).collect::<Vec<_>>());
    let started = Clock::now();
    for number in [11, 1_000_000_000_000_000_000, u64::MAX] {
        for size in [200, u32::MAX] {
            for filter in [Filter::All, Filter::Text(contact::NAME.into(), TextMatch::Prefix, "a".to_owned())]
            {
                let query = Query::of(Resource::Contact).filter(filter).page(Page { number, size });
                assert_eq!(fixture.ids(&query), Vec::<i64>::new());
            }
        }
    }
    assert_eq!(fixture.ids(&Query::of(Resource::Contact).page(Page { number: 0, size: 1 })), vec![2_000]);
    assert_eq!(
        fixture.ids(&Query::of(Resource::Contact).page(Page { number: 3, size: 0 })),
        Vec::<i64>::new()
    );
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

pub(crate) fn rows_written_between_two_pages_shift_nothing_on_the_way(fixture: &Fixture) {
    fixture.insert(&(1..=10).map(|id| contact(id, "Ana")).collect::<Vec<_>>());
    let page = |number| Query::of(Resource::Contact).page(Page { number, size: 4 });
    assert_eq!(fixture.ids(&page(1)), vec![10, 9, 8, 7]);
    fixture.insert(&[contact(11, "Bia")]);
    // On the way through the pages no row comes twice.
    assert_eq!(fixture.ids(&page(2)), vec![6, 5, 4, 3]);
    // Who asks for that page afterwards sees the list as it is.
    assert_eq!(fixture.ids(&page(2)), vec![7, 6, 5, 4]);
}

/// Orders of more than one field, and by fields of related records, live and deleted and missing.
fn several_orders() -> Vec<Vec<Order>> {
    let own = |by: u16, descending| Order::by(by, descending);
    let via = |via: u16, by: u16, descending| Order { via: Some(via), by, descending };
    let (customer, contact) = (opportunity::CUSTOMER.position(), opportunity::CONTACT.position());
    let id: u16 = meta::ID.into();
    vec![
        vec![own(opportunity::STATUS.into(), true), own(opportunity::NAME.into(), false)],
        vec![own(opportunity::STATUS.into(), false), own(id, true)],
        vec![own(opportunity::STATUS.into(), false), own(id, false), own(opportunity::NAME.into(), true)],
        vec![own(id, true), own(opportunity::NAME.into(), false)],
        vec![own(opportunity::REMARKS.into(), true), own(opportunity::DUE_AT.into(), false), own(id, false)],
        vec![own(opportunity::DUE_AT.into(), true), via(customer, contact::NAME.into(), true)],
        vec![via(customer, contact::NAME.into(), false)],
        vec![
            via(customer, contact::LEGAL_NAME.into(), true),
            via(customer, contact::LIFE_CYCLE.into(), true),
        ],
        vec![
            via(contact, contact::NAME.into(), true),
            via(customer, id, false),
            own(opportunity::STATUS.into(), true),
        ],
        vec![via(customer, meta::UUID.into(), false)],
    ]
}

pub(crate) fn several_orders_and_those_of_related_records_cut_pages_exactly(fixture: &Fixture) {
    let mut random = Random(23);
    let mut records = opportunities(&mut random);
    records.extend((1..=4).map(|id| record_of(&mut random, Resource::Contact, id)));
    fixture.insert(&records);
    let world = World::of(&records);
    let mut filters = filters();
    filters.push(Filter::is(meta::ID, 7));
    filters.push(Filter::Nothing);
    filters.push(Filter::Term(TermKind::Tag, TextMatch::Equal, vec!["1".to_owned()]));
    filters.push(Filter::Or(vec![
        Filter::Term(TermKind::Tag, TextMatch::Equal, vec!["1".to_owned()]),
        Filter::Text(opportunity::NAME.into(), TextMatch::Contains, "a".to_owned()),
    ]));
    for orders in several_orders() {
        for filter in &filters {
            let expected = world.sorted(Resource::Opportunity, filter, &orders);
            let mut query = Query::of(Resource::Opportunity).filter(filter.clone()).order(orders[0]);
            query.then = orders[1..].to_vec();
            assert_eq!(fixture.ids(&query), expected, "{orders:?} {filter:?}");
            for number in [1, 2, 9] {
                let page = fixture.ids(&query.clone().page(Page { number, size: 10 }));
                let cut: Vec<i64> =
                    expected.iter().copied().skip((number as usize - 1) * 10).take(10).collect();
                assert_eq!(page, cut, "{orders:?} {filter:?} page {number}");
            }
            let beyond = query.page(Page { number: u64::MAX, size: u32::MAX });
            assert_eq!(fixture.ids(&beyond), Vec::<i64>::new());
        }
    }
}

pub(crate) fn deleted_records_are_sorted_as_well_when_they_are_asked_for(fixture: &Fixture) {
    let mut gone = contact(2, "Bia");
    gone.set(meta::DELETED_AT, Some(favo_core::value::Instant(5)));
    fixture.insert(&[contact(1, "Carla"), gone, contact(3, "Ana")]);
    let mut query = Query::of(Resource::Contact).order(Order::by(contact::LEGAL_NAME.into(), false));
    query.then = vec![Order::by(contact::NAME.into(), false)];
    query.page = Some(Page::first(10));
    assert_eq!(fixture.ids(&query), vec![3, 1]);
    query.with_deleted = true;
    assert_eq!(fixture.ids(&query), vec![3, 2, 1]);
}
