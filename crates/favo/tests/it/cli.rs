//! The command line as people meet it: what it prints, how it ends, and that it works beside a running server.

use std::process::{Command, Output};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Client, raw, scratch};
use crate::program::{Serving, favo, printed};

/// A database in a directory of its own; not made yet.
pub(crate) struct Place {
    directory: TempDir,
    pub(crate) url: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        let directory = scratch();
        let url = format!("sqlite:{}", directory.path().join("favo.db").display());
        Self { directory, url }
    }

    /// A database with the tenant "acme" in it.
    pub(crate) fn with_tenant() -> Self {
        let place = Self::new();
        let create = "tenant create acme --name Acme --admin-login ana@acme.example --password-stdin";
        printed(&place.run_with(create, "segredo\n"));
        place
    }

    pub(crate) fn run(&self, arguments: &str) -> Output {
        self.run_with(arguments, "")
    }

    pub(crate) fn run_with(&self, arguments: &str, input: &str) -> Output {
        favo(&self.url, &arguments.split(' ').collect::<Vec<_>>(), input)
    }

    pub(crate) fn token(&self) -> String {
        printed(&self.run("token create --tenant acme --user ana@acme.example --name teste --days 30"))
    }
}

pub(crate) fn json_of(output: &Output) -> Value {
    serde_json::from_str(&printed(output)).expect("JSON")
}

