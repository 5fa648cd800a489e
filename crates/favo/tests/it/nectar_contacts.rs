//! Contacts on the NectarCRM wire (spec 4.1, C1 to C10), upsert, lookups, next activity, statistics.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Answer, Client, Favo};

const DAY: Duration = Duration::from_hours(24);
const NOBODY: i64 = 999_999;

fn id(object: &Value) -> i64 {
    object["id"].as_i64().unwrap_or_else(|| panic!("no numeric id: {object}"))
}

#[track_caller]
fn create(client: &Client, body: &Value) -> Value {
    client.post("/contatos", body).ok()
}

fn put(client: &Client, contact: &Value, body: &Value) -> Answer {
    client.put(&format!("/contatos/{}", id(contact)), body)
}

#[track_caller]
fn read(client: &Client, contact: &Value) -> Value {
    client.get(&format!("/contatos/{}", id(contact))).ok()
}

/// The names in a list, in its order.
#[track_caller]
fn names(client: &Client, path: &str) -> Vec<String> {
    let list = client.get(path).ok();
    let rows = list.as_array().expect("an array");
    rows.iter().map(|row| row["nome"].as_str().expect("a name").to_owned()).collect()
}

/// The same, in alphabetical order.
#[track_caller]
fn sorted_names(client: &Client, path: &str) -> Vec<String> {
    let mut names = names(client, path);
    names.sort();
    names
}

#[track_caller]
fn count(client: &Client) -> usize {
    client.get("/contatos?page=-1").ok().as_array().expect("an array").len()
}

/// The person of that name among an organisation's people.
#[track_caller]
fn person<'a>(organisation: &'a Value, nome: &str) -> &'a Value {
    let people = organisation["contatos"].as_array().expect("people");
    people.iter().find(|one| one["nome"] == nome).unwrap_or_else(|| panic!("no {nome} in {people:?}"))
}

fn people_ids(organisation: &Value) -> Vec<i64> {
    let mut ids: Vec<i64> = organisation["contatos"].as_array().expect("people").iter().map(id).collect();
    ids.sort_unstable();
    ids
}

/// Text as it may stand in a query string or in one path segment.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}

#[track_caller]
fn task(client: &Client, contact: &Value, titulo: &str, limit: &str, status: i64) -> Value {
    let body =
        json!({"titulo": titulo, "cliente": {"id": id(contact)}, "dataLimite": limit, "status": status});
    client.post("/tarefas", &body).ok()
}

// spec 4.1, the Create and Read examples
#[test]
fn the_documented_contact_is_created_changed_and_read() {
    let favo = Favo::start();
    let bruna = favo.user("bruna@aurora.example", "administrator");
    let caio = favo.user("caio@aurora.example", "administrator");
    let porte = json!({"nome": "Porte", "tipo": 5, "relacionado": "Contato", "opcoes": ["Pequeno", "Médio",
        "Grande"]});
    favo.admin().post("/campoPersonalizado", &porte).ok();
    let made = bruna.post(
        "/contatos",
        &json!({
            "nome": "Padaria Aurora", "constante": 1, "empresa": true, "emails": ["contato@aurora.example"],
            "telefones": ["+5548999990001"], "origem": "Feira", "listas": [{"nome": "Sul"}],
            "responsavel": {"login": "bruna@aurora.example"},
            "contatos": [{"nome": "Lia Campos", "cargo": "Gerente", "emails": ["lia@aurora.example"]}],
            "enderecos": [{"tipo": 2, "principal": true, "cep": "88010000", "logradouro": "Rua das Figueiras",
                "numero": "12"}],
            "camposPersonalizados": {"Porte": "Médio"}
        }),
    );
    let made = made.ok();
    assert_eq!(read(&bruna, &made), made, "the answer of a create is the record as read");
    bruna.post("/oportunidades", &json!({"nome": "Aurora: plano anual", "cliente": {"id": id(&made)}})).ok();
    task(&bruna, &made, "Enviar contrato", "2026-03-20", 0);
    task(&bruna, &made, "Ligar", "2026-03-20", 0);
    favo.advance(4 * DAY);
    let address = json!([{"id": id(&made["enderecos"][0]), "tipo": 2, "principal": true, "cep": "88010000",
        "logradouro": "Rua das Figueiras", "numero": "12", "municipio": "Florianópolis",
        "estado": "Santa Catarina"}]);
    let changes = json!({"codigo": "AUR-20", "razaoSocial": "Aurora Pães Ltda", "cnpj": "11.222.333/0001-44",
        "receitaAnual": 480_000, "enderecos": address});
    put(&caio, &made, &changes).ok();

    let mut shown = read(&bruna, &made);
    assert_eq!(shown["receitaAnual"].as_f64(), Some(480_000.0));
    shown["receitaAnual"] = json!(480_000);
    // The example shows less than the tables allow here, so these are compared by their own keys.
    let tag = shown["listas"][0].clone();
    assert_eq!(tag["nome"], "Sul");
    assert_eq!(tag["ativo"], true);
    shown["listas"] = json!([{"id": id(&tag), "nome": tag["nome"]}]);
    let row = shown["enderecos"][0].as_object_mut().expect("an address");
    let state = row.remove("estadoObject").expect("Santa Catarina is known");
    assert_eq!((&state["nome"], &state["sigla"]), (&json!("Santa Catarina"), &json!("SC")));
    for known_or_not in ["municipioObject", "codigoMunicipioIbge", "paisObject"] {
        row.remove(known_or_not);
    }
    let owner = json!({"id": bruna.user_id, "login": "bruna@aurora.example", "nome": "bruna"});
    assert_eq!(
        shown,
        json!({
            "id": id(&made), "nome": "Padaria Aurora", "codigo": "AUR-20", "razaoSocial": "Aurora Pães Ltda",
            "constante": 1, "ativo": true, "empresa": true, "isEmpresa": true, "cnpj": "11.222.333/0001-44",
            "emails": ["contato@aurora.example"], "email": "contato@aurora.example",
            "emailPrincipal": "contato@aurora.example", "telefones": ["+5548999990001"],
            "telefone": "+5548999990001", "telefonePrincipal": "+5548999990001",
            "origem": "Feira", "origemObject": {"id": id(&made["origemObject"]), "nome": "Feira"},
            "listas": [{"id": id(&tag), "nome": "Sul"}], "lista": "Sul", "receitaAnual": 480_000,
            "sigiloso": false,
            "responsavel": owner, "autor": owner,
            "autorAtualizacao": {"id": caio.user_id, "login": "caio@aurora.example", "nome": "caio"},
            "contatos": [{"id": id(&made["contatos"][0]), "nome": "Lia Campos", "cargo": "Gerente",
                "email": "lia@aurora.example", "emailPrincipal": "lia@aurora.example",
                "emails": ["lia@aurora.example"], "telefones": [], "diasSemInteracao": 4}],
            "contatosPai": [], "empresasAtuais": [],
            "enderecos": [{"id": id(&made["enderecos"][0]), "tipo": "COMERCIAL_MATRIZ", "principal": true,
                "cep": "88010000", "logradouro": "Rua das Figueiras", "endereco": "Rua das Figueiras",
                "numero": "12", "municipio": "Florianópolis", "estado": "Santa Catarina",
                "searchByCep": false}],
            "camposPersonalizados": {"Porte": "Médio"},
            "camposPersonalizadosObject": {
                "porte": {"id": id(&made["camposPersonalizadosObject"]["porte"]), "valor": "Médio"}},
            "oportunidades": 1, "tarefas": 2, "compromissos": 0, "qtdeQualificacoes": 0,
            "diasSemInteracao": 4,
            "integradoRD": false, "blocked": false,
            "dataCriacao": "2026-03-02T12:00:00.000Z", "dataAtualizacao": "2026-03-06T12:00:00.000Z"
        })
    );
}

