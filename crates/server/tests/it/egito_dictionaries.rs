//! `SelectDictionary` (section 14): every type of a fresh tenant, finding entries, tenants of other countries.

use favo_core::catalogue::{discard_reason, segment};
use favo_core::patch::{Input, Patch};
use favo_core::tenancy::Country;
use favo_core::transaction::Writer;
use favo_core::write::{self, Skip};
use favo_core::{Ctx, Resource};

use crate::desk::Desk;

fn rows(desk: &Desk, query: &str) -> Vec<serde_json::Value> {
    let answer = desk.egito("GET", &format!("SelectDictionary/list?{query}"), &[], "").with(200);
    answer.json().as_array().expect("an array").clone()
}

/// `id value` of every entry.
fn values(desk: &Desk, kind: &str) -> String {
    let rows = rows(desk, &format!("type={kind}"));
    let shown = rows.iter().map(|row| {
        assert_eq!(row["type"], kind);
        format!("{} {}", row["id"], row["value"].as_str().expect("a value"))
    });
    shown.collect::<Vec<_>>().join(", ")
}

#[test]
fn a_fresh_tenant_has_the_dictionaries_of_the_specification() {
    let desk = Desk::new(Country::Poland);
    for (kind, expected) in [
        (
            "industry",
            "1 IT, 2 MANUFACTURING, 3 RETAIL, 4 WHOLESALE, 5 CONSTRUCTION, 6 REAL_ESTATE, 7 FINANCE, 8 TRANSPORT, \
             9 ENERGY, 10 AUTOMOTIVE, 11 FOOD, 12 AGRICULTURE, 13 HEALTHCARE, 14 EDUCATION, 15 HOSPITALITY, \
             16 MEDIA, 17 BUSINESS_SERVICES, 18 CONSUMER_SERVICES, 19 PUBLIC_SECTOR, 20 NGO, 21 OTHER",
        ),
        (
            "relationshipType",
            "1 CUSTOMER, 2 PROSPECT, 3 SUSPECT, 4 PARTNER, 5 SUPPLIER, 6 COMPETITOR, 7 FORMER_CUSTOMER, 8 OTHER",
        ),
        (
            "leadSource",
            "1 WEB_FORM, 2 PHONE, 3 EMAIL, 4 REFERRAL, 5 EVENT, 6 ADVERTISING, 7 SOCIAL_MEDIA, 8 NEWSLETTER, \
             9 COLD_CALL, 10 PARTNER, 11 IMPORT, 12 OTHER",
        ),
        ("leadStatus", "1 NEW, 2 SCHEDULED, 3 CONVERTED, 4 DISCARDED, 5 SOLD, 6 NOT_SOLD"),
        (
            "opportunityStage",
            "1 NEW, 2 ANALYSIS, 3 OFFER, 4 NEGOTIATION, 5 DECISION, 1000001 WON, 1000002 LOST, \
             1000003 DISCARDED, 1000004 POSTPONED",
        ),
        ("opportunityPipeline", "1 SALES"),
        ("opportunityType", "1 NEW_BUSINESS, 2 EXISTING_BUSINESS, 3 RENEWAL, 4 SERVICE"),
        ("gender", "1 FEMALE, 2 MALE, 3 UNKNOWN"),
        ("accountType", "1 COMPANY, 2 SOLE_TRADER, 3 PUBLIC_BODY, 4 NON_PROFIT, 5 COOPERATIVE, 6 OTHER"),
        ("activityType", "1 TASK, 2 CALL, 3 EMAIL, 4 MEETING, 5 VISIT, 6 OFFER_FOLLOW_UP, 7 OTHER"),
        ("taskStatus", "1 OPEN, 2 IN_PROGRESS, 3 DONE, 4 CANCELLED"),
        ("taskPriority", "1 LOW, 2 NORMAL, 3 HIGH"),
        ("offerStatus", "1 DRAFT, 2 IN_APPROVAL, 3 APPROVED, 4 REJECTED, 5 OBSOLETE"),
        ("orderStatus", "1 NEW, 2 CONFIRMED, 3 IN_PROGRESS, 4 COMPLETED, 5 CANCELLED"),
        ("productCategory", "1 GOODS, 2 SERVICES, 3 LICENCES, 4 SUBSCRIPTIONS, 5 OTHER"),
        ("productSubcategory", ""),
        ("unitOfMeasure", "1 PCS, 2 SET, 3 HOUR, 4 DAY, 5 MONTH, 6 SERVICE, 7 KG, 8 M, 9 M2, 10 L, 11 KM"),
        ("vatRate", "1 VAT23, 2 VAT8, 3 VAT5, 4 VAT0, 5 EXEMPT, 6 NOT_APPLICABLE"),
        ("paymentMethod", "1 TRANSFER, 2 CASH, 3 CARD, 4 COD, 5 PREPAID, 6 OTHER"),
        ("currency", "1 PLN, 2 EUR, 3 USD, 4 GBP, 5 CHF, 6 CZK, 7 BRL"),
    ] {
        assert_eq!(values(&desk, kind), expected, "{kind}");
    }
    let reasons = values(&desk, "lossReason");
    let standard =
        "1 PRICE, 2 COMPETITION, 3 NO_BUDGET, 4 NO_DECISION, 5 NO_NEED, 6 TIMING, 7 NO_CONTACT, 8 OTHER";
    assert!(reasons.starts_with(standard), "{reasons}");
}

