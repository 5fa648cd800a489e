//! Micro-measurements of a store: `cargo run --release -p favo-store --example measure -- sqlite:/tmp/measure.db 100000`.
//! `postgres` instead of a URL starts a server of its own, without fsync. A third argument keeps the reads whose name contains it.
//!
//! Fills the database with contacts when it is empty, then prints microseconds per operation. Ratios between two runs on one
//! machine mean something; the numbers alone do not.
#![expect(clippy::cast_precision_loss, reason = "measurements are not exact anyway")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant as Clock;

use favo_core::catalogue::{Resource, address, contact, meta, user};
use favo_core::query::{Column, Filter, Order, Page, Pattern, Query, TextMatch, TextTest};
use favo_core::record::{Item, Record};
use favo_core::terms::TermKind;
use favo_core::text::fold_whole;
use favo_core::transaction::{Reader, TenantId};
use favo_core::value::Instant;
use favo_core::{Error, Result};
use favo_store::testing::TestPostgres;
use favo_store::{Durability, Options, Store};

const NAMES: &[&str] = &[
    "Ana", "Bruno", "Carla", "Davi", "Elisa", "Fábio", "Gabriela", "Heitor", "Íris", "João", "Lúcia",
    "Marcos",
];

fn made(id: i64) -> Record {
    let mut record = Record::new(Resource::Contact);
    let mixed = (id as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    record.set(meta::ID, Some(id));
    record.set(meta::UUID, Some(format!("0192d2a0-0000-7000-8000-{id:012x}")));
    record.set(meta::VERSION, Some(1));
    record.set(meta::CREATED_AT, Some(Instant(id * 1_000_000)));
    record.set(meta::UPDATED_AT, Some(Instant((mixed % 1_000_000_000) as i64)));
    record.set(meta::AUTHOR, Some(1));
    record.set(meta::EXTERNAL_KEY, Some(format!("ERP-{id}")));
    record.set(contact::NAME, Some(format!("{} {:05}", NAMES[(mixed % 12) as usize], mixed / 12 % 100_000)));
    record.set(contact::CODE, Some(format!("C{id}")));
    record.set(contact::COMPANY_TAX_ID, Some(format!("{:014}", mixed % 99_999_999_999_999)));
    record.set(contact::LIFE_CYCLE, Some((mixed % 5) as i64));
    record.set(contact::OWNER, Some((mixed % 40) as i64 + 1));
    record.set(contact::EMAILS, vec![format!("pessoa{id}@exemplo.example")]);
    record.set(contact::PHONES, vec![format!("48 9{:08}", mixed % 100_000_000)]);
    record.set(contact::NOTES, Some("Cliente desde a feira; prefere contato à tarde. ".repeat(4)));
    let mut home = Item::new(&address::FIELDS);
    home.set(address::ID, Some(1));
    home.set(address::STREET, Some("Rua das Palmeiras".to_owned()));
    home.set(address::CITY, Some("Florianópolis".to_owned()));
    home.set(address::STATE, Some("SC".to_owned()));
    record.set(contact::ADDRESSES, vec![home]);
    record
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut url = arguments.next().ok_or("give a database URL and a number of contacts")?;
    if url == "postgres" {
        url = TestPostgres::shared().fresh_database();
    }
    let rows: i64 = arguments.next().ok_or("give a number of contacts")?.parse()?;
    let store = Store::open(&url, &Options { durability: Durability::Off, ..Options::default() })?;
    let tenant = match store.tenant_by_slug("measure")? {
        Some(tenant) => tenant.id,
        None => fill(&store, rows)?,
    };
    drop(store);
    let store = Store::open(&url, &Options::default())?;
    reads(&store, tenant, rows)?;
    if std::env::args().nth(3).is_none() {
        pages(&store, tenant, rows)?;
        writes(&store, tenant)?;
    }
    println!("resident memory: {}", memory());
    Ok(())
}

fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line =
        |name: &str| status.lines().find(|line| line.starts_with(name)).unwrap_or("unknown").to_owned();
    format!("{}, {}", line("VmRSS"), line("VmHWM"))
}

