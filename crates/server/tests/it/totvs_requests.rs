//! TOTVS requests: paths, headers, keys, rights, and what bad input gets (sections 4, 5, 9, 20).

use favo_core::tenancy::Country;

use crate::desk::{Answer, Desk};

const CUSTOMERS: &str = "/api/v4/customer/customers-integration";
const LEADS: &str = "/api/v4/customer/leads";

fn desk() -> Desk {
    Desk::new(Country::Brazil)
}

/// A POST with an action.
fn act(desk: &Desk, action: &str, path: &str, body: &str) -> Answer {
    desk.totvs("POST", path, &[("Integration-Action", action)], body)
}

/// A POST with an action and a filter.
fn by_filter(desk: &Desk, action: &str, path: &str, filter: &str, body: &str) -> Answer {
    desk.totvs("POST", path, &[("Integration-Action", action), ("Integration-Filter", filter)], body)
}

fn get(desk: &Desk, path: &str, id: &str) -> serde_json::Value {
    desk.totvs("GET", &format!("{path}/{id}"), &[], "").with(200).json()
}

#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.json()["code"].as_str()), (status, Some(code)), "{}", answer.body);
    let keys: Vec<_> = answer.json().as_object().expect("an object").keys().cloned().collect();
    assert_eq!(keys, ["code", "message", "detailedMessage", "details"]);
    assert_eq!(answer.content_type, "application/json;charset=UTF-8");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

/// The details of an answer: field and code.
fn details(answer: &Answer) -> Vec<(String, String)> {
    let details = answer.json()["details"].as_array().expect("a list").clone();
    details
        .iter()
        .map(|detail| {
            (
                detail["field"].as_str().expect("a text").to_owned(),
                detail["code"].as_str().expect("a text").to_owned(),
            )
        })
        .collect()
}

#[track_caller]
fn rejected(answer: &Answer, field: &str, code: &str) {
    refused(answer, 422, "ValidationFailed");
    assert_eq!(details(answer), [(field.to_owned(), code.to_owned())], "{}", answer.body);
}

