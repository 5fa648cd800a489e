//! Makes the physical tables out of the catalogue, a layout and what people selected.

use std::collections::BTreeMap;
use std::fmt::Write;

use xxhash_rust::xxh3::xxh3_64;

use super::{Column, CustomPart, Layout, Mask, Origin, Rows, Schema, StreamSchema, Table, Type};
use crate::settings::StreamSettings;
use crate::state::{DriftColumn, DriftKind};
use crate::tables::{self, Kind, STREAMS, Stream};
use crate::{Error, Result};

/// What decides the shape of the tables.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// The layout.
    pub layout: Layout,
    /// Prefix of the tables.
    pub table_prefix: String,
    /// Prefix of the columns and tables of our own.
    pub own_prefix: String,
    /// Zone of wall-clock times.
    pub zone: String,
    /// Selected streams or tables, with or without prefix; empty means all.
    pub tables: Vec<String>,
    /// Deviations by stream.
    pub streams: BTreeMap<String, StreamSettings>,
    /// Columns that drift added, by stream.
    pub drift: BTreeMap<String, Vec<DriftColumn>>,
}

/// Builds the tables. A name that is not in the catalogue is a configuration error that lists what there is.
pub fn build(selection: &Selection) -> Result<Schema> {
    let mut streams = Vec::new();
    let wanted = wanted_streams(selection)?;
    for name in selection.streams.keys() {
        if tables::stream(name).is_none() {
            return Err(unknown("stream", name, &names(&STREAMS)));
        }
    }
    for stream in &STREAMS {
        if wanted.contains(&stream.name) {
            streams.push(build_stream(selection, stream)?);
        }
    }
    Ok(Schema {
        layout: selection.layout,
        table_prefix: selection.table_prefix.clone(),
        own_prefix: selection.own_prefix.clone(),
        zone: selection.zone.clone(),
        streams,
    })
}

fn names(streams: &[Stream]) -> String {
    streams.iter().map(|stream| stream.name).collect::<Vec<_>>().join(", ")
}

fn unknown(what: &str, name: &str, there_is: &str) -> Error {
    Error::Configuration(format!("there is no {what} named {name}; there is: {there_is}"))
}

/// The streams that the selected names stand for. A child table brings its whole stream: its rows come with the records.
fn wanted_streams(selection: &Selection) -> Result<Vec<&'static str>> {
    if selection.tables.is_empty() {
        return Ok(STREAMS.iter().map(|stream| stream.name).collect());
    }
    let mut wanted = Vec::new();
    for name in &selection.tables {
        // As typed first: a prefix may be the beginning of a name.
        let spellings = [Some(name.as_str()), name.strip_prefix(selection.table_prefix.as_str())];
        let found = spellings
            .into_iter()
            .flatten()
            .find_map(|bare| {
                STREAMS.iter().find(|stream| {
                    stream.name == bare
                        || stream.tables.iter().any(|table| table.name == bare)
                        || own_tables(stream).iter().any(|own| own == bare)
                })
            })
            .ok_or_else(|| unknown("table or stream", name, &names(&STREAMS)))?;
        wanted.push(found.name);
    }
    Ok(wanted)
}

/// Names of the tables that the layout `exact` adds to a stream.
fn own_tables(stream: &Stream) -> Vec<String> {
    let texts = stream.texts.iter().map(|array| format!("{}_{array}", stream.name));
    let custom = stream.custom_fields.map(|_| format!("{}_campospersonalizados", stream.name));
    texts.chain(custom).collect()
}

fn build_stream(selection: &Selection, stream: &'static Stream) -> Result<StreamSchema> {
    let none = StreamSettings::default();
    let settings = selection.streams.get(stream.name).unwrap_or(&none);
    let drift = selection.drift.get(stream.name).map_or(&[][..], Vec::as_slice);
    let mut built = Vec::new();
    for table in stream.tables {
        built.push(seed_table(selection, stream, table, drift));
    }
    if selection.layout == Layout::Exact {
        let owner = owner_column(stream);
        for array in stream.texts {
            built.push(texts_table(selection, stream, array, &owner));
        }
        if stream.custom_fields.is_some() {
            built.push(custom_fields_table(selection, stream, &owner));
        }
    }
    for table in &mut built {
        add_own_columns(selection, table);
    }
    let cursor_name = stream.cursor;
    apply_masks(settings, selection, stream, &mut built)?;
    apply_columns(settings, selection, stream, &mut built)?;
    for table in &mut built {
        find_keys(table, cursor_name);
    }
    let cursor = cursor_name.and_then(|name| built[0].position(name));
    let fingerprint = fingerprint(selection, &built, drift);
    Ok(StreamSchema { stream, tables: built, cursor, fingerprint })
}

