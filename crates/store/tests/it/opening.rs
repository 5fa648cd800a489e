//! Opening: steps forward, refusals, and messages that say what to do.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};

use favo_core::catalogue::{Default, FieldType, REVISION, Resource, contact};
use favo_core::query::{Filter, Query, TextMatch};
use favo_store::{Kind, Store};

use crate::fixture::{Fixture, contact, options};

/// Runs SQL behind the back of the store.
fn behind_the_back(url: &str, sql: &str) {
    if let Some(path) = url.strip_prefix("sqlite:") {
        rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap();
    } else {
        postgres::Client::connect(url, postgres::NoTls).unwrap().batch_execute(sql).unwrap();
    }
}

pub(crate) fn a_newer_database_is_refused_and_left_alone(fixture: &Fixture) {
    for newer in ["version = 99", "catalogue_revision = 99"] {
        behind_the_back(&fixture.url, "update schema_info set version = 1, catalogue_revision = 1");
        behind_the_back(
            &fixture.url,
            &format!("update schema_info set {newer}; drop index ix_contact_name_key"),
        );
        let refused = Store::open(&fixture.url, &options()).unwrap_err().to_string();
        assert!(refused.contains("newer than this program") && refused.contains("99"), "{refused}");
        // The index would have been made again.
        behind_the_back(
            &fixture.url,
            "create index ix_contact_name_key on contact (tenant_id, name_key, id)",
        );
    }
}

pub(crate) fn a_database_of_an_older_catalogue_gains_what_is_missing(fixture: &Fixture) {
    fixture.insert(&[contact(1, "Ação")]);
    behind_the_back(
        &fixture.url,
        "drop index ix_contact_name_key; alter table contact drop column name_key; \
         alter table contact drop column people; alter table contact drop column notes; \
         drop table queue; update schema_info set catalogue_revision = 0",
    );
    let store = Store::open(&fixture.url, &options()).unwrap();
    assert_eq!(store.schema_version().unwrap(), (1, REVISION));
    let filter = Filter::Text(contact::NAME.into(), TextMatch::Prefix, "aca".to_owned());
    let found = store
        .read_blocking(fixture.tenant, move |tx| {
            assert_eq!(tx.count(Resource::Queue, &Filter::All)?, 0);
            tx.load_all(&Query::of(Resource::Contact).filter(filter))
        })
        .unwrap();
    assert_eq!(found[0].get(contact::PEOPLE), Some(0));
    assert_eq!(found[0].get(contact::NOTES), None);
}

pub(crate) fn the_store_says_what_it_is(fixture: &Fixture) {
    let kind = fixture.store.kind();
    assert_eq!(kind, if fixture.url.starts_with("sqlite") { Kind::Sqlite } else { Kind::Postgres });
    assert_eq!(fixture.store.schema_version().unwrap(), (1, REVISION));
    fixture.store.checkpoint().unwrap();
    fixture.store.analyze().unwrap();
    assert!(format!("{:?}", fixture.store).contains("Store"));
}

#[test]
fn refusals_say_what_to_do() {
    let refusal = |url: &str| Store::open(url, &options()).unwrap_err().to_string();
    assert!(refusal("mysql://user:secret@host/x").contains("use sqlite:PATH or postgres://"));
    assert!(!refusal("mysql://user:secret@host/x").contains("secret"));
    assert!(refusal("sqlite:").contains("use sqlite:PATH"));
    assert!(refusal("sqlite:/nowhere/at/all/favo.db").contains("check that its directory exists"));
    assert!(refusal("postgres://user:secret@127.0.0.1:1/favo").contains("check that it runs"));
    assert!(!refusal("postgres://user:secret@127.0.0.1:1/favo").contains("secret"));
    assert!(refusal("postgres://user@host:port/favo").contains("cannot read the PostgreSQL URL"));
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("not-a-database");
    std::fs::write(&path, "hello, this is a text and no database at all".repeat(100)).unwrap();
    assert!(refusal(&format!("sqlite:{}", path.display())).contains("not a database"));
}

#[test]
fn both_spellings_of_a_file_open_the_same_one() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("á b%20?.db");
    let store = Store::open(&format!("sqlite:{}", path.display()), &options()).unwrap();
    store.create_tenant("ipe", "Ipê", favo_core::Instant(1)).unwrap();
    drop(store);
    let store = Store::open(&format!("sqlite://{}", path.display()), &options()).unwrap();
    assert_eq!(store.tenants().unwrap().len(), 1);
    assert!(path.exists());
}

#[test]
fn a_postgresql_server_may_be_empty_or_opened_by_two_at_once() {
    let url = favo_store::testing::TestPostgres::shared().empty_database();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| Store::open(&url, &options()).unwrap());
        }
    });
    let store = Store::open(&url, &options()).unwrap();
    assert_eq!(store.schema_version().unwrap(), (1, REVISION));
}

#[test]
fn a_connection_that_postgresql_closes_is_made_again() {
    const CLOSE_ALL: &str = "select pg_terminate_backend(pid) from pg_stat_activity \
                             where datname = current_database() and pid <> pg_backend_pid()";
    let fixture = Fixture::postgresql();
    fixture.insert(&[contact(1, "Ana")]);
    behind_the_back(&fixture.url, CLOSE_ALL);
    assert!(fixture.load(Resource::Contact, 1).is_some());
    behind_the_back(&fixture.url, CLOSE_ALL);
    fixture.insert(&[contact(2, "Bia")]);
    // Lost in the middle of a write: the closure runs again on a new connection.
    let (url, runs) = (fixture.url.clone(), AtomicU32::new(0));
    let run = fixture.write(move |tx| {
        tx.insert(&contact(3, "Carla"))?;
        let run = runs.fetch_add(1, Ordering::SeqCst);
        if run == 0 {
            behind_the_back(&url, CLOSE_ALL);
        }
        tx.insert(&contact(4, "Davi"))?;
        Ok(run)
    });
    assert_eq!(run, 1);
    assert_eq!(fixture.ids(&Query::of(Resource::Contact)), vec![4, 3, 2, 1]);
}

/// What the tables are made from, as one number.
///
/// When this test fails the catalogue has changed. If a release with the old one exists, raise `catalogue::REVISION` by one, so that
/// an older program refuses the new database; then put the new number here.
#[test]
fn the_revision_of_the_catalogue_is_raised_when_the_catalogue_changes() {
    let mut text = format!("revision {REVISION}\n");
    for resource in Resource::ALL {
        let definition = resource.definition();
        let _ = writeln!(text, "{} {}", resource.number(), definition.table);
        for field in definition.fields {
            let kind = match field.field_type {
                FieldType::Text { .. } => "text".to_owned(),
                FieldType::Enum(_) => "enum".to_owned(),
                FieldType::One(related) => format!("one {}", related.name()),
                FieldType::Many(related) => format!("many {}", related.name()),
                FieldType::Items(fields) => {
                    fields.iter().fold("items".to_owned(), |text, field| text + " " + field.name)
                }
                other => format!("{other:?}"),
            };
            let default = if matches!(field.default, Default::Null) { "null" } else { "some" };
            let _ = writeln!(
                text,
                " {} {kind} {default} {} {} {}",
                field.name, field.searched, field.digits, field.indexed
            );
        }
    }
    let fingerprint = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    assert_eq!(
        fingerprint, 12_234_183_734_180_958_530,
        "the catalogue has changed: see the comment of this test"
    );
}
