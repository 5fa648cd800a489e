//! The settings of a tenant that only this dialect understands (section 21).

use std::borrow::Cow;

use favo_core::snapshot::Snapshot;

use super::entities;
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
    /// Origins of browser pages that may call.
    pub(super) cors_origins: Vec<String>,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            zone: Zone::named("Europe/Warsaw").unwrap_or_else(Zone::utc),
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
            cors_origins: Vec::new(),
        }
    }
}

/// Every setting of a tenant with what it takes, in words.
const SETTINGS: [(&str, &str); 17] = [
    ("egito.access_token_seconds", "a whole number of seconds, from 60 to 31536000"),
    ("egito.cors_origins", "origins such as https://www.acme.example, with commas between them, or none"),
    ("egito.currency", "three capital letters, such as PLN"),
    ("egito.duplicate_check", "on or off"),
    ("egito.error_status", "native or 200"),
    ("egito.extras", "keep, ignore or reject"),
    ("egito.lang", "pl or en"),
    ("egito.lead_required", "names of fields of Lead, with commas between them, or none"),
    ("egito.max_cap", "a whole number from 1 to 5000"),
    ("egito.max_default", "a whole number from 1 to 5000"),
    ("egito.nip_check", "on or off"),
    ("egito.rate_burst", "a whole number from 1 to 1000000"),
    ("egito.rate_per_second", "a whole number from 0, which is no limit, to 1000000"),
    ("egito.refresh_token_seconds", "a whole number of seconds, from 60 to 31536000"),
    ("egito.regon_check", "on or off"),
    ("egito.token_reuse", "on or off"),
    ("egito.zone", "a time zone, such as Europe/Warsaw"),
];

/// Settings of the whole server: they are not a tenant's to choose.
const OF_SERVER: [&str; 4] =
    ["egito.host_suffixes", "egito.default_tenant", "egito.token_get", "egito.max_body"];

impl Switches {
    /// Those of a snapshot; read once per snapshot.
    pub(super) fn of(snapshot: &Snapshot) -> Cow<'_, Self> {
        let read = |snapshot: &Snapshot| {
            let mut switches = Self::default();
            for (name, _) in SETTINGS {
                if let Some(value) = snapshot.settings().of_dialect(name) {
                    switches.apply(name, value);
                }
            }
            if let Some(currency) = &snapshot.settings().currency {
                switches.currency.clone_from(currency);
            }
            switches
        };
        snapshot.derived(read).map_or_else(|| Cow::Owned(read(snapshot)), Cow::Borrowed)
    }

    /// Applies one setting; `None` when it does not take the value.
    fn apply(&mut self, name: &str, value: &str) -> Option<()> {
        let value = value.trim();
        match name {
            // The server reads these where it makes tokens.
            "egito.access_token_seconds" | "egito.refresh_token_seconds" => {
                number::<i64>(value, 60, 31_536_000)?;
            }
            "egito.token_reuse" => {
                flag(value)?;
            }
            "egito.cors_origins" => self.cors_origins = origins(value)?,
            "egito.currency" => {
                let is_code = value.len() == 3 && value.bytes().all(|byte| byte.is_ascii_uppercase());
                self.currency = is_code.then(|| value.to_owned())?;
            }
            "egito.duplicate_check" => self.duplicate_check = flag(value)?,
            "egito.error_status" => {
                self.always_200 = match value {
                    "native" => false,
                    "200" => true,
                    _ => return None,
                }
            }
            "egito.extras" => {
                self.extras = match value {
                    "keep" => Extras::Keep,
                    "ignore" => Extras::Ignore,
                    "reject" => Extras::Reject,
                    _ => return None,
                }
            }
            "egito.lang" => {
                self.language = match value {
                    "pl" => Language::Polish,
                    "en" => Language::English,
                    _ => return None,
                }
            }
            "egito.lead_required" => self.lead_required = fields_of_lead(value)?,
            "egito.max_cap" => self.max_cap = number(value, 1, 5000)?,
            "egito.max_default" => self.max_default = number(value, 1, 5000)?,
            "egito.nip_check" => self.nip_check = flag(value)?,
            "egito.rate_burst" => self.rate_burst = number(value, 1, 1_000_000)?,
            "egito.rate_per_second" => self.rate_per_second = number(value, 0, 1_000_000)?,
            "egito.regon_check" => self.regon_check = flag(value)?,
            "egito.zone" => self.zone = Zone::named(value)?,
            _ => return None,
        }
        Some(())
    }
}

