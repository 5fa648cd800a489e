//! A fuzzer from `PyPI` asks a server what its descriptions promise, for a bounded time: no 5xx, no answer outside the document.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::harness::scratch;
use crate::program::{Serving, favo, printed};

/// Seconds for each dialect.
const SECONDS: &str = "45";
/// What every answer has to keep.
const CHECKS: &str =
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
const PASSWORD: &str = "a long password";

/// The fuzzer of `.ci/python-fuzz.txt`, installed when it is not there.
fn schemathesis() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let made = Command::new(root.join(".ci/python-tools")).arg("fuzz").output().expect("bash is there");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    root.join("target/python-fuzz/bin/schemathesis")
}

/// A server with a tenant, some sample data, and an administrator who has a password.
struct Desk {
    database: String,
    serving: Serving,
    place: tempfile::TempDir,
}

impl Desk {
    fn start(country: &str) -> Self {
        let place = scratch();
        let database = format!("sqlite:{}", place.path().join("favo.db").display());
        let create = ["tenant", "create", "acme", "--name", "Acme", "--country", country];
        let who = ["--admin-login", "anna@acme.example", "--password-stdin"];
        printed(&favo(&database, &[&create[..], &who[..]].concat(), &format!("{PASSWORD}\n")));
        printed(&favo(&database, &["tenant", "set", "acme", "totvs.rate_per_second=0"], ""));
        printed(&favo(&database, &["sample", "--tenant", "acme", "--contacts", "30"], ""));
        Self { serving: Serving::start(&database), database, place }
    }

    fn url(&self) -> String {
        format!("http://{}", self.serving.address)
    }

    /// What curl prints for these arguments.
    fn curl(arguments: &[&str]) -> String {
        let done = Command::new("curl").arg("-sS").args(arguments).output().expect("curl is there");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).expect("UTF-8")
    }

    /// Lets the fuzzer loose on a dialect, with this value for the security scheme of that name.
    #[track_caller]
    fn fuzz(&self, dialect: &str, scheme: &str, kind: &str, value: &str) {
        let document = format!("{}/openapi/{dialect}.json", self.url());
        let settings = format!("[auth.openapi.{scheme}]\n{kind} = \"{value}\"\n");
        std::fs::write(self.place.path().join("schemathesis.toml"), settings).expect("writable");
        let done = Command::new(schemathesis())
            .current_dir(self.place.path())
            .args(["run", &document, "--max-time", SECONDS, "--checks", CHECKS])
            .args([
                "--phases",
                "examples,coverage,fuzzing",
                "--suppress-health-check",
                "all",
                "--warnings",
                "off",
            ])
            .args(["--seed", "20261122", "--no-color", "--report", "ndjson", "--report-dir", "report"])
            .output()
            .expect("schemathesis starts");
        let said = String::from_utf8_lossy(&done.stdout);
        assert!(done.status.success(), "{said}\n{}", String::from_utf8_lossy(&done.stderr));
        // A fuzzer that is not let in finds nothing.
        let (all, done, strangers) = (self.answers(None), self.answers(Some(200)), self.answers(Some(401)));
        assert!(all > 300 && done > 20 && strangers * 3 < all, "{done} and {strangers} of {all}\n{said}");
    }

    /// How many answers the fuzzer had, or those of one status.
    fn answers(&self, status: Option<u16>) -> usize {
        let reports = std::fs::read_dir(self.place.path().join("report")).expect("a report");
        let text =
            reports.map(|report| std::fs::read_to_string(report.expect("a file").path()).expect("UTF-8"));
        let wanted = status
            .map_or_else(|| "\"status_code\":".to_owned(), |status| format!("\"status_code\":{status}"));
        text.map(|text| text.replace("\"status_code\": ", "\"status_code\":").matches(&wanted).count()).sum()
    }
}

#[test]
fn nectarcrm_answers_as_its_description_says() {
    let desk = Desk::start("br");
    let arguments = ["token", "create", "--tenant", "acme", "--user", "anna@acme.example", "--name", "fuzz"];
    let token = printed(&favo(&desk.database, &arguments, ""));
    desk.fuzz("nectar", "accessToken", "api_key", &token);
}

#[test]
fn egito_answers_as_its_description_says() {
    let desk = Desk::start("pl");
    let made =
        printed(&favo(&desk.database, &["oauth-client", "create", "--tenant", "acme", "--name", "fuzz"], ""));
    let client: Value = serde_json::from_str(&made).expect("JSON");
    let credentials = format!(
        "grant_type=password&client_id={}&client_secret={}&username=anna@acme&password={PASSWORD}",
        client["client_id"].as_str().expect("an id"),
        client["client_secret"].as_str().expect("a secret")
    );
    let answer = Desk::curl(&["-X", "POST", "-d", &credentials, &format!("{}/oauth/token", desk.url())]);
    let token: Value = serde_json::from_str(&answer).expect("JSON");
    desk.fuzz("egito", "bearer", "bearer", token["access_token"].as_str().expect("a token"));
}

#[test]
fn totvs_answers_as_its_description_says() {
    let desk = Desk::start("br");
    let login = format!(r#"{{"username":"anna@acme.example","password":"{PASSWORD}","tenant":"acme"}}"#);
    let answer = Desk::curl(&["-i", "-d", &login, &format!("{}/api/login", desk.url())]);
    let (_, rest) = answer.split_once("JSESSIONID=").expect("a cookie");
    let cookie = rest.split(';').next().expect("its value");
    desk.fuzz("totvs", "session", "api_key", cookie);
}
