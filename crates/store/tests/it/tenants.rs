//! Tenants see nothing of each other.

use favo_core::catalogue::{Resource, contact, token};
use favo_core::change::{Change, ChangeKind};
use favo_core::query::{Column, Filter, Query, TextMatch};
use favo_core::terms::TermKind;
use favo_core::transaction::TenantId;
use favo_core::value::{Instant, Value};
use favo_core::{Error, Reason};

use crate::fixture::{Fixture, contact, ids, record};

pub(crate) fn no_method_reads_or_writes_another_tenant(fixture: &Fixture) {
    let other = fixture.store.create_tenant("cedro", "Cedro", Instant(2)).unwrap();
    for (tenant, name) in [(fixture.tenant, "Ana"), (other, "Bia")] {
        let write = move |tx: &mut dyn favo_core::transaction::Writer| {
            let mut person = contact(1, name);
            person.set(contact::EMAILS, vec![format!("{name}@x.example")]);
            person.set(contact::EMPLOYER, Some(2));
            person.set(contact::PENDING_TASKS, Some(name.len() as i64));
            tx.insert(&person)?;
            tx.insert(&contact(2, &format!("{name} Ltda")))?;
            let number = tx.next("contact")?;
            assert_eq!(number, 1);
            tx.set_setting("mandatory", Some(name))?;
            tx.put_file("logo", Some((name, name.as_bytes())))?;
            tx.touch_registry()?;
            tx.append(&Change {
                sequence: 0,
                at: Instant(1),
                actor: 1,
                resource: Resource::Contact,
                record: 1,
                kind: ChangeKind::Created,
                diff: format!("\"{name}\""),
            })
        };
        fixture.store.write_blocking(tenant, write).unwrap();
    }
    // The other tenant does everything a writer can; the first must not notice.
    fixture
        .store
        .write_blocking(other, |tx| {
            let before = tx.load(Resource::Contact, 1)?.unwrap();
            let mut after = before.clone();
            after.set(contact::NAME, Some("Carla".to_owned()));
            after.set(contact::EMAILS, Vec::new());
            after.set(favo_core::catalogue::meta::VERSION, Some(2));
            tx.update(&before, &after)?;
            tx.adjust(Resource::Contact, 1, contact::PENDING_TASKS.into(), 100)?;
            tx.raise(Resource::Contact, 1, contact::LAST_INTERACTION_AT.into(), 100)?;
            tx.assign(Resource::Contact, 2, contact::PEOPLE.into(), &Value::Int(9))?;
            tx.next("contact")?;
            tx.touch_registry()?;
            tx.set_setting("mandatory", None)?;
            tx.put_file("logo", None)?;
            tx.append(&Change {
                sequence: 0,
                at: Instant(1),
                actor: 1,
                resource: Resource::Contact,
                record: 1,
                kind: ChangeKind::Updated,
                diff: "{}".to_owned(),
            })
        })
        .unwrap();
    fixture.read(|tx| {
        let person = tx.load(Resource::Contact, 1)?.unwrap();
        assert_eq!(person.get(contact::NAME), Some("Ana"));
        assert_eq!(person.get(contact::PENDING_TASKS), Some(3));
        assert_eq!(person.get(contact::LAST_INTERACTION_AT), None);
        assert_eq!(tx.load(Resource::Contact, 2)?.unwrap().get(contact::PEOPLE), Some(0));
        let all = Query::of(Resource::Contact);
        assert_eq!(ids(tx, &all)?, vec![2, 1]);
        for filter in [
            Filter::Text(contact::NAME.into(), TextMatch::Prefix, "carla".to_owned()),
            Filter::Via(
                contact::EMPLOYER.into(),
                Box::new(Filter::Text(contact::NAME.into(), TextMatch::Prefix, "bia".to_owned())),
            ),
        ] {
            assert_eq!(ids(tx, &all.clone().filter(filter))?, Vec::<i64>::new());
        }
        let email = Filter::Term(TermKind::Email, TextMatch::Equal, vec!["ana@x.example".to_owned()]);
        assert_eq!(ids(tx, &all.clone().filter(email))?, vec![1]);
        let mut seen = Vec::new();
        let columns = [Column::own(contact::NAME), Column::via(contact::EMPLOYER, contact::NAME)];
        tx.select_for(Resource::Contact, 0, &[1, 2, 3], &Filter::All, &columns, &mut |row| {
            seen.push((row.text(0).map(str::to_owned), row.text(1).map(str::to_owned)));
            Ok(())
        })?;
        assert_eq!(
            seen,
            vec![(Some("Ana".to_owned()), Some("Ana Ltda".to_owned())), (Some("Ana Ltda".to_owned()), None)]
        );
        assert_eq!(tx.count(Resource::Contact, &Filter::All)?, 2);
        assert_eq!(tx.largest(Resource::Contact, &Filter::All, contact::PENDING_TASKS.into())?, Some(3));
        assert_eq!(tx.registry_version()?, 2);
        assert_eq!(tx.settings()?, vec![("mandatory".to_owned(), "Ana".to_owned())]);
        assert_eq!(tx.file("logo")?, Some(("Ana".to_owned(), b"Ana".to_vec())));
        let changes = tx.changes_after(0, 10)?;
        assert_eq!(changes.iter().map(|change| change.diff.as_str()).collect::<Vec<_>>(), vec!["\"Ana\""]);
        Ok(())
    });
    assert_eq!(fixture.write(|tx| tx.next("contact")), 2);
}

pub(crate) fn a_slug_is_taken_once(fixture: &Fixture) {
    let outcome = fixture.store.create_tenant("ipe", "Outro", Instant(3));
    let Err(Error::Refused(problems)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(problems[0].reason, Reason::DuplicateName("ipe".to_owned()));
    let tenant = fixture.store.tenant_by_slug("ipe").unwrap().unwrap();
    assert_eq!((tenant.id, tenant.name.as_str(), tenant.created_at), (fixture.tenant, "Ipê", Instant(1)));
    assert_eq!(fixture.store.tenant_by_slug("nada").unwrap(), None);
    let other = fixture.store.create_tenant("cedro", "Cedro", Instant(4)).unwrap();
    let all: Vec<_> = fixture.store.tenants().unwrap().into_iter().map(|tenant| tenant.id).collect();
    assert_eq!(all, vec![fixture.tenant, other]);
}

pub(crate) fn a_token_names_its_tenant(fixture: &Fixture) {
    let mut token = record(Resource::Token, 1);
    token.set(token::HASH, Some("abc".to_owned()));
    fixture.insert(&[token]);
    assert_eq!(fixture.store.tenant_of_token_blocking("abc").unwrap(), Some(fixture.tenant));
    assert_eq!(fixture.store.tenant_of_token_blocking("abd").unwrap(), None);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(fixture.store.tenant_of_token("abc")).unwrap(), Some(fixture.tenant));
    runtime.block_on(fixture.store.health()).unwrap();
}

pub(crate) fn an_unknown_tenant_cannot_be_written(fixture: &Fixture) {
    let outcome = fixture.store.write_blocking(TenantId(404), |tx| tx.insert(&contact(1, "Ana")));
    assert!(matches!(outcome, Err(Error::NotFound)), "{outcome:?}");
    assert_eq!(fixture.store.read_blocking(TenantId(404), |tx| tx.registry_version()).unwrap(), 0);
}
