//! What servers do wrong loses nothing, and the answer to it is not to hammer them.

use std::time::Duration;

use favo_connector::World as _;
use favo_connector::testing::{Fault, Logged, RetryAfter, Rule, Size};

use super::{Make, Trial};

once! {
    too_many_requests_with_seconds_are_waited_out_by_all
    too_many_requests_with_a_date_are_waited_out_by_all
    errors_of_the_server_lose_nothing
    broken_connections_lose_nothing
    a_slow_body_loses_nothing
    short_pages_in_the_middle_are_not_the_end
    a_page_that_is_repeated_for_ever_ends_the_walk
    a_server_that_ignores_filters_is_read_whole
    a_server_that_caps_pages_at_fifty_is_read_whole
    html_instead_of_json_is_not_taken_for_data
    a_window_that_always_fails_leaves_the_run_partial_and_the_next_run_heals_it
    a_server_that_is_down_is_left_alone_after_a_while
    an_alias_that_is_unknown_is_asked_by_its_other_name
    a_second_run_asks_little
}

everywhere! {
    everything_at_once
}

/// The whole of the source's lists in pages of twenty, so that there is something to disturb.
fn disturbed(make: Make<'_>, rules: Vec<Rule>) -> Trial {
    let trial = make(Size { contatos: 150, tarefas: 60, ..Size::TINY });
    trial.source.habits(|habits| habits.page_cap = 20);
    for rule in rules {
        trial.source.script(rule);
    }
    trial
}

/// What the same reading costs when nothing goes wrong.
fn undisturbed(make: Make<'_>) -> usize {
    let trial = disturbed(make, Vec::new());
    trial.complete_run();
    trial.source.log().len()
}

/// Between an answer that says when to come back and that time nothing is sent, but for what was under way.
fn assert_waited(log: &[Logged], seconds: i64, jobs: usize) {
    for (at, refused) in log.iter().enumerate().filter(|(_, one)| one.status == 429) {
        let early =
            log[at + 1..].iter().filter(|one| one.at < refused.at + (seconds - 1) * 1_000_000).count();
        assert!(early < jobs, "{early} requests came before the time");
    }
    assert!(log.iter().any(|one| one.status == 429), "the fault never happened");
}

fn too_many_requests_with_seconds_are_waited_out_by_all(make: Make<'_>) {
    let rule = Rule::new(Fault::Later(429, RetryAfter::Seconds(30))).path("/contatos").skip(4).times(1);
    let trial = disturbed(make, vec![rule]);
    trial.complete_run();
    trial.assert_in_step();
    assert_waited(&trial.source.log(), 30, trial.settings.jobs);
}

fn too_many_requests_with_a_date_are_waited_out_by_all(make: Make<'_>) {
    let rule = Rule::new(Fault::Later(429, RetryAfter::Date(40))).path("/contatos").skip(4).times(1);
    let trial = disturbed(make, vec![rule]);
    trial.complete_run();
    trial.assert_in_step();
    assert_waited(&trial.source.log(), 40, trial.settings.jobs);
}

fn errors_of_the_server_lose_nothing(make: Make<'_>) {
    let normal = undisturbed(make);
    let rules = vec![
        Rule::new(Fault::Status(500)).skip(9).times(2),
        Rule::new(Fault::Status(502)).skip(25).times(1),
        Rule::new(Fault::Status(503)).path("/tarefas").times(2),
        Rule::new(Fault::Status(429)).path("/oportunidades").skip(1).times(2),
        Rule::new(Fault::Status(500)).path("/proposta/opportunity/").skip(3).times(2),
    ];
    let trial = disturbed(make, rules);
    let report = trial.complete_run();
    trial.assert_in_step();
    let faults = trial.source.log().iter().filter(|one| one.status >= 429).count();
    assert!(faults >= 5, "only {faults} faults happened");
    assert_eq!(report.retries, faults as u64);
    let sent = trial.source.log().len();
    assert!(sent <= normal + 40, "{sent} requests instead of {normal}");
}

fn broken_connections_lose_nothing(make: Make<'_>) {
    let normal = undisturbed(make);
    let rules = vec![
        Rule::new(Fault::Close).skip(5).times(1),
        Rule::new(Fault::CutBody).path("/contatos").skip(1).times(2),
        Rule::new(Fault::CutChunks).path("/contatos").skip(5).times(2),
        Rule::new(Fault::CutGzip).path("/tarefas").skip(1).times(2),
        Rule::new(Fault::Close).path("/proposta/opportunity/").skip(3).times(2),
        Rule::new(Fault::CutBody).path("/proposta/opportunity/").skip(6).times(1),
    ];
    let trial = disturbed(make, rules);
    trial.complete_run();
    trial.assert_in_step();
    let sent = trial.source.log().len();
    assert!(sent <= normal + 40, "{sent} requests instead of {normal}");
}

fn a_slow_body_loses_nothing(make: Make<'_>) {
    let slow = Fault::Slow(Duration::from_millis(300));
    let trial = disturbed(make, vec![Rule::new(slow).path("/contatos").skip(2).times(3)]);
    trial.complete_run();
    trial.assert_in_step();
}

