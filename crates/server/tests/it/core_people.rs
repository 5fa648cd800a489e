//! People over a real store: leads and their way through the life cycle, names in parts, keys, what deleting takes along.

use std::sync::Arc;

use favo_core::catalogue::{
    appointment, contact, contact_link, email_detail, meta, opportunity, order, phone_detail, price_entry,
    price_table, product, proposal, proposal_group, qualification, task,
};
use favo_core::documents::DocumentKind;
use favo_core::identity::Actor;
use favo_core::patch::{Input, ItemPatch, Patch, Reference};
use favo_core::query::{Filter, Query};
use favo_core::reach::{self, Reach};
use favo_core::rules::{contact as contacts, lead, removal, unique};
use favo_core::tenancy::Country;
use favo_core::transaction::Writer;
use favo_core::write::{self, Skip};
use favo_core::{Ctx, Decimal, Error, Instant, Reason, Record, Resource, Result};

use crate::desk::{Desk, START};

/// As a dialect with rules of its own about duplicates writes.
const SKIP: Skip = Skip { required: false, validations: false, duplicates: true };

fn to(id: i64) -> Input {
    Input::One(Reference::id(id))
}

/// Runs something as the administrator, whom nothing is refused.
fn system<T: Send + 'static>(
    desk: &Desk,
    job: impl Fn(&Ctx, &mut dyn Writer) -> Result<T> + Send + 'static,
) -> Result<T> {
    desk.system(move |ctx, tx| {
        let actor = Arc::new(Actor::system(1));
        job(&Ctx { actor, ..ctx.clone() }, tx)
    })
}

/// Runs something as one user.
fn acting<T: Send + 'static>(
    desk: &Desk,
    user: i64,
    job: impl Fn(&Ctx, &mut dyn Writer) -> Result<T> + Send + 'static,
) -> Result<T> {
    desk.system(move |ctx, tx| {
        let actor = Actor::of(&ctx.snapshot, user).ok_or(Error::NotFound)?;
        job(&Ctx { actor: Arc::new(actor), ..ctx.clone() }, tx)
    })
}

fn create(desk: &Desk, resource: Resource, patch: Patch) -> i64 {
    try_create(desk, resource, patch).expect("a record")
}

fn try_create(desk: &Desk, resource: Resource, patch: Patch) -> Result<i64> {
    system(desk, move |ctx, tx| write::create(ctx, tx, resource, patch.clone(), SKIP))
}

fn update(desk: &Desk, resource: Resource, id: i64, patch: Patch) -> Result<()> {
    system(desk, move |ctx, tx| write::update(ctx, tx, resource, id, patch.clone(), SKIP))
}

fn load(desk: &Desk, resource: Resource, id: i64) -> Option<Record> {
    system(desk, move |_, tx| tx.load(resource, id)).expect("read")
}

#[track_caller]
fn there(desk: &Desk, resource: Resource, id: i64) -> Record {
    load(desk, resource, id).expect("it is there")
}

fn remove(desk: &Desk, resource: Resource, id: i64) -> Result<()> {
    system(desk, move |ctx, tx| removal::delete(ctx, tx, resource, id))
}

/// Why something was refused, if it was.
fn reasons<T>(outcome: Result<T>) -> Vec<Reason> {
    match outcome {
        Ok(_) => Vec::new(),
        Err(Error::Refused(problems)) => problems.into_iter().map(|problem| problem.reason).collect(),
        Err(other) => panic!("{other}"),
    }
}

fn person(name: &str) -> Patch {
    Patch::new().text(contact::NAME, name).with(contact::ORGANISATION, Input::Bool(false))
}

fn company(desk: &Desk, name: &str) -> i64 {
    let patch = Patch::new().text(contact::NAME, name).with(contact::ORGANISATION, Input::Bool(true));
    create(desk, Resource::Contact, patch)
}

fn deal(desk: &Desk, customer: i64) -> i64 {
    let patch = Patch::new().text(opportunity::NAME, "Ladowarki").with(opportunity::CUSTOMER, to(customer));
    create(desk, Resource::Opportunity, patch)
}

fn make_lead(desk: &Desk, contact: Patch, qualification: Patch) -> i64 {
    let made =
        system(desk, move |ctx, tx| lead::create(ctx, tx, contact.clone(), qualification.clone(), SKIP));
    made.expect("a lead")
}