// spec 4.1, 1.2
#[test]
fn every_operation_works_under_contatos_and_under_contacts() {
    let favo = Favo::start();
    let admin = favo.admin();
    for path in ["/contatos", "/contacts"] {
        let made = admin.post(path, &json!({"nome": "Padaria Aurora"})).ok();
        let one = format!("{path}/{}", id(&made));
        assert_eq!(admin.get(&one).ok(), made);
        assert_eq!(admin.get(path).ok(), json!([made]));
        let changed = admin.put(&one, &json!({"cargo": "Loja"})).ok();
        assert_eq!(changed["cargo"], "Loja");
        assert_eq!(admin.delete(&one).ok(), changed, "the last state");
        assert_eq!(admin.get(&one).status, 404);
        assert_eq!(admin.put(&one, &json!({"cargo": "x"})).status, 404);
        assert_eq!(admin.delete(&one).json(), json!({"message": "Registro não encontrado"}));
        assert_eq!(admin.get(path).ok(), json!([]));
    }
}

// spec 4.1 fields
#[test]
fn plain_text_fields_are_kept() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({
        "nome": "Padaria Aurora", "codigo": "AUR-20", "razaoSocial": "Aurora Pães Ltda",
        "cnpj": "11.222.333/0001-44",
        "cpf": "123.456.789-09", "rg": "1.234", "inscricaoEstadual": "25", "inscricaoMunicipal": "7",
        "cargo": "Dona",
        "observacao": "Fecha às 18h", "indicadoPor": "Rui", "site": "aurora.example", "facebook": "fb",
        "linkedin": "li",
        "twitter": "tw", "skype": "sk"
    });
    let made = read(&admin, &create(&admin, &body));
    for (key, value) in body.as_object().expect("an object") {
        assert_eq!(&made[key], value, "{key}");
    }
    for key in ["foto", "departamento", "tipoEntidade", "isJuridico", "queue"] {
        assert!(made.get(key).is_none(), "{key} is not produced");
    }
}

// spec 4.1 fields: segmentoObject is a NameRef, categoriaObject a LookupRef
#[test]
fn origin_segment_and_category_are_text_with_an_object_beside() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"nome": "Lia", "origem": "Zebra", "segmento": "Alimentos", "categoria": "Franquia"});
    let made = create(&admin, &body);
    for key in ["origem", "segmento", "categoria"] {
        assert_eq!(made[key], body[key]);
        let object = &made[format!("{key}Object")];
        assert_eq!(object["nome"], body[key]);
        assert_eq!(admin.get(&format!("/{key}/{}", id(object))).ok()["nome"], body[key]);
    }
    assert_eq!(made["categoriaObject"]["ativo"], true);
}

// spec 4.1 fields: regiaoPais, regiaoEstado
#[test]
fn the_state_of_a_contact_is_found_by_code_or_name() {
    let favo = Favo::start();
    let admin = favo.admin();
    let by_code = create(&admin, &json!({"nome": "Lia", "regiaoEstado": {"sigla": "SC"}}));
    assert_eq!(by_code["regiaoEstado"]["nome"], "Santa Catarina");
    assert_eq!(by_code["regiaoEstado"]["sigla"], "SC");
    let state = id(&by_code["regiaoEstado"]);
    for sent in [json!({"nome": "santa catarina"}), json!({"id": state})] {
        let made = create(&admin, &json!({"nome": "Rui", "regiaoEstado": sent}));
        assert_eq!(made["regiaoEstado"], by_code["regiaoEstado"], "{sent}");
    }
}

// spec 4.1 filters, 2.4
#[test]
fn contacts_are_filtered_by_the_beginning_of_name_or_code_or_by_the_whole() {
    let favo = Favo::start();
    let admin = favo.admin();
    for (nome, codigo) in [("PETRÓPOLIS", "A1"), ("Petrolina", "B2"), ("Ipê", "petr-9"), ("Outra", "C3")] {
        create(&admin, &json!({"nome": nome, "codigo": codigo}));
    }
    assert_eq!(names(&admin, "/contatos?nome=petr"), ["Ipê", "Petrolina", "PETRÓPOLIS"]);
    assert_eq!(names(&admin, "/contatos?nome=petropo"), ["PETRÓPOLIS"], "accents are ignored");
    assert_eq!(names(&admin, "/contatos?nome=polis"), [""; 0]);
    assert_eq!(names(&admin, "/contatos?nome=petrolin&exato=true"), [""; 0]);
    assert_eq!(names(&admin, "/contatos?nome=PETROLINA&exato=true"), ["Petrolina"]);
    assert_eq!(names(&admin, "/contatos?nome=b2&exato=true"), ["Petrolina"]);
    assert_eq!(names(&admin, "/contatos?nome=").len(), 4);
}

// spec 4.1 filters
#[test]
fn contacts_are_filtered_by_section() {
    let favo = Favo::start();
    let admin = favo.admin();
    for constante in 0..=5 {
        create(&admin, &json!({"nome": format!("Seção {constante}"), "constante": constante}));
    }
    assert_eq!(names(&admin, "/contatos?constante=1"), ["Seção 1"]);
    assert_eq!(names(&admin, "/contatos?constante=0,3,5"), ["Seção 5", "Seção 3", "Seção 0"]);
    assert_eq!(names(&admin, "/contatos?constante=0,1,2,3,4,5").len(), 6);
}

// spec 4.1 filters, 2.6
#[test]
fn contacts_are_filtered_by_day_of_creation_and_of_update() {
    let favo = Favo::start();
    let admin = favo.admin();
    let first = create(&admin, &json!({"nome": "Primeira"}));
    favo.advance(2 * DAY);
    create(&admin, &json!({"nome": "Segunda"}));
    favo.advance(2 * DAY);
    put(&admin, &first, &json!({"cargo": "x"})).ok();
    assert_eq!(names(&admin, "/contatos?dataInicio=02/03/2026&dataFim=03/03/2026"), ["Primeira"]);
    assert_eq!(names(&admin, "/contatos?dataInicio=04/03/2026"), ["Segunda"]);
    assert_eq!(names(&admin, "/contatos?dataInicioAtualizacao=06/03/2026"), ["Primeira"]);
    assert_eq!(names(&admin, "/contatos?dataFimAtualizacao=05/03/2026"), ["Segunda"]);
    assert_eq!(
        names(&admin, "/contatos?dataInicioAtualizacao=02/03/2026"),
        ["Primeira", "Segunda"],
        "by that date"
    );
}

// spec 4.1 filters
#[test]
fn contacts_are_filtered_by_tag_origin_segment_and_owner() {
    let favo = Favo::start();
    let admin = favo.admin();
    let ana = favo.user("ana@demo.example", "seller");
    let a = json!({"nome": "A", "listas": ["Sul", "Norte"], "origem": "Zebra",
        "responsavel": {"id": ana.user_id}});
    let b =
        create(&admin, &json!({"nome": "B", "listas": ["Norte"], "segmento": "Alimentos", "origem": "Onça"}));
    let a = create(&admin, &a);
    create(&admin, &json!({"nome": "C"}));
    let (south, north) = (id(&a["listas"][0]), id(&b["listas"][0]));
    assert_eq!(names(&admin, &format!("/contatos?listasIds={south}")), ["A"]);
    assert_eq!(names(&admin, &format!("/contatos?listasIds={south},{north}")), ["A", "B"]);
    assert_eq!(names(&admin, &format!("/contatos?origemId={}", id(&b["origemObject"]))), ["B"]);
    assert_eq!(names(&admin, &format!("/contatos?segmentoId={}", id(&b["segmentoObject"]))), ["B"]);
    assert_eq!(names(&admin, &format!("/contatos?responsaveisId={}", ana.user_id)), ["A"]);
    let both = format!("/contatos?responsaveisId={},{}", ana.user_id, admin.user_id);
    assert_eq!(names(&admin, &both), ["C", "A", "B"]);
    assert_eq!(names(&admin, &format!("{both}&listasIds={north}")), ["A", "B"], "filters combine with AND");
    assert_eq!(names(&admin, &format!("/contatos?listasIds={NOBODY}")), [""; 0]);
}

