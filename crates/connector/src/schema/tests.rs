//! The tables of both layouts against the seed's, name by name and type by type, and what selections do to them.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::*;
use crate::Error;
use crate::settings::StreamSettings;
use crate::state::{DriftColumn, DriftKind};
use crate::tables::STREAMS;

const SEED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/spec/warehouse_tables.json");

fn selection(layout: Layout) -> Selection {
    Selection {
        layout,
        table_prefix: "nectarcrm_".to_owned(),
        own_prefix: "_favo_".to_owned(),
        zone: "America/Sao_Paulo".to_owned(),
        ..Selection::default()
    }
}

fn with(stream: &str, settings: StreamSettings) -> Selection {
    Selection { streams: BTreeMap::from([(stream.to_owned(), settings)]), ..selection(Layout::Exact) }
}

fn names(table: &Table) -> Vec<&str> {
    table.columns.iter().map(|column| column.name.as_str()).collect()
}

/// The seed's tables; none where the specification is not at hand.
fn seed() -> Option<Vec<Json>> {
    let text = std::fs::read_to_string(SEED).ok()?;
    Some(serde_json::from_str(&text).unwrap())
}

/// The seed's path of a column as the catalogue writes it.
fn path_of(column: &Json, key: &str, array: Option<&str>) -> Option<String> {
    let path = column[key].as_str()?;
    Some(match array {
        Some(array) => match path.strip_prefix(&format!("{array}[].")) {
            Some(inner) => inner.to_owned(),
            None => format!("^{path}"),
        },
        None => path.to_owned(),
    })
}

#[test]
fn sixteen_tables_and_377_columns_are_those_of_the_seed_in_its_order() {
    let Some(seed) = seed() else {
        println!("skipped: {SEED} does not exist");
        return;
    };
    let kondado = build(&selection(Layout::Kondado)).unwrap();
    let exact = build(&selection(Layout::Exact)).unwrap();
    let mut tables = 0;
    let mut columns = 0;
    for wanted in &seed {
        let name = wanted["table"].as_str().unwrap();
        let find = |schema: &Schema| {
            schema
                .streams
                .iter()
                .flat_map(|stream| &stream.tables)
                .find(|table| table.name == name)
                .cloned()
                .unwrap()
        };
        let (ours, theirs) = (find(&exact), find(&kondado));
        assert_eq!(theirs.title, wanted["title"].as_str().unwrap());
        let array = wanted["source"]["array"].as_str();
        assert_eq!(
            theirs.rows,
            array.map_or(Rows::Records, |array| Rows::Elements(array.trim_end_matches("[]").to_owned())),
            "{name}"
        );
        let array = array.map(|array| array.trim_end_matches("[]"));
        let wanted_columns = wanted["columns"].as_array().unwrap();
        for (position, column) in wanted_columns.iter().enumerate() {
            let label = column["name"].as_str().unwrap();
            assert_eq!(
                (theirs.columns[position].name.as_str(), ours.columns[position].name.as_str()),
                (label, label),
                "{name}"
            );
            let kind = match column["type"].as_str().unwrap() {
                "float" => Type::Double,
                "text" => Type::Text,
                "boolean" => Type::Boolean,
                "timestamp" => Type::Civil,
                other => panic!("{other}"),
            };
            assert_eq!(theirs.columns[position].kind, kind, "{name}.{label}");
            let exact_kind = ours.columns[position].kind;
            match kind {
                Type::Double => {
                    assert!(
                        matches!(exact_kind, Type::BigInt | Type::Numeric | Type::Text),
                        "{name}.{label}"
                    );
                }
                Type::Civil => assert_eq!(exact_kind, Type::Instant, "{name}.{label}"),
                same => assert_eq!(exact_kind, same, "{name}.{label}"),
            }
            let origin = &ours.columns[position].origin;
            match path_of(column, "path", array).unwrap() {
                owner if owner == "^id" => assert_eq!(*origin, Origin::OwnerId, "{name}.{label}"),
                path => {
                    let fallback = path_of(column, "fallback", array);
                    assert_eq!(
                        *origin,
                        Origin::Member { path, fallback, digits_only: false },
                        "{name}.{label}"
                    );
                }
            }
            let references = column["references"]["table"].as_str().map(str::to_owned);
            assert_eq!(ours.columns[position].references, references, "{name}.{label}");
            columns += 1;
        }
        let more: Vec<&str> = names(&theirs)[wanted_columns.len()..]
            .iter()
            .copied()
            .filter(|name| !name.starts_with("_favo_"))
            .collect();
        let documents: &[&str] = if name == "nectarcrm_contatos" {
            &["contatopai_cnpj_texto", "empresaatual_cnpj_texto"]
        } else {
            &[]
        };
        assert_eq!(more, documents, "{name}");
        if let Some(cursor) = wanted["cursor"].as_str().filter(|_| array.is_none()) {
            let stream = kondado.streams.iter().find(|stream| stream.tables[0].name == name).unwrap();
            // A cursor that the service does not honour as a filter is still the moment of the last change.
            assert_eq!(
                stream.cursor.map(|at| stream.tables[0].columns[at].name.as_str()),
                Some(cursor),
                "{name}"
            );
        }
        tables += 1;
    }
    assert_eq!((tables, columns), (16, 377));
    assert_eq!(kondado.streams.iter().map(|stream| stream.tables.len()).sum::<usize>(), 16);
}

