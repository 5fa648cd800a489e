//! What both SQL destinations promise beyond the contract: indexes, refused tables, views, history, service tables; each test for both.

use favo_connector::destination::{CustomField, Destination, connect, ddl};
use favo_connector::note::{Note, SchemaEvent};
use favo_connector::report::{RunReport, Status};
use favo_connector::schema::{Layout, Schema};
use favo_connector::settings::{Settings, StreamSettings};
use favo_connector::state::{Bookmark, DriftColumn, DriftKind};

use crate::destination_contract::Place;
use crate::destination_postgres::{PostgresPlace, texts};
use crate::destination_sqlite::SqlitePlace;
use crate::sample::{self, MOMENT, Owned, put};

/// Runs SQL as somebody who knows nothing of favo.
trait Shell: Place {
    fn run(&self, sql: &str);
    fn query(&self, sql: &str) -> Vec<Vec<Option<String>>>;
    fn postgres(&self) -> bool;
}

impl Shell for SqlitePlace {
    fn run(&self, sql: &str) {
        rusqlite::Connection::open(self.file()).unwrap().execute_batch(sql).unwrap();
    }

    fn query(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        let connection = self.connection();
        let mut statement = connection.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            (0..columns)
                .map(|at| {
                    Ok(match row.get_ref(at)? {
                        rusqlite::types::ValueRef::Null => None,
                        rusqlite::types::ValueRef::Integer(number) => Some(number.to_string()),
                        rusqlite::types::ValueRef::Real(number) => Some(number.to_string()),
                        other => Some(other.as_str().unwrap().to_owned()),
                    })
                })
                .collect()
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    fn postgres(&self) -> bool {
        false
    }
}

impl Shell for PostgresPlace {
    fn run(&self, sql: &str) {
        self.client().batch_execute(sql).unwrap();
    }

    fn query(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        texts(&mut self.client(), sql)
    }

