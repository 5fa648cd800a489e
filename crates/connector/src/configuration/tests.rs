//! Tests of the file and of the options laid over it.

use std::collections::BTreeSet;
use std::time::Duration;

use super::*;
use crate::configuration::{Needs, pipelines};
use crate::schema::{Layout, Mask};
use crate::settings::{Deletes, Drift, Mode, Secret, Settings, SourceKind, StreamSettings, Sweep};

const EXAMPLE: &str = include_str!("../../../../docs/sync.example.toml");
const SCHEMA: &str = include_str!("../../../../docs/sync.schema.json");
const ALL: Needs = Needs { source: true, destination: true };

fn nothing(_: &str) -> Option<String> {
    None
}

#[allow(clippy::unnecessary_wraps, reason = "it stands in for the environment")]
fn variables(name: &str) -> Option<String> {
    Some(format!("value-of-{name}"))
}

fn read(text: &str) -> Vec<Settings> {
    let file = File::parse("sync.toml", text, &variables).expect("a sound file");
    pipelines(Pipeline::default(), Some(&file), None, ALL, &nothing).expect("complete pipelines")
}

#[track_caller]
fn refused(text: &str) -> String {
    let error = File::parse("sync.toml", text, &nothing).expect_err("must be refused");
    assert_eq!(error.exit_code(), 2);
    let said = error.to_string();
    assert!(!said.contains('\n'), "one line: {said}");
    said
}

const LITTLE: &str =
    "[[pipeline]]\nurl = 'http://127.0.0.1:1/crm/api/1/'\ntoken = 'abc'\nto = 'sqlite:w.db'\n";

#[test]
fn a_file_of_four_lines_has_every_default() {
    let [one] = &read(LITTLE)[..] else { panic!("one pipeline") };
    let expected =
        Settings::new(SourceKind::Nectar, "http://127.0.0.1:1/crm/api/1", Secret::new("abc"), "sqlite:w.db");
    assert_eq!(format!("{one:?}"), format!("{expected:?}"));
    assert_eq!(one.token.reveal(), "abc");
}

#[test]
fn every_key_reaches_its_setting() {
    let text = r#"
        [[pipeline]]
        name = "crm"
        from = "favo"
        url = "https://${HOST}/crm/api/1"
        token = "${TOKEN}"
        to = "postgres://u:${PASSWORD}@h/d"
        tables = ["contatos", "contatos_enderecos"]
        mode = "full"
        layout = "kondado"
        lookback_days = 3
        sweep = "every-run"
        deletes = "hard"
        drift = "discard_value"
        table_prefix = "crm_"
        own_prefix = "_my_"
        schema = "landing"
        timezone = "UTC"
        requests_per_second = 2.5
        jobs = 8
        memory_limit = "32MiB"
        every = "15m"
        max_minutes = 10
        since = "31/12/2020"
        children = "streams"
        [pipeline.stream.contatos]
        mode = "incremental"
        columns = ["nome", "cnpj"]
        exclude = ["enderecos.enderecos_cep"]
        mask = { cnpj = "hash" }
        lookback_days = 9
        sweep = "7d"
        deletes = "ignore"
        drift = "freeze"
        history = true
    "#;
    let [one] = &read(text)[..] else { panic!("one pipeline") };
    assert_eq!(one.name, "crm");
    assert_eq!(one.source, SourceKind::Favo);
    assert_eq!(one.url, "https://value-of-HOST/crm/api/1");
    assert_eq!(one.token.reveal(), "value-of-TOKEN");
    assert_eq!(one.to, "postgres://u:value-of-PASSWORD@h/d");
    assert_eq!(one.tables, ["contatos", "contatos_enderecos"]);
    assert_eq!((one.mode, one.layout, one.lookback_days), (Mode::Full, Layout::Kondado, 3));
    assert_eq!((one.sweep, one.deletes, one.drift), (Sweep::EveryRun, Deletes::Hard, Drift::DiscardValue));
    assert_eq!((one.table_prefix.as_str(), one.own_prefix.as_str()), ("crm_", "_my_"));
    assert_eq!((one.schema.as_deref(), one.zone.as_str()), (Some("landing"), "UTC"));
    assert_eq!((one.requests_per_second, one.jobs, one.memory_limit), (Some(2.5), 8, 32 << 20));
    assert_eq!(one.every, Some(Duration::from_mins(15)));
    assert_eq!(one.time_limit, Some(Duration::from_mins(10)));
    assert_eq!(one.since, Some(jiff::civil::date(2020, 12, 31)));
    assert_eq!(one.children, crate::settings::Children::Streams);
    let stream = &one.streams["contatos"];
    assert_eq!(
        *stream,
        StreamSettings {
            mode: Some(Mode::Incremental),
            columns: Some(vec!["nome".to_owned(), "cnpj".to_owned()]),
            exclude: vec!["enderecos.enderecos_cep".to_owned()],
            mask: [("cnpj".to_owned(), Mask::Hash)].into(),
            lookback_days: Some(9),
            sweep: Some("7d".to_owned()),
            deletes: Some(Deletes::Ignore),
            drift: Some(Drift::Freeze),
            history: true,
        }
    );
    // Not in a file: it is a decision about one run.
    assert!(!one.allow_mass_delete);
    assert!(refused(&format!("{LITTLE}allow_mass_delete = true")).contains("allow_mass_delete"));
}