// spec 4.1 filters, 2.7
#[test]
fn contacts_are_filtered_by_custom_field_under_label_or_alias() {
    let favo = Favo::start();
    let admin = favo.admin();
    let field =
        json!({"nome": "Dias úteis", "tipo": 11, "relacionado": "Contato", "opcoes": ["Seg", "Ter", "Qua"]});
    admin.post("/campoPersonalizado", &field).ok();
    for (nome, days) in [("A", json!(["Seg", "Ter"])), ("B", json!("Qua")), ("C", json!("Ter"))] {
        create(&admin, &json!({"nome": nome, "camposPersonalizados": {"Dias úteis": days}}));
    }
    create(&admin, &json!({"nome": "D"}));
    let found = |filter: &Value, more: &str| {
        sorted_names(
            &admin,
            &format!("/contatos?camposPersonalizados={}{more}", encoded(&filter.to_string())),
        )
    };
    assert_eq!(found(&json!({"Dias úteis": "ter"}), ""), ["A", "C"], "one of several options, ignoring case");
    assert_eq!(found(&json!({"Dias úteis": ["Qua", "Seg"]}), ""), ["A", "B"], "an array means any of them");
    assert_eq!(found(&json!({"dias_uteis": "Qua"}), "&useAlias=true"), ["B"]);
    assert_eq!(found(&json!({"Zebra": "Qua"}), ""), [""; 0]);
    assert_eq!(
        names(&admin, "/contatos?camposPersonalizados=%7Bnada").len(),
        4,
        "unreadable JSON is ignored"
    );
}

// spec 4.1 C1
#[test]
fn the_list_holds_every_section_and_inactive_contacts_too() {
    let favo = Favo::start();
    let admin = favo.admin();
    for constante in 0..=5 {
        let ativo = constante % 2 == 0;
        create(
            &admin,
            &json!({"nome": format!("Seção {constante}"), "constante": constante, "ativo": ativo}),
        );
    }
    assert_eq!(names(&admin, "/contatos").len(), 6);
}

// spec 4.1 C1
#[test]
fn only_the_name_is_required() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = create(&admin, &json!({"nome": "Padaria Aurora"}));
    assert_eq!((&made["ativo"], &made["constante"]), (&json!(true), &json!(0)));
    for body in [json!({}), json!({"nome": ""}), json!({"nome": null}), json!({"emails": ["a@x.example"]})] {
        assert_eq!(admin.post("/contatos", &body).refused(), ["O campo nome é obrigatório"], "{body}");
    }
}

// spec 4.1 C2
#[test]
fn the_organisation_flag_follows_cnpj_or_people_when_it_is_absent() {
    let favo = Favo::start();
    let admin = favo.admin();
    for (body, empresa) in [
        (json!({"nome": "A"}), false),
        (json!({"nome": "A", "contatos": []}), false),
        (json!({"nome": "A", "cnpj": "11.222.333/0001-44"}), true),
        (json!({"nome": "A", "contatos": [{"nome": "Lia"}]}), true),
        (json!({"nome": "A", "cnpj": "11.222.333/0001-44", "empresa": false}), false),
        (json!({"nome": "A", "cnpj": "11.222.333/0001-44", "isEmpresa": false}), false),
        (json!({"nome": "A", "isEmpresa": true}), true),
        (json!({"nome": "A", "isJuridico": true}), true),
        (json!({"nome": "A", "empresa": true}), true),
    ] {
        let made = create(&admin, &body);
        assert_eq!((&made["empresa"], &made["isEmpresa"]), (&json!(empresa), &json!(empresa)), "{body}");
        assert!(made.get("isJuridico").is_none());
    }
}

// spec 4.1 C3
#[test]
fn a_main_email_or_phone_alone_moves_to_the_front_of_its_list() {
    let favo = Favo::start();
    let admin = favo.admin();
    for (list, one, two) in
        [("emails", "email", "emailPrincipal"), ("telefones", "telefone", "telefonePrincipal")]
    {
        for single in [one, two] {
            let made = create(&admin, &json!({"nome": "Lia", list: ["10", "20"]}));
            let changed = put(&admin, &made, &json!({single: "30"})).ok();
            assert_eq!(changed[list], json!(["30", "10", "20"]), "{single}: new");
            let changed = put(&admin, &made, &json!({single: "20"})).ok();
            assert_eq!(changed[list], json!(["20", "30", "10"]), "{single}: already there");
            assert_eq!((&changed[one], &changed[two]), (&json!("20"), &json!("20")));
            let changed = put(&admin, &made, &json!({list: ["40"], single: "50"})).ok();
            assert_eq!(changed[list], json!(["40"]), "{single} beside {list} is ignored");
            admin.delete(&format!("/contatos/{}", id(&made))).ok();
            let made = create(&admin, &json!({"nome": "Rui", single: "60"}));
            assert_eq!(made[list], json!(["60"]), "{single} on create");
            admin.delete(&format!("/contatos/{}", id(&made))).ok();
        }
    }
}

// spec 4.1 C4
#[test]
fn a_confidential_contact_is_seen_by_its_owner_and_by_administrators_only() {
    let favo = Favo::start();
    let admin = favo.admin();
    let ana = favo.user("ana@demo.example", "seller");
    let reader = favo.user("rui@demo.example", "reader");
    let body = json!({"nome": "Segredo", "sigiloso": true, "emails": ["segredo@x.example"],
        "responsavel": {"id": ana.user_id}});
    let made = create(&admin, &body);
    let open = create(&admin, &json!({"nome": "Aberto"}));
    for client in [&admin, &ana] {
        assert_eq!(read(client, &made)["sigiloso"], true);
        assert!(names(client, "/contatos").contains(&"Segredo".to_owned()));
    }
    assert_eq!(read(&reader, &open)["sigiloso"], false);
    assert_eq!(names(&reader, "/contatos"), ["Aberto"]);
    assert_eq!(names(&reader, "/contatos/email/segredo@x.example"), [""; 0]);
    let answer = reader.get(&format!("/contatos/{}", id(&made)));
    assert_eq!((answer.status, answer.json()), (404, json!({"message": "Registro não encontrado"})));
    put(&ana, &made, &json!({"sigiloso": false})).ok();
    assert_eq!(read(&reader, &made)["nome"], "Segredo");
}

// spec 4.1 C5, 1.7
#[test]
fn an_email_or_phone_of_another_active_contact_is_refused() {
    let favo = Favo::start();
    let admin = favo.admin();
    create(
        &admin,
        &json!({"nome": "Lia", "emails": ["lia@aurora.example"], "telefones": ["(48) 99999-0001"]}),
    );
    let same = json!({"nome": "Rui", "emails": ["lia@aurora.example"]});
    assert_eq!(
        admin.post("/contatos", &same).refused(),
        ["Já existe um contato com o e-mail lia@aurora.example"]
    );
    let same = json!({"nome": "Rui", "emails": ["x@x.example", " LIA@Aurora.example "]});
    assert_eq!(admin.post("/contatos", &same).refused().len(), 1, "comparisons trim and ignore case");
    let same = json!({"nome": "Rui", "telefones": ["48999990001"]});
    assert_eq!(
        admin.post("/contatos", &same).refused(),
        ["Já existe um contato com o telefone 48999990001"],
        "phones compare by digits"
    );
    let both = json!({"nome": "Rui", "emails": ["lia@aurora.example"], "telefones": ["(48) 99999-0001"]});
    let mut problems = admin.post("/contatos", &both).refused();
    problems.sort();
    assert_eq!(
        problems,
        [
            "Já existe um contato com o e-mail lia@aurora.example",
            "Já existe um contato com o telefone (48) 99999-0001",
        ]
    );
    assert_eq!(count(&admin), 1);
    let rui = create(&admin, &json!({"nome": "Rui"}));
    for body in [json!({"email": "lia@aurora.example"}), json!({"telefones": ["48 99999 0001"]})] {
        assert_eq!(put(&admin, &rui, &body).refused().len(), 1, "{body}");
    }
    assert_eq!(read(&admin, &rui), rui);
}

