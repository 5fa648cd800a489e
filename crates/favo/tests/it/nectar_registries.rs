//! Registries on the NectarCRM wire: funnels, products, tags, types, users, custom fields, proposals (spec
//! 4.6 to 4.20), and the two documents about the API itself (4.28, 4.29).

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Client, Favo, bytes_exchange, raw};

const START_OUT: &str = "2026-03-02T12:00:00.000Z";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00";

/// The administrative tables of 4.6 to 4.18 but `usuario`, which is deactivated instead of removed.
const REGISTRIES: [&str; 14] = [
    "pipeline",
    "produto",
    "produtoCategoria",
    "produtoSubCategoria",
    "tabelaPreco",
    "lista",
    "origem",
    "segmento",
    "categoria",
    "compromissos/tipos",
    "ligacao/tipos",
    "tarefas/tipos",
    "equipe",
    "campoPersonalizado",
];

/// The registries whose `nome` is unique (4.12 to 4.15 and 4.17).
const UNIQUE: [&str; 7] =
    ["origem", "segmento", "categoria", "compromissos/tipos", "ligacao/tipos", "tarefas/tipos", "equipe"];

fn days(count: u64) -> Duration {
    Duration::from_hours(count * 24)
}

fn id(record: &Value) -> i64 {
    record["id"].as_i64().expect("a numeric id at the root")
}

fn ids(list: &Value) -> Vec<i64> {
    list.as_array().expect("a bare array").iter().map(id).collect()
}

fn names(list: &Value) -> Vec<String> {
    let rows = list.as_array().expect("a bare array");
    rows.iter().map(|row| row["nome"].as_str().expect("a name").to_owned()).collect()
}

fn keys(object: &Value) -> BTreeSet<&str> {
    object.as_object().expect("an object").keys().map(String::as_str).collect()
}

/// The same document with every number as a float, so that 900 equals 900.0.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, item)| (key.clone(), plain(item))).collect())
        }
        other => other.clone(),
    }
}

#[track_caller]
fn assert_same(actual: &Value, expected: &Value) {
    assert_eq!(plain(actual), plain(expected));
}

fn includes(actual: &Value, expected: &Value) -> bool {
    match (actual, expected) {
        (Value::Object(have), Value::Object(want)) => {
            want.iter().all(|(key, value)| have.get(key).is_some_and(|found| includes(found, value)))
        }
        (Value::Array(have), Value::Array(want)) => {
            have.len() == want.len() && have.iter().zip(want).all(|(left, right)| includes(left, right))
        }
        _ => plain(actual) == plain(expected),
    }
}

/// Every key of `expected` is in `actual` with that value; arrays have the same length.
#[track_caller]
fn assert_includes(actual: &Value, expected: &Value) {
    assert!(includes(actual, expected), "\nactual   {actual}\nexpected {expected}");
}

#[track_caller]
fn create(client: &Client, resource: &str, body: &Value) -> Value {
    client.post(&format!("/{resource}"), body).ok()
}

#[track_caller]
fn change(client: &Client, resource: &str, record: &Value, body: &Value) -> Value {
    client.put(&format!("/{resource}/{}", id(record)), body).ok()
}

#[track_caller]
fn refused(client: &Client, resource: &str, record: &Value, body: &Value) -> Vec<String> {
    client.put(&format!("/{resource}/{}", id(record)), body).refused()
}

#[track_caller]
fn read(client: &Client, resource: &str, record: &Value) -> Value {
    client.get(&format!("/{resource}/{}", id(record))).ok()
}

/// The smallest create of a registry, under that name.
fn smallest(resource: &str, name: &str) -> Value {
    match resource {
        "produto" => json!({"nome": name, "valorBase": 10}),
        _ => json!({"nome": name}),
    }
}

/// The names of the rows that `GET /{path}` answers.
#[track_caller]
fn listed(client: &Client, path: &str) -> Vec<String> {
    names(&client.get(&format!("/{path}")).ok())
}

fn deal(client: &Client, more: Value) -> Value {
    let Value::Object(mut whole) = more else { panic!("an object: {more}") };
    whole.entry("nome").or_insert_with(|| json!("Negócio"));
    whole.entry("cliente").or_insert_with(|| json!({"nome": "Acme"}));
    client.post("/oportunidades", &Value::Object(whole)).ok()
}

/// Sends one file as the part `photo`.
fn set_photo(client: &Client, product: i64, file: &str, kind: &str, bytes: &[u8]) -> crate::harness::Answer {
    let part = format!(
        "Content-Disposition: form-data; name=\"photo\"; filename=\"{file}\"\r\nContent-Type: {kind}"
    );
    let mut body = format!("--limite\r\n{part}\r\n\r\n").into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--limite--\r\n");
    let form = [("Content-Type", "multipart/form-data; boundary=limite")];
    client.send("POST", &format!("/produto/{product}/photo/set"), &form, &body)
}

// spec 1.1 and 1.5 on 4.6 to 4.18
#[test]
fn every_registry_offers_the_five_operations() {
    let favo = Favo::start();
    let admin = favo.admin();
    for resource in REGISTRIES {
        let record = create(&admin, resource, &smallest(resource, "Zeta"));
        assert_eq!(record["nome"], "Zeta", "{resource}");
        assert_eq!(record["ativo"], true, "{resource}");
        assert_eq!(read(&admin, resource, &record), record, "{resource}");
        let list = admin.get(&format!("/{resource}?page=-1")).ok();
        assert!(list.as_array().expect("a bare array").contains(&record), "{resource}: {list}");
        assert_eq!(change(&admin, resource, &record, &record), record, "{resource}: an echo");
        let renamed = change(&admin, resource, &record, &json!({"nome": "Zeta 2", "ativo": "false"}));
        assert_eq!((&renamed["nome"], &renamed["ativo"]), (&json!("Zeta 2"), &json!(false)), "{resource}");
        let path = format!("/{resource}/{}", id(&record));
        assert_eq!(admin.delete(&path).ok(), renamed, "{resource}");
        let gone = admin.get(&path);
        assert_eq!(
            (gone.status, gone.json()),
            (404, json!({"message": "Registro não encontrado"})),
            "{resource}"
        );
    }
}

// spec 1.7 on 4.6 to 4.18
#[test]
fn every_registry_needs_a_name() {
    let favo = Favo::start();
    let admin = favo.admin();
    for resource in REGISTRIES {
        let mut body = smallest(resource, "x");
        body["nome"] = Value::Null;
        let messages = admin.post(&format!("/{resource}"), &body).refused();
        assert_eq!(messages, ["O campo nome é obrigatório"], "{resource}");
        let record = create(&admin, resource, &smallest(resource, "Zeta"));
        let messages = refused(&admin, resource, &record, &json!({"nome": ""}));
        assert_eq!(messages, ["O campo nome é obrigatório"], "{resource}");
    }
}

// spec 4, first paragraph: writes from administrators only
#[test]
fn registries_are_written_by_administrators_only_and_read_by_all() {
    let favo = Favo::start();
    let admin = favo.admin();
    let seller = favo.user("caio@demo.example", "seller");
    for resource in REGISTRIES {
        let record = create(&admin, resource, &smallest(resource, "Zeta"));
        let path = format!("/{resource}/{}", id(&record));
        let answers = [
            seller.post(&format!("/{resource}"), &smallest(resource, "Ômega")),
            seller.put(&path, &json!({"nome": "Ômega"})),
            seller.delete(&path),
        ];
        for answer in answers {
            assert_eq!(
                (answer.status, answer.json()),
                (403, json!({"message": "Acesso negado"})),
                "{resource}"
            );
        }
        assert_eq!(seller.get(&path).ok()["nome"], "Zeta", "{resource}");
        seller.get(&format!("/{resource}")).ok();
    }
    let body = json!({"login": "x@y.example", "nome": "x", "email": "x@y.example"});
    assert_eq!(seller.post("/usuario", &body).status, 403);
    seller.get("/usuarios?page=-1").ok();
}

// spec 4.12, for 4.12 to 4.15 and 4.17
#[test]
fn these_names_are_unique_ignoring_case() {
    let favo = Favo::start();
    let admin = favo.admin();
    for resource in UNIQUE {
        let record = create(&admin, resource, &json!({"nome": "Zeta"}));
        let other = create(&admin, resource, &json!({"nome": "Outra Zeta"}));
        let messages = admin.post(&format!("/{resource}"), &json!({"nome": "ZETA"})).refused();
        assert_eq!(messages, ["Já existe um registro com o nome ZETA"], "{resource}");
        refused(&admin, resource, &other, &json!({"nome": "zeta"}));
        assert_eq!(change(&admin, resource, &record, &json!({"nome": "ZETA"}))["nome"], "ZETA", "{resource}");
    }
}

