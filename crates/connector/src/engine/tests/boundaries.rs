//! Nothing is lost where two runs meet.

use proptest::prelude::*;

use super::fake::{Event, Record};
use super::*;

fn contact(created: i64, updated: i64, name: &str) -> Record {
    Record { created, updated: Some(updated), parent: None, rest: format!(",\"nome\":\"{name}\"") }
}

#[test]
fn changes_in_the_same_second_on_both_sides_of_a_run_are_both_there() {
    let stage = Stage::new(&["contatos"]);
    stage.source.put("contatos", 1, NOON - DAY, NOON - DAY, "before");
    stage.run().unwrap();
    // The very moment of the cursor.
    stage.source.put("contatos", 2, NOON - DAY, NOON - DAY, "same second");
    stage.source.put("contatos", 1, NOON - DAY, NOON - DAY, "again, same second");
    stage.run().unwrap();
    assert_eq!(stage.names("contatos"), stage.names_at_source("contatos"));
}

#[test]
fn the_zone_of_the_tables_does_not_move_the_days_that_are_asked_for() {
    const HOUR: i64 = DAY / 24;
    for zone in ["UTC", "Asia/Tokyo", "America/Los_Angeles"] {
        let mut stage = Stage::new(&["contatos"]);
        stage.context.settings.zone = zone.to_owned();
        stage.context.settings.lookback_days = 0;
        // Ten in the evening in São Paulo is the next day already further east.
        stage.wait(10 * HOUR);
        stage.source.put("contatos", 1, NOON - DAY, NOON + 10 * HOUR - HOUR / 4, "before");
        stage.run().unwrap();
        stage.source.put("contatos", 2, NOON - DAY, NOON + 10 * HOUR, "after");
        stage.wait(HOUR);
        stage.run().unwrap();
        assert_eq!(stage.names("contatos"), stage.names_at_source("contatos"), "{zone}");
    }
}

#[test]
fn a_row_that_changes_while_the_run_goes_on_is_right_after_the_next_one() {
    let stage = Stage::new(&["contatos"]);
    for id in 1..=10 {
        stage.source.put("contatos", id, NOON - id * DAY, NOON - id * DAY, "old");
    }
    stage.source.state().script.insert(
        8,
        vec![
            Event::Put("contatos", 10, contact(NOON - 10 * DAY, NOON, "changed behind the reader")),
            Event::Put("contatos", 1, contact(NOON - DAY, NOON, "changed in front of it")),
            Event::Put("contatos", 11, contact(NOON, NOON, "new")),
        ],
    );
    stage.run().unwrap();
    stage.wait(DAY);
    stage.run().unwrap();
    assert_eq!(stage.names("contatos"), stage.names_at_source("contatos"));
}

#[test]
fn a_moment_in_the_future_does_not_carry_the_cursor_away() {
    let stage = Stage::new(&["contatos"]);
    stage.source.put("contatos", 1, NOON - DAY, NOON + 3_000 * DAY, "from a clock that runs ahead");
    stage.run().unwrap();
    assert_eq!(stage.bookmark("contatos").cursor, Some(NOON - 300 * SECOND));
    stage.wait(DAY);
    stage.source.put("contatos", 2, NOON + DAY, NOON + DAY, "later");
    stage.run().unwrap();
    assert_eq!(stage.names("contatos"), stage.names_at_source("contatos"));
}

#[test]
fn the_local_clock_decides_nothing() {
    let stage = Stage::new(&["contatos"]);
    // Ten years ahead of the source.
    stage.clock.now.fetch_add(3_650 * DAY, Ordering::Relaxed);
    stage.source.put("contatos", 1, NOON - DAY, NOON - SECOND, "one");
    stage.run().unwrap();
    assert_eq!(stage.bookmark("contatos").cursor, Some(NOON - 300 * SECOND));
    stage.source.put("contatos", 2, NOON, NOON, "two");
    stage.run().unwrap();
    assert_eq!(stage.live("contatos"), [1, 2]);
}

#[test]
fn the_cursor_never_goes_back() {
    let stage = Stage::new(&["contatos"]);
    stage.source.put("contatos", 1, NOON - 9 * DAY, NOON - DAY, "one");
    stage.run().unwrap();
    let cursor = stage.bookmark("contatos").cursor;
    stage.source.delete("contatos", 1);
    stage.source.put("contatos", 2, NOON - 9 * DAY, NOON - 2 * DAY, "older");
    // The source's clock was put back.
    stage.source.state().clock -= 30 * DAY;
    stage.run().unwrap();
    assert_eq!(stage.bookmark("contatos").cursor, cursor);
}

