//! Contacts with everything nested in them.

use serde_json::{Value, json};

use super::super::json::Json;
use super::values::Values;

pub(super) fn contact(values: &mut Values<'_>, id: i64) -> Json {
    let company = values.random.percent(40);
    let emails: Vec<Value> = (0..values.random.below(3)).map(|_| json!(values.mail())).collect();
    let phones: Vec<Value> = (0..values.random.below(3)).map(|_| json!(values.phone())).collect();
    let mut body: Json = json!({
        "id": id, "nome": values.text(), "codigo": format!("{:06}", values.random.below(1000)), "razaoSocial": values.text(),
        "constante": values.count(6), "ativo": values.flag(), "empresa": company, "isEmpresa": company, "cnpj": values.cnpj(),
        "emails": emails, "telefones": phones,
        "origem": values.text(), "origemObject": values.named(), "segmento": "Varejo", "segmentoObject": values.named(),
        "categoria": "Ouro", "categoriaObject": values.named(), "listas": [{"id": 3, "nome": "Sul"}], "lista": "Sul", "sigiloso": false,
        "responsavel": values.user(), "autor": values.user(), "autorAtualizacao": values.user(), "tipoEntidade": values.named(),
        "observacao": values.text(), "indicadoPor": values.text(), "site": "https://aurora.example/?a=1&b=2", "skype": values.text(),
        "twitter": "@aurora", "facebook": values.text(), "linkedin": values.text(),
        "contatosPai": [], "empresasAtuais": [],
        "oportunidades": values.count(5), "tarefas": values.count(5), "compromissos": values.count(5), "qtdeQualificacoes": values.count(5),
        "diasSemInteracao": values.count(400), "integradoRD": values.flag(), "blocked": values.flag(),
    })
    .into();
    body.set("receitaAnual", values.decimal());
    if values.random.percent(85) {
        if let Some(first) = emails.first() {
            body.set("email", first.clone());
            body.set("emailPrincipal", first.clone());
        }
    } else {
        body.set("emailPrincipal", Json::text(values.mail()));
    }
    if values.random.percent(4) {
        // An object where the document says text.
        body.set("origem", json!({"id": 9, "nome": "Feira \"Sul\""}));
    }
    if values.random.percent(4) {
        body.set("emails", json!(["um@ipê.example", "dois@ipê.example", "um@ipê.example"]));
    }
    let people: Vec<Json> = (0..values.random.below(4)).map(|at| person(values, id, at)).collect();
    // A single object where an array should be.
    if people.len() == 1 && values.random.percent(20) {
        body.set("contatos", people[0].clone());
    } else {
        body.set("contatos", Json::Array(people));
    }
    let addresses: Vec<Json> = (0..values.random.below(3)).map(|at| address(values, at)).collect();
    body.set("enderecos", Json::Array(addresses));
    if values.random.percent(40) {
        body.set("empresaAtual", stub(values));
        body.set("empresasAtuais", json!([link(values, id), link(values, id)]));
    }
    if values.random.percent(40) {
        let name = if values.random.percent(50) { "contatoPai" } else { "contaPai" };
        body.set(name, stub(values));
        body.set("contatosPai", json!([link(values, id)]));
    }
    body
}

fn person(values: &mut Values<'_>, owner: i64, at: usize) -> Json {
    let mut person: Json = json!({"id": owner * 10 + at as i64, "nome": values.text(), "cargo": values.text(), "email": values.mail(), "emailPrincipal": values.mail(),
        "emails": ["lia@aurora.example"], "telefones": [], "diasSemInteracao": values.count(30), "campoDaPessoa": values.text()})
    .into();
    match values.random.below(10) {
        0 => person.remove("id"),
        // The same id twice in one array.
        1 => person.set("id", json!(owner * 10)),
        2 => person.set("cargo", Json::Null),
        _ => {}
    }
    person
}

fn address(values: &mut Values<'_>, at: usize) -> Json {
    let mut address: Json = json!({"id": 70 + at, "tipo": "COMERCIAL_MATRIZ", "principal": values.flag(), "cep": format!("{:08}", values.random.below(99_999_999)),
        "logradouro": values.text(), "endereco": values.text(), "numero": values.random.below(99).to_string(), "complemento": values.text(),
        "municipio": "Florianópolis", "estado": "Santa Catarina", "estadoObject": {"id": 24, "nome": "Santa Catarina", "sigla": "SC"}, "searchByCep": values.flag()})
    .into();
    match values.random.below(8) {
        0 => address.remove("endereco"),
        1 => address.set("tipo", json!(2)),
        2 => address.set("tipo", json!({"id": 2, "nome": "RESIDENCIAL"})),
        3 => address.set("numero", json!(12)),
        _ => {}
    }
    address
}

fn stub(values: &mut Values<'_>) -> Value {
    let mut stub = json!({"id": 1000 + values.random.below(900), "nome": values.text(), "razaoSocial": values.text(), "cnpj": values.cnpj(), "email": values.mail(),
        "emailPrincipal": values.mail(), "emails": [values.mail(), values.mail()], "telefones": [], "empresa": true, "isEmpresa": true, "diasSemInteracao": values.count(9)});
    if let Some(members) = stub.as_object_mut()
        && values.random.percent(20)
    {
        members.remove("isEmpresa");
    }
    stub
}

fn link(values: &mut Values<'_>, id: i64) -> Value {
    let mut link: Json = json!({"contato": {"id": id, "nome": "x"}, "empresa": {"id": 1000 + values.random.below(900), "nome": "y"}, "empresaPrincipal": values.flag()}).into();
    link.set("dataAtualizacao", values.moment());
    let mut text = String::new();
    link.write(&mut text);
    serde_json::from_str(&text).unwrap_or_default()
}
