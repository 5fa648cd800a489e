//! How SQLite finds the main lists: through the index that is meant for them, without sorting or reading more than it must.

use favo_core::catalogue::{Resource, contact, contact_link, meta, opportunity, user};
use favo_core::query::{Column, Filter, Order, Page, Query, TextMatch, TextTest};
use favo_core::terms::TermKind;
use favo_core::transaction::{Reader, TenantId};
use rusqlite::Connection;

use crate::continuation::Continuations;
use crate::migration;
use crate::open::Durability;
use crate::session::Session;
use crate::sqlite;
use crate::tenant;
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
        session.statements.iter().map(|sql| self.steps(sql)).collect()
    }

    fn steps(&self, sql: &str) -> Vec<String> {
        let mut statement = self.connection.prepare(&format!("explain query plan {sql}")).unwrap();
        // Plans do not depend on values, so none are bound.
        let mut rows = statement.raw_query();
        let mut steps = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            steps.push(row.get(3).unwrap());
        }
        steps
    }

    /// The steps of the statement that counts.
    fn count(&self, filter: &Filter) -> String {
        let mut plans = self.of(|tx| assert!(tx.count(Resource::Contact, filter).is_ok()));
        plans.pop().unwrap_or_default().join("; ")
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
fn a_condition_on_a_related_record_is_asked_for_each_row_and_never_leads() {
    let explained = Explained::new();
    let person = contact_link::CONTACT.position();
    let no_lead = Filter::Not(Box::new(Filter::is(contact::LIFE_CYCLE, 3)));
    let filter = Filter::is(contact_link::KIND, 0).and(Filter::Via(person, Box::new(no_lead)));
    let organisation = contact_link::ORGANISATION.position();
    let columns = [Column::via(person, contact::NAME)];
    let plans = explained.of(|tx| {
        tx.select_for(Resource::ContactLink, organisation, &[1, 2], &filter, &columns, &mut |_| Ok(()))
            .unwrap();
    });
    let plan = plans[0].join("; ");
    assert!(plan.contains("CORRELATED SCALAR SUBQUERY"), "{plan}");
    assert!(plan.starts_with("SEARCH t USING INDEX ix_contact_link_organisation_id"), "{plan}");
}

#[test]
fn counting_reads_no_row() {
    let explained = Explained::new();
    let count = |filter: Filter| explained.count(&filter);
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

#[test]
fn records_are_found_by_uuid_in_one_statement() {
    let explained = Explained::new();
    let uuids = ["a", "b"].map(str::to_owned);
    let plans = explained.of(|tx| assert!(tx.ids_of(Resource::Contact, &uuids).is_ok()));
    assert_eq!(plans.len(), 1);
    assert_eq!(plans[0][0], "SEARCH s USING COVERING INDEX ix_contact_uuid (tenant_id=? AND uuid=?)");
    let one = Filter::Raw(meta::UUID.into(), TextTest::OneOf(vec!["a".to_owned()]));
    let plan = explained.list(&newest().filter(one));
    assert_eq!(plan, format!("SEARCH t USING INDEX ix_contact_uuid (tenant_id=? AND uuid=?); {OWNER}"));
}

#[test]
fn requests_find_their_tenant_by_an_index() {
    let explained = Explained::new();
    let mut session = Session::sqlite(&explained.connection);
    assert_eq!(tenant::of_token(&mut session, "x").unwrap(), None);
    assert_eq!(tenant::of_session(&mut session, "x", false).unwrap(), None);
    assert_eq!(tenant::of_session(&mut session, "x", true).unwrap(), None);
    assert_eq!(tenant::of_client(&mut session, "x").unwrap(), None);
    assert_eq!(tenant::by_slug(&mut session, "x").unwrap(), None);
    let plans: Vec<String> = session.statements.iter().map(|sql| explained.steps(sql).join("; ")).collect();
    assert_eq!(
        plans,
        [
            "SEARCH token USING INDEX ix_token_hash (hash=?)",
            "SEARCH session USING INDEX ix_session_access_hash (access_hash=?)",
            "SEARCH session USING INDEX ix_session_refresh_hash (refresh_hash=?)",
            "SEARCH oauth_client USING INDEX ix_oauth_client_client_id (client_id=?)",
            "SEARCH tenant USING INDEX sqlite_autoindex_tenant_2 (slug=?)",
        ]
    );
}

#[test]
fn an_external_key_is_found_and_counted_by_its_term() {
    const TERM: &str = "USING PRIMARY KEY (tenant_id=? AND resource=? AND kind=? AND term=?)";
    let explained = Explained::new();
    let key = Filter::Term(TermKind::ExternalKey, TextMatch::Equal, vec!["k".to_owned()]);
    let both = key.and(Filter::Raw(contact::NOTES.into(), TextTest::OneOf(vec!["x".to_owned()])));
    for order in [Order::NEWEST, Order::by(meta::CREATED_AT.into(), false)] {
        let plan = explained.list(&newest().order(order).filter(both.clone()));
        assert!(plan.contains(TERM), "{plan}");
    }
    let count = explained.count(&both);
    assert!(count.contains(TERM), "{count}");
    assert!(count.starts_with("SEARCH s USING INDEX ix_contact_live (tenant_id=? AND id=?"), "{count}");
}

/// Nobody is called so: few matches, found by reading the names in their index.
fn called(part: &str) -> Filter {
    Filter::Text(contact::NAME.into(), TextMatch::Contains, part.to_owned())
}

#[test]
fn a_part_of_a_name_and_a_status_read_the_names_in_their_index_once() {
    let explained = Explained::new();
    let filter = called("a b777").and(Filter::OneOf(contact::LIFE_CYCLE.into(), vec![0]));
    let query = newest().order(Order::by(meta::CREATED_AT.into(), false)).filter(filter.clone());
    let plans = explained.of(|tx| tx.select(&query, &[], &mut |_| Ok(())).unwrap());
    let names = "SEARCH d1 USING COVERING INDEX ix_contact_name_key (tenant_id=?)";
    assert!(plans.iter().any(|steps| steps.join("; ").contains(names)), "{plans:?}");
    let last = plans.last().unwrap().join("; ");
    assert!(
        last.contains("SEARCH s1 USING INDEX sqlite_autoindex_contact_1 (tenant_id=? AND id=?)"),
        "{last}"
    );
    let count = explained.count(&filter);
    assert!(count.starts_with("SEARCH s USING INDEX ix_contact_live (tenant_id=? AND id=?"), "{count}");
}

#[test]
fn three_groups_begin_with_the_one_that_leaves_the_fewest() {
    let explained = Explained::new();
    let code = Filter::Text(contact::CODE.into(), TextMatch::Equal, "118".to_owned());
    let groups = |since| {
        Filter::Or(vec![code.clone(), called("a b777")])
            .and(Filter::OneOf(contact::LIFE_CYCLE.into(), vec![0, 1]))
            .and(Filter::Between(meta::UPDATED_AT.into(), Some(since), None))
    };
    let query = |since| newest().order(Order::by(meta::CREATED_AT.into(), false)).filter(groups(since));
    // Most were updated since: the names and codes lead, and what they yield is fetched by id.
    let plan = explained.list(&query(0));
    assert!(
        plan.contains("SEARCH s1 USING INDEX sqlite_autoindex_contact_1 (tenant_id=? AND id=?)"),
        "{plan}"
    );
    let plans = explained.of(|tx| tx.select(&query(0), &[], &mut |_| Ok(())).unwrap()).concat().join("; ");
    assert!(
        plans.contains("USING COVERING INDEX ix_contact_code_key (tenant_id=? AND code_key=?)"),
        "{plans}"
    );
    // Hardly any were: their index leads, also without names to read.
    let recent = Filter::OneOf(contact::LIFE_CYCLE.into(), vec![0, 1])
        .and(Filter::Between(meta::UPDATED_AT.into(), Some(10_000), None))
        .and(Filter::Raw(contact::NOTES.into(), TextTest::OneOf(vec!["x".to_owned()])));
    let plan = explained.list(&newest().filter(recent.clone()));
    assert!(
        plan.contains("SEARCH s1 USING INDEX ix_contact_updated_at (tenant_id=? AND updated_at>?)"),
        "{plan}"
    );
    let count = explained.count(&recent);
    assert!(
        count.starts_with("SEARCH s USING INDEX ix_contact_updated_at (tenant_id=? AND updated_at>?)"),
        "{count}"
    );
}

#[test]
fn several_orders_sort_ids_alone_and_follow_the_index_of_the_first() {
    let explained = Explained::new();
    let mut query = newest().order(Order::by(meta::UPDATED_AT.into(), true));
    query.then = vec![Order::by(contact::CODE.into(), false)];
    let plan = explained.list(&query);
    assert!(plan.contains("SEARCH s1 USING INDEX ix_contact_updated_at (tenant_id=?)"), "{plan}");
    assert!(plan.contains("USE TEMP B-TREE FOR LAST 2 TERMS OF ORDER BY"), "{plan}");
    // The id in the same direction is what decides anyway.
    query.then = vec![Order::NEWEST];
    let plan = explained.list(&query);
    assert_eq!(plan, format!("SEARCH t USING INDEX ix_contact_updated_at (tenant_id=?); {OWNER}"));
}
