//! What the flattening promises, record by record.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value as Json;

use super::scan::DEPTH;
use super::speed::{LINEAGE, fields, pages, schema};
use super::*;
use crate::schema::{Layout, Mask, Origin, Type};

/// A row, by name of column; columns without a value are left out.
type Row = BTreeMap<String, String>;

struct Stream {
    schema: StreamSchema,
    flattener: Flattener,
}

impl Stream {
    fn new(name: &str, layout: Layout) -> Self {
        Self::of(schema(name, layout))
    }

    fn of(schema: StreamSchema) -> Self {
        let flattener = Flattener::new(&schema, "America/Sao_Paulo", &fields()).unwrap();
        Self { schema, flattener }
    }

    fn try_rows(&mut self, body: &str, lineage: &Lineage) -> Result<Vec<(String, Row)>> {
        let mut records = Vec::new();
        self.flattener.records(body, &mut records)?;
        let mut rows = Vec::new();
        for record in &records {
            self.flattener.rows(record, lineage, &mut |table, cells| {
                let table = &self.schema.tables[table];
                assert_eq!(table.columns.len(), cells.len());
                let mut row = Row::new();
                for (column, cell) in table.columns.iter().zip(cells) {
                    fits(column.kind, cell);
                    if *cell != Cell::Null {
                        row.insert(column.name.clone(), shown(cell));
                    }
                }
                rows.push((table.name.trim_start_matches("nectarcrm_").to_owned(), row));
                Ok(())
            })?;
        }
        Ok(rows)
    }

    fn rows(&mut self, body: &str) -> Vec<(String, Row)> {
        self.try_rows(body, &LINEAGE).unwrap()
    }

    /// The only row of that table.
    fn row(&mut self, body: &str, table: &str) -> Row {
        let mut rows: Vec<Row> =
            self.rows(body).into_iter().filter(|(name, _)| name == table).map(|(_, row)| row).collect();
        assert_eq!(rows.len(), 1, "{rows:?}");
        rows.remove(0)
    }

    fn events(&mut self) -> Vec<(String, &'static str, u64, Option<String>)> {
        let (events, _) = self.flattener.notices(1, 1);
        events.into_iter().map(|event| (event.path, event.event, event.count, event.sample)).collect()
    }
}

/// The promises of `cell.rs`.
fn fits(kind: Type, cell: &Cell<'_>) {
    match (kind, cell) {
        (_, Cell::Null)
        | (Type::Boolean, Cell::Boolean(_))
        | (Type::BigInt, Cell::Integer(_))
        | (Type::Instant | Type::Civil, Cell::Micros(_))
        | (Type::Hash, Cell::Hash(_)) => {}
        (Type::Double, Cell::Double(value)) => assert!(value.is_finite()),
        (Type::Numeric, Cell::Decimal(text)) => {
            let mut out = String::new();
            assert_eq!(number::decimal(text, &mut out), Ok(true), "{text}");
        }
        (Type::Text, Cell::Text(text)) => {
            assert!(!text.text.contains('\0'));
            if text.plain {
                assert!(!text.text.contains(|c: char| c < ' ' || c == '"' || c == '\\'), "{text:?}");
            }
        }
        (Type::Json, Cell::Json(text)) => {
            assert!(!text.contains('\0') && !text.contains("\\u0000"), "{text}");
            let value: Json = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
            drop(value);
        }
        other => panic!("{other:?}"),
    }
}

fn shown(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Null => "-".to_owned(),
        Cell::Boolean(value) => value.to_string(),
        Cell::Integer(value) => value.to_string(),
        Cell::Double(value) => format!("{value:?}"),
        Cell::Decimal(text) | Cell::Json(text) => (*text).to_owned(),
        Cell::Text(text) => text.text.to_owned(),
        Cell::Micros(at) => crate::moment::rfc3339_text(*at),
        Cell::Hash(value) => format!("{value:032x}"),
    }
}

fn found(body: &str) -> Result<Vec<Record<'_>>> {
    let mut flattener = Flattener::new(&schema("contatos", Layout::Exact), "America/Sao_Paulo", &[]).unwrap();
    let mut records = Vec::new();
    flattener.records(body, &mut records)?;
    Ok(records)
}

fn get<'r>(row: &'r Row, column: &str) -> Option<&'r str> {
    row.get(column).map(String::as_str)
}

#[test]
fn a_page_gives_its_records_with_id_and_moments() {
    let page = " [ {\"id\": 7 , \"dataAtualizacao\":\"2026-03-02T17:45:10.512Z\",\"dataCriacao\":\"02/03/2026\"},\n\
                {\"nome\":\"x\",\"id\":\"12\"},{\"id\":12.0},{\"id\":null},{\"id\":true},{\"\\u0069d\":9},{} ] ";
    let records = found(page).unwrap();
    let ids: Vec<_> = records.iter().map(|record| record.id).collect();
    assert_eq!(ids, [Some(7), Some(12), Some(12), None, None, Some(9), None]);
    assert_eq!(records[0].updated, Some(1_772_473_510_512_000));
    assert_eq!(records[0].created, Some(1_772_420_400_000_000));
    assert_eq!(records[0].raw, &page[3..=page.find("},").unwrap()]);
    assert_eq!(found("{\"id\":1}").unwrap().len(), 1);
    assert_eq!(found(" [ ] ").unwrap().len(), 0);
}

