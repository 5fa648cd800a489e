//! What the flattening promises, record by record.

use super::speed::{LINEAGE, fields, pages, schema};
use super::*;
use crate::schema::Layout;

/// All rows of a page as text, by table.
fn flat(flattener: &mut Flattener, body: &str) -> Vec<(usize, Vec<String>)> {
    let mut records = Vec::new();
    flattener.records(body, &mut records).unwrap();
    let mut rows = Vec::new();
    for record in &records {
        flattener
            .rows(record, &LINEAGE, &mut |table, cells| {
                rows.push((table, cells.iter().map(shown).collect()));
                Ok(())
            })
            .unwrap();
    }
    rows
}

fn shown(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Null => "-".to_owned(),
        Cell::Boolean(value) => value.to_string(),
        Cell::Integer(value) => value.to_string(),
        Cell::Double(value) => format!("{value:?}"),
        Cell::Decimal(text) | Cell::Json(text) => (*text).to_owned(),
        Cell::Text(text) => text.text.to_owned(),
        Cell::Micros(at) => crate::moment::rfc3339_text(*at),
        Cell::Hash(_) => "#".to_owned(),
    }
}

#[test]
fn show() {
    let page = &pages(1)[0];
    let schema = schema("contatos", Layout::Exact);
    let mut flattener = Flattener::new(&schema, "America/Sao_Paulo", &fields()).unwrap();
    for (table, row) in flat(&mut flattener, page).iter().take(12) {
        println!("{}", schema.tables[*table].name);
        for (column, cell) in schema.tables[*table].columns.iter().zip(row) {
            println!("    {} = {cell}", column.name);
        }
    }
    println!("{:#?}", flattener.notices(1, 1));
    println!("{:?}", flattener.drift());
}
