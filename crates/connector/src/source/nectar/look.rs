//! What comes before a run: the first contact, a sample of a list, the definitions of custom fields, and a look at whether a run can work.

use std::borrow::Cow;

use serde::Deserialize;

use super::ids::{Lenient, is_empty, no_list, read_ids};
use super::{Hello, Nectar, Page, joined, lists_path, unreadable};
use crate::destination::CustomField;
use crate::http::Fetched;
use crate::tables::{Reading, STREAMS, Stream, stream};
use crate::{Error, Result};

/// The spellings of the list of definitions.
const FIELDS: [&str; 3] = ["camposPersonalizados", "campoPersonalizado", "customFields"];
/// Pages of definitions at most; nobody has twenty thousand.
const MOST_FIELD_PAGES: u64 = 100;
/// Clocks further apart than this are worth a sentence, seconds.
const SKEW: i64 = 60;
/// Days on which nothing was created or changed, unless the filter is ignored.
const FUTURE: [(&str, &str); 2] = [
    ("creation", "dataInicio=01/01/2900&dataFim=31/12/2900"),
    ("last change", "dataInicioAtualizacao=01/01/2900&dataFimAtualizacao=31/12/2900"),
];

#[derive(Deserialize)]
struct Definition<'a> {
    #[serde(default)]
    id: Option<Lenient>,
    #[serde(default, borrow)]
    alias: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    nome: Option<Cow<'a, str>>,
    #[serde(default)]
    tipo: Option<Lenient>,
    #[serde(default, borrow)]
    relacionado: Option<Cow<'a, str>>,
}

impl Nectar {
    /// [`Source::hello`](crate::source::Source::hello).
    pub(super) fn first_contact(&self) -> Result<Hello> {
        let pipelines = &STREAMS[0];
        loop {
            let target = lists_path(&self.list_path(pipelines), 1, 1, "attribute=id");
            let fetched = self.get(&target)?;
            let path = target.split('?').next().unwrap_or_default();
            match fetched.status {
                // Not to see pipelines is a matter of rights: the token as such is accepted.
                200 | 403 => {}
                404 if self.switch(pipelines) => continue,
                status => {
                    return Err(Error::Source(format!(
                        "{path} is answered with status {status}; is --url the base of the API, such as https://host/crm/api/1?"
                    )));
                }
            }
            if fetched.status == 200 && !fetched.body.trim_ascii_start().starts_with(b"[") {
                return Err(Error::Source(format!(
                    "{path} is not answered with a list; is --url the base of the API, such as https://host/crm/api/1?"
                )));
            }
            let local = fetched.received_at;
            let clock = fetched.date.unwrap_or(local);
            return Ok(Hello { clock, skew: (clock - local) / 1_000_000, feed: None });
        }
    }

    /// [`Source::sample`](crate::source::Source::sample).
    pub(super) fn first_page(&self, stream: &'static Stream) -> Result<Option<Page>> {
        if stream.path.contains("{id}") {
            return Ok(None);
        }
        loop {
            let variant = stream.variants.first().copied().unwrap_or_default();
            let target = lists_path(&self.list_path(stream), 1, self.page, variant);
            match self.get(&target)? {
                Fetched { status: 200, body, .. } if is_empty(&body) => return Ok(None),
                Fetched { status: 200, body, received_at, .. } => {
                    // How many records a page can hold spares the reading requests.
                    self.saw_page_of(read_ids(&body).map_or(0, |ids| ids.len()));
                    return Ok(Some(Page { body, received_at, parent: None }));
                }
                Fetched { status: 404, .. } if self.switch(stream) => {}
                // What is missing or forbidden the reading reports.
                _ => return Ok(None),
            }
        }
    }

    /// [`Source::custom_fields`](crate::source::Source::custom_fields). With `full_pages` a page that is not full is known to be the last one.
    pub(in crate::source) fn read_custom_fields(&self, full_pages: bool) -> Result<Vec<CustomField>> {
        let mut fields: Vec<CustomField> = Vec::new();
        let mut spellings = FIELDS.iter();
        let Some(mut spelling) = spellings.next() else { return Ok(fields) };
        let mut page = 1;
        while page <= MOST_FIELD_PAGES {
            let path = format!("{}/{spelling}", self.client.base());
            let fetched = self.get(&lists_path(&path, page, self.page, ""))?;
            match fetched.status {
                200 if is_empty(&fetched.body) => break,
                200 => {}
                404 if page == 1 => match spellings.next() {
                    Some(next) => {
                        spelling = next;
                        continue;
                    }
                    None => break,
                },
                _ => break,
            }
            let rows: Vec<Definition<'_>> =
                serde_json::from_slice(&fetched.body).map_err(|_| no_list(&fetched.body))?;
            let before = fields.len();
            let last = full_pages && (rows.len() as u64) < self.page;
            for row in rows {
                let id = row.id.map_or(0, |id| id.0);
                if id == 0 || fields.iter().any(|field| field.id == id) {
                    continue;
                }
                fields.push(CustomField {
                    id,
                    // They become cells, which hold no U+0000.
                    alias: row.alias.unwrap_or_default().replace('\0', "\u{fffd}"),
                    name: row.nome.unwrap_or_default().replace('\0', "\u{fffd}"),
                    kind: row.tipo.map_or(1, |kind| kind.0),
                    // The contract's default entity.
                    entity: row.relacionado.map_or_else(|| "Contato".to_owned(), Cow::into_owned),
                });
            }
            if last || fields.len() == before {
                break;
            }
            page += 1;
        }
        Ok(fields)
    }

