//! Pipelines as people write them: the file `sync.toml`, the options of the command line laid over it, and the settings that come out.

mod file;

pub use file::{File, json_schema};

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use crate::schema::{Layout, Selection, build};
use crate::settings::{
    self, Children, Deletes, Drift, Mode, Secret, Settings, SourceKind, StreamSettings, Sweep,
};
use crate::{Error, Result};

/// Looks up a variable of the environment.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Below this the buffers of a single page would not fit.
const LEAST_MEMORY: usize = 8 << 20;
/// More requests in flight than this help nobody, and hurt the source.
const MOST_JOBS: usize = 64;

/// One pipeline: a source, a destination, and what to carry how often. A key that is absent has its default; an option of the command line wins over the file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Pipeline {
    /// Name, for messages and for `--pipeline`. Needed when the file has several pipelines.
    pub name: Option<String>,
    /// Which API is read. Default: `nectar`.
    pub from: Option<SourceKind>,
    /// Base URL of the API, such as `https://host/crm/api/1`. `${NAME}` stands for a variable of the environment.
    pub url: Option<String>,
    /// Token: the text itself, `${NAME}` for a variable of the environment, or `file:PATH`. Absent: the variable `FAVO_SYNC_TOKEN`.
    #[schemars(with = "Option<String>")]
    pub token: Option<Secret>,
    /// Destination: `sqlite:PATH`, `postgres://...`, `parquet:DIR`, `csv:DIR`, `jsonl:DIR`, `parquet:s3://BUCKET/PREFIX`, `csv:s3://BUCKET/PREFIX` or
    /// `singer:`. `${NAME}` stands for a variable of the environment.
    pub to: Option<String>,
    /// Streams or tables to read; a table brings its stream. Absent or empty: all.
    pub tables: Option<Vec<String>>,
    /// How much is read. Default: `incremental`.
    pub mode: Option<Mode>,
    /// How tables are spelled and typed. Default: `exact`.
    pub layout: Option<Layout>,
    /// Days before the bookmark that an increment reads again. Default: 1.
    #[schemars(range(max = 3650))]
    pub lookback_days: Option<u32>,
    /// When deleted records are looked for: `never`, `every-run`, or an age such as `24h`. Default: `24h`.
    #[serde(deserialize_with = "sweep")]
    #[schemars(with = "Option<String>")]
    pub sweep: Option<Sweep>,
    /// What happens to rows whose record is gone. Default: `soft`.
    pub deletes: Option<Deletes>,
    /// What happens to fields that the catalogue does not know. Default: `evolve`.
    pub drift: Option<Drift>,
    /// Prefix of the tables. Default: `nectarcrm_`.
    pub table_prefix: Option<String>,
    /// Prefix of the columns and service tables that the connector adds. Default: `_favo_`.
    pub own_prefix: Option<String>,
    /// Schema of the tables (PostgreSQL).
    pub schema: Option<String>,
    /// Zone of days without a time and of the layout `kondado`'s moments, an IANA name. Default: `America/Sao_Paulo`.
    pub timezone: Option<String>,
    /// Requests a second over all workers. Default: 1 against the hosted NectarCRM; elsewhere no fixed pace, but way is given when the server asks for it.
    pub requests_per_second: Option<f64>,
    /// Requests in flight at most. Default: 4.
    #[schemars(range(min = 1, max = 64))]
    pub jobs: Option<usize>,
    /// Memory that the buffers may take together, such as `64MiB`. Default: `64MiB`.
    #[serde(deserialize_with = "bytes")]
    #[schemars(with = "Option<String>")]
    pub memory_limit: Option<usize>,
    /// Keep running, with a run at that distance from the start of the last one, such as `15m`. Absent: one run.
    #[serde(deserialize_with = "duration")]
    #[schemars(with = "Option<String>")]
    pub every: Option<Duration>,
    /// End a run cleanly after that many minutes; the next one continues.
    #[schemars(range(min = 1))]
    pub max_minutes: Option<u32>,
    /// Start of the first load, a day as `yyyy-MM-dd` or `dd/MM/yyyy`. Absent: since ever.
    #[serde(deserialize_with = "day")]
    #[schemars(with = "Option<String>")]
    pub since: Option<Date>,
    /// How Singer and Airbyte records carry child tables. Default: `nested`.
    pub children: Option<Children>,
    /// Deviations for single streams, by name of the stream.
    pub stream: BTreeMap<String, StreamSettings>,
    /// Deletes beyond the limit go through. Of the command line only: it is a decision about one run.
    #[serde(skip)]
    pub allow_mass_delete: bool,
}

