//! Hostile and broken input: malformed, oversized and mistyped requests are refused whole, never with a 5xx.

use serde_json::{Map, Value, json};

use crate::harness::{Answer, Client, Favo, raw};

const BASE: &str = "/crm/api/1";
/// Digits that fit no 64-bit number.
pub(crate) const HUGE: &str = "99999999999999999999999";
/// Texts that have broken servers before.
pub(crate) const HOSTILE: [&str; 12] = [
    "'; DROP TABLE contact; --",
    "' OR '1'='1",
    "\" OR \"\"=\"",
    "x') UNION SELECT 1,2,3 --",
    "\\'; SELECT 1; --",
    "%",
    "_",
    "$1 ?1 :nome {0} %s",
    "*\\x00/*--*/",
    "<script>alert(1)</script>",
    "Ana\r\nX-Injected: 1\r\n\r\n<b>",
    "\u{202e}😀\u{301}é\t\u{7f}",
];

fn id_of(body: &Value) -> i64 {
    body["id"].as_i64().unwrap_or_else(|| panic!("a numeric id at the root: {body}"))
}

fn create(client: &Client, path: &str, body: &Value) -> i64 {
    id_of(&client.post(path, body).ok())
}

fn count(client: &Client, path: &str) -> usize {
    client.get(path).ok().as_array().unwrap_or_else(|| panic!("{path}: a bare array")).len()
}

/// Percent-encodes everything but letters and digits.
pub(crate) fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

#[track_caller]
fn is_invalid_json(answer: &Answer) {
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert_eq!(answer.json(), json!({"message": "JSON inválido"}));
}