#[test]
fn what_is_wrong_is_named_with_line_and_key() {
    for (wrong, key) in [
        ("evrey = '15m'", "evrey"),
        ("every = '15 bananas'", "every"),
        ("every = '0s'", "every"),
        ("jobs = 0", "jobs"),
        ("jobs = -1", "jobs"),
        ("jobs = 'four'", "jobs"),
        ("requests_per_second = 0", "requests_per_second"),
        ("requests_per_second = nan", "requests_per_second"),
        ("mode = 'fast'", "mode"),
        ("memory_limit = '1KiB'", "memory_limit"),
        ("memory_limit = '64 apples'", "memory_limit"),
        ("max_minutes = 0", "max_minutes"),
        ("timezone = 'Mars/Base'", "timezone"),
        ("table_prefix = 'a b'", "table_prefix"),
        ("table_prefix = 'x\"; drop table y'", "table_prefix"),
        ("own_prefix = ''", "own_prefix"),
        ("since = '2024-13-01'", "since"),
        ("since = 2024-01-01", "since"),
        ("sweep = 'sometimes'", "sweep"),
        ("lookback_days = 4000", "lookback_days"),
        ("tables = ['contatos', 'nonsense']", "tables"),
        ("stream.contatos.sweep = 'sometimes'", "sweep"),
        ("stream.contatos.columns = ['nonsense']", "columns"),
        ("stream.contatos.exclude = ['enderecos.nonsense']", "exclude"),
        ("stream.contatos.mask = { id = 'hash' }", "mask"),
        ("stream.contatos.mask = { cnpj = 'rot13' }", "mask"),
        ("stream.nonsense.history = true", "nonsense"),
        ("name = ''", "name"),
        ("jobs = 1\njobs = 2", "jobs"),
        ("jobs = ", "jobs"),
    ] {
        let said = refused(&format!("{LITTLE}\n# a comment = 3\n{wrong}\n"));
        let lines = 7..=7 + wrong.lines().count() - 1;
        let placed = lines.into_iter().any(|line| said.starts_with(&format!("sync.toml line {line}")));
        assert!(placed && said.contains(key), "{wrong}: {said}");
    }
    let twice = format!("{LITTLE}name = 'a'\n{LITTLE}name = 'b'\nto_ = ''\n");
    assert!(refused(&twice).starts_with("sync.toml line 11"));
    assert!(
        refused(&format!("{LITTLE}name = 'a'\n{LITTLE}name = 'a'\n")).starts_with("sync.toml line 10, name")
    );
    assert!(refused(&format!("{LITTLE}{LITTLE}")).contains("name"));
    assert!(refused("").contains("pipeline"));
    assert!(refused("pipeline = []").contains("[[pipeline]]"));
}

#[test]
fn a_wrong_destination_or_url_is_a_mistake_of_the_file_and_shows_no_password() {
    let said = refused("[[pipeline]]\nto = 'mysql://me:hunter2@host/x'\n");
    assert!(said.starts_with("sync.toml line 2, to:") && !said.contains("hunter2"), "{said}");
    assert!(refused("[[pipeline]]\nurl = 'host/crm'\n").starts_with("sync.toml line 2, url:"));
}

