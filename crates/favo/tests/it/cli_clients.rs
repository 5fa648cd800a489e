//! The command line of the dialects with sessions: OAuth clients, the country of a tenant, settings, and the server's key.

use serde_json::Value;

use crate::cli::{Place, complaint, json_lines, json_of};
use crate::harness::{Answer, raw};
use crate::program::{Serving, favo, printed};

/// A token of the administrator of "acme", through a client as it was printed.
fn token(serving: &Serving, client: &Value) -> Answer {
    let text = |key: &str| client[key].as_str().expect("a text").to_owned();
    let (id, secret) = (text("client_id"), text("client_secret"));
    let target = format!(
        "/oauth/token?grant_type=password&client_id={id}&client_secret={secret}&username=ana@acme&password=segredo"
    );
    raw(serving.address, "POST", &target, &[], b"")
}

fn call(serving: &Serving, token: &str) -> u16 {
    let bearer = format!("Bearer {token}");
    let target = "/services/restapi/json/SelectDictionary/list?type=gender";
    raw(serving.address, "GET", target, &[("Authorization", &bearer)], b"").status
}

#[test]
fn a_client_is_created_listed_used_and_revoked() {
    let place = Place::with_tenant();
    let made = json_of(&place.run("oauth-client create --tenant acme --name ERP --rights create,read"));
    let (id, secret) =
        (made["client_id"].as_str().expect("an id"), made["client_secret"].as_str().expect("a secret"));
    assert_eq!((made["name"].as_str(), secret.len()), (Some("ERP"), 64));
    assert_eq!(made["rights"], serde_json::json!({"*.update": "none", "*.delete": "none"}));
    let listed = place.run("oauth-client list --tenant acme");
    assert!(!printed(&listed).contains(secret), "the secret is shown once");
    let listed = json_lines(&listed);
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["client_id"], id);
    assert_eq!((&listed[0]["rights"], &listed[0]["revoked_at"]), (&made["rights"], &Value::Null));

    let serving = Serving::start(&place.url);
    let granted = token(&serving, &made).ok();
    let access = granted["access_token"].as_str().expect("a token");
    assert_eq!(call(&serving, access), 200);
    printed(&place.run(&format!("oauth-client revoke {id} --tenant acme")));
    assert_eq!(call(&serving, access), 401);
    assert_eq!(token(&serving, &made).status, 401);
    assert!(json_lines(&place.run("oauth-client list --tenant acme"))[0]["revoked_at"].is_string());
}

#[test]
fn a_right_of_a_client_is_all_or_none() {
    let place = Place::with_tenant();
    let create = "oauth-client create --tenant acme --name ERP";
    let exceptions = "--rights read --right contact.create=all --right sales_order.read=none";
    let made = json_of(&place.run(&format!("{create} {exceptions}")));
    assert_eq!(
        made["rights"],
        serde_json::json!({
            "*.create": "none", "*.update": "none", "*.delete": "none", "contact.create": "all", "sales_order.read": "none"
        })
    );
    assert!(complaint(&place.run(&format!("{create} --right contact.read=own")), 2).contains("none or all"));
    assert!(complaint(&place.run(&format!("{create} --rights fly")), 2).contains("create, read, update"));
    assert!(complaint(&place.run("oauth-client revoke 99 --tenant acme"), 1).contains("oauth-client list"));
}

#[test]
fn a_tenant_is_furnished_for_its_country() {
    let place = Place::new();
    for (slug, country) in [("warszawa", "--country pl "), ("recife", ""), ("olinda", "--country br ")] {
        let create = format!(
            "tenant create {slug} --name {slug} {country}--admin-login ana@{slug}.example --password-stdin"
        );
        printed(&place.run_with(&create, "segredo\n"));
    }
    let types = |slug: &str| printed(&place.run(&format!("registry list --tenant {slug} --of task_type")));
    assert_eq!(types("recife"), types("olinda"));
    assert_ne!(types("recife"), types("warszawa"));
    let create = "tenant create x --name x --country fr --admin-login a@x.example --password-stdin";
    assert!(complaint(&place.run_with(create, "segredo\n"), 2).contains("country"));
}