/// A small world: one record of each section, by path.
struct Sample {
    contact: i64,
    opportunity: i64,
    records: Vec<(&'static str, i64)>,
}

fn sample(client: &Client) -> Sample {
    let contact = create(client, "/contatos", &json!({"nome": "Ana", "emails": ["ana@x.example"]}));
    let customer = json!({"id": contact});
    let product = create(client, "/produto", &json!({"nome": "Plano", "valorBase": 10}));
    let opportunity = json!({"nome": "Venda", "cliente": customer, "produtos": [{"refId": product}]});
    let opportunity = create(client, "/oportunidades", &opportunity);
    let task = json!({"titulo": "Ligar", "cliente": customer, "dataLimite": "05/03/2026"});
    let visit = json!({"assunto": "Visita", "cliente": customer, "dataInicio": "05/03/2026 10:00"});
    let funnel = json!({"nome": "Outro funil", "sequencias": [{"nome": "Um"}, {"nome": "Dois"}]});
    let records = vec![
        ("/contatos", contact),
        ("/oportunidades", opportunity),
        ("/qualificacoes", create(client, "/qualificacoes", &json!({"cliente": customer}))),
        ("/tarefas", create(client, "/tarefas", &task)),
        ("/compromissos", create(client, "/compromissos", &visit)),
        ("/produto", product),
        ("/pipeline", create(client, "/pipeline", &funnel)),
        ("/lista", create(client, "/lista", &json!({"nome": "Sul"}))),
        ("/origem", create(client, "/origem", &json!({"nome": "Rádio"}))),
        ("/tabelaPreco", create(client, "/tabelaPreco", &json!({"nome": "2026"}))),
        ("/campoPersonalizado", create(client, "/campoPersonalizado", &json!({"nome": "Porte"}))),
        ("/equipe", create(client, "/equipe", &json!({"nome": "Campo"}))),
    ];
    Sample { contact, opportunity, records }
}

impl Sample {
    fn id(&self, path: &str) -> i64 {
        self.records.iter().find(|(known, _)| *known == path).expect("a record").1
    }
}

// ---- bodies ----

// spec 1.4, 1.6: malformed JSON is 400
#[test]
fn malformed_bodies_are_400_and_write_nothing() {
    let favo = Favo::start();
    let admin = favo.admin();
    let id = create(&admin, "/contatos", &json!({"nome": "Ana"}));
    for body in [
        "{",
        "}",
        "{\"nome\": \"Bia\"",
        "{\"nome\": \"Bia\",}",
        "{\"nome\": \"Bia\"} lixo",
        "{'nome': 'Bia'}",
        "{nome: \"Bia\"}",
        "{\"nome\": NaN}",
        "{\"nome\": undefined}",
        "{\"nome\": \"Bia\", \"constante\": 01}",
        "{\"nome\": \"Bi\u{1}a\"}",
        "{\"nome\": \"\\x41\"}",
        "<contato><nome>Bia</nome></contato>",
        "\u{0}",
    ] {
        is_invalid_json(&admin.send("POST", "/contatos", &[], body.as_bytes()));
        is_invalid_json(&admin.send("PUT", &format!("/contatos/{id}"), &[], body.as_bytes()));
        is_invalid_json(&admin.send("POST", "/contatos/upsert", &[], body.as_bytes()));
    }
    assert_eq!(admin.get("/contatos?attribute=nome").ok(), json!([{"nome": "Ana"}]));
}

// spec 1.4: UTF-8 unless another charset is named
#[test]
fn bodies_that_are_not_utf_8_are_400() {
    let favo = Favo::start();
    let admin = favo.admin();
    for body in [
        &b"{\"nome\": \"S\xe3o\"}"[..],
        b"{\"nome\": \"\xff\xfe\"}",
        b"{\"nome\": \"\xc0\xaf\"}",
        b"{\"nome\": \"\xed\xa0\x80\"}",
        b"\xff\xfe{\x00}\x00",
        b"\xfe\xff\x00{\x00}",
    ] {
        is_invalid_json(&admin.send("POST", "/contatos", &[("Content-Type", "application/json")], body));
        let named = [("Content-Type", "application/json; charset=utf-8")];
        is_invalid_json(&admin.send("POST", "/contatos", &named, body));
    }
    assert_eq!(count(&admin, "/contatos"), 0);
}

// spec 1.4: a body that does not unpack is no JSON
#[test]
fn a_broken_compressed_body_is_400() {
    let favo = Favo::start();
    let admin = favo.admin();
    for label in ["gzip", "deflate", "br"] {
        is_invalid_json(&admin.send(
            "POST",
            "/contatos",
            &[("Content-Encoding", label)],
            b"{\"nome\": \"Ana\"}",
        ));
    }
    assert_eq!(count(&admin, "/contatos"), 0);
}

/// A zlib stream of about 20 KB that unpacks to 3 MiB of blanks: a literal, then matches of length 258.
fn small_bomb() -> Vec<u8> {
    let mut bits = vec![true, true, false]; // last block, fixed codes
    let mut code = |value: u16, length: u32| {
        bits.extend((0..length).rev().map(|bit| value >> bit & 1 == 1));
    };
    code(0x30 + u16::from(b' '), 8);
    for _ in 0..3 * 1024 * 1024 / 258 {
        code(0b1100_0101, 8);
        code(0, 5);
    }
    code(0, 7); // end of block
    let mut bytes = vec![0x78, 0x01];
    for byte in bits.chunks(8) {
        bytes.push(byte.iter().enumerate().fold(0, |sum, (place, set)| sum | u8::from(*set) << place));
    }
    bytes.extend([0; 4]);
    bytes
}

// spec 1.4 limits: the 2 MiB hold for the JSON, not for its packing
#[test]
fn a_compressed_bomb_is_413() {
    let favo = Favo::start();
    let admin = favo.admin();
    let bomb = small_bomb();
    assert!(bomb.len() < 40_000);
    assert_eq!(admin.send("POST", "/contatos", &[("Content-Encoding", "deflate")], &bomb).status, 413);
    assert_eq!(admin.get("/contatos").ok(), json!([]));
}

// spec 1.4 limits, 1.6 413: on every writing call
#[test]
fn bodies_over_2_mib_are_413_everywhere() {
    let favo = Favo::start();
    let admin = favo.admin();
    let id = create(&admin, "/contatos", &json!({"nome": "Ana"}));
    let large = json!({"nome": "Bia", "observacao": "x".repeat(2 * 1024 * 1024 + 1)});
    for (method, path) in [
        ("POST", "/contatos".to_owned()),
        ("PUT", format!("/contatos/{id}")),
        ("POST", "/contatos/upsert".to_owned()),
        ("POST", "/oportunidades".to_owned()),
    ] {
        let answer = admin.send(method, &path, &[], large.to_string().as_bytes());
        assert_eq!(answer.status, 413, "{method} {path}: {}", answer.text());
        assert!(answer.json()["message"].is_string(), "{method} {path}");
    }
    assert_eq!(admin.get("/contatos?attribute=nome").ok(), json!([{"nome": "Ana"}]));
}

// design, security: depth limits everywhere; spec 1.4: what is not read as JSON is 400
#[test]
fn bodies_nested_deeper_than_64_are_400() {
    let favo = Favo::start();
    let admin = favo.admin();
    let nested = |open: &str, close: &str, depth: usize| {
        format!("{{\"nome\": \"Ana\", \"x\": {}1{}}}", open.repeat(depth), close.repeat(depth))
    };
    let fine = admin.send("POST", "/contatos", &[], nested("[", "]", 60).as_bytes());
    assert_eq!(fine.ok()["nome"], "Ana", "an unknown key of modest depth is ignored");
    for depth in [70, 200, 10_000, 500_000] {
        is_invalid_json(&admin.send("POST", "/contatos", &[], nested("[", "]", depth).as_bytes()));
    }
    for depth in [70, 10_000, 200_000] {
        is_invalid_json(&admin.send("POST", "/contatos", &[], nested("{\"a\":", "}", depth).as_bytes()));
    }
    let filter = encoded(&"[".repeat(2_000));
    assert_eq!(
        count(&admin, &format!("/contatos?camposPersonalizados={filter}")),
        1,
        "spec 2.7: unreadable, ignored"
    );
    assert_eq!(count(&admin, "/contatos"), 1, "the server lives on and stored nothing");
}

// ---- ids ----

// spec 1.1: an unknown record; ids are 64 bit
#[test]
fn ids_beyond_64_bits_are_unknown_records() {
    let favo = Favo::start();
    let admin = favo.admin();
    let sample = sample(&admin);
    for (path, _) in &sample.records {
        for id in [HUGE, "9223372036854775808", "18446744073709551617", "-9223372036854775809"] {
            let item = format!("{path}/{id}");
            for answer in [admin.get(&item), admin.put(&item, &json!({"nome": "X"})), admin.delete(&item)] {
                assert_eq!(answer.status, 404, "{item}: {}", answer.text());
                assert_eq!(answer.json(), json!({"message": "Registro não encontrado"}), "{item}");
            }
        }
    }
    for path in ["/contatos/statistics/", "/oportunidades/statistics/", "/proposta/opportunity/"] {
        assert_eq!(admin.get(&format!("{path}{HUGE}")).status, 404, "{path}");
    }
    assert_eq!(admin.get(&format!("/contatos/{HUGE}/proximaAtividade")).status, 404);
    assert_eq!(admin.get(&format!("/oportunidades/contatoId/{HUGE}")).ok(), json!([]));
}

// spec 1.7, 3.7: a relation that is not found
#[test]
fn relation_ids_beyond_64_bits_are_409() {
    let favo = Favo::start();
    let admin = favo.admin();
    for id in
        ["99999999999999999999999", "9223372036854775808", "-1", "0", "\"99999999999999999999999\"", "1.5"]
    {
        let body = format!("{{\"nome\": \"Venda\", \"cliente\": {{\"id\": {id}}}}}");
        let answer = admin.send("POST", "/oportunidades", &[], body.as_bytes());
        assert_eq!(answer.refused().len(), 1, "{id}");
    }
    assert_eq!(count(&admin, "/oportunidades"), 0);
    assert_eq!(count(&admin, "/contatos"), 0);
}

// spec 2.5: unreadable entries are skipped, unknown ids match nothing; never an error
#[test]
fn filter_ids_beyond_64_bits_are_no_error() {
    let favo = Favo::start();
    let admin = favo.admin();
    sample(&admin);
    for path in ["/contatos", "/oportunidades", "/qualificacoes", "/tarefas", "/compromissos", "/pipeline"] {
        for parameter in ID_FILTERS {
            let query = format!("{path}?{parameter}={HUGE},-{HUGE}&{parameter}=1e400");
            assert!(admin.get(&query).ok().is_array(), "{query}");
        }
    }
}

pub(crate) const ID_FILTERS: [&str; 21] = [
    "constante",
    "status",
    "secao",
    "clienteId",
    "pipelineId",
    "oportunidadeId",
    "contatoId",
    "sequenciaAtual",
    "listasIds",
    "origemId",
    "segmentoId",
    "responsaveisId",
    "usuariosId",
    "origensId",
    "origensContatoId",
    "categoriasId",
    "segmentosId",
    "produtosIds",
    "categoriasProdutoIds",
    "subcategoriasProdutoIds",
    "type",
];

pub(crate) const TEXT_FILTERS: [&str; 14] = [
    "nome",
    "name",
    "pipeline",
    "camposPersonalizados",
    "useAlias",
    "exato",
    "attribute",
    "dataInicio",
    "dataFimAtualizacao",
    "dataInicioLimite",
    "dataFimConclusao",
    "page",
    "displayLength",
    "relacionado",
];

// ---- injection ----

// spec 3.3: text is stored as sent
#[test]
fn hostile_text_is_stored_as_sent_and_found_by_its_name() {
    let favo = Favo::start();
    let admin = favo.admin();
    for text in HOSTILE {
        let body = json!({"nome": text, "cargo": text, "observacao": text, "codigo": text});
        let created = admin.post("/contatos", &body).ok();
        for key in ["nome", "cargo", "observacao", "codigo"] {
            assert_eq!(created[key], text, "{key}");
        }
        let path = format!("/contatos?exato=true&nome={}", encoded(text));
        let found = admin.get(&path).ok();
        assert_eq!(found.as_array().map(Vec::len), Some(1), "{text}: {found}");
        assert_eq!(found[0], created, "{text}");
        assert_eq!(admin.get(&format!("/contatos/{}", id_of(&created))).ok(), created);
    }
    assert_eq!(count(&admin, "/contatos"), HOSTILE.len());
}

// spec 2.4 to 2.8: filters are values, never code
#[test]
fn sql_metacharacters_in_filters_are_only_text() {
    let favo = Favo::start();
    let admin = favo.admin();
    let sample = sample(&admin);
    for (path, id) in &sample.records {
        for text in HOSTILE {
            let value = encoded(text);
            for parameter in ID_FILTERS.iter().chain(&TEXT_FILTERS) {
                let query = format!("{path}?{parameter}={value}");
                assert!(admin.get(&query).ok().is_array(), "{query}");
            }
            assert!(admin.get(&format!("{path}?{value}=1")).ok().is_array(), "{path}?{value}=1");
        }
        assert_eq!(admin.get(&format!("{path}/{id}")).status, 200, "{path}");
    }
    let custom = encoded(&json!({"Porte' OR 1=1 --": "x' OR 'a'='a"}).to_string());
    assert_eq!(admin.get(&format!("/contatos?camposPersonalizados={custom}")).ok(), json!([]));
    assert_eq!(admin.get(&format!("/contatos?nome={}", encoded("' OR '1'='1"))).ok(), json!([]));
}

// spec 4.31, 4.30: lookups and search keys are values
#[test]
fn sql_metacharacters_in_lookups_match_nothing() {
    let favo = Favo::start();
    let admin = favo.admin();
    sample(&admin);
    for text in HOSTILE.iter().filter(|text| !text.contains('*') && !text.contains(char::is_numeric)) {
        let value = encoded(text);
        for lookup in ["/contatos/email", "/oportunidades/email", "/qualificacoes/email"] {
            assert_eq!(admin.get(&format!("{lookup}/{value}")).ok(), json!([]), "{lookup} {text}");
        }
    }
    for lookup in ["telefone", "cnpj", "cpf"] {
        let path = format!("/contatos/{lookup}/{}", encoded("' OR '1'='1"));
        assert_eq!(admin.get(&path).ok(), json!([]), "{lookup}");
    }
    let key = encoded("' OR '1'='1");
    let made = admin.post(&format!("/contatos/upsert?mail={key}"), &json!({"nome": "Nova"})).ok();
    assert_eq!(made["nome"], "Nova");
    assert_eq!(count(&admin, "/contatos?nome=Ana"), 1, "the search key hit nobody");
}

// spec 3.6, 3.9: keys of bodies are names, never code
#[test]
fn hostile_keys_are_unknown_keys() {
    let favo = Favo::start();
    let admin = favo.admin();
    let mut body = Map::new();
    let mut custom = Map::new();
    for text in HOSTILE {
        body.insert(text.to_owned(), json!(text));
        custom.insert(text.to_owned(), json!(text));
    }
    body.insert("__proto__".to_owned(), json!({"ativo": false}));
    body.insert("tenant_id".to_owned(), json!(2));
    body.insert("nome".to_owned(), json!("Ana"));
    body.insert("camposPersonalizados".to_owned(), Value::Object(custom));
    let created = admin.post("/contatos", &Value::Object(body)).ok();
    assert_eq!(created["nome"], "Ana");
    assert_eq!(created["ativo"], true);
    assert_eq!(created["camposPersonalizados"], json!({}));
    assert!(HOSTILE.iter().all(|text| created.get(text).is_none()));
}

// spec 4.18 F1, 3.9: labels of custom fields are names, never code
#[test]
fn a_custom_field_may_have_a_hostile_label() {
    let favo = Favo::start();
    let admin = favo.admin();
    let label = "Porte'); DROP TABLE contact; --\"$.a[0]";
    create(&admin, "/campoPersonalizado", &json!({"nome": label}));
    let mut values = Map::new();
    values.insert(label.to_owned(), json!("Grande"));
    let values = Value::Object(values);
    let made = admin.post("/contatos", &json!({"nome": "Ana", "camposPersonalizados": values})).ok();
    assert_eq!(made["camposPersonalizados"], values);
    admin.post("/contatos", &json!({"nome": "Bia"})).ok();
    let filter = encoded(&values.to_string());
    assert_eq!(
        admin.get(&format!("/contatos?camposPersonalizados={filter}&attribute=nome")).ok(),
        json!([{"nome": "Ana"}])
    );
}

// no input becomes a header of the answer
#[test]
fn line_breaks_in_the_request_add_no_headers() {
    let favo = Favo::start();
    let admin = favo.admin();
    let breaks = "%0d%0aX-Injected:%201%0d%0a%0d%0a<b>";
    let made = admin.post("/contatos", &json!({"nome": "Ana\r\nX-Injected: 1"}));
    assert_eq!(made.ok()["nome"], "Ana\r\nX-Injected: 1");
    let contact = id_of(&made.json());
    for answer in [
        made,
        admin.get(&format!("/nada{breaks}")),
        admin.get(&format!("/contatos/{breaks}")),
        admin.get(&format!("/contatos?nome={breaks}&api_token={breaks}")),
        admin.send("PATCH", &format!("/contatos/{contact}?x={breaks}"), &[], b""),
        raw(favo.address, "GET", &format!("{BASE}/contatos?api_token={breaks}"), &[], b""),
        raw(favo.address, "GET", &format!("{BASE}/webform/view-embedded/{breaks}"), &[], b""),
    ] {
        assert!(answer.status < 500, "{}", answer.status);
        assert_eq!(answer.header("x-injected"), None);
    }
}

// queries and paths that do not decode are text like any other
#[test]
fn broken_percent_codes_are_no_error() {
    let favo = Favo::start();
    let admin = favo.admin();
    create(&admin, "/contatos", &json!({"nome": "Ana"}));
    for query in [
        "nome=%ff%fe",
        "nome=%zz",
        "nome=%",
        "nome=%c3",
        "%ff=1",
        "page=%ff",
        "attribute=%ff",
        "dataInicio=%ff",
    ] {
        let answer = admin.get(&format!("/contatos?{query}"));
        assert!(answer.ok().is_array(), "{query}");
    }
    for path in ["/contatos/%ff", "/contatos/%zz", "/contatos/%00", "/contatos/1%2F2", "/contatos/..%2f1"] {
        assert_eq!(admin.get(path).status, 404, "{path}");
    }
    for path in ["/contatos/email/%ff", "/contatos/email/%00", "/contatos/telefone/%zz", "/contatos/cpf/%ff"]
    {
        assert_eq!(admin.get(path).ok(), json!([]), "{path}");
    }
    assert!(admin.get(&format!("/contatos?nome={}", "x".repeat(4_000))).status < 500);
}

// ---- values of the wrong type ----

fn invalid(field: &str) -> String {
    format!("O valor do campo {field} é inválido")
}

/// Posts the body with the key replaced, value by value: each must be refused for that key alone.
#[track_caller]
fn refuses(client: &Client, path: &str, body: &Value, key: &str, values: &[Value]) {
    for value in values {
        let mut body = body.clone();
        body[key] = value.clone();
        let answer = client.post(path, &body);
        assert_eq!(answer.status, 409, "{path} {key} = {value}: {}", answer.text());
        assert_eq!(answer.refused(), [invalid(key)], "{path} {key} = {value}");
    }
}

// spec 1.7 value cannot be read; 3.3 coercions
#[test]
fn integers_numbers_and_booleans_of_the_wrong_type_are_refused() {
    let favo = Favo::start();
    let admin = favo.admin();
    let contact = json!({"nome": "Ana"});
    let huge: Value = json!(1e30);
    let not_numbers =
        [json!("muitos"), json!({"a": 1}), json!([1, 2]), json!("1,2,3x"), json!("NaN"), json!("1e999")];
    let mut not_integers = not_numbers.to_vec();
    not_integers.extend([json!(HUGE), huge]);
    refuses(&admin, "/contatos", &contact, "quantidadeFuncionarios", &not_integers);
    refuses(&admin, "/contatos", &contact, "receitaAnual", &not_numbers);
    let not_booleans =
        [json!("talvez"), json!(2), json!(-1), json!(0.5), json!({"a": true}), json!([true, false])];
    for key in ["ativo", "sigiloso", "empresa"] {
        refuses(&admin, "/contatos", &contact, key, &not_booleans);
    }
    let product = json!({"nome": "Plano", "valorBase": 1});
    refuses(&admin, "/produto", &product, "valorBase", &not_numbers);
    refuses(&admin, "/produto", &product, "permiteDesconto", &not_booleans);
    assert_eq!(count(&admin, "/contatos") + count(&admin, "/produto"), 0);
}

// spec 1.7, 3.3 enumerations: an unknown code
#[test]
fn unknown_codes_are_refused() {
    let favo = Favo::start();
    let admin = favo.admin();
    let customer = json!({"nome": "Ana"});
    let due = "05/03/2026";
    let contact = create(&admin, "/contatos", &customer);
    let codes = |unknown: i64| {
        vec![
            json!(unknown),
            json!(unknown.to_string()),
            json!(-7),
            json!("abc"),
            json!({"a": 1}),
            json!([1, 2]),
            json!(HUGE),
        ]
    };
    refuses(&admin, "/contatos", &customer, "constante", &codes(6));
    let opportunity = json!({"nome": "Venda", "cliente": {"id": contact}});
    refuses(&admin, "/oportunidades", &opportunity, "status", &codes(6));
    refuses(&admin, "/oportunidades", &opportunity, "probabilidade", &codes(101));
    let qualification = json!({"cliente": {"id": contact}});
    refuses(&admin, "/qualificacoes", &qualification, "status", &codes(7));
    let task = json!({"titulo": "Ligar", "cliente": {"id": contact}, "dataLimite": due});
    refuses(&admin, "/tarefas", &task, "status", &codes(4));
    refuses(&admin, "/tarefas", &task, "prioridade", &codes(3));
    refuses(&admin, "/tarefas", &task, "tipo", &codes(5));
    refuses(&admin, "/tarefas", &task, "classificacao", &[json!(0), json!(6), json!("boa")]);
    let visit = json!({"assunto": "Visita", "cliente": {"id": contact}, "dataInicio": due});
    refuses(&admin, "/compromissos", &visit, "status", &codes(3));
    refuses(&admin, "/produto", &json!({"nome": "Plano", "valorBase": 1}), "recorrencia", &codes(3));
    refuses(&admin, "/pipeline", &json!({"nome": "F", "sequencias": [{"nome": "Um"}]}), "tipo", &codes(2));
    refuses(&admin, "/campoPersonalizado", &json!({"nome": "Porte"}), "tipo", &codes(13));
    refuses(&admin, "/lista", &json!({"nome": "Sul"}), "relacionada", &codes(3));
}

// spec 1.7, 3.2: anything else than the known forms of a date: 409
#[test]
fn dates_that_cannot_be_read_are_refused() {
    let favo = Favo::start();
    let admin = favo.admin();
    let contact = create(&admin, "/contatos", &json!({"nome": "Ana"}));
    let dates = [
        json!("amanhã"),
        json!("31/02/2026"),
        json!("2026-02-30"),
        json!("2026-13-01"),
        json!("02/03/26"),
        json!("2026-03-02T25:00:00Z"),
        json!("2026-03-02T10:00:00+99:00"),
        json!("10000-01-01"),
        json!("99999999999999999999"),
        json!(true),
        json!({"data": "2026-03-02"}),
        json!(["2026-03-02", "2026-03-03"]),
    ];
    let customer = json!({"id": contact});
    refuses(&admin, "/contatos", &json!({"nome": "Bia"}), "dataNascimento", &dates);
    refuses(&admin, "/oportunidades", &json!({"nome": "Venda", "cliente": customer}), "dataLimite", &dates);
    refuses(&admin, "/tarefas", &json!({"titulo": "Ligar", "cliente": customer}), "dataLimite", &dates);
    refuses(
        &admin,
        "/compromissos",
        &json!({"assunto": "Visita", "cliente": customer}),
        "dataInicio",
        &dates,
    );
    refuses(&admin, "/tabelaPreco", &json!({"nome": "2026"}), "dataExpiracao", &dates);
}

// spec 1.7, 3.3: text, lists, maps, relations
#[test]
fn objects_and_lists_in_the_wrong_place_are_refused() {
    let favo = Favo::start();
    let admin = favo.admin();
    let contact = json!({"nome": "Ana"});
    let not_text = [json!({"a": 1}), json!(["a", "b"])];
    for key in ["nome", "cargo", "observacao", "cnpj", "codigo"] {
        refuses(&admin, "/contatos", &contact, key, &not_text);
    }
    refuses(&admin, "/contatos", &contact, "emails", &[json!({"a": 1}), json!([{"a": 1}]), json!([["a"]])]);
    refuses(&admin, "/contatos", &contact, "telefones", &[json!({"a": 1}), json!([["a", "b"]])]);
    refuses(
        &admin,
        "/contatos",
        &contact,
        "camposPersonalizados",
        &[json!("x"), json!(3), json!(["a", "b"])],
    );
    refuses(&admin, "/contatos", &contact, "responsavel", &[json!([1, 2])]);
    assert_eq!(count(&admin, "/contatos"), 0);
}

// spec 1.7: the same on update, and the stored record stays
#[test]
fn wrong_types_are_refused_on_update_too() {
    let favo = Favo::start();
    let admin = favo.admin();
    let sample = sample(&admin);
    for (path, key, value) in [
        ("/contatos", "constante", json!("abc")),
        ("/contatos", "ativo", json!("talvez")),
        ("/contatos", "dataNascimento", json!("amanhã")),
        ("/contatos", "nome", json!({"a": 1})),
        ("/oportunidades", "probabilidade", json!(-1)),
        ("/oportunidades", "valorAvulso", json!("caro")),
        ("/oportunidades", "etapa", json!("abc")),
        ("/tarefas", "dataLimite", json!("ontem")),
        ("/compromissos", "status", json!(9)),
        ("/produto", "valorBase", json!("caro")),
    ] {
        let item = format!("{path}/{}", sample.id(path));
        let before = admin.get(&item).ok();
        let mut body = json!({"observacao": "mudou", "descricao": "mudou", "cargo": "mudou"});
        body[key] = value;
        assert_eq!(admin.put(&item, &body).refused(), [invalid(key)], "{item} {body}");
        assert_eq!(admin.get(&item).ok(), before, "{item}: nothing changed");
    }
}

// spec 1.7 no. 1: all problems of the request are reported together
#[test]
fn all_problems_are_reported_together() {
    let favo = Favo::start();
    let admin = favo.admin();
    let sorted = |answer: Answer| {
        let mut texts = answer.refused();
        texts.sort();
        texts
    };
    let body = json!({"constante": "x", "ativo": "talvez", "dataNascimento": "ontem"});
    let expected = [
        "O campo nome é obrigatório".to_owned(),
        invalid("ativo"),
        invalid("constante"),
        invalid("dataNascimento"),
    ];
    assert_eq!(sorted(admin.post("/contatos", &body)), expected);
    let required =
        |fields: &[&str]| fields.iter().map(|f| format!("O campo {f} é obrigatório")).collect::<Vec<_>>();
    assert_eq!(sorted(admin.post("/tarefas", &json!({}))), required(&["cliente", "dataLimite", "titulo"]));
    assert_eq!(
        sorted(admin.post("/compromissos", &json!({}))),
        required(&["assunto", "cliente", "dataInicio"])
    );
    assert_eq!(sorted(admin.post("/oportunidades", &json!({}))), required(&["cliente", "nome"]));
    assert_eq!(sorted(admin.post("/produto", &json!({}))), required(&["nome", "valorBase"]));
    assert_eq!(sorted(admin.post("/usuario", &json!({}))), required(&["email", "login", "nome"]));
}

// ---- nothing half-written ----

// a refused create leaves no trace: no record, no people, no registry entries
#[test]
fn a_refused_contact_leaves_nothing_behind() {
    let favo = Favo::start();
    let admin = favo.admin();
    let before = (
        count(&admin, "/origem?page=-1"),
        count(&admin, "/lista?page=-1"),
        count(&admin, "/segmento?page=-1"),
    );
    for wrong in [
        json!({"constante": "x"}),
        json!({"responsavel": {"id": 987_654_321}}),
        json!({"contatos": [{"nome": "Lia"}, {"nome": {"a": 1}}]}),
        json!({"contatos": [{"nome": "Lia"}, {"nome": "Rui", "responsavel": {"login": "ninguem"}}]}),
        json!({"queue": {"id": 987_654_321}}),
        json!({"enderecos": [{"tipo": 9}]}),
    ] {
        let mut body = json!({
            "nome": "Padaria", "origem": "Origem nova", "segmento": "Segmento novo", "listas": ["Lista nova"],
            "empresaAtual": {"nome": "Empresa nova"}, "contatos": [{"nome": "Lia"}]
        });
        body.as_object_mut().expect("an object").extend(wrong.as_object().expect("an object").clone());
        assert_eq!(admin.post("/contatos", &body).status, 409, "{wrong}");
        assert_eq!(admin.get("/contatos").ok(), json!([]), "{wrong}");
    }
    let after = (
        count(&admin, "/origem?page=-1"),
        count(&admin, "/lista?page=-1"),
        count(&admin, "/segmento?page=-1"),
    );
    assert_eq!(after, before, "no registry entry was created on the way");
}

// spec 3.7: a customer created from its name, O3, O4: then the funnel is refused
#[test]
fn a_refused_opportunity_creates_no_customer() {
    let favo = Favo::start();
    let admin = favo.admin();
    for wrong in [
        json!({"pipeline": "Nenhum"}),
        json!({"etapa": 99}),
        json!({"etapa": 2}),
        json!({"produtos": [{"refId": 987_654_321}]}),
        json!({"justificativas": [{"nome": "Inventada"}]}),
        json!({"probabilidade": 101}),
    ] {
        let mut body =
            json!({"nome": "Venda", "cliente": {"nome": "Cliente novo"}, "origem": {"nome": "Origem nova"}});
        body.as_object_mut().expect("an object").extend(wrong.as_object().expect("an object").clone());
        assert_eq!(admin.post("/oportunidades", &body).status, 409, "{wrong}");
    }
    assert_eq!(admin.get("/oportunidades?status=1,2,3,4,5").ok(), json!([]));
    assert_eq!(admin.get("/contatos").ok(), json!([]));
    assert_eq!(admin.get("/origem?nome=Origem%20nova").ok(), json!([]));
}

// a refused update changes no field, no person and no date
#[test]
fn a_refused_update_changes_nothing() {
    let favo = Favo::start();
    let admin = favo.admin();
    admin.post("/contatos", &json!({"nome": "Outra", "emails": ["outra@x.example"]})).ok();
    let body =
        json!({"nome": "Padaria", "contatos": [{"nome": "Lia", "emails": ["lia@x.example"]}], "cargo": "x"});
    let made = admin.post("/contatos", &body).ok();
    let item = format!("/contatos/{}", id_of(&made));
    let person = format!("/contatos/{}", id_of(&made["contatos"][0]));
    let (before, person_before) = (admin.get(&item).ok(), admin.get(&person).ok());
    favo.advance(std::time::Duration::from_mins(1));
    let person_id = &made["contatos"][0]["id"];
    for wrong in [
        json!({"cargo": "y", "emails": ["outra@x.example"]}),
        json!({"cargo": "y", "nome": ""}),
        json!({"cargo": "y", "contatos": [{"nome": "Rui"}], "receitaAnual": "caro"}),
        json!({"contatos": [{"id": person_id, "cargo": "Gerente"}, {"id": 987_654_321}], "ativo": 7}),
        json!({"cargo": "y", "responsavel": {"nome": "Ninguém"}}),
    ] {
        assert_eq!(admin.put(&item, &wrong).status, 409, "{wrong}");
        assert_eq!(admin.get(&item).ok(), before, "{wrong}");
        assert_eq!(admin.get(&person).ok(), person_before, "{wrong}");
    }
    assert_eq!(count(&admin, "/contatos"), 3);
}

// ---- other tenants ----

// spec 1.6, design (security): another tenant's record is a 404 for every verb, and no relation
#[test]
fn ids_of_another_tenant_do_not_exist() {
    let favo = Favo::start();
    let admin = favo.admin();
    let sample = sample(&admin);
    let stranger = favo.other_tenant();
    for (path, id) in &sample.records {
        let item = format!("{path}/{id}");
        let before = admin.get(&item).ok();
        for answer in
            [stranger.get(&item), stranger.put(&item, &json!({"nome": "Roubado"})), stranger.delete(&item)]
        {
            assert_eq!(answer.status, 404, "{item}: {}", answer.text());
            assert_eq!(answer.json(), json!({"message": "Registro não encontrado"}), "{item}");
        }
        assert_eq!(stranger.send("HEAD", &item, &[], b"").status, 404, "{item}");
        assert_eq!(admin.get(&item).ok(), before, "{item}: untouched");
    }
}

// spec 1.7, 3.7: a record of another tenant is no relation
#[test]
fn ids_of_another_tenant_are_409_as_relations() {
    let favo = Favo::start();
    let (admin, stranger) = (favo.admin(), favo.other_tenant());
    sample(&admin);
    // Ids may count per tenant: these are beyond everything the stranger has.
    for _ in 0..20 {
        create(&admin, "/contatos", &json!({"nome": "Alheio"}));
        create(&admin, "/oportunidades", &json!({"nome": "Alheia", "cliente": {"nome": "Alheio"}}));
        create(&admin, "/produto", &json!({"nome": "Alheio", "valorBase": 1}));
    }
    let newest = |path: &str| id_of(&admin.get(&format!("{path}?displayLength=1")).ok()[0]);
    let (contact, opportunity, product) = (newest("/contatos"), newest("/oportunidades"), newest("/produto"));
    let user = favo.user("ultima@demo.example", "seller").user_id;
    let own = sample(&stranger);
    let refused =
        stranger.post("/oportunidades", &json!({"nome": "X", "cliente": {"id": contact}})).refused();
    assert_eq!(refused, [format!("Cliente não encontrado: {contact}")]);
    let (mine, deal) = (own.contact, json!({"id": opportunity}));
    let due = "05/03/2026";
    for (path, body) in [
        ("/oportunidades", json!({"nome": "X", "cliente": {"id": mine}, "contato": {"id": contact}})),
        ("/oportunidades", json!({"nome": "X", "cliente": {"id": mine}, "produtos": [{"refId": product}]})),
        ("/oportunidades", json!({"nome": "X", "cliente": {"id": mine}, "responsavel": {"id": user}})),
        ("/qualificacoes", json!({"cliente": {"id": contact}})),
        ("/tarefas", json!({"titulo": "X", "cliente": {"id": contact}, "dataLimite": due})),
        (
            "/tarefas",
            json!({"titulo": "X", "cliente": {"id": mine}, "oportunidade": deal, "dataLimite": due}),
        ),
        ("/compromissos", json!({"assunto": "X", "cliente": {"id": contact}, "dataInicio": due})),
        ("/contatos", json!({"nome": "X", "contatos": [{"id": contact}]})),
    ] {
        assert!(!stranger.post(path, &body).refused().is_empty(), "{path} {body}");
    }
    let update = json!({"cliente": {"id": contact}});
    assert_eq!(stranger.put(&format!("/oportunidades/{}", own.opportunity), &update).status, 409);
}

// ---- never a 5xx ----

// spec 1.6: 500 is the server's fault, never the caller's
#[test]
fn no_value_of_any_key_makes_the_server_fail() {
    let favo = Favo::start();
    let admin = favo.admin();
    let sample = sample(&admin);
    let deep = (0..50).fold(json!(1), |inner, _| json!([inner]));
    let values = [
        json!(null),
        json!(-1),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(1.0e300),
        json!("\u{0}"),
        json!("9".repeat(400)),
        json!([null, {}, [], ""]),
        json!([{"id": i64::MIN}, {"id": "x"}, {"nome": null}]),
        json!({"id": null, "nome": {"nome": []}}),
        json!({"": {"": ""}}),
        deep,
    ];
    for (path, id) in &sample.records {
        let item = format!("{path}/{id}");
        let shape = admin.get(&item).ok();
        for key in shape.as_object().expect("an object").keys() {
            for value in &values {
                let mut body = Map::new();
                body.insert(key.clone(), value.clone());
                let body = Value::Object(body);
                let answer = admin.put(&item, &body);
                let status = answer.status;
                assert!(matches!(status, 200 | 409), "{item} {body}: {status} {}", answer.text());
            }
        }
        assert_eq!(admin.get(&item).ok()["id"], *id, "{item} still reads");
        assert!(admin.get(path).ok().is_array(), "{path} still lists");
    }
}

// spec 1.6: the same for whole bodies on the calls that are not plain creates
#[test]
fn odd_bodies_on_special_calls_do_not_make_the_server_fail() {
    let favo = Favo::start();
    let admin = favo.admin();
    let sample = sample(&admin);
    for body in [
        json!({"leads": 5}),
        json!({"leads": [null, 1, {"email": {"a": 1}}, {"custom_fields": [1], "tags": {"a": 1}}]}),
        json!({"contact": [], "event_type": 7}),
        json!({"emails": [[[]]], "telefones": {"a": 1}, "nome": [1, 2]}),
        json!({"produto": {"id": {}}, "valorBase": "x"}),
        json!({"descricao": {"a": 1}, "autor": [1]}),
        json!({"values": [{"column": {"position": HUGE}, "value": {}}], "position": "x"}),
        json!({}),
    ] {
        for path in ["/contatos/upsert", "/proposta", "/usuario"] {
            let answer = admin.post(path, &body);
            assert!(answer.status < 500, "{path} {body}: {} {}", answer.status, answer.text());
        }
        let add = admin.put(&format!("/tabelaPreco/{}/add", sample.id("/tabelaPreco")), &body);
        assert!(add.status < 500, "{body}: {}", add.text());
    }
}

// spec 1.7: a list of absurd length is refused, quickly
#[test]
fn a_list_of_a_hundred_thousand_addresses_is_refused_at_once() {
    let favo = Favo::start();
    let admin = favo.admin();
    let emails: Vec<String> = (0..100_000).map(|number| format!("{number}@x.x")).collect();
    let began = std::time::Instant::now();
    admin.post("/contatos", &json!({"nome": "Muitos", "emails": emails})).refused();
    assert!(began.elapsed() < std::time::Duration::from_secs(10), "{:?}", began.elapsed());
    assert_eq!(admin.get("/contatos").ok(), json!([]), "nothing was written");
}

// spec 1.4: what follows a request on its connection does not hold back its answer
#[test]
fn stray_bytes_after_a_body_do_not_hold_back_the_answer() {
    let favo = Favo::start();
    let admin = favo.admin();
    let request = format!(
        "POST /crm/api/1/contatos HTTP/1.1\r\nHost: x\r\nAccess-Token: {}\r\nContent-Length: 14\r\n\r\n{{\"nome\":\"Lia\"}}\r\n",
        admin.token
    );
    let mut stream = std::net::TcpStream::connect(favo.address).expect("the server listens");
    stream.set_read_timeout(Some(std::time::Duration::from_secs(5))).expect("a timeout");
    std::io::Write::write_all(&mut stream, request.as_bytes()).expect("sent");
    let mut answer = [0; 12];
    std::io::Read::read_exact(&mut stream, &mut answer).expect("an answer at once");
    assert_eq!(&answer, b"HTTP/1.1 200");
}