fn change_lead(desk: &Desk, id: i64, contact: Patch, qualification: Patch) -> Result<()> {
    system(desk, move |ctx, tx| lead::update(ctx, tx, id, contact.clone(), qualification.clone(), SKIP))
}

/// A patch that gives the qualification this status.
fn status(number: i64) -> Patch {
    Patch::new().with(qualification::STATUS, Input::Int(number))
}

fn current(desk: &Desk, id: i64) -> Record {
    let id = there(desk, Resource::Contact, id).get(contact::QUALIFICATION).expect("a current qualification");
    there(desk, Resource::Qualification, id)
}

fn wrona(desk: &Desk) -> i64 {
    let contact = Patch::new()
        .text(contact::GIVEN_NAME, "Halina")
        .text(contact::FAMILY_NAME, "Wrona")
        .text(contact::COMPANY_NAME, "Ogrody Wrona");
    make_lead(desk, contact, Patch::new().text(qualification::NOTES, "Prosze o cennik"))
}

#[test]
fn a_lead_is_a_person_and_a_qualification_with_one_owner() {
    let desk = Desk::new(Country::Poland);
    let owner = desk.user("ewa@acme.example", "seller");
    let id = make_lead(&desk, person("Halina Wrona").with(contact::OWNER, to(owner)), Patch::new());
    let made = there(&desk, Resource::Contact, id);
    assert_eq!(made.get(contact::LIFE_CYCLE), Some(3));
    assert!(!made.get(contact::ORGANISATION));
    let qualification = current(&desk, id);
    assert_eq!(qualification.get(qualification::CUSTOMER), Some(id));
    assert_eq!(qualification.get(qualification::OWNER), Some(owner));
    assert_eq!(qualification.get(qualification::STATUS), Some(1));
    assert_eq!(qualification.get(qualification::NAME), Some("Halina Wrona"));
    assert_eq!(qualification.get(qualification::STAGE), Some(6), "the first stage of the second pipeline");

    let other = desk.user("adam@acme.example", "seller");
    change_lead(&desk, id, Patch::new().with(contact::OWNER, to(other)), Patch::new()).expect("given away");
    assert_eq!(current(&desk, id).get(qualification::OWNER), Some(other));
}

#[test]
fn a_seller_who_sees_only_their_own_makes_a_lead_for_someone_else() {
    let desk = Desk::new(Country::Poland);
    let (seller, owner) = (desk.user("ewa@acme.example", "seller"), desk.user("adam@acme.example", "seller"));
    let made = acting(&desk, seller, move |ctx, tx| {
        lead::create(ctx, tx, person("Halina").with(contact::OWNER, to(owner)), status(3), SKIP)
    });
    let id = made.expect("a lead");
    assert_eq!(there(&desk, Resource::Contact, id).get(contact::LIFE_CYCLE), Some(1));
    assert_eq!(current(&desk, id).get(qualification::OWNER), Some(owner));
}

#[test]
fn a_converted_lead_works_for_the_company_it_named() {
    let desk = Desk::new(Country::Poland);
    let (first, second) = (wrona(&desk), wrona(&desk));
    change_lead(&desk, first, Patch::new(), status(3)).expect("converted");
    let converted = there(&desk, Resource::Contact, first);
    assert_eq!(converted.get(contact::LIFE_CYCLE), Some(1));
    let employer = converted.get(contact::EMPLOYER).expect("an employer");
    let made = there(&desk, Resource::Contact, employer);
    assert_eq!(made.get(contact::NAME), Some("Ogrody Wrona"));
    assert!(made.get(contact::ORGANISATION));
    assert_eq!(made.get(contact::PEOPLE), Some(1));
    assert_eq!(current(&desk, first).get(qualification::STATUS), Some(3));

    let in_capitals = Patch::new().text(contact::COMPANY_NAME, "OGRODY WRONA");
    change_lead(&desk, second, in_capitals, status(3)).expect("converted");
    assert_eq!(there(&desk, Resource::Contact, second).get(contact::EMPLOYER), Some(employer));
    assert_eq!(desk.count(Resource::Contact), 3);
}

