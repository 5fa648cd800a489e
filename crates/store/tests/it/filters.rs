//! Filters answer as a plain evaluation over all records does.

use favo_core::catalogue::{Resource, contact};
use favo_core::query::{Filter, Order, Page, Query, TextMatch};

use crate::fixture::{Fixture, contact};
use crate::model::World;
use crate::random::{Random, filter, record_of};

pub(crate) fn every_filter_answers_as_a_plain_evaluation_does(fixture: &Fixture) {
    let mut random = Random(11);
    let mut records: Vec<_> = (1..=120).map(|id| record_of(&mut random, Resource::Contact, id)).collect();
    records.extend((1..=60).map(|id| record_of(&mut random, Resource::Opportunity, id)));
    fixture.insert(&records);
    let world = World::of(&records);
    for round in 0..300 {
        let resource = if random.chance(6) { Resource::Contact } else { Resource::Opportunity };
        let filter = filter(&mut random, resource, 3);
        let expected = world.ids(resource, &filter, Order::NEWEST);
        let query = Query::of(resource).filter(filter.clone());
        assert_eq!(fixture.ids(&query), expected, "round {round}: {filter:?}");
        let page = query.page(Page { number: 2, size: 7 });
        let cut: Vec<i64> = expected.iter().copied().skip(7).take(7).collect();
        assert_eq!(fixture.ids(&page), cut, "round {round}, second page: {filter:?}");
        let count = {
            let filter = filter.clone();
            fixture.read(move |tx| tx.count(resource, &filter))
        };
        assert_eq!(count, expected.len() as i64, "round {round}, counted: {filter:?}");
    }
}

pub(crate) fn the_list_of_ids_may_be_long(fixture: &Fixture) {
    fixture.insert(&(1..=50).map(|id| contact(id, "Ana")).collect::<Vec<_>>());
    let many: Vec<i64> = (20..20_000).collect();
    let query = Query::of(Resource::Contact).filter(Filter::OneOf(0, many.clone())).page(Page::first(5));
    assert_eq!(fixture.ids(&query), vec![50, 49, 48, 47, 46]);
    let owned =
        Query::of(Resource::Contact).filter(Filter::OneOf(contact::OWNER.into(), many)).page(Page::first(5));
    assert_eq!(fixture.ids(&owned), Vec::<i64>::new());
}

/// More matches than are collected, all of them older than the first window of the walk, or among the newest.
pub(crate) fn a_prefix_with_many_matches_lists_the_newest_first(fixture: &Fixture) {
    let mut contacts: Vec<_> = (1..=5_000).map(|id| contact(id, "Ana")).collect();
    contacts.extend((100_000..100_020).map(|id| contact(id, if id % 2 == 0 { "Bia" } else { "Anabela" })));
    fixture.insert(&contacts);
    let world = World::of(&contacts);
    let filter = Filter::Text(contact::NAME.into(), TextMatch::Prefix, "ana".to_owned());
    for order in [Order::NEWEST, Order::OLDEST] {
        let expected = world.ids(Resource::Contact, &filter, order);
        for (first, size) in [(1, 4), (1, 25), (2, 25), (200, 25), (201, 25), (7, 4)] {
            let page = Page { number: first, size };
            let query = Query::of(Resource::Contact).filter(filter.clone()).order(order).page(page);
            let cut: Vec<i64> = expected
                .iter()
                .copied()
                .skip((first as usize - 1) * size as usize)
                .take(size as usize)
                .collect();
            assert_eq!(fixture.ids(&query), cut, "{order:?} {page:?}");
        }
    }
}
