//! Deletes are found by a complete enumeration and by nothing less, and marked with care.

use favo_connector::settings::{Deletes, Drift, Sweep};
use favo_connector::testing::warehouse::Raw;
use favo_connector::testing::{Fault, Rule, Size};

use super::{Make, Trial};

everywhere! {
    a_deleted_record_is_marked_with_its_children_and_a_restored_one_is_not
    hard_deletes_take_the_rows_away
}

once! {
    deletes_are_looked_for_when_a_day_has_passed
    a_sweep_that_fails_in_the_middle_marks_nothing
    a_sweep_that_is_shown_an_empty_list_marks_nothing
    mass_deletes_are_refused_without_a_flag
    ignored_deletes_leave_the_rows_alone
    a_record_deleted_before_the_run_ends_is_not_marked_by_mistake_when_it_comes_back
}

const LISTS: [(&str, &str); 7] = [
    ("contatos", "contatos"),
    ("oportunidades", "oportunidades"),
    ("qualificacoes", "qualificacoes"),
    ("tarefas", "tarefas"),
    ("compromissos", "compromissos"),
    ("pipeline", "pipelines"),
    ("produto", "produtos"),
];

fn delete_one_of_each(trial: &Trial) -> Vec<i64> {
    trial.source.model(|model| {
        LISTS
            .iter()
            .map(|(list, _)| {
                let id = model.ids(list)[1];
                model.delete(list, id);
                id
            })
            .collect()
    })
}

fn a_deleted_record_is_marked_with_its_children_and_a_restored_one_is_not(make: Make<'_>) {
    // Rows that are written anew must be those of before to the last field: no column may be added meanwhile.
    let trial = make(Size::TINY).sweeping().with(|settings| settings.drift = Drift::DiscardValue);
    trial.complete_run();
    let whole = trial.dump();
    let gone = delete_one_of_each(&trial);
    trial.later(1);
    let before = trial.now();
    let report = trial.complete_run();
    trial.assert_in_step();
    assert_eq!(
        report.tables.iter().map(|table| table.deleted).sum::<u64>(),
        deleted_rows(&trial),
        "{:?}",
        report.tables
    );
    for ((_, table), id) in LISTS.iter().zip(&gone) {
        assert_eq!(trial.ids(table, true), [*id], "{table}");
        let mark = trial.row(table, *id).unwrap()["_favo_deleted_at"].clone();
        if let Raw::Micros(mark) = mark {
            assert!(mark >= before, "{table}: the mark tells when it was found");
        }
    }
    // The rows themselves stay as they were, only marked: the same lines as before when the mark is taken off.
    let unmarked: Vec<String> =
        trial.dump().iter().map(|line| line.replace("deleted=true", "deleted=false")).collect();
    let mut unmarked = unmarked;
    unmarked.sort();
    assert_eq!(unmarked, whole);
    // A second run has nothing to add.
    assert_eq!(trial.complete_run().written(), 0);
    // What comes back, as it was, loses its mark.
    trial.source.model(|model| {
        for ((list, _), id) in LISTS.iter().zip(&gone) {
            model.restore(list, *id);
        }
    });
    trial.complete_run();
    trial.assert_in_step();
    for (_, table) in LISTS {
        assert!(trial.ids(table, true).is_empty(), "{table}");
    }
    trial.assert_as_it_was(&whole);
}

/// Marked rows of main tables, proposals included.
fn deleted_rows(trial: &Trial) -> u64 {
    let tables = LISTS.iter().map(|(_, table)| *table).chain(["oportunidades_propostas"]);
    tables.map(|table| trial.ids(table, true).len() as u64).sum()
}

fn hard_deletes_take_the_rows_away(make: Make<'_>) {
    let trial = make(Size::TINY).sweeping().with(|settings| settings.deletes = Deletes::Hard);
    trial.complete_run();
    let gone = delete_one_of_each(&trial);
    trial.later(1);
    trial.complete_run();
    trial.assert_in_step();
    for ((_, table), id) in LISTS.iter().zip(&gone) {
        assert!(trial.row(table, *id).is_none(), "{table}");
    }
}

