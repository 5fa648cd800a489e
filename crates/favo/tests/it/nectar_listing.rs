//! NectarCRM listing (spec section 2): arrays, paging, order, projection, filters, lenient parsing.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Client, Favo};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

fn rows(client: &Client, path: &str) -> Vec<Value> {
    client.get(path).ok().as_array().unwrap_or_else(|| panic!("{path}: a bare array")).clone()
}

fn ids(client: &Client, path: &str) -> Vec<i64> {
    rows(client, path).iter().map(id_of).collect()
}

/// The names of a list, sorted: for filters, where the order is another test's business.
fn names(client: &Client, path: &str) -> Vec<String> {
    let mut names: Vec<String> =
        rows(client, path).iter().map(|row| row["nome"].as_str().expect("a name").to_owned()).collect();
    names.sort();
    names
}

fn id_of(row: &Value) -> i64 {
    row["id"].as_i64().unwrap_or_else(|| panic!("a numeric id: {row}"))
}

fn create(client: &Client, path: &str, body: &Value) -> i64 {
    id_of(&client.post(path, body).ok())
}

/// Creates this many contacts and answers their ids in list order: newest first.
fn contacts(client: &Client, count: usize) -> Vec<i64> {
    let mut ids: Vec<i64> = (0..count)
        .map(|n| create(client, "/contatos", &json!({"nome": format!("Contato {n:03}")})))
        .collect();
    ids.reverse();
    ids
}

/// Percent-encodes everything but letters and digits.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

// ---- 2.1, 2.2 answer and paging ----

// spec 2.1; Appendix B 1
#[test]
fn a_list_is_a_bare_array_of_the_objects_read_by_id() {
    let favo = Favo::start();
    let admin = favo.admin();
    assert_eq!(admin.get("/contatos").ok(), json!([]));
    let contact = create(&admin, "/contatos", &json!({"nome": "Ana", "emails": ["ana@x.example"]}));
    let customer = json!({"id": contact});
    let due = "2026-03-05T17:00:00-03:00";
    create(&admin, "/oportunidades", &json!({"nome": "Plano", "cliente": customer}));
    create(&admin, "/qualificacoes", &json!({"cliente": customer}));
    create(&admin, "/tarefas", &json!({"titulo": "Ligar", "cliente": customer, "dataLimite": due}));
    create(&admin, "/compromissos", &json!({"assunto": "Visita", "cliente": customer, "dataInicio": due}));
    create(&admin, "/produto", &json!({"nome": "Plano", "valorBase": 10}));
    for path in [
        "/contatos",
        "/oportunidades",
        "/qualificacoes",
        "/tarefas",
        "/compromissos",
        "/produto",
        "/pipeline",
        "/usuario",
        "/origem",
    ] {
        let answer = admin.get(path);
        for (name, _) in &answer.headers {
            assert!(!name.contains("total") && !name.contains("page") && name != "link", "{path}: {name}");
        }
        let list = rows(&admin, path);
        assert!(!list.is_empty(), "{path}");
        for row in &list {
            assert_eq!(&admin.get(&format!("{path}/{}", id_of(row))).ok(), row, "{path}");
        }
    }
}

// spec 2.2 `page` 1-based, `displayLength` default 15; Appendix B 1
#[test]
fn pages_start_at_1_and_hold_15_rows() {
    let favo = Favo::start();
    let admin = favo.admin();
    let all = contacts(&admin, 32);
    assert_eq!(ids(&admin, "/contatos"), all[..15]);
    assert_eq!(ids(&admin, "/contatos?page=1"), all[..15]);
    assert_eq!(ids(&admin, "/contatos?page=2"), all[15..30]);
    assert_eq!(ids(&admin, "/contatos?page=3"), all[30..]);
    assert_eq!(ids(&admin, "/contatos?page=3&displayLength=10"), all[20..30]);
    for past in ["4", "5", "1000", "2147483648", "9223372036854775807", "1000000000000000000"] {
        assert_eq!(admin.get(&format!("/contatos?page={past}")).ok(), json!([]), "page {past}");
        let wide = format!("/contatos?page={past}&displayLength=200");
        assert_eq!(admin.get(&wide).ok(), json!([]), "page {past} of 200");
    }
}

// spec 2.2 `page` = 0, other negatives, not a number: 1
#[test]
fn an_odd_page_number_is_page_1() {
    let favo = Favo::start();
    let admin = favo.admin();
    let all = contacts(&admin, 5);
    for page in ["0", "-2", "-15", "-1000000000000000000", "abc", "", "%20", "null", "NaN", "-"] {
        assert_eq!(ids(&admin, &format!("/contatos?page={page}&displayLength=2")), all[..2], "page={page}");
    }
    assert_eq!(
        ids(&admin, "/contatos?page=2)&displayLength=2"),
        all[2..4],
        "spec 2.8: read up to the stray sign"
    );
    let beyond = rows(&admin, "/contatos?page=99999999999999999999999&displayLength=2");
    assert!(
        beyond.is_empty() || beyond.len() == 2,
        "beyond 64 bits: past the end or no number, never an error"
    );
}

