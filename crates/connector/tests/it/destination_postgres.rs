//! The contract for PostgreSQL, read back by a plain connection, and what is PostgreSQL's own.

use favo_connector::destination::connect;
use favo_connector::schema::Type;
use favo_connector::settings::Settings;
use favo_store::testing::TestPostgres;
use postgres::{Client, NoTls, SimpleQueryMessage};

use crate::destination_contract::{Place, contract};
use crate::sample::{self, canonical_json, canonical_number};

pub(crate) struct PostgresPlace {
    url: String,
}

impl PostgresPlace {
    pub(crate) fn new() -> Self {
        Self { url: TestPostgres::shared().empty_database() }
    }

    pub(crate) fn client(&self) -> Client {
        Client::connect(&self.url, NoTls).unwrap()
    }

    /// The same database for another user.
    fn as_user(&self, user: &str) -> Settings {
        sample::settings(&self.url.replace("postgres://favo@", &format!("postgres://{user}@")))
    }
}

pub(crate) fn texts(client: &mut Client, sql: &str) -> Vec<Vec<Option<String>>> {
    let mut all = Vec::new();
    for message in client.simple_query(sql).unwrap() {
        if let SimpleQueryMessage::Row(row) = message {
            all.push((0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect());
        }
    }
    all
}

impl Place for PostgresPlace {
    fn settings(&self) -> Settings {
        sample::settings(&self.url)
    }

    fn read(&self, table: &str, columns: &[(&str, Type)]) -> Vec<Vec<Option<String>>> {
        let mut client = self.client();
        let there = texts(&mut client, &format!("select to_regclass('public.\"{table}\"')"));
        if there[0][0].is_none() {
            return Vec::new();
        }
        let values: Vec<String> = columns
            .iter()
            .map(|(name, kind)| match kind {
                Type::Instant | Type::Civil => format!("(extract(epoch from \"{name}\") * 1000000)::bigint"),
                Type::Hash => format!("replace(\"{name}\"::text, '-', '')"),
                Type::Boolean => format!("\"{name}\"::text"),
                _ => format!("\"{name}\""),
            })
            .collect();
        let mut all = texts(&mut client, &format!("select {} from \"{table}\"", values.join(",")));
        for row in &mut all {
            for (value, (_, kind)) in row.iter_mut().zip(columns) {
                *value = value.take().map(|text| match kind {
                    Type::Numeric => canonical_number(&text),
                    Type::Double => canonical_number(&text.parse::<f64>().unwrap().to_string()),
                    Type::Json => canonical_json(&text),
                    _ => text,
                });
            }
        }
        all
    }
}

contract!(PostgresPlace::new());

fn refusal(settings: &Settings) -> String {
    let mut destination = match connect(settings) {
        Ok(destination) => destination,
        Err(error) => return error.to_string(),
    };
    destination.open(&sample::schema(settings)).unwrap_err().to_string()
}

#[test]
fn what_the_server_refuses_is_one_sentence_each() {
    let place = PostgresPlace::new();
    let missing = sample::settings(&place.url.replace("/empty_", "/nowhere_"));
    assert!(refusal(&missing).contains("there is no database"), "{}", refusal(&missing));
    assert!(
        refusal(&place.as_user("nobody:hush")).contains("user nobody"),
        "{}",
        refusal(&place.as_user("nobody:hush"))
    );
    assert!(!refusal(&place.as_user("nobody:hush")).contains("hush"));
    let role = format!("reader_{}", std::process::id());
    place
        .client()
        .batch_execute(&format!("create role {role} login; revoke create on schema public from public"))
        .unwrap();
    let settings = place.as_user(&role);
    assert!(refusal(&settings).contains("lacks a right"), "{}", refusal(&settings));
    let error = connect(&settings).unwrap().check().unwrap_err().to_string();
    assert!(error.contains("lacks the right to create tables in the schema public"), "{error}");
    let mut elsewhere = settings;
    elsewhere.schema = Some("crm".to_owned());
    assert!(refusal(&elsewhere).contains("lacks a right"), "{}", refusal(&elsewhere));
    place
        .client()
        .batch_execute(&format!("alter role {role} set default_transaction_read_only = on"))
        .unwrap();
    let error = connect(&elsewhere).unwrap().check().unwrap_err().to_string();
    assert!(error.contains("takes no writes"), "{error}");
}

#[test]
fn a_user_with_a_schema_of_his_own_and_no_other_right_can_sync() {
    let place = PostgresPlace::new();
    let role = format!("owner_{}", std::process::id());
    place
        .client()
        .batch_execute(&format!("create role {role} login; create schema \"C R M\" authorization {role}"))
        .unwrap();
    let mut settings = place.as_user(&role);
    settings.schema = Some("C R M".to_owned());
    settings.tables = vec!["contatos".to_owned()];
    let schema = sample::schema(&settings);
    let mut destination = connect(&settings).unwrap();
    let said = destination.check().unwrap();
    assert!(said.iter().any(|one| one.contains("no views")), "{said:?}");
    destination.open(&schema).unwrap();
    sample::put(destination.as_mut(), &schema, 0, 1, 1).unwrap();
    destination.commit(&[]).unwrap();
    destination.close().unwrap();
    let found = texts(&mut place.client(), "select id from \"C R M\".nectarcrm_contatos");
    assert_eq!(found, [[Some("1".to_owned())]]);
}

#[test]
fn a_connection_that_is_lost_ends_the_group_with_a_sentence() {
    let place = PostgresPlace::new();
    let mut settings = place.settings();
    settings.tables = vec!["contatos".to_owned()];
    let schema = sample::schema(&settings);
    let mut destination = connect(&settings).unwrap();
    destination.open(&schema).unwrap();
    sample::put(destination.as_mut(), &schema, 0, 1, 1).unwrap();
    assert_eq!(destination.known(0, &[1]).unwrap().len(), 1);
    place
        .client()
        .batch_execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'favo sync' and datname = current_database()",
        )
        .unwrap();
    let error = destination.commit(&[("contatos", &favo_connector::state::Bookmark::default())]).unwrap_err();
    assert!(error.to_string().contains("run again"), "{error}");
    drop(destination);
    let opened = connect(&settings).unwrap().open(&schema).unwrap();
    assert!(opened.bookmarks.is_empty() && opened.ceilings == [None]);
}

#[test]
fn a_decimal_of_twenty_digits_is_kept_to_the_last() {
    let place = PostgresPlace::new();
    let mut settings = place.settings();
    settings.tables = vec!["contatos".to_owned()];
    let schema = sample::schema(&settings);
    let mut destination = connect(&settings).unwrap();
    destination.open(&schema).unwrap();
    let mut rows = sample::rows(&schema.streams[0].tables, 0, schema.streams[0].cursor, 1, 1);
    let at = schema.streams[0].tables[0].position("receitaanual").unwrap();
    for (id, text) in
        (1..).zip(["12345678901234.123456", "-99999999999999.999999", "-0.000001", "0.10", "-0"])
    {
        rows[0][0] = sample::Owned::Integer(id);
        rows[0][at] = sample::Owned::Decimal(text.to_owned());
        let cells: Vec<_> = rows[0].iter().map(sample::Owned::cell).collect();
        destination.put(0, 0, &cells).unwrap();
    }
    destination.commit(&[]).unwrap();
    let found = texts(&mut place.client(), "select receitaanual::text from nectarcrm_contatos order by id");
    let found: Vec<_> = found.into_iter().flatten().flatten().collect();
    assert_eq!(
        found,
        ["12345678901234.123456", "-99999999999999.999999", "-0.000001", "0.100000", "0.000000"]
    );
}
