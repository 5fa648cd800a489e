//! What is looked at before a destination is opened: the clock, the shape of the first page of each stream against the catalogue, and the tables that
//! follow from it.

use super::Context;
use super::nothing::Nothing;
use super::rules::{self, Rules};
use super::run::{Opening, Run, baseline};
use crate::destination::{Destination, Opened};
use crate::flatten::{Flattener, Lineage};
use crate::note::SchemaEvent;
use crate::schema::{self, Schema, StreamSchema};
use crate::settings::{Drift, Mode};
use crate::source::{Hello, Source};
use crate::state::{Bookmark, DriftColumn};
use crate::tables::Stream;
use crate::{Error, Result};

/// Columns that drift adds to the tables of a stream, all runs together. A source that uses ids as keys sends new fields for ever, and a table that is full (1,600
/// columns in PostgreSQL) would end every run; what has no column is in `_favo_extra`.
const MOST_DRIFT: usize = 250;

/// How a run begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// First pages are compared with the catalogue; new columns are added.
    Survey,
    /// The tables stay as the last run left them.
    AsIs,
    /// As they are, and nothing is written.
    Dry,
}

/// Makes contact with both ends and opens the destination. Until the source has accepted the token, and its first pages are known to fit, nothing is touched.
pub(super) fn open<'a>(
    context: &'a Context,
    source: &'a dyn Source,
    mut destination: Box<dyn Destination>,
    what: &str,
    start: Start,
) -> Result<Run<'a>> {
    let settings = &context.settings;
    rules::zone(&settings.zone)?;
    // Names are checked before anybody is asked anything.
    let rules = rules_of(context, &schema::build(&rules::selection(settings, &[]))?)?;
    let baseline = baseline(&context.progress);
    let hello = source.hello()?;
    let mut before = destination.peek()?;
    let mut schema = schema::build(&rules::selection(settings, &before.bookmarks))?;
    let evolves = destination.traits().evolves;
    let mut events = Vec::new();
    if start == Start::Survey {
        let mut surveyed =
            Survey { context, source, hello: &hello, before: &mut before, evolves, events: Vec::new() };
        for (stream, rules) in schema.streams.iter().zip(&rules) {
            surveyed.look(&schema, stream, rules)?;
        }
        events = surveyed.events;
        if !events.is_empty() {
            schema = schema::build(&rules::selection(settings, &before.bookmarks))?;
        }
    }
    if start == Start::Dry && before.last_run == 0 && before.bookmarks.is_empty() {
        // Opening would create the tables.
        destination = Box::new(Nothing(destination.traits()));
    }
    let opened = destination.open(&schema)?;
    let bookmarks = take_bookmarks(&schema, &before, &opened)?;
    let opening = Opening {
        schema,
        rules,
        hello,
        bookmarks,
        ceilings: opened.ceilings,
        last_run: opened.last_run,
        events,
        baseline,
    };
    Run::new(context, source, destination, opening, what, start == Start::Dry)
}

fn rules_of(context: &Context, schema: &Schema) -> Result<Vec<Rules>> {
    schema.streams.iter().map(|stream| Rules::of(&context.settings, stream.stream.name)).collect()
}

/// The bookmarks of the selected streams, with the columns that this run adds.
fn take_bookmarks(schema: &Schema, before: &Opened, opened: &Opened) -> Result<Vec<Bookmark>> {
    let find = |list: &[(String, Bookmark)], name: &str| {
        list.iter()
            .find(|(stream, _)| stream == name)
            .map(|(_, bookmark)| bookmark.clone())
            .unwrap_or_default()
    };
    schema
        .streams
        .iter()
        .map(|stream| {
            let expected = find(&before.bookmarks, stream.stream.name).drift;
            let mut bookmark = find(&opened.bookmarks, stream.stream.name);
            if !expected.starts_with(&bookmark.drift) {
                // Between the look at the bookmarks and the lock another run came and went.
                return Err(Error::Destination(format!(
                    "another run changed the tables of {} at this very moment; run again",
                    stream.stream.name
                )));
            }
            bookmark.drift = expected;
            Ok(bookmark)
        })
        .collect()
}

/// Comparing first pages with the catalogue.
struct Survey<'s> {
    context: &'s Context,
    source: &'s dyn Source,
    hello: &'s Hello,
    before: &'s mut Opened,
    evolves: bool,
    events: Vec<SchemaEvent>,
}

