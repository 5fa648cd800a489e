//! The dictionaries that no tenant can change.

use std::sync::LazyLock;

use super::table::Table;
use super::{Entry, Kept, Kind};

/// Label, code and the number that is kept; ids count up from 1.
type Numbered = &'static [(&'static str, &'static str, i64)];
/// Label and code, which is kept; ids count up from 1.
type Worded = &'static [(&'static str, &'static str)];

const LEAD_STATUS: Numbered = &[
    ("Nowy", "NEW", 1),
    ("Umówiony", "SCHEDULED", 2),
    ("Przekształcony", "CONVERTED", 3),
    ("Odrzucony", "DISCARDED", 4),
    ("Sprzedany", "SOLD", 5),
    ("Niesprzedany", "NOT_SOLD", 6),
];

const GENDER: Numbered =
    &[("Kobieta", "FEMALE", 1), ("Mężczyzna", "MALE", 2), ("Nieokreślona", "UNKNOWN", 3)];

/// Other words for a sex.
const GENDER_ALSO: &[(&str, &str)] =
    &[("F", "FEMALE"), ("K", "FEMALE"), ("M", "MALE"), ("U", "UNKNOWN"), ("-", "UNKNOWN")];

const TASK_STATUS: Numbered = &[
    ("Otwarte", "OPEN", 0),
    ("W trakcie", "IN_PROGRESS", 3),
    ("Zakończone", "DONE", 1),
    ("Anulowane", "CANCELLED", 2),
];

const TASK_PRIORITY: Numbered = &[("Niski", "LOW", 3), ("Normalny", "NORMAL", 0), ("Wysoki", "HIGH", HIGH)];

/// The highest priority there is here.
const HIGH: i64 = 1;
/// A priority of the core above the highest there is here.
const HIGHEST: i64 = 2;

const OFFER_STATUS: Numbered = &[
    ("Robocza", "DRAFT", 0),
    ("W akceptacji", "IN_APPROVAL", 1),
    ("Zaakceptowana", "APPROVED", 2),
    ("Odrzucona", "REJECTED", 3),
    ("Nieaktualna", "OBSOLETE", 4),
];

const ORDER_STATUS: Numbered = &[
    ("Nowe", "NEW", 0),
    ("Potwierdzone", "CONFIRMED", 1),
    ("W realizacji", "IN_PROGRESS", 2),
    ("Zrealizowane", "COMPLETED", 3),
    ("Anulowane", "CANCELLED", 4),
];

const OPPORTUNITY_TYPE: Worded = &[
    ("Nowa sprzedaż", "NEW_BUSINESS"),
    ("Dosprzedaż", "EXISTING_BUSINESS"),
    ("Odnowienie", "RENEWAL"),
    ("Usługa", "SERVICE"),
];

const ACCOUNT_TYPE: Worded = &[
    ("Spółka", "COMPANY"),
    ("Jednoosobowa działalność", "SOLE_TRADER"),
    ("Instytucja publiczna", "PUBLIC_BODY"),
    ("Fundacja lub stowarzyszenie", "NON_PROFIT"),
    ("Spółdzielnia", "COOPERATIVE"),
    ("Inny", "OTHER"),
];

const VAT_RATE: Worded = &[
    ("23%", "VAT23"),
    ("8%", "VAT8"),
    ("5%", "VAT5"),
    ("0%", "VAT0"),
    ("zw.", "EXEMPT"),
    ("np.", "NOT_APPLICABLE"),
];

const CURRENCY: Worded = &[
    ("Złoty polski", "PLN"),
    ("Euro", "EUR"),
    ("Dolar amerykański", "USD"),
    ("Funt szterling", "GBP"),
    ("Frank szwajcarski", "CHF"),
    ("Korona czeska", "CZK"),
    ("Real brazylijski", "BRL"),
];

static TABLES: LazyLock<[Table; 10]> = LazyLock::new(|| {
    let priorities = Table::of(numbered(TASK_PRIORITY), &[]);
    // Shown as the highest there is, and not offered itself.
    let highest = Entry { kept: Kept::Number(HIGHEST), ..entry(3, "Wysoki", "HIGH", Kept::Number(HIGH)) };
    [
        Table::of(numbered(LEAD_STATUS), &[]),
        Table::of(numbered(GENDER), GENDER_ALSO),
        Table::of(numbered(TASK_STATUS), &[]),
        priorities.with_twin(highest),
        Table::of(numbered(OFFER_STATUS), &[]),
        Table::of(numbered(ORDER_STATUS), &[]),
        Table::of(worded(OPPORTUNITY_TYPE), &[]),
        Table::of(worded(ACCOUNT_TYPE), &[]),
        Table::of(worded(VAT_RATE), &[]),
        Table::of(worded(CURRENCY), &[]),
    ]
});

/// The entries of a fixed kind; `None` for a core kind.
pub(super) fn table(kind: Kind) -> Option<&'static Table> {
    let at = match kind {
        Kind::LeadStatus => 0,
        Kind::Gender => 1,
        Kind::TaskStatus => 2,
        Kind::TaskPriority => 3,
        Kind::OfferStatus => 4,
        Kind::OrderStatus => 5,
        Kind::OpportunityType => 6,
        Kind::AccountType => 7,
        Kind::VatRate => 8,
        Kind::Currency => 9,
        Kind::Industry
        | Kind::RelationshipType
        | Kind::LeadSource
        | Kind::OpportunityStage
        | Kind::OpportunityPipeline
        | Kind::LossReason
        | Kind::ActivityType
        | Kind::ProductCategory
        | Kind::ProductSubcategory
        | Kind::UnitOfMeasure
        | Kind::PaymentMethod => return None,
    };
    TABLES.get(at)
}

/// A number of the core that is shown as if it were this one.
pub(super) fn twin(kind: Kind, number: i64) -> Option<i64> {
    (kind == Kind::TaskPriority && number == HIGH).then_some(HIGHEST)
}

fn entry(id: i64, name: &str, value: &str, kept: Kept) -> Entry {
    Entry { id, name: name.to_owned(), value: value.to_owned(), kept, active: true }
}

fn numbered(rows: Numbered) -> Vec<Entry> {
    let rows = rows.iter().zip(1..);
    rows.map(|((name, value, number), id)| entry(id, name, value, Kept::Number(*number))).collect()
}

fn worded(rows: Worded) -> Vec<Entry> {
    rows.iter().zip(1..).map(|((name, value), id)| entry(id, name, value, Kept::Word(value))).collect()
}
