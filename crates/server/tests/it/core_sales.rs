//! The rules of sales, below every dialect: lines, probabilities, offers and their versions, orders, price entries; and
//! what the first dialect shows of them.

use std::sync::Arc;

use favo_core::catalogue::{
    appointment_type, contact, line_item, meta, opportunity, order, payment_condition, pipeline, price_entry,
    price_table, price_table_entry, product, product_category, product_subcategory, proposal, proposal_group,
    stage, task, unit_of_measure,
};
use favo_core::ctx::Ctx;
use favo_core::error::{Place, Problem, Reason};
use favo_core::identity::Actor;
use favo_core::patch::{Input, ItemPatch, Patch, Reference};
use favo_core::query::Query;
use favo_core::rules::{self, products};
use favo_core::tenancy::Country;
use favo_core::transaction::Writer;
use favo_core::write::{self, Skip};
use favo_core::{Decimal, Error, Record, Resource, Result};
use serde_json::json;

use crate::desk::Desk;

/// 2026-06-09, the day of the desk, since 1970.
const TODAY: i64 = 20_613;
const SKIP: Skip = Skip { required: false, validations: false, duplicates: true };

impl Desk {
    /// Runs something as the administrator.
    fn act<T: Send + 'static>(
        &self,
        job: impl Fn(&Ctx, &mut dyn Writer) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.system(move |ctx, tx| job(&Ctx { actor: Arc::new(Actor::system(1)), ..ctx.clone() }, tx))
    }

    fn create(&self, resource: Resource, patch: Patch) -> Result<i64> {
        self.act(move |ctx, tx| write::create(ctx, tx, resource, patch.clone(), SKIP))
    }

    #[track_caller]
    fn made(&self, resource: Resource, patch: Patch) -> Record {
        let id = self.create(resource, patch).expect("made");
        self.load(resource, id)
    }

    #[track_caller]
    fn load(&self, resource: Resource, id: i64) -> Record {
        self.act(move |_, tx| tx.load(resource, id)).expect("read").expect("a live record")
    }

    fn update(&self, record: &Record, patch: Patch) -> Result<()> {
        let (resource, id) = (record.resource(), record.id());
        self.act(move |ctx, tx| write::update(ctx, tx, resource, id, patch.clone(), SKIP))
    }

    #[track_caller]
    fn changed(&self, record: &Record, patch: Patch) -> Record {
        self.update(record, patch).expect("changed");
        self.load(record.resource(), record.id())
    }

    fn customer(&self, name: &str) -> Input {
        let patch = Patch::new().text(contact::NAME, name).with(contact::ORGANISATION, Input::Bool(true));
        one(self.made(Resource::Contact, patch).id())
    }

    fn product(&self, name: &str, price: &str) -> Record {
        self.made(
            Resource::Product,
            Patch::new().text(product::NAME, name).with(product::BASE_PRICE, money(price)),
        )
    }
}

fn one(id: i64) -> Input {
    Input::One(Reference::id(id))
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a number")
}

fn money(text: &str) -> Input {
    Input::Decimal(decimal(text))
}

fn text(text: &str) -> Input {
    Input::Text(text.to_owned())
}

fn rows(rows: &[&[(u16, Input)]]) -> Input {
    Input::Items(rows.iter().map(|row| ItemPatch { id: None, entries: row.to_vec() }).collect())
}

#[track_caller]
fn problems<T: std::fmt::Debug>(outcome: Result<T>) -> Vec<Problem> {
    match outcome {
        Err(Error::Refused(problems)) => problems,
        other => panic!("not refused: {other:?}"),
    }
}

fn at(resource: Resource, field: impl Into<u16>, reason: Reason) -> Problem {
    Problem { place: Place::Field(resource, field.into()), reason }
}

fn deal(desk: &Desk, name: &str) -> Patch {
    Patch::new().text(opportunity::NAME, name).with(opportunity::CUSTOMER, desk.customer(name))
}