#[test]
fn a_lead_goes_through_the_life_cycle_and_back() {
    let desk = Desk::new(Country::Poland);
    let id = wrona(&desk);
    for (step, section) in [(2, 3), (5, 0), (1, 3), (4, 5), (2, 3), (6, 5), (3, 1)] {
        change_lead(&desk, id, Patch::new(), status(step)).expect("moved");
        let contact = there(&desk, Resource::Contact, id);
        assert_eq!(contact.get(contact::LIFE_CYCLE), Some(section), "status {step}");
    }
    deal(&desk, id);
    assert_eq!(reasons(change_lead(&desk, id, Patch::new(), status(1))), [Reason::WrongState]);
    assert_eq!(current(&desk, id).get(qualification::STATUS), Some(3));
}

#[test]
fn what_changes_in_the_qualification_changes_the_lead_once() {
    let desk = Desk::new(Country::Poland);
    let id = wrona(&desk);
    let version = |desk: &Desk| there(desk, Resource::Contact, id).get(meta::VERSION);
    assert_eq!(version(&desk), Some(1));
    let notes = || Patch::new().text(qualification::NOTES, "Oddzwonic");
    change_lead(&desk, id, Patch::new(), notes()).expect("written");
    assert_eq!(version(&desk), Some(2));
    change_lead(&desk, id, Patch::new(), notes()).expect("nothing new");
    assert_eq!(version(&desk), Some(2));
    change_lead(&desk, id, Patch::new().text(contact::JOB_TITLE, "Prezes"), status(5)).expect("written");
    assert_eq!(version(&desk), Some(3));
}

#[test]
fn a_lead_from_elsewhere_gets_its_qualification_when_there_is_something_to_say() {
    let desk = Desk::new(Country::Poland);
    let id = create(&desk, Resource::Contact, person("Jan Lis").with(contact::LIFE_CYCLE, Input::Int(3)));
    change_lead(&desk, id, Patch::new().text(contact::JOB_TITLE, "Prezes"), status(1)).expect("written");
    assert_eq!(desk.count(Resource::Qualification), 0);
    change_lead(&desk, id, Patch::new(), status(4)).expect("written");
    assert_eq!(current(&desk, id).get(qualification::STATUS), Some(4));
    assert_eq!(there(&desk, Resource::Contact, id).get(contact::LIFE_CYCLE), Some(5));
    let customer = company(&desk, "Orzel");
    assert!(matches!(change_lead(&desk, customer, Patch::new(), status(2)), Err(Error::NotFound)));
}

#[test]
fn a_lead_is_deleted_with_its_qualification_until_it_is_converted() {
    let desk = Desk::new(Country::Poland);
    let (first, second, third) = (wrona(&desk), wrona(&desk), wrona(&desk));
    let delete = |id| system(&desk, move |ctx, tx| lead::delete(ctx, tx, id));
    delete(first).expect("deleted");
    assert!(load(&desk, Resource::Contact, first).is_none());
    assert_eq!(desk.count(Resource::Qualification), 2);
    change_lead(&desk, second, Patch::new(), status(3)).expect("converted");
    assert_eq!(reasons(delete(second)), [Reason::WrongState]);
    deal(&desk, third);
    assert_eq!(reasons(delete(third)), [Reason::InUseBy(vec![Resource::Opportunity])]);
}

#[test]
fn the_current_qualification_is_the_open_one_else_the_newest() {
    let desk = Desk::new(Country::Poland);
    let id = wrona(&desk);
    let named = |desk: &Desk| there(desk, Resource::Contact, id).get(contact::QUALIFICATION);
    let first = named(&desk).expect("one");
    let another =
        Patch::new().with(qualification::CUSTOMER, to(id)).with(qualification::STATUS, Input::Int(4));
    let second = create(&desk, Resource::Qualification, another);
    assert_eq!(named(&desk), Some(first), "the open one");
    update(&desk, Resource::Qualification, first, status(6)).expect("closed");
    assert_eq!(named(&desk), Some(second), "the newest");
    system(&desk, move |ctx, tx| write::delete(ctx, tx, Resource::Qualification, second)).expect("deleted");
    assert_eq!(named(&desk), Some(first));
    system(&desk, move |ctx, tx| write::delete(ctx, tx, Resource::Qualification, first)).expect("deleted");
    assert_eq!(named(&desk), None);
}

#[test]
fn a_reason_stays_with_a_lead_that_came_to_nothing() {
    let desk = Desk::new(Country::Poland);
    let id = wrona(&desk);
    let because = |number| status(number).with(qualification::OUTCOME_REASON, to(3));
    change_lead(&desk, id, Patch::new(), because(4)).expect("discarded");
    assert_eq!(current(&desk, id).get(qualification::OUTCOME_REASON), Some(3));
    change_lead(&desk, id, Patch::new(), status(1)).expect("opened again");
    assert_eq!(current(&desk, id).get(qualification::OUTCOME_REASON), None);
    change_lead(&desk, id, Patch::new(), because(3)).expect("converted");
    assert_eq!(current(&desk, id).get(qualification::OUTCOME_REASON), None);
}