fn deletes_are_looked_for_when_a_day_has_passed(make: Make<'_>) {
    let trial = make(Size::TINY);
    assert_eq!(trial.settings.sweep, Sweep::Every(std::time::Duration::from_hours(24)));
    trial.complete_run();
    let gone = trial.source.model(|model| {
        let id = model.ids("contatos")[3];
        model.delete("contatos", id);
        id
    });
    trial.later(2);
    trial.complete_run();
    assert!(trial.ids("contatos", true).is_empty(), "two hours after the first load no sweep is due");
    trial.later(23);
    trial.complete_run();
    assert_eq!(trial.ids("contatos", true), [gone]);
    trial.assert_in_step();
}

fn a_sweep_that_fails_in_the_middle_marks_nothing(make: Make<'_>) {
    let trial = make(Size { contatos: 60, ..Size::TINY }).sweeping();
    trial.source.habits(|habits| habits.page_cap = 10);
    trial.complete_run();
    let before = trial.dump();
    trial.source.model(|model| {
        for id in model.ids("contatos").into_iter().take(3) {
            model.delete("contatos", id);
        }
    });
    trial.later(1);
    // The walk over the ids breaks at its third page, for good.
    trial
        .source
        .script(Rule::new(Fault::Status(500)).path("/contatos").holding("attribute=id").skip(2).always());
    if let Ok(report) = trial.attempt() {
        assert_ne!(report.exit_code(), 0, "not complete: {:?}", report.messages);
    }
    trial.assert_as_it_was(&before);
    trial.source.behave();
    trial.complete_run();
    assert_eq!(trial.ids("contatos", true).len(), 3);
    trial.assert_in_step();
}

fn a_sweep_that_is_shown_an_empty_list_marks_nothing(make: Make<'_>) {
    let trial = make(Size { contatos: 60, ..Size::TINY }).sweeping();
    trial.complete_run();
    let before = trial.dump();
    // A hiccup that answers 200 and shows nothing at all, while every record still answers by its id.
    trial.source.script(Rule::new(Fault::Body("[]")).path("/contatos").always());
    drop(trial.attempt());
    trial.assert_as_it_was(&before);
}

fn mass_deletes_are_refused_without_a_flag(make: Make<'_>) {
    let trial = make(Size { contatos: 1500, oportunidades: 2, ..Size::TINY }).sweeping();
    trial.complete_run();
    let before = trial.dump();
    trial.source.model(|model| {
        for id in model.ids("contatos").into_iter().take(1200) {
            model.delete("contatos", id);
        }
    });
    trial.later(1);
    let refused = trial.attempt();
    match &refused {
        Ok(report) => {
            assert_ne!(report.exit_code(), 0, "{:?}", report.messages);
            let told =
                report.messages.iter().any(|message| message.contains("1200") && message.contains("mass"));
            assert!(told, "{:?}", report.messages);
        }
        Err(error) => {
            assert_eq!(error.exit_code(), 4, "{error}");
            assert!(error.to_string().contains("mass"), "{error}");
        }
    }
    trial.assert_as_it_was(&before);
    let trial = trial.with(|settings| settings.allow_mass_delete = true);
    trial.complete_run();
    assert_eq!(trial.ids("contatos", true).len(), 1200);
    trial.assert_in_step();
}

fn ignored_deletes_leave_the_rows_alone(make: Make<'_>) {
    let trial = make(Size::TINY).sweeping().with(|settings| settings.deletes = Deletes::Ignore);
    trial.complete_run();
    let before = trial.dump();
    delete_one_of_each(&trial);
    trial.later(1);
    trial.complete_run();
    trial.assert_as_it_was(&before);
}

fn a_record_deleted_before_the_run_ends_is_not_marked_by_mistake_when_it_comes_back(make: Make<'_>) {
    let trial = make(Size { contatos: 60, ..Size::TINY }).sweeping();
    trial.source.habits(|habits| habits.page_cap = 10);
    trial.complete_run();
    trial.later(1);
    // It is away while the ids are walked, and back when the sweep asks for it.
    let away = trial.source.model(|model| model.ids("contatos")[7]);
    trial.source.script(
        Rule::new(Fault::Change(Box::new(move |model| model.delete("contatos", away))))
            .path("/contatos")
            .holding("attribute=id"),
    );
    trial.source.script(
        Rule::new(Fault::Change(Box::new(move |model| model.restore("contatos", away)))).path("/contatos/"),
    );
    trial.run();
    trial.source.behave();
    assert!(trial.ids("contatos", true).is_empty());
    trial.source.model(|model| model.restore("contatos", away));
    trial.complete_run();
    trial.assert_in_step();
}
