//! Every answer of spec 4.1 to 4.20 against the machine-readable field tables: no key outside the table, the
//! right JSON types, listed enum codes, the wire form of instants (3.1), no nulls (3.4), and the keys
//! that are always present.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::harness::{Client, Favo};

const TABLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/spec/nectar_fields.json");

/// Derived counters, present on every record (3.4, 3.8).
const COUNTERS: [(&str, &[&str]); 4] = [
    ("contatos", &["oportunidades", "tarefas", "compromissos", "qtdeQualificacoes", "diasSemInteracao"]),
    (
        "oportunidades",
        &[
            "quantidadeProdutos",
            "tarefas",
            "compromissos",
            "atividadesAtrasadas",
            "diasSemInteracao",
            "diasEstagnacaoNaEtapa",
        ],
    ),
    ("qualificacoes", &["tarefas", "tarefasAbertas", "compromissos"]),
    ("tabelaPreco", &["quantidadeProdutos"]),
];

/// Keys every record has although the table does not say so: set by the server on create (1.5, 3.8, O2, 4.3).
const ASSIGNED: [&str; 6] = ["id", "dataCriacao", "dataAtualizacao", "autor", "responsavel", "codigo"];

/// The field tables, or nothing (with a printed line) where the specification is not at hand.
fn tables() -> Option<Value> {
    if !Path::new(TABLES).exists() {
        println!("skipped: {TABLES} does not exist");
        return None;
    }
    let text = std::fs::read_to_string(TABLES).expect("a readable file");
    Some(serde_json::from_str(&text).expect("JSON"))
}

fn id(record: &Value) -> i64 {
    record["id"].as_i64().expect("a numeric id at the root")
}

fn note(field: &Value) -> &str {
    field["note"].as_str().unwrap_or_default()
}

/// Whether the table promises the key on every record.
fn promised(field: &Value) -> bool {
    field["required"] == true || note(field).contains("lways present") || constant(field).is_some()
}

/// The value of a field that never has another one.
fn constant(field: &Value) -> Option<Value> {
    let constants = [
        ("always the empty object", json!({})),
        ("always the empty string", json!("")),
        ("always the empty array", json!([])),
        ("always 0", json!(0)),
    ];
    constants.into_iter().find(|(words, _)| note(field).contains(words)).map(|(_, value)| value)
}

/// `2026-03-02T17:45:10.512Z`.
fn is_instant(text: &str) -> bool {
    const FORM: &[u8] = b"0000-00-00T00:00:00.000Z";
    text.len() == FORM.len()
        && text
            .bytes()
            .zip(FORM)
            .all(|(have, form)| if *form == b'0' { have.is_ascii_digit() } else { have == *form })
}

/// What is wrong with one answer; the path of each finding first.
struct Findings(Vec<String>);

impl Findings {
    fn add(&mut self, path: &str, what: &str) {
        self.0.push(format!("{path}: {what}"));
    }

    fn object(&mut self, path: &str, fields: &Value, object: &Value) {
        let fields = fields.as_array().expect("a list of fields");
        let Some(object) = object.as_object() else { return self.add(path, "not an object") };
        for (key, value) in object {
            let inner = format!("{path}.{key}");
            match fields.iter().find(|field| field["name"] == **key) {
                None => self.add(&inner, "not in the table"),
                Some(field) if note(field).starts_with("write-only") => self.add(&inner, "write-only"),
                Some(field) => self.value(&inner, field, value),
            }
        }
        for field in fields.iter().filter(|field| promised(field)) {
            let name = field["name"].as_str().expect("a name");
            if !object.contains_key(name) {
                self.add(&format!("{path}.{name}"), "missing");
            }
        }
    }

