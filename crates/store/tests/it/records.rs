//! Records go in and come out; updates, versions, terms and rollups.

use favo_core::Error;
use favo_core::catalogue::{Resource, contact, meta};
use favo_core::query::{Filter, Query, TextMatch};
use favo_core::terms::TermKind;
use favo_core::text::fold;
use favo_core::value::{Instant, Value};

use crate::fixture::{Fixture, contact};
use crate::random::{Random, record_of};

pub(crate) fn every_resource_reads_back_as_it_was_written(fixture: &Fixture) {
    let mut random = Random(1);
    for resource in Resource::ALL {
        let written: Vec<_> = (1..=8).map(|id| record_of(&mut random, *resource, id)).collect();
        fixture.insert(&written);
        let query =
            Query { with_deleted: true, ..Query::of(*resource).order(favo_core::query::Order::OLDEST) };
        let found = fixture.read(move |tx| tx.load_all(&query));
        assert_eq!(found, written, "{resource:?}");
        for record in &written {
            let live = (!record.is_deleted()).then(|| record.clone());
            assert_eq!(fixture.load(*resource, record.id()), live, "{resource:?}");
        }
    }
}

pub(crate) fn an_update_replaces_what_differs_and_its_terms(fixture: &Fixture) {
    let mut random = Random(2);
    for resource in Resource::ALL {
        let mut before = record_of(&mut random, *resource, 1);
        before.set(meta::DELETED_AT, None);
        fixture.insert(std::slice::from_ref(&before));
        for version in 2..=4 {
            let mut after = record_of(&mut random, *resource, 1);
            after.set(meta::VERSION, Some(version));
            after.set(meta::DELETED_AT, None);
            let (old, new) = (before.clone(), after.clone());
            fixture.write(move |tx| tx.update(&old, &new));
            assert_eq!(fixture.load(*resource, 1), Some(after.clone()), "{resource:?}");
            before = after;
        }
    }
    let mut before = contact(9, "Ipê");
    before.set(contact::EMAILS, vec!["a@x.example".to_owned(), "b@x.example".to_owned()]);
    fixture.insert(std::slice::from_ref(&before));
    let mut after = before.clone();
    after.set(meta::VERSION, Some(2));
    after.set(contact::EMAILS, vec!["b@x.example".to_owned(), "C@x.example".to_owned()]);
    let new = after.clone();
    fixture.write(move |tx| tx.update(&before, &new));
    let by = |email: &str| {
        fixture.ids(&Query::of(Resource::Contact).filter(Filter::Term(
            TermKind::Email,
            TextMatch::Equal,
            vec![email.to_owned()],
        )))
    };
    assert_eq!((by("a@x.example"), by("b@x.example"), by("c@x.example")), (vec![], vec![9], vec![9]));
    let mut deleted = after.clone();
    deleted.set(meta::VERSION, Some(3));
    deleted.set(meta::DELETED_AT, Some(Instant(5)));
    fixture.write(move |tx| tx.update(&after, &deleted));
    assert_eq!(by("b@x.example"), Vec::<i64>::new());
    assert_eq!(fixture.load(Resource::Contact, 9), None);
}

pub(crate) fn an_update_of_another_version_is_a_conflict_and_changes_nothing(fixture: &Fixture) {
    let before = contact(1, "Ana");
    fixture.insert(std::slice::from_ref(&before));
    let mut stale = before.clone();
    stale.set(meta::VERSION, Some(7));
    let mut after = before.clone();
    after.set(meta::VERSION, Some(8));
    after.set(contact::NAME, Some("Bia".to_owned()));
    let outcome = fixture.store.write_blocking(fixture.tenant, move |tx| tx.update(&stale, &after));
    assert!(matches!(outcome, Err(Error::Conflict)), "{outcome:?}");
    assert_eq!(fixture.load(Resource::Contact, 1), Some(before));
}

pub(crate) fn quotes_and_sql_in_texts_are_only_text(fixture: &Fixture) {
    let names = [
        "'; drop table contact; --",
        "\"",
        "?1 $1 {}",
        "%",
        "_",
        "\\",
        "*",
        "a'b\"c`d",
        ";--",
        "\u{feff}",
        "é\u{301}",
    ];
    let contacts: Vec<_> = names.iter().enumerate().map(|(at, name)| contact(at as i64 + 1, name)).collect();
    fixture.insert(&contacts);
    for (name, record) in names.iter().zip(&contacts) {
        let filter = |how| Filter::Text(contact::NAME.into(), how, fold(name));
        for how in [TextMatch::Equal, TextMatch::Prefix, TextMatch::Contains] {
            let found = fixture.ids(&Query::of(Resource::Contact).filter(filter(how)));
            assert!(found.contains(&record.id()), "{name:?} {how:?}");
            assert!(
                how != TextMatch::Equal || found.len() == 1 || name.trim().is_empty(),
                "{name:?} {found:?}"
            );
        }
        assert_eq!(fixture.load(Resource::Contact, record.id()).as_ref(), Some(record));
    }
}

