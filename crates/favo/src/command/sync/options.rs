//! The options of `favo sync` and of everything below it: what can be typed, and the pipeline that it stands for.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use favo_connector::configuration::{File, Needs, Pipeline, pipelines};
use favo_connector::schema::Layout;
use favo_connector::settings::{
    self, Children, Deletes, Drift, Mode, Secret, Settings, SourceKind, StreamSettings, Sweep,
};
use favo_connector::{Error, Result};
use jiff::civil::Date;
use serde::de::DeserializeOwned;

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Output {
    #[default]
    Table,
    Json,
}

#[derive(Debug, Default, Args)]
pub(super) struct Options {
    /// File with pipelines; options on the line win over it
    #[arg(short = 'c', long = "config", value_name = "FILE", help_heading = "Pipelines")]
    config: Option<PathBuf>,
    /// Only this pipeline of the file
    #[arg(long, value_name = "NAME", requires = "config", help_heading = "Pipelines")]
    pipeline: Option<String>,
    /// Which API is read: nectar (any API that speaks NectarCRM's contract, the default) or favo (a Favo server, by its change feed)
    #[arg(long, value_name = "nectar|favo", help_heading = "Pipelines")]
    from: Vec<String>,
    /// Base URL of the API, such as `https://HOST/crm/api/1`
    #[arg(long, help_heading = "Pipelines")]
    url: Option<String>,
    /// Token, or `file:PATH`; better in the variable `FAVO_SYNC_TOKEN`, which the list of processes does not show
    #[arg(long, value_parser = secret(), help_heading = "Pipelines")]
    token: Option<Secret>,
    /// Destination: sqlite:PATH, postgres://..., parquet:DIR, csv:DIR, jsonl:DIR, parquet:s3://BUCKET/PREFIX, csv:s3://BUCKET/PREFIX or singer:
    #[arg(long, value_name = "DEST", help_heading = "Pipelines")]
    to: Vec<String>,

    /// Streams or tables to read, with commas between; a table brings its stream [default: all]
    #[arg(long, value_name = "LIST", value_delimiter = ',', help_heading = "What is read")]
    tables: Vec<String>,
    /// How much is read: incremental (what changed, the default) or full
    #[arg(long, value_name = "incremental|full", value_parser = one_of::<Mode>(&["incremental", "full"]), hide_possible_values = true, help_heading = "What is read")]
    mode: Option<Mode>,
    /// Only these columns, as STREAM.COLUMN with commas between
    #[arg(long, value_name = "LIST", value_delimiter = ',', help_heading = "What is read")]
    columns: Vec<String>,
    /// Not these columns, as STREAM.COLUMN or STREAM.TABLE.COLUMN with commas between
    #[arg(long, value_name = "LIST", value_delimiter = ',', help_heading = "What is read")]
    exclude: Vec<String>,
    /// Start of the first load, yyyy-MM-dd or dd/MM/yyyy [default: since ever]
    #[arg(long, value_name = "DATE", value_parser = settings::day, help_heading = "What is read")]
    since: Option<Date>,
    /// Days before the bookmark that an increment reads again [default: 1]
    #[arg(long, value_name = "N", help_heading = "What is read")]
    lookback_days: Option<u32>,

    /// When deleted records are looked for: never, every-run, or an age [default: 24h]
    #[arg(long, value_name = "never|every-run|AGE", value_parser = sweep, help_heading = "Deletes and drift")]
    sweep: Option<Sweep>,
    /// What happens to rows whose record is gone: soft (marked, the default), hard (removed) or ignore
    #[arg(long, value_name = "soft|hard|ignore", value_parser = one_of::<Deletes>(&["soft", "hard", "ignore"]), hide_possible_values = true, help_heading = "Deletes and drift")]
    deletes: Option<Deletes>,
    /// Let deletes through that are beyond the limit of 10 % of a stream or 1,000 rows, in this run
    #[arg(long, help_heading = "Deletes and drift")]
    allow_mass_delete: bool,
    /// Unknown fields: evolve (a new column, the default), freeze (stop with exit code 4) or `discard_value` (kept in `_favo_extra` only)
    #[arg(long, value_name = "evolve|freeze|discard_value", value_parser = one_of::<Drift>(&["evolve", "freeze", "discard_value"]), hide_possible_values = true, help_heading = "Deletes and drift")]
    drift: Option<Drift>,