fn read<'de, D: Deserializer<'de>, T>(
    from: D,
    parse: impl Fn(&str) -> std::result::Result<T, String>,
) -> std::result::Result<Option<T>, D::Error> {
    let text = String::deserialize(from)?;
    parse(&text).map(Some).map_err(serde::de::Error::custom)
}

fn sweep<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Option<Sweep>, D::Error> {
    read(from, str::parse)
}

fn bytes<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Option<usize>, D::Error> {
    read(from, settings::bytes)
}

fn duration<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Option<Duration>, D::Error> {
    read(from, settings::duration)
}

fn day<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Option<Date>, D::Error> {
    read(from, settings::day)
}

/// What a command cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    /// A URL and a token.
    pub source: bool,
    /// A destination.
    pub destination: bool,
}

/// What is wrong with a pipeline, and under which key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Way to the key, such as `stream`, `contatos`, `sweep`.
    pub key: Vec<String>,
    /// A sentence, without the key.
    pub text: String,
}

impl Problem {
    fn new(key: &str, text: impl Into<String>) -> Self {
        Self { key: key.split('.').map(str::to_owned).collect(), text: text.into() }
    }

    /// The problem of a command line: the option comes first.
    pub fn of_line(&self) -> Error {
        let option = match self.key.as_slice() {
            // Only columns to keep and columns to leave out can be said of a stream there.
            [first, stream, what] if first == "stream" => format!("{what} of {stream}"),
            key => key.join(".").replace('_', "-"),
        };
        Error::Configuration(format!("--{option}: {}", self.text))
    }
}

impl Pipeline {
    /// This pipeline laid over another: what is said here wins, stream by stream and key by key.
    #[must_use]
    pub fn over(self, base: Self) -> Self {
        let mut stream = base.stream;
        for (name, upper) in self.stream {
            let lower = stream.remove(&name).unwrap_or_default();
            stream.insert(name, stream_over(upper, lower));
        }
        Self {
            name: self.name.or(base.name),
            from: self.from.or(base.from),
            url: self.url.or(base.url),
            token: self.token.or(base.token),
            to: self.to.or(base.to),
            tables: self.tables.or(base.tables),
            mode: self.mode.or(base.mode),
            layout: self.layout.or(base.layout),
            lookback_days: self.lookback_days.or(base.lookback_days),
            sweep: self.sweep.or(base.sweep),
            deletes: self.deletes.or(base.deletes),
            drift: self.drift.or(base.drift),
            table_prefix: self.table_prefix.or(base.table_prefix),
            own_prefix: self.own_prefix.or(base.own_prefix),
            schema: self.schema.or(base.schema),
            timezone: self.timezone.or(base.timezone),
            requests_per_second: self.requests_per_second.or(base.requests_per_second),
            jobs: self.jobs.or(base.jobs),
            memory_limit: self.memory_limit.or(base.memory_limit),
            every: self.every.or(base.every),
            max_minutes: self.max_minutes.or(base.max_minutes),
            since: self.since.or(base.since),
            children: self.children.or(base.children),
            stream,
            allow_mass_delete: self.allow_mass_delete || base.allow_mass_delete,
        }
    }

    /// Looks at each value by itself, whatever else is missing; the first that is wrong is told.
    pub fn examine(&self) -> std::result::Result<(), Problem> {
        let wrong = |key: &str, text: String| Err(Problem::new(key, text));
        if let Some(url) = &self.url
            && !url.starts_with("http://")
            && !url.starts_with("https://")
        {
            return wrong(
                "url",
                "write the whole address of the API, such as https://HOST/crm/api/1".to_owned(),
            );
        }
        if let Some(jobs) = self.jobs.filter(|jobs| !(1..=MOST_JOBS).contains(jobs)) {
            return wrong("jobs", format!("{jobs} is not from 1 to {MOST_JOBS}"));
        }
        if let Some(pace) = self.requests_per_second.filter(|pace| !(pace.is_finite() && *pace > 0.0)) {
            return wrong("requests_per_second", format!("{pace} is not above 0"));
        }
        if let Some(days) = self.lookback_days.filter(|days| *days > 3_650) {
            return wrong("lookback_days", format!("{days} is not from 0 to 3650"));
        }
        if self.max_minutes == Some(0) {
            return wrong("max_minutes", "0 leaves no time: write at least 1".to_owned());
        }
        if let Some(limit) = self.memory_limit.filter(|limit| *limit < LEAST_MEMORY) {
            return wrong("memory_limit", format!("{limit} bytes are too few: write at least 8MiB"));
        }
        if let Some(zone) = &self.timezone
            && jiff::tz::TimeZone::get(zone).is_err()
        {
            return wrong(
                "timezone",
                format!("\"{zone}\" is no time zone: write an IANA name such as America/Sao_Paulo"),
            );
        }
        for (key, prefix) in
            [("table_prefix", &self.table_prefix), ("own_prefix", &self.own_prefix), ("schema", &self.schema)]
        {
            if let Some(text) = prefix.as_deref().filter(|text| !is_name(text)) {
                return wrong(
                    key,
                    format!(
                        "\"{text}\" is no name: write at most 30 lower-case letters, digits and underscores, no digit first"
                    ),
                );
            }
        }
        for (key, text) in [("own_prefix", &self.own_prefix), ("schema", &self.schema), ("name", &self.name)]
        {
            if text.as_deref().is_some_and(|text| text.trim().is_empty()) {
                return wrong(key, "write something".to_owned());
            }
        }
        if let Some(to) = &self.to {
            let settings = Settings::new(SourceKind::default(), "", Secret::default(), to);
            crate::destination::connect(&settings).map_err(|error| {
                // The sentence is made for the command line; the key goes in front of it here.
                let said = error.to_string();
                Problem::new("to", said.strip_prefix("--to ").unwrap_or(&said))
            })?;
        }
        if self.every.is_some() && self.to.as_deref() == Some("singer:") {
            let text = "every run would begin from nothing, as singer: keeps no state: write singer:STATEFILE, or let what keeps the state start the runs";
            return wrong("every", text.to_owned());
        }
        self.examine_selection()
    }