#[test]
fn the_exact_layout_adds_tables_for_texts_and_custom_fields() {
    let schema = build(&selection(Layout::Exact)).unwrap();
    let contacts = &schema.streams[schema.position("contatos").unwrap()];
    let tables: Vec<&str> = contacts.tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(
        tables,
        [
            "nectarcrm_contatos",
            "nectarcrm_contatos_contatos",
            "nectarcrm_contatos_enderecos",
            "nectarcrm_contatos_contatospai",
            "nectarcrm_contatos_empresasatuais",
            "nectarcrm_contatos_emails",
            "nectarcrm_contatos_telefones",
            "nectarcrm_contatos_campospersonalizados",
        ]
    );
    assert_eq!(
        names(&contacts.tables[5]),
        ["contato_id", "valor", "_favo_position", "_favo_run_id", "_favo_deleted_at"]
    );
    assert_eq!(
        contacts.tables[0]
            .columns
            .iter()
            .rev()
            .take(6)
            .map(|column| column.name.as_str())
            .collect::<Vec<_>>(),
        [
            "_favo_extra",
            "_favo_deleted_at",
            "_favo_hash",
            "_favo_loaded_at",
            "_favo_extracted_at",
            "_favo_run_id"
        ]
    );
    for (stream, owner) in [
        ("oportunidades", "id_oportunidade"),
        ("qualificacoes", "qualificacao_id"),
        ("tarefas", "tarefa_id"),
        ("compromissos", "compromisso_id"),
        ("produtos", "produto_dependente_id"),
    ] {
        let stream = &schema.streams[schema.position(stream).unwrap()];
        assert_eq!(stream.tables.last().unwrap().columns[0].name, owner);
    }
}

#[test]
fn keys_owners_and_indexes_point_at_the_right_columns() {
    for layout in [Layout::Exact, Layout::Kondado] {
        for stream in build(&selection(layout)).unwrap().streams {
            for (position, table) in stream.tables.iter().enumerate() {
                let mut seen = std::collections::HashSet::new();
                assert!(names(table).iter().all(|name| seen.insert(*name)), "{}", table.name);
                assert!(names(table).iter().all(|name| *name == name.to_lowercase() && name.len() <= 63));
                if position == 0 {
                    assert_eq!(table.columns[table.owner].name, "id");
                    assert_eq!(table.key, [table.owner]);
                    assert!(stream.cursor.is_none_or(|at| table.indexed.contains(&at)));
                } else {
                    assert_eq!(table.columns[table.owner].origin, Origin::OwnerId);
                    assert_eq!(table.key, [table.owner, table.position_of(&Origin::Position).unwrap()]);
                }
            }
        }
    }
}

#[test]
fn a_table_selects_its_stream_and_an_unknown_one_is_refused() {
    let of = |tables: &[&str]| {
        let tables = tables.iter().map(|name| (*name).to_owned()).collect();
        build(&Selection { tables, ..selection(Layout::Exact) })
            .map(|schema| schema.streams.iter().map(|stream| stream.stream.name).collect::<Vec<_>>())
    };
    assert_eq!(of(&["nectarcrm_contatos_enderecos", "pipelines"]).unwrap(), ["pipelines", "contatos"]);
    assert_eq!(of(&["contatos_emails", "contatos"]).unwrap(), ["contatos"]);
    assert_eq!(of(&["oportunidades_propostas"]).unwrap(), ["propostas"]);
    assert_eq!(of(&["propostas"]).unwrap(), ["propostas"]);
    assert_eq!(of(&[]).unwrap().len(), STREAMS.len());
    let Err(Error::Configuration(message)) = of(&["contato"]) else { panic!() };
    assert!(message.contains("contatos") && message.contains("contato;"), "{message}");
    let unknown = with("contato", StreamSettings::default());
    assert!(matches!(build(&unknown), Err(Error::Configuration(_))));
    // A prefix that is the beginning of a name.
    let short = Selection {
        table_prefix: "c".to_owned(),
        tables: vec!["contatos".to_owned()],
        ..selection(Layout::Exact)
    };
    assert_eq!(build(&short).unwrap().streams[0].tables[0].name, "ccontatos");
}