#[test]
fn an_old_page_that_comes_late_does_not_undo_a_newer_one() {
    let stage = Stage::new(&["contatos"]);
    stage.source.put("contatos", 1, NOON - DAY, NOON - SECOND, "new");
    stage.run().unwrap();
    stage.source.put("contatos", 1, NOON - DAY, NOON - 2 * SECOND, "old, from a cache");
    stage.run().unwrap();
    assert_eq!(stage.names("contatos")[&1], "new");
}

#[test]
fn records_without_a_moment_of_change_are_kept() {
    let stage = Stage::new(&["contatos"]);
    let record =
        Record { created: NOON - DAY, updated: None, parent: None, rest: ",\"nome\":\"x\"".to_owned() };
    stage.source.state().happen(Event::Put("contatos", 1, record));
    stage.run().unwrap();
    assert_eq!(stage.live("contatos"), [1]);
    assert!(stage.bookmark("contatos").cursor.is_some(), "an increment follows");
    stage.source.put("contatos", 2, NOON, NOON, "dated");
    stage.run().unwrap();
    assert_eq!(stage.live("contatos"), [1, 2]);
}

/// Two states of one record in one page, and on two pages of one group.
#[test]
fn of_several_states_in_one_group_the_newest_stays() {
    let stage = Stage::new(&["contatos"]);
    let run = |pages: &[&str]| {
        let mut run = super::super::survey::open(
            &stage.context,
            &stage.source,
            Memory::on(&stage.shelf),
            "test",
            super::super::survey::Start::AsIs,
        )
        .unwrap();
        for body in pages {
            let page =
                crate::source::Page { body: body.as_bytes().to_vec(), received_at: NOON, parent: None };
            run.take(0, &page, super::super::merge::Trust::Newest).unwrap();
        }
        run.finish(Ok(())).unwrap()
    };
    let state = |second: u8, name: &str| {
        format!(r#"{{"id":1,"nome":"{name}","dataAtualizacao":"2026-03-02T12:00:0{second}.000Z"}}"#)
    };
    run(&[&format!("[{},{},{}]", state(1, "a"), state(3, "b"), state(2, "c"))]);
    assert_eq!(stage.names("contatos")[&1], "b");
    run(&[&format!("[{}]", state(5, "d")), &format!("[{}]", state(4, "e")), &format!("[{}]", state(5, "f"))]);
    assert_eq!(stage.names("contatos")[&1], "f");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whatever changes, also between the pages of a run: two runs later everything is as it is at the source.
    #[test]
    fn after_a_quiet_run_the_warehouse_is_the_source(
        changes in proptest::collection::vec((1i64..25, 0i64..40, any::<bool>()), 1..60),
        during in proptest::collection::vec((1u64..40, 1i64..25, any::<bool>()), 0..12),
        small in any::<bool>(),
    ) {
        let mut stage = Stage::new(&["contatos"]);
        if small {
            stage = stage.small_groups();
        }
        stage.context.settings.sweep = Sweep::EveryRun;
        let created = |id: i64| NOON - (40 - id) * DAY;
        for (number, chunk) in changes.chunks(20).enumerate() {
            for (position, (id, ago, delete)) in chunk.iter().enumerate() {
                if *delete {
                    stage.source.delete("contatos", *id);
                } else {
                    let now = stage.source.state().clock;
                    // The first changes lie far back, the others are of the time since the last run.
                    let updated = if number == 0 { now - ago * DAY / 4 } else { now - DAY / 2 + position as i64 };
                    let updated = updated.max(created(*id));
                    stage.source.put("contatos", *id, created(*id), updated, &format!("{number} {position}"));
                }
            }
            if number == 0 {
                let mut state = stage.source.state();
                for (request, id, delete) in &during {
                    let event = if *delete {
                        Event::Delete("contatos", *id)
                    } else {
                        Event::Put("contatos", *id, contact(created(*id), NOON + *request as i64, "during"))
                    };
                    state.script.entry(*request).or_default().push(event);
                }
            }
            stage.run().unwrap();
            stage.source.state().script.clear();
            stage.wait(DAY);
        }
        stage.run().unwrap();
        prop_assert_eq!(stage.names("contatos"), stage.names_at_source("contatos"));
        prop_assert_eq!(changed(&stage.run().unwrap()), 0);
    }
}