    /// Spelling and types of the tables: exact (the default) or kondado
    #[arg(long, value_name = "exact|kondado", value_parser = one_of::<Layout>(&["exact", "kondado"]), hide_possible_values = true, help_heading = "Tables")]
    layout: Option<Layout>,
    /// Prefix of the tables [default: nectarcrm_]
    #[arg(long, value_name = "PREFIX", help_heading = "Tables")]
    table_prefix: Option<String>,
    /// Schema of the tables (PostgreSQL)
    #[arg(long, value_name = "NAME", help_heading = "Tables")]
    schema: Option<String>,
    /// Zone of days without a time and of the layout kondado [default: `America/Sao_Paulo`]
    #[arg(long, value_name = "ZONE", help_heading = "Tables")]
    timezone: Option<String>,
    /// How Singer records carry child tables: nested (the default) or streams
    #[arg(long, value_name = "nested|streams", value_parser = one_of::<Children>(&["nested", "streams"]), hide_possible_values = true, help_heading = "Tables")]
    children: Option<Children>,

    /// Requests in flight at most [default: 4]
    #[arg(long, value_name = "N", help_heading = "Pace")]
    jobs: Option<usize>,
    /// Requests a second over all workers [default: 1 against the hosted NectarCRM, no fixed pace elsewhere]
    #[arg(long, value_name = "N", help_heading = "Pace")]
    requests_per_second: Option<f64>,
    /// Keep running, with a run at that distance, such as 15m
    #[arg(long, value_name = "AGE", value_parser = settings::duration, help_heading = "Pace")]
    every: Option<Duration>,
    /// End a run cleanly after that many minutes; the next one continues
    #[arg(long, value_name = "N", help_heading = "Pace")]
    max_minutes: Option<u32>,
    /// Memory that the buffers may take together [default: 64MiB]
    #[arg(long, value_name = "SIZE", value_parser = settings::bytes, help_heading = "Pace")]
    memory_limit: Option<usize>,

    /// How results are printed: table (the default) or json
    #[arg(long, value_name = "table|json", value_parser = one_of::<Output>(&["table", "json"]), hide_possible_values = true)]
    output: Option<Output>,
}

/// A word out of a few, read as the file reads it.
fn one_of<T: DeserializeOwned + Clone + Send + Sync + 'static>(
    words: &'static [&'static str],
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(words)
        .try_map(|word| serde_json::from_value::<T>(serde_json::Value::String(word)))
}

fn secret() -> impl TypedValueParser<Value = Secret> {
    clap::builder::StringValueParser::new().map(Secret::new)
}

fn sweep(text: &str) -> std::result::Result<Sweep, String> {
    text.parse()
}

/// What was typed before and after the name of a subcommand, put together.
#[derive(Debug)]
pub(super) struct Typed {
    pipeline: Pipeline,
    from: Vec<String>,
    to: Vec<String>,
    config: Option<PathBuf>,
    only: Option<String>,
    /// How results are printed.
    pub(super) output: Output,
}

impl Typed {
    /// The options that stand before a subcommand, and those behind it, which win.
    pub(super) fn new(before: Options, behind: Options) -> Result<Self> {
        let (first, second) = (Self::of(before)?, Self::of(behind)?);
        Ok(Self {
            pipeline: second.pipeline.over(first.pipeline),
            from: [first.from, second.from].concat(),
            to: [first.to, second.to].concat(),
            config: second.config.or(first.config),
            only: second.only.or(first.only),
            output: if second.output == Output::Json { Output::Json } else { first.output },
        })
    }

    fn of(options: Options) -> Result<Self> {
        let listed = |list: Vec<String>| (!list.is_empty()).then_some(list);
        let mut pipeline = Pipeline {
            url: options.url,
            token: options.token,
            tables: listed(options.tables),
            mode: options.mode,
            layout: options.layout,
            lookback_days: options.lookback_days,
            sweep: options.sweep,
            deletes: options.deletes,
            drift: options.drift,
            table_prefix: options.table_prefix,
            schema: options.schema,
            timezone: options.timezone,
            requests_per_second: options.requests_per_second,
            jobs: options.jobs,
            memory_limit: options.memory_limit,
            every: options.every,
            max_minutes: options.max_minutes,
            since: options.since,
            children: options.children,
            allow_mass_delete: options.allow_mass_delete,
            ..Pipeline::default()
        };
        for name in options.columns {
            let (stream, column) = of_stream(&mut pipeline, "columns", &name)?;
            stream.columns.get_or_insert_default().push(column);
        }
        for name in options.exclude {
            let (stream, column) = of_stream(&mut pipeline, "exclude", &name)?;
            stream.exclude.push(column);
        }
        Ok(Self {
            pipeline,
            from: options.from,
            to: options.to,
            config: options.config,
            only: options.pipeline,
            output: options.output.unwrap_or_default(),
        })
    }