// spec 2.2 `displayLength`: 1 to 200, clamped; below 1 or not a number = default; Appendix B 1
#[test]
fn the_page_length_is_clamped_to_200() {
    let favo = Favo::start();
    let admin = favo.admin();
    let all = contacts(&admin, 203);
    for (length, expected) in [
        ("1", 1),
        ("100", 100),
        ("200", 200),
        ("201", 200),
        ("1000", 200),
        ("1000000000000000000", 200),
        ("0", 15),
        ("-1", 15),
        ("-200", 15),
        ("abc", 15),
        ("", 15),
        ("50)", 50),
    ] {
        assert_eq!(ids(&admin, &format!("/contatos?displayLength={length}")), all[..expected], "{length}");
    }
    assert_eq!(
        ids(&admin, "/contatos?displayLength=500&page=2"),
        all[200..],
        "pages are as long as the clamp"
    );
}

// spec 2.2 `page=-1`: one page of 200, `displayLength` ignored; Appendix B 1
#[test]
fn page_minus_1_is_one_page_of_200() {
    let favo = Favo::start();
    let admin = favo.admin();
    let all = contacts(&admin, 203);
    assert_eq!(ids(&admin, "/contatos?page=-1"), all[..200]);
    assert_eq!(ids(&admin, "/contatos?page=-1&displayLength=3"), all[..200]);
    assert_eq!(ids(&admin, "/contatos?displayLength=1000&page=-1"), all[..200]);
    assert_eq!(rows(&admin, "/usuarios?page=-1").len(), 1);
}

// spec 2.2 `limit`, `displayStart`: ignored
#[test]
fn limit_and_display_start_are_ignored() {
    let favo = Favo::start();
    let admin = favo.admin();
    let all = contacts(&admin, 5);
    assert_eq!(ids(&admin, "/contatos?limit=1&displayStart=3"), all);
}

// spec 2.2 order: `id` descending; page p holds rows (p-1)*n to p*n-1
#[test]
fn a_deep_walk_returns_every_row_once_in_order() {
    let favo = Favo::start();
    let admin = favo.admin();
    let all = contacts(&admin, 230);
    for length in [7, 50, 200] {
        let mut walked = Vec::new();
        for page in 1..=60 {
            let path = format!("/contatos?page={page}&displayLength={length}");
            let slice = ids(&admin, &path);
            if slice.is_empty() {
                break;
            }
            walked.extend(slice);
        }
        assert_eq!(walked, all, "displayLength={length}");
    }
    assert!(all.windows(2).all(|pair| pair[0] > pair[1]), "newest first");
}

// spec 2.2 exact slicing, whatever was asked before
#[test]
fn a_page_does_not_depend_on_the_pages_asked_before() {
    let favo = Favo::start();
    let admin = favo.admin();
    let all = contacts(&admin, 60);
    let other = favo.user("rui@demo.example", "reader");
    for page in [5, 1, 6, 2, 2, 4, 3, 6, 1] {
        let expected = &all[(page - 1) * 10..page * 10];
        assert_eq!(ids(&admin, &format!("/contatos?page={page}&displayLength=10")), expected, "page {page}");
        let reverse = format!("/contatos?displayLength=12&page={}", 6 - page.min(5));
        let from = (5 - page.min(5)) * 12;
        assert_eq!(ids(&other, &reverse), all[from..from + 12], "{reverse}");
        let filtered = rows(&admin, &format!("/contatos?page={page}&displayLength=10&nome=contato%2000"));
        assert_eq!(filtered.len(), if page == 1 { 10 } else { 0 }, "page {page} of another filter");
    }
}

// spec 2.2 a concurrent change repeats a row on a later page instead of hiding one
#[test]
fn rows_created_during_a_walk_hide_no_row() {
    let favo = Favo::start();
    let admin = favo.admin();
    let before = contacts(&admin, 40);
    let mut seen = BTreeSet::new();
    for page in 1..30 {
        let slice = ids(&admin, &format!("/contatos?page={page}&displayLength=4"));
        if slice.is_empty() {
            break;
        }
        seen.extend(slice);
        create(&admin, "/contatos", &json!({"nome": "Durante a leitura"}));
    }
    assert!(before.iter().all(|id| seen.contains(id)), "every row that was there at the start was seen");
}

