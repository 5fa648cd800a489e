//! Contacts: organisations with their people, and persons on their own.

use favo_core::catalogue::{address, contact};
use favo_core::patch::{CustomInput, Input, ItemPatch, Patch};
use favo_core::rules::proposal;
use favo_core::{Decimal, Instant, Resource, Result, places};

use super::chance::{About, Chance};
use super::cities::City;
use super::desk::{Desk, any, one};
use super::names::{self, Company};
use super::words::{DISTRICTS, JOBS, LEGAL_FORMS, MAILBOXES, STREET_KINDS, STREETS};
use super::{goods, numbers};

/// One organisation with its people, or one person on their own: contacts that are made together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unit {
    /// The number of its first contact in this run, from 0.
    pub(super) first: u64,
    /// How many contacts; 1 is a person on their own.
    pub(super) size: u64,
}

/// A contact others refer to.
#[derive(Debug, Clone)]
pub(super) struct Party {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) phone: String,
    pub(super) created: Instant,
}

/// The contacts of a unit, the organisation or the lone person first, and whose they are.
#[derive(Debug)]
pub(super) struct Circle {
    pub(super) parties: Vec<Party>,
    pub(super) seller: usize,
}

/// Splits so many contacts into units: three in ten are organisations, with one to five people.
pub(super) fn plan(seed: u64, base: u64, contacts: u64) -> Vec<Unit> {
    let mut chance = Chance::of(seed, About::Plan, base);
    let mut units = Vec::new();
    let mut first = 0;
    while first < contacts {
        let people = if chance.percent(68) { chance.weighted(&[52, 24, 13, 7, 4]) as u64 + 1 } else { 0 };
        let size = (1 + people).min(contacts - first);
        units.push(Unit { first, size });
        first += size;
    }
    units
}

/// Writes the contacts of a unit.
pub(super) fn write(desk: &mut Desk<'_>, unit: Unit) -> Result<Circle> {
    let scene = desk.scene;
    let mut chance = Chance::of(scene.seed, About::Unit, scene.base + unit.first);
    let seller = chance.below(scene.sellers.len() as u64) as usize;
    let city = City::any(&mut chance);
    let mut facts = Facts { chance, city, number: scene.base + unit.first, seller, mailboxes: Vec::new() };
    let mut circle = Circle { parties: Vec::with_capacity(unit.size as usize), seller };
    if unit.size == 1 {
        let patch = facts.person(desk, None);
        circle.parties.push(facts.put(desk, unit.first, patch)?);
        return Ok(circle);
    }
    let company = Company::numbered(facts.number, city, &mut facts.chance);
    let patch = facts.organisation(desk, &company);
    let organisation = facts.put(desk, unit.first, patch)?;
    let employer = organisation.id;
    circle.parties.push(organisation);
    for place in 1..unit.size {
        facts.number += 1;
        let mut patch = facts.person(desk, Some(&company.domain));
        patch.set(contact::EMPLOYER, one(employer));
        patch.set(contact::JOB_TITLE, any(&mut facts.chance, JOBS));
        circle.parties.push(facts.put(desk, unit.first + place, patch)?);
    }
    Ok(circle)
}

/// What is known of a contact before it is written.
struct Facts {
    chance: Chance,
    city: &'static City,
    /// Another one for each contact of the tenant.
    number: u64,
    seller: usize,
    /// Those of the people so far, so that no two share one.
    mailboxes: Vec<String>,
}

impl Facts {
    /// Writes the contact, and for some a later change.
    fn put(&mut self, desk: &mut Desk<'_>, place: u64, patch: Patch) -> Result<Party> {
        let (seller, chance) = (self.seller, &mut self.chance);
        let created = desk.scene.calendar.share(place, desk.scene.contacts);
        let text = |input: Option<&Input>| match input {
            Some(Input::Text(text)) => text.clone(),
            Some(Input::Texts(texts)) => texts.first().cloned().unwrap_or_default(),
            _ => String::new(),
        };
        let (name, phone) = (text(patch.get(contact::NAME)), text(patch.get(contact::PHONES)));
        let id = desk.create(seller, created, Resource::Contact, patch)?;
        if chance.percent(18) {
            let patch = match chance.below(3) {
                0 => Patch::new().with(contact::LIFE_CYCLE, Input::Int(0)),
                1 => Patch::new().with(contact::NOTES, any(chance, goods::NOTES)),
                _ => Patch::new().with(contact::CATEGORY, one(chance.pick(&desk.scene.categories))),
            };
            let changed = desk.scene.calendar.since(chance, created, 1, 300);
            desk.update(seller, changed, Resource::Contact, id, patch)?;
        }
        Ok(Party { id, name, phone, created })
    }