#[test]
fn a_line_needs_a_product_or_a_name_and_takes_what_is_open_from_the_product() {
    let desk = Desk::new(Country::Brazil);
    let boxes = desk.made(
        Resource::UnitOfMeasure,
        Patch::new().text(unit_of_measure::NAME, "pudełko").with(unit_of_measure::DEFAULT, Input::Bool(true)),
    );
    let hours = desk.made(Resource::UnitOfMeasure, Patch::new().text(unit_of_measure::NAME, "hora cheia"));
    let patch = Patch::new()
        .text(product::NAME, "Wdrożenie")
        .text(product::CODE, "W-1")
        .text(product::TAX_CODE, "VAT8")
        .with(product::UNIT, one(hours.id()))
        .with(product::BASE_PRICE, money("99.99"));
    let work = desk.made(Resource::Product, patch);
    let plain = desk.product("Papier", "3.335");
    assert_eq!(plain.get(product::UNIT), Some(boxes.id()), "the default unit");

    let lines = rows(&[
        &[(line_item::PRODUCT.into(), one(work.id())), (line_item::NAME.into(), text("Wdrożenie u klienta"))],
        &[(line_item::PRODUCT.into(), one(plain.id())), (line_item::QUANTITY.into(), money("3"))],
        &[(line_item::NAME.into(), text("Dojazd")), (line_item::UNIT_PRICE.into(), money("120"))],
    ]);
    let made = desk.made(Resource::Opportunity, deal(&desk, "Biuro").with(opportunity::LINES, lines));
    let lines = made.get(opportunity::LINES);
    assert_eq!(lines[0].get(line_item::NAME), Some("Wdrożenie u klienta"));
    assert_eq!(lines[0].get(line_item::CODE), Some("W-1"));
    assert_eq!(lines[0].get(line_item::TAX_CODE), Some("VAT8"));
    let units: Vec<_> = lines.iter().map(|line| line.get(line_item::UNIT)).collect();
    assert_eq!(units, [Some(hours.id()), Some(boxes.id()), Some(boxes.id())]);
    let totals: Vec<_> = lines.iter().map(|line| line.get(line_item::TOTAL).unwrap().to_string()).collect();
    assert_eq!(totals, ["99.99", "10.01", "120"]);
    assert_eq!(made.get(opportunity::TOTAL_VALUE), Some(decimal("230")));

    let nothing = rows(&[&[(line_item::QUANTITY.into(), money("2"))]]);
    let refused =
        problems(desk.create(Resource::Opportunity, deal(&desk, "Nic").with(opportunity::LINES, nothing)));
    let place =
        Place::Inner(Resource::Opportunity, opportunity::LINES.position(), line_item::PRODUCT.position());
    assert_eq!(refused, [Problem { place, reason: Reason::Required }]);
    let vast = rows(&[&[
        (line_item::NAME.into(), text("Wszystko")),
        (line_item::UNIT_PRICE.into(), money("1e12")),
        (line_item::QUANTITY.into(), money("1e12")),
    ]]);
    problems(desk.create(Resource::Opportunity, deal(&desk, "Dużo").with(opportunity::LINES, vast)));

    // The other dialect shows the same lines, gives them back unharmed, and still demands a product of new ones.
    let shown = desk.nectar("GET", &format!("oportunidades/{}", made.id()), "").with(200).json();
    assert_eq!(shown["produtos"][0]["nome"], "Wdrożenie u klienta");
    assert_eq!(shown["produtos"][2]["nome"], "Dojazd");
    assert!(shown["produtos"][2].get("refId").is_none());
    desk.nectar("PUT", &format!("oportunidades/{}", made.id()), &shown.to_string()).with(200);
    let after = desk.load(Resource::Opportunity, made.id());
    assert_eq!(after.get(opportunity::LINES), made.get(opportunity::LINES));
    let body = json!({"produtos": [{"quantidade": 2}]}).to_string();
    let refused = desk.nectar("PUT", &format!("oportunidades/{}", made.id()), &body);
    assert_eq!(refused.status, 409, "{}", refused.body);
}