// spec 4.12 to 4.14, 4.17: filter `nome` (2.4)
#[test]
fn the_name_filter_is_a_prefix() {
    let favo = Favo::start();
    let admin = favo.admin();
    for resource in ["origem", "segmento", "categoria", "equipe", "produtoCategoria", "produtoSubCategoria"] {
        create(&admin, resource, &json!({"nome": "Zênite Sul"}));
        create(&admin, resource, &json!({"nome": "Sul Zênite"}));
        assert_eq!(listed(&admin, &format!("{resource}?nome=zenit")), ["Zênite Sul"], "{resource}");
    }
}

// spec 4.12: a record in use is not deleted
#[test]
fn a_registry_entry_in_use_is_not_deleted() {
    let favo = Favo::start();
    let admin = favo.admin();
    let contact = json!({"nome": "Acme", "origem": "Zo", "segmento": "Zs", "categoria": "Zc"});
    let contact = create(&admin, "contatos", &contact);
    let call = json!({"titulo": "t", "cliente": {"nome": "Acme"}, "dataLimite": "2026-03-05",
        "tipoLigacao": {"nome": "Zl"}});
    let call = create(&admin, "tarefas", &call);
    let visit = json!({"assunto": "v", "cliente": {"nome": "Acme"}, "dataInicio": "2026-03-05",
        "tipo": {"nome": "Zv"}});
    let visit = create(&admin, "compromissos", &visit);
    let used = [
        ("origem", &contact["origemObject"]),
        ("segmento", &contact["segmentoObject"]),
        ("categoria", &contact["categoriaObject"]),
        ("ligacao/tipos", &call["tipoLigacao"]),
        ("compromissos/tipos", &visit["tipo"]),
        ("tarefas/tipos", &call["tarefaTipo"]),
    ];
    for (resource, entry) in used {
        admin.delete(&format!("/{resource}/{}", id(entry))).refused();
        assert_eq!(read(&admin, resource, entry)["nome"], entry["nome"], "{resource}");
    }
}

// spec 4.12, 4.13, 4.14, 4.15, 4.17: the examples
#[test]
fn the_small_registries_read_as_documented() {
    let favo = Favo::start();
    let admin = favo.admin();
    let golden = [
        (
            "origem",
            json!({"nome": "Zo", "descricao": "Feiras do setor"}),
            json!({"nome": "Zo", "ativo": true, "descricao": "Feiras do setor"}),
        ),
        ("segmento", json!({"nome": "Zs"}), json!({"nome": "Zs", "ativo": true})),
        (
            "categoria",
            json!({"nome": "Zc", "isSuspect": false}),
            json!({"nome": "Zc", "ativo": true, "isCliente": true, "isProspect": true, "isSuspect": false,
                "isLead": true, "isDescarte": true}),
        ),
        ("compromissos/tipos", json!({"nome": "Zv"}), json!({"nome": "Zv", "ativo": true})),
        (
            "ligacao/tipos",
            json!({"nome": "Zl", "descricao": "Retorno de ligação"}),
            json!({"nome": "Zl", "ativo": true, "descricao": "Retorno de ligação"}),
        ),
        (
            "tarefas/tipos",
            json!({"nome": "Zt", "natureza": 1}),
            json!({"nome": "Zt", "ativo": true, "natureza": 1}),
        ),
        (
            "equipe",
            json!({"nome": "Ze", "descricao": "Visitas"}),
            json!({"nome": "Ze", "ativo": true, "padrao": false, "descricao": "Visitas"}),
        ),
    ];
    for (resource, body, mut expected) in golden {
        let record = create(&admin, resource, &body);
        expected["id"] = record["id"].clone();
        assert_eq!(record, expected, "{resource}");
    }
}

// spec 4.6, the Read example as a create
#[test]
fn a_funnel_reads_back_as_documented() {
    let favo = Favo::start();
    let admin = favo.admin();
    let mut expected = json!({
        "nome": "Vendas Sul", "ativo": true, "padrao": true, "tipo": 0,
        "sequencias": [
            {"nome": "Contato", "sequencia": 1, "prazo": 2, "gerarProposta": false,
             "produtoObrigatorio": false},
            {"nome": "Visita", "sequencia": 2, "prazo": 5, "gerarProposta": false,
             "produtoObrigatorio": true},
            {"nome": "Proposta", "sequencia": 3, "prazo": 10, "gerarProposta": true,
             "produtoObrigatorio": true}],
        "permitePularEtapa": false, "iniciarQualquerEtapa": false, "permiteRetornoEtapa": true,
        "propostaObrigatoria": true, "produtoObrigatorio": false, "permitirRecorrenciaVariavel": true,
        "modeloVenda": 0, "multiplasTabelasPreco": false, "corresponsabilidade": true,
        "ignorarRestricaoEquipes": false,
        "consideracoesObrigatorioGanhar": false, "consideracoesObrigatorioPerder": true,
        "consideracoesObrigatorioProrrogar": false, "consideracoesObrigatorioDescartar": true,
        "motivoGanhoPerdaObrigatorio": true, "motivoDescarteObrigatorio": true, "moeda": "BRL",
        "permiteTarefasAvulsas": true, "cascataCicloVida": 0, "showCustomCard": false,
        "tipoRecorrenciaValorFunil": 0
    });
    let created = create(&admin, "pipeline", &expected);
    expected["id"] = created["id"].clone();
    expected["ultimaAtualizacao"] = json!(START_OUT);
    for (number, stage) in expected["sequencias"].as_array_mut().expect("stages").iter_mut().enumerate() {
        stage["id"] = created["sequencias"][number]["id"].clone();
        assert!(stage["id"].is_i64());
    }
    assert_eq!(created, expected);
    assert_eq!(
        admin.get(&format!("/pipelines/{}", id(&created))).ok(),
        expected,
        "the plural path is the same"
    );
}

// spec 4.6, the Create example and the defaults; Appendix B 7
#[test]
fn a_funnel_takes_its_defaults_and_numbers_its_stages() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"nome": "Vendas Sul", "tipo": 0, "sequencias": [{"nome": "Contato", "prazo": 2},
        {"nome": "Visita", "prazo": 5, "produtoObrigatorio": true},
        {"nome": "Proposta", "prazo": 10, "gerarProposta": true}]});
    let created = create(&admin, "pipeline", &body);
    assert_includes(
        &created,
        &json!({"nome": "Vendas Sul", "ativo": true, "padrao": false, "tipo": 0, "moeda": "BRL",
        "permiteTarefasAvulsas": true, "cascataCicloVida": 0, "showCustomCard": false,
        "tipoRecorrenciaValorFunil": 0,
        "permitePularEtapa": false, "iniciarQualquerEtapa": false, "permiteRetornoEtapa": false,
        "sequencias": [
            {"nome": "Contato", "sequencia": 1, "prazo": 2, "gerarProposta": false,
             "produtoObrigatorio": false},
            {"nome": "Visita", "sequencia": 2, "prazo": 5, "gerarProposta": false,
             "produtoObrigatorio": true},
            {"nome": "Proposta", "sequencia": 3, "prazo": 10, "gerarProposta": true,
             "produtoObrigatorio": false}]}),
    );
    favo.advance(days(1));
    let renamed = change(&admin, "pipeline", &created, &json!({"nome": "Sul"}));
    assert_eq!(renamed["ultimaAtualizacao"], "2026-03-03T12:00:00.000Z");
    assert_eq!(renamed["sequencias"], created["sequencias"]);
}

// spec 4.6 filters
#[test]
fn funnels_are_filtered_by_kind_and_name() {
    let favo = Favo::start();
    let admin = favo.admin();
    assert_eq!(listed(&admin, "pipeline?type=0"), ["Vendas"]);
    assert_eq!(listed(&admin, "pipeline?type=1"), ["Pré-venda"]);
    assert_eq!(listed(&admin, "pipelines").len(), 2);
    create(&admin, "pipeline", &json!({"nome": "Vendas Sul"}));
    assert_eq!(listed(&admin, "pipeline?nome=vend"), ["Vendas Sul", "Vendas"]);
    assert_eq!(listed(&admin, "pipeline?nome=vendas&exato=true"), ["Vendas"]);
}

// spec P1: ordered, numbers unique, always present
#[test]
fn stages_are_ordered_and_their_numbers_unique() {
    let favo = Favo::start();
    let admin = favo.admin();
    assert_eq!(create(&admin, "pipeline", &json!({"nome": "Vazio"}))["sequencias"], json!([]));
    let body = json!({"nome": "Ordem", "sequencias": [{"nome": "Dois", "sequencia": 20}, {"nome": "Um",
        "sequencia": 10}]});
    let created = create(&admin, "pipeline", &body);
    assert_eq!(names(&created["sequencias"]), ["Um", "Dois"]);
    let twice = json!([{"nome": "Um", "sequencia": 1}, {"nome": "Dois", "sequencia": 1}]);
    admin.post("/pipeline", &json!({"nome": "Dobro", "sequencias": twice})).refused();
    refused(&admin, "pipeline", &created, &json!({"sequencias": twice}));
    assert_eq!(read(&admin, "pipeline", &created), created);
}

