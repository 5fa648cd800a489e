//! The tables as the streams of a protocol: names, keys, how they are read, and their JSON Schema.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::Result;
use crate::schema::{self, Column, Origin, Schema, StreamSchema, Table, Type};
use crate::settings::{Children, Mode, Settings, SourceKind};
use crate::tables::{Reading, Stream};

/// What differs between the protocols in a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flavor {
    /// Plain JSON Schema with formats.
    Singer,
    /// With `airbyte_type`.
    Airbyte,
}

impl Flavor {
    /// The property in which targets of the protocol look for the moment of a deletion.
    pub(super) fn deleted_property(self) -> &'static str {
        match self {
            Self::Singer => "_sdc_deleted_at",
            Self::Airbyte => "_ab_cdc_deleted_at",
        }
    }
}

/// How a stream is read, in Singer's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// Everything in every run; what is not there any more is gone.
    FullTable,
    /// What changed; deletes are not seen.
    Incremental,
    /// By the change feed; deletes are seen.
    LogBased,
}

impl Method {
    /// How that stream is read under these settings.
    pub(super) fn of(settings: &Settings, stream: &Stream) -> Self {
        let own = settings.streams.get(stream.name).and_then(|settings| settings.mode);
        match (own.unwrap_or(settings.mode), settings.source, stream.reading) {
            (Mode::Full, ..) => Self::FullTable,
            (_, SourceKind::Favo, _) => Self::LogBased,
            (_, _, Reading::Whole) => Self::FullTable,
            _ => Self::Incremental,
        }
    }

    /// As Singer spells it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::FullTable => "FULL_TABLE",
            Self::Incremental => "INCREMENTAL",
            Self::LogBased => "LOG_BASED",
        }
    }
}

/// What of the tables is sent.
#[derive(Debug, Clone, Default)]
pub(super) struct Choice {
    /// Names of the tables that have messages of their own; none: all.
    pub(super) tables: Option<BTreeSet<String>>,
    /// Table and property that are left out.
    pub(super) hidden: BTreeSet<(String, String)>,
}

impl Choice {
    /// Whether records of that table are sent.
    pub(super) fn sends(&self, table: &str) -> bool {
        self.tables.as_ref().is_none_or(|tables| tables.contains(table))
    }

    /// Whether that property is sent.
    pub(super) fn shows(&self, table: &str, property: &str) -> bool {
        // Pairs are few and asked for while a run is set up, never for a record.
        !self.hidden.iter().any(|(one, other)| one == table && other == property)
    }
}

/// One stream of the protocol.
#[derive(Debug, Clone)]
pub(super) struct Published {
    /// Name: that of the table, prefix included.
    pub(super) name: String,
    /// The stream its rows come from.
    pub(super) stream: &'static Stream,
    /// Position of the table in it.
    pub(super) table: usize,
    /// Columns that identify a row.
    pub(super) key: Vec<String>,
    /// The column that tells the last change.
    pub(super) cursor: Option<String>,
    /// How it is read.
    pub(super) method: Method,
    /// JSON Schema of a record.
    pub(super) schema: Value,
    /// For each property, where it comes from: position of the table in the stream, and of the column; none for a whole table.
    pub(super) properties: Vec<(String, usize, Option<usize>)>,
}

/// The physical tables that these settings stand for.
pub(super) fn schema_of(settings: &Settings) -> Result<Schema> {
    schema::build(&schema::Selection {
        layout: settings.layout,
        table_prefix: settings.table_prefix.clone(),
        own_prefix: settings.own_prefix.clone(),
        zone: settings.zone.clone(),
        tables: settings.tables.clone(),
        streams: settings.streams.clone(),
        drift: std::collections::BTreeMap::new(),
    })
}

/// The streams of the protocol, in the order of the schema: main tables, each followed by its children if they are streams of their own.
pub(super) fn published(
    settings: &Settings,
    schema: &Schema,
    choice: &Choice,
    flavor: Flavor,
) -> Vec<Published> {
    let mut all = Vec::new();
    for stream in &schema.streams {
        for at in 0..stream.tables.len() {
            if at > 0 && settings.children == Children::Nested {
                break;
            }
            if choice.sends(&stream.tables[at].name) {
                all.push(publish(settings, schema, stream, at, choice, flavor));
            }
        }
    }
    all
}

