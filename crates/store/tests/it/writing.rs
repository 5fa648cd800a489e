//! Writes are kept whole or not at all, one at a time in a tenant.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use favo_core::Error;
use favo_core::catalogue::{Resource, contact, meta};
use favo_core::change::{Change, ChangeKind};
use favo_core::query::{Filter, Query};
use favo_core::transaction::Writer;
use favo_core::value::Instant;

use crate::fixture::{Fixture, contact};

fn change(record: i64) -> Change {
    Change {
        sequence: 0,
        at: Instant(record),
        actor: 7,
        resource: Resource::Contact,
        record,
        kind: ChangeKind::Created,
        diff: "{\"name\":[null,\"Ana\"]}".to_owned(),
    }
}

fn everything(tx: &mut dyn Writer) -> favo_core::Result<()> {
    let mut person = contact(1, "Ana");
    person.set(contact::EMAILS, vec!["a@x.example".to_owned()]);
    tx.insert(&person)?;
    tx.append(&change(1))?;
    tx.next("contact")?;
    tx.touch_registry()?;
    tx.set_setting("a", Some("b"))?;
    tx.put_file("f", Some(("t", b"x")))
}

fn nothing_is_left(fixture: &Fixture) {
    assert_eq!(fixture.load(Resource::Contact, 1), None);
    fixture.read(|tx| {
        assert_eq!(tx.changes_after(0, 10)?, vec![]);
        assert_eq!(tx.registry_version()?, 1);
        assert_eq!(tx.settings()?, vec![]);
        assert_eq!(tx.file("f")?, None);
        Ok(())
    });
    assert_eq!(fixture.write(|tx| tx.next("contact")), 1);
}

pub(crate) fn a_failed_write_leaves_nothing(fixture: &Fixture) {
    let outcome: favo_core::Result<()> = fixture.store.write_blocking(fixture.tenant, |tx| {
        everything(tx)?;
        Err(Error::Forbidden)
    });
    assert!(matches!(outcome, Err(Error::Forbidden)));
    nothing_is_left(fixture);
}

pub(crate) fn a_panicking_write_leaves_nothing_and_the_store_usable(fixture: &Fixture) {
    for _ in 0..6 {
        let outcome: favo_core::Result<()> = fixture.store.write_blocking(fixture.tenant, |tx| {
            everything(tx)?;
            tx.select(&Query::of(Resource::Contact), &[], &mut |_| panic!("on purpose"))
        });
        assert!(
            matches!(&outcome, Err(Error::Internal(message)) if message.contains("on purpose")),
            "{outcome:?}"
        );
        let read: favo_core::Result<()> =
            fixture.store.read_blocking(fixture.tenant, |_| panic!("on purpose"));
        assert!(matches!(read, Err(Error::Internal(_))));
    }
    nothing_is_left(fixture);
}

pub(crate) fn neighbours_of_failing_and_panicking_writes_are_kept(fixture: &Fixture) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let started = Arc::new(AtomicBool::new(false));
    let blocker = {
        let started = Arc::clone(&started);
        let (store, tenant) = (fixture.store.clone(), fixture.tenant);
        std::thread::spawn(move || {
            store.write_blocking(tenant, move |_| {
                // While this one is at work the others queue up into one group.
                started.store(true, Ordering::SeqCst);
                std::thread::sleep(std::time::Duration::from_millis(200));
                Ok(())
            })
        })
    };
    while !started.load(Ordering::SeqCst) {
        std::thread::yield_now();
    }
    let jobs: Vec<_> = (1..=40)
        .map(|id| {
            let (store, tenant) = (fixture.store.clone(), fixture.tenant);
            runtime.spawn(async move {
                store
                    .write(tenant, move |tx| {
                        tx.insert(&contact(id, "Ana"))?;
                        tx.append(&change(id))?;
                        match id % 4 {
                            0 => Err(Error::Forbidden),
                            1 => panic!("on purpose"),
                            2 => tx.insert(&contact(id, "Bia")),
                            _ => Ok(()),
                        }
                    })
                    .await
            })
        })
        .collect();
    for (id, job) in (1..).zip(jobs) {
        let outcome = runtime.block_on(job).unwrap();
        match id % 4 {
            0 => assert!(matches!(outcome, Err(Error::Forbidden)), "{id}: {outcome:?}"),
            1 => assert!(matches!(outcome, Err(Error::Internal(_))), "{id}: {outcome:?}"),
            2 => assert!(matches!(outcome, Err(Error::Conflict)), "{id}: {outcome:?}"),
            _ => assert!(outcome.is_ok(), "{id}: {outcome:?}"),
        }
    }
    blocker.join().unwrap().unwrap();
    let kept = fixture.ids(&Query::of(Resource::Contact));
    assert_eq!(kept, (1..=40).rev().filter(|id| id % 4 == 3).collect::<Vec<_>>());
    let changes = fixture.read(|tx| tx.changes_after(0, 100));
    assert_eq!(
        changes.iter().map(|change| change.sequence).collect::<Vec<_>>(),
        (1..=10).collect::<Vec<_>>()
    );
}

