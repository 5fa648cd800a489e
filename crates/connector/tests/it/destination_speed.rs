//! How many CPU seconds a destination takes for 200,000 contacts: `cargo test --release -p favo-connector --test it -- --ignored --nocapture speed`.

use favo_connector::cell::{Cell, Text};
use favo_connector::destination::{Destination, connect};
use favo_connector::schema::{Origin, Schema, Type};

use crate::destination_contract::Place;
use crate::destination_postgres::PostgresPlace;
use crate::destination_sqlite::SqlitePlace;
use crate::sample::{self, MOMENT};

/// CPU seconds of this process, user and system, and its greatest resident memory in MiB.
fn cost() -> (f64, u64) {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    let peak: u64 = peak.split_whitespace().nth(1).unwrap().parse().unwrap();
    (ticks / 100.0, peak / 1024)
}

const TEXT: &str = "Rua das Acácias, 1234, apartamento 56, Jardim Paulista, São Paulo";
const JSON: &str =
    r#"{"campo livre":"valor","outro":[1,2,3],"objeto":{"a":true,"b":null,"texto":"com algumas palavras"}}"#;

/// Puts contacts as the flattening would: the cells borrowed, made in one vector.
fn load(destination: &mut dyn Destination, schema: &Schema, count: i64, commit_every: i64) -> u64 {
    let stream = &schema.streams[0];
    let children = |name: &str| match name {
        "nectarcrm_contatos_contatospai" | "nectarcrm_contatos_empresasatuais" => 0,
        "nectarcrm_contatos_emails" | "nectarcrm_contatos_telefones" => 1,
        _ => 2,
    };
    let (mut rows, mut row) = (0, Vec::new());
    for id in 1..=count {
        for (at, table) in stream.tables.iter().enumerate() {
            for position in 0..if at == 0 { 1 } else { children(&table.name) } {
                row.clear();
                for (index, column) in table.columns.iter().enumerate() {
                    row.push(match &column.origin {
                        _ if index == table.owner => Cell::Integer(id),
                        Origin::Position => Cell::Integer(position),
                        Origin::DeletedAt => Cell::Null,
                        // Three of ten members are null in what the server sends.
                        _ if index % 10 > 6 && column.kind != Type::Hash => Cell::Null,
                        _ => match column.kind {
                            Type::BigInt => Cell::Integer(id % 1_000),
                            Type::Numeric => Cell::Decimal("125000.50"),
                            Type::Text => {
                                let length = 4 + (index * 7 + id as usize) % 24;
                                Cell::Text(Text { text: &TEXT[..length.min(9)], plain: true })
                            }
                            Type::Boolean => Cell::Boolean(id % 2 == 0),
                            Type::Json => Cell::Json(JSON),
                            Type::Hash => {
                                Cell::Hash(sample::hash(id, 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c))
                            }
                            Type::Double => Cell::Double(id as f64),
                            Type::Instant | Type::Civil => Cell::Micros(MOMENT + id * 1_000_000),
                        },
                    });
                }
                // The longer texts of a contact: notes, street lines, lists of e-mails.
                if at == 0 {
                    for (nth, cell) in row.iter_mut().enumerate() {
                        if nth % 4 == 0
                            && let Cell::Text(text) = cell
                        {
                            text.text = &TEXT[..40];
                        }
                    }
                }
                destination.put(0, at, &row).unwrap();
                rows += 1;
            }
        }
        if id % commit_every == 0 {
            destination.commit(&[]).unwrap();
        }
    }
    destination.commit(&[]).unwrap();
    rows
}

fn measure(place: &dyn Place, name: &str) {
    let mut settings = place.settings();
    settings.tables = vec!["contatos".to_owned()];
    let schema = sample::schema(&settings);
    let count = 200_000;
    let mut destination = connect(&settings).unwrap();
    destination.open(&schema).unwrap();
    let before = cost().0;
    let rows = load(destination.as_mut(), &schema, count, 20_000);
    let loaded = cost().0;
    destination.close().unwrap();
    let closed = cost().0;
    let mut destination = connect(&settings).unwrap();
    destination.open(&schema).unwrap();
    let opened = cost().0;
    let mut found = 0;
    for page in (1..=count).collect::<Vec<_>>().chunks(1_000) {
        found += destination.known(0, page).unwrap().len();
    }
    let known = cost().0;
    assert_eq!(found as i64, count);
    let (_, peak) = cost();
    println!(
        "{name}: {rows} rows, load {:.2} CPU s, close {:.2} s, known of all {:.2} s, peak {peak} MiB",
        loaded - before,
        closed - loaded,
        known - opened
    );
}

#[test]
#[ignore = "takes seconds and says something in release mode only"]
fn speed_of_sqlite() {
    measure(&SqlitePlace::new(), "SQLite");
}

#[test]
#[ignore = "takes seconds and says something in release mode only"]
fn speed_of_postgresql() {
    measure(&PostgresPlace::new(), "PostgreSQL");
}

#[test]
#[ignore = "what the generator itself costs"]
fn speed_of_nothing() {
    let settings = {
        let mut settings = SqlitePlace::new().settings();
        settings.tables = vec!["contatos".to_owned()];
        settings
    };
    let schema = sample::schema(&settings);
    let main = &schema.streams[0].tables[0];
    println!("{} columns in the main table, {} tables", main.columns.len(), schema.streams[0].tables.len());
}