// spec 4.1 C5
#[test]
fn inactive_contacts_equal_documents_and_the_contact_itself_are_no_duplicates() {
    let favo = Favo::start();
    let admin = favo.admin();
    let lia = json!({"nome": "Lia", "emails": ["lia@aurora.example"], "cpf": "12345678909",
        "cnpj": "11222333000144"});
    let lia = create(&admin, &lia);
    let changed = put(&admin, &lia, &json!({"emails": ["novo@aurora.example", "lia@aurora.example"]})).ok();
    assert_eq!(changed["email"], "novo@aurora.example");
    create(&admin, &json!({"nome": "Rui", "cpf": "12345678909", "cnpj": "11222333000144"}));
    put(&admin, &lia, &json!({"ativo": false})).ok();
    create(&admin, &json!({"nome": "Outra", "emails": ["lia@aurora.example"]}));
}

// spec 4.1 C5, 1.9 rejeitar_contato_duplicado
#[test]
fn duplicates_pass_when_the_tenant_does_not_refuse_them() {
    let favo = Favo::start();
    let admin = favo.admin();
    favo.switch("rejeitar_contato_duplicado", "false");
    create(&admin, &json!({"nome": "Lia", "emails": ["lia@aurora.example"]}));
    create(&admin, &json!({"nome": "Rui", "emails": ["lia@aurora.example"]}));
    favo.switch("rejeitar_contato_duplicado", "true");
    assert_eq!(
        admin.post("/contatos", &json!({"nome": "Eva", "emails": ["lia@aurora.example"]})).status,
        409
    );
}

// spec 4.1 C5
#[test]
fn an_organisation_may_share_its_email_with_its_people() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"nome": "Aurora", "emails": ["contato@aurora.example"], "telefones": ["4899990001"],
        "contatos": [{"nome": "Lia", "emails": ["contato@aurora.example"], "telefones": ["4899990001"]}]});
    let made = create(&admin, &body);
    assert_eq!(made["contatos"][0]["emails"], json!(["contato@aurora.example"]));
    let emails = json!({"emails": ["contato@aurora.example", "loja@aurora.example"]});
    put(&admin, &made, &emails).ok();
    let lia = person(&made, "Lia");
    put(&admin, lia, &json!({"cargo": "Gerente", "emails": ["contato@aurora.example"]})).ok();
    assert_eq!(
        admin.post("/contatos", &json!({"nome": "Rui", "emails": ["contato@aurora.example"]})).status,
        409
    );
}

// spec 4.1 C6
#[test]
fn a_person_without_id_is_created_with_owner_and_section_of_the_organisation() {
    let favo = Favo::start();
    let admin = favo.admin();
    let ana = favo.user("ana@demo.example", "seller");
    let caio = favo.user("caio@demo.example", "seller");
    let body = json!({"nome": "Aurora", "constante": 1, "responsavel": {"id": ana.user_id}, "contatos": [
        {"nome": "Lia", "cargo": "Gerente", "emails": ["lia@aurora.example"], "telefones": ["4899990001"]},
        {"nome": "Rui", "responsavel": {"id": caio.user_id}}]});
    let made = create(&admin, &body);
    let lia = read(&admin, person(&made, "Lia"));
    assert_eq!(
        (&lia["empresa"], &lia["constante"], &lia["cargo"]),
        (&json!(false), &json!(1), &json!("Gerente"))
    );
    assert_eq!(lia["responsavel"]["id"], ana.user_id);
    assert_eq!(lia["emails"], json!(["lia@aurora.example"]));
    assert_eq!(lia["telefones"], json!(["4899990001"]));
    let rui = read(&admin, person(&made, "Rui"));
    assert_eq!(rui["responsavel"]["id"], caio.user_id, "an owner sent for a person created here");
    assert!(person(&made, "Rui").get("responsavel").is_none(), "write-only");
}

// spec 4.1 C6: entry with `id`
#[test]
fn a_person_with_id_is_linked_and_its_sent_keys_are_updated() {
    let favo = Favo::start();
    let admin = favo.admin();
    let lia = create(&admin, &json!({"nome": "Lia", "cargo": "Caixa", "emails": ["lia@aurora.example"]}));
    let made = create(&admin, &json!({"nome": "Aurora", "contatos": [{"id": id(&lia), "cargo": "Gerente"}]}));
    assert_eq!(people_ids(&made), [id(&lia)]);
    let after = read(&admin, &lia);
    assert_eq!((&after["nome"], &after["cargo"]), (&json!("Lia"), &json!("Gerente")));
    assert_eq!(after["emails"], json!(["lia@aurora.example"]));
    assert_eq!(count(&admin), 2);
}

// spec 4.1 C6: against the people already linked, same e-mail or phone and same name first
#[test]
fn a_person_without_id_is_matched_against_the_people_already_linked() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"nome": "Aurora", "contatos": [
        {"nome": "Lia", "emails": ["loja@aurora.example"]}, {"nome": "Rui",
        "emails": ["loja@aurora.example"]},
        {"nome": "Eva", "telefones": ["(48) 99999-0001"]}, {"nome": "Noé"}]});
    let made = create(&admin, &body);
    assert_eq!(count(&admin), 5);
    let again = json!({"contatos": [
        {"nome": "Rui", "emails": ["LOJA@aurora.example"], "cargo": "Dono"},
        {"nome": "Eva Maria", "telefones": ["48999990001"]},
        {"nome": " noé ", "cargo": "Caixa"},
        {"nome": "Lia", "emails": ["loja@aurora.example"]}]});
    let changed = put(&admin, &made, &again).ok();
    assert_eq!(people_ids(&changed), people_ids(&made), "nobody is created");
    assert_eq!(count(&admin), 5);
    assert_eq!(id(person(&changed, "Rui")), id(person(&made, "Rui")), "same e-mail and same name come first");
    assert_eq!(read(&admin, person(&made, "Rui"))["cargo"], "Dono");
    assert_eq!(read(&admin, person(&made, "Eva"))["nome"], "Eva Maria", "then e-mail or phone");
    assert_eq!(read(&admin, person(&made, "Noé"))["cargo"], "Caixa", "then name");
}

// spec 4.1 C6: then against persons that existed before the request
#[test]
fn a_person_without_id_is_matched_against_existing_persons_by_email_or_phone() {
    let favo = Favo::start();
    let admin = favo.admin();
    let lia = create(&admin, &json!({"nome": "Lia", "emails": ["lia@aurora.example"]}));
    let rui = create(&admin, &json!({"nome": "Rui", "telefones": ["(48) 99999-0002"]}));
    let eva = create(&admin, &json!({"nome": "Eva"}));
    let body = json!({"nome": "Aurora", "contatos": [
        {"nome": "Lia Campos", "emails": ["Lia@aurora.example"]}, {"nome": "Rui",
        "telefones": ["48999990002"]},
        {"nome": "Eva"}]});
    let made = create(&admin, &body);
    assert_eq!(id(person(&made, "Lia Campos")), id(&lia));
    assert_eq!(id(person(&made, "Rui")), id(&rui));
    assert_ne!(id(person(&made, "Eva")), id(&eva), "a name alone does not match a person who is not linked");
    assert_eq!(count(&admin), 5);
}

// spec 4.1 C6: an organisation with the same e-mail is not a person
#[test]
fn a_nested_person_is_never_matched_against_an_organisation() {
    let favo = Favo::start();
    let admin = favo.admin();
    let other = create(&admin, &json!({"nome": "Ipê", "empresa": true, "emails": ["ola@ipe.example"]}));
    let made = create(
        &admin,
        &json!({"nome": "Aurora", "contatos": [{"nome": "Lia", "emails": ["ola@ipe.example"]}]}),
    );
    assert_ne!(id(person(&made, "Lia")), id(&other), "and no entry causes a duplicate error");
    assert_eq!(read(&admin, &other), other);
}

