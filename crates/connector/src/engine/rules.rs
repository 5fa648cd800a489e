//! What the settings say about each stream, read once: mode, look-back, sweep, deletes, drift; and the selection that shapes the tables.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::schema::Selection;
use crate::settings::{Deletes, Drift, Mode, Settings, Sweep};
use crate::state::{Bookmark, DriftColumn};
use crate::{Error, Result};

/// The rules of one stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub(super) mode: Mode,
    pub(super) lookback_days: u32,
    pub(super) sweep: Sweep,
    pub(super) deletes: Deletes,
    pub(super) drift: Drift,
}

impl Rules {
    /// The rules of that stream: what is said for it, else for the pipeline.
    pub(super) fn of(settings: &Settings, stream: &str) -> Result<Self> {
        let own = settings.streams.get(stream).cloned().unwrap_or_default();
        let sweep = match &own.sweep {
            Some(text) => sweep(text).ok_or_else(|| {
                Error::Configuration(format!(
                    "the sweep \"{text}\" of the stream {stream} is none; use never, every-run or an age such as 90m, 24h or 7d"
                ))
            })?,
            None => settings.sweep,
        };
        // Who names the columns has said which they want: nothing is added to them.
        let chosen = own.columns.is_some();
        let drift = match own.drift.unwrap_or(settings.drift) {
            Drift::Evolve if chosen => Drift::DiscardValue,
            drift => drift,
        };
        Ok(Self {
            mode: own.mode.unwrap_or(settings.mode),
            lookback_days: own.lookback_days.unwrap_or(settings.lookback_days),
            sweep,
            deletes: own.deletes.unwrap_or(settings.deletes),
            drift,
        })
    }

    /// Whether deleted records are to be looked for now, if the stream was last enumerated then. Micros since 1970.
    pub(super) fn sweep_due(&self, enumerated_at: Option<i64>, now: i64) -> bool {
        if self.deletes == Deletes::Ignore {
            return false;
        }
        match (self.sweep, enumerated_at) {
            (Sweep::Never, _) => false,
            (Sweep::EveryRun, _) | (Sweep::Every(_), None) => true,
            (Sweep::Every(age), Some(at)) => {
                i128::from(now) - i128::from(at) >= i128::try_from(age.as_micros()).unwrap_or(i128::MAX)
            }
        }
    }
}

/// Reads `never`, `every-run`, or an age: a whole number with `s`, `m`, `h` or `d`.
fn sweep(text: &str) -> Option<Sweep> {
    match text.trim() {
        "never" => Some(Sweep::Never),
        "every-run" => Some(Sweep::EveryRun),
        age => {
            let unit = age.chars().last()?;
            let seconds = match unit {
                's' => 1,
                'm' => 60,
                'h' => 3_600,
                'd' => 86_400,
                _ => return None,
            };
            let count: u64 = age[..age.len() - 1].trim().parse().ok()?;
            Some(Sweep::Every(Duration::from_secs(count.checked_mul(seconds)?)))
        }
    }
}

/// What decides the shape of the tables: the settings, and the columns that drift added in earlier runs.
pub(super) fn selection(settings: &Settings, bookmarks: &[(String, Bookmark)]) -> Selection {
    let drift: BTreeMap<String, Vec<DriftColumn>> = bookmarks
        .iter()
        .filter(|(_, bookmark)| !bookmark.drift.is_empty())
        .map(|(stream, bookmark)| (stream.clone(), bookmark.drift.clone()))
        .collect();
    Selection { drift, ..settings.selection() }
}

/// The zone in which the source reads the days of its filters, whatever zone the tables are in (`Settings::zone`).
pub(super) fn filter_zone() -> Result<TimeZone> {
    zone(crate::source::ZONE)
}

/// Refuses a zone that is none.
pub(super) fn zone(name: &str) -> Result<TimeZone> {
    TimeZone::get(name).map_err(|_| {
        Error::Configuration(format!(
            "there is no time zone \"{name}\"; use an IANA name such as America/Sao_Paulo"
        ))
    })
}

/// The day of a moment (micros since 1970) in the zone, that many days earlier.
pub(super) fn day_before(moment: i64, zone: &TimeZone, days: u32) -> Date {
    let moment = Timestamp::from_microsecond(moment).unwrap_or(Timestamp::UNIX_EPOCH);
    let day = moment.to_zoned(zone.clone()).date();
    day.saturating_sub(jiff::Span::new().days(i64::from(days.min(100_000))))
}

/// The day before.
pub(super) fn yesterday(day: Date) -> Date {
    day.yesterday().unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_read_and_nonsense_is_not() {
        assert_eq!(sweep("24h"), Some(Sweep::Every(Duration::from_hours(24))));
        assert_eq!(sweep(" 7d "), Some(Sweep::Every(Duration::from_hours(168))));
        assert_eq!(sweep("never"), Some(Sweep::Never));
        assert_eq!(sweep("every-run"), Some(Sweep::EveryRun));
        for nonsense in ["", "h", "24", "-1h", "1é", "99999999999999999999d", "18446744073709551615d"] {
            assert_eq!(sweep(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn a_day_is_that_of_the_sources_zone() -> Result<()> {
        let zone = filter_zone()?;
        let moment = "2026-03-02T01:30:00Z".parse::<Timestamp>().unwrap().as_microsecond();
        assert_eq!(day_before(moment, &zone, 0), jiff::civil::date(2026, 3, 1));
        assert_eq!(day_before(moment, &zone, 1), jiff::civil::date(2026, 2, 28));
        assert!(matches!(super::zone("America/Nowhere"), Err(Error::Configuration(_))));
        Ok(())
    }
}