#[test]
fn an_entry_has_its_keys_in_order() {
    let desk = Desk::new(Country::Poland);
    let answer = desk.egito("GET", "SelectDictionary/list?type=industry", &[], "").with(200);
    let start = r#"[{"id":1,"type":"industry","name":"Informatyka i telekomunikacja","value":"IT"},{"id":2,"type":"industry","name":"Produkcja","value":"MANUFACTURING"},"#;
    assert!(answer.body.starts_with(start), "{}", answer.body);
    assert_eq!(answer.content_type, "application/json;charset=UTF-8");
    assert_eq!(rows(&desk, "type=industry&max=2&offset=1").len(), 2);
    assert_eq!(rows(&desk, "type=industry&offset=20")[0]["value"], "OTHER");
    assert!(rows(&desk, "type=opportunityStage&pipeline=77").is_empty());
    let form = [("content-type", "application/x-www-form-urlencoded")];
    desk.egito("POST", "SelectDictionary/list", &form, "type=gender").with(200);
    desk.egito_json("SelectDictionary/list/", r#"{"type":"gender"}"#).with(200);
}

#[test]
fn a_type_must_be_one_that_is_known() {
    let desk = Desk::new(Country::Poland);
    for query in ["", "?type=", "?type=planets", "?type=Industry", "?type=industry&type=gender"] {
        let answer = desk.egito("GET", &format!("SelectDictionary/list{query}"), &[], "").with(400);
        let expected = r#"{"errors":[{"object":"SelectDictionary","message":"Nieznany typ słownika.","code":"dictionary.type"}]}"#;
        assert_eq!(answer.body, expected, "{query}");
    }
    let paging = desk.egito("GET", "SelectDictionary/list?type=gender&max=0", &[], "").with(400);
    assert_eq!(paging.json()["errors"][0]["code"], "paging.invalid");
}

#[test]
fn entries_are_found_by_id_code_and_label_in_any_case() {
    let desk = Desk::new(Country::Poland);
    for sent in [
        r#""industry":"MANUFACTURING""#,
        r#""industry":"manufacturing""#,
        r#""industry":"produkcja""#,
        r#""industry":2"#,
        r#""industry":"2""#,
        r#""industry":{"id":2}"#,
        r#""industry":{"id":"2"}"#,
        r#""industry":{"value":"Manufacturing"}"#,
        r#""industry":{"name":"PRODUKCJA"}"#,
        r#""industry":{"id":null,"name":"Produkcja"}"#,
        r#""industry":{"id":2,"name":"Produkcja","value":"MANUFACTURING"}"#,
        r#""industryId":2"#,
    ] {
        let id = desk.egito_json("Account/create", &format!(r#"{{"name":"Orion",{sent}}}"#)).with(200).id();
        let read = desk.egito("GET", &format!("Account/get/{id}"), &[], "").with(200);
        let shown = r#""industry":{"id":2,"name":"Produkcja","value":"MANUFACTURING"}"#;
        assert!(read.body.contains(shown), "{sent}: {}", read.body);
    }
    for sent in [r#""Kosmos""#, "99", "true", "[2]", "{}", r#"{"id":99}"#, r#"{"id":"x"}"#, "-2"] {
        let answer = desk.egito_json("Account/create", &format!(r#"{{"name":"Orion","industry":{sent}}}"#));
        assert_eq!(answer.status, 400, "{sent}: {}", answer.body);
        assert_eq!(answer.json()["errors"][0]["field"], "industry", "{sent}");
    }
}

#[test]
fn entries_made_elsewhere_get_a_code_and_retired_ones_are_only_shown() {
    let desk = Desk::new(Country::Poland);
    let made = desk
        .system(|ctx: &Ctx, tx: &mut dyn Writer| {
            let patch = Patch::new().text(segment::NAME, "Żegluga śródlądowa, Łódź");
            write::create(ctx, tx, Resource::Segment, patch, Skip::default())
        })
        .expect("an entry");
    let last = rows(&desk, "type=industry").pop().expect("an entry");
    let expected = serde_json::json!({
        "id": made, "type": "industry", "name": "Żegluga śródlądowa, Łódź", "value": "ZEGLUGA_SRODLADOWA__LODZ"
    });
    assert_eq!(last, expected);
    let id = desk
        .egito_json("Account/create", r#"{"name":"Orion","industry":"ZEGLUGA_SRODLADOWA__LODZ"}"#)
        .with(200)
        .id();
    desk.system(move |ctx: &Ctx, tx: &mut dyn Writer| {
        let patch = Patch::new().with(segment::ACTIVE, Input::Bool(false));
        write::update(ctx, tx, Resource::Segment, made, patch, Skip::default()).map(|()| ())
    })
    .expect("retired");
    assert_eq!(rows(&desk, "type=industry").len(), 21);
    let read = desk.egito("GET", &format!("Account/get/{id}"), &[], "").with(200).json();
    assert_eq!(read["industry"]["id"], made);
    let refused =
        desk.egito_json("Account/create", &format!(r#"{{"name":"Malwa","industry":{made}}}"#)).with(400);
    assert_eq!(refused.json()["errors"][0]["code"], "not.inList");
}

#[test]
fn reasons_of_discarding_stand_behind_those_of_losing() {
    let desk = Desk::new(Country::Poland);
    let made = desk
        .system(|ctx: &Ctx, tx: &mut dyn Writer| {
            let patch = Patch::new().text(discard_reason::NAME, "Zły adres");
            write::create(ctx, tx, Resource::DiscardReason, patch, Skip::default())
        })
        .expect("a reason");
    let last = rows(&desk, "type=lossReason").pop().expect("an entry");
    assert_eq!((last["id"].as_i64(), last["value"].as_str()), (Some(1_000_000 + made), Some("ZLY_ADRES")));
}

#[test]
fn a_brazilian_tenant_has_its_own_entries_and_the_standard_relationships() {
    let desk = Desk::new(Country::Brazil);
    let relationships = values(&desk, "relationshipType");
    let standard = "1000001 CUSTOMER, 1000002 PROSPECT, 1000003 SUSPECT, 1000004 PARTNER, 1000005 SUPPLIER, \
                    1000006 COMPETITOR, 1000007 FORMER_CUSTOMER, 1000008 OTHER";
    assert!(relationships.ends_with(standard), "{relationships}");
    let first = &rows(&desk, "type=industry")[0];
    assert_eq!((first["name"].as_str(), first["value"].as_str()), (Some("Comércio"), Some("RETAIL")));
    let id = desk
        .egito_json("Account/create", r#"{"name":"Aurora","relationshipType":"CUSTOMER"}"#)
        .with(200)
        .id();
    let read = desk.egito("GET", &format!("Account/get/{id}"), &[], "").with(200).json();
    assert_eq!(read["relationshipType"]["value"], "CUSTOMER");
    let found = desk.egito("GET", "Account/list?relationshipType=CUSTOMER", &[], "").with(200);
    assert_eq!(found.header("x-total-count"), Some("1"));
}