    /// Takes the days out of `--from` and `--to`, which name both source and destination and the days of a backfill: no day reads as one of the former.
    pub(super) fn take_days(&mut self) -> Result<(Date, Date)> {
        let mut take = |option: &str| {
            let values = if option == "from" { &mut self.from } else { &mut self.to };
            let days: Vec<Date> = values.iter().filter_map(|value| settings::day(value).ok()).collect();
            values.retain(|value| settings::day(value).is_err());
            match days[..] {
                [day] => Ok(day),
                [] => {
                    Err(wrong(option, "a day is missing: write yyyy-MM-dd or dd/MM/yyyy, such as 2024-01-31"))
                }
                _ => Err(wrong(option, "there are several days: write one")),
            }
        };
        let (from, to) = (take("from")?, take("to")?);
        if from > to {
            return Err(wrong("from", &format!("{from} is after {to}: swap them")));
        }
        Ok((from, to))
    }

    /// The settings of every pipeline that is meant.
    pub(super) fn settings(mut self, needs: Needs) -> Result<Vec<Settings>> {
        self.pipeline.from = match self.from.as_slice() {
            [] => None,
            [name] => Some(source(name)?),
            _ => return Err(wrong("from", "there are several sources: write one")),
        };
        self.pipeline.to = match self.to.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            _ => {
                return Err(wrong(
                    "to",
                    "there are several destinations: write one, or use a file with several pipelines",
                ));
            }
        };
        let environment = |name: &str| std::env::var(name).ok();
        let file = self.config.as_deref().map(|path| File::read(path, &environment)).transpose()?;
        pipelines(self.pipeline, file.as_ref(), self.only.as_deref(), needs, &environment)
    }
}

fn wrong(option: &str, text: &str) -> Error {
    Error::Configuration(format!("--{option}: {text}"))
}

fn source(name: &str) -> Result<SourceKind> {
    match name {
        "nectar" => Ok(SourceKind::Nectar),
        "favo" => Ok(SourceKind::Favo),
        _ => Err(wrong("from", &format!("\"{name}\" is no source: write nectar or favo"))),
    }
}

