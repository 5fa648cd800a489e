//! Opportunities with their lines, proposals, qualifications.

use serde_json::json;

use super::super::json::Json;
use super::values::Values;

pub(super) fn opportunity(values: &mut Values<'_>, id: i64) -> Json {
    let mut body: Json = json!({
        "id": id, "codigo": format!("{:05}", values.random.below(2000)), "nome": values.text(), "status": 1 + values.random.below(5), "isProrrogada": false,
        "cliente": values.customer(), "contato": {"id": 5121, "nome": "Lia Campos"},
        "responsavel": values.user(), "autor": values.user(), "autorAtualizacao": values.user(),
        "pipeline": "Vendas Sul", "funilVenda": {"id": 31, "nome": "Vendas Sul", "padrao": values.flag(), "tipo": 0, "cascataCicloVida": 0},
        "etapa": values.count(5), "etapaNome": values.text(),
        "etapaAtual": {"id": 302, "nome": values.text(), "sequencia": 2, "prazo": 5, "gerarProposta": values.flag(), "produtoObrigatorio": values.flag()},
        "diasEstagnacaoNaEtapa": values.count(40), "probabilidade": values.count(100), "temperatura": values.text(),
        "quantidadeProdutos": values.count(4), "observacao": values.text(),
        "origem": {"id": 9, "nome": "Feira", "ativo": true}, "listas": [], "justificativas": [], "vendaBase": values.flag(), "bloquearProposta": false,
        "tarefas": values.count(4), "compromissos": values.count(4), "atividadesAtrasadas": values.count(4), "diasSemInteracao": values.count(40),
    })
    .into();
    for key in ["valorAvulso", "valorMensal", "valorTotal", "valorTotalDescontos"] {
        body.set(key, values.decimal());
    }
    for key in ["stageEntryDate", "dataLimite"] {
        body.set(key, values.moment());
    }
    if values.random.percent(10) {
        body.set("funilVenda", json!({}));
    }
    let lines: Vec<Json> = (0..values.random.below(4)).map(|at| line(values, id, at)).collect();
    body.set("produtos", Json::Array(lines));
    body
}

fn line(values: &mut Values<'_>, owner: i64, at: usize) -> Json {
    let mut line: Json = json!({"id": owner * 10 + at as i64, "refId": 88, "nome": values.text(), "codigo": "0PG", "recorrencia": 1, "quantidadeRecorrencia": values.count(12),
        "isDescontoPorcentual": values.flag(), "acrescimoPercentual": values.flag(), "sequencia": at, "moeda": "BRL", "grupoNome": values.text(),
        "subGrupoNome": values.text(), "descricao": values.text(),
        "produto": {"id": 88, "nome": values.text(), "ativo": values.flag(), "codigo": "0PG", "categoria": "Assinaturas", "subCategoria": {"id": 11, "nome": "Mensais"},
            "contador": 17, "fracionario": values.flag(), "moeda": "BRL", "permiteAcrescimo": values.flag(), "permiteDesconto": true, "possuiEstoque": false,
            "quantidadeEstoque": 0, "recorrencia": 1, "valorEditavel": true, "isComissaoPorcentual": values.flag(), "isDescontoPorcentual": values.flag(),
            "acrescimoPercentual": false, "descricao": values.text()}})
    .into();
    for key in [
        "quantidade",
        "valorUnitario",
        "valorTotal",
        "desconto",
        "acrescimo",
        "produto.valorBase",
        "produto.comissao",
        "produto.descontoMaximo",
        "produto.acrescimoMaximo",
    ] {
        line.set(key, values.decimal());
    }
    match values.random.below(8) {
        0 => line.remove("produto"),
        1 => line.remove("refId"),
        2 => line.remove("id"),
        3 => {
            line.remove("isDescontoPorcentual");
            line.set("descontoPorcentual", Json::Bool(true));
        }
        4 => {
            line.remove("produto.subCategoria");
            line.set("produto.subcategoria", Json::text("Anuais"));
        }
        _ => {}
    }
    line
}

pub(super) fn proposal(values: &mut Values<'_>, opportunity: i64, version: usize, body: &Json) -> Json {
    let number = values.random.below(1000);
    let code = format!("{:02}{number:03}/2026", version + 1);
    let mut proposal: Json = json!({"id": opportunity * 10 + version as i64, "status": values.count(5), "statusLabel": "Aprovada", "versao": version + 1, "numero": number,
        "codigo": code, "codigoFormatado": code, "publicUrl": "https://crm.example/p/Zk3vQ0aY", "destinatario": values.text(),
        "modeloProposta": {"id": 2, "nome": values.text()}, "autor": values.user()})
    .into();
    // The opportunity's stub may be missing: then the id asked for counts.
    if values.random.percent(70) {
        proposal.set("oportunidade", json!({"id": opportunity, "codigo": "01093", "funilVenda": {}, "temperatura": "", "valorTotalDescontos": 0, "origem": {}}));
        if let Some(name) = body.some("nome") {
            proposal.set("oportunidade.nome", name.clone());
        }
    }
    for key in ["dataProposta", "dataCriacao"] {
        proposal.set(key, values.moment());
    }
    proposal
}

pub(super) fn qualification(values: &mut Values<'_>, id: i64) -> Json {
    let mut body: Json = json!({
        "id": id, "codigo": format!("{:04}", values.random.below(900)), "nome": values.text(), "status": 1 + values.random.below(6), "cliente": values.customer(),
        "responsavel": values.user(), "autor": values.user(), "autorAtualizacao": values.user(), "autorConclusao": values.user(),
        "pipeline": "Pré-venda", "funilVenda": {"id": 32, "nome": "Pré-venda", "padrao": values.flag(), "tipo": 1, "cascataCicloVida": 0},
        "etapa": 2, "etapaNome": "Agendamento",
        "etapaAtual": {"id": 322, "nome": values.text(), "sequencia": 2, "prazo": 3, "gerarProposta": values.flag(), "produtoObrigatorio": values.flag()},
        "compromisso": {"id": 470, "nome": "Demonstração"}, "handRaised": values.flag(), "listas": [{"id": 3, "nome": "Sul"}],
        "camposListagem": [{"label": "Porte", "value": "Grande"}, null], "tarefas": values.count(3), "tarefasAbertas": values.count(3), "compromissos": values.count(3),
    })
    .into();
    body.set("dataLimite", values.moment());
    body
}