fn short_pages_in_the_middle_are_not_the_end(make: Make<'_>) {
    let trial = disturbed(make, Vec::new());
    trial.source.habits(|habits| habits.page_sizes = vec![20, 3, 17, 1, 20, 20]);
    trial.complete_run();
    trial.assert_in_step();
}

fn a_page_that_is_repeated_for_ever_ends_the_walk(make: Make<'_>) {
    let trial = disturbed(make, Vec::new());
    trial.source.habits(|habits| habits.repeats_last_page = true);
    trial.run();
    trial.assert_in_step();
    let sent = trial.source.log().len();
    assert!(sent < 600, "{sent} requests");
}

fn a_server_that_ignores_filters_is_read_whole(make: Make<'_>) {
    let trial = disturbed(make, Vec::new());
    trial.source.habits(|habits| (habits.ignores_dates, habits.ignores_attribute) = (true, true));
    trial.run();
    trial.assert_in_step();
    trial.later(1);
    trial.source.model(|model| {
        let id = model.ids("contatos")[0];
        model.rename("contatos", id, "mudou");
        let gone = model.ids("contatos")[1];
        model.delete("contatos", gone);
    });
    let trial = trial.sweeping();
    trial.run();
    trial.assert_in_step();
}

fn a_server_that_caps_pages_at_fifty_is_read_whole(make: Make<'_>) {
    let trial = make(Size { contatos: 230, ..Size::TINY });
    trial.source.habits(|habits| habits.page_cap = 50);
    trial.complete_run();
    trial.assert_in_step();
}

fn html_instead_of_json_is_not_taken_for_data(make: Make<'_>) {
    let trial = disturbed(make, vec![Rule::new(Fault::Html(200)).path("/contatos").skip(3).always()]);
    let ended = trial.attempt();
    let told = match &ended {
        Ok(report) => {
            assert_ne!(report.exit_code(), 0);
            report.messages.join("\n")
        }
        Err(error) => error.to_string(),
    };
    assert!(told.contains("contatos") || told.contains("neither a list"), "{told}");
    trial.source.behave();
    trial.complete_run();
    trial.assert_in_step();
}

fn a_window_that_always_fails_leaves_the_run_partial_and_the_next_run_heals_it(make: Make<'_>) {
    let trial =
        disturbed(make, vec![Rule::new(Fault::Status(500)).path("/contatos").holding("page=3").always()]);
    let report = trial.run();
    assert_eq!(report.exit_code(), 3, "{:?}", report.messages);
    assert!(!report.messages.is_empty());
    // The other lists are there all the same.
    trial.assert_in_step_but(&[
        "nectarcrm_contatos",
        "nectarcrm_contatos_contatos",
        "nectarcrm_contatos_enderecos",
        "nectarcrm_contatos_contatospai",
        "nectarcrm_contatos_empresasatuais",
        "nectarcrm_contatos_emails",
        "nectarcrm_contatos_telefones",
        "nectarcrm_contatos_campospersonalizados",
    ]);
    trial.source.behave();
    trial.complete_run();
    trial.assert_in_step();
}

fn a_server_that_is_down_is_left_alone_after_a_while(make: Make<'_>) {
    let trial = disturbed(make, vec![Rule::new(Fault::Status(503)).always()]);
    let ended = trial.attempt();
    assert!(ended.as_ref().map_or(true, |report| report.exit_code() != 0), "{ended:?}");
    let log = trial.source.log();
    assert!(log.len() < 400, "{} requests to a server that is down", log.len());
    assert!(trial.dump().is_empty());
}

fn an_alias_that_is_unknown_is_asked_by_its_other_name(make: Make<'_>) {
    let rules =
        ["/produto", "/pipeline", "/contatos"].map(|path| Rule::new(Fault::Html(404)).path(path).always());
    let trial = disturbed(make, rules.into_iter().collect());
    trial.run();
    trial.assert_in_step();
}

fn a_second_run_asks_little(make: Make<'_>) {
    let trial = make(Size::SMALL);
    trial.complete_run();
    let first = trial.source.log().len();
    trial.source.clear_log();
    trial.complete_run();
    let second = trial.source.log().len();
    assert!(second <= 70, "{second} requests after {first} for the first load");
    assert!(trial.source.log().iter().all(|one| one.status == 200));
}

fn everything_at_once(make: Make<'_>) {
    let rules = vec![
        Rule::new(Fault::Status(500)).skip(7).times(1),
        Rule::new(Fault::Later(429, RetryAfter::Seconds(3))).skip(15).times(1),
        Rule::new(Fault::CutBody).path("/contatos").skip(2).times(1),
        Rule::new(Fault::CutGzip).path("/tarefas").times(1),
        Rule::new(Fault::Close).path("/proposta/opportunity/").skip(2).times(1),
    ];
    let trial = disturbed(make, rules).sweeping();
    trial.source.habits(|habits| {
        habits.page_sizes = vec![20, 7, 19];
        habits.shuffles_keys = true;
    });
    trial.complete_run();
    trial.assert_in_step();
    let started = trial.now();
    trial.source.clock().sleep(Duration::from_secs(1));
    assert!(trial.now() > started);
    assert_eq!(trial.complete_run().written(), 0);
}
