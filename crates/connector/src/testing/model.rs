//! The CRM behind the fault-injecting source: records of all eight lists in memory, made from a seed, changed while they are read.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::clock::Clock;
use super::json::Json;
use super::random::Random;
use super::records;
use crate::World as _;

/// How many records of each kind there are at first.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "named after the lists")]
pub struct Size {
    pub contatos: usize,
    pub oportunidades: usize,
    pub qualificacoes: usize,
    pub tarefas: usize,
    pub compromissos: usize,
    pub pipelines: usize,
    pub produtos: usize,
}

impl Size {
    /// Enough for several pages of contacts and tasks, little enough for one test.
    pub const SMALL: Self = Self {
        contatos: 260,
        oportunidades: 40,
        qualificacoes: 30,
        tarefas: 205,
        compromissos: 30,
        pipelines: 5,
        produtos: 25,
    };
    /// A few of each.
    pub const TINY: Self = Self {
        contatos: 24,
        oportunidades: 12,
        qualificacoes: 8,
        tarefas: 8,
        compromissos: 8,
        pipelines: 3,
        produtos: 5,
    };
}

/// One record.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Id, as a number; the body may spell it as text.
    pub id: i64,
    /// Moment of creation, micros since 1970.
    pub created: i64,
    /// Moment of the last change, if the record tells one.
    pub updated: Option<i64>,
    /// Not served any more.
    pub deleted: bool,
    /// What is served.
    pub body: Json,
    rendered: Option<Arc<str>>,
}

impl Entry {
    /// The body as compact JSON, kept until the next change.
    pub(super) fn rendered(&mut self) -> Arc<str> {
        if let Some(rendered) = &self.rendered {
            return Arc::clone(rendered);
        }
        let mut text = String::with_capacity(2048);
        self.body.write(&mut text);
        let text: Arc<str> = text.into();
        self.rendered = Some(Arc::clone(&text));
        text
    }
}

/// Everything the source holds.
#[derive(Debug)]
pub struct Model {
    pub(super) lists: BTreeMap<&'static str, Vec<Entry>>,
    /// Proposals by id of the opportunity.
    pub(super) proposals: BTreeMap<i64, Vec<Json>>,
    /// Definitions of custom fields.
    pub(super) fields: Vec<Json>,
    clock: Arc<Clock>,
    random: Random,
    next_id: i64,
}

impl Model {
    /// Makes the records of that size; the seed decides everything about them.
    pub fn new(seed: u64, size: &Size, clock: &Arc<Clock>) -> Self {
        let mut model = Self {
            lists: BTreeMap::new(),
            proposals: BTreeMap::new(),
            fields: records::custom_fields(),
            clock: Arc::clone(clock),
            random: Random::new(seed),
            next_id: 1000,
        };
        let counts = [
            ("pipeline", size.pipelines),
            ("produto", size.produtos),
            ("contatos", size.contatos),
            ("oportunidades", size.oportunidades),
            ("qualificacoes", size.qualificacoes),
            ("tarefas", size.tarefas),
            ("compromissos", size.compromissos),
        ];
        for (list, count) in counts {
            model.lists.insert(list, Vec::new());
            for at in 0..count {
                let (created, updated) = records::moments(&mut model.random, at);
                model.add(list, created, updated);
            }
        }
        model
    }

    fn add(&mut self, list: &'static str, created: i64, updated: Option<i64>) -> i64 {
        self.next_id += 1 + self.random.below(3) as i64;
        let mut id = self.next_id;
        // A few ids have seventeen digits: beyond 2^53, where doubles begin to skip whole numbers.
        if self.random.percent(2) && matches!(list, "contatos" | "tarefas") {
            // Far enough apart that the nearest doubles differ.
            id = id * 64 + 90_071_992_547_409_921;
        }
        let mut body = records::record(&mut self.random, list, id, created, updated);
        if list == "oportunidades" && self.random.percent(60) {
            let count = 1 + self.random.below(3);
            let proposals =
                (0..count).map(|version| records::proposal(&mut self.random, id, version, &body)).collect();
            self.proposals.insert(id, proposals);
        }
        // A proposal's opportunity is not always shown, and not always an object.
        if self.random.percent(3) {
            body.set("id", Json::text(id.to_string()));
        }
        let entry = Entry { id, created, updated, deleted: false, body, rendered: None };
        self.lists.entry(list).or_default().push(entry);
        id
    }