fn publish(
    settings: &Settings,
    schema: &Schema,
    stream: &StreamSchema,
    at: usize,
    choice: &Choice,
    flavor: Flavor,
) -> Published {
    let table = &stream.tables[at];
    let method = Method::of(settings, stream.stream);
    let mut properties = Map::new();
    let mut origins = Vec::new();
    for (position, column) in table.columns.iter().enumerate() {
        if choice.shows(&table.name, &column.name) {
            properties.insert(column.name.clone(), property(column, table.key.contains(&position), flavor));
            origins.push((column.name.clone(), at, Some(position)));
        }
    }
    if at == 0 && settings.children == Children::Nested {
        for (child, nested) in stream.tables.iter().enumerate().skip(1) {
            let name = array_name(schema, stream, child);
            if choice.shows(&table.name, &name) {
                properties.insert(name.clone(), array(nested, flavor));
                origins.push((name, child, None));
            }
        }
    }
    if at == 0 && method == Method::LogBased {
        let mut deleted = of_type(Type::Instant, false, flavor);
        deleted.insert("description".to_owned(), json!("When the record was found to be deleted"));
        properties.insert(flavor.deleted_property().to_owned(), Value::Object(deleted));
    }
    let mut schema = json!({"type": "object", "properties": properties});
    if flavor == Flavor::Airbyte {
        // Destinations refuse rows over properties they were not told of unless they are allowed to come.
        schema["additionalProperties"] = json!(true);
    }
    Published {
        name: table.name.clone(),
        stream: stream.stream,
        table: at,
        key: table.key.iter().map(|&position| table.columns[position].name.clone()).collect(),
        cursor: if at == 0 {
            stream.cursor.map(|position| table.columns[position].name.clone())
        } else {
            None
        },
        method,
        schema,
        properties: origins,
    }
}

/// Name of the array that holds the rows of a child table inside its record: what the table's name adds to the stream's, or the whole name without prefix where
/// a column is called that already.
pub(super) fn array_name(schema: &Schema, stream: &StreamSchema, child: usize) -> String {
    let main = &stream.tables[0];
    let full = &stream.tables[child].name;
    let bare = full.strip_prefix(schema.table_prefix.as_str()).unwrap_or(full);
    let suffix =
        full.strip_prefix(main.name.as_str()).and_then(|rest| rest.strip_prefix('_')).unwrap_or(bare);
    // The catalogue decides, not the selection: the name must not change because a column was left out.
    let taken = main.position(suffix).is_some()
        || stream.stream.main().columns.iter().any(|column| column.name == suffix)
        || suffix == "campospersonalizados";
    if taken { bare.to_owned() } else { suffix.to_owned() }
}

/// Whether a column of a child table says nothing inside its record: the owner is the record, the position that in the array.
pub(super) fn implied(column: &Column) -> bool {
    matches!(column.origin, Origin::OwnerId | Origin::Position | Origin::RunId | Origin::DeletedAt)
}

fn array(table: &Table, flavor: Flavor) -> Value {
    let properties: Map<String, Value> = table
        .columns
        .iter()
        .filter(|column| !implied(column))
        .map(|column| (column.name.clone(), property(column, false, flavor)))
        .collect();
    json!({
        "type": ["null", "array"],
        "description": table.title,
        "items": {"type": ["null", "object"], "properties": properties},
    })
}

fn property(column: &Column, key: bool, flavor: Flavor) -> Value {
    let mut property = of_type(column.kind, key, flavor);
    property.insert("description".to_owned(), json!(column.description));
    Value::Object(property)
}

fn of_type(kind: Type, key: bool, flavor: Flavor) -> Map<String, Value> {
    let mut property = Map::new();
    let name = match kind {
        Type::BigInt => "integer",
        // No `multipleOf`: readers that parse into binary floats take 0.29 / 0.000001 for no whole number and refuse three amounts of ten.
        Type::Double | Type::Numeric => "number",
        Type::Boolean => "boolean",
        Type::Json => "object",
        Type::Text | Type::Instant | Type::Civil | Type::Hash => "string",
    };
    let names = match (kind, key, flavor) {
        (_, true, _) => json!([name]),
        // Custom fields are kept as the source sent them, and some sources send a list. Airbyte has no name for "one or the other".
        (Type::Json, false, Flavor::Singer) => json!(["null", "object", "array"]),
        (_, false, _) => json!(["null", name]),
    };
    property.insert("type".to_owned(), names);
    if matches!(kind, Type::Instant | Type::Civil) {
        property.insert("format".to_owned(), json!("date-time"));
        if flavor == Flavor::Airbyte {
            let zone = if kind == Type::Instant { "with" } else { "without" };
            property.insert("airbyte_type".to_owned(), json!(format!("timestamp_{zone}_timezone")));
        }
    }
    property
}
