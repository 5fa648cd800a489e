//! The rules of sales, below every dialect: lines, probabilities, offers and their versions, orders, price entries; and
//! what the first dialect shows of them.

mod offers;
mod orders;
mod registries;

use std::sync::Arc;

use favo_core::catalogue::{contact, line_item, opportunity, pipeline, product, stage, unit_of_measure};
use favo_core::ctx::Ctx;
use favo_core::error::{Place, Problem, Reason};
use favo_core::identity::Actor;
use favo_core::patch::{Input, ItemPatch, Patch, Reference};
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
    let echo = to(0).with(opportunity::PROBABILITY, Input::Int(25));
    assert_eq!(probability(&desk.changed(&made, echo)), 10, "an echo beside another stage says nothing");
    desk.changed(&made, to(1));
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