    /// The records of a list by the name in the API (`contatos`, `pipeline` ...), deleted ones included.
    pub fn entries(&self, list: &str) -> &[Entry] {
        self.lists.get(list).map_or(&[], Vec::as_slice)
    }

    /// Ids of the records that are served, oldest first.
    pub fn ids(&self, list: &str) -> Vec<i64> {
        self.entries(list).iter().filter(|entry| !entry.deleted).map(|entry| entry.id).collect()
    }

    /// The record.
    ///
    /// # Panics
    ///
    /// When it never existed.
    pub fn entry(&self, list: &str, id: i64) -> &Entry {
        self.entries(list).iter().find(|entry| entry.id == id).expect("a record of the model")
    }

    fn entry_mut(&mut self, list: &str, id: i64) -> &mut Entry {
        let entries = self.lists.get_mut(list).expect("a list of the model");
        let entry = entries.iter_mut().find(|entry| entry.id == id).expect("a record of the model");
        entry.rendered = None;
        entry
    }

    /// Now, in whole milliseconds as the API tells them.
    pub fn now(&self) -> i64 {
        self.clock.now() / 1000 * 1000
    }

    /// A new record, created now.
    pub fn create(&mut self, list: &'static str) -> i64 {
        let now = self.now();
        self.add(list, now, Some(now))
    }

    /// A new record with these moments.
    pub fn create_at(&mut self, list: &'static str, created: i64, updated: Option<i64>) -> i64 {
        self.add(list, created, updated)
    }

    /// Changes a record; `dataAtualizacao` moves.
    pub fn update(&mut self, list: &str, id: i64, change: impl FnOnce(&mut Json)) {
        let now = self.now();
        let entry = self.entry_mut(list, id);
        change(&mut entry.body);
        entry.updated = Some(now);
        let path = if list == "pipeline" { "ultimaAtualizacao" } else { "dataAtualizacao" };
        if list != "produto" {
            entry.body.set(path, Json::text(instant(now)));
        }
    }

    /// Changes a record and says that it happened at that moment.
    pub fn update_at(&mut self, list: &str, id: i64, moment: i64, change: impl FnOnce(&mut Json)) {
        self.update(list, id, change);
        let entry = self.entry_mut(list, id);
        entry.updated = Some(moment);
        entry.body.set("dataAtualizacao", Json::text(instant(moment)));
    }

    /// Changes a record without moving `dataAtualizacao`, as counters do.
    pub fn touch(&mut self, list: &str, id: i64, change: impl FnOnce(&mut Json)) {
        change(&mut self.entry_mut(list, id).body);
    }

    /// Gives a record a new name.
    pub fn rename(&mut self, list: &str, id: i64, name: &str) {
        let key = match list {
            "tarefas" => "titulo",
            "compromissos" => "assunto",
            _ => "nome",
        };
        self.update(list, id, |body| body.set(key, Json::text(name)));
    }

    /// Takes a record away.
    pub fn delete(&mut self, list: &str, id: i64) {
        self.entry_mut(list, id).deleted = true;
    }

    /// Brings a deleted record back, as it was.
    pub fn restore(&mut self, list: &str, id: i64) {
        self.entry_mut(list, id).deleted = false;
    }

    /// The proposals of an opportunity.
    pub fn proposals(&self, opportunity: i64) -> &[Json] {
        self.proposals.get(&opportunity).map_or(&[], Vec::as_slice)
    }

    /// Adds a proposal; the opportunity itself does not change.
    pub fn propose(&mut self, opportunity: i64) {
        let body = self.entry("oportunidades", opportunity).body.clone();
        let version = self.proposals(opportunity).len();
        let proposal = records::proposal(&mut self.random, opportunity, version, &body);
        self.proposals.entry(opportunity).or_default().push(proposal);
    }

    /// The definitions of custom fields.
    pub fn fields(&self) -> &[Json] {
        &self.fields
    }
}

/// The wire's form of a moment: UTC, three decimals, `Z`.
pub fn instant(micros: i64) -> String {
    Timestamp::from_microsecond(micros)
        .map_or_else(|_| String::new(), |moment| moment.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string())
}