// spec 4.1 C6
#[test]
fn two_nested_people_with_one_email_are_two_people_and_no_person_is_matched_twice() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"nome": "Aurora", "emails": ["loja@aurora.example"], "contatos": [
        {"nome": "Lia", "emails": ["loja@aurora.example"]}, {"nome": "Rui",
        "emails": ["loja@aurora.example"]}]});
    let made = create(&admin, &body);
    assert_eq!(people_ids(&made).len(), 2);
    assert_eq!(count(&admin), 3);
    let twice = json!({"contatos": [{"nome": "Lia"}, {"nome": "Lia"}]});
    let changed = put(&admin, &made, &twice).ok();
    let ids = people_ids(&changed);
    assert_eq!(ids.len(), 2);
    assert!(ids.contains(&id(person(&made, "Lia"))));
    assert!(!ids.contains(&id(person(&made, "Rui"))), "the second Lia is new");
    assert_eq!(count(&admin), 4);
}

// spec 4.1 C7
#[test]
fn the_employer_of_a_person_is_the_main_one_of_its_links() {
    let favo = Favo::start();
    let admin = favo.admin();
    let aurora = create(
        &admin,
        &json!({"nome": "Aurora", "empresa": true, "cnpj": "11222333000144",
        "emails": ["contato@aurora.example"]}),
    );
    let lia = create(&admin, &json!({"nome": "Lia", "empresaAtual": {"id": id(&aurora)}}));
    assert_eq!(
        lia["empresaAtual"],
        json!({"id": id(&aurora), "nome": "Aurora", "cnpj": "11222333000144",
            "email": "contato@aurora.example",
            "emailPrincipal": "contato@aurora.example", "emails": ["contato@aurora.example"], "telefones": [],
            "empresa": true, "isEmpresa": true, "diasSemInteracao": 0}),
        "a ContactStub, spec 3.10"
    );
    assert_eq!(
        lia["empresasAtuais"],
        json!([{"contato": {"id": id(&lia), "nome": "Lia"}, "empresa": {"id": id(&aurora), "nome": "Aurora"},
            "dataAtualizacao": "2026-03-02T12:00:00.000Z", "empresaPrincipal": true}])
    );
    let ipe = create(&admin, &json!({"nome": "Ipê", "contatos": [{"id": id(&lia)}]}));
    let links = read(&admin, &lia)["empresasAtuais"].clone();
    let links = links.as_array().expect("links");
    assert_eq!(links.len(), 2, "linking through contatos[] adds an entry");
    let main = |organisation: &Value| {
        let link = links.iter().find(|link| link["empresa"]["id"] == organisation["id"]).expect("a link");
        link["empresaPrincipal"] == true
    };
    assert!(main(&aurora) && !main(&ipe));
}

// spec 4.1 C7
#[test]
fn the_parent_account_is_shown_twice_and_is_the_main_link_to_parents() {
    let favo = Favo::start();
    let admin = favo.admin();
    let group = create(&admin, &json!({"nome": "Grupo Aurora", "empresa": true}));
    for key in ["contaPai", "contatoPai"] {
        let made = create(&admin, &json!({"nome": format!("Aurora {key}"), key: {"id": id(&group)}}));
        assert_eq!(made["contaPai"]["id"], group["id"]);
        assert_eq!(made["contatoPai"], made["contaPai"]);
        assert_eq!(
            made["contatosPai"],
            json!([{"contato": {"id": id(&made), "nome": made["nome"]},
                "empresa": {"id": id(&group), "nome": "Grupo Aurora"},
                "dataAtualizacao": "2026-03-02T12:00:00.000Z", "empresaPrincipal": true}])
        );
        assert!(made.get("empresaAtual").is_none(), "not the same as empresaAtual");
        let cleared = put(&admin, &made, &json!({key: null})).ok();
        assert!(cleared.get("contaPai").is_none() && cleared.get("contatoPai").is_none());
    }
}

// spec 4.1 fields enderecos[].tipo, 7 point 18
#[test]
fn the_kind_of_an_address_is_a_code_or_a_name_in_and_a_name_out() {
    let favo = Favo::start();
    let admin = favo.admin();
    for (sent, shown) in [
        (json!(0), "RESIDENCIAL"),
        (json!(1), "CORRESPONDENCIA"),
        (json!(2), "COMERCIAL_MATRIZ"),
        (json!(3), "COMERCIAL_FILIAL"),
        (json!(4), "COMERCIAL_RURAL"),
        (json!(5), "COMERCIAL_RURAL"),
        (json!("3"), "COMERCIAL_FILIAL"),
        (json!("COMERCIAL_MATRIZ"), "COMERCIAL_MATRIZ"),
    ] {
        let made = create(&admin, &json!({"nome": "Lia", "enderecos": [{"tipo": sent, "cep": "1"}]}));
        assert_eq!(made["enderecos"][0]["tipo"], shown, "from {sent}");
    }
    let made = create(&admin, &json!({"nome": "Lia", "enderecos": [{"cep": "1"}]}));
    assert_eq!(made["enderecos"][0]["tipo"], "RESIDENCIAL", "the default");
    for sent in [json!(6), json!("PRAIA")] {
        assert_eq!(
            admin.post("/contatos", &json!({"nome": "Lia", "enderecos": [{"tipo": sent}]})).status,
            409
        );
    }
}

// spec 4.1 fields enderecos[]
#[test]
fn the_street_fills_the_street_line_and_the_other_way_round() {
    let favo = Favo::start();
    let rows = json!([{"logradouro": "Rua A"}, {"endereco": "Rua B"}, {"logradouro": "Rua C",
        "endereco": "Rua D, 2"}]);
    let made = create(&favo.admin(), &json!({"nome": "Lia", "enderecos": rows}));
    let shown: Vec<(&Value, &Value)> = made["enderecos"]
        .as_array()
        .expect("addresses")
        .iter()
        .map(|row| (&row["logradouro"], &row["endereco"]))
        .collect();
    assert_eq!(shown[0], (&json!("Rua A"), &json!("Rua A")));
    assert_eq!(shown[1], (&json!("Rua B"), &json!("Rua B")));
    assert_eq!(shown[2], (&json!("Rua C"), &json!("Rua D, 2")));
}

// spec 4.1 C8
#[test]
fn state_and_city_are_text_and_known_ones_appear_as_objects() {
    let favo = Favo::start();
    let rows = json!([{"estado": "Santa Catarina"}, {"estado": "SC"}, {"estado": "Zebrolândia",
        "municipio": "Zebra"}]);
    let made = create(&favo.admin(), &json!({"nome": "Lia", "enderecos": rows}));
    let rows = made["enderecos"].as_array().expect("addresses");
    assert_eq!(rows[0]["estado"], "Santa Catarina");
    assert_eq!(rows[0]["estadoObject"]["sigla"], "SC");
    assert_eq!(rows[1]["estadoObject"], rows[0]["estadoObject"], "a two-letter code is accepted");
    assert_eq!((&rows[2]["estado"], &rows[2]["municipio"]), (&json!("Zebrolândia"), &json!("Zebra")));
    for unknown in ["estadoObject", "municipioObject", "codigoMunicipioIbge"] {
        assert!(rows[2].get(unknown).is_none(), "{unknown}");
    }
}

// spec 4.1 C8
#[test]
fn of_several_main_addresses_the_first_stays_main() {
    let favo = Favo::start();
    let rows = json!([{"cep": "1"}, {"cep": "2", "principal": true}, {"cep": "3", "principal": true}]);
    let made = create(&favo.admin(), &json!({"nome": "Lia", "enderecos": rows}));
    let main: Vec<&Value> = made["enderecos"]
        .as_array()
        .expect("addresses")
        .iter()
        .filter(|row| row["principal"] == true)
        .map(|row| &row["cep"])
        .collect();
    assert_eq!(main, ["2"]);
}