pub(crate) fn json_lines(output: &Output) -> Vec<Value> {
    printed(output).lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

/// The one sentence of a command that ended with this code.
#[track_caller]
pub(crate) fn complaint(output: &Output, code: i32) -> String {
    let text = String::from_utf8_lossy(&output.stderr).trim_end().to_owned();
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert_eq!(text.lines().count(), 1, "one sentence: {text}");
    assert!(text.starts_with("favo: "), "{text}");
    assert!(output.stdout.is_empty(), "nothing on stdout: {}", String::from_utf8_lossy(&output.stdout));
    text
}

pub(crate) fn as_client(serving: &Serving, token: String) -> Client {
    Client { address: serving.address, token, user_id: 1, login: "ana@acme.example".to_owned() }
}

#[test]
fn every_command_explains_itself() {
    let place = Place::new();
    for command in [
        "",
        "serve ",
        "demo ",
        "tenant ",
        "tenant create ",
        "tenant list ",
        "tenant set ",
        "user ",
        "user create ",
        "user list ",
        "user set ",
        "role create ",
        "role list ",
        "role set ",
        "team create ",
        "team list ",
        "registry list ",
        "registry add ",
        "registry rename ",
        "registry retire ",
        "token ",
        "token create ",
        "token list ",
        "token revoke ",
        "oauth-client ",
        "oauth-client create ",
        "oauth-client list ",
        "oauth-client revoke ",
        "sample ",
        "doctor ",
        "sync ",
        "sync check ",
        "sync discover ",
        "sync plan ",
        "sync backfill ",
        "sync sweep ",
        "sync verify ",
        "sync state ",
        "sync runs ",
        "singer ",
        "airbyte ",
        "airbyte read ",
    ] {
        let help = printed(&place.run(&format!("{command}--help")));
        assert!(help.contains("Usage: favo"), "{command}: {help}");
    }
    assert_eq!(printed(&place.run("--version")), format!("favo {}", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_tenant_is_created_once_and_shown_as_json() {
    let place = Place::new();
    let create = "tenant create acme --name Acme --admin-login ana@acme.example --admin-password segredo";
    let made = json_of(&place.run(create));
    assert_eq!(made["slug"], "acme");
    assert_eq!(made["name"], "Acme");
    assert_eq!(made["administrator"]["login"], "ana@acme.example");
    assert!(made["id"].is_i64() && made["administrator"]["id"].is_i64(), "{made}");
    assert!(complaint(&place.run(create), 1).contains("choose another slug"));
    let listed = json_lines(&place.run("tenant list"));
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["slug"], "acme");
    assert!(listed[0]["created_at"].as_str().is_some_and(|at| at.starts_with("20") && at.ends_with('Z')));
}

#[test]
fn passwords_are_kept_as_argon2id_and_never_printed() {
    let place = Place::with_tenant();
    let user = place.run_with(
        "user create --tenant acme --login bia@acme.example --name Bia --role seller --password-stdin",
        "outro segredo\n",
    );
    assert!(!printed(&user).contains("segredo"));
    let mut kept = Vec::new();
    for file in std::fs::read_dir(place.directory.path()).expect("a directory") {
        kept.extend(std::fs::read(file.expect("a file").path()).expect("readable"));
    }
    let kept = String::from_utf8_lossy(&kept);
    assert!(!kept.contains("segredo"));
    assert!(kept.contains("$argon2id$v=19$m=19456,t=2,p=1$"));
}

#[test]
fn users_are_created_with_a_role_and_listed() {
    let place = Place::with_tenant();
    let create =
        "user create --tenant acme --login bia@acme.example --name Bia --role seller --password-stdin";
    let made = json_of(&place.run_with(create, "x1\n"));
    assert!(made["id"].is_i64(), "{made}");
    assert_eq!(made["role"], "seller");
    assert!(complaint(&place.run_with(create, "x1\n"), 1).contains("choose another login"));
    let unknown = create.replace("seller", "chefe").replace("bia", "caio");
    let complaint_about_role = complaint(&place.run_with(&unknown, "x1\n"), 1);
    assert!(complaint_about_role.contains("administrator") && complaint_about_role.contains("reader"));
    let listed = json_lines(&place.run("user list --tenant acme"));
    let roles: Vec<_> = listed.iter().map(|user| (user["login"].as_str(), user["role"].as_str())).collect();
    assert_eq!(
        roles,
        [(Some("ana@acme.example"), Some("administrator")), (Some("bia@acme.example"), Some("seller")),]
    );
}

#[test]
fn a_token_is_printed_alone_and_kept_as_a_hash() {
    let place = Place::with_tenant();
    let token = place.token();
    assert!(token.starts_with("eyJ") && token.matches('.').count() == 2, "{token}");
    assert_ne!(token, place.token(), "two tokens of one user in one second differ");
    let opaque = printed(&place.run("token create --tenant acme --user ana@acme.example --name x --opaque"));
    assert!(
        opaque.len() == 32 && opaque.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c)),
        "{opaque}"
    );
    let listed = json_lines(&place.run("token list --tenant acme"));
    assert_eq!(listed.len(), 3);
    assert_eq!(listed[0]["user"], "ana@acme.example");
    assert_eq!(listed[0]["name"], "teste");
    assert_eq!(listed[0]["revoked_at"], Value::Null);
    assert!(!printed(&place.run("token list --tenant acme")).contains(&opaque));
    for file in std::fs::read_dir(place.directory.path()).expect("a directory") {
        let bytes = std::fs::read(file.expect("a file").path()).expect("readable");
        for secret in [token.as_bytes(), opaque.as_bytes()] {
            assert!(
                !bytes.windows(secret.len()).any(|window| window == secret),
                "the database keeps a token"
            );
        }
    }
}

#[test]
fn tokens_made_and_revoked_beside_a_server_count_from_its_next_request() {
    let place = Place::with_tenant();
    let serving = Serving::start(&place.url);
    let client = as_client(&serving, place.token());
    assert_eq!(client.get("/contatos").ok(), json!([]));
    let second = as_client(&serving, place.token());
    assert_eq!(second.get("/contatos").status, 200, "a token made after the server looked at the registries");
    let id = json_lines(&place.run("token list --tenant acme --user ana@acme.example"))[0]["id"].clone();
    printed(&place.run(&format!("token revoke {id} --tenant acme")));
    assert_eq!(client.get("/contatos").status, 401);
    assert_eq!(second.get("/contatos").status, 200);
    printed(&place.run_with("token revoke --token-stdin --tenant acme", &second.token));
    assert_eq!(second.get("/contatos").status, 401);
}

#[test]
fn settings_changed_beside_a_server_count_from_its_next_request() {
    let place = Place::with_tenant();
    let serving = Serving::start(&place.url);
    let client = as_client(&serving, place.token());
    assert_eq!(client.get("/contatos").status, 200);
    printed(&place.run("tenant set acme limite_requisicoes=1"));
    assert_eq!(client.get("/contatos").status, 200);
    assert_eq!(client.get("/contatos").status, 429);
    printed(&place.run("tenant set acme rate_limit=none require_owner=true"));
    assert_eq!(client.get("/contatos").status, 200);
}

#[test]
fn a_setting_that_cannot_be_is_answered_with_what_can() {
    let place = Place::with_tenant();
    for (setting, says) in [
        ("cor=azul", "default_page_size"),
        ("cor=azul", "tamanho_pagina_padrao"),
        ("rate_limit", "NAME=VALUE"),
        (
            "rate_limit=muitos",
            "\"muitos\" is no value of rate_limit: it takes a whole number of requests per minute",
        ),
        ("limite_requisicoes=-1", "a whole number of requests per minute, from 1, or none"),
        ("default_page_size=201", "from 1 to 200"),
        ("tamanho_pagina_padrao=0", "from 1 to 200"),
        ("tamanho_pagina_padrao=dez", "a whole number from 1 to 200"),
        ("mandatory=contact.shoe", "contact.emails"),
        ("exigir_responsavel=talvez", "true or false"),
    ] {
        // Nothing is set when one of several is wrong.
        let said = complaint(&place.run(&format!("tenant set acme rate_limit=1 {setting}")), 2);
        assert!(said.contains(says), "{setting}: {said}");
    }
    let serving = Serving::start(&place.url);
    let client = as_client(&serving, place.token());
    assert_eq!((client.get("/contatos").status, client.get("/contatos").status), (200, 200));
}

#[test]
fn the_size_of_bodies_is_limited_as_the_line_says() {
    const MIB: usize = 1024 * 1024;
    let place = Place::with_tenant();
    let serving = Serving::run(
        &place.url,
        &["serve", "--listen", "127.0.0.1:0", "--json-limit-mib", "1", "--upload-limit-mib", "3"],
    );
    let client = as_client(&serving, place.token());
    let contact = |length: usize| json!({"nome": "Bia", "observacao": "x".repeat(length)});
    assert_eq!(client.post("/contatos", &contact(MIB - 100)).status, 200);
    assert_eq!(client.post("/contatos", &contact(MIB)).status, 413);
    let upload = |length: usize| {
        let head = [("Content-Type", "multipart/form-data; boundary=x")];
        client.send("POST", "/produto/1/photo/set", &head, &vec![b' '; length]).status
    };
    assert_eq!(upload(3 * MIB), 404, "read, though there is no such product");
    assert_eq!(upload(3 * MIB + 1), 413);
}

#[cfg(unix)]
#[test]
fn a_new_database_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::with_tenant();
    let serving = Serving::start(&place.url);
    assert_eq!(as_client(&serving, place.token()).post("/contatos", &json!({"nome": "Bia"})).status, 200);
    let mut modes = Vec::new();
    for file in std::fs::read_dir(place.directory.path()).expect("a directory") {
        let file = file.expect("a file");
        let mode = file.metadata().expect("a mode").permissions().mode() & 0o777;
        modes.push((file.file_name().into_string().expect("UTF-8"), format!("{mode:o}")));
    }
    modes.sort();
    let expected = ["favo.db", "favo.db-shm", "favo.db-wal", "favo.db.key"];
    assert_eq!(modes, expected.map(|name| (name.to_owned(), "600".to_owned())));
}

