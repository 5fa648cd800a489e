//! The course of ordinary runs.

use super::*;
use crate::Error;
use crate::note::Note;
use crate::report::Status;
use crate::settings::Mode;

fn loaded() -> Stage {
    let stage = Stage::new(&["contatos", "produtos"]);
    for id in 1..=20 {
        stage.source.put("contatos", id, NOON - (30 - id) * DAY, NOON - (25 - id) * DAY, &format!("n{id}"));
    }
    for id in 1..=5 {
        stage.source.put("produtos", id, NOON - DAY, NOON - DAY, &format!("p{id}"));
    }
    stage
}

#[test]
fn a_first_load_holds_everything_and_a_second_run_writes_nothing() {
    let stage = loaded();
    let report = stage.run().unwrap();
    assert_eq!(report.status, Status::Complete, "{:?}", report.messages);
    assert_eq!(stage.names("contatos"), stage.names_at_source("contatos"));
    assert_eq!(stage.names("produtos"), stage.names_at_source("produtos"));
    // Two addresses each, in the table of their own.
    let emails = report.tables.iter().find(|table| table.table == "nectarcrm_contatos_emails").unwrap();
    assert_eq!((emails.read, emails.inserted), (40, 40));
    let before = stage.visible();
    let puts = stage.shelf.borrow().puts;
    for _ in 0..2 {
        let report = stage.run().unwrap();
        assert_eq!(changed(&report), 0, "{:?}", report.tables);
        assert_eq!(report.status, Status::Complete);
    }
    assert_eq!(stage.shelf.borrow().puts, puts);
    assert_eq!(stage.visible(), before);
}

#[test]
fn a_first_load_asks_the_destination_nothing() {
    let stage = loaded();
    stage.run().unwrap();
    assert_eq!(stage.shelf.borrow().questions, 0);
}

#[test]
fn an_increment_asks_for_the_day_of_the_cursor_less_the_lookback() {
    let stage = loaded();
    stage.run().unwrap();
    // The last change was five days ago.
    assert_eq!(stage.bookmark("contatos").cursor, Some(NOON - 5 * DAY));
    stage.run().unwrap();
    let asked = stage.source.state().asked.join("\n");
    assert!(asked.contains("contatos Updated { from: 2026-02-24 }"), "{asked}");
}

#[test]
fn a_full_run_repairs_what_an_increment_cannot_see() {
    let mut stage = loaded();
    stage.run().unwrap();
    // A backup was restored at the source: the record is older than what is stored.
    stage.source.put("contatos", 20, NOON - 10 * DAY, NOON - 20 * DAY, "restored");
    stage.run().unwrap();
    assert_eq!(stage.names("contatos")[&20], "n20");
    stage.context.settings.mode = Mode::Full;
    let report = stage.run().unwrap();
    assert_eq!(stage.names("contatos"), stage.names_at_source("contatos"));
    assert_eq!(report.what, "full");
    assert_eq!(changed(&stage.run().unwrap()), 0);
}

#[test]
fn a_token_that_is_refused_touches_nothing() {
    let stage = loaded();
    stage.source.state().token_refused = true;
    assert!(matches!(stage.run(), Err(Error::Refused(_))));
    let shelf = stage.shelf.borrow();
    assert_eq!((shelf.operations, shelf.schema.is_none()), (0, true));
}

#[test]
fn a_source_that_fails_half_way_leaves_whole_records_and_a_failed_run() {
    let stage = loaded().small_groups();
    stage.source.state().fail_at = Some((12, Error::Source("no answer; run again".to_owned())));
    assert!(matches!(stage.run(), Err(Error::Source(_))));
    {
        let shelf = stage.shelf.borrow();
        let report = shelf.durable.runs.last().unwrap();
        assert_eq!(report.status, Status::Failed);
        assert!(report.messages.contains(&"no answer; run again".to_owned()));
    }
    stage.source.state().fail_at = None;
    stage.run().unwrap();
    assert_eq!(stage.names("contatos"), stage.names_at_source("contatos"));
}

