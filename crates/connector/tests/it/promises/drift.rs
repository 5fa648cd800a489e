//! Fields nobody knew and values of another type: kept, told, never silently lost; and what people chose not to have.

use std::collections::BTreeMap;

use favo_connector::Error;
use favo_connector::schema::Mask;
use favo_connector::settings::{Drift, StreamSettings};
use favo_connector::testing::warehouse::{self, Raw};
use favo_connector::testing::{Json, Size};
use serde_json::json;

use super::{Make, Trial};

everywhere! {
    a_value_of_another_type_is_null_in_its_column_and_kept_beside_it
    unknown_fields_are_kept_where_they_cannot_become_columns
    masked_values_appear_nowhere
    only_the_selected_columns_are_there
}

in_databases! {
    an_unknown_scalar_becomes_a_column
    a_column_that_drift_adds_later_holds_the_value_of_every_row
    conflicts_and_unknown_fields_are_recorded
}

once! {
    under_freeze_an_unknown_field_ends_the_run_before_anything_is_written
}

fn extra(row: &warehouse::RawRow) -> Json {
    row.get("_favo_extra").and_then(Raw::text).and_then(Json::parse).unwrap_or(Json::Null)
}

fn a_value_of_another_type_is_null_in_its_column_and_kept_beside_it(make: Make<'_>) {
    let trial = make(Size::TINY);
    let id = trial.source.model(|model| {
        let id = model.ids("contatos")[0];
        model.update("contatos", id, |body| {
            body.set("receitaAnual", Json::text("muito dinheiro"));
            body.set("tarefas", json!({"abertas": 3}));
            body.set("ativo", Json::text("talvez"));
            body.set("origemObject.id", Json::text("nove"));
        });
        id
    });
    trial.complete_run();
    let row = trial.row("contatos", id).unwrap();
    for column in ["receitaanual", "tarefas", "ativo", "origemobject_id"] {
        assert!(row.get(column).is_none_or(Raw::is_null), "{column}: {:?}", row.get(column));
    }
    let extra = extra(&row);
    assert_eq!(extra.get("receitaAnual"), Some(&Json::text("muito dinheiro")), "{extra:?}");
    assert_eq!(extra.at("tarefas.abertas"), Some(&Json::number("3")), "{extra:?}");
    assert_eq!(extra.get("ativo"), Some(&Json::text("talvez")), "{extra:?}");
    assert_eq!(extra.at("origemObject.id"), Some(&Json::text("nove")), "{extra:?}");
    // And it is told in words, too.
    let second = trial.complete_run();
    assert_eq!(second.written(), 0, "{:?}", second.tables);
}

fn unknown_fields_are_kept_where_they_cannot_become_columns(make: Make<'_>) {
    let trial = make(Size::TINY).with(|settings| settings.drift = Drift::DiscardValue);
    let id = trial.source.model(|model| {
        let id = model.ids("contatos")[0];
        model.update("contatos", id, |body| {
            body.set("apelido", Json::text("Lu\u{0}"));
            body.set("medidas", json!({"altura": 1.5, "nomes": ["a", {"b": null}]}));
            body.set("responsavel.ramal", json!(17));
        });
        id
    });
    trial.complete_run();
    let extra = extra(&trial.row("contatos", id).unwrap());
    assert_eq!(extra.get("apelido"), Some(&Json::text("Lu\u{fffd}")), "{extra:?}");
    assert_eq!(
        extra.get("medidas").map(Json::canonical),
        Some(Json::from(json!({"altura": 1.5, "nomes": ["a", {"b": null}]})).canonical())
    );
    assert_eq!(extra.at("responsavel.ramal"), Some(&Json::number("17")), "{extra:?}");
}

