//! The oracle: the rows a warehouse must hold, made from the source's records by another way than the product's: trees of values walked by the table list of the
//! specification, a copy of which stands beside the repository; nothing of `tables`, `schema` or `flatten` is used.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::json::{Json, decimal};
use super::model::Model;
use crate::schema::Layout;

/// A value as it must arrive, whatever the destination's way to spell it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// True or false.
    Flag(bool),
    /// An exact number, in plain decimals.
    Number(String),
    /// A binary double.
    Double(f64),
    /// Text.
    Text(String),
    /// A moment, micros since 1970 UTC.
    Moment(i64),
    /// A wall-clock time, micros since 1970 of the wall.
    Civil(i64),
    /// JSON, compared by meaning.
    Json(Json),
}

/// A row by column.
pub type Row = BTreeMap<String, Value>;

/// Rows of a table by record and position in it; main rows have the position 0.
pub type Rows = BTreeMap<(i64, i64), Row>;

/// Tables by full name.
pub type Tables = BTreeMap<String, Rows>;

const PREFIX: &str = "nectarcrm_";

struct SeedColumn {
    name: String,
    kind: String,
    path: String,
    fallback: Option<String>,
    /// A tax number that the seed makes a float.
    document: bool,
}

struct SeedTable {
    name: String,
    resource: String,
    array: Option<String>,
    columns: Vec<SeedColumn>,
}

/// The table list of the specification.
fn seed() -> &'static [SeedTable] {
    static SEED: OnceLock<Vec<SeedTable>> = OnceLock::new();
    SEED.get_or_init(|| {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/spec/warehouse_tables.json");
        let text = std::fs::read_to_string(path).expect("the table list stands beside the repository");
        let list = Json::parse(&text).expect("the table list is JSON");
        list.elements().iter().map(seed_table).collect()
    })
}

fn string(value: &Json, path: &str) -> Option<String> {
    match value.some(path) {
        Some(Json::Text(text)) => Some(text.clone()),
        _ => None,
    }
}

fn seed_table(table: &Json) -> SeedTable {
    let array = string(table, "source.array");
    let columns = table.get("columns").map_or(&[][..], Json::elements).iter().map(|column| {
        let name = string(column, "name").unwrap_or_default();
        SeedColumn {
            kind: string(column, "type").unwrap_or_default(),
            path: string(column, "path").unwrap_or_default(),
            fallback: string(column, "fallback"),
            document: name.ends_with("_cnpj") && string(column, "type").as_deref() == Some("float"),
            name,
        }
    });
    SeedTable {
        name: string(table, "table").unwrap_or_default(),
        resource: string(table, "source.resource").unwrap_or_default(),
        columns: columns.collect(),
        array,
    }
}

/// The tables that a warehouse in step with the source holds: rows of living records only. The columns are those of the specification, and in the layout `exact`
/// the JSON and child tables that the design adds; columns about the run itself are not among them.
pub fn expected_tables(model: &Model, layout: Layout) -> Tables {
    let mut tables = Tables::new();
    for table in seed() {
        let rows = tables.entry(table.name.clone()).or_default();
        if table.resource == "proposta" {
            for opportunity in model.ids("oportunidades") {
                for proposal in model.proposals(opportunity) {
                    let id = id(proposal).unwrap_or_default();
                    let mut row = seed_row(table, proposal, proposal, layout);
                    if row.get("oportunidade_id") == Some(&Value::Null) {
                        row.insert("oportunidade_id".to_owned(), number(&opportunity.to_string(), layout));
                    }
                    rest(table, proposal, layout, &mut row);
                    rows.insert((id, 0), row);
                }
            }
            continue;
        }
        for entry in model.entries(&table.resource).iter().filter(|entry| !entry.deleted) {
            match &table.array {
                None => {
                    let mut row = seed_row(table, &entry.body, &entry.body, layout);
                    rest(table, &entry.body, layout, &mut row);
                    if layout == Layout::Exact && table.resource != "pipeline" {
                        let custom = entry.body.some("camposPersonalizados").cloned();
                        row.insert(
                            "campospersonalizados".to_owned(),
                            custom.map_or(Value::Null, Value::Json),
                        );
                    }
                    rows.insert((entry.id, 0), row);
                }
                Some(array) => {
                    let elements = entry.body.some(array).map_or(&[][..], Json::elements);
                    for (position, element) in elements.iter().enumerate() {
                        let mut row = seed_row(table, &entry.body, element, layout);
                        rest(table, element, layout, &mut row);
                        rows.insert((entry.id, position as i64), row);
                    }
                }
            }
        }
    }
    if layout == Layout::Exact {
        added_tables(model, &mut tables);
    }
    tables
}

fn id(record: &Json) -> Option<i64> {
    match record.some("id")? {
        Json::Number(text) | Json::Text(text) => text.parse().ok(),
        _ => None,
    }
}

