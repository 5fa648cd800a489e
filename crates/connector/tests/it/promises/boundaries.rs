//! Nothing is lost at a boundary: between two runs, between two pages, between two lists.

use std::collections::BTreeSet;

use favo_connector::testing::{Fault, Json, Model, Random, Rule, Size};

use super::{Make, Trial};

everywhere! {
    changes_in_the_second_of_the_bookmark_arrive_on_both_sides_of_it
    what_changes_while_a_run_reads_arrives_with_the_next
}

once! {
    a_record_that_stays_is_never_lost_while_others_come_and_go
    a_deal_that_moves_between_status_lists_is_not_lost
    records_that_do_not_tell_when_they_changed_are_kept
    proposals_are_asked_for_changed_deals_only
    records_created_in_corrupt_years_and_in_the_future_are_read
    one_page_after_the_other_holds_the_same_second
}

const SECOND: i64 = 1_000_000;
const LISTS: [&str; 3] = ["contatos", "oportunidades", "qualificacoes"];

fn changes_in_the_second_of_the_bookmark_arrive_on_both_sides_of_it(make: Make<'_>) {
    let trial = make(Size::TINY);
    // The newest change lies ten minutes back, where the bookmark may stand on it.
    let newest = trial.source.model(|model| model.now()) - 600 * SECOND;
    trial.source.model(|model| {
        for list in LISTS {
            let id = model.ids(list)[0];
            model.update_at(list, id, newest, |body| body.set("nome", Json::text("antes")));
        }
    });
    trial.complete_run();
    trial.assert_in_step();
    // The same moment again: one record that was there changes, one that was there is told to have changed a moment before, one is new.
    trial.source.model(|model| {
        for list in LISTS {
            let ids = model.ids(list);
            model.update_at(list, ids[1], newest, |body| body.set("nome", Json::text("no mesmo instante")));
            model.update_at(list, ids[2], newest - 1000, |body| body.set("nome", Json::text("logo antes")));
            model.update_at(list, ids[0], newest, |body| body.set("nome", Json::text("depois")));
            let new = model.create_at(list, newest - 5 * SECOND, Some(newest));
            model.update_at(list, new, newest, |_| {});
        }
    });
    trial.complete_run();
    trial.assert_in_step();
}

/// Something happens to records of every list; none of `spared` is touched.
fn disturb(model: &mut Model, random: &mut Random, spared: &BTreeSet<i64>) {
    const ALL: [&str; 7] =
        ["contatos", "oportunidades", "qualificacoes", "tarefas", "compromissos", "pipeline", "produto"];
    let list = *random.pick(&ALL);
    let free: Vec<i64> = model.ids(list).into_iter().filter(|id| !spared.contains(id)).collect();
    if free.len() < 3 {
        model.create(list);
        return;
    }
    let id = *random.pick(&free);
    match random.below(10) {
        0..3 => {
            model.create(list);
        }
        3..6 => model.rename(list, id, &format!("mudou {}", random.below(1000))),
        6 if list == "oportunidades" => {
            let status = Json::number(&(1 + random.below(5)).to_string());
            model.update(list, id, |body| body.set("status", status));
        }
        _ => model.delete(list, id),
    }
}

fn what_changes_while_a_run_reads_arrives_with_the_next(make: Make<'_>) {
    let trial = make(Size::TINY).sweeping();
    trial.source.habits(|habits| habits.page_cap = 7);
    let mut random = Random::new(3);
    let nothing = BTreeSet::new();
    trial.source.script(
        Rule::new(Fault::Change(Box::new(move |model| {
            if random.percent(30) {
                disturb(model, &mut random, &nothing);
            }
        })))
        .always(),
    );
    trial.run();
    trial.run();
    trial.source.behave();
    // Changes without a moment of their own are found by reading everything; lists without such a moment are read whole anyway.
    trial.complete_run();
    trial.assert_in_step();
}