/// Name of the column of a child table that the layout `exact` adds: that of the stream's other children, or made from the stream's name.
fn owner_column(stream: &Stream) -> String {
    let seeds = stream
        .tables
        .iter()
        .skip(1)
        .find_map(|table| table.columns.iter().find(|column| column.path == "^id"));
    seeds.map_or_else(|| format!("{}_id", singular(stream.name)), |column| column.name.to_owned())
}

fn singular(stream: &str) -> &str {
    match stream {
        "qualificacoes" => "qualificacao",
        "pipelines" => "pipeline",
        other => other.strip_suffix('s').unwrap_or(other),
    }
}

fn seed_table(
    selection: &Selection,
    stream: &Stream,
    table: &'static tables::Table,
    drift: &[DriftColumn],
) -> Table {
    let mut columns: Vec<Column> =
        table.columns.iter().map(|column| seed_column(selection, column)).collect();
    if selection.layout == Layout::Kondado {
        for column in table.columns.iter().filter(|column| column.kind == Kind::Document) {
            columns.push(Column {
                name: format!("{}_texto", column.name),
                kind: Type::Text,
                description: format!("{}, as text: the number loses zeros and letters", column.description),
                references: None,
                origin: member(column.path, column.fallback, false),
                mask: None,
            });
        }
    }
    for added in drift.iter().filter(|added| added.table == table.name) {
        // The catalogue may have learned the field since.
        if columns.iter().any(|column| column.name == added.name) {
            continue;
        }
        columns.push(Column {
            name: added.name.clone(),
            kind: match added.kind {
                DriftKind::Integer => seed_type(selection.layout, Kind::Integer),
                DriftKind::Decimal => seed_type(selection.layout, Kind::Decimal),
                DriftKind::Flag => Type::Boolean,
                DriftKind::Text => Type::Text,
            },
            description: format!("Not in the catalogue: the field {} of the source", added.path),
            references: None,
            origin: Origin::Member { path: added.path.clone(), fallback: None, digits_only: false },
            mask: None,
        });
    }
    if selection.layout == Layout::Exact && stream.custom_fields.is_some() && table.array.is_none() {
        columns.push(Column {
            name: "campospersonalizados".to_owned(),
            kind: Type::Json,
            description: "Custom fields as received: label to text".to_owned(),
            references: None,
            origin: member("camposPersonalizados", None, false),
            mask: None,
        });
    }
    Table {
        name: format!("{}{}", selection.table_prefix, table.name),
        title: table.title.to_owned(),
        rows: table.array.map_or(Rows::Records, |array| Rows::Elements(array.to_owned())),
        columns,
        key: Vec::new(),
        owner: 0,
        indexed: Vec::new(),
    }
}

fn member(path: &str, fallback: Option<&str>, digits_only: bool) -> Origin {
    Origin::Member { path: path.to_owned(), fallback: fallback.map(str::to_owned), digits_only }
}

fn seed_type(layout: Layout, kind: Kind) -> Type {
    match (layout, kind) {
        (_, Kind::Flag) => Type::Boolean,
        (_, Kind::Text) | (Layout::Exact, Kind::Document) => Type::Text,
        (Layout::Exact, Kind::Integer) => Type::BigInt,
        (Layout::Exact, Kind::Decimal) => Type::Numeric,
        (Layout::Exact, Kind::Instant) => Type::Instant,
        (Layout::Kondado, Kind::Integer | Kind::Decimal | Kind::Document) => Type::Double,
        (Layout::Kondado, Kind::Instant) => Type::Civil,
    }
}

fn seed_column(selection: &Selection, column: &tables::Column) -> Column {
    let digits_only = column.kind == Kind::Document && selection.layout == Layout::Kondado;
    Column {
        name: column.name.to_owned(),
        kind: seed_type(selection.layout, column.kind),
        description: column.description.to_owned(),
        references: column.references.map(|table| format!("{}{table}", selection.table_prefix)),
        origin: if column.path == "^id" {
            Origin::OwnerId
        } else {
            member(column.path, column.fallback, digits_only)
        },
        mask: None,
    }
}

fn plain(name: &str, kind: Type, origin: Origin, description: &str) -> Column {
    Column {
        name: name.to_owned(),
        kind,
        description: description.to_owned(),
        references: None,
        origin,
        mask: None,
    }
}

fn owner(selection: &Selection, stream: &Stream, name: &str) -> Column {
    let mut column = plain(name, Type::BigInt, Origin::OwnerId, "Record the row belongs to");
    column.references = Some(format!("{}{}", selection.table_prefix, stream.main().name));
    column
}