// spec 2.2 order with date filters
#[test]
fn a_date_filter_orders_by_that_date_then_by_id() {
    let favo = Favo::start();
    let admin = favo.admin();
    let early = contacts(&admin, 3);
    favo.advance(HOUR);
    let late = contacts(&admin, 2);
    favo.advance(HOUR);
    admin.put(&format!("/contatos/{}", early[2]), &json!({"cargo": "Sócia"})).ok();
    favo.advance(HOUR);
    admin.put(&format!("/contatos/{}", late[1]), &json!({"cargo": "Sócia"})).ok();
    let created = [late[0], late[1], early[0], early[1], early[2]];
    assert_eq!(ids(&admin, "/contatos"), created);
    assert_eq!(ids(&admin, "/contatos?dataInicio=01/03/2026"), created, "creation");
    let updated = [late[1], early[2], late[0], early[0], early[1]];
    assert_eq!(ids(&admin, "/contatos?dataInicioAtualizacao=01/03/2026"), updated);
    assert_eq!(ids(&admin, "/contatos?dataFimAtualizacao=30/03/2026"), updated);
    let both = "/contatos?dataInicio=01/03/2026&dataInicioAtualizacao=01/03/2026";
    assert_eq!(ids(&admin, both), updated, "update comes before creation");
    for (index, id) in updated.iter().enumerate() {
        let page = format!("/contatos?dataInicioAtualizacao=01/03/2026&displayLength=1&page={}", index + 1);
        assert_eq!(ids(&admin, &page), [*id], "pages follow the same order");
    }
}

// spec 2.2 the order follows the first present of update, conclusion, limit, creation
#[test]
fn the_order_follows_the_first_date_filter_of_the_ranking() {
    let favo = Favo::start();
    let admin = favo.admin();
    let won = |name: &str, limit: &str| {
        let body = json!({"nome": name, "cliente": {"nome": "Ana"}, "dataLimite": limit});
        create(&admin, "/oportunidades", &body)
    };
    let (a, b, c) = (won("A", "20/03/2026"), won("B", "30/03/2026"), won("C", "10/03/2026"));
    for id in [b, c, a] {
        favo.advance(HOUR);
        admin.put(&format!("/oportunidades/{id}"), &json!({"status": 2})).ok();
    }
    for id in [c, b, a] {
        favo.advance(HOUR);
        admin.put(&format!("/oportunidades/{id}"), &json!({"observacao": "x"})).ok();
    }
    let list = |query: &str| ids(&admin, &format!("/oportunidades?status=2&dataInicio=01/03/2026{query}"));
    let (limit, conclusion) = ("&dataInicioLimite=01/03/2026", "&dataInicioConclusao=01/03/2026");
    let update = "&dataInicioAtualizacao=01/03/2026";
    assert_eq!(list(""), [c, b, a]);
    assert_eq!(list(limit), [b, a, c]);
    assert_eq!(list(&format!("{limit}{conclusion}")), [a, c, b]);
    assert_eq!(list(&format!("{limit}{conclusion}{update}")), [a, b, c]);
}

// ---- 2.3 attribute ----

// spec 2.3; Appendix B 10
#[test]
fn attribute_returns_only_the_named_keys() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"nome": "Ana", "emails": ["ana@x.example"], "telefones": ["4899990001"]});
    let id = create(&admin, "/contatos", &body);
    let both = json!([{"id": id, "nome": "Ana"}]);
    assert_eq!(admin.get("/contatos?attribute=id&attribute=nome").ok(), both);
    assert_eq!(admin.get("/contatos?attribute=id,nome").ok(), both);
    assert_eq!(admin.get("/contatos?attribute=id%2Cnome").ok(), both);
    assert_eq!(admin.get("/contatos?attribute=nome").ok(), json!([{"nome": "Ana"}]), "id is not added");
    assert_eq!(admin.get("/contatos?attribute=nome&attribute=nada").ok(), json!([{"nome": "Ana"}]));
    assert_eq!(admin.get("/contatos?attribute=nada").ok(), json!([{}]));
    assert_eq!(admin.get("/contatos?attribute=emails").ok(), json!([{"emails": ["ana@x.example"]}]));
    assert_eq!(
        admin.get("/contatos?attribute=id,cargo").ok(),
        json!([{"id": id}]),
        "a key without value stays away"
    );
}

// spec 2.3 applies to lookups that answer arrays, and to every list
#[test]
fn attribute_applies_to_lookups_and_other_lists() {
    let favo = Favo::start();
    let admin = favo.admin();
    let (email, phone, cpf) = ("ana@x.example", "4899990001", "529.982.247-25");
    let body = json!({"nome": "Ana", "emails": [email], "telefones": [phone], "cpf": cpf});
    let id = create(&admin, "/contatos", &body);
    for path in
        ["/contatos/email/ana@x.example", "/contatos/telefone/4899990001", "/contatos/cpf/52998224725"]
    {
        assert_eq!(admin.get(&format!("{path}?attribute=id")).ok(), json!([{"id": id}]), "{path}");
    }
    let opportunity = create(&admin, "/oportunidades", &json!({"nome": "Plano", "cliente": {"id": id}}));
    let slim = json!([{"id": opportunity, "etapa": 1}]);
    assert_eq!(admin.get("/oportunidades?attribute=id&attribute=etapa").ok(), slim);
    assert_eq!(admin.get(&format!("/oportunidades/contatoId/{id}?attribute=id,etapa")).ok(), slim);
    let stages = admin.get("/pipeline?type=0&attribute=sequencias").ok();
    assert_eq!(stages[0].as_object().expect("an object").len(), 1);
    assert_eq!(stages[0]["sequencias"][0]["nome"], "Prospecção");
}

