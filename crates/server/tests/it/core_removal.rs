//! What others hold on to, over a real store: keys and likeness of records, and what deleting one takes along.

use favo_core::catalogue::{
    appointment, contact, contact_link, line_item, meta, opportunity, order, origin, price_entry,
    price_table, product, proposal, proposal_group, qualification, task,
};
use favo_core::patch::{Input, ItemPatch, Patch};
use favo_core::query::{Filter, Query};
use favo_core::rules::{contact as contacts, removal, unique};
use favo_core::tenancy::Country;
use favo_core::write::{self, Skip};
use favo_core::{Decimal, Error, Instant, Reason, Resource};

use crate::desk::{Desk, START};
use crate::office::{
    acting, company, create, deal, load, person, reasons, remove, system, there, to, try_create, update,
};

#[test]
fn a_key_of_a_client_names_one_live_record_of_a_resource() {
    let desk = Desk::new(Country::Brazil);
    let keyed = |name: &str| person(name).text(meta::EXTERNAL_KEY, "ERP-1");
    let id = create(&desk, Resource::Contact, keyed("Ana"));
    let taken = [Reason::DuplicateKey("ERP-1".into())];
    assert_eq!(reasons(try_create(&desk, Resource::Contact, keyed("Bia"))), taken);
    let other = create(&desk, Resource::Contact, person("Caio").text(meta::EXTERNAL_KEY, "erp-1"));
    assert_eq!(reasons(update(&desk, Resource::Contact, other, keyed("Caio"))), taken);
    update(&desk, Resource::Contact, id, keyed("Ana Lima")).expect("its own key");
    let elsewhere = Patch::new()
        .text(product::NAME, "Cabo")
        .with(product::BASE_PRICE, Input::Decimal(Decimal::ZERO))
        .text(meta::EXTERNAL_KEY, "ERP-1");
    create(&desk, Resource::Product, elsewhere);
    remove(&desk, Resource::Contact, id).expect("deleted");
    create(&desk, Resource::Contact, keyed("Bia"));
}

#[test]
fn only_who_asks_for_the_check_of_the_tenant_gets_it() {
    let desk = Desk::new(Country::Brazil);
    let same = || person("Ana").with(contact::EMAILS, Input::Texts(vec!["ana@lima.example".into()]));
    create(&desk, Resource::Contact, same());
    create(&desk, Resource::Contact, same());
    let checked =
        system(&desk, move |ctx, tx| write::create(ctx, tx, Resource::Contact, same(), Skip::default()));
    assert_eq!(reasons(checked), [Reason::DuplicateEmail("ana@lima.example".into())]);
}

#[test]
fn contacts_are_compared_without_separators_case_and_accents() {
    let desk = Desk::new(Country::Brazil);
    let known = person("João Sá")
        .text(contact::COMPANY_TAX_ID, "12.ABC.345/01DE-35")
        .text(contact::IDENTITY_DOCUMENT, "12.345.678-X")
        .with(contact::EMAILS, Input::Texts(vec!["Joao@Sa.example".into()]))
        .with(contact::PHONES, Input::Texts(vec!["+55 (48) 99999-0001".into()]));
    let id = create(&desk, Resource::Contact, known);
    let like = unique::Likeness {
        documents: vec![
            (contact::COMPANY_TAX_ID.position(), "12abc34501de35".into()),
            (contact::IDENTITY_DOCUMENT.position(), "12345678x".into()),
            (contact::IDENTITY_DOCUMENT.position(), "2345678x".into()),
        ],
        emails: vec!["other@sa.example".into(), "joao@sa.example".into()],
        phones: vec!["48 99999 0001".into(), String::new()],
        names: vec!["joao sa".into()],
    };
    let found = |like: unique::Likeness, among: Filter, except| {
        system(&desk, move |_, tx| unique::same(tx, &like, &among, except)).expect("compared")
    };
    let all = [
        unique::Same::Document(0),
        unique::Same::Document(1),
        unique::Same::Email(1),
        unique::Same::Phone(0),
        unique::Same::Name(0),
    ];
    assert_eq!(found(like.clone(), Filter::All, 0), all);
    assert!(found(like.clone(), Filter::All, id).is_empty());
    assert!(found(like, Filter::is(contact::LIFE_CYCLE, 3), 0).is_empty());

    update(&desk, Resource::Contact, id, Patch::new().text(contact::CODE, "C-7")).expect("written");
    let taken = |resource: Resource, field: u16, text: &'static str, except| {
        system(&desk, move |_, tx| unique::taken(tx, resource, field, text, except)).expect("looked up")
    };
    assert_eq!(taken(Resource::Contact, contact::CODE.position(), "c-7", 0), Some(id));
    assert_eq!(taken(Resource::Contact, contact::CODE.position(), "c-7", id), None);
    let code = origin::CODE.position();
    assert_eq!(taken(Resource::Origin, code, "referral", 0), Some(2));
}