// spec 3.5 and P1: stage ids survive; a stage in use by an open record stays
#[test]
fn a_stage_in_use_by_an_open_record_is_not_removed() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"nome": "Uso", "sequencias": [{"nome": "Um"}, {"nome": "Dois"}, {"nome": "Três"}]});
    let created = create(&admin, "pipeline", &body);
    let stages = &created["sequencias"];
    let record = deal(&admin, json!({"pipeline": "Uso"}));
    let keep = json!({"sequencias": [stages[0], stages[1]]});
    let shorter = change(&admin, "pipeline", &created, &keep);
    assert_eq!(ids(&shorter["sequencias"]), [id(&stages[0]), id(&stages[1])]);
    let without_first = json!({"sequencias": [{"id": id(&stages[1]), "nome": "Dois", "sequencia": 2}]});
    refused(&admin, "pipeline", &created, &without_first);
    change(&admin, "oportunidades", &record, &json!({"status": 3}));
    assert_eq!(names(&change(&admin, "pipeline", &created, &without_first)["sequencias"]), ["Dois"]);
}

// spec P2
#[test]
fn one_funnel_of_each_kind_is_the_default() {
    let favo = Favo::start();
    let admin = favo.admin();
    let created =
        create(&admin, "pipeline", &json!({"nome": "Nova", "padrao": true, "sequencias": [{"nome": "Um"}]}));
    let defaults = || -> BTreeSet<String> {
        let list = admin.get("/pipeline?page=-1").ok();
        let rows = list.as_array().expect("a bare array").iter();
        rows.filter(|row| row["padrao"] == true)
            .map(|row| row["nome"].as_str().expect("a name").to_owned())
            .collect()
    };
    assert_eq!(defaults(), BTreeSet::from(["Nova".to_owned(), "Pré-venda".to_owned()]));
    assert_eq!(deal(&admin, json!({}))["pipeline"], "Nova");
    let sales = admin.get("/pipeline?nome=Vendas&exato=true").ok()[0].clone();
    change(&admin, "pipeline", &sales, &json!({"padrao": true}));
    assert_eq!(defaults(), BTreeSet::from(["Vendas".to_owned(), "Pré-venda".to_owned()]));
    assert_eq!(read(&admin, "pipeline", &created)["padrao"], false);
}

// spec P3
#[test]
fn a_funnel_in_use_is_not_deleted() {
    let favo = Favo::start();
    let admin = favo.admin();
    let created = create(&admin, "pipeline", &json!({"nome": "Uso", "sequencias": [{"nome": "Um"}]}));
    deal(&admin, json!({"pipeline": "Uso"}));
    admin.delete(&format!("/pipeline/{}", id(&created))).refused();
    assert_eq!(change(&admin, "pipeline", &created, &json!({"ativo": false}))["ativo"], false);
}

// spec O3 and 4.6: an inactive funnel keeps its records editable
#[test]
fn a_deactivated_funnel_keeps_its_records() {
    let favo = Favo::start();
    let admin = favo.admin();
    let created = create(&admin, "pipeline", &json!({"nome": "Uso", "sequencias": [{"nome": "Um"}]}));
    let record = deal(&admin, json!({"pipeline": "Uso"}));
    change(&admin, "pipeline", &created, &json!({"ativo": false}));
    let mut echo = read(&admin, "oportunidades", &record);
    echo["observacao"] = json!("x");
    assert_includes(
        &change(&admin, "oportunidades", &record, &echo),
        &json!({"pipeline": "Uso", "observacao": "x"}),
    );
}

// spec 4.6 enums
#[test]
fn unknown_codes_of_a_funnel_are_refused() {
    let favo = Favo::start();
    let admin = favo.admin();
    for key in ["tipo", "modeloVenda"] {
        let messages = admin.post("/pipeline", &json!({"nome": "x", key: 2})).refused();
        assert_eq!(messages, [format!("O valor do campo {key} é inválido")]);
    }
}

// spec 4.7, the Create and Read examples
#[test]
fn a_product_reads_back_as_documented() {
    let favo = Favo::start();
    let admin = favo.admin();
    let setup = create(&admin, "produto", &json!({"nome": "Implantação", "valorBase": 900}));
    let created = create(
        &admin,
        "produto",
        &json!({"nome": "Plano Gestão", "codigo": "PG", "valorBase": 120.5,
        "recorrencia": 1, "categoria": {"nome": "Assinaturas"}, "subCategoria": {"nome": "Mensais"},
        "descontoMaximo": 15, "isDescontoPorcentual": true, "produtos": [{"id": id(&setup)}],
        "editarProdutosDependentes": true, "acrescimoMaximo": 0, "comissao": 0, "quantidadeEstoque": 0}),
    );
    let mut seen = created.clone();
    let dependent = seen["produtos"].take();
    assert_same(
        &seen,
        &json!({
            "id": id(&created), "nome": "Plano Gestão", "codigo": "PG", "contador": created["contador"],
            "ativo": true,
            "valorBase": 120.5, "valorEditavel": true, "recorrencia": 1, "moeda": "BRL",
            "categoria": {"id": id(&created["categoria"]), "nome": "Assinaturas", "ativo": true},
            "subCategoria": {"id": id(&created["subCategoria"]), "nome": "Mensais", "ativo": true},
            "permiteDesconto": true, "descontoMaximo": 15, "isDescontoPorcentual": true,
            "descontoPorcentual": true,
            "permiteAcrescimo": true, "acrescimoMaximo": 0, "acrescimoPercentual": false,
            "comissao": 0, "isComissaoPorcentual": false, "comissaoPorcentual": false,
            "possuiEstoque": false, "quantidadeEstoque": 0, "fracionario": false,
            "isExpiravel": false, "produtos": null, "editarProdutosDependentes": true, "itensDeCusto": [],
            "faixasPreco": [], "camposPersonalizados": {}, "camposPersonalizadosObject": {}
        }),
    );
    assert_includes(
        &dependent,
        &json!([{"id": id(&setup), "nome": "Implantação", "contador": setup["contador"],
        "ativo": true, "valorBase": 900, "recorrencia": 0, "moeda": "BRL"}]),
    );
    assert_eq!(created["contador"].as_i64(), setup["contador"].as_i64().map(|number| number + 1));
    assert_eq!(
        admin.get(&format!("/produtos/{}", id(&created))).ok(),
        created,
        "the plural path is the same"
    );
}

// spec 4.7: required fields and codes
#[test]
fn a_product_needs_name_and_base_price() {
    let favo = Favo::start();
    let admin = favo.admin();
    let mut messages = admin.post("/produto", &json!({})).refused();
    messages.sort();
    assert_eq!(messages, ["O campo nome é obrigatório", "O campo valorBase é obrigatório"]);
    let body = json!({"nome": "x", "valorBase": 1, "recorrencia": 3});
    assert_eq!(admin.post("/produto", &body).refused(), ["O valor do campo recorrencia é inválido"]);
    let record = create(&admin, "produto", &json!({"nome": "Texto", "valorBase": "R$ 1.250,50"}));
    assert_same(&record["valorBase"], &json!(1250.5));
}

// spec 4.7 list and filters: inactive products are listed too
#[test]
fn inactive_products_are_listed_unless_filtered() {
    let favo = Favo::start();
    let admin = favo.admin();
    create(&admin, "produto", &json!({"nome": "Ligado", "valorBase": 1}));
    create(&admin, "produto", &json!({"nome": "Desligado", "valorBase": 1, "ativo": false}));
    assert_eq!(listed(&admin, "produto"), ["Desligado", "Ligado"]);
    assert_eq!(listed(&admin, "produto?active=true"), ["Ligado"]);
    assert_eq!(listed(&admin, "produto?active=0"), ["Desligado"]);
    assert_eq!(listed(&admin, "produto?nome=lig"), ["Ligado"]);
    assert!(listed(&admin, "produto?nome=lig&exato=true").is_empty());
}

