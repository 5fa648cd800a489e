//! What is shown of records: joined columns, nested lists, totals.

use favo_core::Error;
use favo_core::catalogue::{Resource, contact, meta, opportunity, user};
use favo_core::query::{Column, Filter, Page, Query, Totals};
use favo_core::value::{Decimal, Instant};

use crate::fixture::{Fixture, contact, record};

pub(crate) fn columns_reach_two_relations_deep_and_follow_deleted_records(fixture: &Fixture) {
    let mut owner = record(Resource::User, 5);
    owner.set(user::NAME, Some("Rui".to_owned()));
    owner.set(user::ACTIVE, true);
    owner.set(meta::DELETED_AT, Some(Instant(1)));
    let mut customer = contact(1, "Ipê");
    customer.set(contact::OWNER, Some(5));
    let mut deal = record(Resource::Opportunity, 1);
    deal.set(opportunity::CUSTOMER, Some(1));
    deal.set(opportunity::OWNER, Some(5));
    deal.set(opportunity::TOTAL_VALUE, Some(Decimal::from_units(3)));
    fixture.insert(&[owner, customer, deal, record(Resource::Opportunity, 2)]);
    let columns = [
        Column::through(opportunity::CUSTOMER, contact::OWNER, user::NAME),
        Column::own(opportunity::TOTAL_VALUE),
        Column::via(opportunity::CUSTOMER, contact::NAME),
        Column::via(opportunity::OWNER, user::ACTIVE),
        Column::through(opportunity::CUSTOMER, contact::OWNER, meta::ID),
        Column::own(opportunity::PROPOSALS_BLOCKED),
    ];
    for page in [None, Some(Page::first(10))] {
        let query = Query { page, ..Query::of(Resource::Opportunity) };
        let rows = fixture.read(move |tx| {
            let mut rows = Vec::new();
            tx.select(&query, &columns, &mut |row| {
                let text = |column| row.text(column).map(str::to_owned);
                rows.push((text(0), row.int(1), text(2), row.bool(3), row.int(4), row.bool(5)));
                Ok(())
            })?;
            Ok(rows)
        });
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            rows,
            vec![
                (None, Some(0), None, None, None, Some(false)),
                (text("Rui"), Some(3_000_000), text("Ipê"), Some(true), Some(5), Some(false)),
            ]
        );
    }
}

pub(crate) fn nested_lists_come_for_a_whole_page_of_owners(fixture: &Fixture) {
    let mut records = Vec::new();
    for id in 1..=12 {
        let mut deal = record(Resource::Opportunity, id);
        deal.set(opportunity::CUSTOMER, Some(id % 4));
        deal.set(opportunity::PROBABILITY, Some(id));
        records.push(deal);
    }
    records[7].set(meta::DELETED_AT, Some(Instant(1)));
    fixture.insert(&records);
    let rows = |key: u16, owners: Vec<i64>, filter: Filter| {
        fixture.read(move |tx| {
            let mut rows = Vec::new();
            let columns = [Column::own(opportunity::CUSTOMER), Column::own(meta::ID)];
            tx.select_for(Resource::Opportunity, key, &owners, &filter, &columns, &mut |row| {
                rows.push((row.int(0).unwrap(), row.int(1).unwrap()));
                Ok(())
            })?;
            Ok(rows)
        })
    };
    let customer = opportunity::CUSTOMER.position();
    assert_eq!(rows(customer, vec![3, 0, 99], Filter::All), vec![(0, 4), (0, 12), (3, 3), (3, 7), (3, 11)]);
    assert_eq!(
        rows(customer, vec![1], Filter::Between(opportunity::PROBABILITY.into(), Some(5), None)),
        vec![(1, 5), (1, 9)]
    );
    assert_eq!(rows(meta::ID.into(), vec![2, 8, 1], Filter::All), vec![(1, 1), (2, 2)]);
    assert_eq!(rows(opportunity::PROBABILITY.into(), vec![2, 1], Filter::All), vec![(1, 1), (2, 2)]);
    assert_eq!(rows(customer, vec![], Filter::All), vec![]);
}