#[test]
fn a_contact_others_need_stays_and_one_they_only_point_to_goes() {
    let desk = Desk::new(Country::Poland);
    let (busy, free, group) = (company(&desk, "Zajeta"), company(&desk, "Wolna"), company(&desk, "Grupa"));
    let talker = create(&desk, Resource::Contact, person("Ewa Lis"));
    let sale = deal(&desk, busy);
    let with_talker = Patch::new().with(opportunity::CONTACT, to(talker));
    update(&desk, Resource::Opportunity, sale, with_talker).expect("written");
    let in_use = [Reason::InUseBy(vec![Resource::Opportunity])];
    assert_eq!(reasons(remove(&desk, Resource::Contact, busy)), in_use);
    assert_eq!(reasons(remove(&desk, Resource::Contact, talker)), in_use);

    let clerk = create(&desk, Resource::Contact, person("Jan Kos").with(contact::EMPLOYER, to(free)));
    let branch = Patch::new().with(contact::PARENT, to(free));
    update(&desk, Resource::Contact, group, branch).expect("below");
    let call = Patch::new()
        .text(task::TITLE, "Telefon")
        .with(task::CUSTOMER, to(free))
        .with(task::DUE_AT, Input::Instant(Instant(START)));
    let call = create(&desk, Resource::Task, call);
    let visit = Patch::new()
        .text(appointment::SUBJECT, "Wizyta")
        .with(appointment::CUSTOMER, to(free))
        .with(appointment::STARTS_AT, Input::Instant(Instant(START)));
    let visit = create(&desk, Resource::Appointment, visit);
    assert!(system(&desk, move |_, tx| contacts::has_people(tx, free)).expect("read"));
    remove(&desk, Resource::Contact, free).expect("deleted");
    assert!(load(&desk, Resource::Contact, free).is_none());
    assert_eq!(there(&desk, Resource::Contact, clerk).get(contact::EMPLOYER), None);
    assert_eq!(there(&desk, Resource::Contact, clerk).get(contact::EMPLOYERS), Some(0));
    assert_eq!(there(&desk, Resource::Contact, group).get(contact::PARENT), None);
    assert_eq!(there(&desk, Resource::Task, call).get(task::CUSTOMER), None);
    assert_eq!(there(&desk, Resource::Appointment, visit).get(appointment::CUSTOMER), None);
    let links = system(&desk, move |_, tx| {
        let of = Filter::is(contact_link::ORGANISATION, free);
        tx.load_all(&Query::of(Resource::ContactLink).filter(of))
    });
    assert!(links.expect("read").is_empty());
}

#[test]
fn an_opportunity_takes_its_proposals_along_unless_an_order_came_from_it() {
    let desk = Desk::new(Country::Poland);
    let customer = company(&desk, "Orzel");
    let (ordered, loose) = (deal(&desk, customer), deal(&desk, customer));
    let sold = Patch::new()
        .with(order::CUSTOMER, to(customer))
        .with(order::OPPORTUNITY, to(ordered))
        .with(order::STATUS, Input::Int(3));
    let sold = create(&desk, Resource::Order, sold);
    let of_orders = [Reason::InUseBy(vec![Resource::Order])];
    assert_eq!(reasons(remove(&desk, Resource::Opportunity, ordered)), of_orders);
    assert_eq!(reasons(remove(&desk, Resource::Order, sold)), [Reason::WrongState]);

    let label =
        Patch::new().text(proposal_group::NAME, "Wiosna").with(proposal_group::CUSTOMER, to(customer));
    let label = create(&desk, Resource::ProposalGroup, label);
    let offer = Patch::new()
        .text(proposal::NAME, "Oferta")
        .with(proposal::OPPORTUNITY, to(loose))
        .with(proposal::GROUP, to(label))
        .with(proposal::STATUS, Input::Int(2));
    let offer = create(&desk, Resource::Proposal, offer);
    assert_eq!(reasons(remove(&desk, Resource::Proposal, offer)), [Reason::WrongState]);
    remove(&desk, Resource::ProposalGroup, label).expect("deleted");
    assert_eq!(there(&desk, Resource::Proposal, offer).get(proposal::GROUP), None);
    remove(&desk, Resource::Opportunity, loose).expect("deleted");
    assert!(load(&desk, Resource::Proposal, offer).is_none());
}

