//! People over a real store: leads and their way through the life cycle, names in parts, accounts above each other.

use favo_core::catalogue::{contact, email_detail, meta, phone_detail, qualification};
use favo_core::documents::DocumentKind;
use favo_core::patch::{Input, Patch};
use favo_core::reach::{self, Reach};
use favo_core::rules::{contact as contacts, lead};
use favo_core::tenancy::Country;
use favo_core::{Error, Reason, Record, Resource, Result, write};

use crate::desk::Desk;
use crate::office::{SKIP, acting, company, create, deal, load, person, reasons, system, there, to, update};

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
fn a_conversion_neither_tells_nor_touches_companies_that_the_seller_may_not_see() {
    let desk = Desk::new(Country::Poland);
    let seller = desk.user("ewa@acme.example", "seller");
    let hidden = company(&desk, "Ogrody Wrona");
    let convert = |desk: &Desk| {
        let lead = person("Halina").text(contact::COMPANY_NAME, "ogrody wrona");
        let made = acting(desk, seller, move |ctx, tx| lead::create(ctx, tx, lead.clone(), status(3), SKIP));
        there(desk, Resource::Contact, made.expect("a lead")).get(contact::EMPLOYER).expect("an employer")
    };
    let own = convert(&desk);
    assert_ne!(own, hidden);
    assert_eq!(there(&desk, Resource::Contact, own).get(contact::OWNER), Some(seller));
    assert_eq!(there(&desk, Resource::Contact, hidden).get(contact::PEOPLE), Some(0));
    assert_eq!(convert(&desk), own, "the one of that name that is theirs");

    let secret = Patch::new().with(contact::OWNER, to(1)).with(contact::CONFIDENTIAL, Input::Bool(true));
    update(&desk, Resource::Contact, own, secret).expect("written");
    let manager = desk.user_with("adam@acme.example", &[("*.create", "all"), ("*.read", "all")]);
    let made = acting(&desk, manager, |ctx, tx| {
        let lead = person("Jan").text(contact::COMPANY_NAME, "Ogrody Wrona");
        lead::create(ctx, tx, lead, status(3), SKIP)
    });
    let employer = there(&desk, Resource::Contact, made.expect("a lead")).get(contact::EMPLOYER);
    assert_eq!(employer, Some(hidden), "a confidential company is nobody's but its owner's");
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
fn what_is_wrong_with_a_lead_is_reported_together() {
    let desk = Desk::new(Country::Poland);
    let (nobody, nothing) = (|| to(77), || Patch::new().with(qualification::OUTCOME_REASON, to(99)));
    let wrong = [Reason::NotFound("77".into()), Reason::NotFound("99".into())];
    let made = system(&desk, move |ctx, tx| {
        let contact = person("Jan Lis").with(contact::SEGMENT, nobody());
        lead::create(ctx, tx, contact, nothing(), SKIP)
    });
    assert_eq!(reasons(made), wrong);
    let id = wrona(&desk);
    let contact = Patch::new().with(contact::SEGMENT, nobody());
    assert_eq!(reasons(change_lead(&desk, id, contact, nothing())), wrong);
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