    /// [`Source::check`](crate::source::Source::check).
    pub(super) fn look(&self, streams: &[&'static Stream]) -> Result<Vec<(bool, String)>> {
        let mut found = Vec::new();
        match self.first_contact() {
            Ok(hello) => {
                found.push((true, "the token is accepted".to_owned()));
                found.push((
                    true,
                    if hello.skew.abs() > SKEW {
                        format!(
                            "the source's clock differs by {} seconds; bookmarks go by the source's clock",
                            hello.skew
                        )
                    } else {
                        "the clocks agree".to_owned()
                    },
                ));
            }
            Err(Error::Stopped) => return Err(Error::Stopped),
            Err(error) => {
                found.push((false, error.to_string()));
                return Ok(found);
            }
        }
        for stream in streams {
            match self.look_at(stream, &mut found) {
                Ok(()) => {}
                Err(error @ (Error::Stopped | Error::Refused(_))) => return Err(error),
                Err(error) => found.push((false, format!("{}: {error}", stream.name))),
            }
        }
        Ok(found)
    }

    fn look_at(&self, stream: &'static Stream, found: &mut Vec<(bool, String)>) -> Result<()> {
        if let Reading::PerRecordOf(parent) = stream.reading {
            return self.look_at_children(stream, parent, found);
        }
        let name = stream.name;
        if !self.list_answers(stream)? {
            let target = lists_path(&self.list_path(stream), 1, 1, "attribute=id");
            let status = self.get(&target)?.status;
            found.push((false, unreadable(&self.list_path(stream), status)));
            return Ok(());
        }
        let ids = |page: u64, query: &str| -> Result<Vec<i64>> {
            let query = joined(&[query, "attribute=id"]);
            let target = lists_path(&self.list_path(stream), page, self.page, &query);
            match self.get(&target)? {
                Fetched { status: 200, body, .. } => read_ids(&body),
                Fetched { status, .. } => Err(Error::Source(unreadable(&self.list_path(stream), status))),
            }
        };
        let first = ids(1, stream.variants.first().copied().unwrap_or_default())?;
        self.saw_page_of(first.len());
        let full = first.len() as u64 == self.page;
        let second = if full || first.is_empty() { Vec::new() } else { ids(2, stream.variants[0])? };
        found.push((
            true,
            if !second.is_empty() {
                format!(
                    "{name}: can be read; the source gives {} records a page where {} are asked for, so it takes more requests",
                    first.len(),
                    self.page
                )
            } else if first.is_empty() {
                format!("{name}: can be read, and is empty")
            } else {
                format!("{name}: can be read")
            },
        ));
        if stream.reading == Reading::Dated && !first.is_empty() {
            for (what, filter) in FUTURE {
                if !ids(1, filter)?.is_empty() {
                    found.push((
                        true,
                        format!(
                            "{name}: the filter by {what} is not honoured; everything is read in its place"
                        ),
                    ));
                }
            }
        }
        Ok(())
    }

    /// Proposals are asked for by opportunity: one is enough to see whether that is allowed.
    fn look_at_children(
        &self,
        children: &'static Stream,
        parent: &'static str,
        found: &mut Vec<(bool, String)>,
    ) -> Result<()> {
        let name = children.name;
        let Some(parents) = stream(parent) else { return Ok(()) };
        let mut some = None;
        for variant in parents.variants {
            let query = joined(&[variant, "attribute=id"]);
            if let Fetched { status: 200, body, .. } =
                self.get(&lists_path(&self.list_path(parents), 1, 1, &query))?
            {
                some = read_ids(&body)?.first().copied();
            }
            if some.is_some() {
                break;
            }
        }
        let Some(id) = some else {
            found.push((true, format!("{name}: there is no record of {parent} to ask by yet")));
            return Ok(());
        };
        let target = self.list_path(children).replace("{id}", &id.to_string());
        found.push(match self.get(&target)?.status {
            200 | 404 => (true, format!("{name}: can be read")),
            status => (false, unreadable(&target, status)),
        });
        Ok(())
    }
}