pub(crate) fn totals_are_grouped_and_summed(fixture: &Fixture) {
    let mut records = Vec::new();
    for id in 1..=9 {
        let mut deal = record(Resource::Opportunity, id);
        deal.set(opportunity::STATUS, (id % 3 > 0).then_some(id % 3));
        deal.set(opportunity::TOTAL_VALUE, (id != 4).then_some(Decimal::from_units(id)));
        deal.set(opportunity::PROPOSALS_BLOCKED, id > 5);
        records.push(deal);
    }
    records[8].set(meta::DELETED_AT, Some(Instant(1)));
    fixture.insert(&records);
    let totals = |filter: Filter, group: Option<u16>, sums: Vec<u16>| {
        fixture.read(move |tx| tx.totals(Resource::Opportunity, &filter, group, &sums))
    };
    let row = |group, count, sums: &[i64]| Totals {
        group,
        count,
        sums: sums.iter().map(|units| units * Decimal::SCALE).collect(),
    };
    let value = opportunity::TOTAL_VALUE.position();
    assert_eq!(
        totals(Filter::All, Some(opportunity::STATUS.into()), vec![value]),
        vec![row(None, 2, &[9]), row(Some(1), 3, &[8]), row(Some(2), 3, &[15])]
    );
    assert_eq!(totals(Filter::All, None, vec![value, value]), vec![row(None, 8, &[32, 32])]);
    assert_eq!(totals(Filter::Nothing, None, vec![value]), vec![row(None, 0, &[0])]);
    assert_eq!(totals(Filter::Nothing, Some(opportunity::STATUS.into()), vec![]), vec![]);
    assert_eq!(
        totals(Filter::All, Some(opportunity::PROPOSALS_BLOCKED.into()), vec![]),
        vec![row(Some(0), 5, &[]), row(Some(1), 3, &[])]
    );
    let text = fixture.store.read_blocking(fixture.tenant, |tx| {
        tx.totals(Resource::Opportunity, &Filter::All, Some(opportunity::NAME.into()), &[])
    });
    assert!(matches!(text, Err(Error::Internal(_))), "{text:?}");
}

pub(crate) fn the_largest_value_is_found(fixture: &Fixture) {
    let mut deals: Vec<_> = (1..=5).map(|id| record(Resource::Opportunity, id)).collect();
    deals[1].set(opportunity::DUE_AT, Some(Instant(50)));
    deals[2].set(opportunity::DUE_AT, Some(Instant(40)));
    fixture.insert(&deals);
    let largest = |filter: Filter, field: u16| {
        fixture.read(move |tx| tx.largest(Resource::Opportunity, &filter, field))
    };
    assert_eq!(largest(Filter::All, opportunity::DUE_AT.into()), Some(50));
    assert_eq!(largest(Filter::is(meta::ID, 3), opportunity::DUE_AT.into()), Some(40));
    assert_eq!(largest(Filter::is(meta::ID, 1), opportunity::DUE_AT.into()), None);
    assert_eq!(largest(Filter::All, meta::ID.into()), Some(5));
    assert_eq!(largest(Filter::All, opportunity::CLOSED_AT.into()), None);
}

pub(crate) fn a_visitor_that_fails_stops_the_list_with_its_error(fixture: &Fixture) {
    fixture.insert(&(1..=9).map(|id| contact(id, "Ana")).collect::<Vec<_>>());
    let outcome = fixture.store.read_blocking(fixture.tenant, |tx| {
        let mut seen = 0;
        tx.select(&Query::of(Resource::Contact), &[Column::own(meta::ID)], &mut |_| {
            seen += 1;
            if seen == 3 { Err(Error::Forbidden) } else { Ok(()) }
        })
    });
    assert!(matches!(outcome, Err(Error::Forbidden)), "{outcome:?}");
    assert_eq!(fixture.ids(&Query::of(Resource::Contact)).len(), 9);
}
