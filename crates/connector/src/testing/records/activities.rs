//! Tasks and appointments.

use serde_json::{Value, json};

use super::super::json::Json;
use super::values::Values;

pub(super) fn task(values: &mut Values<'_>, id: i64) -> Json {
    let mut body: Json = json!({
        "id": id, "titulo": values.text(), "descricao": values.text(), "status": values.count(4), "prioridade": values.count(3), "tipo": 0,
        "tarefaTipo": {"id": 2, "nome": values.text(), "ativo": values.flag(), "natureza": 0}, "cliente": values.customer(),
        "oportunidade": stub(values), "responsavel": values.user(), "autor": values.user(), "checklist": {"id": 5, "nome": values.text()},
    })
    .into();
    body.set("dataLimite", values.moment());
    body
}

fn stub(values: &mut Values<'_>) -> Value {
    json!({"id": 7801, "nome": values.text(), "codigo": "1093", "funilVenda": {}, "temperatura": "", "valorTotalDescontos": 0, "origem": {}, "diasSemInteracao": 4,
        "diasEstagnacaoNaEtapa": values.count(9), "quantidadeProdutos": 2})
}

pub(super) fn appointment(values: &mut Values<'_>, id: i64) -> Json {
    let participants: Vec<Value> = (0..values.random.below(4))
        .map(|at| {
            let mut one = json!({"id": id * 10 + at as i64, "nome": values.text(), "email": values.mail(), "participar": values.flag()});
            if values.random.percent(50) {
                one["usuario"] = json!({"id": 42, "login": "caio@aurora.example", "nome": values.text(), "ativo": values.flag()});
            }
            one
        })
        .collect();
    let mut body: Json = json!({
        "id": id, "assunto": values.text(), "descricao": values.text(), "status": values.count(3), "tipo": {"id": 1, "nome": "Visita técnica"}, "cliente": values.customer(),
        "responsavel": values.user(), "autor": values.user(), "autorAtualizacao": values.user(), "diaInteiro": values.flag(), "local": "Loja 2",
        "endereco": values.text(), "participantes": participants, "oportunidade": stub(values),
    })
    .into();
    for key in ["dataInicio", "dataFim"] {
        body.set(key, values.moment());
    }
    if values.random.percent(20) {
        body.set("oportunidade.funilVenda", json!({"id": 31, "nome": "Vendas, \"Sul\""}));
    }
    body
}
