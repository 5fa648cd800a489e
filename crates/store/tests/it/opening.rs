//! Opening: steps forward, refusals, and messages that say what to do.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};

use favo_core::Record;
use favo_core::catalogue::{Default, FieldType, REVISION, Resource, contact, meta, qualification};
use favo_core::query::{Filter, Query, TextMatch};
use favo_core::terms::TermKind;
use favo_store::{Kind, Store};

use crate::fixture::{Fixture, contact, options, record};
use crate::random::{Random, record_of};

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

/// Tables and columns that the first revision of the catalogue did not have, besides the two that every table gained.
const NEW_TABLES: &[Resource] = &[
    Resource::Order,
    Resource::ProposalGroup,
    Resource::PriceEntry,
    Resource::UnitOfMeasure,
    Resource::PaymentCondition,
    Resource::Client,
    Resource::Session,
];
const NEW_COLUMNS: &[(Resource, &[&str])] = &[
    (
        Resource::Contact,
        &[
            "given_name",
            "family_name",
            "sex",
            "nip",
            "regon",
            "document_keys",
            "is_foreign",
            "phone_details",
            "email_details",
            "qualification_id",
        ],
    ),
    (Resource::User, &["code", "sessions_since"]),
];

pub(crate) fn a_database_of_the_first_revision_is_brought_forward_with_its_values(fixture: &Fixture) {
    let mut random = Random(41);
    let old = || Resource::ALL.iter().copied().filter(|resource| !NEW_TABLES.contains(resource));
    let records: Vec<_> = old()
        .flat_map(|of| (1..=4).map(move |id| (of, id)))
        .map(|(of, id)| record_of(&mut random, of, id))
        .collect();
    fixture.insert(&records);
    let new_columns = |of: Resource| {
        let own =
            NEW_COLUMNS.iter().find(|(resource, _)| *resource == of).map_or(&[][..], |(_, names)| names);
        own.iter().copied().chain(["external_key", "extras"])
    };
    let mut back = "update schema_info set catalogue_revision = 1;".to_owned();
    for resource in NEW_TABLES {
        let _ = write!(back, "drop table {};", resource.name());
    }
    for resource in old() {
        let table = resource.name();
        let _ = write!(back, "drop index ix_{table}_uuid;");
        for column in new_columns(resource) {
            let field = resource.definition().field(resource.definition().position(column).unwrap());
            for (copy, kept) in [("_key", field.searched), ("_digits", field.digits)] {
                if kept {
                    let name = format!("{column}{copy}");
                    let _ =
                        write!(back, "drop index ix_{table}_{name}; alter table {table} drop column {name};");
                }
            }
            let _ = write!(
                back,
                "drop index if exists ix_{table}_{column}; alter table {table} drop column {column};"
            );
        }
    }
    behind_the_back(&fixture.url, &back);
    let store = Store::open(&fixture.url, &options()).unwrap();
    assert_eq!(store.schema_version().unwrap(), (1, REVISION));
    let current: Vec<_> = records.iter().map(|record| current_qualification(&records, record)).collect();
    for (mut record, current) in records.into_iter().zip(current) {
        let (resource, id) = (record.resource(), record.id());
        for column in new_columns(resource) {
            let position = resource.definition().position(column).unwrap();
            let field = resource.definition().field(position);
            record.put(position, field.default.value(field.field_type));
        }
        if resource == Resource::Contact {
            record.set(contact::QUALIFICATION, current);
        }
        let query = Query { with_deleted: true, ..Query::by_id(resource, id) };
        let kept = store.read_blocking(fixture.tenant, move |tx| tx.load_all(&query)).unwrap();
        assert_eq!(kept, vec![record]);
    }
    // What is new works on the old rows and in the new tables.
    let found = store
        .write_blocking(fixture.tenant, |tx| {
            let before = tx.load_all(&Query::of(Resource::Opportunity))?.remove(0);
            let mut after = before.clone();
            after.set(meta::EXTERNAL_KEY, Some("erp-1".to_owned()));
            tx.update(&before, &after)?;
            tx.insert(&record(Resource::Order, 1))?;
            let key = Filter::Term(TermKind::ExternalKey, TextMatch::Equal, vec!["erp-1".to_owned()]);
            let uuid = before.get(meta::UUID).unwrap_or_default().to_owned();
            let by_uuid = tx.ids_of(Resource::Opportunity, &[uuid])?;
            Ok((by_uuid, tx.count(Resource::Opportunity, &key)?, tx.count(Resource::Order, &Filter::All)?))
        })
        .unwrap();
    assert!(found.0[0].is_some());
    assert_eq!((found.1, found.2), (1, 1));
}

/// The qualification an old contact shows once it can: an open one, else the newest.
fn current_qualification(records: &[Record], owner: &Record) -> Option<i64> {
    if owner.resource() != Resource::Contact
        || owner.get(contact::QUALIFICATIONS).is_none_or(|count| count < 1)
    {
        return None;
    }
    let of_contact = records.iter().filter(|record| {
        record.resource() == Resource::Qualification
            && !record.is_deleted()
            && record.get(qualification::CUSTOMER) == Some(owner.id())
    });
    let rank = |record: &&Record| (matches!(record.get(qualification::STATUS), Some(1 | 2)), record.id());
    of_contact.max_by_key(rank).map(Record::id)
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
        fingerprint, 6_833_077_738_642_042_815,
        "the catalogue has changed: see the comment of this test"
    );
}