pub(crate) fn nul_characters_never_reach_the_database(fixture: &Fixture) {
    let mut with_nul = contact(1, "A\0na");
    with_nul.set(contact::EMAILS, vec!["a\0@x.example".to_owned()]);
    fixture.insert(std::slice::from_ref(&with_nul));
    let stored = fixture.load(Resource::Contact, 1).unwrap();
    assert_eq!(stored.get(contact::NAME), Some("Ana"));
    for how in [TextMatch::Equal, TextMatch::Prefix, TextMatch::Contains, TextMatch::Pattern] {
        let text = Filter::Text(contact::NAME.into(), how, "a\0".to_owned());
        assert_eq!(fixture.ids(&Query::of(Resource::Contact).filter(text.clone())), Vec::<i64>::new());
        assert_eq!(fixture.ids(&Query::of(Resource::Contact).filter(Filter::Not(Box::new(text)))), vec![1]);
        let terms = vec!["a\0".to_owned(), "\0".to_owned()];
        let term = Filter::Term(TermKind::Email, how, terms);
        assert_eq!(fixture.ids(&Query::of(Resource::Contact).filter(term)), Vec::<i64>::new());
    }
    fixture.write(|tx| {
        tx.set_setting("x\0", Some("y\0"))?;
        tx.put_file("f\0", Some(("text/\0plain", b"\0")))?;
        tx.next("c\0").map(|_| ())
    });
    assert_eq!(fixture.read(|tx| tx.settings()), vec![("x".to_owned(), "y".to_owned())]);
    assert_eq!(fixture.store.tenant_of_token_blocking("\0").unwrap(), None);
}

pub(crate) fn a_name_of_a_megabyte_is_kept_and_found_by_its_beginning(fixture: &Fixture) {
    let name = "Ç".repeat(500_000);
    fixture.insert(&[contact(1, &name), contact(2, "Ceia")]);
    assert_eq!(fixture.load(Resource::Contact, 1).unwrap().get(contact::NAME), Some(name.as_str()));
    let by = |how, text: String| {
        fixture.ids(&Query::of(Resource::Contact).filter(Filter::Text(contact::NAME.into(), how, text)))
    };
    assert_eq!(by(TextMatch::Prefix, "ccc".to_owned()), vec![1]);
    assert_eq!(by(TextMatch::Equal, fold(&name)), vec![1]);
    assert_eq!(by(TextMatch::Contains, "c".repeat(100_000)), Vec::<i64>::new());
    assert_eq!(by(TextMatch::Pattern, format!("{}c", "*".repeat(100_000))), vec![1]);
}

pub(crate) fn rollups_count_rise_and_are_assigned(fixture: &Fixture) {
    fixture.insert(&[contact(1, "Ana")]);
    fixture.write(|tx| {
        tx.adjust(Resource::Contact, 1, contact::PENDING_TASKS.into(), 3)?;
        tx.adjust(Resource::Contact, 1, contact::PENDING_TASKS.into(), -1)?;
        tx.adjust(Resource::Contact, 404, contact::PENDING_TASKS.into(), 1)?;
        for instant in [50, 70, 60] {
            tx.raise(Resource::Contact, 1, contact::LAST_INTERACTION_AT.into(), instant)?;
        }
        tx.assign(Resource::Contact, 1, contact::PEOPLE.into(), &Value::Int(4))?;
        tx.assign(Resource::Contact, 1, contact::NAME.into(), &Value::Text("Éva".to_owned()))
    });
    let stored = fixture.load(Resource::Contact, 1).unwrap();
    assert_eq!(stored.get(contact::PENDING_TASKS), Some(2));
    assert_eq!(stored.get(contact::LAST_INTERACTION_AT), Some(Instant(70)));
    assert_eq!(stored.get(contact::PEOPLE), Some(4));
    assert_eq!(stored.get(meta::VERSION), Some(1));
    let renamed = Filter::Text(contact::NAME.into(), TextMatch::Equal, "eva".to_owned());
    assert_eq!(fixture.ids(&Query::of(Resource::Contact).filter(renamed)), vec![1]);
}

pub(crate) fn a_taken_id_is_a_conflict(fixture: &Fixture) {
    fixture.insert(&[contact(1, "Ana")]);
    let outcome = fixture.store.write_blocking(fixture.tenant, |tx| tx.insert(&contact(1, "Bia")));
    assert!(matches!(outcome, Err(Error::Conflict)), "{outcome:?}");
    assert_eq!(fixture.load(Resource::Contact, 1).unwrap().get(contact::NAME), Some("Ana"));
}