#[test]
fn chosen_columns_keep_id_and_cursor_and_leave_children_alone() {
    let settings = StreamSettings {
        columns: Some(vec!["contatos.nome".to_owned(), "cnpj".to_owned()]),
        exclude: vec!["enderecos.enderecos_cep".to_owned(), "contatos_contatos.contatos_cargo".to_owned()],
        ..StreamSettings::default()
    };
    let schema =
        build(&Selection { tables: vec!["contatos".to_owned()], ..with("contatos", settings) }).unwrap();
    let stream = &schema.streams[0];
    let bare: Vec<&str> =
        names(&stream.tables[0]).into_iter().filter(|name| !name.starts_with("_favo_")).collect();
    assert_eq!(bare, ["id", "cnpj", "dataatualizacao", "nome"]);
    assert_eq!(stream.cursor, Some(2));
    assert!(stream.tables[1].position("contatos_cargo").is_none());
    assert!(stream.tables[1].position("contatos_nome").is_some());
    assert!(stream.tables[2].position("enderecos_cep").is_none());
    assert!(stream.tables[2].position("enderecos_numero").is_some());
}

#[test]
fn columns_that_nobody_knows_or_that_identify_rows_are_refused() {
    let exclude = |name: &str| {
        let exclude = vec![name.to_owned()];
        build(&with("contatos", StreamSettings { exclude, ..StreamSettings::default() }))
    };
    for name in [
        "nada",
        "enderecos.nada",
        "nada.nome",
        "_favo_hash",
        "enderecos._favo_position",
        "id",
        "enderecos.contato_id",
        "dataatualizacao",
    ] {
        assert!(matches!(exclude(name), Err(Error::Configuration(_))), "{name}");
    }
    assert!(exclude("_favo_extra").unwrap().streams[2].tables[0].position("_favo_extra").is_none());
    for (name, mask) in [
        ("id", Mask::Hash),
        ("dataatualizacao", Mask::Null),
        ("enderecos.contato_id", Mask::Hash),
        ("_favo_hash", Mask::Null),
        ("nada", Mask::Null),
    ] {
        let mut settings = StreamSettings::default();
        settings.mask.insert(name.to_owned(), mask);
        assert!(matches!(build(&with("contatos", settings)), Err(Error::Configuration(_))), "{name}");
    }
    let mut settings = StreamSettings::default();
    settings.mask.insert("constante".to_owned(), Mask::Hash);
    settings.mask.insert("contatos.cnpj".to_owned(), Mask::Null);
    let schema = build(&with("contatos", settings)).unwrap();
    let main = &schema.streams[2].tables[0];
    let constante = &main.columns[main.position("constante").unwrap()];
    assert_eq!((constante.kind, constante.mask), (Type::Text, Some(Mask::Hash)));
    assert_eq!(main.columns[main.position("cnpj").unwrap()].mask, Some(Mask::Null));
}

#[test]
fn drift_adds_columns_once_and_never_shadows_one() {
    let column = |table: &str, path: &str, name: &str, kind| DriftColumn {
        table: table.to_owned(),
        path: path.to_owned(),
        name: name.to_owned(),
        kind,
    };
    let drift = vec![
        column("contatos", "codigo", "codigo", DriftKind::Text),
        column("contatos", "pontos", "pontos", DriftKind::Decimal),
        column("contatos_enderecos", "bairro", "bairro", DriftKind::Text),
        column("contatos", "Nome", "nome", DriftKind::Text),
        column("contatos", "codigo", "codigo", DriftKind::Text),
    ];
    let drift = BTreeMap::from([("contatos".to_owned(), drift)]);
    let schema = build(&Selection { drift, ..selection(Layout::Exact) }).unwrap();
    let stream = &schema.streams[schema.position("contatos").unwrap()];
    let count = |name: &str| names(&stream.tables[0]).iter().filter(|one| **one == name).count();
    assert_eq!((count("codigo"), count("pontos"), count("nome")), (1, 1, 1));
    assert_eq!(stream.tables[0].columns[stream.tables[0].position("pontos").unwrap()].kind, Type::Numeric);
    assert!(stream.tables[2].position("bairro").is_some());
}

#[test]
fn the_fingerprint_changes_with_whatever_changes_the_rows() {
    let of = |selection: &Selection| {
        let schema = build(selection).unwrap();
        schema.streams[schema.position("contatos").unwrap()].fingerprint
    };
    let usual = selection(Layout::Exact);
    let mut seen = vec![of(&usual)];
    assert_eq!(of(&usual), seen[0]);
    let mut masked = StreamSettings::default();
    masked.mask.insert("cnpj".to_owned(), Mask::Hash);
    let fewer = StreamSettings { exclude: vec!["cnpj".to_owned()], ..StreamSettings::default() };
    for other in [
        selection(Layout::Kondado),
        with("contatos", masked),
        with("contatos", fewer),
        Selection { zone: "UTC".to_owned(), ..selection(Layout::Exact) },
    ] {
        let print = of(&other);
        assert!(!seen.contains(&print));
        seen.push(print);
    }
}