#[test]
fn what_is_no_list_of_records_is_a_broken_contract() {
    for body in ["", "  ", "null", "12", "\"texto\"", "<html>erro</html>"] {
        let Err(Error::Contract(message)) = found(body) else { panic!("{body}") };
        assert!(message.contains(body), "{message}");
    }
    let long = "é".repeat(1000);
    let Err(Error::Contract(message)) = found(&long) else { panic!() };
    assert!(message.chars().count() < 200);
    for (body, offset) in [
        ("[{\"id\":1}", 9),
        ("[{\"id\":1},", 10),
        ("[{\"id\":1},]", 10),
        ("[{\"id\":1}]x", 10),
        ("[{\"id\":1} {\"id\":2}]", 10),
        ("{\"id\"}", 5),
        ("{\"id\":}", 6),
        ("{\"id\":1", 7),
        ("{\"nome\":\"meio", 13),
        ("{\"a\":[1,2}", 9),
        ("{\"a\":{\"b\":1]}", 11),
        ("{\"a\":01}", 6),
        ("{\"a\":1.}", 7),
        ("{\"a\":1e}", 7),
        ("{\"a\":-}", 6),
        ("{\"a\":tru}", 5),
        ("{\"a\":\"\\x\"}", 6),
        ("{\"a\":\"\\u12g4\"}", 6),
        ("{a:1}", 1),
        ("{\"a\":1,}", 7),
    ] {
        let Err(Error::Contract(message)) = found(body) else { panic!("{body}") };
        assert!(message.contains(&format!("at byte {offset},")), "{body}: {message}");
    }
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(DEPTH as usize + 1), "]".repeat(DEPTH as usize + 1));
    assert!(found(&deep).is_err());
    let fair = format!("{{\"a\":{}{}}}", "[".repeat(DEPTH as usize - 1), "]".repeat(DEPTH as usize - 1));
    assert!(found(&fair).is_ok());
}

#[test]
fn elements_that_are_no_objects_are_rejected_and_the_others_read() {
    let mut stream = Stream::new("contatos", Layout::Exact);
    assert_eq!(stream.rows("[1,{\"id\":2},\"x\",null,[3]]").len(), 1);
    let (_, rejected) = stream.flattener.notices(4, 5);
    let raw: Vec<_> = rejected.iter().map(|one| one.raw.as_str()).collect();
    assert_eq!(raw, ["1", "\"x\"", "null", "[3]"]);
    assert_eq!((rejected[0].run, rejected[0].at, rejected[0].stream.as_str()), (4, 5, "contatos"));
    assert!(stream.flattener.notices(4, 5).1.is_empty());
}

