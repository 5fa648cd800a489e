//! What a sample promises: it repeats itself, its proportions hold, its numbers are valid, its rollups are true.

use std::collections::{BTreeMap, HashMap, HashSet};

use favo_core::catalogue::{
    appointment, contact, contact_link, custom_field, meta, opportunity, order, product, task, team, user,
};
use favo_core::query::Query;
use favo_core::record::{Key, kind};
use favo_core::tenancy::Administrator;
use favo_core::transaction::TenantId;
use favo_core::{Decimal, Instant, Record, Resource, places, text};
use favo_store::testing::TestPostgres;
use favo_store::{Durability, Options, Store};
use tempfile::TempDir;

use super::cities::CITIES;
use super::{Report, fill};
use crate::administration;

/// 2026-03-02T12:00:00Z.
const NOW: Instant = Instant(1_772_452_800_000_000);
/// What a sample makes more of when it is larger.
const MADE: [Resource; 8] = [
    Resource::Contact,
    Resource::ContactLink,
    Resource::Opportunity,
    Resource::Qualification,
    Resource::Proposal,
    Resource::Task,
    Resource::Appointment,
    Resource::Order,
];

struct Place {
    store: Store,
    tenant: TenantId,
    _directory: TempDir,
}

impl Place {
    fn empty() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let url = match std::env::var("FAVO_TEST_DATABASE").as_deref() {
            Ok("postgres") => TestPostgres::shared().fresh_database(),
            _ => format!("sqlite:{}", directory.path().join("favo.db").display()),
        };
        let options = Options { durability: Durability::Off, readers: 2, workers: 2 };
        let store = Store::open(&url, &options).expect("the database opens");
        let administrator = Administrator {
            login: "ana@acme.example".to_owned(),
            name: "Ana".to_owned(),
            password_hash: String::new(),
        };
        let made = administration::create_tenant(&store, "acme", "Acme", &administrator, NOW);
        Self { store, tenant: made.expect("the tenant is made").0, _directory: directory }
    }

    fn fill(&self, contacts: u64, seed: u64) -> Report {
        fill(&self.store, self.tenant, contacts, seed, NOW, &mut |_| {}).expect("the sample is made")
    }

    fn all(&self, resource: Resource) -> Vec<Record> {
        let read = self.store.read_blocking(self.tenant, move |tx| tx.load_all(&Query::of(resource)));
        read.expect("the records are read")
    }
}

/// Names, e-mails and all else of the records a sample makes, in a few letters.
fn digest(place: &Place) -> String {
    let records: Vec<_> = MADE.iter().map(|resource| place.all(*resource)).collect();
    text::secret_hash(&format!("{records:?}"))
}

/// How many records have each number in a field.
fn counts<K: kind::Kind>(records: &[Record], key: Key<K>) -> BTreeMap<Option<i64>, i64> {
    let mut counts = BTreeMap::new();
    for record in records {
        *counts.entry(record.at(key.position()).number()).or_default() += 1;
    }
    counts
}

#[test]
fn the_same_seed_makes_the_same_records_and_another_one_others() {
    let places = [Place::empty(), Place::empty(), Place::empty()];
    let reports = [places[0].fill(90, 7), places[1].fill(90, 7), places[2].fill(90, 8)];
    assert_eq!(reports[0], reports[1]);
    assert_eq!(digest(&places[0]), digest(&places[1]));
    assert_ne!(digest(&places[0]), digest(&places[2]));
}

