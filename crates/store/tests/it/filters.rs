//! Filters answer as a plain evaluation over all records does.

use favo_core::catalogue::{Resource, contact, line_item, meta, opportunity};
use favo_core::change::{Change, ChangeKind};
use favo_core::query::{Filter, ItemTest, Order, Page, Pattern, Query, TextMatch, TextTest};
use favo_core::record::{Item, Record};
use favo_core::text::fold_whole;
use favo_core::value::{Decimal, Instant};

use crate::fixture::{Fixture, contact, record};
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

fn notes(id: i64, text: &str) -> Record {
    let mut noted = contact(id, "Ana");
    noted.set(contact::NOTES, Some(text.to_owned()));
    noted
}

fn like(pieces: &[&str], folded: bool) -> Filter {
    let pieces = pieces.iter().map(|piece| (*piece).to_owned()).collect();
    Filter::Raw(contact::NOTES.into(), TextTest::Like(Pattern { pieces, folded }))
}

/// Random texts of the letters of Portuguese and Polish, of the rest of Latin, of Greek and Cyrillic, and of marks.
fn letters(random: &mut Random) -> String {
    const BLOCKS: &[(u32, u32)] =
        &[(0x20, 0x7e), (0xa0, 0x24f), (0x300, 0x36f), (0x1e00, 0x1eff), (0x370, 0x52f), (0x41, 0x5a)];
    let ours: Vec<char> = "ãÃçÇéÉõÕüÜąĄćĆęĘłŁńŃóÓśŚźŹżŻ ßẞİıŒœ".chars().collect();
    (0..random.below(12))
        .filter_map(|_| {
            if random.chance(4) {
                return Some(*random.pick(&ours));
            }
            let (first, last) = *random.pick(BLOCKS);
            char::from_u32(first + random.below(u64::from(last - first + 1)) as u32)
        })
        .collect()
}

pub(crate) fn folded_patterns_fold_as_core_does(fixture: &Fixture) {
    let mut random = Random(31);
    let mut texts: Vec<String> = (0..400).map(|_| letters(&mut random)).collect();
    // Every letter of these blocks at least once.
    let all: Vec<char> = (0xa0..0x530).chain(0x1e00..0x1f00).filter_map(char::from_u32).collect();
    texts.extend(all.chunks(40).map(|chunk| chunk.iter().collect()));
    let long = format!("{}AÇÃO final", "Zażółć gęślą jaźń. ".repeat(500));
    texts.push(long);
    let records: Vec<Record> =
        texts.iter().enumerate().map(|(at, text)| notes(at as i64 + 1, text)).collect();
    fixture.insert(&records);
    let ids = |filter: Filter| {
        let mut ids = fixture.ids(&Query::of(Resource::Contact).filter(filter));
        ids.reverse();
        ids
    };
    let expected = |holds: &dyn Fn(&str) -> bool| -> Vec<i64> {
        (1..).zip(&texts).filter(|(_, text)| holds(text)).map(|(id, _)| id).collect()
    };
    for (id, text) in (1..).zip(&texts).filter(|(id, _)| id % 7 == 0 || *id > 400) {
        let folded = fold_whole(text);
        let found = ids(like(&[&folded], true));
        assert!(found.contains(&id), "{text:?} does not equal {folded:?}");
        assert_eq!(found, expected(&|text| fold_whole(text) == folded), "{folded:?}");
    }
    for needle in ["acao", "zazołc", "i", "ł", "ß", "a ", "σ", "ж", "%", "_", "\\", "*", "?", "["] {
        let found = ids(like(&["", needle, ""], true));
        assert_eq!(found, expected(&|text| fold_whole(text).contains(needle)), "{needle:?}");
        let exact = ids(like(&["", needle, ""], false));
        assert_eq!(exact, expected(&|text| text.contains(needle)), "{needle:?}");
    }
    let whole = ids(like(&["zaz", "gesla", "acao final"], true));
    assert_eq!(whole, vec![texts.len() as i64]);
}

#[test]
fn postgresql_folds_alike_in_a_locale_that_knows_ascii_only() {
    folded_patterns_fold_as_core_does(&Fixture::postgresql_in_c_locale());
}

