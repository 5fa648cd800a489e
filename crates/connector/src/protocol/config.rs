//! The configuration that both protocols take as a JSON file, and what it means as settings.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::schema::Layout;
use crate::settings::{Children, Deletes, Drift, Mode, Secret, Settings, SourceKind, StreamSettings, Sweep};
use crate::{Error, Result};

/// The keys, in the order in which people are asked for them.
pub(super) const KEYS: [&str; 18] = [
    "url",
    "token",
    "source",
    "start_date",
    "tables",
    "mode",
    "layout",
    "children",
    "lookback_days",
    "requests_per_second",
    "jobs",
    "deletes",
    "drift",
    "timezone",
    "table_prefix",
    "memory_limit",
    "max_minutes",
    "streams",
];

/// Reads a JSON file; none when it is empty. `what` names it in the sentence that says it cannot be read.
pub(super) fn read_json(path: &Path, what: &str) -> Result<Option<Value>> {
    let wrong = |why: String| Error::Configuration(format!("the {what} {} {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    // The parser's own sentence may repeat what stands there, and that may be a token.
    serde_json::from_str(&text).map(Some).map_err(|error| {
        wrong(format!("is no JSON: look at line {}, column {}", error.line(), error.column()))
    })
}

/// Reads the file behind `--config`.
pub(super) fn read(path: &Path) -> Result<Settings> {
    let read = read_json(path, "configuration")?;
    settings(&read.unwrap_or(Value::Null))
}

/// What a configuration means. Unknown keys and values of the wrong kind are refused by name; values are never repeated.
pub(super) fn settings(config: &Value) -> Result<Settings> {
    let Value::Object(members) = config else {
        return Err(Error::Configuration(
            "the configuration is no JSON object; it needs at least url and token".to_owned(),
        ));
    };
    if let Some(unknown) = members.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(Error::Configuration(format!(
            "the configuration has a key {unknown} that means nothing here; the keys are {}",
            KEYS.join(", ")
        )));
    }
    let config = Config { members };
    let url = config.needed("url")?;
    let token = Secret::new(config.needed("token")?);
    let source: SourceKind = config.value("source", "nectar or favo")?.unwrap_or_default();
    let mut settings = Settings::new(source, &url, token, "singer:");
    // Nothing is kept here that a sweep could compare with.
    settings.sweep = Sweep::Never;
    settings.since = config.start_date()?;
    settings.tables = config.tables()?;
    config.set("mode", "incremental or full", &mut settings.mode as &mut Mode)?;
    config.set("layout", "exact or kondado", &mut settings.layout as &mut Layout)?;
    config.set("children", "nested or streams", &mut settings.children as &mut Children)?;
    config.set("lookback_days", "a number of days", &mut settings.lookback_days)?;
    settings.requests_per_second = config.value("requests_per_second", "a number")?;
    if settings.requests_per_second.is_some_and(|pace: f64| pace <= 0.0) {
        return Err(wrong("requests_per_second", "more than 0"));
    }
    config.set("jobs", "a number from 1 to 64", &mut settings.jobs)?;
    if !(1..=64).contains(&settings.jobs) {
        return Err(wrong("jobs", "a number from 1 to 64"));
    }
    let deletes = "soft or ignore: targets are told by a mark and decide themselves";
    config.set("deletes", deletes, &mut settings.deletes)?;
    if settings.deletes == Deletes::Hard {
        return Err(wrong("deletes", deletes));
    }
    config.set("drift", "evolve, freeze or discard_value", &mut settings.drift as &mut Drift)?;
    config.set("timezone", "the name of a time zone", &mut settings.zone)?;
    config.set("table_prefix", "text", &mut settings.table_prefix)?;
    config.set("memory_limit", "a number of bytes", &mut settings.memory_limit)?;
    let minutes: Option<u64> = config.value("max_minutes", "a number of minutes")?;
    settings.time_limit = minutes.map(|minutes| Duration::from_secs(minutes.saturating_mul(60)));
    settings.streams = config.streams()?;
    Ok(settings)
}

fn wrong(key: &str, wanted: &str) -> Error {
    Error::Configuration(format!("{key} in the configuration must be {wanted}"))
}

struct Config<'a> {
    members: &'a serde_json::Map<String, Value>,
}

