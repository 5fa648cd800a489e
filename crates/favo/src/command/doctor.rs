//! `favo doctor`: looks at what a server needs, and says what is wrong and what to do. It changes nothing but an old schema.

use std::path::{Path, PathBuf};

use clap::Args;
use favo_core::Instant;
use favo_store::{Options, Store};

use super::{Database, now, print_line};

/// Free space below which a database is in danger.
const LITTLE_SPACE: u64 = 200 * 1024 * 1024;
/// 2026-01-01: any clock before it is wrong.
const EPOCH: Instant = Instant(1_767_225_600_000_000);
/// How far the database may be ahead of the clock before one of them counts as wrong, in microseconds.
const TOLERANCE: i64 = 60_000_000;

#[derive(Debug, Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    database: Database,
}

/// What was found about one thing: fine, or wrong with what to do.
type Finding = Result<String, String>;

impl Doctor {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let store = self.store();
        let opened =
            store.as_ref().map(|store| format!("{} opens ({})", self.database.shown(), store.kind().name()));
        let findings = [
            ("database", opened.map_err(Clone::clone)),
            (
                "schema",
                store
                    .as_ref()
                    .map_err(|_| "not seen: the database does not open".to_owned())
                    .and_then(schema),
            ),
            ("disk", self.disk()),
            ("clock", clock(store.as_ref().ok())),
        ];
        for (subject, finding) in &findings {
            match finding {
                Ok(text) => print_line(&format!("ok     {subject}: {text}")),
                Err(text) => print_line(&format!("WRONG  {subject}: {text}")),
            }
        }
        let wrong = findings.iter().filter(|(_, finding)| finding.is_err()).count();
        anyhow::ensure!(wrong == 0, "{wrong} of {} checks found something wrong: see above", findings.len());
        Ok(())
    }

    fn store(&self) -> Result<Store, String> {
        if let Some(path) = self.database.file().filter(|path| !path.exists()) {
            let path = path.display();
            return Err(format!(
                "there is no file {path}: `favo tenant create` or `favo serve` makes it, or name another with --database"
            ));
        }
        Store::open(&self.database.url, &Options::default()).map_err(|error| error.to_string())
    }

    fn disk(&self) -> Finding {
        let Some(file) = self.database.file() else {
            return Ok("the database is on a server of its own, whose disk is not looked at".to_owned());
        };
        let directory = match file.parent() {
            Some(parent) if parent != Path::new("") => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let shown = directory.display();
        let space = rustix::fs::statvfs(&directory)
            .map_err(|error| format!("cannot look at {shown} ({error}): check that the directory exists"))?;
        let free = space.f_bavail.saturating_mul(space.f_frsize);
        let megabytes = free / 1024 / 1024;
        if free < LITTLE_SPACE {
            return Err(format!("{megabytes} MB left in {shown}: make room before the database cannot grow"));
        }
        Ok(format!("{megabytes} MB left in {shown}"))
    }
}

fn schema(store: &Store) -> Finding {
    let (version, catalogue) =
        store.schema_version().map_err(|error| format!("cannot read its version: {error}"))?;
    Ok(format!("version {version}, catalogue {catalogue}, as this program expects them"))
}

fn clock(store: Option<&Store>) -> Finding {
    let now = now();
    let shown = favo_server::rfc3339(now);
    if now < EPOCH {
        return Err(format!("it is not {shown}: set the system clock"));
    }
    let tenants = store.and_then(|store| store.tenants().ok()).unwrap_or_default();
    let latest = tenants.iter().map(|tenant| tenant.created_at).max();
    match latest.filter(|latest| latest.0 > now.0.saturating_add(TOLERANCE)) {
        Some(latest) => {
            let latest = favo_server::rfc3339(latest);
            Err(format!(
                "the system says {shown}, but a tenant was created at {latest}: set the system clock"
            ))
        }
        None => Ok(shown),
    }
}