fn a_record_that_stays_is_never_lost_while_others_come_and_go(make: Make<'_>) {
    for round in 0..6 {
        let trial = make(Size { contatos: 90, tarefas: 60, ..Size::TINY });
        trial.source.habits(|habits| habits.page_cap = 9);
        let lists =
            ["contatos", "oportunidades", "qualificacoes", "tarefas", "compromissos", "pipeline", "produto"];
        let mut random = Random::new(100 + round);
        let spared: BTreeSet<i64> = trial.source.model(|model| {
            lists.iter().flat_map(|list| model.ids(list)).filter(|_| random.percent(50)).collect()
        });
        let untouched = spared.clone();
        trial.source.script(
            Rule::new(Fault::Change(Box::new(move |model| {
                for _ in 0..random.below(4) {
                    disturb(model, &mut random, &untouched);
                }
            })))
            .times(150)
            .skip(3),
        );
        trial.run();
        let stored: BTreeSet<i64> = [
            "contatos",
            "oportunidades",
            "qualificacoes",
            "tarefas",
            "compromissos",
            "pipelines",
            "produtos",
        ]
        .iter()
        .flat_map(|table| trial.ids(table, false))
        .collect();
        let lost: Vec<&i64> = spared.difference(&stored).collect();
        assert!(lost.is_empty(), "round {round}: lost {lost:?}");
    }
}

fn a_deal_that_moves_between_status_lists_is_not_lost(make: Make<'_>) {
    let trial = make(Size { oportunidades: 60, ..Size::TINY });
    trial.source.habits(|habits| habits.page_cap = 10);
    // A deal that stands in a list that is still to come moves to one that was read already, between the two.
    trial.source.script(
        Rule::new(Fault::Change(Box::new(|model| {
            let closed: Vec<i64> = model.ids("oportunidades");
            let lost = closed
                .into_iter()
                .find(|id| model.entry("oportunidades", *id).body.get("status") == Some(&Json::number("4")));
            if let Some(id) = lost {
                model.update("oportunidades", id, |body| body.set("status", Json::number("1")));
            }
        })))
        .holding("/oportunidades?")
        .skip(2)
        .times(40),
    );
    trial.run();
    trial.source.behave();
    trial.complete_run();
    trial.assert_in_step();
}

fn records_that_do_not_tell_when_they_changed_are_kept(make: Make<'_>) {
    let trial = make(Size::TINY);
    trial.source.model(|model| {
        let created = model.now() - 40 * 86_400 * SECOND;
        for list in LISTS {
            model.create_at(list, created, None);
        }
    });
    trial.complete_run();
    trial.assert_in_step();
}

fn proposals_are_asked_for_changed_deals_only(make: Make<'_>) {
    let trial = make(Size { oportunidades: 30, ..Size::TINY });
    trial.complete_run();
    let asked =
        || trial.source.log().iter().filter(|one| one.path.starts_with("/proposta/opportunity/")).count();
    assert_eq!(asked(), 30, "once for each deal");
    trial.assert_in_step();
    trial.later(1);
    let changed = trial.source.model(|model| {
        let id = model.ids("oportunidades")[4];
        model.rename("oportunidades", id, "nova proposta");
        model.propose(id);
        id
    });
    trial.source.clear_log();
    trial.complete_run();
    let paths: BTreeSet<String> = trial.source.log().into_iter().map(|one| one.path).collect();
    assert!(paths.contains(&format!("/proposta/opportunity/{changed}")), "{paths:?}");
    assert_eq!(asked(), 1);
    trial.assert_in_step();
}

fn records_created_in_corrupt_years_and_in_the_future_are_read(make: Make<'_>) {
    let trial = make(Size::TINY);
    trial.source.model(|model| {
        let now = model.now();
        for list in LISTS {
            model.create_at(list, -61_283_000_000 * SECOND, Some(now - 86_400 * SECOND));
            model.create_at(list, now + 400 * 86_400 * SECOND, Some(now + 2 * 86_400 * SECOND));
        }
    });
    trial.complete_run();
    trial.assert_in_step();
    // A change that lies in the future must not carry the bookmark past what changes now.
    trial.later(1);
    trial.source.model(|model| {
        for list in LISTS {
            let id = model.ids(list)[0];
            model.rename(list, id, "mudou agora");
        }
    });
    trial.complete_run();
    trial.assert_in_step();
}

fn one_page_after_the_other_holds_the_same_second(make: Make<'_>) {
    let trial = make(Size { contatos: 130, ..Size::TINY });
    trial.source.habits(|habits| habits.page_cap = 10);
    trial.complete_run();
    trial.assert_in_step();
    trial.later(1);
    trial.source.model(|model| {
        let now = model.now();
        for id in model.ids("contatos") {
            model.update_at("contatos", id, now, |body| body.set("nome", Json::text("lote")));
        }
    });
    let report = trial.complete_run();
    trial.assert_in_step();
    let contacts = report.tables.iter().find(|table| table.table == "nectarcrm_contatos").unwrap();
    assert_eq!(contacts.updated, 130);
}
