//! What names a record or a tenant from outside: UUIDs, session secrets, clients, slugs.

use favo_core::catalogue::{Resource, client, meta, session};
use favo_core::value::Instant;

use crate::fixture::{Fixture, contact, record};

fn session(id: i64, access: &str, refresh: Option<&str>, gone_at: i64) -> favo_core::record::Record {
    let mut session = record(Resource::Session, id);
    session.set(session::ACCESS_HASH, Some(access.to_owned()));
    session.set(session::REFRESH_HASH, refresh.map(str::to_owned));
    session.set(session::GONE_AT, Some(Instant(gone_at)));
    session
}

pub(crate) fn uuids_become_ids_of_live_records_of_the_tenant(fixture: &Fixture) {
    let other = fixture.store.create_tenant("cedro", "Cedro", Instant(2)).unwrap();
    fixture.store.write_blocking(other, |tx| tx.insert(&contact(9, "Bia"))).unwrap();
    let mut gone = contact(3, "Carla");
    gone.set(meta::DELETED_AT, Some(Instant(5)));
    fixture.insert(&[contact(1, "Ana"), contact(2, "Davi"), gone]);
    let ids = fixture.read(|tx| {
        let asked = ["uuid-2", "uuid-9", "uuid-3", "", "uuid-1\0", "uuid-1", "uuid-2"].map(str::to_owned);
        assert_eq!(tx.ids_of(Resource::Contact, &[])?, vec![]);
        assert_eq!(tx.ids_of(Resource::Task, &asked[..1])?, vec![None]);
        tx.ids_of(Resource::Contact, &asked)
    });
    assert_eq!(ids, vec![Some(2), None, None, None, None, Some(1), Some(2)]);
}

pub(crate) fn secrets_of_sessions_and_clients_name_their_tenant(fixture: &Fixture) {
    let mut program = record(Resource::Client, 5);
    program.set(client::CLIENT_ID, Some("erp".to_owned()));
    fixture.insert(&[program, session(7, "aa", Some("bb"), 1), session(8, "cc", None, 1)]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let store = &fixture.store;
        assert_eq!(store.session_of("aa", false).await.unwrap(), Some((fixture.tenant, 7)));
        assert_eq!(store.session_of("bb", true).await.unwrap(), Some((fixture.tenant, 7)));
        assert_eq!(store.session_of("cc", false).await.unwrap(), Some((fixture.tenant, 8)));
        for (hash, refresh) in [("aa", true), ("bb", false), ("", false), ("aa\0", false)] {
            assert_eq!(store.session_of(hash, refresh).await.unwrap(), None, "{hash:?} {refresh}");
        }
        assert_eq!(store.tenant_of_client("erp").await.unwrap(), Some(fixture.tenant));
        assert_eq!(store.tenant_of_client("ERP").await.unwrap(), None);
        assert_eq!(store.tenant_named("ipe").await.unwrap().unwrap().id, fixture.tenant);
        assert_eq!(store.tenant_named("nada").await.unwrap(), None);
        assert_eq!(store.tenant_named("ipe\0").await.unwrap(), None);
    });
    // No two sessions of any tenant share a secret.
    let other = fixture.store.create_tenant("cedro", "Cedro", Instant(2)).unwrap();
    let taken = fixture.store.write_blocking(other, |tx| tx.insert(&session(1, "aa", None, 1)));
    assert!(matches!(taken, Err(favo_core::Error::Conflict)), "{taken:?}");
}

pub(crate) fn sessions_of_the_past_are_forgotten_some_at_a_time(fixture: &Fixture) {
    let other = fixture.store.create_tenant("cedro", "Cedro", Instant(2)).unwrap();
    fixture.store.write_blocking(other, |tx| tx.insert(&session(1, "other", None, 1))).unwrap();
    fixture.insert(&(1..=700).map(|id| session(id, &format!("s{id}"), None, id * 10)).collect::<Vec<_>>());
    let left = || fixture.read(|tx| tx.count(Resource::Session, &favo_core::query::Filter::All));
    let forget = |before: i64| fixture.write(move |tx| tx.forget_sessions(Instant(before)));
    forget(100);
    assert_eq!(left(), 691);
    assert!(fixture.load(Resource::Session, 9).is_none() && fixture.load(Resource::Session, 10).is_some());
    forget(100_000);
    assert_eq!(left(), 191);
    forget(100_000);
    assert_eq!(left(), 0);
    let others = fixture.store.read_blocking(other, |tx| tx.load(Resource::Session, 1)).unwrap();
    assert!(others.is_some());
}