    fn value(&mut self, path: &str, field: &Value, value: &Value) {
        let kind = field["type"].as_str().expect("a type");
        let fits = match kind {
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "string" => value.as_str().is_some_and(|text| !text.is_empty() || may_be_empty(path, field)),
            "boolean" => value.is_boolean(),
            "datetime" => value.as_str().is_some_and(is_instant),
            "array<string>" | "array<object>" => value.is_array(),
            _ => value.is_object(),
        };
        if !fits {
            return self.add(path, &format!("{value} is no {kind}"));
        }
        if constant(field).is_some_and(|constant| number_free(&constant) != number_free(value)) {
            self.add(path, &format!("{value}, although {}", note(field)));
        }
        if field["enum"].is_object() && !listed(&field["enum"], value) {
            self.add(path, &format!("{value} is not among {}", field["enum"]));
        }
        match kind {
            "object" if field["items"].is_array() => self.object(path, &field["items"], value),
            "array<string>" | "array<object>" => self.array(path, field, value),
            "map<string,string>" | "map<string,object>" => self.map(path, field, value),
            _ => {}
        }
    }

    fn array(&mut self, path: &str, field: &Value, value: &Value) {
        for (number, item) in value.as_array().expect("an array").iter().enumerate() {
            let inner = format!("{path}[{number}]");
            if field["type"] == "array<string>" {
                if !item.is_string() {
                    self.add(&inner, "not a text");
                }
            } else if !(item.is_null() && note(field).contains("an entry may be null")) {
                self.object(&inner, &field["items"], item);
            }
        }
    }

    fn map(&mut self, path: &str, field: &Value, value: &Value) {
        for (key, item) in value.as_object().expect("a map") {
            let inner = format!("{path}{{{key}}}");
            if field["type"] == "map<string,object>" {
                self.object(&inner, &field["items"], item);
            } else if !item.is_string() {
                self.add(&inner, "not a text");
            }
        }
    }

    /// spec 3.4: booleans, counters, arrays and maps at the root are always there, and what the server sets.
    fn presence(&mut self, resource: &str, fields: &Value, record: &Value) {
        let counters = COUNTERS.iter().find(|(name, _)| *name == resource).map_or(&[][..], |(_, keys)| *keys);
        for field in fields.as_array().expect("a list of fields") {
            let name = field["name"].as_str().expect("a name");
            let kind = field["type"].as_str().expect("a type");
            let unset =
                ["write-only", "reserved", "call:"].iter().any(|words| note(field).starts_with(words))
                    || note(field).contains("reserved, ");
            let collection = kind == "boolean" || kind.starts_with("array") || kind.starts_with("map");
            let assigned =
                ASSIGNED.contains(&name) && field["write"] == (name == "autor" || name == "responsavel");
            if (!unset && (collection || assigned) || counters.contains(&name)) && record.get(name).is_none()
            {
                self.add(&format!("{resource}.{name}"), "missing");
            }
        }
    }
}

/// spec 3.4: empty text only in an opportunity stub; the rows of 4.19 carry it as well.
fn may_be_empty(path: &str, field: &Value) -> bool {
    constant(field).is_some() || path.starts_with("screenField")
}

/// The value itself, with a number as a float, so that 0 equals 0.0.
fn number_free(value: &Value) -> Value {
    value.as_f64().map_or_else(|| value.clone(), |number| json!(number))
}

/// Codes are the keys of the enumeration; a text with numbered names (address kind) shows the name.
fn listed(codes: &Value, value: &Value) -> bool {
    let codes = codes.as_object().expect("an enumeration");
    let numbered = codes.keys().all(|code| code.bytes().all(|byte| byte.is_ascii_digit()));
    match value.as_str() {
        Some(text) if numbered => codes.values().any(|name| name == text),
        Some(text) => codes.contains_key(text),
        None => codes.contains_key(&value.to_string()),
    }
}

/// A tenant with a rich record of every resource; remembers what was sent by resource.
struct Tenant {
    _favo: Favo,
    admin: Client,
    sent: BTreeMap<&'static str, Vec<(i64, Value)>>,
}

impl Tenant {
    #[track_caller]
    fn add(&mut self, resource: &'static str, path: &str, body: Value) -> i64 {
        let record = id(&self.admin.post(path, &body).ok());
        self.sent.entry(resource).or_default().push((record, body));
        record
    }

