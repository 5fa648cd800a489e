//! Defaults and use of registries, categories of products, and where the first dialect is narrower than the core.

use favo_core::Resource;
use favo_core::catalogue::{
    appointment_type, line_item, opportunity, payment_condition, product, product_category,
    product_subcategory, task, unit_of_measure,
};
use favo_core::error::{Place, Problem, Reason};
use favo_core::patch::{Input, Patch};
use favo_core::rules::products;
use favo_core::tenancy::Country;
use favo_core::write;

use super::{at, deal, money, one, problems, rows, text};
use crate::desk::Desk;

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
fn a_unit_stays_while_a_line_is_counted_in_it() {
    let desk = Desk::new(Country::Brazil);
    let unit =
        |name: &str| desk.made(Resource::UnitOfMeasure, Patch::new().text(unit_of_measure::NAME, name)).id();
    let (used, free) = (unit("caixote"), unit("saca"));
    let lines = rows(&[&[(line_item::NAME.into(), text("Maçã")), (line_item::UNIT.into(), one(used))]]);
    desk.made(Resource::Opportunity, deal(&desk, "Feira").with(opportunity::LINES, lines));
    let delete = |id: i64| desk.act(move |ctx, tx| write::delete(ctx, tx, Resource::UnitOfMeasure, id));
    assert_eq!(problems(delete(used)), [Problem { place: Place::Whole, reason: Reason::InUse }]);
    delete(free).expect("nothing is counted in it");
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
