//! The change feed replaces windows and sweeps after the first load.

use super::fake::{Event, Record};
use super::*;
use crate::report::Status;

pub(super) fn loaded() -> Stage {
    let mut stage = Stage::new(&["contatos", "oportunidades", "propostas", "produtos"]);
    stage.context.settings.source = SourceKind::Favo;
    stage.source.state().feed = true;
    for id in 1..=6 {
        stage.source.put("contatos", id, NOON - (30 - id) * DAY, NOON - 20 * DAY, &format!("c{id}"));
        stage.source.put("oportunidades", id, NOON - (30 - id) * DAY, NOON - 20 * DAY, &format!("o{id}"));
        stage.source.propose(id * 10, id, "first");
        stage.source.put("produtos", id, NOON, NOON, &format!("p{id}"));
    }
    stage
}

pub(super) fn change(stage: &Stage) {
    let source = &stage.source;
    source.put("contatos", 2, NOON - 28 * DAY, NOON, "changed");
    source.put("contatos", 7, NOON, NOON, "new");
    source.delete("contatos", 1);
    source.put("produtos", 3, NOON, NOON, "changed");
    source.delete("produtos", 4);
    source.propose(30, 3, "changed");
    source.propose(31, 3, "new");
    source.delete("propostas", 20);
    // Gone, and back again.
    source.delete("contatos", 5);
    source.put("contatos", 5, NOON - 25 * DAY, NOON - 20 * DAY, "c5");
    source.delete("oportunidades", 6);
    source.delete("propostas", 60);
}

pub(super) fn assert_alike(stage: &Stage) {
    for stream in ["contatos", "oportunidades", "produtos"] {
        assert_eq!(stage.names(stream), stage.names_at_source(stream));
    }
    let proposals: Vec<i64> = stage.source.state().records["propostas"].keys().copied().collect();
    assert_eq!(stage.live("propostas"), proposals);
}

#[test]
fn an_increment_takes_one_pass_over_the_feed_and_nothing_else() {
    let stage = loaded();
    stage.shelf.borrow_mut().tells_parents = true;
    assert_eq!(stage.run().unwrap().status, Status::Complete);
    assert_alike(&stage);
    change(&stage);
    stage.source.state().asked.clear();
    let report = stage.run().unwrap();
    assert_alike(&stage);
    let deleted: u64 = report.tables.iter().map(|table| table.deleted).sum();
    assert_eq!(deleted, 5, "{:?}", report.messages);
    let asked = stage.source.state().asked.clone();
    // The fake feed gives four entries of the log at a time.
    assert_eq!(asked, ["hello", "changes after 24", "custom fields", "changes after 28", "changes after 32"]);
    stage.source.state().asked.clear();
    assert_eq!(changed(&stage.run().unwrap()), 0);
    assert_eq!(stage.source.state().asked, ["hello", "changes after 36"]);
    assert!(stage.shelf.borrow().durable.bookmarks.values().all(|bookmark| bookmark.feed == Some(36.into())));
}

#[test]
fn what_changes_while_the_first_load_goes_on_is_in_the_feed() {
    let stage = loaded();
    {
        let mut state = stage.source.state();
        let record = |name: &str| Record {
            created: NOON - 29 * DAY,
            updated: Some(NOON - 20 * DAY),
            parent: None,
            rest: format!(",\"nome\":\"{name}\""),
        };
        // The moment of change does not move: only the feed can tell.
        let late = state.script.entry(18).or_default();
        late.push(Event::Put("contatos", 1, record("changed")));
        late.push(Event::Delete("contatos", 2));
        late.push(Event::Put("produtos", 9, record("new")));
    }
    stage.run().unwrap();
    stage.run().unwrap();
    assert_alike(&stage);
}

#[test]
fn a_feed_that_was_cut_off_leads_to_a_full_read() {
    let stage = loaded();
    stage.run().unwrap();
    change(&stage);
    // The server was put back to an older state: even older moments count.
    stage.source.put("contatos", 3, NOON - 27 * DAY, NOON - 26 * DAY, "restored");
    stage.source.state().log_begins = 30;
    let report = stage.run().unwrap();
    assert!(report.messages.iter().any(|message| message.contains("no longer reaches back")));
    assert_alike(&stage);
    let length = stage.source.state().log.len() as i64;
    assert!(
        stage.shelf.borrow().durable.bookmarks.values().all(|bookmark| bookmark.feed == Some(length.into()))
    );
    assert_eq!(changed(&stage.run().unwrap()), 0);
}

#[test]
fn turning_to_the_feed_finds_what_vanished_before() {
    let mut stage = loaded();
    stage.context.settings.sweep = Sweep::Every(Duration::from_hours(24));
    stage.source.state().feed = false;
    stage.run().unwrap();
    change(&stage);
    stage.source.state().feed = true;
    stage.run().unwrap();
    assert_alike(&stage);
    change(&stage);
    stage.run().unwrap();
    assert_alike(&stage);
}

#[test]
fn mass_deletes_of_the_feed_are_refused_as_well() {
    let mut stage = Stage::new(&["contatos"]);
    stage.source.state().feed = true;
    stage.source.state().page = 100;
    for id in 1..=40 {
        stage.source.put("contatos", id, NOON - DAY, NOON - DAY, "n");
    }
    stage.run().unwrap();
    for id in 1..=40 {
        stage.source.delete("contatos", id);
    }
    let position = stage.bookmark("contatos").feed;
    assert_eq!(stage.run().unwrap_err().exit_code(), 4);
    assert_eq!(stage.live("contatos").len(), 40);
    assert_eq!(stage.bookmark("contatos").feed, position);
    stage.context.settings.allow_mass_delete = true;
    stage.run().unwrap();
    assert!(stage.live("contatos").is_empty());
}

#[test]
fn records_that_were_never_stored_do_not_count_as_deletes() {
    let stage = Stage::new(&["contatos"]);
    stage.source.state().feed = true;
    stage.source.put("contatos", 1, NOON - DAY, NOON - DAY, "n");
    stage.run().unwrap();
    for id in 2..=1_100 {
        stage.source.put("contatos", id, NOON, NOON, "short-lived");
    }
    for id in 2..=1_100 {
        stage.source.delete("contatos", id);
    }
    stage.source.put("contatos", 2_000, NOON, NOON, "n");
    assert_eq!(stage.run().unwrap().status, Status::Complete);
    assert_eq!(stage.names("contatos"), stage.names_at_source("contatos"));
}

#[test]
fn a_pass_over_proposals_that_was_stopped_leaves_the_feed_where_it_began() {
    let stage = loaded().small_groups();
    let requests = {
        let whole = loaded();
        whole.run().unwrap();
        whole.source.state().requests
    };
    stage.source.state().fail_at = Some((requests - 2, crate::Error::Stopped));
    assert_eq!(stage.run().unwrap().status, Status::Partial);
    assert!(stage.bookmark("propostas").pass.is_some());
    // In front of the pass, and its opportunity does not show it.
    stage.source.propose(11, 1, "new");
    stage.run().unwrap();
    stage.run().unwrap();
    assert_eq!(stage.bookmark("propostas").pass, None);
    assert_alike(&stage);
}