    fn furnished() -> Tenant {
        let favo = Favo::start();
        let admin = favo.admin();
        let mut tenant = Tenant { _favo: favo, admin, sent: BTreeMap::new() };
        let user =
            json!({"login": "bruna@aurora.example", "nome": "Bruna Prado", "email": "bruna@aurora.example"});
        let user = tenant.add("usuario", "/usuario", user);
        tenant.registries();
        let product = tenant.products();
        let contact = tenant.contacts(user);
        let deal = tenant.deals(user, contact, product);
        tenant.activities(user, contact, deal);
        tenant.add(
            "proposta",
            "/proposta",
            json!({"oportunidade": {"id": deal}, "destinatario": "Lia", "status": 1}),
        );
        tenant
    }

    fn registries(&mut self) {
        for (entity, kind) in [
            ("Contato", 1),
            ("Oportunidade", 2),
            ("Tarefa", 12),
            ("Compromisso", 4),
            ("Qualificacao", 1),
            ("Produto", 3),
        ] {
            let field = json!({"nome": format!("Campo {entity}"), "tipo": kind, "relacionado": entity,
                "sequencia": 1,
                "obrigatorio": false, "secao": {"nome": "Perfil"}, "mostrarFiltro": true, "escondido": false,
                "ativo": true});
            self.add("campoPersonalizado", "/campoPersonalizado", field);
        }
        let choice =
            json!({"nome": "Porte", "tipo": 5, "relacionado": "Contato", "opcoes": ["Pequeno", "Grande"]});
        self.add("campoPersonalizado", "/campoPersonalizado", choice);
        for (resource, path) in [
            ("origem", "/origem"),
            ("segmento", "/segmento"),
            ("compromissoTipo", "/compromissos/tipos"),
            ("ligacaoTipo", "/ligacao/tipos"),
        ] {
            self.add(resource, path, json!({"nome": "Zeta", "descricao": "Última", "ativo": true}));
        }
        let category =
            json!({"nome": "Zeta", "descricao": "Última", "isSuspect": false, "isDescarte": false});
        self.add("categoria", "/categoria", category);
        self.add("equipe", "/equipe", json!({"nome": "Campo", "descricao": "Visitas", "padrao": true}));
        self.add(
            "lista",
            "/lista",
            json!({"nome": "Sul", "cor": "#2E8B57", "descricao": "Região", "relacionada": 2}),
        );
        let funnel = json!({"nome": "Vendas Sul", "descricao": "Sul", "moeda": "BRL", "modeloVenda": 1,
            "permitePularEtapa": true, "corresponsabilidade": true, "sequencias": [{"nome": "Contato",
            "prazo": 2},
            {"nome": "Proposta", "prazo": 10, "gerarProposta": true}]});
        self.add("pipeline", "/pipeline", funnel);
    }

    fn products(&mut self) -> i64 {
        let category = json!({"nome": "Assinaturas", "descricao": "Planos",
            "subcategorias": [{"nome": "Mensais", "descricao": "Por mês"}]});
        let category = self.add("produtoCategoria", "/produtoCategoria", category);
        let sub_category = json!({"nome": "Anuais", "descricao": "Por ano", "categoria": {"id": category}});
        self.add("produtoSubCategoria", "/produtoSubCategoria", sub_category);
        let setup = json!({"nome": "Implantação", "valorBase": 900.5,
            "itensDeCusto": [{"nome": "Frete", "valor": 10, "quantidade": 1}], "valorBaseComposto": 5});
        let setup = self.add("produto", "/produto", setup);
        let plan = json!({"nome": "Plano", "codigo": "PG", "descricao": "Mensal", "valorBase": 120.5,
            "recorrencia": 1,
            "moeda": "BRL", "categoria": {"nome": "Assinaturas"}, "subCategoria": {"nome": "Mensais"},
            "descontoMaximo": 15, "isDescontoPorcentual": true, "comissao": 2.5, "quantidadeEstoque": 4,
            "possuiEstoque": true, "produtos": [{"id": setup}], "editarProdutosDependentes": true,
            "faixasPreco": [{"quantidadeInicial": 1, "quantidadeFinal": 9, "valor": 100}],
            "camposPersonalizados": {"Campo Produto": 9.9}});
        let plan = self.add("produto", "/produto", plan);
        let prices = json!({"nome": "Sul 2026", "descricao": "Região Sul", "dataExpiracao": "2027-01-01"});
        let prices = self.add("tabelaPreco", "/tabelaPreco", prices);
        let entry = json!({"produto": {"id": plan}, "valorBase": 110});
        self.admin.put(&format!("/tabelaPreco/{prices}/add"), &entry).ok();
        plan
    }

