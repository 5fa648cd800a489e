//! A Favo server: lists as any NectarCRM API has them, and a change feed of its own for everything after the first load.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{FeedPage, Hello, Outcome, Page, Sink, Source, Task, nectar::Nectar};
use crate::destination::CustomField;
use crate::state::FeedPosition;
use crate::tables::{STREAMS, Stream};
use crate::{Error, Result};

/// Path of the feed, from the origin of the API.
const FEED: &str = "/favo/v1/changes";
/// Entries of the log in one answer, at most.
const LIMIT: usize = 1_000;

/// A Favo server.
#[derive(Debug)]
pub(super) struct Favo {
    nectar: Nectar,
}

/// An answer of the feed, as far as it is needed.
#[derive(Deserialize)]
struct Answer<'a> {
    next: i64,
    mark: i64,
    more: bool,
    #[serde(borrow)]
    changes: Vec<Change<'a>>,
}

impl Answer<'_> {
    fn position(&self) -> FeedPosition {
        FeedPosition { sequence: self.next, mark: self.mark }
    }
}

/// One record that changed.
#[derive(Deserialize)]
struct Change<'a> {
    kind: &'a str,
    resource: &'a str,
    id: i64,
    #[serde(borrow, default)]
    record: Option<&'a RawValue>,
}

impl Favo {
    pub(super) fn new(nectar: Nectar) -> Self {
        Self { nectar }
    }

    /// One request to the feed; none when it does not reach that far back.
    fn ask(&self, query: &str) -> Result<Option<crate::http::Fetched>> {
        let fetched = self.nectar.get(&format!("{FEED}?{query}"))?;
        match fetched.status {
            200 => Ok(Some(fetched)),
            410 => Ok(None),
            404 | 405 => {
                Err(Error::Configuration("this server has no change feed; use --from nectar".to_owned()))
            }
            401 | 403 => Err(Error::Refused(
                "the token may not read the change feed; use another token, or --from nectar".to_owned(),
            )),
            status => {
                Err(Error::Source(format!("the change feed answered with status {status}; run again later")))
            }
        }
    }
}

/// The name that the feed has for the records of a stream.
fn resource(stream: &Stream) -> &'static str {
    stream.path.split('/').next().unwrap_or(stream.path)
}

fn answer(body: &[u8]) -> Result<Answer<'_>> {
    serde_json::from_slice(body).map_err(|error| {
        Error::Contract(format!("the change feed did not answer as agreed ({error}); use --from nectar"))
    })
}