// spec 4.7 aliases and 3.6: of two spellings the changed one wins
#[test]
fn both_spellings_of_a_product_flag_are_accepted_and_emitted() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"nome": "a", "valorBase": 1, "descontoPorcentual": true, "comissaoPorcentual": true,
        "subcategoria": {"nome": "Mensais"}});
    let mut record = create(&admin, "produto", &body);
    assert_includes(
        &record,
        &json!({"isDescontoPorcentual": true, "descontoPorcentual": true,
        "isComissaoPorcentual": true, "comissaoPorcentual": true, "subCategoria": {"nome": "Mensais"}}),
    );
    assert!(record.get("subcategoria").is_none(), "camelCase out");
    record["descontoPorcentual"] = json!(false);
    let changed = change(&admin, "produto", &record, &record);
    assert_includes(
        &changed,
        &json!({"isDescontoPorcentual": false, "descontoPorcentual": false,
        "isComissaoPorcentual": true}),
    );
}

// spec 3.7: category and sub-category of a product are created when only nome is given
#[test]
fn a_product_creates_its_category_by_name_once() {
    let favo = Favo::start();
    let admin = favo.admin();
    let place =
        json!({"nome": "a", "valorBase": 1, "categoria": {"nome": "Zc"}, "subCategoria": {"nome": "Zs"}});
    let first = create(&admin, "produto", &place);
    let second = create(&admin, "produto", &json!({"nome": "b", "valorBase": 1, "categoria": "zc"}));
    assert_eq!(first["categoria"], second["categoria"]);
    assert_eq!(read(&admin, "produtoCategoria", &first["categoria"])["nome"], "Zc");
    assert_eq!(read(&admin, "produtoSubCategoria", &first["subCategoria"])["nome"], "Zs");
    admin.post("/produto", &json!({"nome": "c", "valorBase": 1, "categoria": {"id": 414_141}})).refused();
}

// spec 4.7 produtos[]
#[test]
fn dependent_products_are_found_by_id_or_name() {
    let favo = Favo::start();
    let admin = favo.admin();
    let base = create(&admin, "produto", &json!({"nome": "Base", "valorBase": 5}));
    let body = json!({"nome": "a", "valorBase": 1, "produtos": [{"nome": "base"}]});
    let record = create(&admin, "produto", &body);
    assert_eq!(ids(&record["produtos"]), [id(&base)]);
    admin.post("/produto", &json!({"nome": "b", "valorBase": 1, "produtos": [{"nome": "Nada"}]})).refused();
    assert_eq!(change(&admin, "produto", &record, &json!({"produtos": []}))["produtos"], json!([]));
}

// spec R2: the last pricing kind written wins
#[test]
fn cost_items_and_price_bands_exclude_each_other() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = create(
        &admin,
        "produto",
        &json!({"nome": "a", "valorBase": 1, "valorBaseComposto": 3,
        "itensDeCusto": [{"nome": "Frete", "valor": 10, "quantidade": 2, "valorBase": 10,
        "porcentagem": false,
            "multiplicador": false}]}),
    );
    assert_includes(
        &record,
        &json!({"itensDeCusto": [{"nome": "Frete", "valor": 10, "quantidade": 2}],
        "faixasPreco": [], "valorBaseComposto": 3}),
    );
    assert!(record["itensDeCusto"][0]["id"].is_i64(), "the cost formation is created");
    let bands = json!({"faixasPreco": [{"quantidadeInicial": 1, "quantidadeFinal": 9, "valor": 100}]});
    let banded = change(&admin, "produto", &record, &bands);
    assert_eq!(banded["itensDeCusto"], json!([]));
    assert_same(
        &banded["faixasPreco"],
        &json!([{"quantidadeInicial": 1, "quantidadeFinal": 9, "valor": 100}]),
    );
    let composite =
        change(&admin, "produto", &record, &json!({"itensDeCusto": [{"nome": "frete", "valor": 7}]}));
    assert_eq!(composite["faixasPreco"], json!([]));
    assert_eq!(id(&composite["itensDeCusto"][0]), id(&record["itensDeCusto"][0]), "found by name");
}

// spec R2: bands are searched for the line quantity; no band: valorBase
#[test]
fn a_line_takes_its_price_from_the_band_of_its_quantity() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = create(
        &admin,
        "produto",
        &json!({"nome": "Faixas", "valorBase": 120, "faixasPreco": [
        {"quantidadeInicial": 2, "quantidadeFinal": 9, "valor": 100},
        {"quantidadeInicial": 10, "quantidadeFinal": 19, "valor": 80}]}),
    );
    for (quantity, price) in [(1, 120), (2, 100), (9, 100), (10, 80), (19, 80), (20, 120)] {
        let lines = json!({"produtos": [{"refId": id(&record), "quantidade": quantity}]});
        assert_same(&deal(&admin, lines)["produtos"][0]["valorUnitario"], &json!(price));
    }
}

// spec R3
#[test]
fn a_product_used_on_lines_may_be_removed() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = create(&admin, "produto", &json!({"nome": "Some", "valorBase": 42}));
    let sold = deal(&admin, json!({"produtos": [{"refId": id(&record)}]}));
    admin.delete(&format!("/produto/{}", id(&record))).ok();
    assert!(listed(&admin, "produto").is_empty());
    let line = &read(&admin, "oportunidades", &sold)["produtos"][0];
    assert_includes(line, &json!({"nome": "Some", "valorUnitario": 42}));
}

// spec 4.7 photo/set and photo/remove
#[test]
fn a_photo_is_set_and_removed() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = create(&admin, "produto", &json!({"nome": "Foto", "valorBase": 1}));
    let files: [(&str, &str, &[u8]); 4] = [
        ("a.png", "image/png", PNG),
        ("a.jpg", "image/jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01"),
        ("a.jpeg", "image/jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01"),
        ("a.gif", "image/gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
    ];
    for (file, kind, bytes) in files {
        let answer = set_photo(&admin, id(&record), file, kind, bytes).ok();
        assert!(answer["foto"].as_str().is_some_and(|name| !name.is_empty()), "{file}: {answer}");
        assert_eq!(read(&admin, "produto", &record), answer);
    }
    let removed = admin.post(&format!("/produto/{}/photo/remove", id(&record)), &json!({})).ok();
    assert_eq!(id(&removed), id(&record));
    assert!(removed.get("foto").is_none(), "{removed}");
    assert_eq!(set_photo(&admin, 313_131, "a.png", "image/png", PNG).status, 404);
}

// spec R4
#[test]
fn a_photo_of_another_kind_or_too_large_is_refused() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = create(&admin, "produto", &json!({"nome": "Foto", "valorBase": 1}));
    set_photo(&admin, id(&record), "a.txt", "text/plain", b"nada").refused();
    let mut large = PNG.to_vec();
    large.resize(6 * 1024 * 1024, 0);
    set_photo(&admin, id(&record), "a.png", "image/png", &large).refused();
    assert!(read(&admin, "produto", &record).get("foto").is_none());
}

// spec 4.7 custom fields, 4.18 relacionado Produto
#[test]
fn products_have_custom_fields() {
    let favo = Favo::start();
    let admin = favo.admin();
    create(&admin, "campoPersonalizado", &json!({"nome": "Peso", "tipo": 12, "relacionado": "Produto"}));
    let body = json!({"nome": "a", "valorBase": 1, "camposPersonalizados": {"peso": 1.5}});
    assert_eq!(create(&admin, "produto", &body)["camposPersonalizados"], json!({"Peso": "1.5"}));
}

// spec 4.8, the examples: both spellings out and in
#[test]
fn a_product_category_shows_its_sub_categories_under_both_spellings() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"nome": "Assinaturas", "descricao": "Planos", "subcategorias": [{"nome": "Mensais"}]});
    let record = create(&admin, "produtoCategoria", &body);
    let monthly = id(&record["subcategorias"][0]);
    let children = json!([{"id": monthly, "nome": "Mensais", "ativo": true}]);
    assert_eq!(
        record,
        json!({"id": id(&record), "nome": "Assinaturas", "ativo": true, "descricao": "Planos",
        "subcategorias": children, "subCategorias": children})
    );
    let child = admin.get(&format!("/produtoSubCategoria/{monthly}")).ok();
    assert_eq!(child["categoria"], json!({"id": id(&record), "nome": "Assinaturas"}));
    let more = json!({"subCategorias": [{"id": monthly, "nome": "Mensais"}, {"nome": "Anuais"}]});
    let changed = change(&admin, "produtoCategoria", &record, &more);
    assert_eq!(names(&changed["subcategorias"]), ["Mensais", "Anuais"]);
    assert_eq!(changed["subcategorias"], changed["subCategorias"]);
    assert_eq!(id(&changed["subcategorias"][0]), monthly);
}