#[test]
fn settings_of_dialects_are_checked_by_them() {
    let place = Place::with_tenant();
    let set = |pair: &str| place.run(&format!("tenant set acme {pair}"));
    for pair in ["egito.lang=en", "totvs.page_size=50", "egito.error_status=200", "currency=PLN"] {
        printed(&set(pair));
    }
    for pair in
        ["egito.lang=klingon", "totvs.page_size=many", "egito.nothing=1", "totvs.nothing=1", "currency=zl"]
    {
        let said = complaint(&set(pair), 2);
        assert!(said.contains(pair.split('=').next().expect("a name")), "{said}");
    }
    for name in ["egito.host_suffixes", "egito.token_get", "totvs.gateway_path", "totvs.tenant_error"] {
        let said = complaint(&set(&format!("{name}=x")), 2);
        assert!(said.contains("`favo serve`"), "{said}");
    }
}

#[test]
fn a_live_token_is_shown_again_after_a_restart() {
    let place = Place::with_tenant();
    let client = json_of(&place.run("oauth-client create --tenant acme --name ERP"));
    let serving = Serving::start(&place.url);
    let first = token(&serving, &client).ok();
    serving.kill();
    let serving = Serving::start(&place.url);
    let second = token(&serving, &client).ok();
    assert_eq!(second["access_token"], first["access_token"]);
    serving.kill();
    // Another key: what was handed out works, but cannot be made again.
    let key =
        std::path::Path::new(place.url.strip_prefix("sqlite:").expect("a file")).with_extension("db.key");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&key).expect("a key").permissions().mode() & 0o777, 0o600);
    }
    std::fs::remove_file(&key).expect("the key goes");
    let serving = Serving::start(&place.url);
    assert_eq!(call(&serving, first["access_token"].as_str().expect("a token")), 200);
    assert_ne!(token(&serving, &client).ok()["access_token"], first["access_token"]);
}

#[test]
fn a_server_is_told_about_hosts_keys_and_paths() {
    let place = Place::with_tenant();
    let client = json_of(&place.run("oauth-client create --tenant acme --name ERP"));
    let arguments = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--egito-host-suffix",
        ".crm.example",
        "--egito-token-get",
        "false",
        "--totvs-gateway-path",
        "/gateway",
        "--totvs-tenant-error",
        "same",
    ];
    let serving = Serving::run(&place.url, &arguments);
    let granted = token(&serving, &client).ok();
    let access = granted["access_token"].as_str().expect("a token");
    assert_eq!(call(&serving, access), 200);
    assert_eq!(raw(serving.address, "GET", "/oauth/token", &[], b"").status, 405);
    assert_eq!(raw(serving.address, "GET", "/gateway", &[], b"").status, 401);
    let nobody = br#"{"username":"ana@acme.example","password":"segredo","tenant":"nobody"}"#;
    let refused = raw(serving.address, "POST", "/api/login", &[], nobody);
    assert_eq!((refused.status, refused.json()["code"].as_str()), (401, Some("InvalidCredentials")));

    let wrong = |arguments: &[&str]| favo(&place.url, &[&["serve"], arguments].concat(), "");
    assert!(complaint(&wrong(&["--secret-key-file", "/nowhere/key"]), 1).contains("/nowhere/key"));
    assert!(complaint(&wrong(&["--trusted-proxy", "proxy"]), 2).contains("10.0.0.0/8"));
    assert!(complaint(&wrong(&["--egito-host-suffix", "egito.pl"]), 2).contains("dot in front"));
    assert!(complaint(&wrong(&["--totvs-gateway-path", "/crm"]), 2).contains("taken"));
}
