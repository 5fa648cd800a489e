//! `favo sync discover`: the tables, in the words of whoever asks.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use favo_connector::configuration::Needs;
use favo_connector::destination::{CustomField, ddl};
use favo_connector::engine::{self, Context, Discovery};
use favo_connector::protocol::{airbyte, singer};
use favo_connector::schema::{Schema, StreamSchema, Table, Type, build};
use favo_connector::tables::Reading;
use favo_connector::{Error, Result};
use serde_json::{Value, json};

use super::columns::aligned;
use super::options::{Options, Output, Typed};
use super::{each, mermaid, print};

#[derive(Debug, Args)]
pub(super) struct Discover {
    /// In which form
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// For programs
    Json,
    /// A Singer catalog
    Singer,
    /// An Airbyte catalog
    Airbyte,
    /// Statements that create the tables
    Ddl,
    /// An entity-relationship diagram for Mermaid
    Mermaid,
}

impl Discover {
    pub(super) fn run(self, outer: Options) -> Result<ExitCode> {
        let format = self.format;
        let typed = Typed::new(outer, self.options)?;
        each(typed, Needs { source: false, destination: false }, |context, output| {
            let format =
                if format == Format::Table && output == Output::Json { Format::Json } else { format };
            print(&told(context, format)?);
            Ok(0)
        })
    }
}

fn told(context: &Context, format: Format) -> Result<String> {
    match format {
        Format::Singer => return singer::catalog(&context.settings),
        Format::Airbyte => {
            return airbyte::catalog(&context.settings).map(|line| format!("{}\n", line.trim_end()));
        }
        _ => {}
    }
    let found = find(context)?;
    Ok(match format {
        Format::Json => format!("{:#}\n", json_of(&found)),
        Format::Ddl => ddl(&found.schema, !context.settings.to.starts_with("sqlite:")),
        Format::Mermaid => mermaid::diagram(&found.schema),
        _ => table_of(&found),
    })
}

/// The catalogue alone when nobody is to be asked; else the engine, which knows drift and custom fields.
fn find(context: &Context) -> Result<Discovery> {
    let settings = &context.settings;
    if settings.url.is_empty() && settings.to.is_empty() {
        return Ok(Discovery { schema: build(&settings.selection())?, custom_fields: Vec::new() });
    }
    if !settings.url.is_empty() && settings.token.reveal().is_empty() {
        return Err(Error::Configuration(
            "--token: the token is missing: name it with the URL, or leave both out to see the catalogue"
                .to_owned(),
        ));
    }
    let mut asked = context.clone();
    if asked.settings.to.is_empty() {
        // A destination that remembers nothing: there is none to be asked for drift.
        "singer:".clone_into(&mut asked.settings.to);
    }
    engine::discover(&asked)
}

/// A type as SQL people know it.
pub(super) fn type_name(kind: Type) -> &'static str {
    match kind {
        Type::BigInt => "bigint",
        Type::Double => "double",
        Type::Numeric => "numeric(20,6)",
        Type::Text => "text",
        Type::Boolean => "boolean",
        Type::Instant => "timestamptz",
        Type::Civil => "timestamp",
        Type::Json => "json",
        Type::Hash => "hash128",
    }
}

fn cursor(stream: &StreamSchema) -> Option<&str> {
    stream.cursor.and_then(|at| stream.tables.first()?.columns.get(at)).map(|column| column.name.as_str())
}

/// How a stream is read, in a few words.
fn reading(stream: &StreamSchema) -> String {
    match (stream.stream.reading, cursor(stream)) {
        (Reading::Dated, Some(cursor)) => format!("first by day of creation, then what changed by {cursor}"),
        (Reading::Dated, None) => "by day of creation".to_owned(),
        (Reading::Whole, _) => "whole in every run".to_owned(),
        (Reading::PerRecordOf(parent), _) => format!("record by record of {parent}, where those changed"),
    }
}

fn key_names(table: &Table) -> Vec<&str> {
    table.key.iter().map(|at| table.columns[*at].name.as_str()).collect()
}

