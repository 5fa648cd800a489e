//! The heart of the promise: a run that dies at any operation, then one run, equals an undisturbed run.

use super::*;
use crate::Error;
use crate::settings::StreamSettings;

/// Lets the run after `prepare` die at every operation of the destination and at every request of the source, and compares what the next run makes of it.
fn dies_anywhere(prepared: &Stage) {
    let undisturbed = prepared.fork();
    let before = (undisturbed.shelf.borrow().operations, undisturbed.source.state().requests);
    undisturbed.run().unwrap();
    let operations = undisturbed.shelf.borrow().operations - before.0;
    let requests = undisturbed.source.state().requests - before.1;
    assert!(operations > 5 && requests > 1, "nothing happened");
    let expected = undisturbed.visible();
    // At each operation; and at each commit once more, when it was done and only the answer was lost.
    let commits = undisturbed.shelf.borrow().commits.clone();
    let places = (1..=operations).map(|at| (before.0 + at, false));
    let lost = commits.into_iter().filter(|at| *at > before.0).map(|at| (at, true));
    for (at, answer_lost) in places.chain(lost) {
        let stage = prepared.fork();
        stage.shelf.borrow_mut().answer_lost = answer_lost;
        stage.shelf.borrow_mut().fail_at = Some(at);
        assert!(stage.run().is_err(), "the run did not die at operation {at}");
        stage.shelf.borrow_mut().fail_at = None;
        let place = format!("operation {} of {operations}", at - before.0);
        assert_recovers(&stage, &undisturbed, &expected, &place);
    }
    for error in [Error::Source("no answer; run again".to_owned()), Error::Stopped] {
        for at in 1..=requests {
            let stage = prepared.fork();
            stage.source.state().fail_at = Some((before.1 + at, error.clone()));
            let _ = stage.run();
            stage.source.state().fail_at = None;
            assert_recovers(&stage, &undisturbed, &expected, &format!("request {at} of {requests}: {error}"));
        }
    }
}

fn assert_recovers(
    stage: &Stage,
    undisturbed: &Stage,
    expected: &BTreeMap<String, Vec<String>>,
    place: &str,
) {
    let report = stage.run().unwrap_or_else(|error| panic!("{place}: {error}"));
    assert_eq!(report.status, crate::report::Status::Complete, "{place}");
    assert_eq!(stage.visible(), *expected, "died at {place}");
    for (stream, bookmark) in &stage.shelf.borrow().durable.bookmarks {
        let wanted = undisturbed.bookmark(stream);
        assert!(
            bookmark.loading.is_none() && bookmark.pending.is_empty() && bookmark.pass.is_none(),
            "{place}"
        );
        assert_eq!(
            (bookmark.cursor, bookmark.feed),
            (wanted.cursor, wanted.feed),
            "{stream} died at {place}"
        );
    }
    assert_eq!(changed(&stage.run().unwrap()), 0, "{place}");
}

fn contacts() -> Stage {
    let stage = Stage::new(&["contatos", "produtos"]).small_groups();
    for id in 1..=9 {
        stage.source.put(
            "contatos",
            id,
            NOON - (10 - id / 2) * DAY,
            NOON - (10 - id) * DAY,
            &format!("n{id}"),
        );
    }
    for id in 1..=4 {
        stage.source.put("produtos", id, NOON - DAY, NOON - DAY, &format!("p{id}"));
    }
    stage
}

fn change_contacts(stage: &Stage) {
    stage.wait(DAY);
    for id in [2, 5, 8] {
        stage.source.put("contatos", id, NOON - (10 - id / 2) * DAY, NOON + id, "changed");
    }
    stage.source.put("contatos", 10, NOON, NOON, "new");
    stage.source.put("produtos", 2, NOON, NOON, "changed");
}

#[test]
fn in_a_first_load() {
    dies_anywhere(&contacts());
}

#[test]
fn in_an_increment() {
    let stage = contacts();
    stage.run().unwrap();
    change_contacts(&stage);
    dies_anywhere(&stage);
}

#[test]
fn in_a_sweep() {
    let mut stage = contacts();
    stage.context.settings.sweep = Sweep::EveryRun;
    stage.run().unwrap();
    change_contacts(&stage);
    stage.source.delete("contatos", 1);
    stage.source.delete("contatos", 9);
    stage.source.delete("produtos", 4);
    dies_anywhere(&stage);
}

#[test]
fn in_a_read_for_another_shape() {
    let mut stage = contacts();
    stage.context.settings.sweep = Sweep::Every(Duration::from_hours(24));
    stage.run().unwrap();
    let own = StreamSettings { exclude: vec!["site".to_owned()], ..StreamSettings::default() };
    stage.context.settings.streams.insert("contatos".to_owned(), own);
    stage.source.delete("contatos", 3);
    dies_anywhere(&stage);
}

#[test]
fn in_the_first_pass_over_proposals() {
    dies_anywhere(&super::proposals::loaded().small_groups());
}

#[test]
fn between_opportunities_and_their_proposals() {
    let stage = super::proposals::loaded().small_groups();
    stage.run().unwrap();
    for id in [1, 4, 7] {
        stage.source.put("oportunidades", id, NOON - (30 - id) * DAY, NOON, "changed");
        stage.source.propose(id * 10, id, "changed");
        stage.source.propose(id * 10 + 2, id, "third");
    }
    dies_anywhere(&stage);
}

#[test]
fn in_a_sweep_of_opportunities_and_proposals() {
    for tells_parents in [false, true] {
        let mut stage = super::proposals::loaded().small_groups();
        stage.shelf.borrow_mut().tells_parents = tells_parents;
        stage.context.settings.sweep = Sweep::EveryRun;
        stage.run().unwrap();
        stage.source.delete("oportunidades", 2);
        stage.source.delete("propostas", 20);
        stage.source.delete("propostas", 21);
        stage.source.delete("propostas", 50);
        dies_anywhere(&stage);
    }
}

#[test]
fn in_a_first_load_with_a_feed() {
    dies_anywhere(&super::feed::loaded().small_groups());
}

#[test]
fn in_a_pass_over_the_feed() {
    for tells_parents in [false, true] {
        let stage = super::feed::loaded().small_groups();
        stage.shelf.borrow_mut().tells_parents = tells_parents;
        stage.run().unwrap();
        super::feed::change(&stage);
        dies_anywhere(&stage);
    }
}
