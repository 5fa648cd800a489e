//! The settings of a tenant that only this dialect understands (section 21).

use favo_core::snapshot::Snapshot;

use crate::local_time::Zone;

/// How long sessions last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// Minutes after the last call.
    pub minutes: i64,
    /// Hours after login.
    pub max_hours: i64,
}

/// A field that a duplicate check compares (12.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Duplicate {
    Document,
    Email,
    Phone,
    Name,
}

impl Duplicate {
    const WORDS: [(&'static str, Self); 4] =
        [("document", Self::Document), ("email", Self::Email), ("phone", Self::Phone), ("name", Self::Name)];

    /// A list of them, by their words.
    fn list(value: &str) -> Option<Vec<Self>> {
        let words = value.split(',').map(str::trim).filter(|word| !word.is_empty());
        words
            .map(|word| Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, field)| *field))
            .collect()
    }
}

/// The settings of one tenant.
#[derive(Debug, Clone)]
pub(super) struct Switches {
    pub(super) zone: Zone,
    pub(super) currency: String,
    /// The status of an insert is 200.
    pub(super) create_is_200: bool,
    /// The status of a missing right is 403.
    pub(super) no_permission_is_403: bool,
    /// Dates are written year first.
    pub(super) iso_dates: bool,
    pub(super) document_check: bool,
    pub(super) duplicate_customer: Vec<Duplicate>,
    pub(super) duplicate_lead: Vec<Duplicate>,
    pub(super) duplicate_across: bool,
    /// Unknown custom fields are kept as extras.
    pub(super) keep_unknown_custom: bool,
    pub(super) keep_extras: bool,
    pub(super) page_size: u32,
    pub(super) page_size_cap: u32,
    pub(super) rate_per_second: u32,
    pub(super) rate_burst: u32,
}

/// The most rows of a page that a tenant may allow.
const LARGEST_PAGE: i64 = 10_000;

/// What values a setting takes.
enum Takes {
    Words(&'static [&'static str]),
    Number(i64, i64),
    Zone,
    Currency,
    Duplicates,
}

/// Every setting: name, default, values.
static SETTINGS: &[(&str, &str, Takes)] = &[
    ("totvs.create_status", "201", Takes::Words(&["200", "201"])),
    ("totvs.no_permission_status", "503", Takes::Words(&["403", "503"])),
    ("totvs.session_minutes", "30", Takes::Number(1, 1440)),
    ("totvs.session_max_hours", "12", Takes::Number(1, 720)),
    ("totvs.zone", "America/Sao_Paulo", Takes::Zone),
    ("totvs.currency", "BRL", Takes::Currency),
    ("totvs.date_output", "br", Takes::Words(&["br", "iso"])),
    ("totvs.document_check", "on", Takes::Words(&["on", "off"])),
    ("totvs.duplicate_fields.customer", "", Takes::Duplicates),
    ("totvs.duplicate_fields.lead", "", Takes::Duplicates),
    ("totvs.duplicate_across", "off", Takes::Words(&["on", "off"])),
    ("totvs.unknown_custom_field", "reject", Takes::Words(&["reject", "keep"])),
    ("totvs.extras", "keep", Takes::Words(&["keep", "ignore"])),
    ("totvs.page_size", "20", Takes::Number(1, LARGEST_PAGE)),
    ("totvs.page_size_cap", "1000", Takes::Number(1, LARGEST_PAGE)),
    ("totvs.rate_per_second", "10", Takes::Number(0, 1_000_000)),
    ("totvs.rate_burst", "50", Takes::Number(0, 1_000_000)),
    ("totvs.webhook_private", "off", Takes::Words(&["on", "off"])),
];

impl Takes {
    fn accepts(&self, value: &str) -> bool {
        match self {
            Self::Words(words) => words.contains(&value),
            Self::Number(least, most) => {
                value.parse().is_ok_and(|number: i64| (*least..=*most).contains(&number))
            }
            Self::Zone => Zone::named(value).is_some(),
            Self::Currency => value.len() == 3 && value.bytes().all(|byte| byte.is_ascii_uppercase()),
            Self::Duplicates => Duplicate::list(value).is_some(),
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::Words(words) => format!("it takes {}", words.join(" or ")),
            Self::Number(least, most) => format!("it takes a whole number from {least} to {most}"),
            Self::Zone => "it takes a time zone such as America/Sao_Paulo".to_owned(),
            Self::Currency => "it takes three capital letters such as BRL".to_owned(),
            Self::Duplicates => "it takes a list of document, email, phone and name, or nothing".to_owned(),
        }
    }
}