#[test]
fn a_sample_has_the_proportions_of_a_sales_team() {
    let place = Place::empty();
    let report = place.fill(700, 1);
    let contacts = place.all(Resource::Contact);
    assert_eq!((report.contacts, contacts.len()), (700, 700));
    let about = |count: u64, percent: u64| {
        let wanted = 7 * percent;
        assert!(count.abs_diff(wanted) * 5 < wanted, "{count} instead of {wanted}");
    };
    let organisations = contacts.iter().filter(|record| record.get(contact::ORGANISATION)).count();
    about(organisations as u64, 30);
    about(report.opportunities, 40);
    about(report.qualifications, 15);
    about(report.tasks, 80);
    about(report.appointments, 30);
    assert!(report.proposals > 20);

    let opportunities = place.all(Resource::Opportunity);
    assert_eq!(counts(&opportunities, opportunity::STATUS).len(), 5, "all states");
    assert!(counts(&opportunities, opportunity::STAGE).len() >= 8, "all stages");
    assert!(opportunities.iter().filter(|record| !record.get(opportunity::LINES).is_empty()).count() > 200);
    let tasks = place.all(Resource::Task);
    let open = || tasks.iter().filter(|record| record.get(task::STATUS) == Some(0));
    let overdue = open().filter(|record| record.get(task::DUE_AT) < Some(NOW)).count();
    assert!(overdue > 20 && open().count() - overdue > 20, "{overdue} overdue");

    let orders = place.all(Resource::Order);
    assert!(orders.len() > 10 && orders.len() == report.orders as usize, "{} orders", orders.len());
    assert!(orders.iter().all(|record| record.get(order::NET_TOTAL) > Some(Decimal::ZERO)));

    let people: Vec<_> = contacts.iter().filter(|record| !record.get(contact::ORGANISATION)).collect();
    let employed = people.iter().filter(|record| record.get(contact::EMPLOYER).is_some()).count();
    assert!(employed * 2 > people.len() && employed < people.len());
    assert!(contacts.iter().all(|record| record.get(contact::PEOPLE).is_some_and(|people| people <= 5)));
    assert!(contacts.iter().filter(|record| !record.get(contact::CUSTOM).is_empty()).count() > 50);
    let mut beginnings: HashMap<String, usize> = HashMap::new();
    for record in &contacts {
        let name = text::fold(record.get(contact::NAME).expect("a name"));
        *beginnings.entry(name.chars().take(5).collect()).or_default() += 1;
    }
    assert!(beginnings.values().all(|count| *count < 20), "five typed letters find few: {beginnings:?}");
}

#[test]
fn the_scene_has_teams_with_managers_products_with_prices_and_custom_fields() {
    let place = Place::empty();
    place.fill(10, 1);
    let users = place.all(Resource::User);
    assert!((8..=20).contains(&(users.len() - 1)));
    assert!(users.iter().all(|record| record.get(user::TEAMS).len() == 1));
    let teams: HashSet<i64> = users.iter().map(|record| record.get(user::TEAMS)[0]).collect();
    assert_eq!(teams.len(), 3);
    assert_eq!(counts(&users, user::ROLE).len(), 3, "administrator, managers, sellers");
    let defaults = place.all(Resource::Team).iter().filter(|record| record.get(team::DEFAULT)).count();
    assert_eq!(defaults, 1, "new users go where they went before");
    let products = place.all(Resource::Product);
    assert!(products.iter().all(|record| record.get(product::SUBCATEGORY).is_some()));
    let tables = place.all(Resource::PriceTable);
    let entries = tables[0].get(favo_core::catalogue::price_table::ENTRIES);
    assert_eq!((tables.len(), entries.len()), (2, products.len()));
    assert_eq!(place.all(Resource::PriceEntry).len(), 2 * products.len());
    let units: HashSet<_> = products.iter().map(|record| record.get(product::UNIT)).collect();
    assert!(units.len() == 2 && !units.contains(&None), "{units:?}");
    let fields = place.all(Resource::CustomField);
    assert!(fields.iter().all(|record| record.get(custom_field::ALIAS).is_some()) && fields.len() == 3);
}

#[test]
fn everything_happened_in_the_last_three_years_and_changed_only_afterwards() {
    let place = Place::empty();
    place.fill(200, 3);
    let earliest = Instant(NOW.0 - 1110 * Instant::DAY);
    for resource in MADE {
        let records = place.all(resource);
        for record in &records {
            let (created, updated) = (record.get(meta::CREATED_AT), record.get(meta::UPDATED_AT));
            assert!(Some(earliest) < created && created <= updated && updated <= Some(NOW), "{record:?}");
        }
    }
    for record in place.all(Resource::Opportunity) {
        let closed = record.get(opportunity::CLOSED_AT);
        assert_eq!(closed.is_some(), matches!(record.get(opportunity::STATUS), Some(2..=4)));
        assert!(closed.is_none() || record.get(meta::CREATED_AT) <= closed);
    }
    let contacts = place.all(Resource::Contact);
    let changed = contacts.iter().filter(|record| record.get(meta::VERSION) > Some(1)).count();
    assert!((10..100).contains(&changed), "{changed}");
}

#[test]
fn every_tax_id_has_its_check_digits() {
    let place = Place::empty();
    place.fill(300, 5);
    let contacts = place.all(Resource::Contact);
    let numbers = |key: Key<kind::Text>| -> Vec<String> {
        contacts.iter().filter_map(|record| record.get(key)).map(str::to_owned).collect()
    };
    let (persons, companies) = (numbers(contact::PERSONAL_TAX_ID), numbers(contact::COMPANY_TAX_ID));
    assert!(persons.len() > 80 && companies.len() > 60);
    for number in &persons {
        assert!(is_valid(number, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]), "{number}");
    }
    for number in &companies {
        assert!(is_valid(number, &[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]), "{number}");
    }
    let all: HashSet<&String> = persons.iter().chain(&companies).collect();
    assert_eq!(all.len(), persons.len() + companies.len(), "none twice");
    assert!(is_valid("111.444.777-35", &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]), "the example of the tax office");
}