// ---- 2.4 nome and exato ----

// spec 2.4 case-insensitive prefix, accents ignored; Appendix B 6
#[test]
fn nome_is_a_prefix_that_ignores_case_and_accents() {
    let favo = Favo::start();
    let admin = favo.admin();
    for name in ["PETRÓPOLIS", "Petrobras", "São João", "Sao Paulo", "Ação Ltda", "100% Puro", "a_b"] {
        create(&admin, "/contatos", &json!({"nome": name}));
    }
    let found = |text: &str| names(&admin, &format!("/contatos?nome={}", encoded(text)));
    assert_eq!(found("petr"), ["PETRÓPOLIS", "Petrobras"]);
    assert_eq!(found("petró"), ["PETRÓPOLIS", "Petrobras"]);
    assert_eq!(found("PETROPOLIS"), ["PETRÓPOLIS"]);
    assert_eq!(found("petrópolis"), ["PETRÓPOLIS"]);
    assert_eq!(found("polis"), Vec::<String>::new());
    assert_eq!(found("sao"), ["Sao Paulo", "São João"]);
    assert_eq!(found("SÃO J"), ["São João"]);
    assert_eq!(found("acao"), ["Ação Ltda"]);
    assert_eq!(found("%"), Vec::<String>::new(), "no wildcard");
    assert_eq!(found("100%"), ["100% Puro"]);
    assert_eq!(found("_"), Vec::<String>::new(), "no wildcard");
    assert_eq!(names(&admin, "/contatos?nome=sao+j"), ["São João"], "in a query a plus is a blank");
    for blank in ["", "%20", "+"] {
        assert_eq!(rows(&admin, &format!("/contatos?nome={blank}")).len(), 7, "a blank name is no filter");
    }
}

// spec 2.4 `exato`; 2.8 booleans
#[test]
fn exato_compares_the_whole_value() {
    let favo = Favo::start();
    let admin = favo.admin();
    for name in ["Petrópolis", "Petrópolis Norte", "petro"] {
        create(&admin, "/contatos", &json!({"nome": name}));
    }
    for exact in ["true", "TRUE", "True", "1"] {
        assert_eq!(
            names(&admin, &format!("/contatos?nome=PETROPOLIS&exato={exact}")),
            ["Petrópolis"],
            "{exact}"
        );
    }
    for loose in ["false", "0", "FALSE", "talvez", "", "2"] {
        let path = format!("/contatos?nome=petro&exato={loose}");
        assert_eq!(names(&admin, &path), ["Petrópolis", "Petrópolis Norte", "petro"], "{loose}");
    }
    assert_eq!(names(&admin, "/contatos?exato=true").len(), 3, "no name, no filter");
}

// spec 2.4 it also matches `codigo` on contatos, oportunidades and qualificacoes
#[test]
fn nome_matches_the_code_as_well() {
    let favo = Favo::start();
    let admin = favo.admin();
    let a = create(&admin, "/contatos", &json!({"nome": "Ana", "codigo": "AUR-20"}));
    let b = create(&admin, "/contatos", &json!({"nome": "Aurora"}));
    let c = create(&admin, "/contatos", &json!({"nome": "Caio", "codigo": "AUR-201"}));
    assert_eq!(ids(&admin, "/contatos?nome=aur"), [c, b, a]);
    assert_eq!(ids(&admin, "/contatos?nome=aur-20"), [c, a]);
    assert_eq!(ids(&admin, "/contatos?nome=aur-20&exato=true"), [a]);
    for path in ["/oportunidades", "/qualificacoes"] {
        let made = admin.post(path, &json!({"nome": "Plano", "cliente": {"id": a}})).ok();
        let code = made["codigo"].as_str().expect("a code of its own");
        assert_eq!(ids(&admin, &format!("{path}?nome={code}&exato=true")), [id_of(&made)], "{path}");
        assert_eq!(ids(&admin, &format!("{path}?nome=plan")), [id_of(&made)], "{path}");
        assert_eq!(ids(&admin, &format!("{path}?nome=lano")), Vec::<i64>::new(), "{path}");
    }
}