// spec 4.9, the examples
#[test]
fn a_product_sub_category_points_to_its_category() {
    let favo = Favo::start();
    let admin = favo.admin();
    let category = create(&admin, "produtoCategoria", &json!({"nome": "Assinaturas"}));
    let body = json!({"nome": "Mensais", "categoria": {"id": id(&category)}});
    let record = create(&admin, "produtoSubCategoria", &body);
    assert_eq!(
        record,
        json!({"id": id(&record), "nome": "Mensais", "ativo": true,
        "categoria": {"id": id(&category), "nome": "Assinaturas"}})
    );
    let children = &read(&admin, "produtoCategoria", &category)["subCategorias"];
    assert_eq!(*children, json!([{"id": id(&record), "nome": "Mensais", "ativo": true}]));
    let by_name = json!({"nome": "Anuais", "categoria": {"nome": "assinaturas"}});
    assert_eq!(id(&create(&admin, "produtoSubCategoria", &by_name)["categoria"]), id(&category));
}

// spec 4.10, the examples with /add and /rem
#[test]
fn a_price_table_adds_reprices_and_removes_products() {
    let favo = Favo::start();
    let admin = favo.admin();
    let plan = json!({"nome": "Plano Gestão", "codigo": "PG", "valorBase": 120.5, "recorrencia": 1});
    let plan = create(&admin, "produto", &plan);
    let body =
        json!({"nome": "Sul 2026", "descricao": "Região Sul", "dataExpiracao": "2027-01-01T00:00:00-03:00"});
    let table = create(&admin, "tabelaPreco", &body);
    assert_eq!(
        table,
        json!({"id": id(&table), "nome": "Sul 2026", "ativo": true, "descricao": "Região Sul",
        "quantidadeProdutos": 0, "dataCriacao": START_OUT, "dataExpiracao": "2027-01-01T03:00:00.000Z",
        "produtos": []})
    );
    let add = format!("/tabelaPreco/{}/add", id(&table));
    admin.put(&add, &json!({"produto": {"id": id(&plan)}, "valorBase": 115})).ok();
    let priced = admin.put(&add, &json!({"produto": {"id": id(&plan)}, "valorBase": 110})).ok();
    assert_includes(
        &priced,
        &json!({"id": id(&table), "quantidadeProdutos": 1, "produtos": [{"id": id(&plan),
        "nome": "Plano Gestão", "codigo": "PG", "contador": plan["contador"], "ativo": true, "valorBase": 110,
        "recorrencia": 1, "moeda": "BRL"}]}),
    );
    assert_eq!(read(&admin, "tabelaPreco", &table), priced);
    assert_same(&read(&admin, "produto", &plan)["valorBase"], &json!(120.5));
    let emptied = admin.put(&format!("/tabelaPreco/{}/rem/{}", id(&table), id(&plan)), &json!({"x": 1})).ok();
    assert_eq!((&emptied["quantidadeProdutos"], &emptied["produtos"]), (&json!(0), &json!([])));
}

// spec 4.10: unknown product, unknown table, and rights of the two sub-paths
#[test]
fn a_price_table_refuses_unknown_products_and_other_users() {
    let favo = Favo::start();
    let admin = favo.admin();
    let seller = favo.user("caio@demo.example", "seller");
    let item = create(&admin, "produto", &json!({"nome": "Item", "valorBase": 1}));
    let table = create(&admin, "tabelaPreco", &json!({"nome": "Sul", "produtos": [{"id": id(&item)}]}));
    assert_eq!(table["produtos"], json!([]), "read-only in a body");
    let add = format!("/tabelaPreco/{}/add", id(&table));
    admin.put(&add, &json!({"produto": {"id": 212_121}, "valorBase": 1})).refused();
    let entry = json!({"produto": {"id": id(&item)}, "valorBase": 1});
    assert_eq!(admin.put("/tabelaPreco/212121/add", &entry).status, 404);
    assert_eq!(seller.put(&add, &entry).status, 403);
    assert_eq!(seller.put(&format!("/tabelaPreco/{}/rem/{}", id(&table), id(&item)), &json!({})).status, 403);
}

// spec 4.10 dataExpiracao and filter `active`
#[test]
fn a_price_table_is_inactive_after_its_expiry() {
    let favo = Favo::start();
    let admin = favo.admin();
    create(&admin, "tabelaPreco", &json!({"nome": "Sempre"}));
    create(&admin, "tabelaPreco", &json!({"nome": "Nunca", "ativo": false}));
    let ends =
        create(&admin, "tabelaPreco", &json!({"nome": "Acaba", "dataExpiracao": "2026-03-03T12:00:00Z"}));
    assert_eq!(listed(&admin, "tabelaPreco?active=true"), ["Acaba", "Sempre"]);
    favo.advance(days(2));
    assert_eq!(read(&admin, "tabelaPreco", &ends)["ativo"], false);
    assert_eq!(listed(&admin, "tabelaPreco?active=true"), ["Sempre"]);
    assert_eq!(listed(&admin, "tabelaPreco?active=false"), ["Acaba", "Nunca"]);
    assert_eq!(listed(&admin, "tabelaPreco").len(), 3);
}

// spec 4.11, the examples
#[test]
fn a_tag_reads_back_as_documented() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = create(&admin, "lista", &json!({"nome": "Sul", "cor": "#2E8B57"}));
    assert_eq!(
        record,
        json!({"id": id(&record), "nome": "Sul", "cor": "#2E8B57", "ativo": true, "relacionada": 2,
        "podeIncluir": true, "podeVisualizar": true, "autor": {"id": admin.user_id,
        "login": "admin@demo.example",
        "nome": "Administrador"}, "dataCriacao": START_OUT})
    );
    let messages = admin.post("/lista", &json!({"nome": "x", "relacionada": 3})).refused();
    assert_eq!(messages, ["O valor do campo relacionada é inválido"]);
}

// spec 4.11 filters
#[test]
fn tags_are_filtered_by_where_they_are_used() {
    let favo = Favo::start();
    let admin = favo.admin();
    for (name, kind) in [("c", 0), ("o", 1), ("co", 2)] {
        create(&admin, "lista", &json!({"nome": name, "relacionada": kind}));
    }
    assert_eq!(listed(&admin, "lista"), ["co", "o", "c"]);
    assert_eq!(listed(&admin, "lista?contact=true"), ["co", "c"]);
    assert_eq!(listed(&admin, "lista?opportunity=1"), ["co", "o"]);
    assert_eq!(listed(&admin, "lista?contact=true&isFilter=true"), ["co", "c"]);
    assert_eq!(listed(&admin, "lista?contact=talvez"), ["co", "o", "c"], "an unreadable flag is ignored");
}

// spec 4.11 last line, from a contact
#[test]
fn a_tag_created_by_a_contact_gets_kind_two() {
    let favo = Favo::start();
    let admin = favo.admin();
    create(&admin, "contatos", &json!({"nome": "Acme", "listas": ["Nova"]}));
    let tags = admin.get("/lista").ok();
    assert_includes(&tags, &json!([{"nome": "Nova", "relacionada": 2, "ativo": true}]));
}

// spec 4.15: task types carry their nature
#[test]
fn the_tenant_starts_with_a_task_type_of_each_nature() {
    let favo = Favo::start();
    let admin = favo.admin();
    let list = admin.get("/tarefas/tipos?page=-1").ok();
    let rows = list.as_array().expect("a bare array").iter();
    let natures: BTreeSet<i64> = rows.map(|row| row["natureza"].as_i64().expect("a nature")).collect();
    assert_eq!(natures, BTreeSet::from([0, 1, 2, 3, 4]));
    admin.post("/tarefas/tipos", &json!({"nome": "x", "natureza": 5})).refused();
}

// spec 4.16, the examples
#[test]
fn a_user_reads_back_as_documented_and_never_with_a_password() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"login": "caio@aurora.example", "nome": "Caio Reis", "email": "caio@aurora.example",
        "senha": "segredo", "password": "segredo"});
    let record = create(&admin, "usuario", &body);
    let tenant = record["usuarioMasterId"].as_i64().expect("the tenant id as a number");
    assert_eq!(
        record,
        json!({"id": id(&record), "login": "caio@aurora.example", "nome": "Caio Reis",
        "email": "caio@aurora.example", "ativo": true, "usuarioMasterId": tenant, "dataCriacao": START_OUT,
        "dataAtualizacao": START_OUT})
    );
    assert_eq!(admin.get(&format!("/usuarios/{}", id(&record))).ok(), record);
    let own = admin.get(&format!("/usuario/{}", admin.user_id)).ok();
    assert_includes(
        &own,
        &json!({"login": "admin@demo.example", "nome": "Administrador", "usuarioMasterId": tenant}),
    );
}

// spec 4.16 required fields, login unique
#[test]
fn a_user_needs_login_name_and_mail_and_a_login_of_his_own() {
    let favo = Favo::start();
    let admin = favo.admin();
    let mut messages = admin.post("/usuario", &json!({})).refused();
    messages.sort();
    assert_eq!(
        messages,
        ["O campo email é obrigatório", "O campo login é obrigatório", "O campo nome é obrigatório"]
    );
    let body = json!({"login": "admin@demo.example", "nome": "Outro", "email": "outro@demo.example"});
    admin.post("/usuario", &body).refused();
}

