//! Tenants, sessions and clients over a real store: what a tenant starts with, who may act through what, and until when.

use favo_core::catalogue::{
    category, client, origin, payment_condition, pipeline, product_category, segment, session, stage,
    task_type, unit_of_measure,
};
use favo_core::identity::{Action, Actor, Scope};
use favo_core::query::{Filter, Query};
use favo_core::record::{Key, kind};
use favo_core::session::{Opening, State};
use favo_core::snapshot::Snapshot;
use favo_core::tenancy::{self, Country, UserChange};
use favo_core::transaction::Reader;
use favo_core::{Error, Instant, Reason, Record, Resource, Result};

use crate::desk::Desk;

fn snapshot(desk: &Desk) -> std::sync::Arc<Snapshot> {
    desk.system(|ctx, _| Ok(std::sync::Arc::clone(&ctx.snapshot))).expect("a snapshot")
}

/// The entries of a registry: number and code.
fn codes(snapshot: &Snapshot, resource: Resource, code: Key<kind::Text>) -> Vec<(i64, String)> {
    let of = |record: &Record| (record.id(), record.get(code).unwrap_or_default().to_owned());
    snapshot.all(resource).map(|record| of(record)).collect()
}

#[test]
fn a_polish_tenant_has_the_standard_dictionaries_under_their_numbers() {
    let desk = Desk::new(Country::Poland);
    let snapshot = snapshot(&desk);
    for (resource, code, size, some) in [
        (Resource::Segment, segment::CODE, 21, (12, "AGRICULTURE")),
        (Resource::Category, category::CODE, 8, (7, "FORMER_CUSTOMER")),
        (Resource::Origin, origin::CODE, 12, (7, "SOCIAL_MEDIA")),
        (Resource::TaskType, task_type::CODE, 7, (5, "VISIT")),
        (Resource::ProductCategory, product_category::CODE, 5, (4, "SUBSCRIPTIONS")),
        (Resource::UnitOfMeasure, unit_of_measure::CODE, 11, (9, "M2")),
        (Resource::PaymentCondition, payment_condition::CODE, 6, (4, "COD")),
    ] {
        let entries = codes(&snapshot, resource, code);
        assert_eq!(entries.len(), size, "{resource:?}");
        assert!(entries.contains(&(some.0, some.1.to_owned())), "{entries:?}");
    }
    let sales = snapshot.live(Resource::Pipeline, 1).expect("the first pipeline");
    assert_eq!(sales.get(pipeline::CODE), Some("SALES"));
    assert!(sales.get(pipeline::MAY_SKIP_STAGE) && sales.get(pipeline::MAY_GO_BACK));
    let stages: Vec<_> = sales
        .get(pipeline::STAGES)
        .iter()
        .map(|row| (row.get(stage::ID), row.get(stage::CODE), row.get(stage::PROBABILITY)))
        .collect();
    assert_eq!(
        stages,
        [
            (Some(1), Some("NEW"), Some(10)),
            (Some(2), Some("ANALYSIS"), Some(25)),
            (Some(3), Some("OFFER"), Some(50)),
            (Some(4), Some("NEGOTIATION"), Some(75)),
            (Some(5), Some("DECISION"), Some(90)),
        ]
    );
    let default = |resource: Resource, flag: Key<kind::Bool>| {
        snapshot.all(resource).filter(|record| record.get(flag)).map(|record| record.id()).collect::<Vec<_>>()
    };
    assert_eq!(default(Resource::UnitOfMeasure, unit_of_measure::DEFAULT), [1]);
    assert_eq!(default(Resource::PaymentCondition, payment_condition::DEFAULT), [1]);
    assert_eq!(snapshot.settings().currency.as_deref(), Some("PLN"));
}