// spec 4.6 to 4.18 `nome`: prefix on registries
#[test]
fn registries_are_found_by_the_prefix_of_their_name() {
    let favo = Favo::start();
    let admin = favo.admin();
    for path in ["/origem", "/segmento", "/categoria", "/equipe", "/produtoCategoria", "/produtoSubCategoria"]
    {
        let id = create(&admin, path, &json!({"nome": "Zênite Único"}));
        assert_eq!(ids(&admin, &format!("{path}?nome=zenite%20u")), [id], "{path}");
        assert_eq!(ids(&admin, &format!("{path}?nome=unico")), Vec::<i64>::new(), "{path}");
    }
}

// ---- 2.5 id lists ----

// spec 2.5 any of the ids; repeated, blank, unreadable and unknown entries
#[test]
fn id_lists_take_any_of_their_entries() {
    let favo = Favo::start();
    let admin = favo.admin();
    for (name, section) in [("A", 0), ("B", 1), ("C", 2), ("D", 3)] {
        create(&admin, "/contatos", &json!({"nome": name, "constante": section}));
    }
    for (query, expected) in [
        ("constante=1", "B"),
        ("constante=0,1,2,3,4,5", "ABCD"),
        ("constante=0%2C3", "AD"),
        ("constante=0&constante=3", "AD"),
        ("constante=0,1&constante=2", "ABC"),
        ("constante=,1,,2,", "BC"),
        ("constante=1, 2", "BC"),
        ("constante=abc,3", "D"),
        ("constante=2)", "C"),
        ("constante=1,99999999999999999999999", "B"),
        ("constante=77", ""),
        ("constante=abc", "ABCD"),
        ("constante=", "ABCD"),
        ("constante=,,", "ABCD"),
    ] {
        let found = names(&admin, &format!("/contatos?{}", query.replace(' ', "%20"))).concat();
        assert_eq!(found, expected, "{query}");
    }
}

// spec 2.5 different filters combine with AND; 4.1 filters
#[test]
fn different_filters_combine_with_and() {
    let favo = Favo::start();
    let admin = favo.admin();
    let vera = favo.user("vera@demo.example", "seller");
    let make = |name: &str, section: i64, tag: &str, origin: &str, owner: i64| {
        let body = json!({
            "nome": name, "constante": section, "listas": [tag], "origem": origin,
            "responsavel": {"id": owner}
        });
        admin.post("/contatos", &body).ok()
    };
    let a = make("Ana", 0, "Sul", "Feira", admin.user_id);
    let b = make("Ari", 1, "Sul", "Site", vera.user_id);
    let c = make("Bia", 1, "Norte", "Feira", vera.user_id);
    let (south, north) = (&a["listas"][0]["id"], &c["listas"][0]["id"]);
    let fair = &a["origemObject"]["id"];
    let found = |query: &str| names(&admin, &format!("/contatos?{query}"));
    assert_eq!(found(&format!("listasIds={south}")), ["Ana", "Ari"]);
    assert_eq!(found(&format!("listasIds={south},{north}")), ["Ana", "Ari", "Bia"]);
    assert_eq!(found("listasIds=987654321"), Vec::<String>::new());
    assert_eq!(found(&format!("origemId={fair}")), ["Ana", "Bia"]);
    assert_eq!(found(&format!("responsaveisId={}", vera.user_id)), ["Ari", "Bia"]);
    assert_eq!(found(&format!("responsaveisId={},{}&nome=a", vera.user_id, admin.user_id)), ["Ana", "Ari"]);
    assert_eq!(
        found(&format!("listasIds={south}&constante=1&nome=a")),
        [b["nome"].as_str().expect("a name")]
    );
    assert_eq!(found(&format!("listasIds={south}&origemId={fair}&constante=1")), Vec::<String>::new());
}

// spec 2.5 `status` accepts lists; 4.2 absent or unreadable: only 1; Appendix B 6
#[test]
fn the_status_of_opportunities_takes_lists_and_defaults_to_open() {
    let favo = Favo::start();
    let admin = favo.admin();
    for status in 1..=5 {
        let id = create(
            &admin,
            "/oportunidades",
            &json!({"nome": format!("S{status}"), "cliente": {"nome": "Ana"}}),
        );
        if status != 1 {
            admin.put(&format!("/oportunidades/{id}"), &json!({"status": status})).ok();
        }
    }
    for (query, expected) in [
        ("", "S1"),
        ("?status=", "S1"),
        ("?status=abc", "S1"),
        ("?status=2", "S2"),
        ("?status=3", "S3"),
        ("?status=4", "S4"),
        ("?status=5", "S5"),
        ("?status=2,3", "S2S3"),
        ("?status=1&status=5", "S1S5"),
        ("?status=1,2,3,4,5", "S1S2S3S4S5"),
        ("?status=9", ""),
    ] {
        assert_eq!(names(&admin, &format!("/oportunidades{query}")).concat(), expected, "{query}");
    }
}

// ---- 2.6 dates ----

