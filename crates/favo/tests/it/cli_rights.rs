//! The command line on people, their rights, and the registries without a path: what it changes counts at once.

use serde_json::{Value, json};

use crate::cli::{Place, as_client, complaint, json_lines, json_of};
use crate::harness::Client;
use crate::program::{Serving, printed};

const ANA: &str = "ana@acme.example";
const BIA: &str = "bia@acme.example";

/// A tenant with its administrator Ana and the seller Bia.
fn with_bia() -> Place {
    let place = Place::with_tenant();
    let create =
        "user create --tenant acme --login bia@acme.example --name Bia --role seller --password-stdin";
    printed(&place.run_with(create, "x1\n"));
    place
}

fn bia(place: &Place, serving: &Serving) -> Client {
    let create = "token create --tenant acme --user bia@acme.example --name teste";
    as_client(serving, printed(&place.run(create)))
}

fn set_bia(place: &Place, change: &str) -> Value {
    json_of(&place.run(&format!("user set --tenant acme --login {BIA} {change}")))
}

#[test]
fn reasons_are_listed_added_renamed_and_retired() {
    let place = Place::with_tenant();
    let run = |command: &str| place.run(&format!("registry {command} --tenant acme --of outcome_reason"));
    let names = || -> Vec<_> {
        let listed = json_lines(&run("list"));
        listed.iter().map(|reason| (reason["name"].clone(), reason["active"].clone())).collect()
    };
    assert_eq!(names()[0], (json!("Preço"), json!(true)));
    let added = json_of(&run("add Prazo"));
    assert_eq!(added, json!({"id": 4, "name": "Prazo", "active": true}));
    assert!(complaint(&run("add prazo"), 1).contains("already"), "whatever the case");
    assert!(complaint(&run("rename Prazo --to preco"), 1).contains("already"), "and accents");

    let serving = Serving::start(&place.url);
    let ana = as_client(&serving, place.token());
    let lost = json!({"nome": "Forno", "cliente": {"nome": "Padaria"}, "status": 3, "justificativas": [{"nome": "prazo"}]});
    let lost = ana.post("/oportunidades", &lost).ok()["id"].clone();
    let reason = || ana.get(&format!("/oportunidades/{lost}")).ok()["justificativas"][0].clone();
    assert_eq!((&reason()["id"], &reason()["nome"]), (&json!(4), &json!("Prazo")));

    printed(&run("rename prazo --to Entrega"));
    assert_eq!(reason()["nome"], "Entrega", "what points to it shows the new name");
    printed(&run("retire entrega"));
    assert_eq!(names()[3], (json!("Entrega"), json!(false)));
    assert_eq!(reason()["nome"], "Entrega", "what points to it goes on showing it");
    assert_eq!(json_of(&run("add Entrega"))["id"], 4, "a retired one comes back");
    assert_eq!(names()[3], (json!("Entrega"), json!(true)));
    for command in ["rename Frete --to Entrega", "retire Frete"] {
        assert!(complaint(&run(command), 1).contains("favo registry list"), "{command}");
    }
}

#[test]
fn every_registry_without_a_path_is_kept_and_task_types_have_a_nature() {
    let place = Place::with_tenant();
    for kind in
        ["outcome_reason", "discard_reason", "checklist", "task_type", "proposal_template", "form_template"]
    {
        let added = json_of(&place.run(&format!("registry add Nova --tenant acme --of {kind}")));
        assert_eq!(added["name"], "Nova", "{kind}");
        assert_eq!(added.get("nature"), (kind == "task_type").then_some(&json!(0)), "{kind}");
    }
    let add = "registry add Cobrança --tenant acme --of task_type --nature 1";
    assert_eq!(json_of(&place.run(add))["nature"], 1);
    let serving = Serving::start(&place.url);
    let types = as_client(&serving, place.token()).get("/tarefas/tipos").ok();
    let made = types.as_array().expect("a list").iter().find(|kind| kind["nome"] == "Cobrança");
    assert_eq!(made.expect("the new type")["natureza"], 1);
}

#[test]
fn a_role_gives_its_users_the_rights_it_names() {
    let place = with_bia();
    let serving = Serving::start(&place.url);
    let (ana, bia) = (as_client(&serving, place.token()), bia(&place, &serving));
    let contact = ana.post("/contatos", &json!({"nome": "Padaria"})).ok()["id"].clone();
    let contact = format!("/contatos/{contact}");
    let rename = json!({"nome": "Padaria Sol"});
    assert_eq!(bia.get(&contact).status, 404, "a seller sees what is hers");

    let create = "role create --tenant acme --name suporte --right *.read=all --right task.create=all";
    let made = json_of(&place.run(create));
    assert_eq!(made["rights"], json!({"*.read": "all", "task.create": "all"}));
    assert_eq!(made["administrator"], false);
    assert!(complaint(&place.run("role create --tenant acme --name Suporte"), 1).contains("already"));
    assert_eq!(set_bia(&place, "--role suporte")["role"], "suporte");
    assert_eq!((bia.get(&contact).status, bia.put(&contact, &rename).status), (200, 403));

    let set = json_of(&place.run("role set --tenant acme --name suporte --right contact.update=all"));
    assert_eq!(set["rights"], json!({"*.read": "all", "task.create": "all", "contact.update": "all"}));
    assert_eq!(bia.put(&contact, &rename).status, 200);
    printed(&place.run("role set --tenant acme --name suporte --right *.read=none"));
    assert_eq!(bia.get(&contact).status, 404);

    assert_eq!(bia.post("/origem", &json!({"nome": "Feira"})).status, 403);
    printed(&place.run("role set --tenant acme --name suporte --administrator"));
    assert_eq!(bia.post("/origem", &json!({"nome": "Feira"})).status, 200);
    let unknown = complaint(&place.run("role set --tenant acme --name chefe --administrator"), 1);
    assert!(unknown.contains("seller, reader, suporte"), "{unknown}");
    let listed = json_lines(&place.run("role list --tenant acme"));
    assert_eq!(listed.len(), 5);
    assert_eq!((&listed[0]["name"], &listed[0]["administrator"]), (&json!("administrator"), &json!(true)));
}

