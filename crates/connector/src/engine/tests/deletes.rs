//! Deletes are found, and only real ones.

use super::*;
use crate::Error;
use crate::report::Status;
use crate::settings::Deletes;

fn loaded(count: i64) -> Stage {
    let mut stage = Stage::new(&["contatos"]);
    stage.context.settings.sweep = Sweep::EveryRun;
    stage.source.state().page = 100;
    for id in 1..=count {
        stage.source.put("contatos", id, NOON - 30 * DAY, NOON - 20 * DAY, "n");
    }
    stage.run().unwrap();
    stage
}

#[test]
fn a_deleted_record_is_marked_and_stays_readable() {
    let stage = loaded(10);
    stage.source.delete("contatos", 4);
    let report = stage.run().unwrap();
    assert_eq!(report.tables[0].deleted, 1);
    assert!(!stage.live("contatos").contains(&4));
    assert!(stage.shelf.borrow().durable.records["contatos"][&4].deleted);
    assert_eq!(changed(&stage.run().unwrap()), 0);
}

#[test]
fn hard_deletes_take_the_row_away() {
    let mut stage = loaded(10);
    stage.context.settings.deletes = Deletes::Hard;
    stage.source.delete("contatos", 4);
    let report = stage.run().unwrap();
    assert_eq!(report.tables[0].deleted, 1);
    assert!(!stage.shelf.borrow().durable.records["contatos"].contains_key(&4));
}

#[test]
fn deletes_that_are_ignored_are_not_looked_for() {
    let mut stage = loaded(10);
    stage.context.settings.deletes = Deletes::Ignore;
    stage.source.delete("contatos", 4);
    stage.source.state().asked.clear();
    stage.run().unwrap();
    assert!(stage.live("contatos").contains(&4));
    assert!(!stage.source.state().asked.iter().any(|asked| asked.contains("ids")));
}

#[test]
fn a_record_that_comes_back_is_no_longer_marked() {
    let stage = loaded(10);
    stage.source.delete("contatos", 4);
    stage.run().unwrap();
    // Exactly as it was: no moment of change tells that it is back.
    stage.source.put("contatos", 4, NOON - 30 * DAY, NOON - 20 * DAY, "n");
    stage.run().unwrap();
    assert!(stage.live("contatos").contains(&4));
    assert_eq!(changed(&stage.run().unwrap()), 0);
}

#[test]
fn a_record_that_only_the_walk_missed_is_not_deleted() {
    let stage = loaded(10);
    stage.source.state().hidden = vec![4, 5];
    let report = stage.run().unwrap();
    assert_eq!(report.tables[0].deleted, 0);
    assert_eq!(stage.live("contatos").len(), 10);
}

#[test]
fn an_incomplete_walk_deletes_nothing_and_makes_the_run_partial() {
    let stage = loaded(10);
    stage.source.delete("contatos", 4);
    stage.source.state().ids_incomplete = true;
    let report = stage.run().unwrap();
    assert_eq!(report.status, Status::Partial);
    assert_eq!(stage.live("contatos").len(), 10);
    stage.source.state().ids_incomplete = false;
    assert_eq!(stage.run().unwrap().tables[0].deleted, 1);
}

#[test]
fn mass_deletes_are_refused_after_everything_else_is_done() {
    let mut stage = loaded(2_000);
    for id in 1..=1_001 {
        stage.source.delete("contatos", id);
    }
    stage.source.put("contatos", 2_001, NOON, NOON, "new");
    let error = stage.run().unwrap_err();
    assert_eq!(error.exit_code(), 4);
    assert!(error.to_string().contains("--allow-mass-delete"), "{error}");
    assert_eq!(stage.live("contatos").len(), 2_001);
    assert_eq!(stage.shelf.borrow().durable.runs.last().unwrap().status, Status::Failed);
    stage.context.settings.allow_mass_delete = true;
    let report = stage.run().unwrap();
    assert_eq!(report.tables[0].deleted, 1_001);
    assert_eq!(stage.live("contatos").len(), 1_000);
}

#[test]
fn a_stream_that_looks_empty_is_not_emptied() {
    let stage = loaded(30);
    for id in 1..=30 {
        stage.source.delete("contatos", id);
    }
    assert!(matches!(stage.run(), Err(Error::Contract(_))));
    assert_eq!(stage.live("contatos").len(), 30);
}

#[test]
fn a_stream_that_is_read_whole_needs_no_sweep() {
    let stage = Stage::new(&["produtos"]);
    for id in 1..=5 {
        stage.source.put("produtos", id, NOON, NOON, "p");
    }
    stage.run().unwrap();
    stage.source.delete("produtos", 2);
    let report = stage.run().unwrap();
    assert_eq!(report.tables[0].deleted, 1);
    assert_eq!(stage.live("produtos"), [1, 3, 4, 5]);
}

#[test]
fn a_record_that_was_missed_is_fetched_by_the_sweep() {
    let stage = loaded(10);
    // Created and never touched by an update window.
    stage.source.put("contatos", 11, NOON - 30 * DAY, NOON - 29 * DAY, "slipped through");
    let report = stage.run().unwrap();
    assert!(stage.live("contatos").contains(&11));
    assert!(report.messages.iter().any(|message| message.contains("fetched by id")), "{:?}", report.messages);
}

#[test]
fn a_sweep_is_made_when_it_is_due() {
    let mut stage = loaded(10);
    stage.context.settings.sweep = Sweep::Every(Duration::from_hours(24));
    stage.source.delete("contatos", 4);
    stage.wait(DAY / 2);
    stage.run().unwrap();
    assert!(stage.live("contatos").contains(&4));
    stage.wait(DAY / 2);
    stage.run().unwrap();
    assert!(!stage.live("contatos").contains(&4));
}

#[test]
fn a_sweep_alone_reads_no_rows() {
    let stage = loaded(10);
    stage.source.put("contatos", 3, NOON, NOON, "changed");
    stage.source.delete("contatos", 4);
    let report =
        super::super::sweep_between(&stage.context, &stage.source, Memory::on(&stage.shelf)).unwrap();
    assert_eq!((report.what.as_str(), report.tables[0].deleted), ("sweep", 1));
    assert_eq!(stage.names("contatos")[&3], "n");
}

#[test]
fn a_sweep_leaves_streams_alone_whose_deletes_are_ignored() {
    let mut stage = loaded(10);
    stage.context.settings.deletes = Deletes::Ignore;
    stage.source.delete("contatos", 4);
    let report =
        super::super::sweep_between(&stage.context, &stage.source, Memory::on(&stage.shelf)).unwrap();
    assert_eq!(report.tables[0].deleted, 0);
    assert!(stage.live("contatos").contains(&4));
    assert!(report.messages.iter().any(|message| message.contains("ignore")), "{:?}", report.messages);
}

#[test]
fn a_walk_that_missed_many_is_no_mass_delete() {
    let mut stage = loaded(1_600);
    stage.context.settings.sweep = Sweep::EveryRun;
    stage.source.state().hidden = (1..=1_500).collect();
    stage.source.state().hidden_once = true;
    stage.source.delete("contatos", 4);
    assert_eq!(stage.run().unwrap().tables[0].deleted, 1);
    assert_eq!(stage.live("contatos").len(), 1_599);
}
