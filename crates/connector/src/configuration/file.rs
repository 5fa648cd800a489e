//! The file `sync.toml`: reading it with the line and the key of what is wrong, and its JSON Schema.

use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::de::{DeTable, DeValue};

use super::{Environment, Pipeline, Problem, placed};
use crate::{Error, Result};

/// The pipelines of `favo sync -c`, run one after the other, or each by its own `every`.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(title = "sync.toml")]
#[serde(deny_unknown_fields)]
struct Document {
    /// The pipelines, each beginning with `[[pipeline]]`.
    #[schemars(length(min = 1))]
    pipeline: Vec<Pipeline>,
}

/// A file that was read: every value in it is sound by itself, variables and secrets are in place.
#[derive(Debug)]
pub struct File {
    path: String,
    /// With the line each begins at.
    pipelines: Vec<(usize, Pipeline)>,
}

impl File {
    /// Reads the file.
    pub fn read(path: &Path, environment: Environment<'_>) -> Result<Self> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::Configuration(format!("cannot read {shown} ({error}): check the path given with -c"))
        })?;
        Self::parse(&shown, &text, environment)
    }

    /// Reads its text; `path` is for messages.
    pub fn parse(path: &str, text: &str, environment: Environment<'_>) -> Result<Self> {
        let document: Document = toml::from_str(text).map_err(|error| misread(path, text, &error))?;
        let mut pipelines: Vec<(usize, Pipeline)> = Vec::new();
        if document.pipeline.is_empty() {
            return Err(Error::Configuration(format!("{path} has no pipeline: begin one with [[pipeline]]")));
        }
        let several = document.pipeline.len() > 1;
        for (index, mut pipeline) in document.pipeline.into_iter().enumerate() {
            let begin = line_of(text, index, &[]);
            let wrong = |problem: &Problem| {
                let line = line_of(text, index, &problem.key);
                placed(&format!("{path} line {line}"), problem)
            };
            pipeline.expand(environment).map_err(|problem| wrong(&problem))?;
            pipeline.examine().map_err(|problem| wrong(&problem))?;
            let twin = pipelines.iter().any(|(_, other)| other.name == pipeline.name);
            if several && (twin || pipeline.name.is_none()) {
                let said = "each of several pipelines needs a name of its own, such as name = \"crm\"";
                return Err(wrong(&Problem::new("name", said)));
            }
            pipelines.push((begin, pipeline));
        }
        Ok(Self { path: path.to_owned(), pipelines })
    }

    /// All pipelines, or the one of that name, each with where it stands.
    pub(super) fn chosen(&self, only: Option<&str>) -> Result<Vec<(String, &Pipeline)>> {
        let wanted = |pipeline: &Pipeline| only.is_none_or(|only| pipeline.name.as_deref() == Some(only));
        let chosen: Vec<_> = self
            .pipelines
            .iter()
            .filter(|(_, pipeline)| wanted(pipeline))
            .map(|(line, pipeline)| (format!("{} line {line}", self.path), pipeline))
            .collect();
        if chosen.is_empty() {
            let names: Vec<&str> =
                self.pipelines.iter().filter_map(|(_, pipeline)| pipeline.name.as_deref()).collect();
            return Err(Error::Configuration(format!(
                "{} has no pipeline named {}; it has: {}",
                self.path,
                only.unwrap_or_default(),
                if names.is_empty() { "one without a name".to_owned() } else { names.join(", ") }
            )));
        }
        Ok(chosen)
    }
}

/// One sentence about a file that cannot be read. The line itself is not shown: it may hold a secret.
fn misread(path: &str, text: &str, error: &toml::de::Error) -> Error {
    let said = error.message().lines().map(str::trim).collect::<Vec<_>>().join(", ");
    let said = said.replace("unknown field", "unknown key").replace("missing field", "missing key");
    let Some(span) = error.span() else { return Error::Configuration(format!("{path}: {said}")) };
    let line = line_at(text, span.start);
    let key = key_at(text, line);
    Error::Configuration(match key {
        Some(key) if !said.contains(&format!("`{key}`")) => format!("{path} line {line}, {key}: {said}"),
        _ => format!("{path} line {line}: {said}"),
    })
}

fn line_at(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

/// The key that a line belongs to: its own, or that of the line above at which its value begins.
fn key_at(text: &str, line: usize) -> Option<&str> {
    let lines: Vec<&str> = text.lines().take(line).collect();
    lines.iter().rev().find_map(|line| {
        let (key, _) = line.split_once('=')?;
        let key = key.trim();
        let bare = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        (!key.is_empty() && key.bytes().all(bare)).then_some(key)
    })
}

/// The line of a key of a pipeline; of the nearest thing around it when it is not there.
fn line_of(text: &str, pipeline: usize, key: &[String]) -> usize {
    let Ok(document) = DeTable::parse(text) else { return 1 };
    let document = document.into_inner();
    let Some(entry) = document.iter().find(|(name, _)| name.get_ref() == "pipeline").map(|(_, value)| value)
    else {
        return 1;
    };
    let DeValue::Array(pipelines) = entry.get_ref() else { return line_at(text, entry.span().start) };
    let Some(mut value) = pipelines.get(pipeline) else { return 1 };
    let mut offset = value.span().start;
    for part in key {
        let DeValue::Table(table) = value.get_ref() else { break };
        let Some((name, inner)) = table.iter().find(|(name, _)| name.get_ref() == part.as_str()) else {
            break;
        };
        // A table that is spelled over several headers begins nowhere in particular: its own keys know better.
        offset = name.span().start;
        value = inner;
    }
    line_at(text, offset)
}

/// The JSON Schema of the file, as published in `docs/sync.schema.json`.
pub fn json_schema() -> String {
    let mut text = serde_json::to_string_pretty(&schemars::schema_for!(Document)).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