    /// What organisations and persons have in common.
    fn anyone(&mut self, desk: &Desk<'_>) -> Patch {
        let (scene, chance) = (desk.scene, &mut self.chance);
        // Customer, prospect, suspect, lead, discarded.
        let life_cycle = [0, 1, 2, 3, 5][chance.weighted(&[35, 28, 12, 20, 5])];
        let mut patch = Patch::new()
            .with(contact::LIFE_CYCLE, Input::Int(life_cycle))
            .with(contact::OWNER, desk.user(self.seller));
        if chance.percent(3) {
            patch.set(contact::ACTIVE, Input::Bool(false));
        }
        if chance.percent(1) {
            patch.set(contact::CONFIDENTIAL, Input::Bool(true));
        }
        if chance.percent(88) {
            patch.set(contact::ORIGIN, one(chance.pick(&scene.origins)));
        }
        if chance.percent(50) {
            patch.set(contact::CATEGORY, one(chance.pick(&scene.categories)));
        }
        if let Some(tags) = desk.tags(chance) {
            patch.set(contact::TAGS, tags);
        }
        if chance.percent(15) {
            patch.set(contact::NOTES, any(chance, goods::NOTES));
        }
        patch
    }

    fn organisation(&mut self, desk: &Desk<'_>, company: &Company) -> Patch {
        let Company { name, segment, domain } = company;
        let mut patch = self.anyone(desk);
        let (number, city) = (self.number, self.city);
        let mut emails = vec![format!("contato@{domain}")];
        let mut phones = vec![numbers::landline(city, number)];
        let mut addresses = vec![self.address(HEAD_OFFICE)];
        let chance = &mut self.chance;
        if chance.percent(25) {
            emails.push(format!("financeiro@{domain}"));
        }
        if chance.percent(35) {
            phones.push(numbers::mobile(city, number));
        }
        patch.set(contact::ORGANISATION, Input::Bool(true));
        patch.set(contact::LEGAL_NAME, Input::Text(format!("{name} {}", chance.pick(LEGAL_FORMS))));
        patch.set(contact::NAME, Input::Text(name.clone()));
        patch.set(contact::COMPANY_TAX_ID, Input::Text(numbers::company_tax_id(number)));
        patch.set(contact::EMAILS, Input::Texts(emails));
        patch.set(contact::PHONES, Input::Texts(phones));
        patch.set(contact::SEGMENT, one(desk.scene.segments[*segment]));
        if chance.percent(60) {
            patch.set(contact::WEBSITE, Input::Text(format!("https://www.{domain}")));
        }
        if chance.percent(40) {
            patch.set(contact::CODE, Input::Text(format!("C{number:06}")));
        }
        if chance.percent(30) {
            patch.set(
                contact::STATE_REGISTRATION,
                Input::Text(chance.between(100_000_000, 999_999_999).to_string()),
            );
        }
        if chance.percent(45) {
            let revenue = Decimal::from_units(chance.between(12, 9000) * 10_000);
            patch.set(contact::ANNUAL_REVENUE, Input::Decimal(revenue));
            patch.set(contact::EMPLOYEES, Input::Int(chance.between(2, 900)));
        }
        if chance.percent(40) {
            patch.set(contact::FOUNDED_ON, Input::Int(chance.between(-3650, 18_800)));
        }
        if chance.percent(25) {
            let state = places::state_by_letters(city.state);
            let found = places::city_by_name(city.name, state);
            patch.set(contact::REGION_COUNTRY, Input::Int(1));
            patch.set(contact::REGION_STATE, state.map_or(Input::Clear, |state| Input::Int(state.id)));
            patch.set(contact::REGION_CITY, found.map_or(Input::Clear, |city| Input::Int(city.id)));
        }
        let mut custom = Vec::new();
        if chance.percent(60) {
            custom.push(filled(goods::SIZE.0, chance.pick(goods::SIZE.1)));
        }
        if chance.percent(30) {
            let year = proposal::year(desk.scene.calendar.now().0) + chance.between(0, 1);
            let (day, month) = (chance.between(1, 28), chance.between(1, 12));
            custom.push(filled(goods::RENEWAL, format!("{day:02}/{month:02}/{year}")));
        }
        if !custom.is_empty() {
            patch.set(contact::CUSTOM, Input::Custom(custom));
        }
        if self.chance.percent(10) {
            addresses.push(self.address(BRANCH_OFFICE));
        }
        addresses[0].set(address::MAIN, Input::Bool(true));
        patch.with(contact::ADDRESSES, Input::Items(addresses))
    }