/// `STREAM.COLUMN` taken apart, with the settings of the stream.
fn of_stream<'a>(
    pipeline: &'a mut Pipeline,
    option: &str,
    name: &str,
) -> Result<(&'a mut StreamSettings, String)> {
    match name.trim().split_once('.') {
        Some((stream, column)) if !stream.is_empty() && !column.is_empty() => {
            Ok((pipeline.stream.entry(stream.to_owned()).or_default(), column.to_owned()))
        }
        _ => Err(wrong(option, &format!("write \"{name}\" as STREAM.COLUMN, such as contatos.nome"))),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    const ALL: Needs = Needs { source: true, destination: true };

    fn typed(before: &str, behind: &str) -> Result<Typed> {
        let options = |text: &str| {
            let words = std::iter::once("favo").chain(text.split_whitespace());
            Line::try_parse_from(words).expect("clap takes it").options
        };
        Typed::new(options(before), options(behind))
    }

    #[test]
    fn every_option_reaches_its_setting() {
        let line = "--from favo --url http://h/crm/api/1 --token abc --to sqlite:w.db --tables contatos,produtos \
            --mode full --layout kondado --columns contatos.nome,contatos.cnpj --exclude contatos.enderecos.enderecos_cep \
            --lookback-days 2 --sweep never --deletes hard --allow-mass-delete --drift discard_value --jobs 9 \
            --requests-per-second 1.5 --every 15m --max-minutes 3 --since 31/01/2024 --table-prefix crm_ \
            --schema landing --timezone UTC --children streams --memory-limit 32MiB --output json";
        let typed = typed(line, "").unwrap();
        assert_eq!(typed.output, Output::Json);
        let one = typed.settings(ALL).unwrap().remove(0);
        assert_eq!((one.source, one.url.as_str()), (SourceKind::Favo, "http://h/crm/api/1"));
        assert_eq!((one.token.reveal(), one.to.as_str()), ("abc", "sqlite:w.db"));
        assert_eq!(one.tables, ["contatos", "produtos"]);
        assert_eq!((one.mode, one.layout, one.lookback_days), (Mode::Full, Layout::Kondado, 2));
        assert_eq!(one.streams["contatos"].columns, Some(vec!["nome".to_owned(), "cnpj".to_owned()]));
        assert_eq!(one.streams["contatos"].exclude, ["enderecos.enderecos_cep"]);
        assert_eq!((one.sweep, one.deletes, one.allow_mass_delete), (Sweep::Never, Deletes::Hard, true));
        assert_eq!((one.drift, one.jobs, one.requests_per_second), (Drift::DiscardValue, 9, Some(1.5)));
        assert_eq!(one.every, Some(Duration::from_mins(15)));
        assert_eq!(one.time_limit, Some(Duration::from_mins(3)));
        assert_eq!(one.since, Some(jiff::civil::date(2024, 1, 31)));
        assert_eq!((one.table_prefix.as_str(), one.schema.as_deref()), ("crm_", Some("landing")));
        assert_eq!((one.zone.as_str(), one.children, one.memory_limit), ("UTC", Children::Streams, 32 << 20));
    }

    #[test]
    fn options_may_stand_before_and_behind_the_subcommand() {
        let typed = typed("--from favo --url http://a --token t --jobs 2", "--to csv:d --jobs 3").unwrap();
        let one = typed.settings(ALL).unwrap().remove(0);
        assert_eq!((one.source, one.to.as_str(), one.jobs), (SourceKind::Favo, "csv:d", 3));
    }

    #[test]
    fn the_days_of_a_backfill_are_told_from_source_and_destination() {
        let line = "--from nectar --url http://a --token t --to csv:d --from 2024-01-31 --to 01/02/2024";
        let mut typed = typed(line, "").unwrap();
        let days = typed.take_days().unwrap();
        assert_eq!(days, (jiff::civil::date(2024, 1, 31), jiff::civil::date(2024, 2, 1)));
        let one = typed.settings(ALL).unwrap().remove(0);
        assert_eq!((one.source, one.to.as_str()), (SourceKind::Nectar, "csv:d"));
    }

    #[test]
    fn what_is_wrong_with_a_backfills_days_is_said() {
        for (line, part) in [
            ("--from nectar --to csv:d", "--from: a day is missing"),
            ("--from 2024-01-01 --to csv:d", "--to: a day is missing"),
            ("--from 2024-01-02 --to 2024-01-01", "swap"),
            ("--from 2024-01-02 --from 2024-01-03 --to 2024-01-04", "several days"),
        ] {
            let said = typed(line, "").unwrap().take_days().unwrap_err().to_string();
            assert!(said.contains(part), "{line}: {said}");
        }
    }

    #[test]
    fn mistakes_are_sentences_that_name_the_option() {
        let rest = "--url http://a --token t";
        for (line, part) in [
            ("--from egito --to csv:d", "--from: \"egito\""),
            ("--from 2024-01-01 --to csv:d", "--from: "),
            ("--from favo --from nectar --to csv:d", "--from: there are several"),
            ("--to csv:a --to csv:b", "--to: there are several"),
            ("--to csv:d --tables nonsense", "--tables: "),
            ("--to csv:d --columns nome", "STREAM.COLUMN"),
            ("--to csv:d --columns contatos.nonsense", "--columns of contatos: "),
            ("--to csv:d --exclude nonsense.nome", "nonsense"),
            ("--to mysql:d", "--to: "),
            ("", "--to: "),
            ("-c /nowhere/sync.toml", "/nowhere/sync.toml"),
        ] {
            let error =
                typed(&format!("{line} {rest}"), "").and_then(|typed| typed.settings(ALL)).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{line}");
            assert!(error.to_string().contains(part), "{line}: {error}");
        }
    }

    #[test]
    fn the_token_is_not_in_what_is_printed_for_debugging() {
        let typed = typed("--token abracadabra", "").unwrap();
        assert!(!format!("{typed:?}").contains("abra"));
    }
}