fn seed_row(table: &SeedTable, record: &Json, element: &Json, layout: Layout) -> Row {
    let mut row = Row::new();
    let marker = table.array.as_ref().map(|array| format!("{array}[]."));
    let find = |path: &str| match &marker {
        Some(marker) => match path.strip_prefix(marker.as_str()) {
            Some(below) => element.some(below),
            None => record.some(path),
        },
        None => record.some(path),
    };
    for column in &table.columns {
        let value = find(&column.path).or_else(|| column.fallback.as_deref().and_then(find));
        row.insert(column.name.clone(), value.map_or(Value::Null, |value| convert(column, value, layout)));
        if column.document && layout == Layout::Kondado {
            let text = value.map_or(Value::Null, |value| text(value, layout));
            row.insert(format!("{}_texto", column.name), text);
        }
    }
    row
}

fn convert(column: &SeedColumn, value: &Json, layout: Layout) -> Value {
    match column.kind.as_str() {
        "float" if column.document && layout == Layout::Exact => text(value, layout),
        "float" if column.document => digits(value),
        "float" => match value {
            Json::Number(spelling) | Json::Text(spelling) => number(spelling, layout),
            _ => Value::Null,
        },
        "boolean" => flag(value),
        "timestamp" => moment(value).map_or(Value::Null, |at| placed(at, layout)),
        _ => text(value, layout),
    }
}

fn number(spelling: &str, layout: Layout) -> Value {
    let Some(plain) = decimal(spelling) else { return Value::Null };
    match layout {
        Layout::Exact => Value::Number(plain),
        Layout::Kondado => plain.parse().map_or(Value::Null, Value::Double),
    }
}

fn digits(value: &Json) -> Value {
    let Json::Text(text) = value else { return Value::Null };
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if text.chars().any(char::is_alphabetic) || digits.is_empty() {
        return Value::Null;
    }
    digits.parse().map_or(Value::Null, Value::Double)
}

fn flag(value: &Json) -> Value {
    match value {
        Json::Bool(flag) => Value::Flag(*flag),
        Json::Number(text) | Json::Text(text) => match text.to_lowercase().as_str() {
            "true" | "1" => Value::Flag(true),
            "false" | "0" => Value::Flag(false),
            _ => Value::Null,
        },
        _ => Value::Null,
    }
}

fn text(value: &Json, _: Layout) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Text(flag.to_string()),
        Json::Number(spelling) => Value::Text(spelling.clone()),
        Json::Text(text) => Value::Text(text.replace('\0', "\u{fffd}")),
        other => Value::Json(other.clone()),
    }
}

fn zone() -> TimeZone {
    TimeZone::get("America/Sao_Paulo").unwrap_or(TimeZone::UTC)
}

fn placed(moment: Timestamp, layout: Layout) -> Value {
    match layout {
        Layout::Exact => Value::Moment(moment.as_microsecond()),
        Layout::Kondado => {
            let wall = moment.to_zoned(zone()).datetime();
            let wall = wall.to_zoned(TimeZone::UTC).map(|wall| wall.timestamp().as_microsecond());
            wall.map_or(Value::Null, Value::Civil)
        }
    }
}

/// Any form of section 3.2, by the parsers of a library.
fn moment(value: &Json) -> Option<Timestamp> {
    let text = match value {
        Json::Text(text) | Json::Number(text) => text.as_str(),
        _ => return None,
    };
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Timestamp::from_millisecond(text.parse().ok()?).ok();
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    for form in ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%dT%H:%M%:z"] {
        if let Ok(moment) = Timestamp::strptime(form, text) {
            return Some(moment);
        }
    }
    let here = |wall: DateTime| wall.to_zoned(zone()).ok().map(|zoned: Zoned| zoned.timestamp());
    for form in ["%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M"] {
        if let Ok(wall) = DateTime::strptime(form, text) {
            return here(wall);
        }
    }
    let day = Date::strptime("%d/%m/%Y", text).or_else(|_| Date::strptime("%Y-%m-%d", text)).ok()?;
    here(day.at(0, 0, 0, 0))
}

