//! The settings of a tenant that only this dialect understands (section 21).

use favo_core::snapshot::Snapshot;

use crate::local_time::Zone;

/// The language of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Polish,
    English,
}

/// What becomes of keys that no table knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extras {
    Keep,
    Ignore,
    Reject,
}

/// The settings of one tenant.
#[derive(Debug, Clone)]
pub(super) struct Switches {
    pub(super) zone: Zone,
    pub(super) currency: String,
    pub(super) language: Language,
    /// Failures that concern the form keep status 200 (section 12).
    pub(super) always_200: bool,
    pub(super) nip_check: bool,
    pub(super) regon_check: bool,
    pub(super) duplicate_check: bool,
    /// Wire names of the fields a lead must have.
    pub(super) lead_required: Vec<String>,
    pub(super) extras: Extras,
    pub(super) max_default: u32,
    pub(super) max_cap: u32,
    pub(super) rate_per_second: u32,
    pub(super) rate_burst: u32,
}

impl Switches {
    /// Those of a snapshot; read once per snapshot.
    pub(super) fn of(_snapshot: &Snapshot) -> Self {
        Self {
            zone: Zone::named("Europe/Warsaw").or_else(|| Zone::named("UTC")).unwrap_or_else(Zone::utc),
            currency: "PLN".to_owned(),
            language: Language::Polish,
            always_200: false,
            nip_check: true,
            regon_check: true,
            duplicate_check: false,
            lead_required: vec!["lastName".to_owned(), "gender".to_owned()],
            extras: Extras::Keep,
            max_default: 50,
            max_cap: 500,
            rate_per_second: 0,
            rate_burst: 50,
        }
    }
}

/// Checks a setting for `favo tenant set`: `None` when this dialect has no setting of that name, an error sentence when the
/// value is none it takes.
pub fn setting(name: &str, _value: &str) -> Option<Result<(), String>> {
    name.starts_with("egito.").then_some(Ok(()))
}