#[test]
fn a_protocol_without_a_state_is_not_run_again_and_again_from_nothing() {
    let said = refused("[[pipeline]]\nto = 'singer:'\nevery = '15m'\n");
    assert!(said.starts_with("sync.toml line 3, every:") && said.contains("singer:STATEFILE"), "{said}");
}

#[test]
fn a_secret_on_a_wrong_line_is_not_repeated() {
    for text in [
        "[[pipeline]]\ntoken = \"hunter2\" x\n",
        "[[pipeline]]\ntoken = hunter2\n",
        "[[pipeline]]\ntoken = \"hunter2\n",
        "[[pipeline]]\ntoken = { hunter2 = 1 }\n",
    ] {
        let said = refused(text);
        assert!(!said.contains("hunter2"), "{said}");
        assert!(said.contains("line 2"), "{said}");
    }
}

#[test]
fn a_variable_that_is_not_set_and_a_file_that_is_not_there_are_named() {
    let said = refused("[[pipeline]]\n\ntoken = '${CRM_TOKEN}'\n");
    assert!(said.starts_with("sync.toml line 3, token:") && said.contains("CRM_TOKEN"), "{said}");
    assert!(refused("[[pipeline]]\nurl = 'http://${HOST'\n").contains("${NAME}"));
    assert!(refused("[[pipeline]]\ntoken = 'file:/nowhere/at/all'\n").contains("/nowhere/at/all"));
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("token");
    std::fs::write(&path, "\n").unwrap();
    assert!(refused(&format!("[[pipeline]]\ntoken = 'file:{}'\n", path.display())).contains("first line"));
    std::fs::write(&path, "from-a-file\nsecond line\n").unwrap();
    let text = format!("[[pipeline]]\nurl='http://h'\nto='csv:d'\ntoken = 'file:{}'\n", path.display());
    assert_eq!(read(&text)[0].token.reveal(), "from-a-file");
}

#[test]
fn a_value_of_the_environment_is_taken_as_it_is() {
    let file = File::parse("f", "[[pipeline]]\nurl='http://h'\nto='csv:d'\ntoken='${A}'\n", &|_| {
        Some("${B}".to_owned())
    });
    let settings = pipelines(Pipeline::default(), Some(&file.unwrap()), None, ALL, &nothing).unwrap();
    assert_eq!(settings[0].token.reveal(), "${B}", "no second round");
}

#[test]
fn the_command_line_wins_over_the_file_and_leaves_the_rest() {
    let text = format!(
        "{LITTLE}jobs = 8\nmode = 'full'\n[pipeline.stream.contatos]\nhistory = true\ncolumns = ['cnpj']\n"
    );
    let file = File::parse("sync.toml", &text, &nothing).unwrap();
    let stream = StreamSettings { columns: Some(vec!["nome".to_owned()]), ..StreamSettings::default() };
    let options = Pipeline {
        jobs: Some(2),
        stream: [("contatos".to_owned(), stream)].into(),
        allow_mass_delete: true,
        ..Pipeline::default()
    };
    let one = &pipelines(options, Some(&file), None, ALL, &nothing).unwrap()[0];
    assert_eq!((one.jobs, one.mode, one.allow_mass_delete), (2, Mode::Full, true));
    assert_eq!(one.streams["contatos"].columns.as_deref(), Some(&["nome".to_owned()][..]));
    assert!(one.streams["contatos"].history, "what the line does not say stays");
}

#[test]
fn the_token_of_the_environment_is_the_last_resort() {
    let environment = |name: &str| (name == "FAVO_SYNC_TOKEN").then(|| "ambient".to_owned());
    let file = File::parse("f", LITTLE, &nothing).unwrap();
    let one = pipelines(Pipeline::default(), Some(&file), None, ALL, &environment).unwrap();
    assert_eq!(one[0].token.reveal(), "abc", "the file's own token wins");
    let options =
        Pipeline { url: Some("http://h".to_owned()), to: Some("csv:d".to_owned()), ..Pipeline::default() };
    let one = pipelines(options.clone(), None, None, ALL, &environment).unwrap();
    assert_eq!(one[0].token.reveal(), "ambient");
    let error = pipelines(options, None, None, ALL, &nothing).unwrap_err();
    assert!(error.to_string().starts_with("--token: ") && error.to_string().contains("FAVO_SYNC_TOKEN"));
}