/// Sorts the entries of an answer into one page for each stream.
fn page(body: &[u8], received_at: i64, streams: &[&'static str]) -> Result<FeedPage> {
    let answer = answer(body)?;
    let mut page =
        FeedPage { records: Vec::new(), deleted: Vec::new(), next: answer.position(), more: answer.more };
    for stream in STREAMS.iter().filter(|stream| streams.contains(&stream.name)) {
        let resource = resource(stream);
        let mut records = Vec::new();
        let mut deleted = Vec::new();
        for change in answer.changes.iter().filter(|change| change.resource == resource) {
            match change.record {
                _ if change.kind == "deleted" => deleted.push(change.id),
                Some(record) => {
                    records.push(if records.is_empty() { b'[' } else { b',' });
                    records.extend_from_slice(record.get().as_bytes());
                }
                None => {
                    return Err(Error::Contract(format!(
                        "the change feed tells a change of {resource} {} without its record; use --from nectar",
                        change.id
                    )));
                }
            }
        }
        if !records.is_empty() {
            records.push(b']');
            page.records.push((stream.name, Page { body: records, received_at, parent: None }));
        }
        if !deleted.is_empty() {
            page.deleted.push((stream.name, deleted));
        }
    }
    Ok(page)
}

impl Source for Favo {
    /// The end of the feed is asked for: that takes the token as any list does, and a run over the feed needs no other first contact.
    fn hello(&self) -> Result<Hello> {
        let latest = self.ask("after=latest")?.ok_or_else(|| {
            Error::Contract("the change feed does not know its own end; use --from nectar".to_owned())
        })?;
        let clock = latest.date.unwrap_or(latest.received_at);
        Ok(Hello {
            clock,
            skew: (clock - latest.received_at) / 1_000_000,
            feed: Some(answer(&latest.body)?.position()),
        })
    }

    fn sample(&self, stream: &'static Stream) -> Result<Option<Page>> {
        self.nectar.sample(stream)
    }

    /// This server fills its pages: one request is enough.
    fn custom_fields(&self) -> Result<Vec<CustomField>> {
        self.nectar.read_custom_fields(true)
    }

    fn read(&self, stream: &'static Stream, task: &Task, sink: &mut dyn Sink) -> Result<Outcome> {
        self.nectar.read(stream, task, sink)
    }

    fn ids(&self, stream: &'static Stream, messages: &mut Vec<String>) -> Result<Option<Vec<i64>>> {
        self.nectar.ids(stream, messages)
    }

    fn gone(&self, stream: &'static Stream, ids: &[i64]) -> Result<Vec<i64>> {
        self.nectar.gone(stream, ids)
    }

    fn changes(&self, position: FeedPosition, streams: &[&'static str]) -> Result<Option<FeedPage>> {
        match self.ask(&format!("after={}&mark={}&limit={LIMIT}", position.sequence, position.mark))? {
            Some(fetched) => page(&fetched.body, fetched.received_at, streams).map(Some),
            None => Ok(None),
        }
    }

    fn check(&self, streams: &[&'static Stream]) -> Result<Vec<(bool, String)>> {
        let mut found = self.nectar.check(streams)?;
        found.push(match self.hello() {
            Ok(hello) => (true, format!("the change feed is at position {}", hello.feed.unwrap_or_default())),
            Err(error) => (false, error.to_string()),
        });
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"{"after":10,"next":42,"mark":7,"more":true,"changes":[
        {"sequence":11,"at":"2026-03-02T17:45:10.512Z","kind":"created","resource":"contatos","id":5,"record":{"id":5,"nome":"A, \"B\" ]"}},
        {"sequence":12,"at":"2026-03-02T17:45:10.512Z","kind":"deleted","resource":"contatos","id":6},
        {"sequence":13,"at":"2026-03-02T17:45:10.512Z","kind":"updated","resource":"usuario","id":7,"record":{"id":7}},
        {"sequence":14,"at":"2026-03-02T17:45:10.512Z","kind":"updated","resource":"pipeline","id":8,"record":{"id":8}},
        {"sequence":15,"at":"2026-03-02T17:45:10.512Z","kind":"updated","resource":"proposta","id":9,"record":{"id":9}},
        {"sequence":16,"at":"2026-03-02T17:45:10.512Z","kind":"updated","resource":"contatos","id":10,"record": {"id":10}}]}"#;

    #[test]
    fn entries_become_one_page_for_each_stream() {
        let page = page(ANSWER.as_bytes(), 99, &["contatos", "pipelines", "propostas", "produtos"]).unwrap();
        assert_eq!((page.next, page.more), (FeedPosition { sequence: 42, mark: 7 }, true));
        let bodies: Vec<(&str, &str)> = page
            .records
            .iter()
            .map(|(stream, page)| (*stream, std::str::from_utf8(&page.body).unwrap()))
            .collect();
        assert_eq!(
            bodies,
            [
                ("pipelines", r#"[{"id":8}]"#),
                ("contatos", r#"[{"id":5,"nome":"A, \"B\" ]"},{"id":10}]"#),
                ("propostas", r#"[{"id":9}]"#),
            ]
        );
        assert_eq!(page.deleted, [("contatos", vec![6])]);
    }

    #[test]
    fn streams_that_are_not_selected_are_left_out() {
        let page = page(ANSWER.as_bytes(), 99, &["tarefas"]).unwrap();
        assert!(page.records.is_empty() && page.deleted.is_empty());
    }

    #[test]
    fn every_stream_has_a_name_in_the_feed() {
        let names: Vec<&str> = STREAMS.iter().map(resource).collect();
        assert_eq!(
            names,
            [
                "pipeline",
                "produto",
                "contatos",
                "oportunidades",
                "proposta",
                "qualificacoes",
                "tarefas",
                "compromissos"
            ]
        );
    }

    #[test]
    fn a_change_without_its_record_is_not_passed_over() {
        let answer =
            r#"{"next":1,"mark":1,"more":false,"changes":[{"kind":"updated","resource":"contatos","id":1}]}"#;
        assert!(matches!(page(answer.as_bytes(), 0, &["contatos"]), Err(Error::Contract(_))));
        assert!(matches!(page(b"<html>", 0, &["contatos"]), Err(Error::Contract(_))));
    }
}