#[test]
fn a_product_on_a_line_or_in_a_price_table_stays() {
    let desk = Desk::new(Country::Brazil);
    let goods = |name: &str| {
        let patch = Patch::new()
            .text(product::NAME, name)
            .with(product::BASE_PRICE, Input::Decimal(Decimal::from_units(10)));
        create(&desk, Resource::Product, patch)
    };
    let (ordered, priced, idle) = (goods("Cabo"), goods("Fonte"), goods("Placa"));
    let customer = company(&desk, "Padaria");
    let mut line = ItemPatch::default();
    line.set(line_item::PRODUCT, to(ordered));
    let sale = Patch::new().with(order::CUSTOMER, to(customer)).with(order::LINES, Input::Items(vec![line]));
    create(&desk, Resource::Order, sale);
    let table = create(&desk, Resource::PriceTable, Patch::new().text(price_table::NAME, "Atacado"));
    let entry = Patch::new()
        .with(price_entry::TABLE, to(table))
        .with(price_entry::PRODUCT, to(priced))
        .with(price_entry::PRICE, Input::Decimal(Decimal::from_units(9)));
    let entry = create(&desk, Resource::PriceEntry, entry);
    assert_eq!(reasons(remove(&desk, Resource::Product, ordered)), [Reason::InUseBy(vec![Resource::Order])]);
    assert_eq!(
        reasons(remove(&desk, Resource::Product, priced)),
        [Reason::InUseBy(vec![Resource::PriceEntry])]
    );
    remove(&desk, Resource::Product, idle).expect("deleted");

    let open = Patch::new().with(order::CUSTOMER, to(customer)).with(order::PRICE_TABLE, to(table));
    let open = create(&desk, Resource::Order, open);
    assert_eq!(reasons(remove(&desk, Resource::PriceTable, table)), [Reason::InUseBy(vec![Resource::Order])]);
    let cancelled = Patch::new().with(order::STATUS, Input::Int(4));
    update(&desk, Resource::Order, open, cancelled).expect("cancelled");
    remove(&desk, Resource::PriceTable, table).expect("deleted");
    assert!(load(&desk, Resource::PriceEntry, entry).is_none());
}

#[test]
fn deleting_needs_the_right_to() {
    let desk = Desk::new(Country::Poland);
    let reader = desk.user("ewa@acme.example", "reader");
    let id = company(&desk, "Orzel");
    let refused = acting(&desk, reader, move |ctx, tx| removal::delete(ctx, tx, Resource::Contact, id));
    assert!(matches!(refused, Err(Error::Forbidden)));
}

#[test]
fn what_goes_along_may_be_deleted_by_who_deletes() {
    let desk = Desk::new(Country::Poland);
    let rights = [("*.create", "all"), ("*.read", "all"), ("*.update", "all"), ("*.delete", "own")];
    let seller = desk.user_with("ewa@acme.example", &rights);
    let mine = || Patch::new().with(contact::OWNER, to(seller));
    let id = company(&desk, "Orzel");
    update(&desk, Resource::Contact, id, mine()).expect("given away");
    let delete = |resource, id| acting(&desk, seller, move |ctx, tx| removal::delete(ctx, tx, resource, id));
    // Somebody else qualifies this company.
    let others = create(&desk, Resource::Qualification, Patch::new().with(qualification::CUSTOMER, to(id)));
    assert!(matches!(delete(Resource::Contact, id), Err(Error::Forbidden)));
    assert!(
        load(&desk, Resource::Contact, id).is_some()
            && load(&desk, Resource::Qualification, others).is_some()
    );
    let given = Patch::new().with(qualification::OWNER, to(seller));
    update(&desk, Resource::Qualification, others, given).expect("given away");
    delete(Resource::Contact, id).expect("deleted");
    assert!(load(&desk, Resource::Qualification, others).is_none());

    let keeps_offers = [("*.read", "all"), ("*.delete", "all"), ("proposal.delete", "none")];
    let clerk = desk.user_with("adam@acme.example", &keeps_offers);
    let sale = deal(&desk, company(&desk, "Sokol"));
    let offer = Patch::new().with(proposal::OPPORTUNITY, to(sale));
    let offer = create(&desk, Resource::Proposal, offer);
    let refused = acting(&desk, clerk, move |ctx, tx| removal::delete(ctx, tx, Resource::Opportunity, sale));
    assert!(matches!(refused, Err(Error::Forbidden)));
    assert!(load(&desk, Resource::Proposal, offer).is_some());
}

#[test]
fn a_locked_task_keeps_the_key_of_a_client() {
    let desk = Desk::new(Country::Poland);
    let call = Patch::new().text(task::TITLE, "Telefon").with(task::DUE_AT, Input::Instant(Instant(START)));
    let call = create(&desk, Resource::Task, call);
    let lock = system(&desk, move |_, tx| {
        let before = tx.load(Resource::Task, call)?.ok_or(Error::NotFound)?;
        let mut after = before.clone();
        after.set(task::TEMPLATE, vec![("locked".to_owned(), "true".to_owned())]);
        tx.update(&before, &after)
    });
    lock.expect("locked");
    let change = Patch::new().text(task::TITLE, "Inny").text(meta::EXTERNAL_KEY, "T-1");
    update(&desk, Resource::Task, call, change).expect("written");
    let task = there(&desk, Resource::Task, call);
    assert_eq!((task.get(task::TITLE), task.get(meta::EXTERNAL_KEY)), (Some("Telefon"), Some("T-1")));
}