/// `_favo_extra`: what is left of the record or element when everything that has a place of its own is taken away.
fn rest(table: &SeedTable, record: &Json, layout: Layout, row: &mut Row) {
    if layout == Layout::Kondado {
        return;
    }
    let marker = table.array.as_ref().map_or(String::new(), |array| format!("{array}[]."));
    let mut left = record.clone();
    for column in &table.columns {
        for path in std::iter::once(&column.path).chain(&column.fallback) {
            if let Some(below) = path.strip_prefix(marker.as_str()) {
                left.remove(below);
            }
        }
    }
    if table.array.is_none() {
        for other in seed().iter().filter(|other| other.resource == table.resource) {
            if let Some(array) = &other.array {
                left.remove(array);
            }
        }
        if table.resource != "pipeline" && table.resource != "proposta" {
            left.remove("camposPersonalizados");
            left.remove("camposPersonalizadosObject");
        }
    }
    // Objects of which every member has a place say nothing any more; objects that came empty do not either.
    let known: Vec<&str> = table
        .columns
        .iter()
        .flat_map(|column| std::iter::once(&column.path).chain(&column.fallback))
        .filter_map(|path| path.strip_prefix(marker.as_str())?.rsplit_once('.').map(|(parent, _)| parent))
        .collect();
    for parent in known {
        if left
            .at(parent)
            .is_some_and(|value| value.members().iter().all(|(_, member)| *member == Json::Null))
            && matches!(left.at(parent), Some(Json::Object(_)))
        {
            left.remove(parent);
        }
    }
    let value = without_nulls(left);
    row.insert("_favo_extra".to_owned(), value.map_or(Value::Null, Value::Json));
}

/// Members that are null are left out; arrays keep theirs, since positions mean something there.
fn without_nulls(value: Json) -> Option<Json> {
    let Json::Object(members) = value else { return Some(value) };
    let members: Vec<(String, Json)> =
        members.into_iter().filter(|(_, value)| *value != Json::Null).collect();
    if members.is_empty() { None } else { Some(Json::Object(members)) }
}

/// The tables of the layout `exact` that the seed does not have.
fn added_tables(model: &Model, tables: &mut Tables) {
    for array in ["emails", "telefones"] {
        let rows = tables.entry(format!("{PREFIX}contatos_{array}")).or_default();
        for entry in model.entries("contatos").iter().filter(|entry| !entry.deleted) {
            for (position, element) in
                entry.body.some(array).map_or(&[][..], Json::elements).iter().enumerate()
            {
                let mut row = Row::new();
                row.insert("contato_id".to_owned(), Value::Number(entry.id.to_string()));
                row.insert("valor".to_owned(), text(element, Layout::Exact));
                rows.insert((entry.id, position as i64), row);
            }
        }
    }
    for (resource, owner) in [
        ("contatos", "contato_id"),
        ("oportunidades", "id_oportunidade"),
        ("qualificacoes", "qualificacao_id"),
        ("tarefas", "tarefa_id"),
        ("compromissos", "compromisso_id"),
        ("produto", "produto_dependente_id"),
    ] {
        let stream = if resource == "produto" { "produtos" } else { resource };
        let rows = tables.entry(format!("{PREFIX}{stream}_campospersonalizados")).or_default();
        for entry in model.entries(resource).iter().filter(|entry| !entry.deleted) {
            let values = entry.body.some("camposPersonalizados").map_or(&[][..], Json::members);
            for (position, (label, value)) in values.iter().enumerate() {
                let row = custom_row(model, resource, label, value, owner, entry.id);
                rows.insert((entry.id, position as i64), row);
            }
        }
    }
}

fn custom_row(model: &Model, resource: &str, label: &str, value: &Json, owner: &str, id: i64) -> Row {
    let entity = match resource {
        "contatos" => "Contato",
        "oportunidades" => "Oportunidade",
        "qualificacoes" => "Qualificacao",
        "tarefas" => "Tarefa",
        "compromissos" => "Compromisso",
        _ => "Produto",
    };
    let definition = model.fields().iter().find(|field| {
        string(field, "nome").as_deref() == Some(label)
            && string(field, "relacionado").as_deref() == Some(entity)
    });
    let part = |path: &str| definition.and_then(|field| field.some(path)).cloned();
    let kind = match part("tipo") {
        Some(Json::Number(kind)) => kind.parse().unwrap_or(-1),
        _ => -1,
    };
    let spelled = match value {
        Json::Text(text) => text.clone(),
        _ => String::new(),
    };
    let day = Date::strptime("%d/%m/%Y", &spelled).ok().filter(|_| kind == 2);
    let whole = |value: Option<Json>| {
        value.map_or(Value::Null, |value| match value {
            Json::Number(text) => Value::Number(text),
            _ => Value::Null,
        })
    };
    let mut row = Row::new();
    let mut put = |name: &str, value: Value| row.insert(name.to_owned(), value);
    put(owner, Value::Number(id.to_string()));
    put("campo_id", whole(part("id")));
    put("alias", part("alias").map_or(Value::Null, |alias| text(&alias, Layout::Exact)));
    put("nome", Value::Text(label.to_owned()));
    put("tipo", whole(part("tipo")));
    put("texto", text(value, Layout::Exact));
    put("numero", if matches!(kind, 0 | 3 | 9 | 12) { number(&spelled, Layout::Exact) } else { Value::Null });
    put(
        "data",
        day.and_then(|day| day.to_zoned(zone()).ok())
            .map_or(Value::Null, |day| placed(day.timestamp(), Layout::Exact)),
    );
    put("booleano", if kind == 4 { flag(value) } else { Value::Null });
    row
}