/// Seconds of processor time of this process; on a shared machine the figure to compare.
fn processor_time() -> f64 {
    let statistics = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = statistics.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |field: usize| fields.get(field).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

fn fill(store: &Store, rows: i64) -> Result<TenantId> {
    let tenant = store.create_tenant("measure", "Measure", Instant(1))?;
    let started = Clock::now();
    store.write_blocking(tenant, |tx| {
        for id in 1..=40 {
            let mut record = Record::new(Resource::User);
            record.set(meta::ID, Some(id));
            record.set(user::NAME, Some(format!("Vendedor {id}")));
            tx.insert(&record)?;
        }
        Ok(())
    })?;
    for first in (1..=rows).step_by(5_000) {
        store.write_blocking(tenant, move |tx| {
            (first..(first + 5_000).min(rows + 1)).try_for_each(|id| tx.insert(&made(id)))
        })?;
    }
    println!("filled {rows} contacts: {:.0} rows/s", rows as f64 / started.elapsed().as_secs_f64());
    store.analyze()?;
    store.checkpoint()?;
    Ok(tenant)
}

/// Prints the microseconds that one call takes, over at least half a second.
fn measure<T: Send + 'static>(
    what: &str,
    store: &Store,
    tenant: TenantId,
    work: impl Fn(&mut dyn Reader, u64) -> Result<T> + Send + Sync + 'static,
) -> Result<f64> {
    if std::env::args().nth(3).is_some_and(|only| !what.contains(&only)) {
        return Ok(0.0);
    }
    let work = Arc::new(work);
    let call = |round: u64| {
        let work = Arc::clone(&work);
        store.read_blocking(tenant, move |tx| work(tx, round))
    };
    for round in 0..3 {
        call(round)?;
    }
    let (started, before) = (Clock::now(), processor_time());
    let mut rounds: u64 = 0;
    while started.elapsed().as_millis() < 700 || rounds < 3 {
        call(rounds.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16)?;
        rounds += 1;
    }
    let each = started.elapsed().as_secs_f64() * 1e6 / rounds as f64;
    let processor = (processor_time() - before) * 1e6 / rounds as f64;
    println!("{what:<50} {each:>12.1} µs, {processor:>12.1} µs of this process");
    Ok(each)
}

fn shown() -> Vec<Column> {
    let own = [
        meta::ID.position(),
        contact::NAME.position(),
        contact::CODE.position(),
        contact::LIFE_CYCLE.position(),
        contact::EMAILS.position(),
        contact::PHONES.position(),
        contact::NOTES.position(),
        contact::ADDRESSES.position(),
        meta::CREATED_AT.position(),
        meta::UPDATED_AT.position(),
        contact::OWNER.position(),
        contact::ACTIVE.position(),
    ];
    own.into_iter().map(Column::own).chain([Column::via(contact::OWNER, user::NAME)]).collect()
}

/// Reads a list and looks at every column, as an answer would.
fn listed(tx: &mut dyn Reader, query: &Query) -> Result<usize> {
    let (mut rows, mut bytes) = (0, 0);
    tx.select(query, &shown(), &mut |row| {
        rows += 1;
        bytes += (0..13).map(|column| row.text(column).map_or(8, str::len)).sum::<usize>();
        Ok(())
    })?;
    if bytes == usize::MAX { Err(Error::NotFound) } else { Ok(rows) }
}

