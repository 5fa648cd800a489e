//! The records the source is filled with: the shapes of the API, with every kind of value that has broken a connector.

mod activities;
mod contacts;
mod deals;
mod registries;
mod values;

use serde_json::json;

use super::json::Json;
use super::model::instant;
use super::random::Random;
use values::{Values, zoned};

/// Micros in a second.
const SECOND: i64 = 1_000_000;
/// Micros in a day.
const DAY: i64 = 86_400 * SECOND;
/// 2026-11-20T03:00:00Z: midnight in São Paulo.
const TODAY: i64 = 1_795_143_600 * SECOND;

/// Moments of creation and of the last change of the record at that position. Dozens of records share the second of their last change; some were created in
/// corrupt years; some do not tell when they changed.
pub(super) fn moments(random: &mut Random, at: usize) -> (i64, Option<i64>) {
    let created = match random.below(200) {
        0 => -61_283_000_000 * SECOND, // the year 0028
        1 => TODAY + 40 * DAY,         // a clock that ran ahead
        _ => TODAY - (random.below(600) as i64 + 1) * DAY + random.below(86_400) as i64 * SECOND,
    };
    let batch = (at / 40) as i64;
    let updated = match random.below(10) {
        0..6 => TODAY - 20 * DAY + batch * 3600 * SECOND,
        6..9 => TODAY - (random.below(300) as i64) * DAY - random.below(86_400_000) as i64 * 1000,
        _ => TODAY - DAY + (random.below(86_400) as i64) * SECOND,
    };
    let updated = updated.max(created.min(TODAY));
    (created, if random.percent(98) { Some(updated) } else { None })
}

/// A record of a list.
pub(super) fn record(random: &mut Random, list: &str, id: i64, created: i64, updated: Option<i64>) -> Json {
    let mut values = Values::new(random);
    let mut body = match list {
        "contatos" => contacts::contact(&mut values, id),
        "oportunidades" => deals::opportunity(&mut values, id),
        "qualificacoes" => deals::qualification(&mut values, id),
        "tarefas" => activities::task(&mut values, id),
        "compromissos" => activities::appointment(&mut values, id),
        "pipeline" => registries::pipeline(&mut values, id),
        _ => registries::product(&mut values, id),
    };
    if matches!(list, "pipeline" | "produto") {
        if list == "pipeline" {
            body.set("ultimaAtualizacao", updated.map_or(Json::Null, |at| Json::text(instant(at))));
        }
    } else {
        body.set("dataCriacao", Json::text(zoned(values.random, created)));
        match updated {
            Some(at) => body.set("dataAtualizacao", Json::text(zoned(values.random, at))),
            None => body.remove("dataAtualizacao"),
        }
    }
    if list != "pipeline" {
        custom_values(&mut values, list, &mut body);
    }
    scatter(&mut values, &mut body);
    body
}

/// A proposal of an opportunity.
pub(super) fn proposal(random: &mut Random, opportunity: i64, version: usize, body: &Json) -> Json {
    deals::proposal(&mut Values::new(random), opportunity, version, body)
}

/// Some keys are absent, some null, some are there that no table knows.
fn scatter(values: &mut Values<'_>, body: &mut Json) {
    const KEPT: [&str; 6] = ["id", "status", "tipo", "dataCriacao", "dataAtualizacao", "ultimaAtualizacao"];
    let keys: Vec<String> = body.members().iter().map(|(key, _)| key.clone()).collect();
    for key in
        keys.iter().filter(|key| !KEPT.contains(&key.as_str()) && !key.starts_with("camposPersonalizados"))
    {
        match values.random.below(40) {
            0 => body.remove(key),
            1 => body.set(key, Json::Null),
            _ => {}
        }
    }
    match values.random.below(30) {
        0 => body.set("campoNovoTexto", Json::text(values.text())),
        1 => body.set("campoNovoNumero", Json::number("17")),
        2 => body.set("campoNovoDecimal", Json::number("0.1250")),
        3 => body.set("campoNovoObjeto", json!({"a": 1, "b": {"c": "d", "e": [1, "dois", null]}})),
        4 => body.set("campoNovoLista", json!([1, {"x": "y"}, "três", null])),
        5 => body.set("campoNovoNulo", Json::Null),
        6 => body.set("campoNovoLogico", Json::Bool(true)),
        _ => {}
    }
}

/// Definitions of custom fields: label, alias, type, entity.
const FIELDS: [(i64, &str, &str, i64, &str); 12] = [
    (801, "Porte", "porte", 5, "Contato"),
    (802, "Número de lojas", "numero_de_lojas", 0, "Contato"),
    (803, "Data da visita", "data_da_visita", 2, "Contato"),
    (804, "Faturamento \"R$\"", "faturamento_r", 3, "Contato"),
    (805, "É cliente?", "e_cliente", 4, "Contato"),
    (806, "Observação longa", "observacao_longa", 6, "Contato"),
    (811, "Data da visita", "data_da_visita", 2, "Oportunidade"),
    (812, "Fração", "fracao", 12, "Oportunidade"),
    (821, "Motivo", "motivo", 1, "Qualificacao"),
    (831, "Minutos", "minutos", 0, "Tarefa"),
    (841, "Sala", "sala", 1, "Compromisso"),
    (851, "Cor", "cor", 5, "Produto"),
];

/// The definitions as `/camposPersonalizados` serves them.
pub(super) fn custom_fields() -> Vec<Json> {
    FIELDS
        .iter()
        .map(|(id, label, alias, kind, entity)| {
            json!({"id": id, "nome": label, "alias": alias, "tipo": kind, "relacionado": entity, "obrigatorio": false, "opcoes": [],
                "opcoesPersonalizadas": [], "sequencia": 1, "secao": {"id": 2, "nome": "Perfil", "ativo": true}, "mostrarFiltro": true,
                "escondido": false, "ativo": true})
            .into()
        })
        .collect()
}

fn entity(list: &str) -> &'static str {
    match list {
        "contatos" => "Contato",
        "oportunidades" => "Oportunidade",
        "qualificacoes" => "Qualificacao",
        "tarefas" => "Tarefa",
        "compromissos" => "Compromisso",
        _ => "Produto",
    }
}

/// Values of custom fields, by label and by alias as the API serves them.
fn custom_values(values: &mut Values<'_>, list: &str, body: &mut Json) {
    let (mut plain, mut objects) = (Json::Object(Vec::new()), Json::Object(Vec::new()));
    for (id, label, alias, kind, _) in FIELDS.iter().filter(|field| field.4 == entity(list)) {
        if values.random.percent(50) {
            continue;
        }
        let value = match kind {
            0 => values.random.below(100_000).to_string(),
            2 => format!(
                "{:02}/{:02}/20{:02}",
                1 + values.random.below(28),
                1 + values.random.below(12),
                values.random.below(27)
            ),
            3 => format!("{}.{:02}", values.random.below(1_000_000), values.random.below(100)),
            4 => (*values.random.pick(&["true", "false"])).to_owned(),
            12 => format!("0.{:06}", values.random.below(1_000_000)),
            _ => values.filled_text(),
        };
        // Labels hold points and quotes: no dotted path here.
        push(&mut plain, label, Json::text(value.clone()));
        push(&mut objects, alias, json!({"id": id, "valor": value}).into());
    }
    body.set("camposPersonalizados", plain);
    body.set("camposPersonalizadosObject", objects);
}

fn push(object: &mut Json, key: &str, value: Json) {
    if let Json::Object(members) = object {
        members.push((key.to_owned(), value));
    }
}
