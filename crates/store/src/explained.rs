//! How SQLite finds the main lists: through the index that is meant for them, without sorting or reading more than it must.

use favo_core::catalogue::{Resource, contact, meta, opportunity, user};
use favo_core::query::{Column, Filter, Order, Page, Query, TextMatch};
use favo_core::terms::TermKind;
use favo_core::transaction::{Reader, TenantId};
use rusqlite::Connection;

use crate::continuation::Continuations;
use crate::migration;
use crate::open::Durability;
use crate::session::Session;
use crate::sqlite;
use crate::transaction::Tx;

const TENANT: TenantId = TenantId(1);

struct Explained {
    connection: Connection,
    continuations: Continuations,
    _directory: tempfile::TempDir,
}

impl Explained {
    /// Ten thousand contacts: all are called "ana …", one in ten "ana b…", and three owners share them.
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let connection = sqlite::connect(&directory.path().join("favo.db"), Durability::Off).unwrap();
        migration::bring_forward(&mut Session::sqlite(&connection)).unwrap();
        connection
            .execute_batch(
                "insert into contact (tenant_id, id, name, name_key, owner_id, life_cycle, updated_at)
                 with recursive n(i) as (select 1 union all select i + 1 from n where i < 10000)
                 select 1, i, 'Ana', 'ana ' || case when i % 10 = 0 then 'b' else 'c' end || i, i % 3, 0, i * 7919 % 10007 from n;
                 insert into opportunity (tenant_id, id, customer_id, name_key)
                 select 1, id, id, 'venda ' || id from contact;
                 insert into term (tenant_id, resource, kind, term, record_id) select 1, 0, 3, '5', id from contact;",
            )
            .unwrap();
        Self { connection, continuations: Continuations::default(), _directory: directory }
    }

    /// The steps of all statements that one read takes, as SQLite explains them.
    fn of(&self, read: impl FnOnce(&mut dyn Reader)) -> Vec<Vec<String>> {
        let mut session = Session::sqlite(&self.connection);
        read(&mut Tx::reading(&mut session, TENANT, &self.continuations));
        let explain = |sql: &String| {
            let mut statement = self.connection.prepare(&format!("explain query plan {sql}")).unwrap();
            // Plans do not depend on values, so none are bound.
            let mut rows = statement.raw_query();
            let mut steps = Vec::new();
            while let Some(row) = rows.next().unwrap() {
                steps.push(row.get(3).unwrap());
            }
            steps
        };
        session.statements.iter().map(explain).collect()
    }

    /// The steps of the last statement of a list.
    fn list(&self, query: &Query) -> String {
        let columns = [Column::own(contact::NAME), Column::via(contact::OWNER, user::NAME)];
        let mut plans = self.of(|tx| tx.select(query, &columns, &mut |_| Ok(())).unwrap());
        plans.pop().unwrap_or_default().join("; ")
    }
}

fn newest() -> Query {
    Query::of(Resource::Contact).page(Page::first(200))
}

fn named(prefix: &str) -> Filter {
    Filter::Text(contact::NAME.into(), TextMatch::Prefix, prefix.to_owned())
}

const OWNER: &str = "SEARCH j1 USING INDEX sqlite_autoindex_app_user_1 (tenant_id=? AND id=?) LEFT-JOIN";

#[test]
fn the_newest_are_walked_along_the_live_ids() {
    let explained = Explained::new();
    let walk = format!("SEARCH t USING INDEX ix_contact_live (tenant_id=?); {OWNER}");
    assert_eq!(explained.list(&newest()), walk);
    assert_eq!(explained.list(&newest().order(Order::OLDEST)), walk);
    let next = explained.list(&newest().page(Page { number: 2, size: 200 }));
    assert_eq!(next, format!("SEARCH t USING INDEX ix_contact_live (tenant_id=? AND id<?); {OWNER}"));
}

#[test]
fn a_jump_counts_along_the_narrow_index_and_reads_no_row() {
    let explained = Explained::new();
    let plans = explained.of(|tx| {
        tx.select(&newest().page(Page { number: 40, size: 200 }), &[Column::own(contact::NAME)], &mut |_| {
            Ok(())
        })
        .unwrap();
    });
    assert_eq!(plans[0], ["SEARCH s1 USING COVERING INDEX ix_contact_live (tenant_id=?)"]);
    assert_eq!(plans[1], ["SEARCH t USING INDEX ix_contact_live (tenant_id=? AND id<?)"]);
}

#[test]
fn a_prefix_with_few_matches_is_collected_from_its_index() {
    let explained = Explained::new();
    let plan = explained.list(&newest().filter(named("ana b")));
    assert!(
        plan.contains("SEARCH t USING INDEX sqlite_autoindex_contact_1 (tenant_id=? AND id=?)"),
        "{plan}"
    );
    assert!(
        plan.contains(
            "SEARCH s1 USING COVERING INDEX ix_contact_name_key (tenant_id=? AND name_key>? AND name_key<?)"
        ),
        "{plan}"
    );
}

#[test]
fn a_prefix_with_many_matches_is_walked() {
    let explained = Explained::new();
    let plan = explained.list(&newest().filter(named("ana")));
    assert_eq!(plan, format!("SEARCH t USING INDEX ix_contact_live (tenant_id=? AND id>?); {OWNER}"));
}

#[test]
fn matches_are_counted_within_their_index_up_to_a_bound() {
    let explained = Explained::new();
    let plans = explained.of(|tx| tx.select(&newest().filter(named("ana b")), &[], &mut |_| Ok(())).unwrap());
    let count = plans[0].join("; ");
    assert!(
        count
            .contains("USING COVERING INDEX ix_contact_name_key (tenant_id=? AND name_key>? AND name_key<?)"),
        "{count}"
    );
}

