//! Proposals follow their opportunities.

use super::*;
use crate::report::Status;

pub(super) fn loaded() -> Stage {
    let stage = Stage::new(&["oportunidades", "propostas"]);
    for id in 1..=7 {
        stage.source.put(
            "oportunidades",
            id,
            NOON - (30 - id) * DAY,
            NOON - (29 - id) * DAY,
            &format!("o{id}"),
        );
        stage.source.propose(id * 10, id, "first");
        stage.source.propose(id * 10 + 1, id, "second");
    }
    stage
}

fn asked_for_proposals(stage: &Stage) -> Vec<String> {
    let state = stage.source.state();
    state.asked.iter().filter(|asked| asked.starts_with("propostas of")).cloned().collect()
}

#[test]
fn the_first_run_reads_all_and_later_runs_those_whose_opportunity_changed() {
    let stage = loaded();
    stage.run().unwrap();
    assert_eq!(stage.live("propostas").len(), 14);
    stage.source.state().asked.clear();
    assert_eq!(changed(&stage.run().unwrap()), 0);
    assert!(asked_for_proposals(&stage).is_empty());
    stage.source.put("oportunidades", 3, NOON - 27 * DAY, NOON, "changed");
    stage.source.propose(30, 3, "changed");
    stage.source.propose(32, 3, "third");
    let report = stage.run().unwrap();
    assert_eq!(asked_for_proposals(&stage), ["propostas of 3"]);
    assert_eq!(stage.live("propostas").len(), 15);
    let proposals = report.tables.last().unwrap();
    assert_eq!((proposals.inserted, proposals.updated, proposals.unchanged), (1, 1, 1));
    assert!(stage.bookmark("propostas").pending.is_empty());
}

#[test]
fn a_full_pass_finds_proposals_that_vanished() {
    let mut stage = loaded();
    stage.run().unwrap();
    stage.source.delete("propostas", 20);
    stage.context.settings.sweep = Sweep::Every(Duration::from_hours(24));
    stage.run().unwrap();
    assert!(stage.live("propostas").contains(&20));
    stage.wait(DAY);
    stage.run().unwrap();
    assert!(!stage.live("propostas").contains(&20));
    assert_eq!(stage.live("propostas").len(), 13);
}

#[test]
fn the_proposals_of_a_deleted_opportunity_go_with_it() {
    for tells_parents in [false, true] {
        let mut stage = loaded();
        stage.shelf.borrow_mut().tells_parents = tells_parents;
        stage.context.settings.sweep = Sweep::Every(Duration::from_hours(24));
        stage.run().unwrap();
        stage.wait(DAY);
        stage.source.delete("oportunidades", 2);
        stage.source.delete("propostas", 20);
        stage.source.delete("propostas", 21);
        stage.run().unwrap();
        assert_eq!(stage.live("oportunidades"), [1, 3, 4, 5, 6, 7]);
        assert_eq!(stage.live("propostas").len(), 12, "tells parents: {tells_parents}");
    }
}

#[test]
fn a_pass_that_is_stopped_goes_on_where_it_was() {
    let stage = loaded().small_groups();
    let requests = {
        let whole = loaded();
        whole.run().unwrap();
        whole.source.state().requests
    };
    // In the middle of the pass over seven opportunities.
    stage.source.state().fail_at = Some((requests - 2, crate::Error::Stopped));
    assert_eq!(stage.run().unwrap().status, Status::Partial);
    let pass = stage.bookmark("propostas").pass;
    assert_eq!(pass, Some(4));
    // Behind the pass, and in front of it.
    for id in [2, 6] {
        stage.source.put("oportunidades", id, NOON - (30 - id) * DAY, NOON, "changed");
        stage.source.propose(id * 10 + 2, id, "third");
    }
    stage.source.state().asked.clear();
    assert_eq!(stage.run().unwrap().status, Status::Complete);
    assert_eq!(
        asked_for_proposals(&stage),
        ["propostas of 5", "propostas of 6", "propostas of 7", "propostas of 2"]
    );
    assert_eq!(stage.live("propostas").len(), 16);
    assert_eq!(stage.bookmark("propostas").pass, None);
}

#[test]
fn without_the_opportunities_the_source_names_them() {
    let mut stage = loaded();
    stage.context.settings.tables = vec!["propostas".to_owned()];
    stage.run().unwrap();
    assert_eq!(stage.live("propostas").len(), 14);
    assert!(stage.live("oportunidades").is_empty());
    assert_eq!(changed(&stage.run().unwrap()), 0);
}

#[test]
fn a_destination_that_forgets_gets_the_proposals_of_what_was_read() {
    let stage = loaded();
    stage.shelf.borrow_mut().forgetful = true;
    stage.run().unwrap();
    assert_eq!(stage.live("propostas").len(), 14);
    stage.source.put("oportunidades", 3, NOON - 27 * DAY, NOON, "changed");
    stage.source.propose(32, 3, "third");
    stage.source.state().asked.clear();
    stage.run().unwrap();
    assert!(asked_for_proposals(&stage).contains(&"propostas of 3".to_owned()));
    assert_eq!(stage.live("propostas").len(), 15);
}

#[test]
fn a_sweep_that_is_asked_for_looks_at_proposals_whatever_runs_do() {
    let stage = loaded();
    stage.run().unwrap();
    stage.source.delete("propostas", 20);
    super::super::sweep_between(&stage.context, &stage.source, Memory::on(&stage.shelf)).unwrap();
    assert!(!stage.live("propostas").contains(&20));
    assert_eq!(stage.live("propostas").len(), 13);
}