impl Config<'_> {
    /// The value of a key, none when it is absent, null or an empty text (forms send those for what was left blank).
    fn value<T: for<'de> Deserialize<'de>>(&self, key: &str, wanted: &str) -> Result<Option<T>> {
        match self.members.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() && key != "table_prefix" => Ok(None),
            Some(value) => T::deserialize(value).map(Some).map_err(|_| wrong(key, wanted)),
        }
    }

    fn set<T: for<'de> Deserialize<'de>>(&self, key: &str, wanted: &str, to: &mut T) -> Result<()> {
        if let Some(value) = self.value(key, wanted)? {
            *to = value;
        }
        Ok(())
    }

    fn needed(&self, key: &str) -> Result<String> {
        self.value(key, "text")?.ok_or_else(|| {
            Error::Configuration(format!("the configuration has no {key}; it needs at least url and token"))
        })
    }

    fn start_date(&self) -> Result<Option<jiff::civil::Date>> {
        let wanted = "a day such as 2026-01-31";
        let Some(text) = self.value::<String>("start_date", wanted)? else { return Ok(None) };
        // Taps are given moments; the day counts.
        let day = text.get(..10).filter(|_| text.len() == 10 || text.as_bytes()[10] == b'T');
        day.and_then(|day| day.parse().ok()).map(Some).ok_or_else(|| wrong("start_date", wanted))
    }

    fn tables(&self) -> Result<Vec<String>> {
        let wanted = "a list of table names";
        if let Some(Value::String(names)) = self.members.get("tables") {
            let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
            return Ok(names.map(str::to_owned).collect());
        }
        Ok(self.value("tables", wanted)?.unwrap_or_default())
    }

    fn streams(&self) -> Result<BTreeMap<String, StreamSettings>> {
        let Some(streams) = self.value::<BTreeMap<String, Value>>("streams", "an object by stream")? else {
            return Ok(BTreeMap::new());
        };
        let mut all = BTreeMap::new();
        for (name, value) in streams {
            // Nothing secret belongs in here, so the parser's own words help.
            let own = StreamSettings::deserialize(value).map_err(|error| {
                Error::Configuration(format!("streams.{name} in the configuration: {error}"))
            })?;
            if own.deletes == Some(Deletes::Hard) {
                return Err(wrong(&format!("streams.{name}.deletes"), "soft or ignore"));
            }
            all.insert(name, own);
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(config: &Value) -> String {
        let Err(Error::Configuration(sentence)) = settings(config) else { panic!("accepted: {config}") };
        assert!(!sentence.contains("s3cret"), "{sentence}");
        sentence
    }

    #[test]
    fn every_key_reaches_the_settings() {
        let config = json!({
            "url": "http://127.0.0.1:1/crm/api/1/", "token": "s3cret", "source": "favo", "start_date": "2026-01-31T00:00:00Z",
            "tables": "contatos, tarefas", "mode": "full", "layout": "kondado", "children": "streams",
            "lookback_days": 3, "requests_per_second": 2.5, "jobs": 7, "deletes": "ignore", "drift": "freeze",
            "timezone": "UTC", "table_prefix": "", "memory_limit": 1000, "max_minutes": 2,
            "streams": {"contatos": {"mode": "incremental", "exclude": ["nome"]}},
        });
        assert_eq!(config.as_object().unwrap().len(), KEYS.len());
        let read = settings(&config).unwrap();
        assert_eq!(read.url, "http://127.0.0.1:1/crm/api/1");
        assert_eq!((read.token.reveal(), read.source), ("s3cret", SourceKind::Favo));
        assert_eq!(read.since.unwrap().to_string(), "2026-01-31");
        assert_eq!(read.tables, ["contatos", "tarefas"]);
        assert_eq!((read.mode, read.layout, read.children), (Mode::Full, Layout::Kondado, Children::Streams));
        assert_eq!((read.lookback_days, read.requests_per_second, read.jobs), (3, Some(2.5), 7));
        assert_eq!((read.deletes, read.drift, read.zone.as_str()), (Deletes::Ignore, Drift::Freeze, "UTC"));
        assert_eq!((read.table_prefix.as_str(), read.memory_limit), ("", 1000));
        assert_eq!(read.time_limit, Some(Duration::from_mins(2)));
        assert_eq!(read.streams["contatos"].exclude, ["nome"]);
        assert_eq!(read.sweep, Sweep::Never);
    }

    #[test]
    fn what_is_wrong_is_named_and_never_repeated() {
        assert!(refused(&json!([])).contains("no JSON object"));
        assert!(refused(&json!({"token": "s3cret"})).contains("no url"));
        assert!(refused(&json!({"url": "x", "token": ""})).contains("no token"));
        assert!(refused(&json!({"url": "x", "tokn": "s3cret"})).contains("key tokn"));
        assert!(refused(&json!({"url": "x", "token": ["s3cret"]})).contains("token"));
        for (key, value) in [
            ("source", json!("s3cret")),
            ("start_date", json!("s3cret")),
            ("start_date", json!("31/01/2026")),
            ("start_date", json!("2026-01-31é")),
            ("jobs", json!(0)),
            ("jobs", json!(-1)),
            ("requests_per_second", json!(0)),
            ("deletes", json!("hard")),
            ("tables", json!(5)),
            ("streams", json!({"contatos": {"deletes": "hard"}})),
            ("streams", json!({"contatos": {"colums": []}})),
        ] {
            let mut config = json!({"url": "x", "token": "s3cret"});
            config[key] = value;
            assert!(refused(&config).contains(key), "{config}");
        }
    }

    #[test]
    fn what_a_form_left_blank_counts_as_absent() {
        let config = json!({"url": "x", "token": "s3cret", "start_date": "", "jobs": null, "tables": ""});
        let read = settings(&config).unwrap();
        assert_eq!((read.since, read.jobs, read.tables.len()), (None, 4, 0));
        assert_eq!(read.table_prefix, "nectarcrm_");
    }
}
