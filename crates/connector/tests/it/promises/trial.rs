//! One source, one destination, and the settings of the pipeline between them.

use std::sync::Arc;

use favo_connector::engine::{self, Context};
use favo_connector::progress::Progress;
use favo_connector::report::RunReport;
use favo_connector::schema::Layout;
use favo_connector::settings::{Secret, Settings, SourceKind, Sweep};
use favo_connector::testing::warehouse::{self, Raw, RawRow};
use favo_connector::testing::{self, FakeNectar, Size, Tables};
use favo_connector::{Error, World as _};
use favo_store::testing::TestPostgres;
use tempfile::TempDir;

pub(super) struct Trial {
    pub(super) source: FakeNectar,
    pub(super) settings: Settings,
    pub(super) kind: &'static str,
    _directory: TempDir,
}

impl Trial {
    /// A fresh destination of that kind; the test's name is the seed of the source's records.
    pub(super) fn new(kind: &'static str, test: &str, size: Size) -> Self {
        let seed = test.bytes().fold(17_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
        let directory =
            tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a temporary directory");
        let to = match kind {
            "postgres" => TestPostgres::shared().empty_database(),
            "sqlite" => format!("sqlite:{}", directory.path().join("warehouse.db").display()),
            other => format!("{other}:{}", directory.path().join("lake").display()),
        };
        let source = FakeNectar::start(seed, &size);
        let settings = Settings::new(SourceKind::Nectar, &source.url(), Secret::new(source.token()), &to);
        Self { source, settings, kind, _directory: directory }
    }

    /// The same with other settings.
    pub(super) fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// The same with a sweep at the end of every run.
    pub(super) fn sweeping(self) -> Self {
        self.with(|settings| settings.sweep = Sweep::EveryRun)
    }

    pub(super) fn context(&self) -> Context {
        Context {
            settings: self.settings.clone(),
            world: self.source.clock(),
            progress: Arc::new(Progress::default()),
        }
    }

    /// One run that may end in an error.
    pub(super) fn attempt(&self) -> Result<RunReport, Error> {
        engine::sync(&self.context())
    }

    /// One run that must not.
    #[track_caller]
    pub(super) fn run(&self) -> RunReport {
        self.attempt().unwrap_or_else(|error| panic!("the run failed: {error}"))
    }

    /// One run that must be complete.
    #[track_caller]
    pub(super) fn complete_run(&self) -> RunReport {
        let report = self.run();
        assert_eq!(report.exit_code(), 0, "not complete: {:?}", report.messages);
        report
    }

    pub(super) fn expected(&self) -> Tables {
        self.source.model(|model| testing::expected_tables(model, self.settings.layout))
    }

    /// Every field of every living record is as the source serves it, and no other record lives. What no column holds is compared where a test asks for it.
    #[track_caller]
    pub(super) fn assert_in_step(&self) {
        self.assert_in_step_but(&[]);
    }

    /// The same without some tables.
    #[track_caller]
    pub(super) fn assert_in_step_but(&self, without: &[&str]) {
        let mut expected = self.expected();
        expected.retain(|table, _| !without.contains(&table.as_str()));
        for row in expected.values_mut().flat_map(|rows| rows.values_mut()) {
            row.remove("_favo_extra");
        }
        let found = testing::differences(&expected, &self.settings.to);
        assert!(found.is_empty(), "not in step:\n{}", found.join("\n"));
    }

    /// The same with what no column holds.
    #[track_caller]
    pub(super) fn assert_in_step_to_the_last_field(&self) {
        let found = testing::differences(&self.expected(), &self.settings.to);
        assert!(found.is_empty(), "not in step:\n{}", found.join("\n"));
    }

    pub(super) fn rows(&self, table: &str) -> Vec<RawRow> {
        warehouse::read(&self.settings.to, &format!("nectarcrm_{table}")).unwrap_or_default()
    }

    /// The rows of a record in its main table.
    pub(super) fn row(&self, table: &str, id: i64) -> Option<RawRow> {
        self.rows(table).into_iter().find(|row| row.get("id").and_then(Raw::whole) == Some(id))
    }

    /// Ids of a main table's living and marked rows.
    pub(super) fn ids(&self, table: &str, marked: bool) -> Vec<i64> {
        let mut ids: Vec<i64> = self
            .rows(table)
            .iter()
            .filter(|row| row.get("_favo_deleted_at").is_none_or(Raw::is_null) != marked)
            .filter_map(|row| row.get("id").and_then(Raw::whole))
            .collect();
        ids.sort_unstable();
        ids
    }

    /// Everything in all tables, without what tells of the run.
    pub(super) fn dump(&self) -> Vec<String> {
        testing::dump(
            &self.settings.to,
            &self.source.model(|model| testing::expected_tables(model, Layout::Exact)),
        )
    }

    /// Nothing changed since that dump.
    #[track_caller]
    pub(super) fn assert_as_it_was(&self, before: &[String]) {
        let now = self.dump();
        let gone = before.iter().filter(|line| !now.contains(line)).take(2);
        let new = now.iter().filter(|line| !before.contains(line)).take(2);
        let found: Vec<String> =
            gone.map(|line| format!("- {line}")).chain(new.map(|line| format!("+ {line}"))).collect();
        assert!(now == before, "not as it was:\n{}", found.join("\n"));
    }

    /// Moves the source's clock and that of the runs.
    pub(super) fn later(&self, hours: u64) {
        self.source.clock().advance(std::time::Duration::from_hours(hours));
    }

    pub(super) fn now(&self) -> i64 {
        self.source.clock().now()
    }
}