fn texts_table(selection: &Selection, stream: &Stream, array: &str, owner_name: &str) -> Table {
    Table {
        name: format!("{}{}_{array}", selection.table_prefix, stream.name),
        title: format!("{}: {array}", stream.main().title),
        rows: Rows::Texts(array.to_owned()),
        columns: vec![
            owner(selection, stream, owner_name),
            plain("valor", Type::Text, Origin::Element, "The text, as received"),
        ],
        key: Vec::new(),
        owner: 0,
        indexed: Vec::new(),
    }
}

fn custom_fields_table(selection: &Selection, stream: &Stream, owner_name: &str) -> Table {
    let part = |name, kind, part, description| plain(name, kind, Origin::CustomField(part), description);
    Table {
        name: format!("{}{}_campospersonalizados", selection.table_prefix, stream.name),
        title: format!("{}: custom fields", stream.main().title),
        rows: Rows::CustomFields,
        columns: vec![
            owner(selection, stream, owner_name),
            part("campo_id", Type::BigInt, CustomPart::Id, "Id of the field's definition"),
            part("alias", Type::Text, CustomPart::Alias, "Stable name of the field"),
            part("nome", Type::Text, CustomPart::Name, "Label of the field"),
            part("tipo", Type::BigInt, CustomPart::Kind, "Type, 0 to 12"),
            part("texto", Type::Text, CustomPart::Text, "The value as text, as received"),
            part("numero", Type::Numeric, CustomPart::Number, "The value as a number (types 0, 3, 9, 12)"),
            part(
                "data",
                Type::Instant,
                CustomPart::Date,
                "The value as a day's first moment in São Paulo (type 2)",
            ),
            part("booleano", Type::Boolean, CustomPart::Flag, "The value as a flag (type 4)"),
        ],
        key: Vec::new(),
        owner: 0,
        indexed: Vec::new(),
    }
}

/// Splits `table.column` (the table with or without prefix, with or without the stream's name in front; none: the main table) into positions.
fn locate(selection: &Selection, stream: &Stream, built: &[Table], name: &str) -> Result<(usize, usize)> {
    let (table, column) = name.rsplit_once('.').map_or((None, name), |(table, column)| (Some(table), column));
    let position = match table {
        None => 0,
        Some(wanted) => built
            .iter()
            .position(|table| {
                let bare = table.name.strip_prefix(selection.table_prefix.as_str()).unwrap_or(&table.name);
                let short = bare.strip_prefix(stream.name).and_then(|rest| rest.strip_prefix('_'));
                table.name == wanted
                    || bare == wanted
                    || short == Some(wanted)
                    || table.rows == Rows::Records && wanted == stream.name
            })
            .ok_or_else(|| {
                let there_is: Vec<&str> = built.iter().map(|table| table.name.as_str()).collect();
                unknown("table", wanted, &there_is.join(", "))
            })?,
    };
    match built[position].position(column) {
        Some(column) => Ok((position, column)),
        None => {
            let there_is: Vec<&str> =
                built[position].columns.iter().map(|column| column.name.as_str()).collect();
            Err(unknown("column", name, &there_is.join(", ")))
        }
    }
}

/// Whether rows could not be told apart, or changes not be found, without the column.
fn is_needed(stream: &Stream, table: &Table, column: &Column) -> bool {
    let main = table.rows == Rows::Records;
    match column.origin {
        Origin::Member { .. } => main && (column.name == "id" || stream.cursor == Some(column.name.as_str())),
        Origin::Element | Origin::CustomField(_) | Origin::Rest => false,
        Origin::OwnerId
        | Origin::RunId
        | Origin::ExtractedAt
        | Origin::LoadedAt
        | Origin::Hash
        | Origin::DeletedAt
        | Origin::Position => true,
    }
}

/// Leaves out what people did not choose or chose to leave out; what is needed stays.
fn apply_columns(
    settings: &StreamSettings,
    selection: &Selection,
    stream: &Stream,
    built: &mut [Table],
) -> Result<()> {
    let mut dropped = Vec::new();
    if let Some(columns) = &settings.columns {
        let mut chosen = Vec::new();
        for name in columns {
            let (table, column) = locate(selection, stream, built, name)?;
            if table != 0 {
                return Err(Error::Configuration(format!(
                    "the column {name} is not of the main table; `columns` chooses among those, use `exclude` for child tables"
                )));
            }
            chosen.push(column);
        }
        for (at, column) in built[0].columns.iter().enumerate() {
            let own = column.origin == Origin::Rest || is_needed(stream, &built[0], column);
            if !own && !chosen.contains(&at) {
                dropped.push((0, at));
            }
        }
    }
    for name in &settings.exclude {
        let (table, column) = locate(selection, stream, built, name)?;
        if is_needed(stream, &built[table], &built[table].columns[column]) {
            return Err(Error::Configuration(format!("the column {name} is needed and cannot be excluded")));
        }
        dropped.push((table, column));
    }
    for (position, table) in built.iter_mut().enumerate() {
        let mut at = 0;
        table.columns.retain(|_| {
            at += 1;
            !dropped.contains(&(position, at - 1))
        });
    }
    Ok(())
}