/// Contacts made in the last instant of March 2 in São Paulo ("véspera"), in the first one of March 3 ("dia")
/// and at noon of March 4 ("depois").
fn contacts_around_midnight(favo: &Favo) -> Client {
    let admin = favo.admin();
    favo.advance(Duration::from_millis(15 * 3_600_000 - 1));
    let eve = admin.post("/contatos", &json!({"nome": "véspera"})).ok();
    assert_eq!(eve["dataCriacao"], "2026-03-03T02:59:59.999Z");
    favo.advance(Duration::from_millis(1));
    create(&admin, "/contatos", &json!({"nome": "dia"}));
    favo.advance(36 * HOUR);
    create(&admin, "/contatos", &json!({"nome": "depois"}));
    admin
}

// spec 2.6 both ends inclusive, São Paulo days
#[test]
fn date_filters_cut_at_midnight_in_sao_paulo() {
    let favo = Favo::start();
    let admin = contacts_around_midnight(&favo);
    for (query, expected) in [
        ("dataInicio=03/03/2026", vec!["depois", "dia"]),
        ("dataFim=02/03/2026", vec!["véspera"]),
        ("dataFim=03/03/2026", vec!["dia", "véspera"]),
        ("dataInicio=02/03/2026&dataFim=02/03/2026", vec!["véspera"]),
        ("dataInicio=03/03/2026&dataFim=03/03/2026", vec!["dia"]),
        ("dataInicio=03/03/2026&dataFim=04/03/2026", vec!["depois", "dia"]),
        ("dataInicio=05/03/2026", vec![]),
        ("dataFim=01/03/2026", vec![]),
        ("dataInicio=04/03/2026&dataFim=02/03/2026", vec![]),
    ] {
        assert_eq!(names(&admin, &format!("/contatos?{query}")), expected, "{query}");
    }
}

// spec 2.6 accepted formats, and any form of 3.2
#[test]
fn date_filters_accept_every_form_of_a_date() {
    let favo = Favo::start();
    let admin = contacts_around_midnight(&favo);
    for (start, expected) in [
        ("03/03/2026", 2),
        ("2026-03-03", 2),
        ("03/03/2026 00:00", 2),
        ("03/03/2026 00:01", 1),
        ("02/03/2026 23:59", 3),
        ("03/03/2026 00:00:00", 2),
        ("03/03/2026 00:00:01", 1),
        ("2026-03-03T00:00:00-03:00", 2),
        ("2026-03-03T00:00:00-0300", 2),
        ("2026-03-03T03:00Z", 2),
        ("2026-03-03T03:00:00.000Z", 2),
        ("2026-03-03T02:59:59.999Z", 3),
        ("2026-03-03T00:00:00", 2),
        ("1772506800000", 2),
        ("1772506799999", 3),
        ("1772506800001", 1),
    ] {
        let found = rows(&admin, &format!("/contatos?dataInicio={}", encoded(start)));
        assert_eq!(found.len(), expected, "dataInicio={start}");
    }
    for (end, expected) in [
        ("02/03/2026", 1),
        ("2026-03-02", 1),
        ("02/03/2026 23:59", 1),
        ("02/03/2026 23:58", 0),
        ("02/03/2026 23:59:59", 1),
        ("02/03/2026 23:59:58", 0),
        ("03/03/2026 00:00", 2),
        ("2026-03-03T02:59:59.999Z", 1),
        ("2026-03-03T02:59:59.998Z", 0),
        ("2026-03-03T00:00:00-03:00", 2),
        ("1772506799999", 1),
        ("1772506800000", 2),
    ] {
        let found = rows(&admin, &format!("/contatos?dataFim={}", encoded(end)));
        assert_eq!(found.len(), expected, "dataFim={end}");
    }
    assert_eq!(rows(&admin, "/contatos?dataInicio=03/03/2026+00:01").len(), 1, "a plus is a blank");
}

// spec 2.6 an unreadable value is ignored; 2.8 dates are read up to the stray character; Appendix B 9
#[test]
fn unreadable_dates_are_ignored_and_stray_signs_cut_off() {
    let favo = Favo::start();
    let admin = contacts_around_midnight(&favo);
    for value in ["ontem", "", "%20", "31/02/2026", "00/00/0000", "2026-13-45", "/", "99/99/9999"] {
        assert_eq!(rows(&admin, &format!("/contatos?dataInicio={value}")).len(), 3, "{value}");
        assert_eq!(rows(&admin, &format!("/contatos?dataFim={value}")).len(), 3, "{value}");
    }
    assert_eq!(names(&admin, "/contatos?dataFim=02/03/2026)"), ["véspera"]);
    assert_eq!(names(&admin, "/contatos?dataInicio=03/03/2026)&dataFim=03/03/2026)"), ["dia"]);
    assert_eq!(
        names(&admin, "/contatos?dataInicio=03/03/2026&dataFim=lixo"),
        ["depois", "dia"],
        "each end alone"
    );
}