    fn postgres(&self) -> bool {
        true
    }
}

fn both(test: impl Fn(&dyn Shell)) {
    test(&SqlitePlace::new());
    test(&PostgresPlace::new());
}

fn contacts(place: &dyn Shell) -> (Settings, Schema) {
    let mut settings = place.settings();
    settings.tables = vec!["contatos".to_owned()];
    let schema = sample::schema(&settings);
    (settings, schema)
}

fn open(settings: &Settings, schema: &Schema) -> Box<dyn Destination> {
    let mut destination = connect(settings).unwrap();
    destination.open(schema).unwrap();
    destination
}

fn one(place: &dyn Shell, sql: &str) -> String {
    let rows = place.query(sql);
    assert_eq!(rows.len(), 1, "{sql}: {rows:?}");
    rows[0].iter().map(|value| value.clone().unwrap_or_default()).collect::<Vec<_>>().join("|")
}

fn indexes(place: &dyn Shell) -> usize {
    let sql = if place.postgres() {
        "select count(*) from pg_indexes where indexname like '%_idx' and schemaname = 'public'"
    } else {
        "select count(*) from sqlite_schema where type = 'index' and name like '%_idx'"
    };
    one(place, sql).parse().unwrap()
}

#[test]
fn indexes_are_there_after_a_run_also_when_the_first_one_was_killed() {
    both(|place| {
        let settings = place.settings();
        let schema = sample::schema(&settings);
        let wanted: usize =
            schema.streams.iter().flat_map(|stream| &stream.tables).map(|table| table.indexed.len()).sum();
        assert!(wanted > 3);
        let mut destination = open(&settings, &schema);
        put(destination.as_mut(), &schema, 2, 1, 1).unwrap();
        destination.commit(&[]).unwrap();
        assert_eq!(indexes(place), 0, "a first load builds them at its end");
        drop(destination);
        let mut destination = open(&settings, &schema);
        put(destination.as_mut(), &schema, 2, 2, 1).unwrap();
        destination.commit(&[]).unwrap();
        destination.close().unwrap();
        assert_eq!(indexes(place), wanted);
        open(&settings, &schema).close().unwrap();
        assert_eq!(indexes(place), wanted);
    });
}

#[test]
fn a_column_of_another_type_is_refused_with_both_types_named() {
    both(|place| {
        let (settings, schema) = contacts(place);
        open(&settings, &schema).close().unwrap();
        let table = &schema.streams[0].tables[0].name;
        let kind = if place.postgres() {
            place.run("drop schema kondado cascade");
            place.run(&format!("alter table {table} alter column oportunidades type text"));
            "text"
        } else {
            place.run("drop view kondado_nectarcrm_contatos");
            place.run(&format!("alter table {table} drop column oportunidades"));
            place.run(&format!("alter table {table} add column oportunidades varchar(9)"));
            "varchar(9)"
        };
        let error = connect(&settings).unwrap().open(&schema).unwrap_err().to_string();
        for word in ["oportunidades", table.as_str(), kind, "wanted"] {
            assert!(error.contains(word), "{error}");
        }
    });
}

#[test]
fn a_table_of_somebody_else_is_refused_and_stays_as_it_is() {
    both(|place| {
        let (settings, schema) = contacts(place);
        place.run("create table nectarcrm_contatos (id bigint, nome text); insert into nectarcrm_contatos values (7, 'Ana')");
        let error = connect(&settings).unwrap().open(&schema).unwrap_err().to_string();
        assert!(
            error.contains("nectarcrm_contatos") && error.contains("not a table of favo sync"),
            "{error}"
        );
        assert_eq!(one(place, "select * from nectarcrm_contatos"), "7|Ana");
        // Nothing else was made either.
        let tables = if place.postgres() {
            "select count(*) from pg_tables where schemaname = 'public'"
        } else {
            "select count(*) from sqlite_schema where type = 'table'"
        };
        assert_eq!(one(place, tables), "1");
        place.run("drop table nectarcrm_contatos; create view nectarcrm_contatos as select 1 as id");
        assert!(connect(&settings).unwrap().open(&schema).is_err());
    });
}

#[test]
fn a_new_column_is_filled_from_what_was_kept_where_the_value_fits() {
    both(|place| {
        let (settings, schema) = contacts(place);
        let mut destination = open(&settings, &schema);
        let table = &schema.streams[0].tables[0];
        let extra = table.position("_favo_extra").unwrap();
        let values = [
            r#"{"score":5,"deep":{"a":"x'y"},"flag":true,"price":12.34,"q\"u'o\\":"odd"}"#,
            r#"{"score":"12","deep":{"a":7},"flag":"maybe","price":"many"}"#,
            r#"{"score":1.5,"deep":"text","flag":false,"price":99999999999999999999}"#,
            r#"{"score":null,"deep":null}"#,
            r#"{"score":99999999999999999999,"flag":0}"#,
        ];
        for (id, json) in (1..).zip(values) {
            let mut row =
                sample::rows(&schema.streams[0].tables, 0, schema.streams[0].cursor, id, 1).remove(0);
            row[extra] = Owned::Json(json.to_owned());
            let cells: Vec<_> = row.iter().map(Owned::cell).collect();
            destination.put(0, 0, &cells).unwrap();
        }
        destination.commit(&[]).unwrap();
        destination.close().unwrap();
        let column = |path: &str, kind| DriftColumn {
            table: "contatos".to_owned(),
            path: path.to_owned(),
            name: path.replace('.', "_"),
            kind,
        };
        let mut selection = favo_connector::schema::Selection {
            table_prefix: settings.table_prefix.clone(),
            own_prefix: settings.own_prefix.clone(),
            zone: settings.zone.clone(),
            tables: settings.tables.clone(),
            ..Default::default()
        };
        selection.drift.insert(
            "contatos".to_owned(),
            vec![
                column("score", DriftKind::Integer),
                column("deep.a", DriftKind::Text),
                column("flag", DriftKind::Flag),
                column("price", DriftKind::Decimal),
                DriftColumn { path: r#"q"u'o\"#.to_owned(), ..column("odd", DriftKind::Text) },
            ],
        );
        let grown = favo_connector::schema::build(&selection).unwrap();
        open(&settings, &grown).close().unwrap();
        let found =
            place.query("select score, deep_a, flag, round(price, 2) from nectarcrm_contatos order by id");
        let found: Vec<String> = found
            .iter()
            .map(|row| row.iter().map(|value| value.as_deref().unwrap_or("-")).collect::<Vec<_>>().join("|"))
            .collect();
        let (yes, no) = if place.postgres() { ("t", "f") } else { ("1", "0") };
        assert_eq!(found[0], format!("5|x'y|{yes}|12.34"));
        assert_eq!(found[1], "12|7|-|-");
        assert!(found[2].starts_with(&format!("-|-|{no}|")), "{}", found[2]);
        assert_eq!(found[3], "-|-|-|-");
        assert_eq!(found[4], "-|-|-|-");
        assert_eq!(one(place, "select odd from nectarcrm_contatos where id = 1"), "odd");
    });
}

#[test]
fn a_table_that_was_dropped_is_loaded_anew() {
    both(|place| {
        let (settings, schema) = contacts(place);
        let mut destination = open(&settings, &schema);
        destination
            .commit(&[("contatos", &Bookmark::default()), ("pipelines", &Bookmark::default())])
            .unwrap();
        destination.close().unwrap();
        if place.postgres() {
            place.run("drop table nectarcrm_contatos_enderecos cascade");
        } else {
            place.run(
                "drop view kondado_nectarcrm_contatos_enderecos; drop table nectarcrm_contatos_enderecos",
            );
        }
        let opened = connect(&settings).unwrap().open(&schema).unwrap();
        let streams: Vec<&str> = opened.bookmarks.iter().map(|(stream, _)| stream.as_str()).collect();
        assert_eq!(streams, ["pipelines"]);
    });
}

/// How many rows a table has.
fn count(place: &dyn Shell, table: &str) -> u32 {
    one(place, &format!("select count(*) from {table}")).parse().unwrap()
}

fn drop_table(place: &dyn Shell, table: &str) {
    let cascade = if place.postgres() { "cascade" } else { "" };
    place.run(&format!("drop table {table} {cascade}"));
}

#[test]
fn the_tables_that_are_left_when_one_was_dropped_do_not_stand_in_the_way_of_the_load() {
    both(|place| {
        let (settings, schema) = contacts(place);
        let mut destination = open(&settings, &schema);
        put(destination.as_mut(), &schema, 0, 1, 1).unwrap();
        destination.commit(&[("contatos", &Bookmark::default())]).unwrap();
        let written = destination.known(0, &[1]).unwrap()[0].hash;
        destination.close().unwrap();
        assert!(written != 0 && count(place, "nectarcrm_contatos_enderecos") > 0);

        // Its records must not be taken for unchanged: their rows in that table would never be written again.
        drop_table(place, "nectarcrm_contatos_enderecos");
        let mut destination = open(&settings, &schema);
        let known = destination.known(0, &[1]).unwrap();
        assert_eq!((known.len(), known[0].hash), (1, 0));
        destination.remove(0, &[1]).unwrap();
        put(destination.as_mut(), &schema, 0, 1, 1).unwrap();
        destination.commit(&[("contatos", &Bookmark::default())]).unwrap();
        assert_eq!(destination.known(0, &[1]).unwrap()[0].hash, written);
        destination.close().unwrap();
        let whole = count(place, "nectarcrm_contatos_enderecos");
        assert!(whole > 0);

        // Without its records, a child table's rows are nobody's, and their keys are taken.
        drop_table(place, "nectarcrm_contatos");
        let mut destination = open(&settings, &schema);
        assert!(destination.known(0, &[1]).unwrap().is_empty());
        put(destination.as_mut(), &schema, 0, 1, 1).unwrap();
        destination.commit(&[]).unwrap();
        destination.close().unwrap();
        assert_eq!(count(place, "nectarcrm_contatos_enderecos"), whole);
    });
}

#[test]
fn the_proposals_of_an_opportunity_are_found_without_reading_all_again() {
    both(|place| {
        for layout in [Layout::Exact, Layout::Kondado] {
            let mut settings = place.settings();
            settings.tables = vec!["propostas".to_owned()];
            settings.layout = layout;
            settings.table_prefix = format!("{layout:?}_").to_lowercase();
            let schema = sample::schema(&settings);
            let stream = &schema.streams[0];
            let parent = stream.tables[0].position("oportunidade_id").unwrap();
            let mut destination = open(&settings, &schema);
            for (id, of) in [(1, 70), (2, 71), (3, 70), (4, 72)] {
                let mut row = sample::rows(&stream.tables, 0, stream.cursor, id, 1).remove(0);
                row[parent] = match layout {
                    Layout::Exact => Owned::Integer(of),
                    Layout::Kondado => Owned::Double(of as f64),
                };
                let cells: Vec<_> = row.iter().map(Owned::cell).collect();
                destination.put(0, 0, &cells).unwrap();
            }
            let mut found = destination.of_parents(0, &[70, 72, 99]).unwrap().unwrap();
            found.sort_unstable();
            assert_eq!(found, [1, 3, 4], "also what is not committed");
            destination.mark_deleted(0, &[3], MOMENT, 1).unwrap();
            assert_eq!(destination.of_parents(0, &[70]).unwrap(), Some(vec![1]));
            destination.close().unwrap();
        }
        let (settings, schema) = contacts(place);
        assert_eq!(open(&settings, &schema).of_parents(0, &[1]).unwrap(), None);
    });
}

#[test]
fn tables_of_somebody_else_under_the_names_of_views_stay_as_they_are() {
    both(|place| {
        let (settings, schema) = contacts(place);
        let name = if place.postgres() {
            place.run("create schema kondado");
            "kondado.nectarcrm_contatos"
        } else {
            "kondado_nectarcrm_contatos"
        };
        for kind in ["table", "view"] {
            place.run(&format!("create {kind} {name} as select 7 as mine"));
            open(&settings, &schema).close().unwrap();
            open(&settings, &schema).close().unwrap();
            assert_eq!(one(place, &format!("select mine from {name}")), "7");
            place.run(&format!("drop {kind} {name}"));
        }
        open(&settings, &schema).close().unwrap();
        assert_eq!(count(place, name), 0, "the view is there once the name is free");
    });
}

#[test]
fn what_is_told_of_a_strange_record_is_kept_whatever_is_in_it() {
    both(|place| {
        let (settings, schema) = contacts(place);
        let mut destination = open(&settings, &schema);
        let run = RunReport {
            run: 1,
            what: "full".to_owned(),
            status: Status::Complete,
            started_at: MOMENT,
            finished_at: MOMENT,
            requests: 0,
            retries: 0,
            bytes: 0,
            messages: vec!["a\0b".to_owned()],
            tables: Vec::new(),
        };
        let event = SchemaEvent {
            run: 1,
            at: MOMENT,
            table: "nectarcrm_contatos".to_owned(),
            path: "k\0y".to_owned(),
            event: "unknown_field",
            record: None,
            sample: Some("\"\0\"".to_owned()),
            count: 1,
        };
        destination.note(&Note::SchemaEvent(event)).unwrap();
        destination.note(&Note::RunFinished(run)).unwrap();
        destination.commit(&[]).unwrap();
        assert_eq!(destination.runs(1).unwrap()[0].messages, ["a\u{fffd}b"]);
        destination.close().unwrap();
        assert_eq!(count(place, "_favo_schema_events"), 1);
    });
}

#[test]
fn two_pipelines_with_prefixes_of_their_own_keep_their_bookmarks_apart() {
    both(|place| {
        let (settings, schema) = contacts(place);
        let mut destination = open(&settings, &schema);
        destination
            .commit(&[("contatos", &Bookmark { feed: Some(1.into()), ..Bookmark::default() })])
            .unwrap();
        destination.close().unwrap();
        let mut other = settings.clone();
        other.table_prefix = "d'\"x_".to_owned();
        let other_schema = sample::schema(&other);
        let mut destination = connect(&other).unwrap();
        assert!(destination.open(&other_schema).unwrap().bookmarks.is_empty());
        put(destination.as_mut(), &other_schema, 0, 1, 1).unwrap();
        destination
            .commit(&[("contatos", &Bookmark { feed: Some(2.into()), ..Bookmark::default() })])
            .unwrap();
        destination.close().unwrap();
        assert_eq!(connect(&settings).unwrap().peek().unwrap().bookmarks[0].1.feed, Some(1.into()));
        assert_eq!(connect(&other).unwrap().peek().unwrap().bookmarks[0].1.feed, Some(2.into()));
    });
}

#[test]
fn the_seeds_tables_are_views_with_its_columns_order_and_types() {
    both(|place| {
        let settings = place.settings();
        let schema = sample::schema(&settings);
        let mut destination = open(&settings, &schema);
        for stream in 0..schema.streams.len() {
            for id in 1..=20 {
                put(destination.as_mut(), &schema, stream, id, 1).unwrap();
            }
            destination.mark_deleted(stream, &[7], MOMENT, 1).unwrap();
        }
        let contacts = schema.position("contatos").unwrap();
        let table = &schema.streams[contacts].tables[0];
        let mut row =
            sample::rows(&schema.streams[contacts].tables, 0, schema.streams[contacts].cursor, 100, 0)
                .remove(0);
        row[table.position("contatopai_cnpj").unwrap()] = Owned::Text("12.345.678/0001-95".to_owned());
        row[table.position("empresaatual_cnpj").unwrap()] = Owned::Text("12.ABC.345/01DE-35".to_owned());
        row[table.position("datacriacao").unwrap()] = Owned::Micros(MOMENT);
        let cells: Vec<_> = row.iter().map(Owned::cell).collect();
        destination.put(contacts, 0, &cells).unwrap();
        destination.commit(&[]).unwrap();
        destination.close().unwrap();
        let view = |table: &str| {
            if place.postgres() { format!("kondado.{table}") } else { format!("kondado_{table}") }
        };
        for stream in &schema.streams {
            for (seed, table) in stream.stream.tables.iter().zip(&stream.tables) {
                let names: Vec<String> = seed.columns.iter().map(|column| column.name.to_owned()).collect();
                let sql = if place.postgres() {
                    format!(
                        "select attname from pg_attribute where attrelid = '{}'::regclass and attnum > 0 order by attnum",
                        view(&table.name)
                    )
                } else {
                    format!("select name from pragma_table_info('{}')", view(&table.name))
                };
                let found: Vec<String> = place.query(&sql).into_iter().flatten().flatten().collect();
                assert_eq!(found, names);
                let live = one(place, &format!("select count(*) from {}", view(&table.name)));
                let deleted = "_favo_deleted_at";
                let wanted =
                    one(place, &format!("select count(*) from {} where {deleted} is null", table.name));
                assert_eq!(live, wanted);
            }
        }
        let kind = if place.postgres() { "pg_typeof" } else { "typeof" };
        let sql = format!(
            "select {kind}(id), cast(contatopai_cnpj as bigint), empresaatual_cnpj, cast(datacriacao as text) from {} where id = 100",
            view("nectarcrm_contatos")
        );
        let wanted = if place.postgres() { "double precision" } else { "real" };
        assert_eq!(one(place, &sql), format!("{wanted}|12345678000195||2026-03-02 14:45:10.512"));
        // Opening again finds the views as they should be.
        open(&settings, &schema).close().unwrap();
    });
}

#[test]
fn wall_clocks_of_views_follow_the_zones_summer_time() {
    both(|place| {
        let (settings, schema) = contacts(place);
        let mut destination = open(&settings, &schema);
        let table = &schema.streams[0].tables[0];
        for (id, moment) in
            (1..).zip(["2018-12-31T12:00:00Z", "2018-07-01T12:00:00Z", "2026-01-01T01:00:00Z"])
        {
            let mut row =
                sample::rows(&schema.streams[0].tables, 0, schema.streams[0].cursor, id, 1).remove(0);
            let moment: jiff::Timestamp = moment.parse().unwrap();
            row[table.position("datacriacao").unwrap()] = Owned::Micros(moment.as_microsecond());
            let cells: Vec<_> = row.iter().map(Owned::cell).collect();
            destination.put(0, 0, &cells).unwrap();
        }
        destination.commit(&[]).unwrap();
        destination.close().unwrap();
        let view = if place.postgres() { "kondado.nectarcrm_contatos" } else { "kondado_nectarcrm_contatos" };
        let found =
            place.query(&format!("select substr(cast(datacriacao as text), 1, 19) from {view} order by id"));
        let found: Vec<String> = found.into_iter().flatten().flatten().collect();
        assert_eq!(found, ["2018-12-31 10:00:00", "2018-07-01 09:00:00", "2025-12-31 22:00:00"]);
    });
}

fn field(id: i64, alias: &str, kind: i64) -> CustomField {
    CustomField { id, alias: alias.to_owned(), name: alias.to_owned(), kind, entity: "Contato".to_owned() }
}

#[test]
fn the_wide_view_follows_the_definitions_of_custom_fields() {
    both(|place| {
        let (settings, schema) = contacts(place);
        let mut destination = open(&settings, &schema);
        let long = schema.streams[0]
            .tables
            .iter()
            .position(|table| table.name.ends_with("campospersonalizados"))
            .unwrap();
        let table = &schema.streams[0].tables[long];
        let mut row = sample::rows(&schema.streams[0].tables, 0, schema.streams[0].cursor, 1, 1).remove(0);
        row[0] = Owned::Integer(1);
        let cells: Vec<_> = row.iter().map(Owned::cell).collect();
        destination.put(0, 0, &cells).unwrap();
        for (position, (id, column, value)) in [
            (10, "texto", Owned::Text("blue".to_owned())),
            (11, "numero", Owned::Decimal("12.5".to_owned())),
            (12, "booleano", Owned::Boolean(true)),
        ]
        .into_iter()
        .enumerate()
        {
            let mut row = vec![Owned::Null; table.columns.len()];
            row[table.owner] = Owned::Integer(1);
            row[table.position("_favo_position").unwrap()] = Owned::Integer(position as i64);
            row[table.position("campo_id").unwrap()] = Owned::Integer(id);
            row[table.position(column).unwrap()] = value;
            let cells: Vec<_> = row.iter().map(Owned::cell).collect();
            destination.put(0, long, &cells).unwrap();
        }
        let colour = "Côr Favorita";
        destination
            .custom_fields(0, &[field(10, colour, 1), field(11, "budget", 3), field(12, "vip", 4)])
            .unwrap();
        destination.commit(&[]).unwrap();
        let yes = if place.postgres() { "t" } else { "1" };
        let sql = "select id, \"cp_côr_favorita\", round(cp_budget, 1), cp_vip from nectarcrm_contatos_wide";
        assert_eq!(one(place, sql), format!("1|blue|12.5|{yes}"));
        // A rename, a new field, one that clashes, one that is far too long.
        let long_name = "é".repeat(200);
        let fields = [
            field(10, "Colour", 1),
            field(11, "colour", 3),
            field(12, &long_name, 4),
            field(13, &long_name, 1),
        ];
        destination.custom_fields(0, &fields).unwrap();
        destination.custom_fields(0, &fields).unwrap();
        let sql = "select cp_colour, round(cp_colour_11, 1) from nectarcrm_contatos_wide";
        assert_eq!(one(place, sql), "blue|12.5");
        destination.close().unwrap();
        let mut destination = open(&settings, &schema);
        destination.custom_fields(0, &[]).unwrap();
        destination.close().unwrap();
        assert_eq!(one(place, "select id from nectarcrm_contatos_wide"), "1");
    });
}

#[test]
fn history_keeps_every_former_version_without_gaps() {
    for layout in [Layout::Exact, Layout::Kondado] {
        both(|place| {
            let (mut settings, _) = contacts(place);
            settings.layout = layout;
            settings
                .streams
                .insert("contatos".to_owned(), StreamSettings { history: true, ..StreamSettings::default() });
            let schema = sample::schema(&settings);
            let mut destination = open(&settings, &schema);
            put(destination.as_mut(), &schema, 0, 1, 1).unwrap();
            put(destination.as_mut(), &schema, 0, 2, 1).unwrap();
            destination.commit(&[]).unwrap();
            for version in [2, 3] {
                destination.remove(0, &[1]).unwrap();
                put(destination.as_mut(), &schema, 0, 1, version).unwrap();
            }
            destination.commit(&[]).unwrap();
            // Deleted, and back again; the other one is removed for good.
            // Cells of the layout `kondado` are wall clocks already, this moment is not.
            let ahead = if layout == Layout::Kondado { 3 * 3_600_000_000 } else { 0 };
            let deleted_at = sample::updated(9) + ahead;
            assert_eq!(destination.mark_deleted(0, &[1], deleted_at, 5).unwrap(), 1);
            destination.commit(&[]).unwrap();
            destination.remove(0, &[1, 2]).unwrap();
            put(destination.as_mut(), &schema, 0, 1, 20).unwrap();
            destination.commit(&[]).unwrap();
            destination.remove(0, &[1]).unwrap();
            drop(destination);
            let sql = "select id, _favo_run_id, _valid_from, _valid_to, _current from nectarcrm_contatos_versions order by 1, 3";
            let rows = place.query(sql);
            let first: Vec<_> =
                rows.iter().filter(|row| row[0].as_deref().is_some_and(|id| id.starts_with('1'))).collect();
            assert_eq!(first.len(), 5, "{rows:#?}");
            for pair in first.windows(2) {
                assert!(pair[0][3].is_some());
                assert_eq!(pair[0][3], pair[1][2], "a version ends where the next begins");
                assert!(pair[0][2] < pair[0][3]);
            }
            assert_eq!(first[4][3], None);
            let runs: Vec<_> = first.iter().map(|row| row[1].as_deref().unwrap()).collect();
            assert_eq!(runs, ["1", "2", "3", "5", "20"]);
            assert_eq!(rows.len(), 6, "the removed one has its former version");
            assert!(rows[5][3].is_some());
        });
    }
}

#[test]
fn the_printed_statements_create_what_open_would() {
    both(|place| {
        let settings = place.settings();
        let schema = sample::schema(&settings);
        if place.postgres() {
            place.run(&ddl(&schema, true));
        } else {
            place.run(&ddl(&schema, false));
        }
        open(&settings, &schema).close().unwrap();
    });
}

#[test]
fn a_table_name_beyond_what_postgresql_holds_is_refused() {
    both(|place| {
        let mut settings = place.settings();
        settings.table_prefix = "p".repeat(50);
        let error = connect(&settings).unwrap().open(&sample::schema(&settings)).unwrap_err();
        assert!(error.to_string().contains("shorter table prefix"), "{error}");
    });
}
