//! The change feed: what one client writes, another reads from `GET /favo/v1/changes`, exactly once, in the shape of the lists.

use serde_json::{Value, json};

use crate::harness::{Answer, Client, Favo, raw};

fn feed(client: &Client, query: &str) -> Answer {
    let target = format!("/favo/v1/changes{query}");
    raw(client.address, "GET", &target, &[("Access-Token", client.token.as_str())], b"")
}

/// The position after everything so far.
fn latest(client: &Client) -> i64 {
    let answer = feed(client, "?after=latest").ok();
    assert_eq!(answer["changes"], json!([]), "latest asks for no change");
    assert_eq!(answer["more"], json!(false));
    answer["next"].as_i64().expect("a number")
}

fn create(client: &Client, path: &str, body: &Value) -> i64 {
    client.post(path, body).ok()["id"].as_i64().expect("an id")
}

/// The entries after a position, as (kind, resource, id).
fn entries(answer: &Value) -> Vec<(String, String, i64)> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let entry = |change: &Value| {
        (text(&change["kind"]), text(&change["resource"]), change["id"].as_i64().expect("an id"))
    };
    answer["changes"].as_array().expect("an array").iter().map(entry).collect()
}

fn entry(kind: &str, resource: &str, id: i64) -> (String, String, i64) {
    (kind.to_owned(), resource.to_owned(), id)
}

#[test]
fn a_record_comes_as_the_list_shows_it_and_the_news_of_its_end_comes_without_it() {
    let favo = Favo::start();
    let admin = favo.admin();
    let before = latest(&admin);
    let kept =
        create(&admin, "/contatos", &json!({"nome": "Padaria Aurora", "emails": ["a@aurora.example"]}));
    let gone = create(&admin, "/contatos", &json!({"nome": "Gone"}));
    admin.put(&format!("/contatos/{kept}"), &json!({"codigo": "007"})).ok();
    admin.delete(&format!("/contatos/{gone}")).ok();
    let answer = feed(&admin, &format!("?after={before}")).ok();
    assert_eq!(entries(&answer), [entry("created", "contatos", kept), entry("deleted", "contatos", gone)]);
    assert_eq!(answer["changes"][0]["record"], admin.get(&format!("/contatos/{kept}")).ok());
    assert!(answer["changes"][1].get("record").is_none());
    assert_eq!(answer["next"], json!(latest(&admin)));
    assert_eq!(feed(&admin, &format!("?after={}", latest(&admin))).ok()["changes"], json!([]));
}

#[test]
fn pages_of_the_feed_lose_nothing_and_end() {
    let favo = Favo::start();
    let admin = favo.admin();
    let mut after = latest(&admin);
    let made: Vec<i64> = (0..25)
        .map(|number| create(&admin, "/contatos", &json!({"nome": format!("Contato {number}")})))
        .collect();
    let mut seen = Vec::new();
    loop {
        let answer = feed(&admin, &format!("?after={after}&limit=4")).ok();
        assert_eq!(answer["after"], json!(after));
        let found = entries(&answer);
        assert!(found.len() <= 4);
        seen.extend(found.into_iter().map(|(_, _, id)| id));
        after = answer["next"].as_i64().expect("a number");
        if answer["more"] == json!(false) {
            break;
        }
    }
    assert_eq!(seen, made);
    assert_eq!(after, latest(&admin));
}