// spec 4.16: DELETE deactivates; 1.3: the token of an inactive user is invalid
#[test]
fn deleting_a_user_deactivates_him() {
    let favo = Favo::start();
    let admin = favo.admin();
    let caio = favo.user("caio@demo.example", "seller");
    admin.delete(&format!("/usuario/{}", caio.user_id)).ok();
    assert_eq!(admin.get(&format!("/usuario/{}", caio.user_id)).ok()["ativo"], false);
    assert_eq!(
        listed(&admin, "usuarios?page=-1"),
        ["caio", "Administrador"],
        "inactive users are listed too"
    );
    let answer = caio.get("/contatos");
    assert_eq!((answer.status, answer.text().as_str()), (401, "Invalid token"));
}

// spec 4.16 filters
#[test]
fn users_are_filtered_by_name_and_state() {
    let favo = Favo::start();
    let admin = favo.admin();
    let caio = favo.user("caio@demo.example", "seller");
    favo.user("bruna@demo.example", "seller");
    admin.put(&format!("/usuario/{}", caio.user_id), &json!({"ativo": false})).ok();
    assert_eq!(listed(&admin, "usuario?nome=CA"), ["caio"]);
    assert_eq!(listed(&admin, "usuario?ativo=false"), ["caio"]);
    assert_eq!(listed(&admin, "usuario?ativo=true"), ["bruna", "Administrador"]);
}

// spec 4.18, the examples
#[test]
fn a_custom_field_reads_back_as_documented() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"nome": "Porte", "tipo": 5, "relacionado": "Contato", "opcoes": ["Pequeno", "Médio",
        "Grande"],
        "secao": {"nome": "Perfil"}, "sequencia": 1});
    let record = create(&admin, "campoPersonalizado", &body);
    let section = id(&record["secao"]);
    assert_eq!(
        record,
        json!({"id": id(&record), "nome": "Porte", "alias": "porte", "tipo": 5, "relacionado": "Contato",
        "obrigatorio": false, "opcoes": ["Pequeno", "Médio", "Grande"], "opcoesPersonalizadas": [],
        "sequencia": 1,
        "secao": {"id": section, "nome": "Perfil", "ativo": true}, "mostrarFiltro": true, "escondido": false,
        "ativo": true})
    );
    for path in ["campoPersonalizado", "camposPersonalizados", "customField", "customFields"] {
        assert_eq!(read(&admin, path, &record), record, "{path}");
        assert_eq!(admin.get(&format!("/{path}/")).ok(), json!([record]), "{path}");
    }
}

// spec 4.18 defaults and codes
#[test]
fn a_custom_field_is_a_text_of_a_contact_by_default() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = create(&admin, "campoPersonalizado", &json!({"nome": "Livre"}));
    assert_includes(
        &record,
        &json!({"tipo": 1, "relacionado": "Contato", "obrigatorio": false, "opcoes": [],
        "opcoesPersonalizadas": [], "mostrarFiltro": true, "escondido": false, "ativo": true}),
    );
    assert!(record.get("retornarOpcoesPai").is_none() && record.get("retornarOpcoesString").is_none());
    for kind in 0..=12 {
        let body = json!({"nome": format!("Tipo {kind}"), "tipo": kind});
        assert_eq!(create(&admin, "campoPersonalizado", &body)["tipo"], kind);
    }
    let messages = admin.post("/campoPersonalizado", &json!({"nome": "x", "tipo": 13})).refused();
    assert_eq!(messages, ["O valor do campo tipo é inválido"]);
}

// spec F1
#[test]
fn an_alias_is_made_from_the_label_and_never_changes() {
    let favo = Favo::start();
    let admin = favo.admin();
    let alias = |label: &str| create(&admin, "campoPersonalizado", &json!({"nome": label, "alias": "meu"}));
    assert_eq!(alias("Data da visita")["alias"], "data_da_visita");
    assert_eq!(alias("Código -- Área 2")["alias"], "codigo_area_2");
    let first = alias("Região A");
    assert_eq!(first["alias"], "regiao_a");
    let second = alias("Regiao-A")["alias"].as_str().expect("a text").to_owned();
    let suffix =
        second.strip_prefix("regiao_a").unwrap_or_else(|| panic!("{second}")).trim_start_matches('_');
    assert!(suffix.parse::<u32>().is_ok(), "made unique with a numeric suffix: {second}");
    let renamed = change(&admin, "campoPersonalizado", &first, &json!({"nome": "Zona"}));
    assert_eq!((&renamed["nome"], &renamed["alias"]), (&json!("Zona"), &json!("regiao_a")));
}

// spec F2: the label is unique inside its entity
#[test]
fn a_label_is_unique_for_its_entity_ignoring_case() {
    let favo = Favo::start();
    let admin = favo.admin();
    create(&admin, "campoPersonalizado", &json!({"nome": "Porte"}));
    let messages =
        admin.post("/campoPersonalizado", &json!({"nome": "PORTE", "relacionado": "Contato"})).refused();
    assert_eq!(messages, ["Já existe um registro com o nome PORTE"]);
    create(&admin, "campoPersonalizado", &json!({"nome": "Porte", "relacionado": "Oportunidade"}));
}

// spec F2: the type of a field with values is fixed
#[test]
fn the_type_of_a_field_with_values_does_not_change() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = create(&admin, "campoPersonalizado", &json!({"nome": "Porte"}));
    assert_eq!(change(&admin, "campoPersonalizado", &record, &json!({"tipo": 6}))["tipo"], 6);
    create(&admin, "contatos", &json!({"nome": "Acme", "camposPersonalizados": {"Porte": "Grande"}}));
    refused(&admin, "campoPersonalizado", &record, &json!({"tipo": 0}));
    let renamed = change(&admin, "campoPersonalizado", &record, &json!({"nome": "Tamanho"}));
    assert_eq!(renamed["tipo"], 6);
    assert_eq!(admin.get("/contatos").ok()[0]["camposPersonalizados"], json!({"Tamanho": "Grande"}));
}

// spec F3, 4.18 secao
#[test]
fn a_section_is_created_by_name_and_read_from_a_string() {
    let favo = Favo::start();
    let admin = favo.admin();
    let first = create(&admin, "campoPersonalizado", &json!({"nome": "a", "secao": {"nome": "Perfil"}}));
    let second = create(&admin, "campoPersonalizado", &json!({"nome": "b", "secao": "perfil"}));
    assert_eq!(second["secao"], first["secao"]);
    assert_eq!(second["secao"]["nome"], "Perfil");
    let by_id = json!({"nome": "c", "secao": {"id": id(&first["secao"])}});
    assert_eq!(create(&admin, "campoPersonalizado", &by_id)["secao"], first["secao"]);
}

// spec 4.18 filters
#[test]
fn custom_fields_are_filtered_by_entity_and_label() {
    let favo = Favo::start();
    let admin = favo.admin();
    for entity in ["Contato", "Oportunidade", "Tarefa", "Compromisso", "Qualificacao", "Produto"] {
        let body = json!({"nome": format!("{entity} x"), "relacionado": entity});
        assert_eq!(create(&admin, "campoPersonalizado", &body)["relacionado"], entity);
    }
    assert_eq!(listed(&admin, "campoPersonalizado?relacionado=Tarefa"), ["Tarefa x"]);
    assert_eq!(listed(&admin, "customFields?nome=comp"), ["Compromisso x"]);
    assert_eq!(listed(&admin, "campoPersonalizado").len(), 6);
}

// spec 3.9: mandatory fields on create of their entity
#[test]
fn a_mandatory_custom_field_is_demanded_on_create() {
    let favo = Favo::start();
    let admin = favo.admin();
    create(&admin, "contatos", &json!({"nome": "Acme"}));
    let field = json!({"nome": "Motivo", "relacionado": "Oportunidade", "obrigatorio": true});
    create(&admin, "campoPersonalizado", &field);
    let body = json!({"nome": "a", "cliente": {"nome": "Acme"}});
    assert_eq!(admin.post("/oportunidades", &body).refused(), ["O campo Motivo é obrigatório"]);
    admin.post("/oportunidades?ignorarCamposObrigatorios=true", &body).ok();
    deal(&admin, json!({"camposPersonalizados": {"Motivo": "x"}}));
    create(&admin, "contatos", &json!({"nome": "Outra"}));
}