// spec 2.6 pairs: update
#[test]
fn the_update_pair_filters_on_the_last_change() {
    let favo = Favo::start();
    let admin = favo.admin();
    let id = create(&admin, "/contatos", &json!({"nome": "Ana"}));
    create(&admin, "/contatos", &json!({"nome": "Bia"}));
    favo.advance(3 * DAY);
    admin.put(&format!("/contatos/{id}"), &json!({"cargo": "Sócia"})).ok();
    assert_eq!(names(&admin, "/contatos?dataInicioAtualizacao=05/03/2026"), ["Ana"]);
    assert_eq!(names(&admin, "/contatos?dataFimAtualizacao=04/03/2026"), ["Bia"]);
    let window = "/contatos?dataInicioAtualizacao=02/03/2026&dataFimAtualizacao=05/03/2026";
    assert_eq!(names(&admin, window), ["Ana", "Bia"]);
    assert_eq!(
        names(&admin, "/contatos?dataFim=02/03/2026&dataInicioAtualizacao=05/03/2026"),
        ["Ana"],
        "AND"
    );
}

// spec 2.6 pairs: limit and conclusion; 4.2 a conclusion filter without `status` covers all phases
#[test]
fn limit_and_conclusion_pairs_filter_opportunities() {
    let favo = Favo::start();
    let admin = favo.admin();
    let make = |name: &str, limit: &str| {
        create(
            &admin,
            "/oportunidades",
            &json!({"nome": name, "cliente": {"nome": "Ana"}, "dataLimite": limit}),
        )
    };
    make("aberta", "2026-04-30T23:59:59.999-03:00");
    let (won, lost) = (make("ganha", "01/05/2026"), make("perdida", "01/05/2026"));
    assert_eq!(names(&admin, "/oportunidades?dataFimLimite=30/04/2026"), ["aberta"]);
    assert_eq!(names(&admin, "/oportunidades?dataInicioLimite=01/05/2026"), ["ganha", "perdida"]);
    favo.advance(DAY);
    admin.put(&format!("/oportunidades/{won}"), &json!({"status": 2})).ok();
    favo.advance(DAY);
    admin.put(&format!("/oportunidades/{lost}"), &json!({"status": 3})).ok();
    assert_eq!(names(&admin, "/oportunidades?dataInicioConclusao=03/03/2026"), ["ganha", "perdida"]);
    assert_eq!(names(&admin, "/oportunidades?dataFimConclusao=03/03/2026"), ["ganha"]);
    assert_eq!(names(&admin, "/oportunidades?dataInicioConclusao=03/03/2026&status=3"), ["perdida"]);
    assert_eq!(
        names(&admin, "/oportunidades?dataInicioLimite=01/03/2026"),
        ["aberta"],
        "other dates: open ones only"
    );
}

// ---- 2.7 custom fields ----

fn contacts_with_custom_fields(favo: &Favo) -> Client {
    let admin = favo.admin();
    for field in [
        json!({"nome": "Porte da empresa", "tipo": 5, "opcoes": ["Pequeno", "Médio", "Grande"]}),
        json!({"nome": "Interesses", "tipo": 11, "opcoes": ["Café", "Chá", "Pão"]}),
    ] {
        create(&admin, "/campoPersonalizado", &field);
    }
    for (name, values) in [
        ("Ana", json!({"Porte da empresa": "Grande", "Interesses": ["Café", "Chá"]})),
        ("Bia", json!({"Porte da empresa": "Pequeno", "Interesses": ["Chá"]})),
        ("Caio", json!({})),
    ] {
        create(&admin, "/contatos", &json!({"nome": name, "camposPersonalizados": values}));
    }
    admin
}