#[test]
fn a_run_that_is_stopped_is_partial_and_the_next_one_goes_on_behind_it() {
    let stage = loaded().small_groups();
    stage.source.state().fail_at = Some((15, Error::Stopped));
    let report = stage.run().unwrap();
    assert_eq!((report.status, report.exit_code()), (Status::Partial, 3));
    let through = stage.bookmark("contatos").loading.and_then(|loading| loading.through);
    assert!(through.is_some());
    stage.source.state().fail_at = None;
    let report = stage.run().unwrap();
    assert_eq!(report.status, Status::Complete);
    let asked = stage.source.state().asked.join("\n");
    assert!(asked.contains(&format!("contatos Created {{ after: Some({})", through.unwrap())), "{asked}");
    assert_eq!(stage.names("contatos"), stage.names_at_source("contatos"));
    assert_eq!(stage.bookmark("contatos").loading, None);
}

#[test]
fn a_run_that_is_asked_to_stop_before_it_reads_writes_no_rows() {
    let stage = loaded();
    stage.context.progress.stop();
    let report = stage.run().unwrap();
    assert_eq!(report.status, Status::Partial);
    assert!(stage.live("contatos").is_empty());
}

#[test]
fn when_its_time_is_over_a_run_is_asked_to_stop() {
    let mut stage = loaded();
    stage.context.settings.time_limit = Some(Duration::from_micros(1));
    let asked = super::super::within_time(&stage.context, || {
        (0..100_000_000).any(|_| {
            std::thread::yield_now();
            stage.context.progress.stopping()
        })
    });
    assert!(asked);
}

#[test]
fn a_window_that_was_skipped_holds_the_bookmark_back() {
    let stage = loaded().small_groups();
    stage.source.state().broken_day = Some(jiff::civil::date(2026, 2, 10));
    let report = stage.run().unwrap();
    assert_eq!(report.status, Status::Partial);
    assert!(report.messages.iter().any(|message| message.contains("2026-02-10 could not be read")));
    let bookmark = stage.bookmark("contatos");
    assert_eq!(bookmark.cursor, None);
    assert_eq!(bookmark.loading.unwrap().through, Some(jiff::civil::date(2026, 2, 9)));
    stage.source.state().broken_day = None;
    assert_eq!(stage.run().unwrap().status, Status::Complete);
    assert_eq!(stage.names("contatos"), stage.names_at_source("contatos"));
}

#[test]
fn a_record_without_an_id_is_put_aside() {
    put_aside(&Stage::new(&["produtos"]), true);
    let mut masked = Stage::new(&["produtos"]);
    let mask = [("nome".to_owned(), crate::schema::Mask::Hash)].into();
    let own = crate::settings::StreamSettings { mask, ..Default::default() };
    masked.context.settings.streams.insert("produtos".to_owned(), own);
    put_aside(&masked, false);
}

/// As it was received, unless that would show what is masked.
fn put_aside(stage: &Stage, shown: bool) {
    let rest = ",\"id\":null,\"nome\":\"Ana\"".to_owned();
    let record = fake::Record { created: NOON, updated: None, parent: None, rest };
    stage.source.state().happen(fake::Event::Put("produtos", 1, record));
    stage.source.put("produtos", 2, NOON, NOON, "two");
    let report = stage.run().unwrap();
    assert_eq!(stage.live("produtos"), [2]);
    assert!(report.messages.iter().any(|message| message.contains("without an id")));
    let shelf = stage.shelf.borrow();
    let rejected = shelf.durable.notes.iter().find_map(|note| match note {
        Note::Rejected(rejected) => Some(rejected),
        _ => None,
    });
    assert_eq!(rejected.map(|rejected| rejected.reason.as_str()), Some("no id"));
    assert_eq!(rejected.map(|rejected| rejected.raw.contains("Ana")), Some(shown));
}

#[test]
fn a_destination_that_forgets_gets_every_record_once_in_a_run() {
    let stage = loaded();
    stage.shelf.borrow_mut().forgetful = true;
    let report = stage.run().unwrap();
    assert_eq!(report.status, Status::Complete);
    assert_eq!(stage.live("contatos").len(), 20);
    let again = stage.run().unwrap();
    let contacts = again.tables.iter().find(|table| table.table == "nectarcrm_contatos").unwrap();
    // The day of the cursor and the one before.
    assert_eq!(contacts.inserted, 2);
}