// spec 4.19
#[test]
fn screen_fields_describe_system_and_custom_fields() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"nome": "Porte Zeta", "relacionado": "Contato", "obrigatorio": true});
    create(&admin, "campoPersonalizado", &body);
    create(&admin, "campoPersonalizado", &json!({"nome": "Região Zeta", "relacionado": "Oportunidade"}));
    for (object_type, custom, foreign) in [(1, "Porte Zeta", "Região Zeta"), (2, "Região Zeta", "Porte Zeta")]
    {
        let list = admin.get(&format!("/customField/fields/{object_type}?displayLength=1")).ok();
        let rows = list.as_array().expect("a bare array");
        assert!(rows.len() > 10, "not paged");
        for row in rows {
            let texts = ["label", "name", "fieldPropertyName", "fieldType", "msgkey", "description", "type"];
            assert!(texts.iter().all(|key| row[key].is_string()), "{row}");
            let flags = ["checked", "obrigatory", "readOnly", "removable"];
            assert!(flags.iter().all(|key| row[key].is_boolean()), "{row}");
        }
        let find = |label: &str| rows.iter().find(|row| row["label"] == label);
        let row = find(custom).expect("the custom field of this entity");
        assert_eq!(
            (&row["fieldType"], &row["obrigatory"]),
            (&json!("personalized"), &json!(object_type == 1))
        );
        assert!(find(foreign).is_none());
        let origin = rows.iter().find(|row| row["name"] == "origem").expect("a system field");
        assert_eq!(origin["fieldType"], "default");
    }
    let aliases = ["customFields", "campoPersonalizado", "camposPersonalizados"];
    for alias in aliases {
        assert_eq!(admin.get(&format!("/{alias}/fields/1")).ok(), admin.get("/customField/fields/1").ok());
    }
    for other in ["0", "3", "x"] {
        assert_eq!(admin.get(&format!("/customField/fields/{other}")).status, 404);
    }
}

// spec 4.20, the examples
#[test]
fn a_proposal_reads_back_as_documented() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = deal(&admin, json!({"nome": "Aurora: plano anual", "cliente": {"nome": "Padaria Aurora"}}));
    let body = json!({"oportunidade": {"id": id(&record)}, "destinatario": "Lia Campos"});
    let proposal = create(&admin, "proposta", &body);
    assert_includes(
        &proposal,
        &json!({"status": 0, "statusLabel": "Rascunho", "versao": 1, "numero": 1,
        "codigo": "01001/2026", "codigoFormatado": "01001/2026", "destinatario": "Lia Campos",
        "oportunidade": {"id": id(&record), "nome": "Aurora: plano anual", "codigo": record["codigo"],
            "cliente": {"id": id(&record["cliente"]), "nome": "Padaria Aurora"}, "temperatura": "",
            "valorTotalDescontos": 0},
        "autor": {"id": admin.user_id, "login": "admin@demo.example", "nome": "Administrador"},
        "dataProposta": START_OUT, "dataCriacao": START_OUT}),
    );
    assert_eq!(proposal["oportunidade"]["funilVenda"], json!({}));
    assert_eq!(proposal["oportunidade"]["origem"], json!({}));
    assert_eq!(admin.get(&format!("/propostas/{}", id(&proposal))).ok(), proposal);
    assert_eq!(admin.get("/proposta").ok(), json!([proposal]));
    assert_eq!(admin.get(&format!("/proposta/opportunity/{}", id(&record))).ok(), json!([proposal]));
}

// spec 4.20 paths
#[test]
fn proposals_of_an_unknown_opportunity_are_404_and_delete_is_405() {
    let favo = Favo::start();
    let admin = favo.admin();
    let missing = admin.get("/proposta/opportunity/191919");
    assert_eq!((missing.status, missing.json()), (404, json!({"message": "Registro não encontrado"})));
    let record = deal(&admin, json!({}));
    assert_eq!(admin.get(&format!("/propostas/opportunity/{}", id(&record))).ok(), json!([]));
    let proposal = create(&admin, "proposta", &json!({"oportunidade": {"id": id(&record)}}));
    let answer = admin.delete(&format!("/proposta/{}", id(&proposal)));
    assert_eq!(answer.status, 405);
    assert!(answer.header("allow").is_some());
    assert_eq!(admin.post("/proposta", &json!({})).refused(), ["O campo oportunidade é obrigatório"]);
}

// spec 4.20 rule: versions, numbers and obsolete ones
#[test]
fn a_new_version_makes_older_ones_obsolete_except_rejected_ones() {
    let favo = Favo::start();
    let admin = favo.admin();
    let first = json!({"oportunidade": {"id": id(&deal(&admin, json!({})))}});
    let second = json!({"oportunidade": {"id": id(&deal(&admin, json!({})))}});
    let one = create(&admin, "proposta", &first);
    let rejected = change(&admin, "proposta", &one, &json!({"status": 3}));
    assert_eq!(rejected["statusLabel"], "Reprovada");
    let two = create(&admin, "proposta", &first);
    let three = create(&admin, "proposta", &first);
    let other = create(&admin, "proposta", &second);
    assert_eq!((&two["versao"], &two["codigo"]), (&json!(2), &json!("02001/2026")));
    assert_eq!((&three["versao"], &three["codigo"]), (&json!(3), &json!("03001/2026")));
    assert_eq!(
        (&other["versao"], &other["numero"], &other["codigo"]),
        (&json!(1), &json!(2), &json!("01002/2026"))
    );
    assert_eq!(read(&admin, "proposta", &one)["status"], 3);
    assert_includes(&read(&admin, "proposta", &two), &json!({"status": 4, "statusLabel": "Obsoleta"}));
    assert_eq!(read(&admin, "proposta", &three)["status"], 0);
    assert_eq!(read(&admin, "proposta", &other)["status"], 0);
}

// spec 4.20: numero counts per year
#[test]
fn proposal_numbers_start_again_each_year() {
    let favo = Favo::start();
    let admin = favo.admin();
    let admin = Client { token: favo.token(&admin, 400), ..admin };
    create(&admin, "proposta", &json!({"oportunidade": {"id": id(&deal(&admin, json!({})))}}));
    favo.advance(days(310));
    let next = create(&admin, "proposta", &json!({"oportunidade": {"id": id(&deal(&admin, json!({})))}}));
    assert_eq!(next["codigo"], "01001/2027");
}

// spec 4.20 labels and filter `status` on both lists
#[test]
fn proposals_are_labelled_and_filtered_by_state() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = deal(&admin, json!({}));
    let proposal = create(&admin, "proposta", &json!({"oportunidade": {"id": id(&record)}}));
    let labels = [(1, "Em aprovação"), (2, "Aprovada"), (3, "Reprovada"), (4, "Obsoleta"), (0, "Rascunho")];
    for (status, label) in labels {
        let changed = change(&admin, "proposta", &proposal, &json!({"status": status}));
        assert_eq!((&changed["status"], &changed["statusLabel"]), (&json!(status), &json!(label)));
    }
    refused(&admin, "proposta", &proposal, &json!({"status": 5}));
    for list in ["proposta".to_owned(), format!("proposta/opportunity/{}", id(&record))] {
        assert_eq!(ids(&admin.get(&format!("/{list}?status=0,2")).ok()), [id(&proposal)]);
        assert_eq!(admin.get(&format!("/{list}?status=2")).ok(), json!([]));
    }
}

// spec 4.20 rule: bloquearProposta
#[test]
fn a_blocked_opportunity_refuses_proposals() {
    let favo = Favo::start();
    let admin = favo.admin();
    let record = deal(&admin, json!({"bloquearProposta": true}));
    let body = json!({"oportunidade": {"id": id(&record)}});
    admin.post("/proposta", &body).refused();
    change(&admin, "oportunidades", &record, &json!({"bloquearProposta": false}));
    create(&admin, "proposta", &body);
}

// spec 4.20 publicUrl
#[test]
fn the_public_address_of_a_proposal_opens_without_a_token() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"oportunidade": {"id": id(&deal(&admin, json!({})))}});
    let first = create(&admin, "proposta", &body);
    let second = create(&admin, "proposta", &body);
    assert_ne!(first["publicUrl"], second["publicUrl"]);
    let address = second["publicUrl"].as_str().expect("an address");
    let after_scheme = address.split_once("://").expect("an absolute address").1;
    let path = &after_scheme[after_scheme.find('/').expect("a path")..];
    assert_eq!(raw(favo.address, "GET", path, &[], b"").status, 200, "{address}");
    let guessed = format!("{}0000000", &path[..=path.rfind('/').expect("a slash")]);
    assert_ne!(raw(favo.address, "GET", &guessed, &[], b"").status, 200, "the key cannot be guessed");
}