/// Checks both digits as the tax office describes it; the weights are those of the last one.
fn is_valid(number: &str, weights: &[u32]) -> bool {
    let digits: Vec<u32> = number.chars().filter_map(|character| character.to_digit(10)).collect();
    let check = |upto: usize, weights: &[u32]| {
        let sum: u32 = digits[..upto].iter().zip(weights).map(|(digit, weight)| digit * weight).sum();
        let rest = sum * 10 % 11;
        digits[upto] == rest % 10
    };
    digits.len() == weights.len() + 1
        && check(weights.len() - 1, &weights[1..])
        && check(weights.len(), weights)
}

#[test]
fn rollups_are_what_counting_again_gives() {
    let place = Place::empty();
    place.fill(250, 11);
    let (tasks, appointments) = (place.all(Resource::Task), place.all(Resource::Appointment));
    let deals = place.all(Resource::Opportunity);
    let pending_tasks: Vec<_> =
        tasks.iter().filter(|t| matches!(t.get(task::STATUS), Some(0 | 3))).cloned().collect();
    let ahead: Vec<_> =
        appointments.iter().filter(|a| a.get(appointment::STATUS) == Some(0)).cloned().collect();
    let open: Vec<_> =
        deals.iter().filter(|deal| matches!(deal.get(opportunity::STATUS), Some(1 | 5))).cloned().collect();
    let links = place.all(Resource::ContactLink);
    let by = |counts: BTreeMap<Option<i64>, i64>, record: &Record| {
        Some(counts.get(&Some(record.id())).copied().unwrap_or(0))
    };
    for record in &place.all(Resource::Contact) {
        let kept = |key: Key<kind::Int>| record.get(key);
        assert_eq!(kept(contact::OPEN_OPPORTUNITIES), by(counts(&open, opportunity::CUSTOMER), record));
        assert_eq!(kept(contact::PENDING_TASKS), by(counts(&pending_tasks, task::CUSTOMER), record));
        assert_eq!(kept(contact::PENDING_APPOINTMENTS), by(counts(&ahead, appointment::CUSTOMER), record));
        assert_eq!(kept(contact::PEOPLE), by(counts(&links, contact_link::ORGANISATION), record));
        assert_eq!(kept(contact::EMPLOYERS), by(counts(&links, contact_link::CONTACT), record));
        let done = tasks.iter().filter(|t| t.get(task::CUSTOMER) == Some(record.id()));
        let held = appointments.iter().filter(|a| a.get(appointment::CUSTOMER) == Some(record.id()));
        let interactions = done.filter_map(|t| t.get(task::DONE_AT));
        let last = interactions.chain(held.filter_map(|a| a.get(appointment::HELD_AT))).max();
        assert_eq!(record.get(contact::LAST_INTERACTION_AT), last.max(record.get(meta::CREATED_AT)));
    }
    for record in &deals {
        let kept = |key: Key<kind::Int>| record.get(key);
        assert_eq!(kept(opportunity::PENDING_TASKS), by(counts(&pending_tasks, task::OPPORTUNITY), record));
        assert_eq!(
            kept(opportunity::PENDING_APPOINTMENTS),
            by(counts(&ahead, appointment::OPPORTUNITY), record)
        );
    }
}

#[test]
fn a_second_sample_adds_to_the_first_and_shares_its_scene() {
    let place = Place::empty();
    let first = place.fill(120, 1);
    let scene = [Resource::User, Resource::Product, Resource::Tag, Resource::Pipeline, Resource::PriceTable];
    let before: Vec<_> = scene.iter().map(|resource| place.all(*resource)).collect();
    let second = place.fill(120, 1);
    assert_eq!((first.contacts, second.contacts), (120, 120));
    let after: Vec<_> = scene.iter().map(|resource| place.all(*resource)).collect();
    assert!(before == after, "the scene is set already");
    place.fill(60, 2);
    let contacts = place.all(Resource::Contact);
    assert_eq!(contacts.len(), 300);
    for key in [contact::EMAILS, contact::PHONES] {
        let texts: Vec<&String> = contacts.iter().flat_map(|record| record.get(key)).collect();
        let different: HashSet<&String> = texts.iter().copied().collect();
        assert_eq!(texts.len(), different.len(), "nobody shares an address or a phone");
    }
}

#[test]
fn every_city_is_one_core_knows() {
    for city in CITIES {
        let state = places::state_by_letters(city.state);
        assert!(state.is_some() && places::city_by_name(city.name, state).is_some(), "{city:?}");
    }
}