#[test]
fn a_brazilian_tenant_keeps_its_names_and_has_units() {
    let desk = Desk::new(Country::Brazil);
    let snapshot = snapshot(&desk);
    let origins: Vec<_> = snapshot.all(Resource::Origin).filter_map(|o| o.get(origin::NAME)).collect();
    assert_eq!(origins, ["Site", "Indicação", "Evento", "Telefone", "Redes sociais"]);
    let units = codes(&snapshot, Resource::UnitOfMeasure, unit_of_measure::CODE);
    let units: Vec<_> = units.iter().map(|(_, code)| code.as_str()).collect();
    assert_eq!(units, ["UN", "KG", "CX", "PC", "L", "M", "H"]);
    assert_eq!(tenancy::TASK_TYPES[1], (1, "Ligação"));
    assert_eq!(snapshot.settings().currency, None);
}

#[test]
fn a_nature_without_a_type_gets_one_in_poland_too() {
    let desk = Desk::new(Country::Poland);
    let client = desk.nectar("POST", "contatos", r#"{"nome":"Padaria Aurora"}"#).with(200).id();
    let task = |nature: i64| {
        let body = format!(
            r#"{{"titulo":"Lembrete","tipo":{nature},"cliente":{{"id":{client}}},"dataLimite":"2026-06-10T12:00:00.000-03:00"}}"#
        );
        let made = desk.nectar("POST", "tarefas", &body);
        assert_eq!(made.status, 200, "{}", made.body);
        let id = made.id();
        desk.system(move |_, tx| tx.load(Resource::Task, id)).expect("read").expect("a task")
    };
    let kind = |record: Record| record.get(favo_core::catalogue::task::TYPE);
    assert_eq!(kind(task(1)), Some(2), "a call is a call");
    assert_eq!(kind(task(2)), Some(8), "a notification is new");
}

/// Opens a session of the administrator through a client.
fn open(desk: &Desk, client: Option<i64>, token: &str, seconds: i64) -> i64 {
    let opening = Opening {
        user: 1,
        client,
        may_read: true,
        may_write: true,
        access: (token.to_owned(), Some("seed".to_owned())),
        refresh: Some((format!("refresh after {token}"), None)),
        ..Opening::default()
    };
    let opened = desk.system(move |ctx, tx| {
        let end = Instant(ctx.now.0 + seconds * 1_000_000);
        let opening = Opening { expires_at: end, refresh_expires_at: Some(end), ..opening.clone() };
        favo_core::session::open(ctx, tx, &opening)
    });
    opened.expect("a session")
}

fn find(desk: &Desk, client: Option<i64>) -> Option<Record> {
    desk.system(move |_, tx| favo_core::session::find_live(tx, 1, client, true, true)).expect("looked up")
}

fn state(desk: &Desk, id: i64) -> State {
    let found = desk.system(move |ctx, tx| {
        let record = load(tx, id)?;
        Ok(favo_core::session::state(&ctx.snapshot, &record, ctx.now, None))
    });
    found.expect("a state")
}

fn load(tx: &mut dyn Reader, id: i64) -> Result<Record> {
    tx.load(Resource::Session, id)?.ok_or(Error::NotFound)
}

fn register(desk: &Desk, client_id: &'static str) -> Result<i64> {
    desk.system(move |ctx, tx| tenancy::register_client(ctx, tx, "Formularz", client_id, "hash", &[]))
}

#[test]
fn a_session_is_opened_renewed_and_ended() {
    let desk = Desk::new(Country::Poland);
    let client = register(&desk, "www-form").expect("a client");
    let version = snapshot(&desk).version();
    let id = open(&desk, Some(client), "first", 60);
    assert_eq!(state(&desk, id), State::Live(1));
    assert_eq!(find(&desk, Some(client)).map(|found| found.id()), Some(id));
    assert!(find(&desk, None).is_none());
    desk.later(61);
    assert_eq!(state(&desk, id), State::Expired);

    let renewed = desk.system(move |ctx, tx| {
        let session = load(tx, id)?;
        let end = Instant(ctx.now.0 + 60_000_000);
        favo_core::session::renew(ctx, tx, &session, ("second".to_owned(), None), end, (true, false))
    });
    renewed.expect("renewed");
    assert_eq!(state(&desk, id), State::Live(1));
    let record = desk.system(move |_, tx| load(tx, id)).expect("read");
    assert_eq!(record.get(session::ACCESS_HASH), Some("second"));
    assert_eq!(record.get(session::ACCESS_SEED), None);
    assert!(!record.get(session::MAY_WRITE));

    let ended = desk.system(move |ctx, tx| {
        let session = load(tx, id)?;
        favo_core::session::end(ctx, tx, &session)
    });
    ended.expect("ended");
    assert_eq!(state(&desk, id), State::Ended);
    assert_eq!(snapshot(&desk).version(), version, "sessions are no registry");
    let log = desk.system(|_, tx| tx.changes_after(0, 1000)).expect("the log");
    let log: Vec<_> = log.iter().filter(|change| change.resource == Resource::Session).collect();
    assert_eq!(log.len(), 3);
    assert!(log.iter().all(|change| !change.diff.contains("second") && !change.diff.contains("seed\":[\"")));
}

#[test]
fn sessions_that_are_long_over_are_forgotten() {
    let desk = Desk::new(Country::Poland);
    let kept = || {
        let kept = desk.system(|_, tx| tx.load_all(&Query::of(Resource::Session).filter(Filter::All)));
        kept.expect("read").iter().map(Record::id).collect::<Vec<_>>()
    };
    let first = open(&desk, None, "first", 60);
    desk.later(120);
    let second = open(&desk, None, "second", 60);
    assert_eq!(kept(), [second, first], "who comes late is told that its time is over");
    desk.later(7 * 24 * 3600);
    assert_eq!(kept(), [second, first]);
    let third = open(&desk, None, "third", 60);
    assert_eq!(kept(), [third, second]);
}

#[test]
fn a_revoked_client_and_a_new_password_end_sessions() {
    let desk = Desk::new(Country::Poland);
    let client = register(&desk, "www-form").expect("a client");
    let taken = register(&desk, "www-form");
    let reason = Reason::DuplicateName("www-form".to_owned());
    assert!(matches!(taken, Err(Error::Refused(problems)) if problems[0].reason == reason));
    let (through, alone) = (open(&desk, Some(client), "first", 3600), open(&desk, None, "second", 3600));
    desk.later(1);
    desk.system(move |ctx, tx| tenancy::revoke_client(ctx, tx, client)).expect("revoked");
    assert_eq!(state(&desk, through), State::ClientGone);
    assert_eq!(state(&desk, alone), State::Live(1));
    let change = UserChange { password_hash: Some("$argon2id$new".to_owned()), ..UserChange::default() };
    desk.system(move |ctx, tx| tenancy::set_user(ctx, tx, 1, &change)).expect("a new password");
    assert_eq!(state(&desk, alone), State::Ended);
    let later = open(&desk, None, "third", 3600);
    assert_eq!(state(&desk, later), State::Live(1));
    let record = desk.system(move |_, tx| tx.load(Resource::Client, client)).expect("read").expect("kept");
    assert_eq!(record.get(client::NAME), Some("Formularz"));
}

#[test]
fn a_client_takes_rights_from_its_user() {
    let actor = Actor::system(1);
    let none = |right: &str| (right.to_owned(), "none".to_owned());
    let own = ("contact.delete".to_owned(), "own".to_owned());
    let narrowed = actor.narrowed(&[none("*.delete"), own, none("task.read")]);
    assert_eq!(narrowed.scope(Resource::Opportunity, Action::Delete), Scope::None);
    assert_eq!(narrowed.scope(Resource::Contact, Action::Delete), Scope::All, "named by itself");
    assert_eq!(narrowed.scope(Resource::Task, Action::Read), Scope::None);
    assert_eq!(narrowed.scope(Resource::Task, Action::Update), Scope::All);
}