    fn contacts(&mut self, user: i64) -> i64 {
        let mut company = json!({"nome": "Padaria Aurora", "codigo": "AUR-20",
            "razaoSocial": "Aurora Pães Ltda", "constante": 1, "ativo": true,
            "empresa": true, "cnpj": "11.222.333/0001-44",
            "inscricaoEstadual": "1", "inscricaoMunicipal": "2", "emails": ["contato@aurora.example"],
            "telefones": ["+5548999990001"], "receitaAnual": 480_000.5, "quantidadeFuncionarios": 12,
            "dataFundacao": "2001-05-06", "sigiloso": false, "responsavel": {"id": user}});
        for key in ["observacao", "indicadoPor", "site", "facebook", "linkedin", "twitter", "skype"] {
            company[key] = json!("texto");
        }
        let relations = json!({"origem": "Feira", "segmento": "Alimentos", "categoria": "Revenda",
            "listas": [{"nome": "Sul"}], "contaPai": {"nome": "Grupo Aurora"},
            "contatos": [{"nome": "Lia Campos", "cargo": "Gerente", "emails": ["lia@aurora.example"]}],
            "camposPersonalizados": {"Porte": "Grande", "Campo Contato": "x"},
            "regiaoPais": {"nome": "Brasil"}, "regiaoEstado": {"sigla": "SC"},
            "enderecos": [{"tipo": 2, "principal": true, "cep": "88010000", "logradouro": "Rua das Figueiras",
                "numero": "12", "complemento": "fundos", "bairro": "Centro", "municipio": "Florianópolis",
                "estado": "Santa Catarina", "pais": "Brasil"}]});
        for (key, value) in relations.as_object().expect("an object") {
            company[key] = value.clone();
        }
        let company = self.add("contatos", "/contatos", company);
        let person = json!({"nome": "Rui", "cpf": "123.456.789-09", "rg": "9", "cargo": "Dono",
            "constante": 3,
            "dataNascimento": "1980-01-31", "empresaAtual": {"id": company},
            "emails": ["rui@aurora.example"]});
        self.add("contatos", "/contatos", person);
        self.add("contatos", "/contatos", json!({"nome": "Só nome"}));
        company
    }

    fn deals(&mut self, user: i64, contact: i64, product: i64) -> i64 {
        let deal = json!({"nome": "Plano anual", "cliente": {"id": contact},
            "contato": {"nome": "Lia Campos"},
            "responsavel": {"id": user}, "pipeline": "Vendas Sul", "etapa": 1, "status": 1,
            "probabilidade": 75,
            "valorAvulso": 900.5, "valorMensal": 10, "origem": {"nome": "Feira"}, "listas": [{"nome": "Sul"}],
            "produtos": [{"refId": product, "quantidade": 3, "valorUnitario": 120.5, "desconto": 10,
                "isDescontoPorcentual": true, "acrescimo": 1, "descricao": "d"}],
            "observacao": "o", "vendaBase": true, "bloquearConclusao": false,
            "corresponsaveis": [{"id": user}],
            "equipesCorresponsaveis": [{"nome": "Campo"}],
            "camposPersonalizados": {"Campo Oportunidade": "20/02/2026"},
            "dataLimite": "2026-04-30T00:00:00-03:00"});
        let deal = self.add("oportunidades", "/oportunidades", deal);
        let lost = json!({"nome": "Perdida", "cliente": {"id": contact}, "status": 3, "consideracoes": "c",
            "justificativas": [{"nome": "Preço"}]});
        self.add("oportunidades", "/oportunidades", lost);
        let dropped = json!({"nome": "Descartada", "cliente": {"id": contact}, "status": 4,
            "motivoDescarte": {"nome": "Duplicado"}});
        self.add("oportunidades", "/oportunidades", dropped);
        let lead = json!({"nome": "Mercado Ipê", "cliente": {"nome": "Mercado Ipê"},
            "responsavel": {"id": user},
            "pipeline": "Pré-venda", "etapa": 1, "status": 2, "handRaised": true, "listas": [{"nome": "Sul"}],
            "camposPersonalizados": {"Campo Qualificacao": "Grande"}, "dataLimite": "2026-03-20"});
        self.add("qualificacoes", "/qualificacoes", lead);
        self.add("qualificacoes", "/qualificacoes", json!({"cliente": {"id": contact}, "status": 4}));
        deal
    }