#[test]
fn teams_decide_whose_records_a_manager_sees() {
    let place = with_bia();
    let create =
        "user create --tenant acme --login caio@acme.example --name Caio --role manager --password-stdin";
    printed(&place.run_with(create, "x1\n"));
    let serving = Serving::start(&place.url);
    let bia = bia(&place, &serving);
    let create = "token create --tenant acme --user caio@acme.example --name teste";
    let caio = as_client(&serving, printed(&place.run(create)));
    let contact = bia.post("/contatos", &json!({"nome": "Padaria"})).ok()["id"].clone();
    let seen = || caio.get(&format!("/contatos/{contact}")).status;
    assert_eq!(seen(), 200, "both are in the default team");

    assert_eq!(json_of(&place.run("team create --tenant acme --name Sul"))["name"], "Sul");
    assert!(complaint(&place.run("team create --tenant acme --name sul"), 1).contains("already"));
    assert_eq!(set_bia(&place, "--team Sul")["teams"], json!(["Sul"]));
    assert_eq!(seen(), 404);
    printed(&place.run("user set --tenant acme --login caio@acme.example --team sul --team SUL"));
    assert_eq!(seen(), 200);
    assert_eq!(set_bia(&place, "--no-team")["teams"], json!([]));
    assert_eq!(seen(), 404);

    let unknown = complaint(&place.run(&format!("user set --tenant acme --login {BIA} --team Norte")), 1);
    assert!(unknown.contains("Equipe comercial, Sul"), "{unknown}");
    let listed = json_lines(&place.run("team list --tenant acme"));
    let shown: Vec<_> = listed.iter().map(|team| (&team["name"], &team["default"])).collect();
    assert_eq!(shown, [(&json!("Equipe comercial"), &json!(true)), (&json!("Sul"), &json!(false))]);
}

#[test]
fn an_inactive_user_is_out_until_active_again() {
    let place = with_bia();
    let serving = Serving::start(&place.url);
    let bia = bia(&place, &serving);
    assert_eq!(bia.get("/contatos").status, 200);
    let set = set_bia(&place, "--active false");
    assert_eq!((&set["active"], &set["role"]), (&json!(false), &json!("seller")), "the rest stays");
    assert_eq!(bia.get("/contatos").status, 401);
    set_bia(&place, "--active true");
    assert_eq!(bia.get("/contatos").status, 200);
    let unknown = place.run("user set --tenant acme --login caio@acme.example --active false");
    assert!(complaint(&unknown, 1).contains("favo user list"));
}

#[test]
fn the_last_administrator_stays_one() {
    let place = with_bia();
    for command in [
        format!("user set --tenant acme --login {ANA} --role seller"),
        format!("user set --tenant acme --login {ANA} --active false"),
        "role set --tenant acme --name administrator --administrator false".to_owned(),
    ] {
        let said = complaint(&place.run(&command), 1);
        assert!(said.contains("make someone else an administrator"), "{command}: {said}");
    }
    assert_eq!(set_bia(&place, "--role administrator")["role"], "administrator");
    printed(&place.run(&format!("user set --tenant acme --login {ANA} --role seller")));
    let said = complaint(&place.run(&format!("user set --tenant acme --login {BIA} --active false")), 1);
    assert!(said.contains("nobody would be left"), "{said}");
}

#[test]
fn a_password_is_replaced_and_never_printed() {
    use favo::administration;
    use favo_core::catalogue::user;
    let place = with_bia();
    let kept = || {
        let store = favo_store::Store::open(&place.url, &favo_store::Options::default()).expect("it opens");
        let tenant = store.tenant_by_slug("acme").expect("it answers").expect("the tenant").id;
        let snapshot = administration::snapshot(&store, tenant).expect("the registries");
        snapshot.login(BIA).expect("Bia").get(user::PASSWORD_HASH).expect("a hash").to_owned()
    };
    let before = kept();
    let set = format!("user set --tenant acme --login {BIA} --password-stdin");
    let set = printed(&place.run_with(&set, "novo segredo\n"));
    assert!(!set.contains("segredo") && !set.contains("argon2id"), "{set}");
    let after = kept();
    assert!(after.starts_with("$argon2id$") && after != before, "{after}");
}