pub(crate) fn the_change_log_has_no_gaps_under_concurrency(fixture: &Fixture) {
    let second = fixture.second_store();
    let other = fixture.store.create_tenant("cedro", "Cedro", Instant(1)).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let store = if thread % 2 == 0 { fixture.store.clone() } else { second.clone() };
            let tenant = fixture.tenant;
            scope.spawn(move || {
                for round in 0..25 {
                    let outcome = store.write_blocking(tenant, move |tx| {
                        tx.append(&change(thread))?;
                        tx.append(&change(thread))?;
                        if round % 5 == 0 { Err(Error::Forbidden) } else { Ok(()) }
                    });
                    assert_eq!(outcome.is_ok(), round % 5 != 0, "{outcome:?}");
                    store.write_blocking(other, |tx| tx.append(&change(1))).unwrap();
                }
            });
        }
    });
    let changes = fixture.read(|tx| tx.changes_after(0, 10_000));
    assert_eq!(
        changes.iter().map(|change| change.sequence).collect::<Vec<_>>(),
        (1..=320).collect::<Vec<_>>()
    );
    assert_eq!(fixture.read(|tx| tx.changes_after(310, 4)).len(), 4);
    let first = &changes[0];
    assert_eq!((first.actor, first.resource, first.kind), (7, Resource::Contact, ChangeKind::Created));
    assert_eq!(first.diff, change(1).diff);
}

pub(crate) fn a_read_and_a_write_that_depends_on_it_lose_nothing_across_two_stores(fixture: &Fixture) {
    fixture.insert(&[contact(1, "Ana")]);
    let second = fixture.second_store();
    std::thread::scope(|scope| {
        for thread in 0..6 {
            let store = if thread % 2 == 0 { fixture.store.clone() } else { second.clone() };
            let tenant = fixture.tenant;
            scope.spawn(move || {
                for _ in 0..20 {
                    store
                        .write_blocking(tenant, |tx| {
                            let before = tx.load(Resource::Contact, 1)?.unwrap();
                            let mut after = before.clone();
                            after.set(
                                contact::EMPLOYEES,
                                Some(before.get(contact::EMPLOYEES).unwrap_or(0) + 1),
                            );
                            after.set(meta::VERSION, before.get(meta::VERSION).map(|version| version + 1));
                            tx.update(&before, &after)
                        })
                        .unwrap();
                }
            });
        }
    });
    let person = fixture.load(Resource::Contact, 1).unwrap();
    assert_eq!((person.get(contact::EMPLOYEES), person.get(meta::VERSION)), (Some(120), Some(121)));
}

pub(crate) fn counters_count_from_one(fixture: &Fixture) {
    assert_eq!(
        fixture.write(|tx| Ok([tx.next("a")?, tx.next("a")?, tx.next("b")?, tx.next("a")?])),
        [1, 2, 1, 3]
    );
    assert_eq!(fixture.write(|tx| tx.next("a")), 4);
}

pub(crate) fn settings_and_files_are_kept_replaced_and_removed(fixture: &Fixture) {
    fixture.write(|tx| {
        tx.set_setting("b", Some("1"))?;
        tx.set_setting("a", Some("2"))?;
        tx.set_setting("a", Some("3"))?;
        tx.put_file("x", Some(("image/png", &[0, 255, 1])))?;
        tx.put_file("x", Some(("image/gif", &[])))?;
        tx.put_file("y", Some(("image/png", &vec![7; 3_000_000])))
    });
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(fixture.read(|tx| tx.settings()), vec![pair("a", "3"), pair("b", "1")]);
    assert_eq!(fixture.read(|tx| tx.file("x")), Some(("image/gif".to_owned(), vec![])));
    assert_eq!(fixture.read(|tx| tx.file("y")).unwrap().1.len(), 3_000_000);
    fixture.write(|tx| {
        tx.set_setting("a", None)?;
        tx.put_file("x", None)
    });
    assert_eq!(fixture.read(|tx| tx.settings()), vec![pair("b", "1")]);
    assert_eq!(fixture.read(|tx| tx.file("x")), None);
}

pub(crate) fn the_registry_version_grows_with_every_touch(fixture: &Fixture) {
    assert_eq!(fixture.read(|tx| tx.registry_version()), 1);
    let inside = fixture.write(|tx| {
        tx.touch_registry()?;
        let once = tx.registry_version()?;
        tx.touch_registry()?;
        Ok((once, tx.registry_version()?))
    });
    assert_eq!(inside, (2, 3));
    assert_eq!(fixture.second_store().read_blocking(fixture.tenant, |tx| tx.registry_version()).unwrap(), 3);
}

pub(crate) fn a_failed_statement_cannot_be_passed_over(fixture: &Fixture) {
    let outcome = fixture.store.write_blocking(fixture.tenant, |tx| {
        tx.insert(&contact(1, "Ana"))?;
        let _ = tx.insert(&contact(1, "Bia"));
        Ok(())
    });
    assert!(matches!(outcome, Err(Error::Storage(_))), "{outcome:?}");
    assert_eq!(fixture.load(Resource::Contact, 1), None);
}

pub(crate) fn a_read_sees_one_state(fixture: &Fixture) {
    fixture.insert(&[contact(1, "Ana")]);
    let (store, tenant) = (fixture.store.clone(), fixture.tenant);
    let counts = fixture.read(move |tx| {
        let before = tx.count(Resource::Contact, &Filter::All)?;
        store.write_blocking(tenant, |tx| tx.insert(&contact(2, "Bia")))?;
        Ok((before, tx.count(Resource::Contact, &Filter::All)?))
    });
    assert_eq!(counts, (1, 1));
    assert_eq!(fixture.read(|tx| tx.count(Resource::Contact, &Filter::All)), 2);
}
