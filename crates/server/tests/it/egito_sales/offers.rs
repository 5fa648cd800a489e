//! Offers: numbers, groups, versions.

use favo_core::Resource;
use favo_core::catalogue::proposal;
use favo_core::patch::{Input, Patch, Reference};
use favo_core::write::{self, Skip};
use serde_json::json;

use super::{LINES, LINES_SHOWN, parties};
use crate::egito_records::{assert_echo, assert_has, change, desk, fault, get, make};

#[test]
fn an_offer_has_a_number_dates_and_totals() {
    let desk = desk();
    let (account, person) = parties(&desk);
    let group = make(
        &desk,
        "OfferGroup",
        &format!(r#"{{"name":"Tartak 2026","account":{account},"description":"x"}}"#),
    );
    let body = format!(
        r#"{{"name":"Oferta na piłę","offerGroup":{group},"account":{account},"contact":{person},"items":{LINES}}}"#
    );
    let id = make(&desk, "Offer", &body);
    let expected = [
        r#"{"id":1,"number":"OF/2026/00001","version":1,"name":"Oferta na piłę","offerGroup":{"id":1,"name":"Tartak 2026"},"#,
        r#""opportunity":{"id":1,"name":"Oferta na piłę"},"account":{"id":1,"name":"Tartak Jodła"},"#,
        r#""contact":{"id":2,"name":"Marek Sowa"},"status":{"id":1,"name":"Robocza","value":"DRAFT"},"#,
        r#""issueDate":"2026-06-09","validUntil":"2026-07-09","currency":{"id":1,"name":"Złoty polski","value":"PLN"},"items":"#,
        LINES_SHOWN,
        r#","netTotal":39880.00,"vatTotal":9172.40,"grossTotal":49052.40,"owner":{"id":1,"name":"Anna Kos"},"description":null,"#,
        r#""dateCreated":"2026-06-09T10:15:02+02:00","lastUpdated":"2026-06-09T10:15:02+02:00","customFields":{}}"#,
    ]
    .concat();
    assert_eq!(get(&desk, "Offer", id).body, expected);
    assert_echo(&desk, "Offer", Resource::Proposal, id);
    let expected = concat!(
        r#"{"id":1,"name":"Tartak 2026","account":{"id":1,"name":"Tartak Jodła"},"opportunity":null,"#,
        r#""offers":[{"id":1,"name":"Oferta na piłę"}],"owner":{"id":1,"name":"Anna Kos"},"description":"x","#,
        r#""dateCreated":"2026-06-09T10:15:02+02:00","lastUpdated":"2026-06-09T10:15:02+02:00","customFields":{}}"#,
    );
    assert_eq!(get(&desk, "OfferGroup", group).body, expected);
    assert_echo(&desk, "OfferGroup", Resource::ProposalGroup, group);

    let other = make(&desk, "Account", r#"{"name":"Inny"}"#);
    let foreign = desk
        .egito_json("Offer/create", &format!(r#"{{"name":"Y","account":{other},"offerGroup":{group}}}"#))
        .with(400);
    assert_eq!(fault(&foreign), ("offerGroup".to_owned(), "reference.notFound".to_owned()));
    assert_eq!(
        fault(&desk.egito_json("Offer/create", r#"{"name":"Y"}"#).with(400)),
        ("account".to_owned(), "blank".to_owned())
    );
    let early = change(&desk, "Offer", id, r#"{"validUntil":"2026-06-01"}"#).with(400);
    assert_eq!(fault(&early).0, "validUntil");
    let second = make(&desk, "Offer", r#"{"name":"Druga","opportunity":1,"number":"MOJA-1"}"#);
    assert_has(
        &desk,
        "Offer",
        second,
        &json!({"account": {"id": 1, "name": "Tartak Jodła"}, "version": 1, "number": "MOJA-1"}),
    );
    assert_has(&desk, "Offer", id, &json!({"status": {"id": 1, "name": "Robocza", "value": "DRAFT"}}));
    assert_eq!(
        fault(&change(&desk, "Offer", second, r#"{"number":"of/2026/00001"}"#).with(409)),
        ("number".to_owned(), "unique".to_owned())
    );
    desk.egito("POST", &format!("OfferGroup/delete/{group}"), &[], "").with(200);
    assert_has(&desk, "Offer", id, &json!({"offerGroup": null}));
}

#[test]
fn changed_lines_of_a_decided_offer_make_a_new_version() {
    let desk = desk();
    let (account, _) = parties(&desk);
    let id = make(&desk, "Offer", &format!(r#"{{"name":"O","account":{account},"items":{LINES}}}"#));
    change(&desk, "Offer", id, r#"{"status":"APPROVED"}"#).with(200);
    assert_eq!(change(&desk, "Offer", id, r#"{"description":"x"}"#).with(200).id(), id);
    assert_echo(&desk, "Offer", Resource::Proposal, id);
    let delete = |id: i64| desk.egito("POST", &format!("Offer/delete/{id}"), &[], "");
    assert_eq!(fault(&delete(id).with(409)).1, "state.conflict");
    let newer = change(&desk, "Offer", id, r#"{"items":[{"id":1,"quantity":3}]}"#).with(200).id();
    assert_ne!(newer, id);
    assert_has(
        &desk,
        "Offer",
        id,
        &json!({"status": {"id": 5, "name": "Nieaktualna", "value": "OBSOLETE"}, "version": 1, "netTotal": 39880.0}),
    );
    assert_has(
        &desk,
        "Offer",
        newer,
        &json!({"version": 2, "number": "OF/2026/00001", "netTotal": 55500.0, "description": "x"}),
    );
    delete(id).with(200);
    assert_eq!(delete(id).status, 404);
}

#[test]
fn a_proposal_of_nectar_shows_the_client_and_lines_of_its_opportunity() {
    let desk = desk();
    let (account, _) = parties(&desk);
    let deal =
        make(&desk, "Opportunity", &format!(r#"{{"name":"Forno","account":{account},"items":{LINES}}}"#));
    let made = desk.system(move |ctx, tx| {
        let patch = Patch::new().with(proposal::OPPORTUNITY, Input::One(Reference::id(deal)));
        write::create(ctx, tx, Resource::Proposal, patch, Skip::default())
    });
    let id = made.expect("a proposal");
    assert_has(
        &desk,
        "Offer",
        id,
        &json!({"name": "Forno", "account": {"id": account, "name": "Tartak Jodła"}, "netTotal": 39880.0,
            "grossTotal": 49052.4, "version": 1}),
    );
    assert!(get(&desk, "Offer", id).body.contains(LINES_SHOWN));
    assert_echo(&desk, "Offer", Resource::Proposal, id);
}

#[test]
fn every_field_of_an_offer_and_of_its_group_comes_back() {
    let desk = desk();
    let (account, person) = parties(&desk);
    let deal = make(&desk, "Opportunity", &format!(r#"{{"name":"D","account":{account},"currency":"EUR"}}"#));
    let seller = desk.user("ola@acme.example", "seller");
    let sent = json!({
        "name": "G", "account": {"id": account, "name": "Tartak Jodła"}, "opportunity": {"id": deal, "name": "D"},
        "owner": {"id": seller, "name": "ola"}, "description": "grupa",
    });
    let group = make(&desk, "OfferGroup", &sent.to_string());
    assert_has(&desk, "OfferGroup", group, &sent);
    let sent = json!({
        "number": "W-7", "name": "O", "offerGroup": {"id": group, "name": "G"}, "opportunity": {"id": deal, "name": "D"},
        "account": {"id": account, "name": "Tartak Jodła"}, "contact": {"id": person, "name": "Marek Sowa"},
        "status": {"id": 2, "name": "W akceptacji", "value": "IN_APPROVAL"}, "issueDate": "2026-05-01",
        "validUntil": "2026-05-02", "currency": {"id": 5, "name": "Frank szwajcarski", "value": "CHF"}, "items": [],
        "owner": {"id": seller, "name": "ola"}, "description": "tekst",
    });
    let offer = make(&desk, "Offer", &sent.to_string());
    assert_has(&desk, "Offer", offer, &sent);
    assert_echo(&desk, "Offer", Resource::Proposal, offer);
    // What is cleared goes back to its default.
    let body = r#"{"contact":null,"issueDate":"","validUntil":"","description":"","offerGroup":"","number":"","status":""}"#;
    change(&desk, "Offer", offer, body).with(200);
    assert_has(
        &desk,
        "Offer",
        offer,
        &json!({"contact": null, "issueDate": "2026-06-09", "validUntil": "2026-07-09", "description": null,
            "offerGroup": null, "number": "W-7", "status": {"id": 1, "name": "Robocza", "value": "DRAFT"}}),
    );
    let inherits = make(&desk, "Offer", &format!(r#"{{"name":"P","opportunity":{deal}}}"#));
    assert_eq!(get(&desk, "Offer", inherits).json()["currency"]["value"], "EUR");
    let other = make(&desk, "Opportunity", &format!(r#"{{"name":"E","account":{account}}}"#));
    let moved = change(&desk, "Offer", offer, &format!(r#"{{"opportunity":{other}}}"#));
    assert_eq!(fault(&moved.with(409)), ("opportunity".to_owned(), "state.conflict".to_owned()));
}

#[test]
fn a_group_shows_the_offers_its_reader_may_see() {
    let desk = desk();
    let (account, _) = parties(&desk);
    let group = make(&desk, "OfferGroup", &format!(r#"{{"name":"Maszyny","account":{account}}}"#));
    let body = format!(r#"{{"name":"Piła","account":{account},"offerGroup":{group}}}"#);
    let offer = make(&desk, "Offer", &body);
    assert_eq!(get(&desk, "OfferGroup", group).json()["offers"][0]["id"], offer);
    let rights = [("proposal_group.read", "all"), ("proposal.read", "all"), ("opportunity.read", "own")];
    desk.act_as(desk.user_with("clerk@acme.example", &rights));
    desk.egito("GET", &format!("Offer/get/{offer}"), &[], "").with(404);
    assert_eq!(get(&desk, "OfferGroup", group).json()["offers"], serde_json::json!([]));
    let listed = desk.egito("GET", "OfferGroup/list", &[], "").with(200).json();
    assert_eq!(listed[0]["offers"], serde_json::json!([]));
}