/// What a setting is set to, or its default; a value that it does not take counts as not set.
fn value<'s>(snapshot: &'s Snapshot, name: &str) -> &'s str {
    let Some((_, default, takes)) = SETTINGS.iter().find(|(known, ..)| *known == name) else { return "" };
    snapshot.settings().of_dialect(name).filter(|value| takes.accepts(value)).unwrap_or(default)
}

fn number(snapshot: &Snapshot, name: &str) -> i64 {
    value(snapshot, name).parse().unwrap_or_default()
}

impl Switches {
    /// Those of a snapshot; read once per snapshot.
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        struct Derived(Switches);
        snapshot
            .derived(|snapshot| Derived(Self::read(snapshot)))
            .map_or_else(|| Self::read(snapshot), |known| known.0.clone())
    }

    fn read(snapshot: &Snapshot) -> Self {
        let is = |name, word| value(snapshot, name) == word;
        let small = |name| u32::try_from(number(snapshot, name)).unwrap_or(0);
        let duplicates = |name| Duplicate::list(value(snapshot, name)).unwrap_or_default();
        let cap = small("totvs.page_size_cap");
        let currency =
            snapshot.settings().currency.as_deref().unwrap_or_else(|| value(snapshot, "totvs.currency"));
        Self {
            zone: Zone::named(value(snapshot, "totvs.zone")).unwrap_or_else(Zone::utc),
            currency: currency.to_owned(),
            create_is_200: is("totvs.create_status", "200"),
            no_permission_is_403: is("totvs.no_permission_status", "403"),
            iso_dates: is("totvs.date_output", "iso"),
            document_check: is("totvs.document_check", "on"),
            duplicate_customer: duplicates("totvs.duplicate_fields.customer"),
            duplicate_lead: duplicates("totvs.duplicate_fields.lead"),
            duplicate_across: is("totvs.duplicate_across", "on"),
            keep_unknown_custom: is("totvs.unknown_custom_field", "keep"),
            keep_extras: is("totvs.extras", "keep"),
            page_size: small("totvs.page_size").min(cap),
            page_size_cap: cap,
            rate_per_second: small("totvs.rate_per_second"),
            rate_burst: small("totvs.rate_burst"),
        }
    }
}

/// How long the sessions of a tenant last.
pub fn session(snapshot: &Snapshot) -> Session {
    Session {
        minutes: number(snapshot, "totvs.session_minutes"),
        max_hours: number(snapshot, "totvs.session_max_hours"),
    }
}

/// Checks a setting for `favo tenant set`: `None` when this dialect has no setting of that name, an error sentence when the
/// value is none it takes.
pub fn setting(name: &str, value: &str) -> Option<Result<(), String>> {
    let (_, _, takes) = SETTINGS.iter().find(|(known, ..)| *known == name)?;
    Some(if takes.accepts(value) { Ok(()) } else { Err(format!("{name}: {}.", takes.sentence())) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_a_value_its_setting_takes() {
        for (name, default, takes) in SETTINGS {
            assert!(takes.accepts(default), "{name}");
            assert_eq!(setting(name, default), Some(Ok(())));
        }
    }

    #[test]
    fn other_values_are_refused_with_a_sentence() {
        for (name, value) in [
            ("totvs.create_status", "204"),
            ("totvs.zone", "Mars/Olympus"),
            ("totvs.currency", "brl"),
            ("totvs.duplicate_fields.lead", "document,shoe size"),
            ("totvs.page_size", "0"),
            ("totvs.rate_burst", "many"),
        ] {
            assert!(
                matches!(setting(name, value), Some(Err(sentence)) if sentence.starts_with(name)),
                "{name}"
            );
        }
        assert_eq!(setting("totvs.invented", "1"), None);
        assert_eq!(setting("egito.zone", "UTC"), None);
    }
}