fn reads(store: &Store, tenant: TenantId, rows: i64) -> Result<()> {
    measure("an empty read transaction", store, tenant, |_, _| Ok(()))?;
    measure("registry version", store, tenant, |tx, _| tx.registry_version())?;
    measure("one whole contact", store, tenant, move |tx, round| {
        tx.load(Resource::Contact, round as i64 % rows + 1)?.ok_or(Error::NotFound)
    })?;
    measure("one contact, one column", store, tenant, move |tx, round| {
        tx.select(
            &Query::by_id(Resource::Contact, round as i64 % rows + 1),
            &[Column::own(contact::NAME)],
            &mut |_| Ok(()),
        )
    })?;
    let list =
        |what: &str, query: Query| measure(what, store, tenant, move |tx, _| listed(tx, &query)).map(|_| ());
    let newest = Query::of(Resource::Contact).page(Page::first(200));
    list("200 newest", newest.clone())?;
    measure("200 whole contacts", store, tenant, {
        let newest = newest.clone();
        move |tx, _| tx.load_all(&newest)
    })?;
    let by = |by, descending| newest.clone().order(Order::by(by, descending));
    list("200 last updated", by(meta::UPDATED_AT.into(), true))?;
    list("200 by name", by(contact::NAME.into(), false))?;
    let named =
        |how, text: &str| newest.clone().filter(Filter::Text(contact::NAME.into(), how, text.to_owned()));
    list("prefix, one in twelve (`joao`)", named(TextMatch::Prefix, "joao"))?;
    list("prefix, few (`joao 0123`)", named(TextMatch::Prefix, "joao 0123"))?;
    list("prefix, some (`joao 01`)", named(TextMatch::Prefix, "joao 01"))?;
    list("prefix, none", named(TextMatch::Prefix, "zzz"))?;
    list(
        "prefix, none, last updated",
        by(meta::UPDATED_AT.into(), true).filter(Filter::Text(
            contact::NAME.into(),
            TextMatch::Prefix,
            "zzz".to_owned(),
        )),
    )?;
    list("equal name", named(TextMatch::Equal, "joao 01234"))?;
    list("contains, rare (`o 01234`)", named(TextMatch::Contains, "o 01234"))?;
    list("contains, frequent (`a`)", named(TextMatch::Contains, "a"))?;
    list("by owner", newest.clone().filter(Filter::is(contact::OWNER, 7)))?;
    list("by three owners", newest.clone().filter(Filter::OneOf(contact::OWNER.into(), vec![1, 2, 3])))?;
    list(
        "by e-mail",
        newest.clone().filter(Filter::Term(
            TermKind::Email,
            TextMatch::Equal,
            vec!["pessoa77@exemplo.example".to_owned()],
        )),
    )?;
    filtered(store, tenant, rows)?;
    measure("count all", store, tenant, |tx, _| tx.count(Resource::Contact, &Filter::All))?;
    measure("count prefix", store, tenant, |tx, _| {
        tx.count(Resource::Contact, &Filter::Text(contact::NAME.into(), TextMatch::Prefix, "joao".to_owned()))
    })?;
    measure("page 10^18", store, tenant, {
        let far = newest.clone().page(Page { number: 1_000_000_000_000_000_000, size: 200 });
        move |tx, _| listed(tx, &far)
    })?;
    println!("resident memory: {}", memory());
    Ok(())
}

