//! Fields that the catalogue does not know, and tables that change their shape.

use super::fake::{Event, Record};
use super::*;
use crate::Error;
use crate::note::Note;
use crate::settings::{Drift, StreamSettings};

fn with_field(stage: &Stage, id: i64, field: &str) {
    let rest = format!(",\"nome\":\"n\",{field}");
    let record = Record { created: NOON - DAY, updated: Some(NOON - DAY), parent: None, rest };
    stage.source.state().happen(Event::Put("contatos", id, record));
}

#[test]
fn freeze_stops_before_anything_is_written() {
    let mut stage = Stage::new(&["contatos"]);
    stage.context.settings.drift = Drift::Freeze;
    with_field(&stage, 1, "\"planeta\":\"Marte\"");
    let error = stage.run().unwrap_err();
    assert_eq!(error.exit_code(), 4);
    assert!(error.to_string().contains("planeta"), "{error}");
    assert_eq!(stage.shelf.borrow().operations, 0);
}

#[test]
fn freeze_also_stops_at_a_field_that_turns_up_late() {
    let mut stage = Stage::new(&["contatos"]);
    stage.context.settings.drift = Drift::Freeze;
    for id in 2..=10 {
        stage.source.put("contatos", id, NOON - DAY, NOON - DAY, "n");
    }
    with_field(&stage, 1, "\"planeta\":\"Marte\"");
    assert!(matches!(stage.run(), Err(Error::Contract(_))));
    assert!(stage.live("contatos").is_empty());
}

#[test]
fn an_unknown_scalar_of_the_first_page_is_a_column_at_once() {
    let stage = Stage::new(&["contatos"]);
    with_field(&stage, 1, "\"planeta\":\"Marte\"");
    stage.run().unwrap();
    assert!(stage.schema().streams[0].tables[0].position("planeta").is_some());
    assert_eq!(stage.bookmark("contatos").drift.len(), 1);
    let events = |stage: &Stage| {
        let shelf = stage.shelf.borrow();
        let added = |note: &&Note| matches!(note, Note::SchemaEvent(event) if event.event == "column_added");
        shelf.durable.notes.iter().filter(added).count()
    };
    assert_eq!(events(&stage), 1);
    assert_eq!(changed(&stage.run().unwrap()), 0);
    assert_eq!(events(&stage), 1);
}

#[test]
fn an_unknown_scalar_that_turns_up_later_is_a_column_of_the_next_run() {
    let stage = Stage::new(&["contatos"]);
    for id in 2..=10 {
        stage.source.put("contatos", id, NOON - DAY, NOON - DAY, "n");
    }
    with_field(&stage, 1, "\"planeta\":\"Marte\"");
    let report = stage.run().unwrap();
    assert!(stage.schema().streams[0].tables[0].position("planeta").is_none());
    assert!(report.messages.iter().any(|message| message.contains("planeta")), "{:?}", report.messages);
    stage.run().unwrap();
    assert!(stage.schema().streams[0].tables[0].position("planeta").is_some());
    assert_eq!(changed(&stage.run().unwrap()), 0);
}

#[test]
fn a_column_that_was_left_out_does_not_come_back_as_drift() {
    let mut stage = Stage::new(&["contatos"]);
    let own = StreamSettings { exclude: vec!["site".to_owned()], ..StreamSettings::default() };
    stage.context.settings.streams.insert("contatos".to_owned(), own);
    with_field(&stage, 1, "\"site\":\"x\"");
    stage.run().unwrap();
    assert!(stage.bookmark("contatos").drift.is_empty());
    stage.context.settings.drift = Drift::Freeze;
    stage.run().unwrap();
}

#[test]
fn other_columns_lead_to_one_full_read() {
    let mut stage = Stage::new(&["contatos"]).small_groups();
    for id in 1..=9 {
        stage.source.put("contatos", id, NOON - (10 - id) * DAY, NOON - (10 - id) * DAY, "n");
    }
    stage.run().unwrap();
    let own = StreamSettings { exclude: vec!["site".to_owned()], ..StreamSettings::default() };
    stage.context.settings.streams.insert("contatos".to_owned(), own);
    let cursor = stage.bookmark("contatos").cursor;
    // Stopped half-way, it goes on where it was.
    stage.source.state().requests = 0;
    stage.source.state().fail_at = Some((7, Error::Stopped));
    stage.run().unwrap();
    assert!(stage.bookmark("contatos").loading.unwrap().through.is_some());
    assert_eq!(stage.bookmark("contatos").cursor, cursor);
    stage.source.state().fail_at = None;
    stage.run().unwrap();
    let width = stage.schema().streams[0].tables[0].columns.len();
    for stored in stage.shelf.borrow().durable.records["contatos"].values() {
        assert_eq!(stored.rows[0].1.len(), width);
    }
    assert_eq!(changed(&stage.run().unwrap()), 0);
}

#[test]
fn custom_fields_are_told_before_the_first_row() {
    let stage = Stage::new(&["contatos"]);
    let field = |id, entity: &str| crate::destination::CustomField {
        id,
        alias: format!("a{id}"),
        name: format!("n{id}"),
        kind: 1,
        entity: entity.to_owned(),
    };
    stage.source.state().fields = vec![field(1, "Contato"), field(2, "Oportunidade")];
    stage.source.put("contatos", 1, NOON, NOON, "n");
    stage.run().unwrap();
    let shelf = stage.shelf.borrow();
    assert_eq!(shelf.custom_fields["contatos"].iter().map(|field| field.id).collect::<Vec<_>>(), [1]);
}