fn an_unknown_scalar_becomes_a_column(make: Make<'_>) {
    let trial = make(Size::TINY);
    trial.complete_run();
    trial.later(1);
    let id = trial.source.model(|model| {
        let id = model.ids("qualificacoes")[0];
        model.update("qualificacoes", id, |body| {
            body.set("pontuacao", Json::number("12.5"));
            body.set("apelido", Json::text("Lu"));
            body.set("quente", Json::Bool(true));
        });
        id
    });
    trial.complete_run();
    trial.complete_run();
    let row = trial.row("qualificacoes", id).unwrap();
    assert_eq!(row.get("apelido"), Some(&Raw::Text("Lu".to_owned())), "{row:?}");
    let score = favo_connector::testing::Value::Number("12.5".to_owned());
    assert!(favo_connector::testing::agrees(&score, &row["pontuacao"]), "{:?}", row["pontuacao"]);
    assert!(matches!(row["quente"], Raw::Flag(true) | Raw::Whole(1)), "{:?}", row["quente"]);
    trial.assert_in_step();
    // What was read again for the new column's sake is written once.
    assert_eq!(trial.complete_run().written(), 0);
}

fn a_column_that_drift_adds_later_holds_the_value_of_every_row(make: Make<'_>) {
    let trial = make(Size { contatos: 300, ..Size::TINY });
    // Only an old record has the field: it is not on the first page, by which a run makes its columns.
    let (old, other) = trial.source.model(|model| {
        let ids: Vec<i64> = model.ids("contatos").into_iter().filter(|id| *id < 1 << 53).collect();
        let long_ago = model.now() - 300 * 86_400_000_000;
        for (at, id) in ids[..3].iter().enumerate() {
            model.touch("contatos", *id, |body| {
                body.set("pontuacao", Json::number(&format!("{at}.25")));
                body.set("apelido", Json::text("\"Lu\"\u{0}é"));
            });
        }
        model.update_at("contatos", ids[0], long_ago, |_| {});
        (ids[0], ids[1])
    });
    trial.source.habits(|habits| habits.page_cap = 20);
    trial.complete_run();
    assert!(!trial.row("contatos", old).unwrap().contains_key("pontuacao"));
    let second = trial.complete_run();
    assert_eq!(second.written(), 0, "what was kept fills the column: {:?}", second.tables);
    for (id, expected) in [(old, "0.25"), (other, "1.25")] {
        let row = trial.row("contatos", id).unwrap();
        let expected = favo_connector::testing::Value::Number(expected.to_owned());
        assert!(favo_connector::testing::agrees(&expected, &row["pontuacao"]), "{:?}", row["pontuacao"]);
        assert_eq!(row["apelido"], Raw::Text("\"Lu\"\u{fffd}é".to_owned()));
    }
    trial.assert_in_step();
}

fn conflicts_and_unknown_fields_are_recorded(make: Make<'_>) {
    let trial = make(Size::TINY);
    let id = trial.source.model(|model| {
        for id in model.ids("contatos") {
            model.touch("contatos", id, |body| body.set("receitaAnual", Json::number("1")));
        }
        let id = model.ids("contatos")[0];
        model.update("contatos", id, |body| {
            body.set("receitaAnual", Json::text("muito dinheiro"));
            body.set("medidas", json!({"altura": 1.5}));
        });
        id
    });
    trial.complete_run();
    let events = warehouse::service(&trial.settings.to, "schema_events");
    let told = |event: &str, path: &str| {
        events.iter().any(|row| {
            row.values().any(|value| value.text() == Some(event))
                && row.values().any(|value| value.text() == Some(path))
                && row.values().any(|value| value.text() == Some("nectarcrm_contatos"))
        })
    };
    assert!(told("type_conflict", "receitaAnual"), "{events:?}");
    assert!(told("unknown_field", "medidas"), "{events:?}");
    let conflict = events
        .iter()
        .find(|row| row.values().any(|value| value.text() == Some("receitaAnual")))
        .expect("the event");
    assert!(conflict.values().any(|value| value.whole() == Some(id)), "{conflict:?}");
    assert!(conflict.values().any(|value| value.text() == Some("\"muito dinheiro\"")), "{conflict:?}");
}

fn under_freeze_an_unknown_field_ends_the_run_before_anything_is_written(make: Make<'_>) {
    let trial = make(Size::TINY).with(|settings| settings.drift = Drift::Freeze);
    trial.source.model(|model| {
        let id = *model.ids("contatos").last().unwrap();
        model.update("contatos", id, |body| body.set("inesperado", Json::Bool(true)));
    });
    let error = trial.attempt().expect_err("an unknown field");
    assert!(matches!(error, Error::Contract(_)), "{error:?}");
    assert_eq!(error.exit_code(), 4);
    assert!(trial.dump().is_empty(), "something was written");
}

