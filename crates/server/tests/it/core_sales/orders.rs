//! Orders and what they are priced by: lines, terms, numbers, price tables and their entries.

use favo_core::catalogue::{
    line_item, meta, order, payment_condition, price_entry, price_table, price_table_entry, proposal,
};
use favo_core::error::{Place, Problem, Reason};
use favo_core::patch::{Input, Patch};
use favo_core::query::Query;
use favo_core::rules;
use favo_core::tenancy::Country;
use favo_core::write;
use favo_core::{Error, Resource};
use serde_json::json;

use super::{TODAY, at, decimal, money, one, problems, rows, text};
use crate::desk::Desk;

#[test]
fn an_order_takes_lines_terms_and_number_and_is_closed_once_completed() {
    let desk = Desk::new(Country::Brazil);
    let customer = desk.customer("Beta");
    let usual = Patch::new()
        .text(payment_condition::NAME, "Przelew 14 dni")
        .with(payment_condition::DEFAULT, Input::Bool(true));
    let usual = desk.made(Resource::PaymentCondition, usual);
    let lines = rows(&[&[
        (line_item::NAME.into(), text("A")),
        (line_item::QUANTITY.into(), money("3")),
        (line_item::UNIT_PRICE.into(), money("2.5")),
        (line_item::DISCOUNT.into(), money("10")),
        (line_item::DISCOUNT_IS_PERCENTAGE.into(), Input::Bool(true)),
    ]]);
    let offer = Patch::new()
        .text(proposal::NAME, "Oferta")
        .with(proposal::CUSTOMER, customer.clone())
        .with(proposal::LINES, lines);
    let offer = desk.made(Resource::Proposal, offer);
    let sale = || Patch::new().with(order::CUSTOMER, customer.clone());
    let made = desk.made(Resource::Order, sale().with(order::PROPOSAL, one(offer.id())));
    assert_eq!(made.get(order::CODE), Some("000001"));
    assert_eq!(made.get(order::PAYMENT_CONDITION), Some(usual.id()));
    assert_eq!(made.get(order::ORDERED_ON), Some(TODAY));
    assert_eq!(made.get(order::NET_TOTAL), Some(decimal("6.75")));
    assert_eq!(made.get(order::LINES).len(), 1);
    let number = desk.act(|_, tx| rules::order::next_number(tx, "ZA", 2026)).unwrap();
    assert_eq!(number, "ZA/2026/00001");
    let refused = problems(desk.create(Resource::Order, Patch::new()));
    assert_eq!(refused, [at(Resource::Order, order::CUSTOMER, Reason::Required)]);

    let done = desk.changed(&made, Patch::new().with(order::STATUS, Input::Int(3)));
    let noted =
        desk.changed(&done, Patch::new().text(order::NOTES, "Odebrane").text(meta::EXTERNAL_KEY, "z-1"));
    assert_eq!(noted.get(order::NOTES), Some("Odebrane"));
    for patch in [
        Patch::new().with(order::STATUS, Input::Int(0)),
        Patch::new().with(order::DELIVERY_ON, Input::Int(TODAY)),
        Patch::new().with(order::LINES, Input::Clear),
    ] {
        let refused = problems(desk.update(&noted, patch));
        assert_eq!(refused, [Problem { place: Place::Whole, reason: Reason::WrongState }]);
    }
    desk.update(&noted, Patch::new().with(order::STATUS, Input::Int(3))).expect("an echo changes nothing");
}

#[test]
fn a_price_table_prices_lines_of_orders_while_it_is_valid() {
    let desk = Desk::new(Country::Brazil);
    let customer = desk.customer("Beta");
    let (listed, other) = (desk.product("Na liście", "100"), desk.product("Poza listą", "7"));
    let table = Patch::new().text(price_table::NAME, "Lato").with(price_table::VALID_FROM, Input::Int(TODAY));
    let table = desk.made(Resource::PriceTable, table);
    let entry = Patch::new()
        .with(price_entry::TABLE, one(table.id()))
        .with(price_entry::PRODUCT, one(listed.id()))
        .with(price_entry::PRICE, money("80"));
    let price = desk.made(Resource::PriceEntry, entry.clone());
    let refused = problems(desk.create(Resource::PriceEntry, entry));
    let twice = Reason::DuplicateKey(listed.id().to_string());
    assert_eq!(refused, [at(Resource::PriceEntry, price_entry::PRODUCT, twice)]);

    let sale = |day: i64| {
        let line = |id: i64| [(line_item::PRODUCT.into(), one(id))];
        Patch::new()
            .with(order::CUSTOMER, customer.clone())
            .with(order::PRICE_TABLE, one(table.id()))
            .with(order::ORDERED_ON, Input::Int(day))
            .with(order::LINES, rows(&[&line(listed.id()), &line(other.id())]))
    };
    let made = desk.made(Resource::Order, sale(TODAY));
    assert_eq!(made.get(order::NET_TOTAL), Some(decimal("87")));
    let early = problems(desk.create(Resource::Order, sale(TODAY - 1)));
    assert_eq!(early, [at(Resource::Order, order::PRICE_TABLE, Reason::NotFound("Lato".to_owned()))]);

    desk.changed(&price, Patch::new().with(price_entry::ACTIVE, Input::Bool(false)));
    let copy = |desk: &Desk| desk.load(Resource::PriceTable, table.id()).get(price_table::ENTRIES).len();
    assert_eq!(copy(&desk), 0);
    desk.changed(&price, Patch::new().with(price_entry::ACTIVE, Input::Bool(true)));
    assert_eq!(copy(&desk), 1);
    desk.changed(&table, Patch::new().with(price_table::ACTIVE, Input::Bool(false)));
    problems(desk.create(Resource::Order, sale(TODAY)));
    desk.update(&made, Patch::new().text(order::NOTES, "stara cena")).expect("what stands stays");
}