    /// Tables, columns and sweeps by stream.
    fn examine_selection(&self) -> std::result::Result<(), Problem> {
        let mut selection = self.selection();
        let streams = std::mem::take(&mut selection.streams);
        build(&selection).map_err(|error| Problem::new("tables", error.to_string()))?;
        selection.tables = Vec::new();
        for (name, stream) in streams {
            if let Some(Err(text)) = stream.sweep.as_deref().map(str::parse::<Sweep>) {
                return Err(Problem::new(&format!("stream.{name}.sweep"), text));
            }
            if crate::tables::stream(&name).is_none() {
                selection.streams = BTreeMap::from([(name.clone(), StreamSettings::default())]);
                let said = build(&selection).map(drop).map_err(|error| error.to_string());
                return Err(Problem {
                    key: vec!["stream".to_owned(), name],
                    text: said.err().unwrap_or_default(),
                });
            }
            // One key after the other, so that the one that is wrong can be named.
            let single = |key, stream| (key, BTreeMap::from([(name.clone(), stream)]));
            let StreamSettings { columns, exclude, mask, .. } = stream;
            for (key, alone) in [
                single("columns", StreamSettings { columns, ..StreamSettings::default() }),
                single("exclude", StreamSettings { exclude, ..StreamSettings::default() }),
                single("mask", StreamSettings { mask, ..StreamSettings::default() }),
            ] {
                selection.streams = alone;
                build(&selection)
                    .map_err(|error| Problem::new(&format!("stream.{name}.{key}"), error.to_string()))?;
            }
        }
        Ok(())
    }

    fn selection(&self) -> Selection {
        let mut selection = Settings::new(SourceKind::default(), "", Secret::default(), "").selection();
        selection.layout = self.layout.unwrap_or_default();
        selection.tables = self.tables.clone().unwrap_or_default();
        selection.streams.clone_from(&self.stream);
        if let Some(prefix) = &self.table_prefix {
            selection.table_prefix.clone_from(prefix);
        }
        selection
    }

    /// Puts what variables and files hold in the place of `${NAME}` (in `url`, `token` and `to`) and of `file:PATH` (in `token`).
    pub fn expand(&mut self, environment: Environment<'_>) -> std::result::Result<(), Problem> {
        for (key, text) in [("url", &mut self.url), ("to", &mut self.to)] {
            if let Some(text) = text {
                *text = expanded(text, environment).map_err(|said| Problem::new(key, said))?;
            }
        }
        if let Some(token) = &mut self.token {
            *token = expanded(token.reveal(), environment)
                .and_then(|text| secret(&text))
                .map_err(|said| Problem::new("token", said))?;
        }
        Ok(())
    }