#[test]
fn a_task_done_shows_on_its_contact_and_on_its_opportunity() {
    let favo = Favo::start();
    let admin = favo.admin();
    let contact = create(&admin, "/contatos", &json!({"nome": "Aurora"}));
    let deal = create(&admin, "/oportunidades", &json!({"nome": "Plano", "cliente": {"id": contact}}));
    let task = create(
        &admin,
        "/tarefas",
        &json!({"titulo": "Ligar", "cliente": {"id": contact}, "oportunidade": {"id": deal},
                "dataLimite": "2026-03-20T12:00:00.000Z"}),
    );
    let before = latest(&admin);
    admin.put(&format!("/tarefas/{task}"), &json!({"status": 1})).ok();
    let answer = feed(&admin, &format!("?after={before}")).ok();
    let found = entries(&answer);
    for expected in [
        entry("updated", "tarefas", task),
        entry("updated", "contatos", contact),
        entry("updated", "oportunidades", deal),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
    let of = |resource: &str| {
        let changes = answer["changes"].as_array().expect("an array");
        changes.iter().find(|change| change["resource"] == resource).expect("there")["record"].clone()
    };
    assert_eq!(of("contatos")["tarefas"], json!(0), "the counter of open tasks is the one after the change");
    assert_eq!(of("oportunidades"), admin.get(&format!("/oportunidades/{deal}")).ok());
}

#[test]
fn a_task_that_moves_to_another_contact_shows_on_both() {
    let favo = Favo::start();
    let admin = favo.admin();
    let one = create(&admin, "/contatos", &json!({"nome": "Um"}));
    let other = create(&admin, "/contatos", &json!({"nome": "Dois"}));
    let task = create(
        &admin,
        "/tarefas",
        &json!({"titulo": "Ligar", "cliente": {"id": one}, "dataLimite": "2026-03-20T12:00:00.000Z"}),
    );
    let before = latest(&admin);
    admin.put(&format!("/tarefas/{task}"), &json!({"cliente": {"id": other}})).ok();
    let found = entries(&feed(&admin, &format!("?after={before}")).ok());
    assert!(found.contains(&entry("updated", "contatos", one)), "{found:?}");
    assert!(found.contains(&entry("updated", "contatos", other)), "{found:?}");
}

#[test]
fn a_closed_opportunity_is_in_the_feed_although_the_list_hides_it() {
    let favo = Favo::start();
    let admin = favo.admin();
    let contact = create(&admin, "/contatos", &json!({"nome": "Aurora"}));
    let deal = create(&admin, "/oportunidades", &json!({"nome": "Plano", "cliente": {"id": contact}}));
    let before = latest(&admin);
    admin.put(&format!("/oportunidades/{deal}"), &json!({"status": 2})).ok();
    let answer = feed(&admin, &format!("?after={before}")).ok();
    let found = entries(&answer);
    assert!(found.contains(&entry("updated", "oportunidades", deal)), "{found:?}");
    assert!(found.contains(&entry("updated", "contatos", contact)), "{found:?}");
}

#[test]
fn registries_and_proposals_are_in_the_feed() {
    let favo = Favo::start();
    let admin = favo.admin();
    let contact = create(&admin, "/contatos", &json!({"nome": "Aurora"}));
    let deal = create(&admin, "/oportunidades", &json!({"nome": "Plano", "cliente": {"id": contact}}));
    let before = latest(&admin);
    let origin = create(&admin, "/origem", &json!({"nome": "Feira"}));
    let product = create(&admin, "/produto", &json!({"nome": "Gestão", "valorBase": 1.5}));
    let proposal = create(&admin, "/proposta", &json!({"oportunidade": {"id": deal}}));
    let found = entries(&feed(&admin, &format!("?after={before}")).ok());
    for expected in [
        entry("created", "origem", origin),
        entry("created", "produto", product),
        entry("created", "proposta", proposal),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
}

#[test]
fn who_may_see_only_his_own_reads_only_his_own_and_what_leaves_him_is_deleted() {
    let favo = Favo::start();
    let admin = favo.admin();
    let seller = favo.user("lia@demo.example", "seller");
    let before = latest(&admin);
    let hers = create(&seller, "/contatos", &json!({"nome": "Meu"}));
    create(&admin, "/contatos", &json!({"nome": "Alheio"}));
    let answer = feed(&seller, &format!("?after={before}")).ok();
    let records: Vec<&Value> = answer["changes"]
        .as_array()
        .expect("an array")
        .iter()
        .filter(|change| change.get("record").is_some())
        .collect();
    let contacts: Vec<&Value> =
        records.into_iter().filter(|change| change["resource"] == "contatos").collect();
    assert_eq!(contacts.len(), 1, "{answer}");
    assert_eq!(contacts[0]["id"], json!(hers));
    let before = latest(&admin);
    admin.put(&format!("/contatos/{hers}"), &json!({"responsavel": {"id": admin.user_id}})).ok();
    let found = entries(&feed(&seller, &format!("?after={before}")).ok());
    assert!(found.contains(&entry("deleted", "contatos", hers)), "{found:?}");
}

#[test]
fn another_tenant_has_another_feed() {
    let favo = Favo::start();
    let (admin, other) = (favo.admin(), favo.other_tenant());
    let before = latest(&other);
    create(&admin, "/contatos", &json!({"nome": "Aurora"}));
    assert_eq!(feed(&other, &format!("?after={before}")).ok()["changes"], json!([]));
}

#[test]
fn a_position_that_the_log_never_gave_is_gone_and_bad_parameters_are_told() {
    let favo = Favo::start();
    let admin = favo.admin();
    assert_eq!(feed(&admin, &format!("?after={}", latest(&admin) + 1)).status, 410);
    for query in ["", "?after=", "?after=x", "?after=-1", "?after=0&limit=0", "?after=0&limit=x"] {
        let answer = feed(&admin, query);
        assert_eq!(answer.status, 400, "{query}: {}", answer.text());
        assert!(answer.json()["error"].is_string(), "{query}");
    }
    assert!(entries(&feed(&admin, "?after=0&limit=999999").ok()).len() <= 1000);
}

#[test]
fn a_position_of_another_log_is_gone() {
    let favo = Favo::start();
    let admin = favo.admin();
    create(&admin, "/contatos", &json!({"nome": "Aurora"}));
    let answer = feed(&admin, "?after=latest").ok();
    let (next, mark) =
        (answer["next"].as_i64().expect("a number"), answer["mark"].as_i64().expect("a number"));
    assert_eq!(feed(&admin, &format!("?after={next}&mark={mark}")).status, 200);
    assert_eq!(
        feed(&admin, &format!("?after={next}&mark={}", mark + 1)).status,
        410,
        "the same number in another log"
    );
    assert_eq!(feed(&admin, "?after=0&mark=0").status, 200, "every log begins at 0");
}

#[test]
fn the_feed_wants_a_token_and_answers_get_only() {
    let favo = Favo::start();
    let admin = favo.admin();
    let answer = raw(admin.address, "GET", "/favo/v1/changes?after=0", &[], b"");
    assert_eq!(answer.status, 401, "{}", answer.text());
    let wrong = raw(admin.address, "GET", "/favo/v1/changes?after=0", &[("Access-Token", "wrong")], b"");
    assert_eq!(wrong.status, 401, "{}", wrong.text());
    let posted = raw(
        admin.address,
        "POST",
        "/favo/v1/changes?after=0",
        &[("Access-Token", admin.token.as_str())],
        b"{}",
    );
    assert_eq!(posted.status, 405, "{}", posted.text());
}
