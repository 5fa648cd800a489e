//! The source for tests itself: it keeps the contract it imitates, and breaks it only where it is told to.

use std::collections::BTreeSet;
use std::io::Read as _;

use favo_connector::testing::{FakeNectar, Fault, Json, RetryAfter, Rule, Size};

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

/// Status and body of a request with the right token.
fn get(source: &FakeNectar, target: &str) -> (u16, String) {
    let request = agent().get(format!("{}{target}", source.url())).header("Access-Token", source.token());
    let mut answer = request.call().expect("an answer");
    (answer.status().as_u16(), answer.body_mut().read_to_string().expect("a body"))
}

fn rows(source: &FakeNectar, target: &str) -> Vec<Json> {
    let (status, body) = get(source, target);
    assert_eq!(status, 200, "{body}");
    match Json::parse(&body) {
        Some(Json::Array(rows)) => rows,
        _ => panic!("not an array: {body}"),
    }
}

fn ids(rows: &[Json]) -> Vec<i64> {
    rows.iter()
        .map(|row| match row.get("id") {
            Some(Json::Number(text) | Json::Text(text)) => text.parse().expect("an id"),
            other => panic!("no id: {other:?}"),
        })
        .collect()
}

#[test]
fn pages_are_slices_of_one_descending_order_and_end_in_an_empty_one() {
    let source = FakeNectar::start(1, &Size { contatos: 45, ..Size::TINY });
    let mut all = Vec::new();
    for page in 1..=4 {
        let page = rows(&source, &format!("/contatos?page={page}&displayLength=20"));
        all.push(page.len());
    }
    assert_eq!(all, [20, 20, 5, 0]);
    let first = ids(&rows(&source, "/contatos?displayLength=200"));
    assert!(first.is_sorted_by(|one, next| one > next));
    assert_eq!(first.len(), 45);
    assert_eq!(rows(&source, "/contatos").len(), 15, "the default length");
    let only = rows(&source, "/contacts?attribute=id&attribute=nome&page=1");
    assert!(only.iter().all(|row| row.members().iter().all(|(key, _)| key == "id" || key == "nome")));
}

#[test]
fn open_deals_are_the_default_and_the_five_lists_together_are_all() {
    let source = FakeNectar::start(2, &Size { oportunidades: 40, ..Size::TINY });
    let status = |row: &Json| row.get("status").cloned();
    let open = rows(&source, "/oportunidades?displayLength=200");
    assert!(open.iter().all(|row| status(row) == Some(Json::number("1"))));
    let mut together: BTreeSet<i64> = ids(&open).into_iter().collect();
    for status in 2..=5 {
        together.extend(ids(&rows(&source, &format!("/oportunidades?displayLength=200&status={status}"))));
    }
    assert_eq!(together.len(), 40);
}

#[test]
fn date_filters_take_whole_days_of_sao_paulo_both_included() {
    let source = FakeNectar::start(3, &Size::TINY);
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_microsecond();
    let made = source.model(|model| {
        [
            "2024-03-10T02:59:59.999Z",
            "2024-03-10T03:00:00Z",
            "2024-03-11T02:59:59.999Z",
            "2024-03-11T03:00:00Z",
        ]
        .map(|moment| model.create_at("contatos", at(moment), Some(at(moment))))
    });
    let found =
        ids(&rows(&source, "/contatos?dataInicio=10%2F03%2F2024&dataFim=10/03/2024&displayLength=200"));
    let found: Vec<i64> = made.into_iter().filter(|id| found.contains(id)).collect();
    assert_eq!(found, made[1..3]);
    let found = ids(&rows(&source, "/contatos?dataInicioAtualizacao=11/03/2024&displayLength=200"));
    assert!(found.contains(&made[3]) && !found.contains(&made[2]));
}

#[test]
fn wrong_tokens_unknown_routes_and_unknown_records_are_told_apart() {
    let source = FakeNectar::start(4, &Size::TINY);
    let mut answer = agent().get(format!("{}/contatos", source.url())).call().expect("an answer");
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.body_mut().read_to_string().unwrap(), "Invalid token");
    let by_query = agent().get(format!("{}/contatos?api_token={}", source.url(), source.token())).call();
    assert_eq!(by_query.unwrap().status(), 200);
    assert!(get(&source, "/empresas").1.starts_with("<!doctype html>"));
    assert_eq!(get(&source, "/contatos/1").0, 404);
    let id = source.model(|model| model.ids("contatos")[0]);
    assert_eq!(get(&source, &format!("/contatos/{id}")).0, 200);
    source.model(|model| model.delete("contatos", id));
    assert_eq!(get(&source, &format!("/contatos/{id}")).0, 404);
    assert_eq!(get(&source, "/proposta/opportunity/1").0, 404);
    assert_eq!(get(&source, "/app/columns/full").0, 200);
    assert_eq!(rows(&source, "/camposPersonalizados?displayLength=200").len(), 12);
}

#[test]
fn faults_befall_the_requests_they_are_meant_for() {
    let source = FakeNectar::start(5, &Size::TINY);
    source.script(Rule::new(Fault::Later(429, RetryAfter::Seconds(7))).path("/contatos").skip(1));
    assert_eq!(get(&source, "/tarefas").0, 200);
    assert_eq!(get(&source, "/contatos").0, 200);
    let request = agent().get(format!("{}/contatos", source.url())).header("Access-Token", source.token());
    let answer = request.call().unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["Retry-After"].to_str().unwrap()), (429, "7"));
    assert_eq!(get(&source, "/contatos").0, 200);
    for fault in [Fault::Close, Fault::CutBody, Fault::CutChunks, Fault::CutGzip] {
        let name = format!("{fault:?}");
        source.script(Rule::new(fault).path("/pipeline"));
        let request =
            agent().get(format!("{}/pipeline", source.url())).header("Access-Token", source.token());
        let read = request.call().map(|mut answer| {
            let mut body = Vec::new();
            answer.body_mut().as_reader().read_to_end(&mut body)
        });
        assert!(!matches!(read, Ok(Ok(_))), "{name} went unnoticed");
        source.behave();
        assert_eq!(get(&source, "/pipeline").0, 200);
    }
    let log = source.log();
    assert_eq!(log.iter().filter(|one| one.status == 429).count(), 1);
    assert!(log.is_sorted_by_key(|one| one.at));
}

#[test]
fn odd_page_sizes_still_show_every_row_once_and_a_repeating_server_repeats_the_last() {
    let source = FakeNectar::start(6, &Size { contatos: 50, ..Size::TINY });
    source.habits(|habits| habits.page_sizes = vec![20, 3, 1]);
    let mut all = Vec::new();
    for page in 1..=9 {
        all.extend(ids(&rows(&source, &format!("/contatos?displayLength=200&page={page}"))));
    }
    assert_eq!(all.len(), 50);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 50);
    source.habits(|habits| {
        habits.page_sizes.clear();
        habits.repeats_last_page = true;
    });
    let last = ids(&rows(&source, "/contatos?displayLength=20&page=3"));
    assert_eq!(last.len(), 10);
    assert_eq!(ids(&rows(&source, "/contatos?displayLength=20&page=77")), last);
}

#[test]
fn the_same_seed_makes_the_same_records() {
    let [one, two] = [7, 7].map(|seed| {
        let source = FakeNectar::start(seed, &Size::TINY);
        source.habits(|habits| habits.gzip = seed % 2 == 0);
        get(&source, "/contatos?displayLength=200").1
    });
    assert_eq!(one, two);
    assert!(one.contains("\\u0000"), "text with a NUL is among them");
}