#[test]
fn a_customer_is_registered_through_the_gateway_and_read_back() {
    let desk = desk();
    let headers = [
        ("Integration-Version", "v4"),
        ("Integration-Service", "customer"),
        ("Integration-Resource", "customers-integration"),
        ("Integration-Action", "create"),
    ];
    let body = r#"{"externalId":"C-118","name":"Padaria Aurora Ltda","tradingName":"Padaria Aurora","birthday":"03/11/1988",
 "customerPersonType":{"acronym":"PJ"},
 "customerIdentificationDocuments":[{"documentNumber":"12.ABC.345/01DE-35","identificationDocumentAcronym":"CNPJ"}],
 "emails":[{"email":"compras@aurora.example"}],"phones":[{"number":"(47) 3300-0011"}],
 "defaultAddress":{"address":"Rua das Hortênsias","number":"77","neighborhood":"Centro","postalCode":"89201-000","cityName":"Joinville","state":"SC"}}"#;
    let made = desk.totvs("POST", "/api/integration", &headers, body).with(201);
    let id = made.uuid();
    assert_eq!(made.body, format!(r#"{{"id":"{id}"}}"#));
    let read = desk.totvs("GET", &format!("{CUSTOMERS}/{id}"), &[], "").with(200);
    let json = read.json();
    let (address, seller) = (
        json["addresses"][0]["id"].as_str().expect("a text"),
        json["professionalId"].as_str().expect("a text"),
    );
    let expected = format!(
        "{}{}{}{}{}{}{}{}{}{}",
        format_args!(
            r#"{{"id":"{id}","externalId":"C-118","code":"000001","name":"Padaria Aurora Ltda","tradingName":"Padaria Aurora","#
        ),
        r#""customerPersonType":{"id":"13e3cad4-bafe-5ff7-8260-84ef5014959d","acronym":"PJ","description":"Pessoa jurídica"},"birthday":"03/11/1988","#,
        r#""customerIdentificationDocuments":[{"documentNumber":"12ABC34501DE35","identificationDocumentId":"2093a5c0-f74b-536f-ba9a-5dd2b03f6d9f","identificationDocumentAcronym":"CNPJ","externalId":null}],"#,
        r#""emails":[{"email":"compras@aurora.example","emailTypeId":"244df9df-5fb2-5904-aed4-45ee6844924b","externalId":null}],"#,
        r#""phones":[{"number":"(47) 3300-0011","phoneTypeId":"ac924043-efe7-5ca7-8850-d8b7f6cb7539","externalId":null}],"#,
        format_args!(
            r#""addresses":[{{"id":"{address}","code":null,"address":"Rua das Hortênsias","number":"77","complement":null,"neighborhood":"Centro","postalCode":"89201-000","cityName":"Joinville","cityId":null,"state":"SC","country":"BR","addressType":{{"id":"c059f255-5cf3-556a-aa94-7725a2bce2f1","acronym":"COMMERCIAL","description":"Comercial"}},"main":true}}],"#
        ),
        r#""defaultAddress":{"addressTypeId":"c059f255-5cf3-556a-aa94-7725a2bce2f1","postalCode":"89201-000","neighborhood":"Centro","address":"Rua das Hortênsias","cityName":"Joinville","number":"77","complement":null,"cityId":null,"state":"SC","country":"BR"},"#,
        format_args!(
            r#""lifecycle":"CUSTOMER","segment":null,"origin":null,"site":null,"professionalId":"{seller}","professionalName":"Bia Nogueira","#
        ),
        r#""contacts":[],"tags":[],"active":true,"observation":null,"customFields":{},"version":1,"#,
        r#""createdAt":"2026-06-09T05:15:02.000-03:00","updatedAt":"2026-06-09T05:15:02.000-03:00"}"#,
    );
    assert_eq!(read.body, expected);
}

#[test]
fn a_nightly_upsert_makes_a_price_list_once_and_replaces_it_afterwards() {
    let desk = desk();
    let path = "/api/v4/pricelist/price-lists";
    let body = r#"{"code":"07","description":"Tabela Sul","startOn":"01/06/2026","active":true}"#;
    let upsert = || by_filter(&desk, "upsert", path, "{externalId->eq->TAB-07}", body);
    let id = upsert().with(201).uuid();
    assert_eq!(get(&desk, path, &id)["externalId"], "TAB-07");
    act(&desk, "update", path, &format!(r#"{{"id":"{id}","endOn":"30/06/2026"}}"#)).with(200);
    assert_eq!(get(&desk, path, &id)["endOn"], "30/06/2026");
    assert_eq!(upsert().with(200).uuid(), id);
    let read = get(&desk, path, &id);
    assert_eq!((read["endOn"].is_null(), &read["code"], &read["version"]), (true, &"07".into(), &3.into()));
}

#[test]
fn a_client_that_knows_no_actions_merges_and_may_lose_a_race() {
    let desk = desk();
    let customer = act(&desk, "create", CUSTOMERS, r#"{"name":"Aurora"}"#).with(201).uuid();
    let path = "/api/v1/opportunity/opportunities";
    let body = format!(r#"{{"description":"Fornos","customer":{{"id":"{customer}"}}}}"#);
    let id = desk.totvs("POST", path, &[], &body).with(201).uuid();
    let won = |version: i64| {
        desk.totvs("POST", path, &[], &format!(r#"{{"id":"{id}","status":"WON","version":{version}}}"#))
    };
    let stale = won(6);
    assert_eq!(
        stale.body,
        r#"{"code":"VersionConflict","message":"O registro foi alterado por outro processo. Tente novamente.","detailedMessage":"Read the record again and repeat the change. Current version: 1.","details":[{"field":"version","code":"VersionConflict","message":"Versão desatualizada.","value":1}]}"#
    );
    assert_eq!(stale.status, 409);
    let found = desk.totvs("GET", &format!("{path}?filter=%7Bcode-%3Eeq-%3E1%7D"), &[], "").with(200);
    assert_eq!(found.json()["count"], 1, "{}", found.body);
    assert_eq!(won(1).with(200).body, format!(r#"{{"id":"{id}"}}"#));
    let read = get(&desk, path, &id);
    assert_eq!((&read["status"], &read["closedOn"]), (&"WON".into(), &"09/06/2026".into()));
}

#[test]
fn a_missing_right_is_a_503_without_a_wish_to_see_the_client_again() {
    let desk = desk();
    let lead = act(&desk, "create", LEADS, r#"{"name":"Rui"}"#).with(201).uuid();
    let reader = desk.user("leo@aurora.example", "reader");
    desk.act_as(reader);
    let denied = desk.totvs("DELETE", &format!("{LEADS}/{lead}"), &[], "");
    assert_eq!(denied.status, 503);
    assert_eq!(
        denied.body,
        r#"{"code":"AccessDenied","message":"Sem permissão de acesso.","detailedMessage":"The user lacks the right DELETE on customer/leads.","details":[]}"#
    );
    assert_eq!(denied.header("retry-after"), None);
    // The right comes before the body, and an upsert needs both.
    refused(&act(&desk, "create", LEADS, "{"), 503, "AccessDenied");
    refused(&desk.totvs("POST", LEADS, &[], "{}"), 503, "AccessDenied");
    let both = desk.user_with("ana@aurora.example", &[("*.read", "all"), ("*.update", "all")]);
    desk.act_as(both);
    refused(&act(&desk, "upsert", CUSTOMERS, r#"{"name":"x"}"#), 503, "AccessDenied");
    refused(&desk.totvs("POST", CUSTOMERS, &[], r#"{"name":"x"}"#), 503, "AccessDenied");
    desk.totvs("POST", &format!("{LEADS}/{lead}"), &[], r#"{"jobTitle":"Chefe"}"#).with(200);
    desk.act_as(1);
    desk.set("totvs.no_permission_status", "403");
    desk.act_as(reader);
    refused(&desk.totvs("DELETE", &format!("{LEADS}/{lead}"), &[], ""), 403, "AccessDenied");
}

#[test]
fn an_insert_answers_201_or_what_the_tenant_wants() {
    let desk = desk();
    act(&desk, "create", CUSTOMERS, r#"{"name":"a"}"#).with(201);
    desk.set("totvs.create_status", "200");
    act(&desk, "create", CUSTOMERS, r#"{"name":"b"}"#).with(200);
    act(&desk, "upsert", CUSTOMERS, r#"{"name":"c"}"#).with(200);
}

#[test]
fn headers_and_paths_are_checked_in_order() {
    let desk = desk();
    let all = [
        ("Integration-Version", "v4"),
        ("Integration-Service", "customer"),
        ("Integration-Resource", "customers"),
        ("Integration-Action", "create"),
    ];
    desk.totvs("POST", "/api/integration/", &all, r#"{"name":"a"}"#).with(201);
    refused(&desk.totvs("POST", "/api/integration", &all[..3], "{}"), 400, "HeaderMissing");
    refused(&desk.totvs("POST", "/api/integration", &all[1..], "{}"), 400, "HeaderMissing");
    for (at, value) in [(3, "merge"), (0, "4"), (0, "v0"), (2, "customer")] {
        let mut some = all;
        some[at].1 = value;
        refused(&desk.totvs("POST", "/api/integration", &some, "{}"), 400, "HeaderInvalid");
    }
    for method in ["PUT", "PATCH"] {
        let answer = desk.totvs(method, LEADS, &[], "{}");
        refused(&answer, 405, "MethodNotAllowed");
        assert_eq!(answer.header("allow"), Some("GET, HEAD, POST, DELETE, OPTIONS"));
    }
    let options = desk.totvs("OPTIONS", LEADS, &[], "").with(204);
    assert_eq!(options.header("allow"), Some("GET, HEAD, POST, DELETE, OPTIONS"));
    for path in ["/api/v4/customer/unknown", "/api/customer/leads", "/api/v100/customer/leads"] {
        refused(&desk.totvs("GET", path, &[], ""), 404, "ResourceNotFound");
    }
    refused(&desk.totvs("GET", &format!("{LEADS}/123"), &[], ""), 404, "RecordNotFound");
    let products = "/api/v1/product/products";
    refused(&act(&desk, "delete", products, "{}"), 400, "ActionNotSupported");
    refused(&desk.totvs("POST", "/api/v1/user/users", &[], "{}"), 400, "ActionNotSupported");
    let head = desk.totvs("HEAD", CUSTOMERS, &[], "").with(200);
    assert_eq!(head.body, "");
}

#[test]
fn bodies_that_are_no_object_are_refused() {
    let desk = desk();
    for body in [r#"{"name":"#, "[]", "7", r#"{"name":"a"} x"#, "{\u{201c}name\u{201d}:1}"] {
        refused(&act(&desk, "create", CUSTOMERS, body), 400, "MalformedJson");
    }
    // An empty body is an empty object, and a byte-order mark does not matter; of a repeated key the last value counts.
    rejected(&act(&desk, "create", CUSTOMERS, ""), "name", "NotNull");
    let made = act(&desk, "create", CUSTOMERS, "\u{feff}{\"name\":\"a\",\"name\":\"b\"}").with(201);
    assert_eq!(get(&desk, CUSTOMERS, &made.uuid())["name"], "b");
}

#[test]
fn every_way_to_name_a_record_leads_to_it() {
    let desk = desk();
    let body = r#"{"name":"Aurora","externalId":"C-1"}"#;
    let id = act(&desk, "create", CUSTOMERS, body).with(201).uuid();
    let item = format!("{CUSTOMERS}/{id}");
    let site = || get(&desk, CUSTOMERS, &id)["site"].clone();
    act(&desk, "update", &item, r#"{"site":"1"}"#).with(200);
    assert_eq!(site(), "1");
    by_filter(&desk, "update", CUSTOMERS, "{name->ilike->auro}", r#"{"site":"2"}"#).with(200);
    assert_eq!(site(), "2");
    act(&desk, "update", CUSTOMERS, &format!(r#"{{"id":"{}","site":"3"}}"#, id.to_uppercase())).with(200);
    assert_eq!(site(), "3");
    act(&desk, "update", CUSTOMERS, r#"{"externalId":"C-1","site":"4"}"#).with(200);
    assert_eq!(site(), "4");
    let query = format!("{CUSTOMERS}?filter=%7BexternalId-%3Eeq-%3EC-1%7D&_=7");
    act(&desk, "update", &query, r#"{"site":"5"}"#).with(200);
    assert_eq!(site(), "5");
    desk.totvs("POST", CUSTOMERS, &[], r#"{"externalId":"C-1","site":"6"}"#).with(200);
    assert_eq!(site(), "6");
    desk.totvs("POST", CUSTOMERS, &[("Integration-Filter", "{externalId->eq->C-1}")], r#"{"site":"7"}"#)
        .with(200);
    assert_eq!(site(), "7");
    // Both filters must hold.
    let answer = by_filter(&desk, "update", &query, "{name->eq->Other}", r#"{"site":"8"}"#);
    refused(&answer, 422, "RecordNotFound");
}

#[test]
fn keys_that_miss_or_contradict_are_told_apart() {
    let desk = desk();
    let one = act(&desk, "create", CUSTOMERS, r#"{"name":"Aurora 1","externalId":"C-1"}"#).with(201).uuid();
    let two = act(&desk, "create", CUSTOMERS, r#"{"name":"Aurora 2"}"#).with(201).uuid();
    let unknown = "0fd630f1-f29d-4da9-953f-48f1a09f76b5";
    let missing = "{externalId->eq->C-9}";
    let both = "{name->like->Aurora}";
    for (action, status) in [("update", 422), ("delete", 404)] {
        refused(&by_filter(&desk, action, CUSTOMERS, missing, "{}"), status, "RecordNotFound");
        refused(&act(&desk, action, &format!("{CUSTOMERS}/{unknown}"), "{}"), 404, "RecordNotFound");
        refused(&act(&desk, action, CUSTOMERS, r#"{"externalId":"C-9"}"#), status, "RecordNotFound");
        refused(&act(&desk, action, CUSTOMERS, "{}"), 400, "FilterRequired");
    }
    for action in ["update", "upsert", "delete"] {
        refused(&by_filter(&desk, action, CUSTOMERS, both, r#"{"name":"x"}"#), 422, "FilterMatchesMany");
    }
    let body = format!(r#"{{"id":"{unknown}","name":"x"}}"#);
    refused(&act(&desk, "update", CUSTOMERS, &body), 422, "RecordNotFound");
    refused(&act(&desk, "upsert", CUSTOMERS, &body), 404, "RecordNotFound");
    refused(&desk.totvs("POST", CUSTOMERS, &[], &body), 404, "RecordNotFound");
    let path = format!("{CUSTOMERS}/{unknown}");
    refused(&act(&desk, "upsert", &path, r#"{"name":"x"}"#), 404, "RecordNotFound");
    refused(&desk.totvs("DELETE", &path, &[], ""), 404, "RecordNotFound");
    refused(&desk.totvs("DELETE", CUSTOMERS, &[], ""), 400, "FilterRequired");
    let other = format!(r#"{{"id":"{two}"}}"#);
    refused(&act(&desk, "update", &format!("{CUSTOMERS}/{one}"), &other), 400, "KeyConflict");
    refused(&by_filter(&desk, "update", &format!("{CUSTOMERS}/{one}"), missing, "{}"), 400, "KeyConflict");
    refused(&by_filter(&desk, "update", CUSTOMERS, "{externalId->eq->C-1}", &other), 400, "KeyConflict");
    refused(&by_filter(&desk, "create", CUSTOMERS, missing, "{}"), 400, "FilterNotAllowed");
    by_filter(&desk, "create", CUSTOMERS, "  ", r#"{"name":"x"}"#).with(201);
    let body = format!(r#"{{"id":"{one}","name":"x"}}"#);
    rejected(&act(&desk, "create", CUSTOMERS, &body), "id", "IdNotAllowed");
    let paged = by_filter(&desk, "update", CUSTOMERS, "{name->eq->Aurora 2}{page->eq->1}", "{}");
    refused(&paged, 400, "FilterPagingMisplaced");
    refused(&by_filter(&desk, "update", CUSTOMERS, "{name->eq->", "{}"), 400, "FilterSyntax");
    refused(&act(&desk, "update", &format!("{CUSTOMERS}?colour=red"), "{}"), 400, "UnknownParameter");
    // An upsert without any key inserts; so does one whose filter or key matches nothing.
    act(&desk, "upsert", CUSTOMERS, r#"{"name":"y"}"#).with(201);
    let made = by_filter(&desk, "upsert", CUSTOMERS, "{externalId->eq->C-9}{site->eq->z}", r#"{"name":"y"}"#);
    let read = get(&desk, CUSTOMERS, &made.with(201).uuid());
    assert_eq!((&read["externalId"], &read["site"]), (&"C-9".into(), &"z".into()));
    by_filter(&desk, "upsert", CUSTOMERS, "{name->like->zzz}", r#"{"name":"y"}"#).with(201);
    // What a DELETE carries is ignored where the path names the record.
    desk.totvs("DELETE", &format!("{CUSTOMERS}/{one}"), &[], r#"{"id":7}"#).with(200);
    refused(&desk.totvs("GET", &format!("{CUSTOMERS}/{one}"), &[], ""), 404, "RecordNotFound");
    desk.totvs("DELETE", CUSTOMERS, &[("Integration-Filter", "{externalId->eq->C-9}")], "").with(200);
    // Its key is free again.
    act(&desk, "create", CUSTOMERS, r#"{"name":"x","externalId":"C-1"}"#).with(201);
}

#[test]
fn values_that_cannot_be_read_are_told_together_before_anything_else() {
    let desk = desk();
    let body = r#"{"name":{},"active":"maybe","birthday":"31/02/1990","code":[],"site":"x"}"#;
    let answer = act(&desk, "create", CUSTOMERS, body);
    refused(&answer, 400, "InvalidValue");
    let expected = [
        ("code", "TypeMismatch"),
        ("name", "TypeMismatch"),
        ("birthday", "InvalidDate"),
        ("active", "TypeMismatch"),
    ];
    let expected: Vec<_> =
        expected.iter().map(|(field, code)| ((*field).to_owned(), (*code).to_owned())).collect();
    assert_eq!(details(&answer), expected);
    for date in ["31/02/1990", "1990-13-01", "02/15/1970", "15/02/70"] {
        let answer = act(&desk, "create", CUSTOMERS, &format!(r#"{{"name":"a","birthday":"{date}"}}"#));
        assert_eq!(details(&answer), [("birthday".to_owned(), "InvalidDate".to_owned())]);
    }
    let amount = act(
        &desk,
        "create",
        "/api/v1/opportunity/opportunities",
        r#"{"description":"a","amount":"1.234,50"}"#,
    );
    assert_eq!(details(&amount), [("amount".to_owned(), "TypeMismatch".to_owned())]);
}

#[test]
fn fields_that_are_not_acceptable_are_told_together() {
    let desk = desk();
    let answer = act(
        &desk,
        "create",
        CUSTOMERS,
        r#"{"customerIdentificationDocuments":[{"documentNumber":"11.222.333/0001-82"}]}"#,
    );
    assert_eq!(answer.status, 422);
    assert_eq!(
        answer.body,
        r#"{"code":"ValidationFailed","message":"Não foi possível processar a entidade.","detailedMessage":"2 fields were rejected.","details":[{"field":"name","code":"NotNull","message":"O campo name é obrigatório.","value":null},{"field":"customerIdentificationDocuments[0].documentNumber","code":"InvalidDocument","message":"O documento informado é inválido.","value":"11.222.333/0001-82"}]}"#
    );
    for body in ["{}", r#"{"name":null}"#, r#"{"name":"  "}"#] {
        rejected(&act(&desk, "create", CUSTOMERS, body), "name", "NotNull");
    }
    let long = "é".repeat(151);
    rejected(&act(&desk, "create", CUSTOMERS, &format!(r#"{{"name":"{long}"}}"#)), "name", "Size");
    let with = |more: &str| act(&desk, "create", CUSTOMERS, &format!(r#"{{"name":"a",{more}}}"#));
    rejected(&with(r#""emails":[{"email":"foo"}]"#), "emails[0].email", "InvalidEmail");
    rejected(&with(r#""phones":[{"number":"ramal"}]"#), "phones[0].number", "InvalidPhone");
    rejected(&with(r#""lifecycle":"LEAD""#), "lifecycle", "NotInList");
    rejected(&with(r#""customFields":{"porte":"x"}"#), "customFields.porte", "UnknownCustomField");
    let unknown = "0fd630f1-f29d-4da9-953f-48f1a09f76b5";
    rejected(&with(&format!(r#""segment":{{"id":"{unknown}"}}"#)), "segment.id", "ReferenceNotFound");
    rejected(&with(&format!(r#""professionalId":"{unknown}""#)), "professionalId", "ReferenceNotFound");
    for number in ["529.982.247-26", "111.111.111-11", "00000000000000", "12ABC34501DE3A"] {
        let body = format!(r#""customerIdentificationDocuments":[{{"documentNumber":"{number}"}}]"#);
        rejected(&with(&body), "customerIdentificationDocuments[0].documentNumber", "InvalidDocument");
    }
    let body = r#""customerIdentificationDocuments":[{"documentNumber":"5299822472"}]"#;
    rejected(&with(body), "customerIdentificationDocuments[0].identificationDocumentAcronym", "NotInList");
    let deals = "/api/v1/opportunity/opportunities";
    let customer = act(&desk, "create", CUSTOMERS, r#"{"name":"a"}"#).with(201).uuid();
    let other = act(&desk, "create", CUSTOMERS, r#"{"name":"b"}"#).with(201).uuid();
    let deal = |more: &str| act(&desk, "create", deals, &format!(r#"{{"description":"a",{more}}}"#));
    rejected(&deal(&format!(r#""customerId":"{customer}","status":"OPENED""#)), "status", "NotInList");
    rejected(&deal(&format!(r#""customer":{{"id":"{unknown}"}}"#)), "customer.id", "ReferenceNotFound");
    let twice = format!(r#""customer":{{"id":"{customer}"}},"customerId":"{other}""#);
    rejected(&deal(&twice), "customerId", "ReferenceConflict");
    rejected(&deal(r#""amount":1"#), "customer", "NotNull");
    assert_eq!(desk.count(favo_core::Resource::Opportunity), 0);
}

#[test]
fn keys_that_are_taken_are_conflicts() {
    let desk = desk();
    act(&desk, "create", CUSTOMERS, r#"{"name":"a","externalId":"C-1","code":"X1"}"#).with(201);
    let key = act(&desk, "create", CUSTOMERS, r#"{"name":"b","externalId":"C-1"}"#);
    refused(&key, 409, "DuplicateKey");
    assert_eq!(key.json()["details"][0]["value"], "C-1");
    let code = act(&desk, "create", CUSTOMERS, r#"{"name":"b","code":"x1"}"#);
    refused(&code, 409, "DuplicateKey");
    assert_eq!(details(&code), [("code".to_owned(), "Duplicate".to_owned())]);
    assert_eq!(desk.count(favo_core::Resource::Contact), 1);
}

#[test]
fn lists_of_a_browser_and_their_mistakes() {
    let desk = desk();
    let list = desk.totvs("GET", &format!("{CUSTOMERS}?filter=%7Bname-%3Eeq-%3Ex%7D"), &[], "").with(200);
    assert_eq!(list.body, r#"{"items":[],"hasNext":false,"count":0}"#);
    for query in ["page=0", "pageSize=1001", "order=emails"] {
        refused(&desk.totvs("GET", &format!("{CUSTOMERS}?{query}"), &[], ""), 400, "PagingInvalid");
    }
    refused(&desk.totvs("GET", &format!("{CUSTOMERS}?colour=red"), &[], ""), 400, "UnknownParameter");
    let headers = [("Integration-Filter", "{code->eq->118},{status->eq->WON}")];
    refused(&desk.totvs("GET", CUSTOMERS, &headers, ""), 400, "FilterSyntax");
}