#[test]
fn prices_set_in_one_dialect_are_entries_in_the_other() {
    let desk = Desk::new(Country::Brazil);
    let (bread, cake) = (desk.product("Pão", "1"), desk.product("Bolo", "2"));
    let table = desk.nectar("POST", "tabelaPreco", r#"{"nome":"Atacado"}"#).with(200).id();
    let set = |product: i64, price: &str| {
        let body = format!(r#"{{"produto":{{"id":{product}}},"valorBase":{price}}}"#);
        desk.nectar("PUT", &format!("tabelaPreco/{table}/add"), &body).with(200);
    };
    let prices = || -> Vec<String> {
        let entries = desk.load(Resource::PriceTable, table);
        entries
            .get(price_table::ENTRIES)
            .iter()
            .map(|entry| entry.get(price_table_entry::PRICE).unwrap().to_string())
            .collect()
    };
    set(bread.id(), "0.9");
    set(cake.id(), "1.8");
    set(bread.id(), "0.8");
    assert_eq!(prices(), ["0.8", "1.8"]);
    assert_eq!(desk.count(Resource::PriceEntry), 2);
    let remove = format!("tabelaPreco/{table}/rem/{}", bread.id());
    let shown = desk.nectar("PUT", &remove, "").with(200).json();
    assert_eq!((&shown["quantidadeProdutos"], &shown["produtos"][0]["valorBase"]), (&json!(1), &json!(1.8)));
    assert_eq!((prices(), desk.count(Resource::PriceEntry)), (vec!["1.8".to_owned()], 1));
    let log = desk.act(|_, tx| tx.changes_after(0, 1000)).expect("read");
    let mut of_table = log.iter().filter(|change| change.resource == Resource::PriceTable);
    assert!(of_table.all(|change| !change.diff.contains("0.8")), "the entries have their own log");
    assert!(log.iter().any(|change| change.resource == Resource::PriceEntry && change.diff.contains("0.8")));
    desk.nectar("PUT", &remove, "").with(404);
    let entry = desk.act(move |_, tx| tx.load_all(&Query::of(Resource::PriceEntry))).expect("read").remove(0);
    desk.changed(&entry, Patch::new().with(price_entry::PRICE, money("1.7")));
    let shown = desk.nectar("GET", &format!("tabelaPreco/{table}"), "").with(200).json();
    assert_eq!(shown["produtos"][0]["valorBase"], json!(1.7));
    desk.act(move |ctx, tx| write::delete(ctx, tx, Resource::PriceTable, table)).expect("deleted");
    assert_eq!(desk.count(Resource::PriceEntry), 0, "entries go with their table");
}

#[test]
fn a_table_from_before_there_were_entries_gets_them() {
    let desk = Desk::new(Country::Brazil);
    let (bread, cake) = (desk.product("Pão", "1").id(), desk.product("Bolo", "2").id());
    let table = desk.made(Resource::PriceTable, Patch::new().text(price_table::NAME, "Velha")).id();
    desk.act(move |_, tx| {
        let before = tx.load(Resource::PriceTable, table)?.ok_or(Error::NotFound)?;
        let mut after = before.clone();
        let mut row = favo_core::Item::new(&price_table_entry::FIELDS);
        row.set(price_table_entry::PRODUCT, Some(bread));
        row.set(price_table_entry::PRICE, Some(decimal("0.5")));
        after.set(price_table::ENTRIES, vec![row]);
        tx.update(&before, &after)
    })
    .expect("an old table");
    let entry = |product: i64| {
        Patch::new()
            .with(price_entry::TABLE, one(table))
            .with(price_entry::PRODUCT, one(product))
            .with(price_entry::PRICE, money("3"))
    };
    problems(desk.create(Resource::PriceEntry, entry(bread)));
    desk.made(Resource::PriceEntry, entry(cake));
    assert_eq!(desk.count(Resource::PriceEntry), 2);
    assert_eq!(desk.load(Resource::PriceTable, table).get(price_table::ENTRIES).len(), 2);
}