#[test]
fn the_run_is_recorded_with_its_figures() {
    let stage = loaded();
    let report = stage.run().unwrap();
    let shelf = stage.shelf.borrow();
    assert_eq!(shelf.durable.runs, std::slice::from_ref(&report));
    assert!(
        matches!(&shelf.durable.notes[0], Note::RunStarted { run: 1, what, .. } if what == "incremental")
    );
    assert!(report.requests > 0);
}

#[test]
fn a_plan_writes_nothing_and_counts_what_a_run_writes() {
    let stage = loaded();
    let plan = |stage: &Stage| {
        super::super::plan::plan_between(&stage.context, &stage.source, Memory::on(&stage.shelf)).unwrap()
    };
    let first = plan(&stage);
    assert_eq!(first[1].how, "first load");
    assert_eq!(first[1].rows, None);
    assert_eq!(stage.shelf.borrow().operations, 0);
    stage.run().unwrap();
    stage.source.put("contatos", 3, NOON - 27 * DAY, NOON, "changed");
    stage.source.put("contatos", 21, NOON, NOON, "new");
    stage.source.delete("produtos", 5);
    let durable = stage.shelf.borrow().durable.clone();
    let planned = plan(&stage);
    assert_eq!(stage.shelf.borrow().durable, durable);
    let contacts = planned.iter().find(|one| one.stream == "contatos").unwrap();
    assert_eq!((contacts.how.as_str(), contacts.rows), ("increment", Some(2)));
    let products = planned.iter().find(|one| one.stream == "produtos").unwrap();
    assert_eq!((products.rows, products.deletes), (Some(0), Some(1)));
    let report = stage.run().unwrap();
    let main = report.tables.iter().find(|table| table.table == "nectarcrm_contatos").unwrap();
    assert_eq!(main.inserted + main.updated, 2);
}

#[test]
fn verify_tells_what_is_missing_what_is_gone_and_what_differs() {
    let stage = loaded();
    stage.run().unwrap();
    stage.source.put("contatos", 3, NOON - 27 * DAY, NOON - 22 * DAY, "differs");
    stage.source.put("contatos", 21, NOON, NOON, "new");
    stage.source.delete("contatos", 4);
    let durable = stage.shelf.borrow().durable.clone();
    let found =
        super::super::verify::verify_between(&stage.context, &stage.source, Memory::on(&stage.shelf), 100)
            .unwrap();
    assert_eq!(stage.shelf.borrow().durable, durable);
    let told: Vec<(i64, &str)> = found.differences.iter().map(|one| (one.id, one.what)).collect();
    assert_eq!(told, [(21, "missing in the warehouse"), (4, "deleted in the source"), (3, "differs")]);
    assert_eq!(found.streams[1], ("contatos".to_owned(), 20, 20, 19));
}

#[test]
fn a_backfill_reads_days_again_and_moves_no_bookmark() {
    let stage = loaded();
    stage.run().unwrap();
    let bookmark = stage.bookmark("contatos");
    // Changed at the source without a trace in its moments.
    stage.source.put("contatos", 3, NOON - 27 * DAY, NOON - 22 * DAY, "silent");
    assert_eq!(changed(&stage.run().unwrap()), 0);
    let day = jiff::civil::date(2026, 2, 3);
    let backfill = || {
        super::super::backfill_between(
            &stage.context,
            &stage.source,
            Memory::on(&stage.shelf),
            "contatos",
            day,
            day,
        )
    };
    let report = backfill().unwrap();
    assert_eq!((report.tables[3].read, report.tables[3].updated), (1, 1), "{:?}", report.tables);
    assert_eq!(stage.names("contatos")[&3], "silent");
    assert_eq!(changed(&backfill().unwrap()), 0);
    assert_eq!(stage.bookmark("contatos"), bookmark);
}

#[test]
fn a_second_run_at_the_same_time_is_refused_and_harms_nothing() {
    let stage = loaded();
    stage.run().unwrap();
    stage.shelf.borrow_mut().locked = true;
    let durable = stage.shelf.borrow().durable.clone();
    assert!(matches!(stage.run(), Err(Error::Destination(_))));
    assert_eq!(stage.shelf.borrow().durable, durable);
}
