//! A fresh database with one tenant, on either kind.

use favo_core::Result;
use favo_core::catalogue::{Resource, meta};
use favo_core::query::{Column, Query};
use favo_core::record::Record;
use favo_core::transaction::{Reader, TenantId, Writer};
use favo_core::value::Instant;
use favo_store::testing::TestPostgres;
use favo_store::{Durability, Options, Store};
use tempfile::TempDir;

pub(crate) struct Fixture {
    pub(crate) store: Store,
    pub(crate) tenant: TenantId,
    pub(crate) url: String,
    _directory: Option<TempDir>,
}

pub(crate) fn options() -> Options {
    Options { durability: Durability::Off, workers: 4, ..Options::default() }
}

impl Fixture {
    pub(crate) fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}/favo.db", directory.path().display());
        Self::of(url, Some(directory))
    }

    pub(crate) fn postgresql() -> Self {
        Self::of(TestPostgres::shared().fresh_database(), None)
    }

    pub(crate) fn postgresql_in_c_locale() -> Self {
        Self::of(TestPostgres::shared().empty_database_in_c_locale(), None)
    }

    fn of(url: String, directory: Option<TempDir>) -> Self {
        let store = Store::open(&url, &options()).unwrap();
        let tenant = store.create_tenant("ipe", "Ipê", Instant(1)).unwrap();
        Self { store, tenant, url, _directory: directory }
    }

    /// The same database, opened once more.
    pub(crate) fn second_store(&self) -> Store {
        Store::open(&self.url, &options()).unwrap()
    }

    pub(crate) fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Reader) -> Result<T> + Send + 'static,
    ) -> T {
        self.store.read_blocking(self.tenant, work).unwrap()
    }

    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut dyn Writer) -> Result<T> + Send + 'static,
    ) -> T {
        self.store.write_blocking(self.tenant, work).unwrap()
    }

    pub(crate) fn insert(&self, records: &[Record]) {
        let records = records.to_vec();
        self.write(move |tx| records.iter().try_for_each(|record| tx.insert(record)));
    }

    pub(crate) fn load(&self, resource: Resource, id: i64) -> Option<Record> {
        self.read(move |tx| tx.load(resource, id))
    }

    /// The ids of a list, in its order.
    pub(crate) fn ids(&self, query: &Query) -> Vec<i64> {
        let query = query.clone();
        self.read(move |tx| ids(tx, &query))
    }
}

pub(crate) fn ids(tx: &mut dyn Reader, query: &Query) -> Result<Vec<i64>> {
    let mut ids = Vec::new();
    tx.select(query, &[Column::own(meta::ID)], &mut |row| {
        ids.push(row.int(0).unwrap());
        Ok(())
    })?;
    Ok(ids)
}

/// A record with the fields that every record has.
pub(crate) fn record(resource: Resource, id: i64) -> Record {
    let mut record = Record::new(resource);
    record.set(meta::ID, Some(id));
    record.set(meta::UUID, Some(format!("uuid-{id}")));
    record.set(meta::VERSION, Some(1));
    record.set(meta::CREATED_AT, Some(Instant(id * 1000)));
    record.set(meta::UPDATED_AT, Some(Instant(id * 1000)));
    record
}

/// A contact with a name.
pub(crate) fn contact(id: i64, name: &str) -> Record {
    let mut contact = record(Resource::Contact, id);
    contact.set(favo_core::catalogue::contact::NAME, Some(name.to_owned()));
    contact
}
