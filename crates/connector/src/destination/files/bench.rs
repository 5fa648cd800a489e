//! How much processor time writing takes, without JSON and without a source: run by hand, in release mode, with `--ignored --nocapture`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Instant;

use super::testing::{FORMATS, exact, hash_of, settings};
use super::*;
use crate::cell::Text;
use crate::schema::{Origin, Type};

/// Processor time of this thread in seconds; the system's part included.
fn processor() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
}

/// Peak memory of the process in MB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

/// Fills a text that differs between records, or is one of a few.
fn text(buffer: &mut String, name: &str, id: i64, few: bool) {
    buffer.clear();
    let spread = if few { id % 23 } else { (id * 7_919) % 1_000_003 };
    match name {
        "email" | "emailprincipal" => write!(buffer, "pessoa.{spread}@empresa{}.com.br", id % 977),
        "emails" | "telefones" => {
            write!(buffer, "[\"pessoa.{spread}@empresa{}.com.br\",\"+55 11 9{spread:08}\"]", id % 977)
        }
        "observacao" => write!(
            buffer,
            "Cliente pediu retorno na semana {} sobre a proposta {spread}; ligar antes das 10h",
            id % 52
        ),
        _ => write!(buffer, "{name} {spread}"),
    }
    .unwrap();
}

/// Makes the rows of so many contacts; `each` gets the contact, the table and the row.
fn generate(schema: &Schema, contacts: i64, each: &mut dyn FnMut(i64, usize, &[Cell<'_>])) {
    let stream = &schema.streams[0];
    let words = [
        "login",
        "nome_",
        "categoria",
        "origem",
        "segmento",
        "responsavel",
        "autor",
        "tipo",
        "cidade",
        "estado",
        "alias",
    ];
    let is_few = |name: &str| words.iter().any(|word| name.contains(word));
    let few: Vec<Vec<bool>> = stream
        .tables
        .iter()
        .map(|table| table.columns.iter().map(|column| is_few(&column.name)).collect())
        .collect();
    let sparse: Vec<Vec<bool>> = stream
        .tables
        .iter()
        .map(|table| table.columns.iter().map(|column| column.name.starts_with("contatopai")).collect())
        .collect();
    let mut texts = vec![String::new(); 128];
    for id in 1..=contacts {
        for (position, table) in stream.tables.iter().enumerate() {
            let count = if position == 0 { 1 } else { 1 + i64::from(position % 3 == 2) };
            for child in 0..count {
                let mut row: [Cell<'_>; 128] = [Cell::Null; 128];
                for (at, (column, buffer)) in table.columns.iter().zip(&mut texts).enumerate() {
                    if column.kind == Type::Text {
                        text(buffer, &column.name, id, few[position][at]);
                    }
                }
                for (at, (column, buffer)) in table.columns.iter().zip(&texts).enumerate() {
                    row[at] = match (&column.origin, column.kind) {
                        (_, Type::BigInt) if at == table.owner => Cell::Integer(id),
                        (Origin::Position, _) => Cell::Integer(child),
                        (Origin::RunId, _) => Cell::Integer(1),
                        (Origin::DeletedAt | Origin::Rest, _) => Cell::Null,
                        (_, Type::Hash) => {
                            Cell::Hash(hash_of(id.wrapping_mul(-7_046_029_254_386_353_131), 1))
                        }
                        (Origin::ExtractedAt | Origin::LoadedAt, _) => {
                            Cell::Micros(1_700_000_000_000_000 + id / 200)
                        }
                        // Parent accounts and social networks are mostly absent.
                        _ if (sparse[position][at] || at % 9 == 8) && id % 10 != 0 => Cell::Null,
                        (_, Type::Text) => Cell::Text(Text { text: buffer, plain: true }),
                        (_, Type::BigInt) => Cell::Integer(if at % 2 == 0 { id % 40 } else { id * 31 }),
                        (_, Type::Numeric) => Cell::Decimal("1250.50"),
                        (_, Type::Double) => Cell::Double(0.5),
                        (_, Type::Boolean) => Cell::Boolean(id % 3 == 0),
                        (_, Type::Instant | Type::Civil) => {
                            Cell::Micros(1_600_000_000_000_000 + id * 61_000_000)
                        }
                        (_, Type::Json) => Cell::Json(r#"{"Cor":"azul","Porte":"médio","Aceita":"true"}"#),
                    };
                }
                each(id, position, &row[..table.columns.len()]);
            }
        }
    }
}

fn load(format: Format, contacts: i64, group: i64) {
    let directory = tempfile::tempdir().unwrap();
    let schema = exact();
    let mut one = Box::new(
        Files::new(format, directory.path().to_str().unwrap(), &settings(format, directory.path())).unwrap(),
    );
    one.open(&schema).unwrap();
    let begin = processor();
    let mut rows = 0_u64;
    generate(&schema, contacts, &mut |_, _, row| rows += u64::from(!std::hint::black_box(row).is_empty()));
    let generating = processor() - begin;
    let (begin, wall) = (processor(), Instant::now());
    let mut last = 1;
    generate(&schema, contacts, &mut |id, position, row| {
        if id != last && last % group == 0 {
            one.commit(&[]).unwrap();
        }
        last = id;
        one.put(0, position, row).unwrap();
    });
    one.commit(&[]).unwrap();
    let wrote = processor() - begin - generating;
    let segments = one.open.as_ref().unwrap().manifest.streams["contatos"].segments.clone();
    let bytes: u64 = segments.iter().flat_map(|segment| &segment.files).map(|part| part.bytes).sum();
    let mut line = format!(
        "{format:?}, commits of {group}: {rows} rows, {} MB, {} segments: {wrote:.2} CPU s (generating {generating:.2}), {:.2} s, peak {} MB",
        bytes >> 20,
        segments.len(),
        wall.elapsed().as_secs_f64(),
        peak()
    );
    let begin = processor();
    let mut found = 0;
    for page in 0..contacts / 200 {
        let ids: Vec<i64> = (1..=200).map(|at| page * 200 + at).collect();
        found += one.known(0, &ids).unwrap().len();
    }
    let _ = write!(line, "; {found} known in {:.3} CPU s", processor() - begin);
    let begin = processor();
    let mut found = 0;
    one.stored(0, &mut |_| found += 1).unwrap();
    let _ = write!(line, "; {found} stored in {:.3}", processor() - begin);
    let begin = processor();
    let ids: Vec<i64> = (1..=100).map(|at| at * 1_999 % contacts).collect();
    one.mark_deleted(0, &ids, 1, 2).unwrap();
    one.commit(&[]).unwrap();
    let _ = write!(line, "; 100 scattered marks in {:.3}", processor() - begin);
    let begin = processor();
    let ids: Vec<i64> = (1..=100).map(|at| contacts - at).collect();
    one.mark_deleted(0, &ids, 1, 2).unwrap();
    one.commit(&[]).unwrap();
    writeln!(std::io::stderr(), "{line}; 100 marks of the latest in {:.3}", processor() - begin).unwrap();
}

#[test]
#[ignore = "a measurement, for release mode"]
fn parquet() {
    load(Format::Parquet, 200_000, 8_000);
}

#[test]
#[ignore = "a measurement, for release mode"]
fn parquet_in_small_commits() {
    load(Format::Parquet, 200_000, 2_200);
}

#[test]
#[ignore = "a measurement, for release mode"]
fn text_formats() {
    for format in FORMATS.into_iter().skip(1) {
        load(format, 200_000, 8_000);
    }
}