    fn activities(&mut self, user: i64, contact: i64, deal: i64) {
        let call = json!({"titulo": "Ligar", "descricao": "d", "cliente": {"id": contact},
            "oportunidade": {"id": deal},
            "responsavel": {"id": user}, "status": 3, "prioridade": 2, "tipo": 1,
            "checklist": {"nome": "Fechamento"},
            "dataLimite": "2026-03-05T17:00:00-03:00", "dataInicio": "2026-03-02T10:00:00-0300",
            "dataFim": "2026-03-02T10:05:00-0300", "atendida": true, "contatoQuemAtendeu": {"id": contact},
            "quemAtendeu": "Lia", "telefone": "48", "classificacao": 5, "justificativa": "j",
            "tipoLigacao": {"nome": "Retorno"}, "resultadoLigacao": "r",
            "camposPersonalizados": {"Campo Tarefa": 1.5}});
        self.add("tarefas", "/tarefas", call);
        let bare = json!({"titulo": "Só o mínimo", "cliente": {"id": contact}, "dataLimite": "2026-03-05"});
        self.add("tarefas", "/tarefas", bare);
        let visit = json!({"assunto": "Demonstração", "descricao": "d", "cliente": {"id": contact},
            "oportunidade": {"id": deal}, "responsavel": {"id": user}, "status": 1,
            "tipo": {"nome": "Vistoria"},
            "dataInicio": "2026-03-10T10:00:00-0300", "dataFim": "2026-03-10T11:00:00-0300",
            "diaInteiro": false,
            "local": "Loja", "endereco": "Av. Central, 50", "latitude": -27.5, "longitude": -48.5,
            "emailsConvidados": "a@b.example", "feedback": "bom", "notificarParticipantes": true,
            "participantes": [{"usuario": {"id": user}, "participar": true}, {"contato": {"id": contact}},
                {"email": "x@y.example"}],
            "camposPersonalizados": {"Campo Compromisso": true}});
        self.add("compromissos", "/compromissos", visit);
        let bare = json!({"assunto": "Só o mínimo", "cliente": {"id": contact}, "dataInicio": "2026-03-10"});
        self.add("compromissos", "/compromissos", bare);
    }

    /// Checks the list and each of its items, and that every key sent comes back.
    fn examine(&self, tables: &Value, resource: &str, list: &str, item: &str) {
        let table = &tables[resource];
        let fields = &table["fields"];
        let rows = self.admin.get(list).ok();
        let rows = rows.as_array().expect("a bare array");
        let mut findings = Findings(Vec::new());
        for row in rows {
            let record = self.admin.get(&format!("{item}/{}", id(row))).ok();
            assert_eq!(record, *row, "{resource}: a list holds the objects that read answers (2.1)");
            findings.object(resource, fields, row);
            findings.presence(resource, fields, row);
        }
        for (number, body) in &self.sent[resource] {
            let row = rows
                .iter()
                .find(|row| id(row) == *number)
                .unwrap_or_else(|| panic!("{resource}: no {number}"));
            for key in body.as_object().expect("an object").keys() {
                let hidden = ["notificarParticipantes", "queue"].contains(&key.as_str());
                if !hidden && row.get(key).is_none() {
                    findings.add(&format!("{resource}.{key}"), "sent and not answered");
                }
            }
        }
        assert!(findings.0.is_empty(), "{}", findings.0.join("\n"));
    }
}