    /// A person, with a mailbox in the domain of their employer or at a provider.
    fn person(&mut self, desk: &Desk<'_>, domain: Option<&str>) -> Patch {
        let mut patch = self.anyone(desk);
        let name = names::person(&mut self.chance);
        let (number, city, chance) = (self.number, self.city, &mut self.chance);
        patch.set(contact::ORGANISATION, Input::Bool(false));
        if chance.percent(92) {
            let mut mailbox = names::mailbox(&name);
            // The number keeps two people of one name apart.
            if domain.is_none() || self.mailboxes.contains(&mailbox) {
                mailbox = format!("{mailbox}{number}");
            }
            let domain = domain.unwrap_or_else(|| chance.pick(MAILBOXES));
            patch.set(contact::EMAILS, Input::Texts(vec![format!("{mailbox}@{domain}")]));
            self.mailboxes.push(mailbox);
        }
        patch.set(contact::NAME, Input::Text(name));
        if chance.percent(92) {
            patch.set(contact::PHONES, Input::Texts(vec![numbers::mobile(city, number)]));
        }
        if chance.percent(55) {
            patch.set(contact::PERSONAL_TAX_ID, Input::Text(numbers::person_tax_id(number)));
        }
        if chance.percent(40) {
            patch.set(contact::BORN_ON, Input::Int(chance.between(-7300, 13_000)));
        }
        if chance.percent(45) {
            let mut home = self.address(RESIDENTIAL);
            home.set(address::MAIN, Input::Bool(true));
            patch.set(contact::ADDRESSES, Input::Items(vec![home]));
        }
        patch
    }

    fn address(&mut self, kind: i64) -> ItemPatch {
        let (city, chance) = (self.city, &mut self.chance);
        let state = places::state_by_letters(city.state).map_or(city.state, |state| state.name);
        let text = |text: &str| Input::Text(text.to_owned());
        let street = format!("{} {}", chance.pick(STREET_KINDS), chance.pick(STREETS));
        let mut row = ItemPatch::default();
        row.set(address::KIND, Input::Int(kind))
            .set(address::POSTAL_CODE, Input::Text(numbers::postal_code(city, chance)))
            .set(address::STREET, Input::Text(street.clone()))
            .set(address::LINE, Input::Text(street))
            .set(address::NUMBER, Input::Text(chance.between(1, 3200).to_string()))
            .set(address::DISTRICT, any(chance, DISTRICTS))
            .set(address::CITY, text(city.name))
            .set(address::STATE, text(state))
            .set(address::COUNTRY, text("Brasil"));
        if chance.percent(25) {
            row.set(address::COMPLEMENT, Input::Text(format!("Sala {}", chance.between(1, 1200))));
        }
        row
    }
}

const RESIDENTIAL: i64 = 0;
const HEAD_OFFICE: i64 = 2;
const BRANCH_OFFICE: i64 = 3;

/// The value of a custom field.
pub(super) fn filled(label: &str, text: impl Into<String>) -> CustomInput {
    CustomInput { label: label.to_owned(), text: Some(text.into()) }
}