#[test]
fn a_name_in_parts_and_as_a_whole_agree() {
    let desk = Desk::new(Country::Poland);
    let names = |desk: &Desk, id| {
        let record = there(desk, Resource::Contact, id);
        [contact::NAME, contact::GIVEN_NAME, contact::FAMILY_NAME]
            .map(|key| record.get(key).unwrap_or_default().to_owned())
    };
    let id = create(&desk, Resource::Contact, person("Jan Maria Kos"));
    assert_eq!(names(&desk, id), ["Jan Maria Kos", "", ""]);
    let given = Patch::new().text(contact::GIVEN_NAME, "Piotr");
    update(&desk, Resource::Contact, id, given).expect("written");
    assert_eq!(names(&desk, id), ["Piotr Kos", "Piotr", "Kos"]);
    update(&desk, Resource::Contact, id, Patch::new().text(contact::NAME, "Piotr Kos")).expect("an echo");
    assert_eq!(names(&desk, id), ["Piotr Kos", "Piotr", "Kos"]);
    update(&desk, Resource::Contact, id, Patch::new().text(contact::NAME, "P. Kos")).expect("written");
    assert_eq!(names(&desk, id), ["P. Kos", "", ""]);
    assert_eq!(contacts::name_parts(Some("Jan Maria Kos"), None, None), (Some("Jan Maria"), Some("Kos")));
    assert_eq!(contacts::name_parts(Some("Kos"), None, None), (None, Some("Kos")));
}

#[test]
fn what_is_known_of_phones_and_documents_goes_with_them() {
    let desk = Desk::new(Country::Poland);
    let mut patch = person("Jan Kos").text(contact::NIP, "1234563218");
    let reach =
        |text: &str, kind| Reach { text: text.to_owned(), kind, external_key: Some(format!("K{kind}")) };
    reach::set_phones(&mut patch, &[reach("600700800", 1), reach("221234567", 4)]);
    reach::set_emails(&mut patch, &[reach("jan@kos.example", 2)]);
    let nip = DocumentKind::Nip.name().to_owned();
    patch.set(contact::DOCUMENT_KEYS, Input::Map(vec![(nip, "D1".into()), ("CPF".into(), "D2".into())]));
    let id = create(&desk, Resource::Contact, patch);
    let made = there(&desk, Resource::Contact, id);
    assert_eq!(made.get(contact::DOCUMENT_KEYS).len(), 1, "there is no CPF");
    let fewer = Patch::new()
        .with(contact::PHONES, Input::Texts(vec!["221234567".into()]))
        .with(contact::EMAILS, Input::Texts(Vec::new()))
        .with(contact::NIP, Input::Clear);
    update(&desk, Resource::Contact, id, fewer).expect("written");
    let left = there(&desk, Resource::Contact, id);
    let details: Vec<_> =
        left.get(contact::PHONE_DETAILS).iter().map(|row| row.get(phone_detail::KIND)).collect();
    assert_eq!(details, [Some(4)]);
    let emails: Vec<_> =
        left.get(contact::EMAIL_DETAILS).iter().map(|row| row.get(email_detail::KIND)).collect();
    assert!(emails.is_empty());
    assert!(left.get(contact::DOCUMENT_KEYS).is_empty());
}

#[test]
fn no_account_stands_above_itself() {
    let desk = Desk::new(Country::Poland);
    let [top, middle, bottom] = ["Gora", "Srodek", "Dol"].map(|name| company(&desk, name));
    let under =
        |id, parent| update(&desk, Resource::Contact, id, Patch::new().with(contact::PARENT, to(parent)));
    under(middle, top).expect("below");
    under(bottom, middle).expect("below");
    assert_eq!(reasons(under(top, bottom)), [Reason::Circle]);
    assert_eq!(reasons(under(top, top)), [Reason::Circle]);
    under(bottom, top).expect("elsewhere");
}

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
    let code = favo_core::catalogue::origin::CODE.position();
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
    line.set(favo_core::catalogue::line_item::PRODUCT, to(ordered));
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