/// Examines a resource whose items live below its list.
fn examine(resource: &str) {
    let Some(tables) = tables() else { return };
    let tenant = Tenant::furnished();
    let path = tables[resource]["path"].as_str().expect("a path").to_owned();
    tenant.examine(&tables, resource, &format!("{path}?page=-1"), &path);
    for alias in tables[resource]["aliases"].as_array().expect("aliases") {
        let alias = alias.as_str().expect("a path");
        tenant.examine(&tables, resource, &format!("{alias}/?page=-1"), alias);
    }
}

// spec 4.1
#[test]
fn contacts_are_valid_under_their_table() {
    examine("contatos");
}

// spec 4.2; the default list holds open ones only, so every phase is asked for
#[test]
fn opportunities_are_valid_under_their_table() {
    let Some(tables) = tables() else { return };
    let tenant = Tenant::furnished();
    tenant.examine(&tables, "oportunidades", "/oportunidades?page=-1&status=1,2,3,4,5", "/oportunidades");
}

// spec 4.3
#[test]
fn qualifications_are_valid_under_their_table() {
    examine("qualificacoes");
}

// spec 4.4
#[test]
fn tasks_are_valid_under_their_table() {
    examine("tarefas");
}

// spec 4.5
#[test]
fn appointments_are_valid_under_their_table() {
    examine("compromissos");
}

// spec 4.6
#[test]
fn funnels_are_valid_under_their_table() {
    examine("pipeline");
}

// spec 4.7
#[test]
fn products_are_valid_under_their_table() {
    examine("produto");
}

// spec 4.8
#[test]
fn product_categories_are_valid_under_their_table() {
    examine("produtoCategoria");
}

// spec 4.9
#[test]
fn product_sub_categories_are_valid_under_their_table() {
    examine("produtoSubCategoria");
}

// spec 4.10
#[test]
fn price_tables_are_valid_under_their_table() {
    examine("tabelaPreco");
}

// spec 4.11
#[test]
fn tags_are_valid_under_their_table() {
    examine("lista");
}

// spec 4.12
#[test]
fn origins_are_valid_under_their_table() {
    examine("origem");
}

// spec 4.13
#[test]
fn segments_are_valid_under_their_table() {
    examine("segmento");
}

// spec 4.14
#[test]
fn categories_are_valid_under_their_table() {
    examine("categoria");
}

// spec 4.15
#[test]
fn appointment_and_call_types_are_valid_under_their_table() {
    examine("compromissoTipo");
    examine("ligacaoTipo");
}

// spec 4.16
#[test]
fn users_are_valid_under_their_table() {
    examine("usuario");
}

// spec 4.17
#[test]
fn teams_are_valid_under_their_table() {
    examine("equipe");
}

// spec 4.18
#[test]
fn custom_fields_are_valid_under_their_table() {
    examine("campoPersonalizado");
}

// spec 4.19: a list without items
#[test]
fn screen_fields_are_valid_under_their_table() {
    let Some(tables) = tables() else { return };
    let tenant = Tenant::furnished();
    for object_type in [1, 2] {
        let rows = tenant.admin.get(&format!("/customField/fields/{object_type}")).ok();
        let mut findings = Findings(Vec::new());
        for row in rows.as_array().expect("a bare array") {
            findings.object("screenField", &tables["screenField"]["fields"], row);
        }
        assert!(findings.0.is_empty(), "{}", findings.0.join("\n"));
    }
}

// spec 4.20: both lists
#[test]
fn proposals_are_valid_under_their_table() {
    let Some(tables) = tables() else { return };
    let tenant = Tenant::furnished();
    let deal = tenant.sent["proposta"][0].1["oportunidade"]["id"].as_i64().expect("an id");
    tenant.examine(&tables, "proposta", "/proposta?page=-1", "/proposta");
    tenant.examine(&tables, "proposta", &format!("/propostas/opportunity/{deal}"), "/propostas");
}