// spec 4.1 C8
#[test]
fn search_by_postal_code_is_stored_and_keeps_what_was_sent() {
    let favo = Favo::start();
    let rows = json!([{"cep": "88010-000", "numero": "12", "bairro": "Centro Velho", "searchByCep": true},
        {"cep": "1"}]);
    let made = create(&favo.admin(), &json!({"nome": "Lia", "enderecos": rows}));
    let row = &made["enderecos"][0];
    assert_eq!((&row["searchByCep"], &row["cep"]), (&json!(true), &json!("88010-000")));
    assert_eq!(
        (&row["numero"], &row["bairro"]),
        (&json!("12"), &json!("Centro Velho")),
        "only blank parts are filled"
    );
    assert_eq!(made["enderecos"][1]["searchByCep"], false);
}

// spec 4.1 C9
#[test]
fn a_change_of_section_changes_nothing_else() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = create(
        &admin,
        &json!({"nome": "Lia", "constante": 3, "emails": ["lia@x.example"], "categoria": "Revenda"}),
    );
    for constante in [2, 1, 0, 5] {
        let changed = put(&admin, &made, &json!({"constante": constante})).ok();
        let mut expected = made.clone();
        expected["constante"] = json!(constante);
        expected["autorAtualizacao"] = changed["autorAtualizacao"].clone();
        assert_eq!(changed, expected);
    }
}

// spec 4.1 C10
#[test]
fn records_of_a_deleted_contact_keep_showing_its_last_id_and_name() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = create(&admin, &json!({"nome": "Aurora"}));
    let cliente = json!({"id": id(&made)});
    let deal = admin.post("/oportunidades", &json!({"nome": "Plano", "cliente": cliente})).ok();
    let call = task(&admin, &made, "Ligar", "2026-03-05", 0);
    put(&admin, &made, &json!({"nome": "Aurora Pães"})).ok();
    admin.delete(&format!("/contatos/{}", id(&made))).ok();
    for (list, record) in [("/oportunidades", &deal), ("/tarefas", &call)] {
        let shown = admin.get(&format!("{list}/{}", id(record))).ok();
        let customer = &shown["cliente"];
        assert_eq!((&customer["id"], &customer["nome"]), (&made["id"], &json!("Aurora Pães")), "{list}");
    }
    assert_eq!(admin.get(&format!("/contatos/{}", id(&made))).status, 404);
}

// spec 4.30
#[test]
fn an_upsert_creates_on_a_miss_and_merges_on_a_hit() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"nome": "Oficina Jacarandá", "emails": ["ola@jacaranda.example"], "constante": 3,
        "categoria": "Revenda"});
    let made = admin.post("/contatos/upsert?mail=ola@jacaranda.example", &body).ok();
    assert_eq!(read(&admin, &made), made, "the full contact");
    assert_eq!(made["constante"], 3);
    let hit = json!({"cargo": "Matriz", "observacao": "Fecha às 18h"});
    let changed = admin.post("/contatos/upsert?mail=OLA@Jacaranda.example", &hit).ok();
    assert_eq!(changed["id"], made["id"]);
    assert_eq!((&changed["cargo"], &changed["nome"]), (&json!("Matriz"), &json!("Oficina Jacarandá")));
    assert_eq!(changed["emails"], made["emails"]);
    assert_eq!(changed["categoria"], "Revenda");
    assert_eq!(count(&admin), 1);
}

// spec 4.30, 1.1
#[test]
fn upsert_answers_under_both_paths_with_and_without_a_trailing_slash() {
    let favo = Favo::start();
    let admin = favo.admin();
    for path in ["/contatos/upsert", "/contatos/upsert/", "/contacts/upsert", "/contacts/upsert/"] {
        let made =
            admin.post(&format!("{path}?mail=lia@x.example"), &json!({"nome": "Lia", "cargo": path})).ok();
        assert_eq!(made["cargo"], path);
    }
    assert_eq!(count(&admin), 1);
}

// spec 4.30: the first non-blank key in the order mail, phone, cnpj, cpf; a miss does not fall through
#[test]
fn only_the_first_key_of_an_upsert_is_searched() {
    let favo = Favo::start();
    let admin = favo.admin();
    let cpf = create(&admin, &json!({"nome": "Cpf", "cpf": "123.456.789-09"}));
    let cnpj = create(&admin, &json!({"nome": "Cnpj", "cnpj": "11.222.333/0001-44"}));
    let phone = create(&admin, &json!({"nome": "Fone", "telefones": ["+55 (48) 99999-0001"]}));
    let mail = create(&admin, &json!({"nome": "Mail", "emails": ["a@x.example"]}));
    let (by_cpf, by_cnpj) = ("cpf=12345678909", "cnpj=11222333000144");
    let (by_phone, by_mail) = ("phone=48999990001", "mail=a@x.example");
    for (query, found) in [
        (format!("{by_cpf}&{by_cnpj}&{by_phone}&{by_mail}"), &mail),
        (format!("{by_cpf}&{by_cnpj}&{by_phone}&mail="), &phone),
        (format!("{by_cpf}&phone=%20&{by_cnpj}"), &cnpj),
        (by_cpf.to_owned(), &cpf),
    ] {
        let hit = admin.post(&format!("/contatos/upsert?{query}"), &json!({"observacao": query})).ok();
        assert_eq!(hit["id"], found["id"], "{query}");
    }
    let query = format!("mail=novo@x.example&{by_phone}");
    let new = admin.post(&format!("/contatos/upsert?{query}"), &json!({"nome": "Nova"})).ok();
    assert_ne!(new["id"], phone["id"], "a miss does not fall through");
    assert_eq!(count(&admin), 5);
}

// spec 4.30
#[test]
fn an_upsert_without_key_searches_what_the_body_holds() {
    let favo = Favo::start();
    let admin = favo.admin();
    let mail = create(&admin, &json!({"nome": "Mail", "emails": ["a@x.example", "b@x.example"]}));
    let phone = create(&admin, &json!({"nome": "Fone", "telefones": ["48999990001"]}));
    let cnpj = create(&admin, &json!({"nome": "Cnpj", "cnpj": "11.222.333/0001-44"}));
    let cpf = create(&admin, &json!({"nome": "Cpf", "cpf": "123.456.789-09"}));
    for (body, found) in [
        (json!({"cpf": "12345678909"}), &cpf),
        (json!({"cnpj": "11222333000144", "cpf": "12345678909"}), &cnpj),
        (json!({"telefones": ["(48) 99999-0001"], "cnpj": "11222333000144"}), &phone),
        (json!({"emails": ["B@x.example"], "cpf": "12345678909"}), &mail),
    ] {
        assert_eq!(admin.post("/contatos/upsert", &body).ok()["id"], found["id"], "{body}");
    }
    assert_eq!(count(&admin), 4);
}

// spec 4.30
#[test]
fn the_search_key_of_an_upsert_joins_the_new_contact_when_the_body_lacks_it() {
    let favo = Favo::start();
    let admin = favo.admin();
    let upsert = |query: &str, body: &Value| admin.post(&format!("/contatos/upsert?{query}"), body).ok();
    assert_eq!(upsert("mail=a@x.example", &json!({"nome": "A"}))["emails"], json!(["a@x.example"]));
    assert_eq!(upsert("phone=48999990001", &json!({"nome": "B"}))["telefones"], json!(["48999990001"]));
    assert_eq!(upsert("cnpj=11222333000144", &json!({"nome": "C"}))["cnpj"], "11222333000144");
    assert_eq!(upsert("cpf=12345678909", &json!({"nome": "D"}))["cpf"], "12345678909");
    let own = upsert("mail=e@x.example", &json!({"nome": "E", "emails": ["e@x.example"]}));
    assert_eq!(own["emails"], json!(["e@x.example"]), "not twice");
}