fn apply_masks(
    settings: &StreamSettings,
    selection: &Selection,
    stream: &Stream,
    built: &mut [Table],
) -> Result<()> {
    for (name, mask) in &settings.mask {
        let (table, column) = locate(selection, stream, built, name)?;
        let needed = is_needed(stream, &built[table], &built[table].columns[column]);
        let column = &mut built[table].columns[column];
        if needed || column.origin == Origin::Rest {
            return Err(Error::Configuration(format!(
                "the column {name} cannot be masked; mask the columns that hold the value, or exclude it"
            )));
        }
        column.mask = Some(*mask);
        if *mask == Mask::Hash {
            column.kind = Type::Text;
        }
    }
    Ok(())
}

/// Appends the columns of our own. Children carry what their parent's row does not tell: position, the run that wrote them, the mark of deletion.
fn add_own_columns(selection: &Selection, table: &mut Table) {
    let own = |name: &str, kind, origin, description| {
        plain(&format!("{}{name}", selection.own_prefix), kind, origin, description)
    };
    let moment = if selection.layout == Layout::Exact { Type::Instant } else { Type::Civil };
    if table.rows == Rows::Records {
        table.columns.push(own("run_id", Type::BigInt, Origin::RunId, "Run that wrote the row"));
        table.columns.push(own("extracted_at", moment, Origin::ExtractedAt, "When the record was received"));
        table.columns.push(own("loaded_at", moment, Origin::LoadedAt, "When the row was written"));
        table.columns.push(own("hash", Type::Hash, Origin::Hash, "Hash of the record as received"));
    } else {
        table.columns.push(own("position", Type::BigInt, Origin::Position, "Position in the record, from 0"));
        table.columns.push(own("run_id", Type::BigInt, Origin::RunId, "Run that wrote the row"));
    }
    table.columns.push(own(
        "deleted_at",
        moment,
        Origin::DeletedAt,
        "When the record was found to be deleted",
    ));
    let carries_rest = matches!(table.rows, Rows::Records | Rows::Elements(_));
    if selection.layout == Layout::Exact && carries_rest {
        table.columns.push(own(
            "extra",
            Type::Json,
            Origin::Rest,
            "What the source sent and no column holds",
        ));
    }
}

fn find_keys(table: &mut Table, cursor: Option<&str>) {
    if table.rows == Rows::Records {
        table.owner = table.position("id").unwrap_or(0);
        table.key = vec![table.owner];
    } else {
        table.owner = table.position_of(&Origin::OwnerId).unwrap_or(0);
        table.key = vec![table.owner];
        table.key.extend(table.position_of(&Origin::Position));
    }
    let main = table.rows == Rows::Records;
    table.indexed = table
        .columns
        .iter()
        .enumerate()
        .filter(|(at, column)| {
            *at != table.owner
                && (column.references.is_some() || main && Some(column.name.as_str()) == cursor)
        })
        .map(|(at, _)| at)
        .collect();
}

/// A number that changes whenever the same record would give other rows. Columns that drift added do not count where `_favo_extra` has their values
/// already: the destination fills them from there, and nothing has to be read again.
fn fingerprint(selection: &Selection, built: &[Table], drift: &[DriftColumn]) -> u64 {
    let mut text = format!("{:?} {} ", selection.layout, selection.zone);
    for table in built {
        text.push_str(&table.name);
        let filled = table.position_of(&Origin::Rest).is_some();
        let added = |column: &Column| {
            let bare = table.name.strip_prefix(selection.table_prefix.as_str()).unwrap_or(&table.name);
            drift.iter().any(|added| added.table == bare && added.name == column.name)
        };
        for column in
            table.columns.iter().filter(|column| !(filled && column.mask.is_none() && added(column)))
        {
            let _ = write!(text, " {} {:?} {:?} {:?}", column.name, column.kind, column.origin, column.mask);
        }
    }
    xxh3_64(text.as_bytes())
}