impl Survey<'_> {
    fn look(&mut self, schema: &Schema, stream: &StreamSchema, rules: &Rules) -> Result<()> {
        let name = stream.stream.name;
        let known =
            self.before.bookmarks.iter().find(|(known, _)| known == name).map(|(_, bookmark)| bookmark);
        let followed = self.hello.feed.is_some()
            && rules.mode == Mode::Incremental
            && known.is_some_and(|bookmark| bookmark.feed.is_some() && bookmark.loading.is_none());
        // What the feed brings is looked at when it comes: its increments cost three requests, not one for each stream.
        if followed || !(rules.drift == Drift::Freeze || rules.drift == Drift::Evolve && self.evolves) {
            return Ok(());
        }
        let Some(page) = self.source.sample(stream.stream)? else { return Ok(()) };
        let body = page.text();
        let mut flattener = Flattener::new(stream, &schema.zone, &[])?;
        let mut records = Vec::new();
        flattener.records(&body, &mut records)?;
        let lineage = Lineage {
            run: 0,
            extracted_at: page.received_at,
            loaded_at: page.received_at,
            deleted_at: None,
            parent: page.parent,
        };
        for record in &records {
            flattener.rows(record, &lineage, &mut |_, _| Ok(()))?;
        }
        let now = self.context.world.now();
        if rules.drift == Drift::Freeze {
            let (events, _) = flattener.notices(0, now);
            let unknown = unknown_fields(stream.stream, &schema.table_prefix, &events);
            return if unknown.is_empty() { Ok(()) } else { Err(frozen(&unknown)) };
        }
        let there = known.map(|bookmark| bookmark.drift.clone()).unwrap_or_default();
        let new = new_columns(stream.stream, &there, flattener.drift());
        for column in &new {
            self.events.push(SchemaEvent {
                run: 0,
                at: now,
                table: format!("{}{}", schema.table_prefix, column.table),
                path: column.path.clone(),
                event: "column_added",
                record: None,
                sample: None,
                count: 1,
            });
        }
        if !new.is_empty() {
            match self.before.bookmarks.iter_mut().find(|(known, _)| known == name) {
                Some((_, bookmark)) => bookmark.drift.extend(new),
                None => {
                    let bookmark = Bookmark { drift: new, ..Bookmark::default() };
                    self.before.bookmarks.push((name.to_owned(), bookmark));
                }
            }
        }
        Ok(())
    }
}

/// Whether the catalogue has a column for that field, selected now or not. `table` without prefix.
fn in_catalogue(stream: &Stream, table: &str, path: &str) -> bool {
    stream
        .tables
        .iter()
        .filter(|one| one.name == table)
        .flat_map(|one| one.columns)
        .any(|column| column.path == path || column.fallback == Some(path))
}

/// The columns among `found` that are neither there yet nor left out on purpose, as far as there is room for more.
pub(super) fn new_columns(
    stream: &Stream,
    there: &[DriftColumn],
    found: Vec<DriftColumn>,
) -> Vec<DriftColumn> {
    let is_there = |new: &DriftColumn| {
        there.iter().any(|old| old.table == new.table && (old.path == new.path || old.name == new.name))
    };
    found
        .into_iter()
        .filter(|new| !in_catalogue(stream, &new.table, &new.path) && !is_there(new))
        .take(MOST_DRIFT.saturating_sub(there.len()))
        .collect()
}

/// The fields that no column takes, as `table: path`. A field whose column was left out on purpose is none of them.
pub(super) fn unknown_fields(stream: &Stream, prefix: &str, events: &[SchemaEvent]) -> Vec<String> {
    events
        .iter()
        .filter(|event| {
            let table = event.table.strip_prefix(prefix).unwrap_or(&event.table);
            event.event == "unknown_field" && !in_catalogue(stream, table, &event.path)
        })
        .map(|event| format!("{}: {}", event.table, event.path))
        .collect()
}

/// The error of `drift = "freeze"`.
pub(super) fn frozen(fields: &[String]) -> Error {
    const SHOWN: usize = 20;
    let more =
        if fields.len() > SHOWN { format!(" and {} more", fields.len() - SHOWN) } else { String::new() };
    Error::Contract(format!(
        "the source sends fields that no column takes, and drift is set to freeze: {}{more}; use evolve or discard_value to go on",
        fields[..fields.len().min(SHOWN)].join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::DriftKind;
    use crate::tables;

    #[test]
    fn a_source_with_ever_new_fields_does_not_fill_a_table_to_its_limit() {
        let stream = tables::stream("contatos").unwrap();
        let column = |number: usize| DriftColumn {
            table: "contatos".to_owned(),
            path: format!("field {number}"),
            name: format!("field_{number}"),
            kind: DriftKind::Text,
        };
        let mut there: Vec<DriftColumn> = Vec::new();
        for run in 0..5 {
            let found = (run * 100..run * 100 + 100).map(column).collect();
            there.extend(new_columns(stream, &there, found));
        }
        assert_eq!(there.len(), MOST_DRIFT);
        assert_eq!(there[MOST_DRIFT - 1].name, format!("field_{}", MOST_DRIFT - 1), "the first come first");
    }
}