#[test]
fn only_what_a_command_needs_has_to_be_there() {
    let empty = |needs| pipelines(Pipeline::default(), None, None, needs, &nothing);
    assert!(empty(Needs { source: false, destination: false }).is_ok());
    assert!(empty(Needs { source: false, destination: true }).unwrap_err().to_string().starts_with("--to: "));
    assert!(
        empty(Needs { source: true, destination: false }).unwrap_err().to_string().starts_with("--url: ")
    );
}

#[test]
fn a_mistake_of_the_command_line_names_the_option() {
    let stream = StreamSettings { columns: Some(vec!["nonsense".to_owned()]), ..StreamSettings::default() };
    for (options, start) in [
        (Pipeline { timezone: Some("Mars".to_owned()), ..Pipeline::default() }, "--timezone: "),
        (Pipeline { jobs: Some(0), ..Pipeline::default() }, "--jobs: "),
        (Pipeline { lookback_days: Some(9_999), ..Pipeline::default() }, "--lookback-days: "),
        (Pipeline { tables: Some(vec!["x".to_owned()]), ..Pipeline::default() }, "--tables: "),
        (
            Pipeline { stream: [("contatos".to_owned(), stream)].into(), ..Pipeline::default() },
            "--columns of contatos: ",
        ),
    ] {
        let said = pipelines(options, None, None, ALL, &nothing).unwrap_err().to_string();
        assert!(said.starts_with(start), "{said}");
    }
}

#[test]
fn one_of_several_pipelines_is_chosen_by_its_name() {
    let file = File::parse("f", &format!("{LITTLE}name='a'\n{LITTLE}name='b'\n"), &nothing).unwrap();
    let names = |only| {
        pipelines(Pipeline::default(), Some(&file), only, ALL, &nothing)
            .map(|all| all.into_iter().map(|one| one.name).collect::<Vec<_>>())
    };
    assert_eq!(names(None).unwrap(), ["a", "b"]);
    assert_eq!(names(Some("b")).unwrap(), ["b"]);
    let said = names(Some("c")).unwrap_err().to_string();
    assert!(said.contains("named c") && said.contains("a, b"), "{said}");
}

/// The names of the properties of an object of the schema.
fn properties(object: &serde_json::Value) -> BTreeSet<String> {
    object["properties"].as_object().expect("properties").keys().cloned().collect()
}

/// The example with every key that is switched off by `#key` switched on.
fn example_in_full() -> String {
    let on = |line: &str| match line.strip_prefix('#') {
        Some(rest) if rest.starts_with(|first: char| first.is_ascii_lowercase() || first == '[') => {
            rest.to_owned()
        }
        _ => line.to_owned(),
    };
    EXAMPLE.lines().map(on).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_example_is_sound_as_it_is_and_with_everything_switched_on() {
    for text in [EXAMPLE.to_owned(), example_in_full()] {
        let environment = |name: &str| Some(format!("of-{name}"));
        let text = text.replace("file:secrets/crm-token", "abc");
        let file = File::parse("docs/sync.example.toml", &text, &environment).unwrap();
        assert!(pipelines(Pipeline::default(), Some(&file), None, ALL, &nothing).unwrap().len() > 1);
    }
}

#[test]
fn the_example_shows_every_key() {
    let schema: serde_json::Value = serde_json::from_str(&json_schema()).unwrap();
    let full: toml::Table = example_in_full().parse().unwrap();
    let (mut keys, mut stream_keys) = (BTreeSet::new(), BTreeSet::new());
    for pipeline in full["pipeline"].as_array().unwrap() {
        keys.extend(pipeline.as_table().unwrap().keys().cloned());
        for stream in pipeline.get("stream").and_then(toml::Value::as_table).into_iter().flatten() {
            stream_keys.extend(stream.1.as_table().unwrap().keys().cloned());
        }
    }
    assert_eq!(keys, properties(&schema["$defs"]["Pipeline"]));
    assert_eq!(stream_keys, properties(&schema["$defs"]["StreamSettings"]));
}

#[test]
fn the_published_schema_is_the_one_of_the_program() {
    let made = json_schema();
    if std::env::var_os("FAVO_WRITE_SCHEMA").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/sync.schema.json");
        std::fs::write(path, &made).unwrap();
        return;
    }
    assert!(
        made == SCHEMA,
        "docs/sync.schema.json is out of date: run `FAVO_WRITE_SCHEMA=1 cargo test -p favo-connector published_schema` and commit it"
    );
}