pub(crate) fn texts_are_compared_as_they_are_stored(fixture: &Fixture) {
    let texts = ["", "A", "Z", "a", "aB", "ab", "é", "É", "\u{ffff}", "\u{10000}", "50%", "a_b", "a\\b"];
    let mut records: Vec<Record> = (1..).zip(texts).map(|(id, text)| notes(id, text)).collect();
    records.push(contact(100, "Ana"));
    fixture.insert(&records);
    let world = World::of(&records);
    let ends = texts.iter().copied().chain(["a\0b", "\0", "zz"]);
    for end in ends {
        let text = end.to_owned();
        let tests = [true, false].into_iter().flat_map(|inclusive| {
            [
                TextTest::From { text: text.clone(), inclusive },
                TextTest::UpTo { text: text.clone(), inclusive },
            ]
        });
        let tests = tests.chain([
            TextTest::OneOf(vec![text.clone()]),
            TextTest::OneOf(vec![text.clone(), "ab".to_owned()]),
            TextTest::Like(Pattern { pieces: vec![text.clone()], folded: false }),
            TextTest::Like(Pattern { pieces: vec![text.clone(), String::new()], folded: false }),
            TextTest::Like(Pattern { pieces: vec![String::new(), text.clone()], folded: false }),
        ]);
        for test in tests {
            for filter in [
                Filter::Raw(contact::NOTES.into(), test.clone()),
                Filter::Not(Box::new(Filter::Raw(contact::NOTES.into(), test.clone()))),
            ] {
                let expected = world.ids(Resource::Contact, &filter, Order::NEWEST);
                assert_eq!(
                    fixture.ids(&Query::of(Resource::Contact).filter(filter.clone())),
                    expected,
                    "{filter:?}"
                );
            }
        }
    }
    // Much longer than what the databases take as patterns of their own.
    let long = like(&["", &"x".repeat(200_000), ""], false);
    assert_eq!(fixture.ids(&Query::of(Resource::Contact).filter(long)), Vec::<i64>::new());
}

pub(crate) fn amounts_in_lists_are_compared_exactly(fixture: &Fixture) {
    let amounts = [0, 1, -1, 100_000, 325_350_000, 9_007_199_254_740_993, i64::MAX, i64::MIN];
    let mut records: Vec<Record> = Vec::new();
    for (id, amount) in (1..).zip(amounts) {
        let mut line = Item::new(&line_item::FIELDS);
        line.set(line_item::UNIT_PRICE, Some(Decimal(amount)));
        let mut sale = record(Resource::Opportunity, id);
        sale.set(opportunity::LINES, vec![line]);
        records.push(sale);
    }
    records.push(record(Resource::Opportunity, 100));
    fixture.insert(&records);
    let ids = |test| {
        let filter =
            Filter::Any { list: opportunity::LINES.into(), inner: Some(line_item::UNIT_PRICE.into()), test };
        fixture.ids(&Query::of(Resource::Opportunity).filter(filter))
    };
    for (id, amount) in (1..).zip(amounts) {
        assert_eq!(ids(ItemTest::OneOf(vec![amount])), vec![id], "{amount}");
        let above = amounts.iter().filter(|other| **other >= amount).count();
        assert_eq!(ids(ItemTest::Between(Some(amount), None)).len(), above, "{amount}");
    }
    assert_eq!(ids(ItemTest::OneOf(vec![9_007_199_254_740_992])), Vec::<i64>::new());
    assert_eq!(ids(ItemTest::Present).len(), amounts.len());
}

pub(crate) fn a_uuid_is_found_and_combined(fixture: &Fixture) {
    fixture.insert(&(1..=20).map(|id| contact(id, "Ana")).collect::<Vec<_>>());
    let by = |uuids: &[&str]| {
        let uuids = uuids.iter().map(|uuid| (*uuid).to_owned()).collect();
        Filter::Raw(meta::UUID.into(), TextTest::OneOf(uuids))
    };
    for page in [None, Some(Page::first(10))] {
        let ids = |filter: Filter| {
            let query = Query::of(Resource::Contact).filter(filter);
            fixture.ids(&Query { page, ..query })
        };
        assert_eq!(ids(by(&["uuid-7"])), vec![7]);
        assert_eq!(ids(by(&["uuid-7", "uuid-9", "UUID-3"])), vec![9, 7]);
        assert_eq!(ids(by(&[])), Vec::<i64>::new());
        assert_eq!(ids(Filter::Or(vec![by(&["uuid-2"]), Filter::is(meta::ID, 5)])), vec![5, 2]);
        assert_eq!(ids(Filter::Not(Box::new(by(&["uuid-2"])))).first(), Some(&20));
    }
}

pub(crate) fn a_count_is_taken_again_after_every_write(fixture: &Fixture) {
    let ana = || Filter::Text(contact::NAME.into(), TextMatch::Prefix, "ana".to_owned());
    let count = |store: &favo_store::Store| {
        store.read_blocking(fixture.tenant, move |tx| tx.count(Resource::Contact, &ana())).unwrap()
    };
    let other = fixture.second_store();
    for number in 1..=5 {
        assert_eq!(count(&fixture.store), number - 1);
        assert_eq!(count(&other), number - 1);
        // With an entry in the log, as core writes: the other store notices it too.
        fixture.write(move |tx| {
            tx.insert(&contact(number, "Ana"))?;
            assert_eq!(tx.count(Resource::Contact, &ana())?, number);
            tx.append(&Change {
                sequence: 0,
                at: Instant(1),
                actor: 1,
                resource: Resource::Contact,
                record: number,
                kind: ChangeKind::Created,
                diff: "{}".to_owned(),
            })
        });
        assert_eq!(count(&other), number);
        assert_eq!(count(&fixture.store), number);
    }
    fixture.insert(&[contact(9, "Ana")]);
    assert_eq!(count(&fixture.store), 6);
}
