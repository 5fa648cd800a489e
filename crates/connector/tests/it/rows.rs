//! Rows as they leave the flattening, compared with the oracle: no network and no destination between them.

use std::collections::BTreeMap;

use favo_connector::cell::Cell;
use favo_connector::destination::CustomField;
use favo_connector::flatten::{Flattener, Lineage};
use favo_connector::schema::{Layout, Selection, build};
use favo_connector::testing::warehouse::{Raw, RawRow};
use favo_connector::testing::{Clock, Json, Model, Size, differences_in, expected_tables};

const ZONE: &str = "America/Sao_Paulo";

fn raw(cell: &Cell<'_>) -> Raw {
    match cell {
        Cell::Null => Raw::Null,
        Cell::Boolean(flag) => Raw::Flag(*flag),
        Cell::Integer(value) => Raw::Whole(*value),
        Cell::Double(value) => Raw::Double(*value),
        Cell::Decimal(text) => Raw::Decimal((*text).to_owned()),
        Cell::Text(text) => Raw::Text(text.text.to_owned()),
        Cell::Micros(value) => Raw::Micros(*value),
        Cell::Json(text) => Raw::Text((*text).to_owned()),
        Cell::Hash(value) => Raw::Bytes(value.to_be_bytes().to_vec()),
    }
}

fn field(json: &Json) -> CustomField {
    let text = |key: &str| match json.get(key) {
        Some(Json::Text(text)) => text.clone(),
        _ => panic!("no {key}"),
    };
    let whole = |key: &str| match json.get(key) {
        Some(Json::Number(text)) => text.parse().expect("a number"),
        _ => panic!("no {key}"),
    };
    CustomField {
        id: whole("id"),
        alias: text("alias"),
        name: text("nome"),
        kind: whole("tipo"),
        entity: text("relacionado"),
    }
}

/// Everything of the model as rows, by table.
fn flattened(model: &Model, layout: Layout) -> BTreeMap<String, Vec<RawRow>> {
    let selection = Selection {
        layout,
        table_prefix: "nectarcrm_".to_owned(),
        own_prefix: "_favo_".to_owned(),
        zone: ZONE.to_owned(),
        ..Selection::default()
    };
    let schema = build(&selection).expect("a schema");
    let mut out: BTreeMap<String, Vec<RawRow>> = BTreeMap::new();
    for stream in &schema.streams {
        let fields: Vec<CustomField> = model
            .fields()
            .iter()
            .map(field)
            .filter(|field| Some(field.entity.as_str()) == stream.stream.custom_fields)
            .collect();
        let mut flattener = Flattener::new(stream, ZONE, &fields).expect("a plan");
        let mut pages: Vec<(Option<i64>, String)> = Vec::new();
        let page = |bodies: Vec<&Json>| {
            let texts: Vec<String> = bodies
                .iter()
                .map(|body| {
                    let mut text = String::new();
                    body.write(&mut text);
                    text
                })
                .collect();
            format!("[{}]", texts.join(" ,\n"))
        };
        match stream.stream.name {
            "propostas" => {
                for id in model.ids("oportunidades") {
                    pages.push((Some(id), page(model.proposals(id).iter().collect())));
                }
            }
            name => {
                let list = match name {
                    "pipelines" => "pipeline",
                    "produtos" => "produto",
                    other => other,
                };
                for some in model.entries(list).chunks(50) {
                    pages.push((None, page(some.iter().map(|entry| &entry.body).collect())));
                }
            }
        }
        for (parent, body) in &pages {
            let mut records = Vec::new();
            flattener.records(body, &mut records).expect("a page of records");
            let lineage =
                Lineage { run: 1, extracted_at: 0, loaded_at: 0, deleted_at: None, parent: *parent };
            for record in &records {
                let put = &mut |table: usize, cells: &[Cell<'_>]| {
                    let table = &stream.tables[table];
                    assert_eq!(cells.len(), table.columns.len(), "{}", table.name);
                    let row = table
                        .columns
                        .iter()
                        .zip(cells)
                        .map(|(column, cell)| (column.name.clone(), raw(cell)));
                    out.entry(table.name.clone()).or_default().push(row.collect());
                    Ok(())
                };
                flattener.rows(record, &lineage, put).expect("rows");
            }
        }
        let (events, rejected) = flattener.notices(1, 0);
        assert!(rejected.is_empty(), "{rejected:?}");
        let told: Vec<_> =
            events.iter().filter(|event| !matches!(event.event, "unknown_field" | "nul_replaced")).collect();
        assert!(told.is_empty(), "{told:?}");
    }
    out
}

fn assert_rows_are_the_oracles(layout: Layout) {
    for seed in 1..3 {
        let model = Model::new(seed, &Size::SMALL, &Clock::fast("2026-11-20T15:00:00Z"));
        let rows = flattened(&model, layout);
        let found = differences_in(&expected_tables(&model, layout), &|table| rows.get(table).cloned());
        assert!(found.is_empty(), "seed {seed}:\n{}", found.join("\n"));
    }
}

#[test]
fn rows_in_the_layout_exact_are_those_of_the_oracle_to_the_last_field() {
    assert_rows_are_the_oracles(Layout::Exact);
}

#[test]
fn rows_in_the_seeds_layout_are_those_of_the_oracle() {
    assert_rows_are_the_oracles(Layout::Kondado);
}