#[test]
fn a_mistake_on_the_line_is_one_sentence_and_code_2() {
    let place = Place::new();
    for (arguments, says) in [
        ("serv", "serv"),
        ("tenant create", "--name"),
        ("tenant create Acme! --name x --admin-login a@b.example --admin-password x", "lower-case"),
        ("tenant create acme --name x --admin-login ana --admin-password x", "e-mail"),
        ("tenant create acme --name x --admin-login a@b.example", "--admin-password"),
        ("tenant create acme --name x --admin-login a@b.example --password-stdin", "standard input"),
        ("user create --tenant acme --login a@b.example --name A --role seller", "--password-stdin"),
        ("token create --tenant acme --user a@b.example --name x --days 0", "--days"),
        ("token revoke --tenant acme", "token list"),
        ("serve --listen here", "--listen"),
        ("serve --port 1", "--port"),
        ("sample --tenant acme --contacts many", "--contacts"),
        ("serve --json-limit-mib 0", "1..=1024"),
        ("registry list --tenant acme --of origin", "outcome_reason"),
        ("registry add --tenant acme --of checklist Visita --nature 1", "--of task_type"),
        ("registry add --tenant acme --of task_type Visita --nature 5", "0..=4"),
        ("role create --tenant acme --name x --right contact", "RESOURCE.ACTION=SCOPE"),
        ("role create --tenant acme --name x --right contacts.read=all", "contact_link"),
        ("role create --tenant acme --name x --right contact.see=all", "create, read, update or delete"),
        ("role create --tenant acme --name x --right contact.read=some", "none, own, team or all"),
        ("role create --tenant acme --name x --right pipeline.update=all", "only administrators"),
        ("role set --tenant acme --name x", "--right"),
        ("user set --tenant acme --login ana@acme.example", "--role"),
        ("user set --tenant acme --login ana@acme.example --active maybe", "--active"),
        ("tenant list --database mysql://here/favo", "postgres://"),
    ] {
        let said = complaint(&place.run(arguments), 2);
        assert!(said.contains(says), "{arguments}: {said}");
    }
    assert!(!place.directory.path().join("favo.db").exists(), "a mistake makes no database");
}

