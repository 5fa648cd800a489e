//! A refused run says so in one sentence and leaves the destination as it was.

use favo_connector::Error;
use favo_connector::settings::Secret;
use favo_connector::testing::{Fault, Rule, Size};

use super::{Make, Trial};

everywhere! {
    a_wrong_token_leaves_the_destination_as_it_was
    a_token_that_expires_in_the_middle_leaves_whole_groups_and_the_next_run_goes_on
}

once! {
    a_refused_list_leaves_the_others_alone
    a_second_run_at_the_same_time_is_refused
}

const WRONG: &str = "0badc0de0badc0de0badc0de0badc0de";

fn assert_refused(error: &Error) {
    assert!(matches!(error, Error::Refused(_)), "{error:?}");
    assert_eq!(error.exit_code(), 1);
    let sentence = error.to_string();
    assert!(sentence.contains("token"), "{sentence}");
    assert!(!sentence.contains(WRONG) && !sentence.contains('\n') && !sentence.ends_with('.'), "{sentence}");
}

fn a_wrong_token_leaves_the_destination_as_it_was(make: Make<'_>) {
    let trial = make(Size::TINY);
    let right = trial.settings.token.clone();
    // Nothing is made where nothing was.
    let trial = trial.with(|settings| settings.token = Secret::new(WRONG));
    assert_refused(&trial.attempt().expect_err("a wrong token"));
    assert!(trial.rows("contatos").is_empty());
    if let Some(path) = trial.settings.to.strip_prefix("sqlite:") {
        assert!(!std::path::Path::new(path).exists(), "no database is left behind");
    }
    assert!(trial.source.log().len() <= 2, "a refused token is not tried again and again");
    // Nothing is changed where something was.
    let trial = trial.with(|settings| settings.token = right.clone());
    trial.complete_run();
    let before = trial.dump();
    trial.source.model(|model| {
        let id = model.ids("contatos")[0];
        model.rename("contatos", id, "mudou");
    });
    let trial = trial.with(|settings| settings.token = Secret::new(WRONG));
    assert_refused(&trial.attempt().expect_err("a wrong token"));
    trial.assert_as_it_was(&before);
    let trial = trial.with(|settings| settings.token = right);
    trial.later(1);
    trial.complete_run();
    trial.assert_in_step();
}

fn a_token_that_expires_in_the_middle_leaves_whole_groups_and_the_next_run_goes_on(make: Make<'_>) {
    let trial = make(Size { contatos: 80, ..Size::TINY });
    trial.source.habits(|habits| habits.page_cap = 20);
    for count in [1, 9, 14, 21, 34] {
        let so_far = trial.source.log().len();
        trial.source.habits(|habits| habits.expires_after = Some(so_far + count));
        assert_refused(&trial.attempt().expect_err("an expired token"));
        // Whatever is there is whole: every child has its parent, and every record all its children.
        assert_records_are_whole(&trial);
        let after = trial.source.log().len() - so_far;
        assert!(after <= count + 2 * trial.settings.jobs, "{after} requests");
    }
    trial.source.habits(|habits| habits.expires_after = None);
    trial.complete_run();
    trial.assert_in_step();
}

fn assert_records_are_whole(trial: &Trial) {
    let mut expected = trial.expected();
    let stored = trial.ids("contatos", false);
    expected.retain(|table, _| table.starts_with("nectarcrm_contatos"));
    for rows in expected.values_mut() {
        rows.retain(|(owner, _), _| stored.binary_search(owner).is_ok());
        for row in rows.values_mut() {
            row.remove("_favo_extra");
        }
    }
    let found = favo_connector::testing::differences(&expected, &trial.settings.to);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn a_refused_list_leaves_the_others_alone(make: Make<'_>) {
    let trial = make(Size::TINY);
    trial.source.script(Rule::new(Fault::Status(403)).path("/qualificacoes").always());
    let report = trial.run();
    assert_eq!(report.exit_code(), 3, "{:?}", report.messages);
    assert!(report.messages.iter().any(|message| message.contains("qualificacoes")), "{:?}", report.messages);
    trial.assert_in_step_but(&["nectarcrm_qualificacoes", "nectarcrm_qualificacoes_campospersonalizados"]);
    let asked = trial.source.log().iter().filter(|one| one.path == "/qualificacoes").count();
    assert!(asked <= 30, "a refusal is not asked again: {asked}");
    // It is read when the right is there.
    trial.source.behave();
    trial.complete_run();
    trial.assert_in_step();
}

fn a_second_run_at_the_same_time_is_refused(make: Make<'_>) {
    let trial = make(Size { contatos: 200, ..Size::TINY });
    trial.source.habits(|habits| {
        habits.page_cap = 10;
        habits.latency = std::time::Duration::from_millis(20);
    });
    let ended = std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            // Once the first one reads contacts, it holds the lock.
            for _ in 0..500 {
                if trial.source.log().iter().filter(|one| one.path == "/contatos").count() > 3 {
                    break;
                }
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            trial.attempt()
        });
        trial.complete_run();
        other.join().expect("the second run ends")
    });
    let error = ended.expect_err("one writer at a time");
    assert!(matches!(error, Error::Destination(_)), "{error:?}");
    trial.assert_in_step();
}