// spec 2.7 equality ignoring case, several options, arrays of values, unknown labels, unreadable JSON
#[test]
fn custom_fields_filter_by_label() {
    let favo = Favo::start();
    let admin = contacts_with_custom_fields(&favo);
    let found = |filter: &str| {
        names(&admin, &format!("/contatos?camposPersonalizados={}", encoded(filter))).join(" ")
    };
    assert_eq!(found(r#"{"Porte da empresa": "Grande"}"#), "Ana");
    assert_eq!(found(r#"{"Porte da empresa": "GRANDE"}"#), "Ana");
    assert_eq!(found(r#"{"Porte da empresa": "Gran"}"#), "", "equality, not a prefix");
    assert_eq!(found(r#"{"Porte da empresa": ["Grande", "Pequeno"]}"#), "Ana Bia");
    assert_eq!(found(r#"{"Interesses": "Chá"}"#), "Ana Bia");
    assert_eq!(found(r#"{"Interesses": "Café"}"#), "Ana");
    assert_eq!(found(r#"{"Interesses": ["Pão", "café"]}"#), "Ana");
    assert_eq!(found(r#"{"Inventado": "Grande"}"#), "", "an unknown label matches nothing");
    for unreadable in ["{", "Grande", "", "[[", r#"{"Porte da empresa": }"#] {
        assert_eq!(found(unreadable), "Ana Bia Caio", "{unreadable}");
    }
}

// spec 2.7 `useAlias` makes the keys aliases
#[test]
fn custom_fields_filter_by_alias_when_asked() {
    let favo = Favo::start();
    let admin = contacts_with_custom_fields(&favo);
    let filter = encoded(r#"{"porte_da_empresa": "grande"}"#);
    let found =
        |flag: &str| names(&admin, &format!("/contatos?camposPersonalizados={filter}{flag}")).join(" ");
    for set in ["&useAlias=true", "&useAlias=1", "&useAlias=sim"] {
        assert_eq!(found(set), "Ana", "{set}");
    }
    for unset in ["", "&useAlias=", "&useAlias=false", "&useAlias=0"] {
        assert_eq!(found(unset), "", "{unset}: the alias is no label");
    }
}

// spec 2.7 on opportunities and qualifications
#[test]
fn custom_fields_filter_the_other_sections_too() {
    let favo = Favo::start();
    let admin = favo.admin();
    for (path, entity) in [("/oportunidades", "Oportunidade"), ("/qualificacoes", "Qualificacao")] {
        create(&admin, "/campoPersonalizado", &json!({"nome": "Canal", "relacionado": entity}));
        let make = |name: &str, value: &str| {
            let values = json!({"Canal": value});
            create(
                &admin,
                path,
                &json!({"nome": name, "cliente": {"nome": "X"}, "camposPersonalizados": values}),
            )
        };
        make("A", "Loja");
        make("B", "Feira");
        let filter = encoded(r#"{"Canal": "loja"}"#);
        assert_eq!(names(&admin, &format!("{path}?camposPersonalizados={filter}")), ["A"], "{path}");
    }
}

// ---- 2.8 lenient parsing ----

// spec 2.8 unknown query parameters are silently ignored
#[test]
fn unknown_parameters_are_ignored() {
    let favo = Favo::start();
    let admin = favo.admin();
    let person = create(&admin, "/contatos", &json!({"nome": "Ana", "emails": ["ana@x.example"]}));
    create(&admin, "/contatos", &json!({"nome": "Loja", "empresa": true}));
    for query in
        ["isEmpresa=true", "isEmpresa=false", "tipo=1", "email=ana@x.example", "cor=azul", "=", "&&", "x"]
    {
        assert_eq!(names(&admin, &format!("/contatos?{query}")), ["Ana", "Loja"], "{query}");
    }
    create(&admin, "/oportunidades", &json!({"nome": "Plano", "cliente": {"id": person}}));
    for parameter in [
        "etapa",
        "etapaAtual",
        "idEtapa",
        "sequencia",
        "funilVenda",
        "idFunilVenda",
        "funil",
        "etapaNome",
        "nada",
    ] {
        for value in ["99", "Nenhum"] {
            let path = format!("/oportunidades?{parameter}={value}");
            assert_eq!(names(&admin, &path), ["Plano"], "{path}");
        }
    }
}

// spec 2.8 numbers are read up to the first character that does not belong; Appendix B 9
#[test]
fn stray_characters_after_numbers_are_cut_off() {
    let favo = Favo::start();
    let admin = favo.admin();
    let all = contacts(&admin, 8);
    assert_eq!(ids(&admin, "/contatos?displayLength=3)&page=2)"), all[3..6]);
    assert_eq!(ids(&admin, "/contatos?displayLength=3abc&page=1"), all[..3]);
    assert_eq!(ids(&admin, "/contatos?displayLength=3.9"), all[..3]);
    let owner = format!("/contatos?responsaveisId={})", admin.user_id);
    assert_eq!(ids(&admin, &owner), all);
}

// spec 4.2 `pipeline` by exact name, `pipelineId`; Appendix B 6
#[test]
fn opportunities_are_listed_by_funnel() {
    let favo = Favo::start();
    let admin = favo.admin();
    let funnel = admin.post("/pipeline", &json!({"nome": "Vendas Sul", "sequencias": [{"nome": "Um"}]})).ok();
    create(&admin, "/oportunidades", &json!({"nome": "A", "cliente": {"nome": "X"}}));
    let south = json!({"nome": "B", "cliente": {"nome": "X"}, "pipeline": "Vendas Sul"});
    create(&admin, "/oportunidades", &south);
    assert_eq!(names(&admin, "/oportunidades?pipeline=Vendas%20Sul"), ["B"]);
    assert_eq!(names(&admin, "/oportunidades?pipeline=Vendas"), ["A"], "the exact name, no prefix");
    assert_eq!(names(&admin, "/oportunidades?pipeline=Nenhum"), Vec::<String>::new());
    assert_eq!(names(&admin, &format!("/oportunidades?pipelineId={}", id_of(&funnel))), ["B"]);
}