/// Pages of 200 in the order of creation, filtered by fields with an index, each with its count: as integrations ask. A
/// different value each time, so that no count was taken before.
fn filtered(store: &Store, tenant: TenantId, rows: i64) -> Result<()> {
    let code = |id: i64| {
        let code = format!("C{id}");
        Filter::Text(contact::CODE.into(), TextMatch::Equal, code.to_lowercase())
            .and(Filter::Raw(contact::CODE.into(), TextTest::OneOf(vec![code])))
    };
    let name = |how, id: i64| Filter::Text(contact::NAME.into(), how, format!("{:05}", id % 100_000));
    let external_key =
        |id: i64| Filter::Term(TermKind::ExternalKey, TextMatch::Equal, vec![format!("ERP-{id}")]);
    let email = |id: i64| {
        Filter::Term(TermKind::Email, TextMatch::Equal, vec![format!("pessoa{id}@exemplo.example")])
    };
    let document = |id: i64| {
        let number = ((id as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20) % 99_999_999_999_999;
        Filter::Digits(contact::COMPANY_TAX_ID.into(), TextMatch::Equal, format!("{number:014}"))
    };
    let uuid = |id: i64| {
        let uuid = format!("0192d2a0-0000-7000-8000-{id:012x}");
        Filter::Raw(meta::UUID.into(), TextTest::OneOf(vec![uuid]))
    };
    let page = |what: &str, filter: Arc<dyn Fn(i64) -> Filter + Send + Sync>| -> Result<()> {
        let counted = Arc::clone(&filter);
        measure(&format!("page by {what}"), store, tenant, move |tx, round| {
            let query = Query::of(Resource::Contact)
                .filter(filter(round as i64 % rows + 1))
                .order(Order::by(meta::CREATED_AT.into(), false));
            listed(tx, &query.page(Page::first(200)))
        })?;
        measure(&format!("count by {what}"), store, tenant, move |tx, round| {
            tx.count(Resource::Contact, &counted(round as i64 % rows + 1))
        })?;
        Ok(())
    };
    page("external key", Arc::new(external_key))?;
    page("e-mail", Arc::new(email))?;
    page("document", Arc::new(document))?;
    page("uuid", Arc::new(uuid))?;
    page("code", Arc::new(code))?;
    page("code and life cycle", Arc::new(move |id| code(id).and(Filter::is(contact::LIFE_CYCLE, id % 5))))?;
    page("part of name", Arc::new(move |id| name(TextMatch::Contains, id)))?;
    page(
        "three groups",
        Arc::new(move |id| {
            Filter::Or(vec![code(id), name(TextMatch::Contains, id)])
                .and(Filter::OneOf(contact::LIFE_CYCLE.into(), vec![0, 1, 2]))
                .and(Filter::Between(meta::UPDATED_AT.into(), Some(1_000), None))
        }),
    )?;
    let notes = |folded| {
        let pieces = ["", "prefere contato à noite", ""];
        let pieces = pieces.map(|piece| if folded { fold_whole(piece) } else { piece.to_owned() });
        Filter::Raw(contact::NOTES.into(), TextTest::Like(Pattern { pieces: pieces.to_vec(), folded }))
    };
    page("part of notes, none", Arc::new(move |_| notes(false)))?;
    page("part of notes, folded, none", Arc::new(move |_| notes(true)))?;
    let mut by_owner = Query::of(Resource::Contact).page(Page::first(200));
    by_owner.order = Order { via: Some(contact::OWNER.into()), by: user::NAME.into(), descending: false };
    measure("200 by the name of the owner", store, tenant, move |tx, _| listed(tx, &by_owner))?;
    let mut twice =
        Query::of(Resource::Contact).page(Page::first(200)).order(Order::by(meta::UPDATED_AT.into(), true));
    twice.then = vec![Order::by(contact::CODE.into(), false)];
    measure("200 last updated, then by code", store, tenant, move |tx, _| listed(tx, &twice))?;
    Ok(())
}

fn pages(store: &Store, tenant: TenantId, rows: i64) -> Result<()> {
    for (what, filter) in [
        ("all", Filter::All),
        ("prefix", Filter::Text(contact::NAME.into(), TextMatch::Prefix, "j".to_owned())),
    ] {
        let mut times: Vec<f64> = Vec::new();
        for number in 1..=(rows as u64 / 200 + 2) {
            let query = Query::of(Resource::Contact).filter(filter.clone()).page(Page { number, size: 200 });
            let started = Clock::now();
            let seen = store.read_blocking(tenant, move |tx| listed(tx, &query))?;
            if seen < 200 {
                break;
            }
            times.push(started.elapsed().as_secs_f64() * 1e6);
        }
        let part = (times.len() / 10).max(1);
        let median = |part: &[f64]| {
            let mut part = part.to_vec();
            part.sort_by(f64::total_cmp);
            part[part.len() / 2]
        };
        if let (Some(first), Some(last)) = (times.get(..part), times.get(times.len() - part..)) {
            println!(
                "{} pages of {what}: first tenth {:.0} µs, last tenth {:.0} µs",
                times.len(),
                median(first),
                median(last)
            );
        }
    }
    Ok(())
}

fn writes(store: &Store, tenant: TenantId) -> Result<()> {
    static NEXT: AtomicI64 = AtomicI64::new(0);
    let highest =
        store.read_blocking(tenant, |tx| tx.largest(Resource::Contact, &Filter::All, meta::ID.into()))?;
    NEXT.store(highest.unwrap_or(0), Ordering::SeqCst);
    for writers in [1, 16, 64] {
        let started = Clock::now();
        let done: i64 = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..writers)
                .map(|_| {
                    scope.spawn(|| {
                        let mut done = 0;
                        while started.elapsed().as_millis() < 1_500 {
                            let id = NEXT.fetch_add(1, Ordering::SeqCst) + 1;
                            if store.write_blocking(tenant, move |tx| tx.insert(&made(id))).is_ok() {
                                done += 1;
                            }
                        }
                        done
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or(0)).sum()
        });
        println!(
            "{writers} writers, durable: {:.0} inserts/s",
            done as f64 / started.elapsed().as_secs_f64()
        );
    }
    Ok(())
}