    /// The settings, with defaults where nothing is said. `Problem` when something is missing that the command needs.
    pub fn settings(&self, needs: Needs) -> std::result::Result<Settings, Problem> {
        self.examine()?;
        let missing =
            |key, what: &str| Problem::new(key, format!("{what} is missing: name it here or in the file"));
        if needs.destination && self.to.is_none() {
            return Err(missing("to", "the destination, such as sqlite:warehouse.db,"));
        }
        if needs.source && self.url.is_none() {
            return Err(missing("url", "the address of the API, such as https://HOST/crm/api/1,"));
        }
        if needs.source && self.token.as_ref().is_none_or(|token| token.reveal().is_empty()) {
            return Err(missing(
                "token",
                "the token (best in the variable FAVO_SYNC_TOKEN, or as file:PATH)",
            ));
        }
        let mut settings = Settings::new(
            self.from.unwrap_or_default(),
            self.url.as_deref().unwrap_or_default(),
            self.token.clone().unwrap_or_default(),
            self.to.as_deref().unwrap_or_default(),
        );
        macro_rules! take {
            ($($key:ident),*) => { $(if let Some(value) = self.$key.clone() { settings.$key = value; })* };
        }
        take!(name, tables, mode, layout, lookback_days, sweep, deletes, drift, table_prefix, own_prefix);
        take!(jobs, memory_limit, children);
        settings.zone = self.timezone.clone().unwrap_or(settings.zone);
        settings.schema.clone_from(&self.schema);
        settings.requests_per_second = self.requests_per_second;
        settings.every = self.every;
        settings.time_limit = self.max_minutes.map(|minutes| Duration::from_mins(u64::from(minutes)));
        settings.since = self.since;
        settings.streams.clone_from(&self.stream);
        settings.allow_mass_delete = self.allow_mass_delete;
        Ok(settings)
    }
}

fn stream_over(upper: StreamSettings, lower: StreamSettings) -> StreamSettings {
    StreamSettings {
        mode: upper.mode.or(lower.mode),
        columns: upper.columns.or(lower.columns),
        exclude: if upper.exclude.is_empty() { lower.exclude } else { upper.exclude },
        mask: if upper.mask.is_empty() { lower.mask } else { upper.mask },
        lookback_days: upper.lookback_days.or(lower.lookback_days),
        sweep: upper.sweep.or(lower.sweep),
        deletes: upper.deletes.or(lower.deletes),
        drift: upper.drift.or(lower.drift),
        history: upper.history || lower.history,
    }
}

/// Whether a text can start or be the name of a table without quotation marks.
fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    text.len() <= 30 && text.bytes().all(allowed) && !text.starts_with(|first: char| first.is_ascii_digit())
}

/// The text with `${NAME}` replaced.
fn expanded(text: &str, environment: Environment<'_>) -> std::result::Result<String, String> {
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after
            .split_once('}')
            .ok_or("a ${ without its }: write ${NAME} for a variable of the environment")?;
        let value = environment(name).ok_or_else(|| {
            format!("the variable {name} of the environment is not set: set it, or write the value here")
        })?;
        whole.push_str(before);
        whole.push_str(&value);
        rest = after;
    }
    whole.push_str(rest);
    Ok(whole)
}

/// A secret as typed: itself, or `file:PATH` for the first line of a file.
fn secret(text: &str) -> std::result::Result<Secret, String> {
    let Some(path) = text.strip_prefix("file:") else { return Ok(Secret::new(text.trim())) };
    let held = std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read {path} ({error}): check the path and who may read it"))?;
    match held.lines().next().map(str::trim) {
        Some(line) if !line.is_empty() => Ok(Secret::new(line)),
        _ => Err(format!("the first line of {path} is empty: put the token there")),
    }
}

/// Turns the problem of a pipeline into an error that names where it stands.
pub(crate) fn placed(place: &str, problem: &Problem) -> Error {
    Error::Configuration(format!("{place}, {}: {}", problem.key.join("."), problem.text))
}

/// The pipelines that a command works on: the options alone, or each of the file's pipelines (or the one named) with the options laid over it.
pub fn pipelines(
    options: Pipeline,
    file: Option<&File>,
    only: Option<&str>,
    needs: Needs,
    environment: Environment<'_>,
) -> Result<Vec<Settings>> {
    let mut options = options;
    // The shell has replaced variables already; a token may still be in a file.
    options.expand(&|name| environment(name)).map_err(|problem| problem.of_line())?;
    options.examine().map_err(|problem| problem.of_line())?;
    let ambient = environment("FAVO_SYNC_TOKEN").filter(|token| !token.is_empty());
    let with_token = |mut pipeline: Pipeline| {
        pipeline.token = pipeline.token.or_else(|| ambient.as_deref().map(Secret::new));
        pipeline
    };
    let Some(file) = file else {
        let settings = with_token(options).settings(needs).map_err(|problem| problem.of_line())?;
        return Ok(vec![settings]);
    };
    let chosen = file.chosen(only)?;
    chosen
        .into_iter()
        .map(|(place, pipeline)| {
            with_token(options.clone().over(pipeline.clone()))
                .settings(needs)
                .map_err(|problem| placed(&place, &problem))
        })
        .collect()
}