fn flag(value: &str) -> Option<bool> {
    match value {
        "on" | "true" => Some(true),
        "off" | "false" => Some(false),
        _ => None,
    }
}

fn number<N: TryFrom<i64>>(value: &str, least: i64, most: i64) -> Option<N> {
    let number = value.parse().ok().filter(|number| (least..=most).contains(number))?;
    N::try_from(number).ok()
}

/// The parts of a list with commas; `none` is an empty one.
fn parts(value: &str) -> Option<Vec<String>> {
    if value == "none" {
        return Some(Vec::new());
    }
    let parts: Vec<String> = value.split(',').map(|part| part.trim().to_owned()).collect();
    (!parts.iter().any(String::is_empty)).then_some(parts)
}

/// Origins: scheme and host, perhaps a port, nothing behind it.
fn origins(value: &str) -> Option<Vec<String>> {
    let is_origin = |origin: &String| {
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        host.is_some_and(|host| {
            let sign =
                |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']');
            !host.is_empty() && host.bytes().all(sign)
        })
    };
    parts(value).filter(|origins| origins.iter().all(is_origin))
}

fn fields_of_lead(value: &str) -> Option<Vec<String>> {
    let lead = entities::named("Lead");
    let writable = |name: &String| {
        lead.is_none_or(|lead| lead.fields.iter().any(|field| field.name == name && !field.read_only))
    };
    parts(value).filter(|names| names.iter().all(writable))
}

/// Checks a setting for `favo tenant set`: `None` when this dialect has no setting of that name, an error sentence when the
/// value is none it takes.
pub fn setting(name: &str, value: &str) -> Option<Result<(), String>> {
    if OF_SERVER.contains(&name) {
        return Some(Err(format!("{name} is a setting of the whole server, not of a tenant")));
    }
    let (_, takes) = SETTINGS.iter().find(|(known, _)| *known == name)?;
    let applied = Switches::default().apply(name, value);
    Some(applied.ok_or_else(|| format!("{name} takes {takes}, not {value:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_takes_its_values_and_says_so_of_others() {
        for (name, good, bad) in [
            ("egito.access_token_seconds", "7200", "0"),
            ("egito.cors_origins", "https://www.acme.example,http://localhost:8080", "www.acme.example"),
            ("egito.currency", "EUR", "euro"),
            ("egito.duplicate_check", "on", "yes"),
            ("egito.error_status", "200", "404"),
            ("egito.extras", "reject", "drop"),
            ("egito.lang", "en", "de"),
            ("egito.lead_required", "lastName", "lastName,,gender"),
            ("egito.max_cap", "1000", "0"),
            ("egito.max_default", "20", "all"),
            ("egito.nip_check", "off", ""),
            ("egito.rate_burst", "5", "0"),
            ("egito.rate_per_second", "0", "-1"),
            ("egito.refresh_token_seconds", "86400", "forever"),
            ("egito.regon_check", "off", "no"),
            ("egito.token_reuse", "off", "2"),
            ("egito.zone", "Europe/Lisbon", "Mars/Olympus"),
        ] {
            assert_eq!(setting(name, good), Some(Ok(())), "{name}");
            let sentence = setting(name, bad).unwrap().unwrap_err();
            assert!(sentence.starts_with(name) && sentence.contains(" takes "), "{sentence}");
        }
        assert!(setting("egito.max_body", "1").unwrap().is_err());
        assert_eq!(setting("egito.colour", "red"), None);
        assert_eq!(setting("totvs.zone", "Europe/Warsaw"), None);
    }
}