#[test]
fn an_owner_is_found_in_the_order_of_ids() {
    let explained = Explained::new();
    let plan = explained.list(&newest().filter(Filter::is(contact::OWNER, 1)));
    assert_eq!(
        plan,
        format!("SEARCH t USING INDEX ix_contact_owner_id (tenant_id=? AND owner_id=?); {OWNER}")
    );
}

#[test]
fn the_last_updated_are_walked_along_their_index_page_after_page() {
    let explained = Explained::new();
    let updated = newest().order(Order::by(meta::UPDATED_AT.into(), true));
    let first = explained.list(&updated);
    assert_eq!(first, format!("SEARCH t USING INDEX ix_contact_updated_at (tenant_id=?); {OWNER}"));
    let second = explained.list(&updated.clone().page(Page { number: 2, size: 200 }));
    assert_eq!(
        second,
        format!(
            "SEARCH t USING INDEX ix_contact_updated_at (tenant_id=? AND (updated_at,id)<(?,?)); {OWNER}"
        )
    );
    let since = updated.filter(Filter::Between(meta::UPDATED_AT.into(), Some(5_000), None));
    let plan = explained.list(&since);
    assert_eq!(
        plan,
        format!("SEARCH t USING INDEX ix_contact_updated_at (tenant_id=? AND updated_at>?); {OWNER}")
    );
}

#[test]
fn names_are_walked_along_their_index() {
    let explained = Explained::new();
    let plan = explained.list(&newest().order(Order::by(contact::NAME.into(), false)));
    assert_eq!(plan, format!("SEARCH t USING INDEX ix_contact_name_key (tenant_id=?); {OWNER}"));
}

#[test]
fn a_term_is_found_in_the_order_of_ids_and_tested_by_its_whole_key() {
    let explained = Explained::new();
    let tagged = Filter::Term(TermKind::Tag, TextMatch::Equal, vec!["5".to_owned()]);
    let plan = explained.list(&newest().filter(tagged.clone()));
    assert!(
        plan.contains("SEARCH m2 USING PRIMARY KEY (tenant_id=? AND resource=? AND kind=? AND term=?)"),
        "{plan}"
    );
    let walked = explained.list(&newest().order(Order::by(meta::UPDATED_AT.into(), true)).filter(tagged));
    assert!(walked.contains("SEARCH t USING INDEX ix_contact_updated_at (tenant_id=?)"), "{walked}");
    assert!(
        walked
            .contains("USING PRIMARY KEY (tenant_id=? AND resource=? AND kind=? AND term=? AND record_id=?)"),
        "{walked}"
    );
}

#[test]
fn a_condition_on_a_related_record_starts_at_that_record() {
    let explained = Explained::new();
    let of_customer = Filter::Via(opportunity::CUSTOMER.into(), Box::new(named("ana b10")));
    let query = Query::of(Resource::Opportunity).page(Page::first(200)).filter(of_customer);
    let plans = explained.of(|tx| tx.select(&query, &[], &mut |_| Ok(())).unwrap());
    let plan = plans[0].join("; ");
    assert!(
        plan.contains("USING COVERING INDEX ix_contact_name_key (tenant_id=? AND name_key>? AND name_key<?)"),
        "{plan}"
    );
    assert!(plan.contains("INDEX ix_opportunity_customer_id (tenant_id=? AND customer_id=?)"), "{plan}");
}

#[test]
fn nested_lists_come_through_the_index_of_their_owner() {
    let explained = Explained::new();
    let plans = explained.of(|tx| {
        tx.select_for(
            Resource::Opportunity,
            opportunity::CUSTOMER.into(),
            &[1, 2, 3],
            &Filter::All,
            &[],
            &mut |_| Ok(()),
        )
        .unwrap();
    });
    assert!(
        plans[0][0].contains(
            "SEARCH t USING COVERING INDEX ix_opportunity_customer_id (tenant_id=? AND customer_id=?)"
        ),
        "{plans:?}"
    );
    assert!(!plans[0].join("; ").contains("TEMP B-TREE"), "{plans:?}");
}

#[test]
fn counting_reads_no_row() {
    let explained = Explained::new();
    let count = |filter: Filter| {
        let mut plans = explained.of(|tx| assert!(tx.count(Resource::Contact, &filter).is_ok()));
        plans.pop().unwrap_or_default().join("; ")
    };
    assert_eq!(count(Filter::All), "SEARCH s USING COVERING INDEX ix_contact_live (tenant_id=?)");
    assert_eq!(
        count(named("ana")),
        "SEARCH s USING COVERING INDEX ix_contact_name_key (tenant_id=? AND name_key>? AND name_key<?)"
    );
    assert_eq!(
        count(Filter::is(contact::OWNER, 1)),
        "SEARCH s USING COVERING INDEX ix_contact_owner_id (tenant_id=? AND owner_id=?)"
    );
}

#[test]
fn the_largest_value_is_the_end_of_its_index() {
    let explained = Explained::new();
    let plans = explained
        .of(|tx| assert!(tx.largest(Resource::Contact, &Filter::All, meta::UPDATED_AT.into()).is_ok()));
    assert_eq!(
        plans.concat().join("; "),
        "SEARCH s USING COVERING INDEX ix_contact_updated_at (tenant_id=? AND updated_at>?)"
    );
    let ids =
        explained.of(|tx| assert!(tx.largest(Resource::Contact, &Filter::All, meta::ID.into()).is_ok()));
    assert!(!ids.concat().join("; ").contains("TEMP B-TREE"), "{ids:?}");
}