#[test]
fn a_failure_is_one_sentence_and_code_1() {
    let place = Place::new();
    let no_database = complaint(&place.run("tenant list"), 1);
    assert!(no_database.contains("favo tenant create"), "{no_database}");
    assert!(!place.directory.path().join("favo.db").exists(), "looking makes no database");
    let place = Place::with_tenant();
    for (arguments, says) in [
        ("token create --tenant nobody --user a@b.example --name x", "favo tenant list"),
        ("token create --tenant acme --user x@acme.example --name x", "favo user list"),
        ("token revoke 99 --tenant acme", "favo token list"),
        ("tenant list --database sqlite:/proc/nowhere/favo.db", "/proc/nowhere/favo.db"),
        ("serve --database sqlite:/proc/nowhere/favo.db", "/proc/nowhere"),
        ("tenant list --database postgres://favo:secreto@127.0.0.1:1/favo", "cannot connect"),
    ] {
        let said = complaint(&place.run(arguments), 1);
        assert!(said.contains(says), "{arguments}: {said}");
        assert!(!said.contains("secreto"), "{said}");
    }
}

#[test]
fn a_taken_port_is_named_with_a_way_out() {
    let place = Place::with_tenant();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address");
    for command in ["serve", "demo"] {
        let said = complaint(&place.run(&format!("{command} --listen {address}")), 1);
        assert!(said.contains(&address.to_string()) && said.contains("--listen"), "{said}");
    }
}

#[test]
fn the_doctor_finds_a_healthy_database_healthy() {
    let place = Place::with_tenant();
    let said = printed(&place.run("doctor"));
    assert_eq!(said.lines().count(), 4, "{said}");
    assert!(said.lines().all(|line| line.starts_with("ok ")), "{said}");
    let serving = Serving::start(&place.url);
    assert!(printed(&place.run("doctor")).contains("ok "), "beside a server too");
    drop(serving);
}

#[test]
fn the_doctor_says_what_is_wrong_and_what_to_do() {
    let place = Place::new();
    let missing = place.run("doctor");
    assert_eq!(missing.status.code(), Some(1));
    let said = String::from_utf8_lossy(&missing.stdout);
    assert!(said.contains("WRONG  database") && said.contains("favo tenant create"), "{said}");
    assert!(!place.directory.path().join("favo.db").exists(), "the doctor makes nothing");

    let text = place.directory.path().join("favo.db");
    std::fs::write(&text, "this is no database, however long one looks at it; really not".repeat(100))
        .expect("a file");
    let broken = place.run("doctor");
    assert_eq!(broken.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&broken.stdout).contains("WRONG  database"));
}

#[test]
fn the_demo_prints_a_first_request_that_works_and_leaves_nothing_behind() {
    let scratch = tempfile::tempdir().expect("a temporary directory");
    let place = Place::new();
    let arguments = ["demo", "--listen", "127.0.0.1:0", "--contacts", "50"];
    let mut demo = Serving::run_in(&place.url, &arguments, scratch.path());
    let said = demo.printed("curl ");
    let curl = said.lines().map(str::trim).find(|line| line.starts_with("curl ")).expect("a line to paste");
    let mut words = curl.split('\'');
    let header = words.nth(1).and_then(|header| header.strip_prefix("Access-Token: ")).expect("a token");
    let target = words.nth(1).and_then(|url| url.split_once(&demo.address.to_string())).expect("a URL").1;
    let answer = raw(demo.address, "GET", target, &[("Access-Token", header)], b"");
    assert_eq!(answer.ok().as_array().map(Vec::len), Some(3), "three sample contacts");
    let said = demo.printed("SESSION=");
    let egito: Value = serde_json::from_str(&pasted(&said, "TOKEN=")).expect("JSON");
    assert_eq!(egito.as_array().map(Vec::len), Some(3), "three sample companies: {egito}");
    let totvs: Value = serde_json::from_str(&pasted(&said, "SESSION=")).expect("JSON");
    assert_eq!(totvs["items"].as_array().map(Vec::len), Some(3), "three sample customers: {totvs}");
    assert_eq!(raw(demo.address, "GET", "/health/ready", &[], b"").status, 200);
    assert_eq!(std::fs::read_dir(scratch.path()).expect("a directory").count(), 1);
    demo.signal(Signal::INT);
    assert_eq!(demo.ended_within(Duration::from_secs(10)), Some(0));
    assert_eq!(std::fs::read_dir(scratch.path()).expect("a directory").count(), 0, "the demo cleans up");
}

/// What a shell prints that is given the line which begins so, and the next one.
fn pasted(said: &str, beginning: &str) -> String {
    let lines: Vec<&str> =
        said.lines().map(str::trim).skip_while(|line| !line.starts_with(beginning)).take(2).collect();
    let output = Command::new("sh").args(["-c", &lines.join("\n")]).output().expect("a shell");
    assert!(output.status.success(), "{lines:?}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}