// spec 4.28
#[test]
fn the_index_document_needs_no_token_and_lists_the_endpoints() {
    let favo = Favo::start();
    let base = format!("http://{}/crm/api/1", favo.address);
    for path in ["/crm/api/1", "/crm/api/1/"] {
        let index = raw(favo.address, "GET", path, &[], b"").ok();
        assert_eq!(index["sobre"]["versao"], "1.0");
        assert!(index["sobre"]["creditos"].is_string());
        let contacts = &index["endpoints"]["contatos"];
        assert_eq!(
            contacts["listagem"],
            json!({"response": 200, "title": "Listagem de contatos", "method": "GET",
            "endpoint": format!("{base}/contatos")})
        );
        assert_eq!(
            contacts["edicao"],
            json!({"response": 200, "title": "Edicao de contatos", "method": "PUT",
            "endpoint": format!("{base}/contatos/:id")})
        );
        for (operation, method, suffix) in
            [("insercao", "POST", ""), ("visualizacao", "GET", "/:id"), ("exclusao", "DELETE", "/:id")]
        {
            let entry = &contacts[operation];
            assert_eq!(
                keys(entry),
                BTreeSet::from(["response", "title", "method", "endpoint"]),
                "{operation}"
            );
            assert_eq!((&entry["method"], &entry["response"]), (&json!(method), &json!(200)));
            assert_eq!(entry["endpoint"], format!("{base}/contatos{suffix}"));
        }
        for resource in
            ["oportunidades", "qualificacoes", "tarefas", "compromissos", "pipeline", "produto", "lista"]
        {
            assert_eq!(index["endpoints"][resource]["listagem"]["endpoint"], format!("{base}/{resource}"));
        }
    }
}

// spec 4.28: the base address the request came in on
#[test]
fn the_index_document_repeats_the_host_of_the_request() {
    let favo = Favo::start();
    let request = b"GET /crm/api/1/ HTTP/1.1\r\nHost: crm.example:8080\r\nConnection: close\r\n\r\n";
    let index = bytes_exchange(favo.address, request).ok();
    let endpoint = &index["endpoints"]["contatos"]["listagem"]["endpoint"];
    assert_eq!(*endpoint, "http://crm.example:8080/crm/api/1/contatos");
}

/// The entities of 4.29 with their fields as written there; `*` marks those with a `length`.
const COLUMNS: [(&str, &str); 18] = [
    ("lista", "id nome* descricao ativo dataCriacao autor cor*"),
    ("estado", "id nome* sigla* pais"),
    ("municipio", "id nome* estado latitude longitude codigoUnidadeGeografica codigoMunicipioIbge"),
    ("bairro", "id nome* municipio"),
    (
        "tarefa",
        "id dataLimite dataCriacao dataAtualizacao titulo* descricao status* responsavel cliente \
         oportunidade prioridade tipo checklist tipoLigacao dataInicio dataFim atendida justificativa* \
         quemAtendeu telefone contatoQuemAtendeu classificacao resultadoLigacao camposPersonalizados \
         camposPersonalizadosObject modeloFormulario",
    ),
    ("categoria", "id nome* ativo descricao isCliente isProspect isSuspect isLead isDescarte"),
    ("origem", "id nome* descricao ativo"),
    ("segmento", "id nome* descricao ativo"),
    ("comentario", "id dataCriacao autor descricao"),
    (
        "oportunidade",
        "id responsavel departamento autor autorAtualizacao autorConclusao nome* cliente contato codigo* \
         status tarefas compromissos atividadesAtrasadas dataCriacao dataAtualizacao dataLimite \
         dataConclusao pipeline* funilVenda etapa etapaNome observacao consideracoes isProrrogada \
         probabilidade temperatura valorAvulso valorMensal valorTotal valorTotalDescontos produtos origem \
         camposPersonalizados camposPersonalizadosObject justificativas justificativasOpcoes vendaBase",
    ),
    ("pipeline", "id nome* ativo padrao tipo sequencias"),
    (
        "publicacao",
        "id autor emailThread dataCriacao dataAtualizacao dataAviso qtdeComentarios importante tarefa \
         compromisso oportunidade qualificacao contato assunto* descricao comentarios automatica",
    ),
    (
        "campoPersonalizado",
        "id nome* alias* tipo obrigatorio relacionado* opcoes* opcoesPersonalizadas* sequencia secao \
         mostrarFiltro escondido retornarOpcoesPai retornarOpcoesString",
    ),
    (
        "produto",
        "id nome* contador descricao ativo valorBase recorrencia permiteDesconto codigo* moeda* \
         descontoMaximo isDescontoPorcentual comissao isComissaoPorcentual quantidadeEstoque \
         possuiEstoque categoria subCategoria camposPersonalizados camposPersonalizadosObject",
    ),
    (
        "compromisso",
        "id dataCriacao dataFeedback dataAtualizacao dataInicio dataFim assunto* feedback descricao \
         endereco* latitude longitude diaInteiro local* status autorAtualizacao autor responsavel \
         autorFeedback emailsConvidados notificarParticipantes camposPersonalizados \
         camposPersonalizadosObject participantes tipo oportunidade cliente",
    ),
    ("justificativa", "id nome* ativo opcaoSelecionada opcoes"),
    ("usuario", "id login* usuarioMasterId filialId nome* email* foto* ativo dataAtualizacao dataCriacao"),
    (
        "contato",
        "id autor autorAtualizacao responsavel departamento codigo* nome* razaoSocial* cnpj* rg* cpf* \
         foto* dataCriacao dataAtualizacao dataFundacao dataNascimento inscricaoEstadual* \
         inscricaoMunicipal* observacao cargo* indicadoPor* site* facebook* linkedin* twitter* skype* \
         origem segmento categoria lista* regiaoPais regiaoEstado regiaoMunicipio quantidadeFuncionarios \
         receitaAnual ativo empresa empresaAtual contaPai constante tarefas compromissos oportunidades \
         telefones* telefonePrincipal* telefone* emails* emailPrincipal* email* contatos enderecos \
         camposPersonalizados camposPersonalizadosObject listas* integradoRD blocked",
    ),
];

// spec 4.29: the entities, their fields, and which of them have a length
#[test]
fn columns_full_lists_every_entity_and_field() {
    let favo = Favo::start();
    let answer = favo.admin().get("/app/columns/full").ok();
    let mut entities = keys(&answer);
    entities.remove("qualificacao");
    assert_eq!(entities, COLUMNS.iter().map(|(entity, _)| *entity).collect());
    for (entity, fields) in COLUMNS {
        let rows = answer[entity].as_array().unwrap_or_else(|| panic!("{entity}: an array"));
        for field in fields.split(' ') {
            let name = field.trim_end_matches('*');
            let row =
                rows.iter().find_map(|row| row.get(name)).unwrap_or_else(|| panic!("{entity} lacks {name}"));
            assert_eq!(row.get("length").is_some(), field.ends_with('*'), "{entity}.{name}: {row}");
        }
    }
}

// spec 4.29: one single-key object per field, with the words of its type
#[test]
fn columns_full_describes_each_field_in_an_object_of_its_own() {
    let favo = Favo::start();
    let answer = favo.admin().get("/app/columns/full").ok();
    for (entity, rows) in answer.as_object().expect("an object") {
        let mut seen = BTreeSet::new();
        for row in rows.as_array().expect("an array per entity") {
            assert_eq!(keys(row).len(), 1, "{entity}: {row}");
            let (name, column) = row.as_object().and_then(|row| row.iter().next()).expect("one key");
            assert!(seen.insert(name.clone()), "{entity}.{name} twice");
            let mut parts = keys(column);
            if parts.remove("length") {
                assert!(column["length"].is_u64(), "{column}");
            }
            assert_eq!(parts, BTreeSet::from(["description", "label", "name", "type"]), "{entity}.{name}");
            assert_eq!(column["name"], *name);
            let word = column["type"].as_str().expect("a type");
            let nested =
                ["object[", "array["].iter().any(|open| word.starts_with(open) && word.ends_with(']'));
            let simple = ["string", "integer", "number", "boolean", "date"].contains(&word);
            assert!(nested || simple, "{entity}.{name}: {word}");
        }
    }
    let id = json!({"id": {"name": "id", "description": "Id", "label": "Id", "type": "integer"}});
    assert!(answer["origem"].as_array().expect("an array").contains(&id), "{}", answer["origem"]);
}

// spec 4.12, 4.17: a team that co-owns an opportunity is in use
#[test]
fn a_team_that_co_owns_an_opportunity_is_not_deleted() {
    let favo = Favo::start();
    let admin = favo.admin();
    let team = admin.post("/equipe", &json!({"nome": "Campo"})).ok()["id"].clone();
    let body = json!({"nome": "v", "cliente": {"nome": "c"}, "equipesCorresponsaveis": [{"id": team}]});
    admin.post("/oportunidades", &body).ok();
    admin.delete(&format!("/equipe/{team}")).refused();
}
