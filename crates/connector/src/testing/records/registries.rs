//! Funnels and products.

use serde_json::{Value, json};

use super::super::json::Json;
use super::values::Values;

pub(super) fn pipeline(values: &mut Values<'_>, id: i64) -> Json {
    let stages: Vec<Value> = (0..values.random.below(5))
        .map(|at| {
            json!({"id": id * 10 + at as i64, "nome": values.text(), "sequencia": at + 1, "prazo": values.count(20), "gerarProposta": values.flag(),
                "produtoObrigatorio": values.flag()})
        })
        .collect();
    json!({
        "id": id, "nome": values.text(), "ativo": values.flag(), "padrao": values.flag(), "tipo": values.random.below(2), "sequencias": stages,
        "permitePularEtapa": values.flag(), "iniciarQualquerEtapa": values.flag(), "permiteRetornoEtapa": values.flag(), "propostaObrigatoria": values.flag(),
        "permitirRecorrenciaVariavel": values.flag(), "modeloVenda": values.count(3), "multiplasTabelasPreco": false, "motivoGanhoPerdaObrigatorio": values.flag(),
        "motivoDescarteObrigatorio": values.flag(), "moeda": "BRL", "permiteTarefasAvulsas": values.flag(), "cascataCicloVida": 0, "showCustomCard": values.flag(),
        "tipoRecorrenciaValorFunil": 0,
    })
    .into()
}

pub(super) fn product(values: &mut Values<'_>, id: i64) -> Json {
    let dependents: Vec<Value> = (0..values.random.below(3))
        .map(|at| json!({"id": 90 + at, "nome": values.text(), "contador": values.count(30), "descricao": values.text(), "ativo": true, "valorBase": 900}))
        .collect();
    let mut body: Json = json!({
        "id": id, "nome": values.text(), "codigo": format!("{:07}", values.random.below(100)), "contador": values.count(99), "ativo": values.flag(), "valorEditavel": values.flag(),
        "recorrencia": values.count(4), "moeda": "BRL", "categoria": {"id": 4, "nome": values.text(), "ativo": true}, "subCategoria": {"id": 11, "nome": values.text()},
        "permiteDesconto": values.flag(), "isDescontoPorcentual": values.flag(), "descontoPorcentual": values.flag(), "permiteAcrescimo": values.flag(),
        "acrescimoPercentual": values.flag(), "isComissaoPorcentual": values.flag(), "possuiEstoque": values.flag(), "quantidadeEstoque": values.count(99),
        "fracionario": values.flag(), "isExpiravel": values.flag(), "descricao": values.text(), "produtos": dependents, "editarProdutosDependentes": values.flag(),
        "itensDeCusto": [], "faixasPreco": [],
    })
    .into();
    for key in ["valorBase", "descontoMaximo", "acrescimoMaximo", "comissao"] {
        body.set(key, values.decimal());
    }
    if values.random.percent(20) {
        body.remove("subCategoria");
        body.set("subcategoria", json!({"id": 12, "nome": "Anuais"}));
    }
    body
}
