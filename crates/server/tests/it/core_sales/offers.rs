//! Offers: what they take from their opportunity, groups, versions.

use favo_core::Resource;
use favo_core::catalogue::{line_item, meta, opportunity, proposal, proposal_group};
use favo_core::error::Reason;
use favo_core::patch::{Input, Patch};
use favo_core::rules;
use favo_core::tenancy::Country;

use super::{SKIP, TODAY, at, deal, decimal, money, one, problems, rows, text};
use crate::desk::Desk;

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