// spec 4.30 exactMatch: e-mail and CNPJ start with the text, phone and CPF contain it
#[test]
fn an_upsert_without_exact_match_searches_parts() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"nome": "Lia", "emails": ["lia@aurora.example"], "telefones": ["(48) 99999-0001"],
        "cnpj": "11.222.333/0001-44", "cpf": "123.456.789-09"});
    let lia = create(&admin, &body);
    let upsert = |query: &str| admin.post(&format!("/contatos/upsert?{query}"), &json!({"nome": "Lia"})).ok();
    for query in ["mail=LIA@", "cnpj=11222333", "phone=99990", "cpf=567"] {
        assert_eq!(upsert(&format!("{query}&exactMatch=false"))["id"], lia["id"], "{query}");
    }
    for query in
        ["mail=aurora.example&exactMatch=false", "cnpj=222333&exactMatch=false", "phone=99990", "cpf=567"]
    {
        assert_ne!(upsert(query)["id"], lia["id"], "{query}");
    }
    assert_eq!(upsert("cpf=12345678909&exactMatch=true")["id"], lia["id"]);
}

// spec 4.30
#[test]
fn of_several_hits_an_upsert_takes_the_first_active_one() {
    let favo = Favo::start();
    let admin = favo.admin();
    let twin = |nome: &str, ativo: bool| {
        let body = json!({"nome": nome, "ativo": ativo, "emails": ["a@x.example"]});
        admin.post("/contatos?ignorarValidacoes=true", &body).ok()
    };
    let (_, second, _) = (twin("Um", false), twin("Dois", true), twin("Três", true));
    let query = "/contatos/upsert?mail=a@x.example&ignoreValidations=true";
    assert_eq!(admin.post(query, &json!({"cargo": "x"})).ok()["id"], second["id"]);
}

// spec 4.30, 3.6, 4.1 C5
#[test]
fn an_upsert_checks_required_fields_and_duplicates_unless_told_not_to() {
    let favo = Favo::start();
    let admin = favo.admin();
    assert_eq!(
        admin.post("/contatos/upsert?mail=a@x.example", &json!({"cargo": "x"})).refused(),
        ["O campo nome é obrigatório"]
    );
    for (flag, mail) in
        [("ignoreRequiredFields", "a@x.example"), ("ignorarCamposObrigatorios", "b@x.example")]
    {
        let path = format!("/contatos/upsert?mail={mail}&{flag}=true");
        assert_eq!(admin.post(&path, &json!({"cargo": "x"})).ok()["email"], mail);
    }
    create(&admin, &json!({"nome": "Rui", "telefones": ["4899990001"]}));
    let taken = json!({"telefones": ["4899990001"], "emails": ["a@x.example"]});
    let path = "/contatos/upsert?mail=a@x.example";
    let refused = admin.post(path, &taken).refused();
    assert_eq!(refused, ["Já existe um contato com o telefone 4899990001"], "its own e-mail is no duplicate");
    for flag in ["ignoreValidations", "ignorarValidacoes"] {
        assert_eq!(admin.post(&format!("{path}&{flag}=true"), &taken).ok()["telefone"], "4899990001");
    }
}

// spec 4.31
#[test]
fn contacts_are_looked_up_by_any_of_their_emails() {
    let favo = Favo::start();
    let admin = favo.admin();
    let lia =
        create(&admin, &json!({"nome": "Lia", "emails": ["lia@x.example", "Lia.Campos@aurora.example"]}));
    let rui = create(&admin, &json!({"nome": "Rui", "emails": ["rui@aurora.example"]}));
    create(&admin, &json!({"nome": "Eva", "emails": ["eva@outra.example"]}));
    let found = |value: &str| admin.get(&format!("/contatos/email/{value}")).ok();
    assert_eq!(found("lia.campos@AURORA.example"), json!([lia]), "full objects, ignoring case");
    assert_eq!(found("*@aurora.example"), json!([lia, rui]), "id ascending");
    assert_eq!(found("lia*"), json!([lia]));
    assert_eq!(found("lia%40x.example"), json!([lia]));
    assert_eq!(found("aurora.example"), json!([]), "without wildcard the whole value");
    assert_eq!(
        admin.get("/contatos/email/*@aurora.example?attribute=nome").ok(),
        json!([{"nome": "Lia"}, {"nome": "Rui"}])
    );
}

// spec 4.31
#[test]
fn contacts_are_looked_up_by_phone_digits_with_or_without_the_country_code() {
    let favo = Favo::start();
    let admin = favo.admin();
    favo.switch("rejeitar_contato_duplicado", "false");
    for (nome, phone) in [
        ("Celular", "+5548999990001"),
        ("Fixo", "(48) 3333-0002"),
        ("Pelotas", "55 99999-0003"),
        ("Sem ddd", "999990001"),
    ] {
        create(&admin, &json!({"nome": nome, "telefones": ["4000-0000", phone]}));
    }
    let found = |value: &str| names(&admin, &format!("/contatos/telefone/{value}"));
    for value in ["+5548999990001", "%2B5548999990001", "5548999990001", "48999990001", "(48)99999-0001"] {
        assert_eq!(found(value), ["Celular"], "{value}");
    }
    for value in ["+554833330002", "4833330002"] {
        assert_eq!(found(value), ["Fixo"], "{value}");
    }
    assert_eq!(found("+5555999990003"), ["Pelotas"]);
    assert_eq!(found("55999990003"), ["Pelotas"], "eleven digits that begin with 55 are a local number");
    assert_eq!(found("99990003"), [""; 0]);
    assert_eq!(found("48*"), ["Celular", "Fixo"], "the pattern is applied to the digits");
    assert_eq!(found("*90001"), ["Celular", "Sem ddd"]);
}

// spec 4.31, 1.1: everything behind /cnpj/ belongs to the value
#[test]
fn contacts_are_looked_up_by_document_digits_with_a_raw_or_an_encoded_slash() {
    let favo = Favo::start();
    let admin = favo.admin();
    let a = create(&admin, &json!({"nome": "A", "cnpj": "11.222.333/0001-44", "cpf": "12345678909"}));
    let b = create(&admin, &json!({"nome": "B", "cnpj": "11222333000144", "cpf": "123.456.789-09"}));
    create(&admin, &json!({"nome": "C", "cnpj": "99.222.333/0001-44", "cpf": "98765432100"}));
    for value in ["11222333000144", "11.222.333/0001-44", "11.222.333%2F0001-44", "11.222.333/0001-44/"] {
        assert_eq!(admin.get(&format!("/contatos/cnpj/{value}")).ok(), json!([a, b]), "{value}");
    }
    for value in ["12345678909", "123.456.789-09"] {
        assert_eq!(admin.get(&format!("/contatos/cpf/{value}")).ok(), json!([a, b]), "{value}");
    }
}

// spec 4.31
#[test]
fn a_lookup_without_hit_is_an_empty_array() {
    let favo = Favo::start();
    let admin = favo.admin();
    create(&admin, &json!({"nome": "Lia"}));
    for path in ["email/x@x.example", "telefone/+5548999990009", "cnpj/11.222.333/0001-44", "cpf/12345678909"]
    {
        assert_eq!(admin.get(&format!("/contatos/{path}")).ok(), json!([]), "{path}");
    }
}

// spec 4.31: at most 200, no paging
#[test]
fn a_lookup_answers_at_most_two_hundred_contacts() {
    let favo = Favo::start();
    let admin = favo.admin();
    for number in 0..201 {
        create(&admin, &json!({"nome": "Lia", "emails": [format!("{number}@x.example")]}));
    }
    let found = admin.get("/contatos/email/*@x.example?displayLength=10&page=2").ok();
    let found = found.as_array().expect("an array");
    assert_eq!(found.len(), 200);
    assert_eq!(found[0]["email"], "0@x.example");
    assert!(found.is_sorted_by_key(id), "id ascending");
}