#[test]
fn a_code_that_is_given_stands_and_the_next_one_counted_is_free() {
    let desk = Desk::new(Country::Brazil);
    let given = desk.made(Resource::Opportunity, deal(&desk, "A").text(opportunity::CODE, "1"));
    let counted = desk.made(Resource::Opportunity, deal(&desk, "B"));
    assert_eq!((given.get(opportunity::CODE), counted.get(opportunity::CODE)), (Some("1"), Some("2")));
    let kept = desk.changed(&given, Patch::new().with(opportunity::CODE, Input::Clear));
    assert_eq!(kept.get(opportunity::CODE), Some("1"), "a code is never cleared");
    desk.nectar("PUT", &format!("oportunidades/{}", given.id()), r#"{"codigo":"77"}"#).with(200);
    assert_eq!(desk.load(Resource::Opportunity, given.id()).get(opportunity::CODE), Some("1"));
}

/// A pipeline whose stages say how probable a sale is, or not.
fn funnel(desk: &Desk, probabilities: &[Option<i64>]) -> Record {
    let stages = probabilities.iter().enumerate().map(|(number, probability)| {
        let mut row = ItemPatch::default();
        row.set(stage::NAME, text(&format!("etap {number}")));
        if let Some(probability) = probability {
            row.set(stage::PROBABILITY, Input::Int(*probability));
        }
        row
    });
    let patch = Patch::new()
        .text(pipeline::NAME, format!("lejek {probabilities:?}"))
        .with(pipeline::MAY_SKIP_STAGE, Input::Bool(true))
        .with(pipeline::MAY_GO_BACK, Input::Bool(true))
        .with(pipeline::STAGES, Input::Items(stages.collect()));
    desk.made(Resource::Pipeline, patch)
}

#[test]
fn the_probability_follows_the_stage_until_it_is_set_by_hand() {
    let desk = Desk::new(Country::Brazil);
    let funnel = funnel(&desk, &[Some(10), Some(25), Some(50)]);
    let stages: Vec<i64> =
        funnel.get(pipeline::STAGES).iter().filter_map(|stage| stage.get(stage::ID)).collect();
    let to = |number: usize| Patch::new().with(opportunity::STAGE, Input::Int(stages[number]));
    let status = |status: i64| Patch::new().with(opportunity::STATUS, Input::Int(status));
    let probability = |record: &Record| record.get(opportunity::PROBABILITY).unwrap();
    let made =
        desk.made(Resource::Opportunity, deal(&desk, "A").with(opportunity::PIPELINE, one(funnel.id())));
    assert_eq!(probability(&made), 10);
    assert_eq!(probability(&desk.changed(&made, to(1))), 25);
    for (code, expected) in [(2, 100), (1, 25), (3, 0), (1, 25), (5, 25), (4, 0), (1, 25)] {
        assert_eq!(probability(&desk.changed(&made, status(code))), expected, "status {code}");
    }
    let by_hand = desk.changed(&made, Patch::new().with(opportunity::PROBABILITY, Input::Int(33)));
    assert!(by_hand.get(opportunity::PROBABILITY_SET));
    assert_eq!(probability(&desk.changed(&made, to(2))), 33);
    assert_eq!(probability(&desk.changed(&made, status(2))), 33);
    desk.changed(&made, status(1));
    let freed = desk.changed(&made, Patch::new().with(opportunity::PROBABILITY, Input::Clear));
    assert_eq!((probability(&freed), freed.get(opportunity::PROBABILITY_SET)), (50, false));
    assert_eq!(probability(&desk.changed(&made, to(0))), 10);
    let beyond = desk.update(&made, Patch::new().with(opportunity::PROBABILITY, Input::Int(101)));
    assert_eq!(problems(beyond), [at(Resource::Opportunity, opportunity::PROBABILITY, Reason::Invalid)]);
}

#[test]
fn stages_without_a_probability_leave_it_alone() {
    let desk = Desk::new(Country::Brazil);
    let funnel = funnel(&desk, &[None, None]);
    let made =
        desk.made(Resource::Opportunity, deal(&desk, "A").with(opportunity::PIPELINE, one(funnel.id())));
    let won = desk.changed(&made, Patch::new().with(opportunity::STATUS, Input::Int(2)));
    assert_eq!((made.get(opportunity::PROBABILITY), won.get(opportunity::PROBABILITY)), (Some(10), Some(10)));
}

#[test]
fn an_offer_takes_its_defaults_from_its_opportunity_and_stands_beside_others() {
    let desk = Desk::new(Country::Brazil);
    let sale = desk.made(Resource::Opportunity, deal(&desk, "Biuro").text(opportunity::CURRENCY, "EUR"));
    let offer =
        |name: &str| Patch::new().text(proposal::NAME, name).with(proposal::OPPORTUNITY, one(sale.id()));
    let lines = rows(&[
        &[(line_item::NAME.into(), text("A")), (line_item::UNIT_PRICE.into(), money("10.005"))],
        &[
            (line_item::NAME.into(), text("B")),
            (line_item::UNIT_PRICE.into(), money("1")),
            (line_item::RECURRENCE.into(), Input::Int(2)),
        ],
    ]);
    let first = desk.made(Resource::Proposal, offer("Pierwsza").with(proposal::LINES, lines));
    assert_eq!(first.get(proposal::CODE), Some("OF/2026/00001"));
    assert_eq!(first.get(proposal::CUSTOMER), sale.get(opportunity::CUSTOMER));
    assert_eq!(first.get(proposal::SELLER), sale.get(opportunity::OWNER));
    assert_eq!(first.get(proposal::CURRENCY), Some("EUR"));
    assert_eq!(
        (first.get(proposal::ISSUED_ON), first.get(proposal::VALID_UNTIL)),
        (Some(TODAY), Some(TODAY + 30))
    );
    assert_eq!(first.get(proposal::NET_TOTAL), Some(decimal("11.01")));
    let second = desk.made(Resource::Proposal, offer("Druga").text(proposal::CODE, "OF/2026/00002"));
    let third = desk.made(Resource::Proposal, offer("Trzecia"));
    assert_eq!(third.get(proposal::CODE), Some("OF/2026/00003"), "the second number is taken");
    for offer in [&first, &second, &third] {
        let now = desk.load(Resource::Proposal, offer.id());
        assert_eq!((now.get(proposal::STATUS), now.get(proposal::REVISION)), (Some(0), Some(1)));
    }

    // One without a name is a version of its like only.
    let nameless = || Patch::new().with(proposal::OPPORTUNITY, one(sale.id()));
    let (plain, next) =
        (desk.made(Resource::Proposal, nameless()), desk.made(Resource::Proposal, nameless()));
    assert_eq!(desk.load(Resource::Proposal, plain.id()).get(proposal::STATUS), Some(4));
    assert_eq!((next.get(proposal::REVISION), next.get(proposal::CODE)), (Some(2), None));
    assert_ne!(next.get(proposal::NUMBER), first.get(proposal::NUMBER));
    assert_eq!(desk.load(Resource::Proposal, first.id()).get(proposal::STATUS), Some(0));

    let early = offer("Za wcześnie").with(proposal::VALID_UNTIL, Input::Int(TODAY - 1));
    assert_eq!(
        problems(desk.create(Resource::Proposal, early)),
        [at(Resource::Proposal, proposal::VALID_UNTIL, Reason::EndBeforeStart)]
    );
}

#[test]
fn an_offer_without_an_opportunity_makes_one() {
    let desk = Desk::new(Country::Brazil);
    let customer = desk.customer("Beta");
    let patch = Patch::new().text(proposal::NAME, "Meble").with(proposal::CUSTOMER, customer.clone());
    let made = desk.made(Resource::Proposal, patch);
    let sale = desk.load(Resource::Opportunity, made.get(proposal::OPPORTUNITY).expect("an opportunity"));
    assert_eq!(sale.get(opportunity::NAME), Some("Meble"));
    assert_eq!(one(sale.get(opportunity::CUSTOMER).unwrap()), customer);
    let nobody = problems(desk.create(Resource::Proposal, Patch::new().text(proposal::NAME, "Nic")));
    assert!(nobody.contains(&at(Resource::Proposal, proposal::CUSTOMER, Reason::Required)), "{nobody:?}");
    assert_eq!(desk.count(Resource::Opportunity), 1, "what is refused leaves nothing");
}

#[test]
fn a_group_holds_offers_of_its_customer() {
    let desk = Desk::new(Country::Brazil);
    let (one_customer, other) = (desk.customer("Jeden"), desk.customer("Drugi"));
    let patch =
        Patch::new().text(proposal_group::NAME, "Grupa").with(proposal_group::CUSTOMER, one_customer.clone());
    let group = desk.made(Resource::ProposalGroup, patch);
    let offer = |customer: &Input| {
        Patch::new()
            .text(proposal::NAME, "Oferta")
            .with(proposal::CUSTOMER, customer.clone())
            .with(proposal::GROUP, one(group.id()))
    };
    desk.made(Resource::Proposal, offer(&one_customer));
    let refused = problems(desk.create(Resource::Proposal, offer(&other)));
    assert_eq!(refused, [at(Resource::Proposal, proposal::GROUP, Reason::NotFound(group.id().to_string()))]);
}

#[test]
fn other_lines_of_a_decided_offer_make_its_next_version() {
    let desk = Desk::new(Country::Brazil);
    let line = |price: &str| {
        rows(&[&[(line_item::NAME.into(), text("A")), (line_item::UNIT_PRICE.into(), money(price))]])
    };
    let patch = Patch::new()
        .text(proposal::NAME, "Oferta")
        .text(meta::EXTERNAL_KEY, "erp-1")
        .with(proposal::CUSTOMER, desk.customer("Beta"))
        .with(proposal::LINES, line("10"));
    let made = desk.made(Resource::Proposal, patch);
    let revise = |id: i64, patch: Patch| {
        desk.act(move |ctx, tx| rules::proposal::revise(ctx, tx, id, patch.clone(), SKIP)).expect("revised")
    };
    let lines = |price: &str| Patch::new().with(proposal::LINES, line(price));
    assert_eq!(revise(made.id(), lines("11")), made.id(), "a draft changes itself");
    desk.changed(&made, Patch::new().with(proposal::STATUS, Input::Int(2)));
    assert_eq!(revise(made.id(), Patch::new().text(proposal::NOTES, "Uwaga")), made.id());
    assert_eq!(revise(made.id(), lines("11")), made.id(), "the same lines are no change");
    let next = revise(made.id(), lines("12"));
    let (old, new) = (desk.load(Resource::Proposal, made.id()), desk.load(Resource::Proposal, next));
    assert_eq!((old.get(proposal::STATUS), new.get(proposal::STATUS)), (Some(4), Some(0)));
    assert_eq!((old.get(proposal::REVISION), new.get(proposal::REVISION)), (Some(1), Some(2)));
    assert_eq!(old.get(proposal::CODE), new.get(proposal::CODE));
    assert_eq!(old.get(proposal::OPPORTUNITY), new.get(proposal::OPPORTUNITY));
    assert_eq!((old.get(meta::EXTERNAL_KEY), new.get(meta::EXTERNAL_KEY)), (None, Some("erp-1")));
    assert_eq!(
        (old.get(proposal::NET_TOTAL), new.get(proposal::NET_TOTAL)),
        (Some(decimal("11")), Some(decimal("12")))
    );
    assert_eq!(new.get(proposal::NOTES), Some("Uwaga"));
    assert_ne!(
        (old.get(meta::UUID), old.get(proposal::PUBLIC_KEY)),
        (new.get(meta::UUID), new.get(proposal::PUBLIC_KEY))
    );
    let code = new.get(proposal::CODE).unwrap().to_owned();
    let taken = move |except: i64| {
        let code = code.to_lowercase();
        desk.act(move |_, tx| rules::proposal::code_taken(tx, &code, except)).unwrap()
    };
    assert_eq!(taken(0), Some(next));
}

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

#[test]
fn a_default_takes_the_flag_from_the_others_and_names_are_unique() {
    let desk = Desk::new(Country::Brazil);
    for (resource, name, flag) in [
        (Resource::UnitOfMeasure, unit_of_measure::NAME, unit_of_measure::DEFAULT),
        (Resource::PaymentCondition, payment_condition::NAME, payment_condition::DEFAULT),
        (Resource::AppointmentType, appointment_type::NAME, appointment_type::DEFAULT),
    ] {
        let patch = |title: &str| Patch::new().text(name, title).with(flag, Input::Bool(true));
        let (first, second) = (desk.made(resource, patch("Pierwszy")), desk.made(resource, patch("Drugi")));
        assert!(!desk.load(resource, first.id()).get(flag) && second.get(flag), "{resource:?}");
        problems(desk.create(resource, patch("drugi")));
    }
}

#[test]
fn a_sub_category_belongs_to_the_category_of_its_product() {
    let desk = Desk::new(Country::Brazil);
    let group = |name: &str| {
        desk.made(Resource::ProductCategory, Patch::new().text(product_category::NAME, name)).id()
    };
    let (goods, services) = (group("Towary"), group("Usługi"));
    let part = Patch::new()
        .text(product_subcategory::NAME, "Krzesła")
        .with(product_subcategory::CATEGORY, one(goods));
    let part = desk.made(Resource::ProductSubcategory, part).id();
    let fitted = |patch: Patch| {
        desk.act(move |ctx, _| {
            let mut patch = patch.clone();
            products::fit_category(&ctx.snapshot, None, &mut patch);
            Ok(patch)
        })
        .unwrap()
    };
    let chairs = Patch::new().with(product::SUBCATEGORY, one(part));
    assert_eq!(fitted(chairs.clone()).get(product::CATEGORY), Some(&one(goods)));
    let wrong = fitted(chairs.with(product::CATEGORY, one(services)));
    let reason = Reason::NotFound("Krzesła".to_owned());
    assert_eq!(wrong.problems, [at(Resource::Product, product::SUBCATEGORY, reason)]);
}

#[test]
fn the_first_dialect_still_demands_a_customer_and_knows_no_low_priority_and_no_other_currency() {
    let desk = Desk::new(Country::Brazil);
    let due = favo_core::Instant(1_780_992_902_000_000);
    let low = Patch::new()
        .text(task::TITLE, "Zadzwonić")
        .with(task::DUE_AT, Input::Instant(due))
        .with(task::PRIORITY, Input::Int(3));
    let low = desk.made(Resource::Task, low);
    let path = format!("tarefas/{}", low.id());
    let shown = desk.nectar("GET", &path, "").with(200).json();
    assert_eq!(shown["prioridade"], 0);
    desk.nectar("PUT", &path, &shown.to_string()).with(200);
    assert_eq!(desk.load(Resource::Task, low.id()).get(task::PRIORITY), Some(3), "an echo says nothing");
    desk.nectar("PUT", &path, r#"{"prioridade":3}"#).with(409);
    desk.nectar("PUT", &path, r#"{"prioridade":1}"#).with(200);
    assert_eq!(desk.load(Resource::Task, low.id()).get(task::PRIORITY), Some(1));
    let loose = desk
        .nectar("POST", "tarefas", r#"{"titulo":"X","dataLimite":"2026-06-10T10:00:00-03:00"}"#)
        .with(409);
    assert!(loose.body.contains("O campo cliente é obrigatório"), "{}", loose.body);
    desk.nectar("PUT", &path, r#"{"cliente":null}"#).with(409);

    let zloty = Patch::new()
        .text(product::NAME, "Stół")
        .with(product::BASE_PRICE, money("1"))
        .text(product::CURRENCY, "PLN");
    let zloty = desk.made(Resource::Product, zloty);
    let path = format!("produtos/{}", zloty.id());
    let shown = desk.nectar("GET", &path, "").with(200).json();
    assert_eq!(shown["moeda"], "PLN");
    desk.nectar("PUT", &path, &shown.to_string()).with(200);
    desk.nectar("PUT", &path, r#"{"moeda":"EUR"}"#).with(409);
    let wrong = Patch::new().text(product::CURRENCY, "zł");
    assert_eq!(
        problems(desk.update(&zloty, wrong)),
        [at(Resource::Product, product::CURRENCY, Reason::Invalid)]
    );
}