fn table_of(found: &Discovery) -> String {
    let mut text = String::new();
    for stream in &found.schema.streams {
        let _ = writeln!(text, "{}: {}", stream.stream.name, reading(stream));
        for table in &stream.tables {
            let _ =
                writeln!(text, "\n  {} ({}), key {}", table.name, table.title, key_names(table).join(", "));
            let rows: Vec<Vec<String>> = table
                .columns
                .iter()
                .map(|column| {
                    let mut said = column.description.clone();
                    if let Some(target) = &column.references {
                        let _ = write!(said, " -> {target}");
                    }
                    if column.mask.is_some() {
                        said.push_str(" (masked)");
                    }
                    vec![format!("    {}", column.name), type_name(column.kind).to_owned(), said]
                })
                .collect();
            text.push_str(&aligned(&rows, &[]));
        }
        text.push('\n');
    }
    let count: usize = found.schema.streams.iter().map(|stream| stream.tables.len()).sum();
    let columns: usize =
        found.schema.streams.iter().flat_map(|stream| &stream.tables).map(|table| table.columns.len()).sum();
    let _ = writeln!(text, "{} streams, {count} tables, {columns} columns", found.schema.streams.len());
    if !found.custom_fields.is_empty() {
        let mut rows = vec![["custom field", "of", "type", "label"].map(str::to_owned).to_vec()];
        rows.extend(found.custom_fields.iter().map(|field| {
            vec![field.alias.clone(), field.entity.clone(), field.kind.to_string(), field.name.clone()]
        }));
        text.push('\n');
        text.push_str(&aligned(&rows, &[]));
    }
    text
}

fn json_of(found: &Discovery) -> Value {
    json!({
        "layout": found.schema.layout,
        "streams": streams_json(&found.schema),
        "custom_fields": found.custom_fields.iter().map(field_json).collect::<Vec<_>>(),
    })
}

fn field_json(field: &CustomField) -> Value {
    json!({"id": field.id, "alias": field.alias, "name": field.name, "type": field.kind, "entity": field.entity})
}

fn streams_json(schema: &Schema) -> Vec<Value> {
    let column = |column: &favo_connector::schema::Column| {
        json!({
            "name": column.name,
            "type": type_name(column.kind),
            "description": column.description,
            "references": column.references,
            "mask": column.mask,
        })
    };
    let table = |table: &Table| {
        json!({
            "name": table.name,
            "title": table.title,
            "key": key_names(table),
            "columns": table.columns.iter().map(column).collect::<Vec<_>>(),
        })
    };
    let streams = schema.streams.iter().map(|stream| {
        json!({
            "name": stream.stream.name,
            "reading": reading(stream),
            "cursor": cursor(stream),
            "tables": stream.tables.iter().map(table).collect::<Vec<_>>(),
        })
    });
    streams.collect()
}

#[cfg(test)]
mod tests {
    use favo_connector::settings::{Secret, Settings, SourceKind};

    use super::*;

    fn all() -> Discovery {
        let settings = Settings::new(SourceKind::Nectar, "", Secret::default(), "");
        let field = CustomField {
            id: 7,
            alias: "regiao".to_owned(),
            name: "Região".to_owned(),
            kind: 5,
            entity: "Contato".to_owned(),
        };
        Discovery { schema: build(&settings.selection()).unwrap(), custom_fields: vec![field] }
    }

    #[test]
    fn people_see_every_column_with_type_and_meaning() {
        let text = table_of(&all());
        assert!(
            text.contains("contatos: first by day of creation, then what changed by dataatualizacao"),
            "{text}"
        );
        assert!(
            text.contains("  nectarcrm_contatos_enderecos (")
                && text.contains("key contato_id, _favo_position")
        );
        assert!(text.contains("Customer: id -> nectarcrm_contatos\n"));
        assert!(text.contains("regiao") && text.contains("Região"));
        let heading = text.lines().filter(|line| line.trim_start().starts_with("valortotal ")).count();
        assert!(heading > 0 && text.contains("numeric(20,6)"));
    }

    #[test]
    fn programs_see_the_same_as_json() {
        let found = all();
        let value = json_of(&found);
        let streams = value["streams"].as_array().unwrap();
        assert_eq!(streams.len(), 8);
        let tables: Vec<&Value> =
            streams.iter().flat_map(|stream| stream["tables"].as_array().unwrap()).collect();
        assert!(tables.len() >= 16);
        let contacts = tables.iter().find(|table| table["name"] == "nectarcrm_contatos").unwrap();
        assert_eq!(contacts["key"], json!(["id"]));
        assert_eq!(contacts["columns"][0]["type"], "bigint");
        assert_eq!(value["custom_fields"][0]["alias"], "regiao");
    }
}