// spec 4.32
#[test]
fn the_next_activity_of_a_contact_is_its_earliest_pending_task_even_when_late() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = create(&admin, &json!({"nome": "Padaria Aurora"}));
    let path = format!("/contatos/{}/proximaAtividade", id(&made));
    assert_eq!(admin.get(&path).ok(), json!({}));
    task(&admin, &made, "Depois", "2026-03-20", 0);
    task(&admin, &made, "Feita", "2026-02-01", 1);
    task(&admin, &made, "Cancelada", "2026-02-01", 2);
    assert_eq!(admin.get(&path).ok()["titulo"], "Depois");
    let body = json!({"titulo": "Enviar contrato", "descricao": "Minuta revisada",
        "cliente": {"id": id(&made)},
        "dataLimite": "2026-02-20T17:00:00-03:00", "status": 3, "tipo": 0});
    let late = admin.post("/tarefas", &body).ok();
    let mut next = admin.get(&path).ok();
    let cliente = next.as_object_mut().expect("an object").remove("cliente").expect("cliente");
    assert_eq!((&cliente["id"], &cliente["nome"]), (&made["id"], &json!("Padaria Aurora")));
    assert_eq!(
        next,
        json!({"id": late["id"], "titulo": "Enviar contrato", "descricao": "Minuta revisada",
            "responsavel": {"id": admin.user_id, "login": "admin@demo.example", "nome": "Administrador"},
            "tarefaTipo": late["tarefaTipo"], "dataLimite": "2026-02-20T20:00:00.000Z",
            "dataCriacao": "2026-03-02T12:00:00.000Z"})
    );
    assert_eq!(late["tarefaTipo"]["natureza"], 0);
    admin.put(&format!("/tarefas/{}", id(&late)), &json!({"status": 1})).ok();
    assert_eq!(admin.get(&path).ok()["titulo"], "Depois");
}

// spec 4.32
#[test]
fn an_appointment_as_next_activity_reads_like_a_task() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = create(&admin, &json!({"nome": "Padaria Aurora"}));
    task(&admin, &made, "Depois", "2026-03-20", 0);
    let body = json!({"assunto": "Demonstração", "descricao": "Na loja", "cliente": {"id": id(&made)},
        "dataInicio": "2026-03-10T10:00:00-03:00"});
    let visit = admin.post("/compromissos", &body).ok();
    let path = format!("/contatos/{}/proximaAtividade", id(&made));
    let next = admin.get(&path).ok();
    assert_eq!((&next["id"], &next["titulo"]), (&visit["id"], &json!("Demonstração")));
    assert_eq!(
        (&next["descricao"], &next["dataLimite"]),
        (&json!("Na loja"), &json!("2026-03-10T13:00:00.000Z"))
    );
    assert_eq!(next["tarefaTipo"]["nome"], "Compromisso");
    assert_eq!(next["tarefaTipo"]["natureza"], 4);
    admin.put(&format!("/compromissos/{}", id(&visit)), &json!({"status": 1})).ok();
    assert_eq!(admin.get(&path).ok()["titulo"], "Depois");
    assert_eq!(admin.get(&format!("/contatos/{NOBODY}/proximaAtividade")).status, 404);
}

// spec 4.33
#[test]
fn the_statistics_of_a_contact_count_what_is_linked_to_it() {
    let favo = Favo::start();
    let admin = favo.admin();
    let made = create(&admin, &json!({"nome": "Padaria Aurora"}));
    let path = format!("/contatos/statistics/{}", id(&made));
    let empty = admin.get(&path).ok();
    let mut keys: Vec<&String> = empty.as_object().expect("an object").keys().collect();
    keys.sort();
    assert_eq!(
        keys,
        [
            "compromissos",
            "oportunidades",
            "oportunidadesGanhas",
            "oportunidadesPerdidas",
            "publicacoes",
            "qualificacoes",
            "tarefas",
            "valorTotal",
        ]
    );
    for (key, value) in empty.as_object().expect("an object") {
        assert_eq!(value.as_f64(), Some(0.0), "{key}");
    }
    let cliente = json!({"id": id(&made)});
    for status in [2, 2, 3] {
        admin.post("/oportunidades", &json!({"nome": "Plano", "cliente": cliente, "status": status})).ok();
    }
    admin.post("/qualificacoes", &json!({"cliente": cliente})).ok();
    task(&admin, &made, "Ligar", "2026-03-05", 0);
    let visit = json!({"assunto": "Visita", "cliente": cliente, "dataInicio": "2026-03-05"});
    admin.post("/compromissos", &visit).ok();
    let full = admin.get(&path).ok();
    for (key, number) in [
        ("oportunidadesGanhas", 2),
        ("oportunidadesPerdidas", 1),
        ("qualificacoes", 1),
        ("tarefas", 1),
        ("compromissos", 1),
        ("publicacoes", 0),
    ] {
        assert_eq!(full[key], number, "{key}");
    }
    assert_eq!(admin.get(&format!("/contatos/statistics/{NOBODY}")).status, 404);
}

// spec 4.1 C5: people nested in the same request are exempt, also when they exist already
#[test]
fn an_existing_person_nested_in_the_request_is_no_duplicate() {
    let favo = Favo::start();
    let admin = favo.admin();
    let person = admin.post("/contatos", &json!({"nome": "Lia", "emails": ["lia@x.example"]})).ok();
    let body = json!({"nome": "Aurora", "emails": ["lia@x.example"],
        "contatos": [{"nome": "Lia", "emails": ["lia@x.example"]}]});
    let organisation = admin.post("/contatos", &body).ok();
    assert_eq!(organisation["contatos"][0]["id"], person["id"]);
    let body = json!({"nome": "Outra", "emails": ["lia@x.example"], "contatos": [{"id": person["id"]}]});
    assert_eq!(admin.post("/contatos", &body).refused().len(), 1, "Aurora has the address too");
}

// spec 4.1 C10, 3.6: an echo is accepted after one of the people was deleted
#[test]
fn an_organisation_is_written_back_after_a_person_was_deleted() {
    let favo = Favo::start();
    let admin = favo.admin();
    let body = json!({"nome": "Aurora", "contatos": [{"nome": "Lia"}, {"nome": "Rui"}]});
    let organisation = admin.post("/contatos", &body).ok();
    let path = format!("/contatos/{}", organisation["id"]);
    admin.delete(&format!("/contatos/{}", organisation["contatos"][0]["id"])).ok();
    let whole = admin.get(&path).ok();
    assert_eq!(admin.put(&path, &whole).ok(), whole);
}

// spec 3.5: a required field is not cleared through the organisation; C7: nobody works for themselves
#[test]
fn people_of_an_organisation_keep_their_names_and_are_others() {
    let favo = Favo::start();
    let admin = favo.admin();
    let organisation =
        admin.post("/contatos", &json!({"nome": "Aurora", "contatos": [{"nome": "Lia"}]})).ok();
    let path = format!("/contatos/{}", organisation["id"]);
    let person = organisation["contatos"][0]["id"].clone();
    admin.put(&path, &json!({"contatos": [{"id": person, "nome": ""}]})).refused();
    assert_eq!(admin.get(&format!("/contatos/{person}")).ok()["nome"], "Lia");
    admin.put(&path, &json!({"contatos": [{"id": organisation["id"]}]})).refused();
    assert_eq!(admin.put(&path, &json!({"contatos": person})).ok()["contatos"][0]["id"], person, "a bare id");
}

// spec 1.7: the problems of all nested people are reported together
#[test]
fn what_is_wrong_with_several_people_is_reported_together() {
    let favo = Favo::start();
    let admin = favo.admin();
    let people = json!([{"cargo": "x"}, {"id": 99999}, {"nome": "z", "responsavel": {"nome": "ninguem"}}]);
    let problems = admin.post("/contatos", &json!({"nome": "Aurora", "contatos": people})).refused();
    assert_eq!(problems.len(), 3, "{problems:?}");
    assert_eq!(admin.get("/contatos").ok(), json!([]), "nothing was written");
}
