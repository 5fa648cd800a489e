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
    /// An unknown tenant is told apart from a wrong password.
    pub tells_tenants: bool,
}

/// A field that a duplicate check compares (12.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Duplicate {
    Document,
    Email,
    Phone,
    Name,
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

impl Switches {
    /// Those of a snapshot; read once per snapshot.
    pub(super) fn of(_snapshot: &Snapshot) -> Self {
        Self {
            zone: Zone::named("America/Sao_Paulo").unwrap_or_else(Zone::utc),
            currency: "BRL".to_owned(),
            create_is_200: false,
            no_permission_is_403: false,
            iso_dates: false,
            document_check: true,
            duplicate_customer: Vec::new(),
            duplicate_lead: Vec::new(),
            duplicate_across: false,
            keep_unknown_custom: false,
            keep_extras: true,
            page_size: 20,
            page_size_cap: 1000,
            rate_per_second: 10,
            rate_burst: 50,
        }
    }
}

/// How long the sessions of a tenant last.
pub fn session(_snapshot: &Snapshot) -> Session {
    Session { minutes: 30, max_hours: 12, tells_tenants: true }
}

/// Checks a setting for `favo tenant set`: `None` when this dialect has no setting of that name, an error sentence when the
/// value is none it takes.
pub fn setting(name: &str, _value: &str) -> Option<Result<(), String>> {
    name.starts_with("totvs.").then_some(Ok(()))
}