#[test]
fn another_type_or_label_of_a_custom_field_is_another_hash_where_rows_are_made_by_it() {
    let hash = |layout, fields: &[CustomField]| {
        let schema = schema("contatos", layout);
        let mut flattener = Flattener::new(&schema, "America/Sao_Paulo", fields).unwrap();
        let mut records = Vec::new();
        flattener.records(r#"[{"id":1,"camposPersonalizados":{"Porte":"3"}}]"#, &mut records).unwrap();
        records[0].hash
    };
    let mut changed = fields();
    changed[0].kind += 1;
    let mut turned = fields();
    turned.reverse();
    assert_ne!(hash(Layout::Exact, &fields()), hash(Layout::Exact, &changed));
    assert_eq!(hash(Layout::Exact, &fields()), hash(Layout::Exact, &turned));
    assert_eq!(hash(Layout::Kondado, &fields()), hash(Layout::Kondado, &changed));
}

#[test]
fn the_hash_ignores_the_order_of_keys_and_nothing_else() {
    let hash = |text: &str| found(text).unwrap()[0].hash;
    let one = hash(r#"{"id":1,"nome":"a","emails":["x","y"]}"#);
    assert_eq!(one, hash(r#"{"emails":["x","y"],"id":1,"nome":"a"}"#));
    for other in [
        r#"{"id":1,"nome":"b","emails":["x","y"]}"#,
        r#"{"id":1,"nome":"a","emails":["y","x"]}"#,
        r#"{"id":1,"nome":"a"}"#,
        r#"{"id":1,"nome":"a","emails":["x","y"],"novo":null}"#,
        r#"{"id":1,"nome":["x","y"],"emails":"a"}"#,
        r#"{"id":1,"nome":"a","nome":"a","emails":["x","y"]}"#,
    ] {
        assert_ne!(one, hash(other), "{other}");
    }
    let mut other_shape = schema("contatos", Layout::Exact);
    other_shape.fingerprint ^= 1;
    let mut flattener = Flattener::new(&other_shape, "UTC", &[]).unwrap();
    let mut records = Vec::new();
    flattener.records(r#"{"id":1,"nome":"a","emails":["x","y"]}"#, &mut records).unwrap();
    assert_ne!(one, records[0].hash);
}

#[test]
fn a_contact_becomes_its_row_and_the_rows_of_its_children_in_order() {
    let mut stream = Stream::new("contatos", Layout::Exact);
    let page = pages(1).remove(0);
    let rows = stream.rows(&page);
    let tables: Vec<&str> = rows.iter().take(11).map(|(table, _)| table.as_str()).collect();
    assert_eq!(
        tables,
        [
            "contatos",
            "contatos_contatos",
            "contatos_contatos",
            "contatos_contatos",
            "contatos_enderecos",
            "contatos_enderecos",
            "contatos_emails",
            "contatos_telefones",
            "contatos_telefones",
            "contatos_campospersonalizados",
            "contatos_campospersonalizados",
        ]
    );
    assert_eq!(rows.len(), 200 * 11);
    let (_, main) = &rows[9 * 11];
    assert_eq!(get(main, "id"), Some("10"));
    assert_eq!(get(main, "observacao"), Some("Prefere entrega cedo\nCuidado com o \"cão\""));
    assert_eq!(get(main, "receitaanual"), Some("70.5"));
    assert_eq!(get(main, "responsavel_login"), Some("bruna@aurora.example"));
    assert_eq!(get(main, "emails"), Some("[\"contato10@aurora.example\"]"));
    assert_eq!(get(main, "dataatualizacao"), Some("2026-03-11T17:45:10.512Z"));
    assert_eq!(
        get(main, "_favo_extra"),
        Some(
            r#"{"codigo":"AUR-10","telefone":"+5548990000010","telefonePrincipal":"+5548990000010","sigiloso":false}"#
        )
    );
    let (_, person) = &rows[9 * 11 + 2];
    assert_eq!(get(person, "contato_id"), Some("10"));
    assert_eq!(get(person, "contatos_id"), Some("101"));
    assert_eq!(get(person, "_favo_position"), Some("1"));
    let (_, street) = &rows[9 * 11 + 4];
    assert_eq!(
        get(street, "_favo_extra"),
        Some("{\"municipio\":\"Florianópolis\",\"estado\":\"Santa Catarina\"}")
    );
    let (_, money) = &rows[9 * 11 + 10];
    assert_eq!(get(money, "numero"), Some("10.00"));
    assert_eq!(get(money, "nome"), Some("Limite de crédito"));
}

#[test]
fn the_same_rows_come_whether_or_not_the_page_is_remembered() {
    let page = pages(1).remove(0);
    let mut stream = Stream::new("contatos", Layout::Exact);
    let at_once = stream.rows(&page);
    let mut records = Vec::new();
    stream.flattener.records(&page, &mut records).unwrap();
    let mut nothing = Vec::new();
    stream.flattener.records("[]", &mut nothing).unwrap();
    let mut later = 0;
    for record in records.iter().rev() {
        stream
            .flattener
            .rows(record, &LINEAGE, &mut |_, _| {
                later += 1;
                Ok(())
            })
            .unwrap();
    }
    assert_eq!(later, at_once.len());
    // A record whose bytes are others than those at the remembered place.
    let copy = page.clone();
    let mut twice = Vec::new();
    stream.flattener.records(&copy, &mut twice).unwrap();
    let forged = Record { raw: twice[0].raw, hash: 1, ..twice[0] };
    let mut count = 0;
    stream
        .flattener
        .rows(&forged, &LINEAGE, &mut |_, _| {
            count += 1;
            Ok(())
        })
        .unwrap();
    assert_eq!(count, 11);
}

#[test]
fn columns_take_every_form_of_their_type() {
    let mut stream = Stream::new("contatos", Layout::Exact);
    let row = stream.row(
        r#"{"id":"5","constante":"3","ativo":1,"blocked":"0","isEmpresa":"TRUE","receitaAnual":"1.5e3","dataCriacao":1772473510512,
            "dataAtualizacao":"02/03/2026 14:45","nome":12.50,"cnpj":false,"observacao":{ "a" : [ 1 , "x y" ] },"compromissos":"","skype":""}"#,
        "contatos",
    );
    for (column, wanted) in [
        ("id", Some("5")),
        ("constante", Some("3")),
        ("ativo", Some("true")),
        ("blocked", Some("false")),
        ("isempresa", Some("true")),
        ("empresa", Some("true")),
        ("receitaanual", Some("1500")),
        ("datacriacao", Some("2026-03-02T17:45:10.512Z")),
        ("dataatualizacao", Some("2026-03-02T17:45:00.000Z")),
        ("nome", Some("12.50")),
        ("cnpj", Some("false")),
        ("observacao", Some(r#"{"a":[1,"x y"]}"#)),
        ("compromissos", None),
        ("skype", Some("")),
        ("_favo_extra", None),
    ] {
        assert_eq!(get(&row, column), wanted, "{column}");
    }
    assert_eq!(stream.events(), []);
}

#[test]
fn the_layout_of_the_seed_has_doubles_and_wall_clocks() {
    let mut stream = Stream::new("contatos", Layout::Kondado);
    let row = stream.row(
        r#"{"id":5,"receitaAnual":0.1,"dataCriacao":"2026-03-02T17:45:10.512Z","contaPai":{"cnpj":"11.222.333/0001-44","id":"8"},
            "empresaAtual":{"cnpj":"12.ABC.345/01DE-35"},"novo":1}"#,
        "contatos",
    );
    for (column, wanted) in [
        ("id", Some("5.0")),
        ("receitaanual", Some("0.1")),
        ("datacriacao", Some("2026-03-02T14:45:10.512Z")),
        ("contatopai_cnpj", Some("11222333000144.0")),
        ("contatopai_cnpj_texto", Some("11.222.333/0001-44")),
        ("contatopai_id", Some("8.0")),
        ("empresaatual_cnpj", None),
        ("empresaatual_cnpj_texto", Some("12.ABC.345/01DE-35")),
        ("_favo_extracted_at", Some("2023-11-14T19:13:20.000Z")),
    ] {
        assert_eq!(get(&row, column), wanted, "{column}");
    }
    assert!(!row.contains_key("_favo_extra"));
    assert_eq!(stream.flattener.drift()[0].name, "novo");
}

#[test]
fn the_second_spelling_is_read_when_the_first_is_absent_or_null_in_either_order() {
    let mut stream = Stream::new("contatos", Layout::Exact);
    for (body, wanted) in [
        (r#"{"id":1,"email":"a","emailPrincipal":"b"}"#, ("a", "b")),
        (r#"{"id":1,"emailPrincipal":"b","email":"a"}"#, ("a", "b")),
        (r#"{"id":1,"email":null,"emailPrincipal":"b"}"#, ("b", "b")),
        (r#"{"id":1,"emailPrincipal":"b","email":null}"#, ("b", "b")),
        (r#"{"id":1,"email":"a"}"#, ("a", "a")),
    ] {
        let row = stream.row(body, "contatos");
        assert_eq!(
            (get(&row, "email"), get(&row, "emailprincipal")),
            (Some(wanted.0), Some(wanted.1)),
            "{body}"
        );
        assert_eq!(get(&row, "_favo_extra"), None, "{body}");
    }
}

#[test]
fn what_does_not_fit_is_null_kept_in_the_rest_and_told_once() {
    let mut stream = Stream::new("contatos", Layout::Exact);
    let body = r#"{"id":1,"constante":"lead","receitaAnual":123456789012345,"dataCriacao":"ontem","responsavel":{"id":[1],"nome":"x","foto":"f.png"},"autor":"bruna","ativo":2}"#;
    let row = stream.row(body, "contatos");
    stream.row(body, "contatos");
    for column in ["constante", "receitaanual", "datacriacao", "responsavel_id", "ativo", "autor_nome"] {
        assert_eq!(get(&row, column), None, "{column}");
    }
    assert_eq!(get(&row, "responsavel_nome"), Some("x"));
    assert_eq!(
        get(&row, "_favo_extra"),
        Some(
            r#"{"constante":"lead","receitaAnual":123456789012345,"dataCriacao":"ontem","responsavel":{"id":[1],"foto":"f.png"},"autor":"bruna","ativo":2}"#
        )
    );
    let mut events = stream.events();
    events.sort();
    let sample = |text: &str| Some(text.to_owned());
    assert_eq!(
        events,
        [
            ("ativo".to_owned(), "type_conflict", 2, sample("2")),
            ("autor".to_owned(), "type_conflict", 2, sample("\"bruna\"")),
            ("constante".to_owned(), "type_conflict", 2, sample("\"lead\"")),
            ("dataCriacao".to_owned(), "type_conflict", 2, sample("\"ontem\"")),
            ("receitaAnual".to_owned(), "value_out_of_range", 2, sample("123456789012345")),
            ("responsavel.foto".to_owned(), "unknown_field", 2, sample("\"f.png\"")),
            ("responsavel.id".to_owned(), "type_conflict", 2, sample("[1]")),
        ]
    );
    assert_eq!(stream.events(), []);
    stream.row(r#"{"id":1,"responsavel":{"foto":"g.png"}}"#, "contatos");
    assert_eq!(stream.events(), [("responsavel.foto".to_owned(), "unknown_field", 1, sample("\"g.png\""))]);
}

#[test]
fn unknown_scalars_could_become_columns_of_the_kind_of_their_first_value() {
    let mut stream = Stream::new("contatos", Layout::Exact);
    stream.rows(
        r#"[{"id":1,"novo":null,"Código ERP":"7","pontos":1,"nota":1.5,"vip":true,"listas":[{"id":1}],"responsavel":{"Foto":"x"},"responsavel_foto":"y",
            "lat":-23.55051990001,"Nome":"n","contatos":[{"apelido":"z","emails":["a"]}]},
           {"id":2,"novo":3,"pontos":2.5}]"#,
    );
    let drift: Vec<_> = stream
        .flattener
        .drift()
        .into_iter()
        .map(|column| (column.table, column.path, column.name, format!("{:?}", column.kind)))
        .collect();
    let wanted = [
        ("contatos", "Código ERP", "código_erp", "Text"),
        ("contatos", "pontos", "pontos", "Integer"),
        ("contatos", "nota", "nota", "Decimal"),
        ("contatos", "vip", "vip", "Flag"),
        ("contatos", "responsavel.Foto", "responsavel_foto", "Text"),
        ("contatos", "responsavel_foto", "responsavel_foto_2", "Text"),
        ("contatos", "lat", "lat", "Text"),
        ("contatos", "Nome", "nome_2", "Text"),
        ("contatos_contatos", "apelido", "apelido", "Text"),
        ("contatos", "novo", "novo", "Integer"),
    ];
    let wanted: Vec<_> = wanted
        .iter()
        .map(|(table, path, name, kind)| {
            ((*table).to_owned(), (*path).to_owned(), (*name).to_owned(), (*kind).to_owned())
        })
        .collect();
    assert_eq!(drift, wanted);
    // With the columns added, the values leave the rest.
    let selection = crate::schema::Selection {
        zone: "America/Sao_Paulo".to_owned(),
        own_prefix: "_favo_".to_owned(),
        tables: vec!["contatos".to_owned()],
        drift: BTreeMap::from([("contatos".to_owned(), stream.flattener.drift())]),
        ..Default::default()
    };
    let evolved = crate::schema::build(&selection).unwrap().streams.remove(0);
    let mut stream = Stream::of(evolved);
    let row = stream.row(r#"{"id":2,"novo":3,"responsavel":{"Foto":"x"},"lat":-23.55051990001}"#, "contatos");
    assert_eq!(get(&row, "novo"), Some("3"));
    assert_eq!(get(&row, "responsavel_foto"), Some("x"));
    assert_eq!(get(&row, "lat"), Some("-23.55051990001"));
    assert_eq!(get(&row, "_favo_extra"), None);
    assert_eq!(stream.flattener.drift(), []);
}

#[test]
fn the_last_of_two_equal_keys_counts_at_every_depth() {
    let mut stream = Stream::new("contatos", Layout::Exact);
    let rows = stream.rows(
        r#"{"id":1,"nome":"a","nome":"b","responsavel":{"nome":"x","nome":null},"skype":"s","skype":null,"x":1,"x":2,
            "contatos":[{"id":3,"nome":"c","nome":"d","y":1,"y":2},{"id":4}],"emails":["1"],"emails":["2"]}"#,
    );
    assert_eq!(rows.len(), 4);
    let (_, main) = &rows[0];
    assert_eq!(get(main, "nome"), Some("b"));
    assert_eq!(get(main, "responsavel_nome"), None);
    assert_eq!(get(main, "skype"), None);
    assert_eq!(get(main, "_favo_extra"), Some("{\"x\":2}"));
    assert_eq!(get(&rows[1].1, "contatos_nome"), Some("d"));
    assert_eq!(get(&rows[1].1, "_favo_extra"), Some("{\"y\":2}"));
    assert_eq!(get(&rows[2].1, "contatos_id"), Some("4"));
    assert_eq!(get(&rows[3].1, "valor"), Some("2"));
    // The only member that repeats is an object at the end.
    let row = stream.row(r#"{"id":1,"responsavel":{"nome":"x"},"responsavel":{"id":2}}"#, "contatos");
    assert_eq!((get(&row, "responsavel_nome"), get(&row, "responsavel_id")), (None, Some("2")));
}

#[test]
fn children_come_from_arrays_and_from_what_stands_in_their_place() {
    let mut stream = Stream::new("contatos", Layout::Exact);
    let rows = stream.rows(
        r#"{"id":1,"contatos":[null,{"id":2},7,{"id":3}],"enderecos":{"id":4,"logradouro":"Rua"},"emails":[null,""," ","a",5],"telefones":"t","contatosPai":null,"empresasAtuais":"x"}"#,
    );
    let brief: Vec<_> = rows[1..]
        .iter()
        .map(|(table, row)| (table.trim_start_matches("contatos_"), get(row, "_favo_position").unwrap()))
        .collect();
    assert_eq!(
        brief,
        [
            ("contatos", "1"),
            ("contatos", "3"),
            ("enderecos", "0"),
            ("emails", "3"),
            ("emails", "4"),
            ("telefones", "0")
        ]
    );
    assert_eq!(get(&rows[3].1, "enderecos_endereco"), Some("Rua"));
    let (_, rejected) = stream.flattener.notices(1, 1);
    let reasons: Vec<_> = rejected.iter().map(|one| (one.reason.as_str(), one.raw.as_str())).collect();
    assert_eq!(
        reasons,
        [
            ("element 2 of contatos in record 1 is no object", "7"),
            ("element 0 of empresasAtuais in record 1 is no object", "\"x\""),
        ]
    );
}

#[test]
fn custom_fields_are_joined_with_their_definitions() {
    let mut stream = Stream::new("contatos", Layout::Exact);
    let field = |id, alias: &str, name: &str, kind| CustomField {
        id,
        alias: alias.to_owned(),
        name: name.to_owned(),
        kind,
        entity: "Contato".to_owned(),
    };
    let fields = [
        field(1, "valor", "Valor", 3),
        field(2, "nascimento", "Nascimento", 2),
        field(3, "vip", "É VIP?", 4),
        field(4, "indicador", "Indicador", 9),
        field(5, "vazio", "Vazio", 1),
    ];
    stream.flattener = Flattener::new(&stream.schema, "UTC", &fields).unwrap();
    let rows = stream.rows(
        r#"{"id":1,"camposPersonalizados":{"Valor":"R$ 1.250,00","nascimento":"04/11/2018","É VIP?":"true","Vazio":"","Texto Livre":"a\nb"},
            "camposPersonalizadosObject":{"valor":{"id":9,"valor":"R$ 1.250,00"},"indicador":{"id":8,"valor":"Lia","idRelacionado":77},"texto_livre":{"valor":"a\nb"},"outro":{"valor":"só aqui"}}}"#,
    );
    let brief: Vec<String> = rows[1..]
        .iter()
        .map(|(_, row)| {
            ["campo_id", "alias", "nome", "tipo", "texto", "numero", "data", "booleano"]
                .map(|column| get(row, column).unwrap_or("-"))
                .join("|")
        })
        .collect();
    assert_eq!(
        brief,
        [
            "1|valor|Valor|3|R$ 1.250,00|1250.00|-|-",
            "2|nascimento|Nascimento|2|04/11/2018|-|2018-11-04T03:00:00.000Z|-",
            "3|vip|É VIP?|4|true|-|-|true",
            "-|texto_livre|Texto Livre|-|a\nb|-|-|-",
            "4|indicador|Indicador|9|Lia|77|-|-",
            "-|outro|-|-|só aqui|-|-|-",
        ]
    );
    assert_eq!(get(&rows[0].1, "_favo_extra"), None);
    assert!(get(&rows[0].1, "campospersonalizados").unwrap().starts_with("{\"Valor\":\"R$ 1.250,00\","));
}

#[test]
fn proposals_name_the_opportunity_that_was_asked_about() {
    let asked = Lineage { parent: Some(33), ..LINEAGE };
    for (layout, wanted) in [(Layout::Exact, "33"), (Layout::Kondado, "33.0")] {
        let mut stream = Stream::new("propostas", layout);
        let rows = stream
            .try_rows(
                r#"[{"id":1},{"id":2,"oportunidade":{"id":44}},{"id":3,"oportunidade":{"id":null}}]"#,
                &asked,
            )
            .unwrap();
        let parents: Vec<_> = rows.iter().map(|(_, row)| get(row, "oportunidade_id").unwrap()).collect();
        assert_eq!(parents, [wanted, wanted.replace("33", "44").as_str(), wanted]);
    }
}

fn masked(masks: &[(&str, Mask)]) -> Stream {
    let mut settings = crate::settings::StreamSettings::default();
    settings.mask.extend(masks.iter().map(|(name, mask)| ((*name).to_owned(), *mask)));
    let selection = crate::schema::Selection {
        zone: "America/Sao_Paulo".to_owned(),
        own_prefix: "_favo_".to_owned(),
        tables: vec!["contatos".to_owned()],
        streams: BTreeMap::from([("contatos".to_owned(), settings)]),
        ..Default::default()
    };
    Stream::of(crate::schema::build(&selection).unwrap().streams.remove(0))
}

#[test]
fn masked_values_appear_nowhere_in_the_clear() {
    let mut stream = masked(&[
        ("cnpj", Mask::Hash),
        ("receitaanual", Mask::Hash),
        ("constante", Mask::Null),
        ("responsavel_nome", Mask::Null),
        ("autor_nome", Mask::Hash),
        ("emails.valor", Mask::Hash),
        ("emails", Mask::Null),
        ("enderecos.enderecos_cep", Mask::Null),
    ]);
    let body = r#"{"id":1,"cnpj":"segr\u0065do","receitaAnual":"segredo","constante":"segredo","responsavel":{"nome":"segredo"},"autor":"segredo","emails":["segredo\u0000"],"enderecos":["segredo"]}"#;
    let rows = stream.rows(body);
    let (events, rejected) = stream.flattener.notices(1, 1);
    assert!(
        !format!("{rows:?} {events:?} {rejected:?}").contains("segredo"),
        "{rows:?} {events:?} {rejected:?}"
    );
    let expected = format!("{:032x}", xxhash_rust::xxh3::xxh3_128(b"segredo"));
    assert_eq!(get(&rows[0].1, "cnpj"), Some(expected.as_str()));
    assert_eq!(get(&rows[0].1, "receitaanual"), Some(expected.as_str()));
    assert_eq!(get(&rows[0].1, "constante"), None);
}

#[test]
fn columns_that_people_left_out_do_not_come_back_in_the_rest() {
    let mut settings = crate::settings::StreamSettings::default();
    settings.exclude.extend([
        "cnpj".to_owned(),
        "responsavel_nome".to_owned(),
        "enderecos.enderecos_cep".to_owned(),
    ]);
    let selection = crate::schema::Selection {
        zone: "UTC".to_owned(),
        own_prefix: "_favo_".to_owned(),
        tables: vec!["contatos".to_owned()],
        streams: BTreeMap::from([("contatos".to_owned(), settings)]),
        ..Default::default()
    };
    let mut stream = Stream::of(crate::schema::build(&selection).unwrap().streams.remove(0));
    let rows = stream.rows(r#"{"id":1,"cnpj":"segredo","responsavel":{"nome":"segredo","id":4},"enderecos":[{"cep":"segredo","bairro":"b"}]}"#);
    assert!(!format!("{rows:?}").contains("segredo"), "{rows:?}");
    assert_eq!(get(&rows[1].1, "_favo_extra"), Some("{\"bairro\":\"b\"}"));
    assert_eq!(stream.events().len(), 1);
}

#[test]
fn nul_characters_are_replaced_and_told() {
    let mut stream = Stream::new("contatos", Layout::Exact);
    let row = stream.row("{\"id\":1,\"nome\":\"a\\u0000b\",\"skype\":\"c\0d\",\"emails\":[],\"camposPersonalizados\":{\"x\":\"\\u0000\"},\"z\":\"\\u0000\"}", "contatos");
    assert_eq!(get(&row, "nome"), Some("a\u{fffd}b"));
    assert_eq!(get(&row, "skype"), Some("c\u{fffd}d"));
    assert_eq!(get(&row, "campospersonalizados"), Some("{\"x\":\"\\ufffd\"}"));
    assert_eq!(get(&row, "_favo_extra"), Some("{\"z\":\"\\ufffd\"}"));
    let mut paths: Vec<_> = stream.events().into_iter().map(|(path, event, ..)| (path, event)).collect();
    paths.sort();
    let wanted = [
        ("camposPersonalizados", "nul_replaced"),
        ("nome", "nul_replaced"),
        ("skype", "nul_replaced"),
        ("z", "nul_replaced"),
        ("z", "unknown_field"),
    ];
    assert_eq!(paths, wanted.map(|(path, event)| (path.to_owned(), event)));
}

#[test]
fn an_object_used_as_a_map_does_not_fill_memory() {
    let mut stream = Stream::new("contatos", Layout::Exact);
    for record in 0..100 {
        let members: Vec<String> = (0..100).map(|nth| format!("\"k{}\":1", record * 100 + nth)).collect();
        let row = stream.row(&format!("{{\"id\":1,{}}}", members.join(",")), "contatos");
        let rest: BTreeMap<String, Json> = serde_json::from_str(get(&row, "_favo_extra").unwrap()).unwrap();
        assert_eq!(rest.len(), 100);
    }
    assert!(stream.events().len() <= 512);
}

#[test]
fn an_error_of_the_destination_ends_the_record() {
    let page = pages(1).remove(0);
    let mut stream = Stream::new("contatos", Layout::Exact);
    let mut records = Vec::new();
    stream.flattener.records(&page, &mut records).unwrap();
    for stop in 0..11 {
        let mut seen = 0;
        let outcome = stream.flattener.rows(&records[3], &LINEAGE, &mut |_, _| {
            seen += 1;
            if seen > stop { Err(Error::Destination("full".to_owned())) } else { Ok(()) }
        });
        assert_eq!(outcome, Err(Error::Destination("full".to_owned())));
        assert_eq!(seen, stop + 1);
    }
}

/// Any JSON value.
fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_filter("finite", |value| value.is_finite()).prop_map(Json::from),
        "\\PC{0,12}|[\\x01-\\x7f]{0,20}|[a-z\"\\\\\n]{0,40}".prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
            prop::collection::btree_map("\\PC{0,6}|[a-z]{1,12}", inner, 0..6)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

/// Like a contact: known keys with any value.
fn contact() -> impl Strategy<Value = Json> {
    let keys = prop::sample::select(vec![
        "id",
        "nome",
        "ativo",
        "constante",
        "receitaAnual",
        "dataCriacao",
        "responsavel",
        "contatoPai",
        "contaPai",
        "email",
        "emailPrincipal",
        "emails",
        "contatos",
        "enderecos",
        "camposPersonalizados",
        "camposPersonalizadosObject",
        "novo",
    ]);
    prop::collection::btree_map(keys, json(), 0..12)
        .prop_map(|map| Json::Object(map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_scanner_accepts_what_serde_json_writes_and_finds_its_end(value in json(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let mut scan = Scanner::new(&text);
        prop_assert_eq!(scan.value(0, DEPTH), Some(text.len()), "{:?}", scan.fault);
        let followed = format!("{text}, ");
        prop_assert_eq!(Scanner::new(&followed).value(0, DEPTH), Some(text.len()));
        let mut compact = String::new();
        text::compact(&text, &mut compact);
        // Read back on both sides, since serde_json does not round-trip every double.
        let read = |text: &str| serde_json::from_str::<Json>(text).unwrap();
        prop_assert_eq!(read(&compact), read(&text));
        if !compact.contains("\\ufffd") {
            prop_assert_eq!(compact, serde_json::to_string(&value).unwrap());
        }
    }

    #[test]
    fn the_scanner_refuses_what_serde_json_refuses(value in json(), cut in 0_usize..200, put in "[\\]\\[{}\",:0-9eE.+\\- a-u\\\\]{0,2}") {
        let mut text = serde_json::to_string(&value).unwrap();
        let at = text.floor_char_boundary(cut.min(text.len()));
        text.insert_str(at, &put);
        let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        let text = text.trim();
        let ours = Scanner::new(text).value(0, DEPTH) == Some(text.len());
        prop_assert_eq!(ours, theirs, "{}", text);
    }

    #[test]
    fn no_record_makes_the_flattening_panic_and_the_rest_is_json(value in contact(), layout in prop::sample::select(vec![Layout::Exact, Layout::Kondado])) {
        let mut stream = Stream::new("contatos", layout);
        stream.rows(&serde_json::to_string_pretty(&value).unwrap());
        let _ = stream.flattener.notices(1, 1);
        let _ = stream.flattener.drift();
    }

    #[test]
    fn hashes_do_not_depend_on_the_order_of_keys(value in contact(), turn in 0_usize..12) {
        let mut members: Vec<String> = value.as_object().unwrap().iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        let one = format!("{{{}}}", members.join(","));
        let length = members.len().max(1);
        members.rotate_left(turn % length);
        members.reverse();
        let other = format!("{{{}}}", members.join(","));
        prop_assert_eq!(found(&one).unwrap()[0].hash, found(&other).unwrap()[0].hash);
    }

    #[test]
    fn nothing_of_a_record_is_lost(value in contact()) {
        // Every scalar of the main record that is not null stands in a column, in the rest, or in a row of a child table.
        let mut stream = Stream::new("contatos", Layout::Exact);
        let text = value.to_string();
        let value: Json = serde_json::from_str(&text).unwrap();
        let rows = stream.rows(&text);
        let (_, main) = &rows[0];
        let rest: Json = get(main, "_favo_extra").map_or(Json::Null, |rest| serde_json::from_str(rest).unwrap());
        for (key, column) in [("nome", "nome"), ("constante", "constante"), ("ativo", "ativo"), ("dataCriacao", "datacriacao"), ("receitaAnual", "receitaanual"), ("novo", "")] {
            let Some(given) = value.get(key).filter(|given| !given.is_null()) else { continue };
            let blank = given.as_str().is_some_and(|text| text.trim().is_empty());
            let kept = rest.get(key).is_some_and(|kept| kept == given || kept.to_string().contains("\u{fffd}"));
            prop_assert!(blank || kept || main.contains_key(column), "{} of {}", key, text);
        }
    }
}

#[test]
fn every_stream_has_a_plan_in_both_layouts() {
    for stream in &crate::tables::STREAMS {
        for layout in [Layout::Exact, Layout::Kondado] {
            let mut one = Stream::new(stream.name, layout);
            let row = one.rows("{\"id\":1,\"desconhecido\":{\"a\":1}}").remove(0).1;
            let has_rest = one.schema.tables[0].position_of(&Origin::Rest).is_some();
            assert_eq!(has_rest, layout == Layout::Exact);
            assert_eq!(get(&row, "_favo_extra"), has_rest.then_some("{\"desconhecido\":{\"a\":1}}"));
        }
    }
}