fn masked_values_appear_nowhere(make: Make<'_>) {
    let mask = |columns: &[(&str, Mask)]| StreamSettings {
        mask: columns.iter().map(|(name, mask)| ((*name).to_owned(), *mask)).collect(),
        ..StreamSettings::default()
    };
    let trial = make(Size::TINY).with(|settings| {
        settings.streams = BTreeMap::from([(
            "contatos".to_owned(),
            mask(&[
                ("razaosocial", Mask::Hash),
                ("observacao", Mask::Null),
                ("contatos_contatos.contatos_nome", Mask::Hash),
            ]),
        )]);
    });
    let ids = trial.source.model(|model| {
        let ids = model.ids("contatos");
        for id in &ids[..3] {
            model.update("contatos", *id, |body| {
                body.set("razaoSocial", Json::text("Segredo Ltda"));
                body.set("observacao", Json::text("Segredo da casa"));
                body.set("contatos", json!([{"id": 1, "nome": "Segredo Silva"}]));
            });
        }
        ids
    });
    trial.complete_run();
    let rows: Vec<_> = ids[..3].iter().map(|id| trial.row("contatos", *id).unwrap()).collect();
    let hash = rows[0]["razaosocial"].text().expect("text").to_owned();
    assert!(hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hash}");
    assert!(
        rows.iter().all(|row| row["razaosocial"].text() == Some(hash.as_str())),
        "equal values stay equal"
    );
    assert!(rows.iter().all(|row| row.get("observacao").is_none_or(Raw::is_null)));
    let secrets: Vec<String> = trial.dump().into_iter().filter(|line| line.contains("Segredo")).collect();
    assert!(secrets.is_empty(), "{secrets:?}");
    for table in ["schema_events", "rejected", "runs", "state"] {
        let rows = format!("{:?}", warehouse::service(&trial.settings.to, table));
        assert!(!rows.contains("Segredo"), "{rows}");
    }
}

fn only_the_selected_columns_are_there(make: Make<'_>) {
    let trial = make(Size::TINY).with(|settings| {
        settings.tables = vec!["contatos".to_owned(), "tarefas".to_owned()];
        let contacts = StreamSettings {
            columns: Some(vec!["id".to_owned(), "nome".to_owned(), "cnpj".to_owned()]),
            exclude: vec!["enderecos.enderecos_cep".to_owned()],
            ..StreamSettings::default()
        };
        settings.streams = BTreeMap::from([("contatos".to_owned(), contacts)]);
        settings.drift = Drift::DiscardValue;
    });
    trial.complete_run();
    let rows = trial.rows("contatos");
    assert_eq!(rows.len(), Size::TINY.contatos);
    for row in &rows {
        let names: Vec<&str> =
            row.keys().map(String::as_str).filter(|name| !name.starts_with("_favo")).collect();
        let allowed = ["cnpj", "dataatualizacao", "id", "nome"];
        assert!(names.iter().all(|name| allowed.contains(name)), "{names:?}");
    }
    let mut expected = trial.expected();
    expected
        .retain(|table, _| table.starts_with("nectarcrm_contatos") || table.starts_with("nectarcrm_tarefas"));
    for (table, rows) in &mut expected {
        for row in rows.values_mut() {
            row.remove("_favo_extra");
            match table.as_str() {
                "nectarcrm_contatos" => {
                    row.retain(|name, _| ["cnpj", "dataatualizacao", "id", "nome"].contains(&name.as_str()));
                }
                "nectarcrm_contatos_enderecos" => drop(row.remove("enderecos_cep")),
                _ => {}
            }
        }
    }
    let found = favo_connector::testing::differences(&expected, &trial.settings.to);
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(trial.rows("contatos_enderecos").iter().all(|row| !row.contains_key("enderecos_cep")));
    assert!(
        warehouse::read(&trial.settings.to, "nectarcrm_oportunidades").is_none_or(|rows| rows.is_empty())
    );
    let asked = trial.source.log();
    assert!(
        asked.iter().all(|one| !one.path.contains("oportunidades")),
        "what is not selected is not asked for"
    );
}
