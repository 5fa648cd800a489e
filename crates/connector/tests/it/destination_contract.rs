//! The destination contract, promise by promise, for any destination: a module says how to make an empty place and how to read it without us, and gets a
//! test for each promise from `contract!`.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use favo_connector::Error;
use favo_connector::destination::{Destination, Known, connect};
use favo_connector::note::{Note, Rejected, SchemaEvent};
use favo_connector::report::{RunReport, Status, TableReport};
use favo_connector::schema::{Layout, Origin, Schema};
use favo_connector::settings::{Settings, StreamSettings};
use favo_connector::state::{Bookmark, DriftColumn, DriftKind, Loading};

use crate::sample::{self, Owned, put};

/// An empty place to write to, and a way to read it back that shares no code with the destination.
pub(crate) trait Place {
    /// Settings that lead there; always the same place.
    fn settings(&self) -> Settings;

    /// The rows of a table, in any order, as another program sees them at this moment; each value as `Owned::canonical` spells it. Columns by name, in the order asked
    /// for. No table: no rows.
    fn read(&self, table: &str, columns: &[(&str, favo_connector::schema::Type)])
    -> Vec<Vec<Option<String>>>;

    /// Whether the destination finds the records of a parent.
    fn tells_parents(&self) -> bool {
        true
    }

    /// Whether columns can be added to tables that hold rows.
    fn evolves(&self) -> bool {
        true
    }
}

/// One test for each promise. `$place` is an expression that makes an empty place.
macro_rules! contract {
    ($place:expr) => {
        $crate::destination_contract::contract!(@each $place;
            rows_come_back_exactly_as_they_were_put,
            rows_of_the_layout_kondado_come_back_too,
            nothing_is_visible_before_a_commit_and_nothing_stays_without_one,
            a_second_writer_is_refused_until_the_first_is_done,
            bookmarks_come_back_and_streams_not_named_keep_theirs,
            a_record_put_twice_in_one_group_is_there_as_it_was_put_last,
            what_is_known_includes_what_the_group_did_so_far,
            stored_ids_ascend_and_leave_out_what_is_deleted,
            the_live_records_of_a_parent_are_told,
            deletes_mark_a_record_with_its_children_once,
            a_record_that_comes_back_is_alive_again,
            notes_are_kept_and_runs_read_back_newest_first,
            a_run_that_never_ended_is_shown_as_failed_by_the_next,
            looking_at_a_place_where_nothing_is_creates_nothing,
            looking_needs_no_lock,
            columns_appear_when_the_schema_grows_and_old_rows_stay,
            the_greatest_id_counts_deleted_records_too,
            many_groups_of_any_operations_end_as_a_model_of_them_does,
            a_killed_writer_leaves_its_last_commit_and_no_lock,
            a_row_of_another_shape_is_refused_and_the_group_with_it,
        );
    };
    (@each $place:expr; $($promise:ident),* $(,)?) => {
        $(
            #[test]
            fn $promise() {
                $crate::destination_contract::$promise(&$place);
            }
        )*
    };
}
pub(crate) use contract;

type Model = BTreeMap<(usize, i64), (u32, Option<(i64, i64)>)>;

struct Harness<'a> {
    place: &'a dyn Place,
    settings: Settings,
    schema: Schema,
}

impl<'a> Harness<'a> {
    fn new(place: &'a dyn Place) -> Self {
        Self::with(place, |_| {})
    }

    fn with(place: &'a dyn Place, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = place.settings();
        settings.tables = vec!["pipelines".to_owned(), "contatos".to_owned()];
        change(&mut settings);
        Self { place, schema: sample::schema(&settings), settings }
    }

    fn connect(&self) -> Box<dyn Destination> {
        connect(&self.settings).expect("the settings are right")
    }

    fn open(&self) -> Box<dyn Destination> {
        let mut destination = self.connect();
        destination.open(&self.schema).expect("the place can be opened");
        destination
    }

    fn stream(&self, name: &str) -> usize {
        self.schema.position(name).expect("the stream is selected")
    }

    /// Compares every table, row by row and column by column, with the model.
    fn assert_holds(&self, model: &Model, when: &str) {
        for (at, stream) in self.schema.streams.iter().enumerate() {
            for (position, table) in stream.tables.iter().enumerate() {
                let columns: Vec<_> = table.columns.iter().map(|one| (one.name.as_str(), one.kind)).collect();
                let mut found = self.place.read(&table.name, &columns);
                let mut wanted = Vec::new();
                for (&(_, id), &(version, deleted)) in model.iter().filter(|((of, _), _)| *of == at) {
                    for mut row in sample::rows(&stream.tables, position, stream.cursor, id, version) {
                        if let Some((moment, run)) = deleted {
                            let set = |row: &mut Vec<Owned>, origin: &Origin, value| {
                                if let Some(at) = table.position_of(origin) {
                                    row[at] = value;
                                }
                            };
                            set(&mut row, &Origin::DeletedAt, Owned::Micros(moment));
                            set(&mut row, &Origin::RunId, Owned::Integer(run));
                        }
                        wanted.push(row.iter().map(Owned::canonical).collect::<Vec<_>>());
                    }
                }
                found.sort();
                wanted.sort();
                assert_eq!(found.len(), wanted.len(), "{when}: rows of {}", table.name);
                for (found, wanted) in found.iter().zip(&wanted) {
                    for ((found, wanted), column) in found.iter().zip(wanted).zip(&columns) {
                        assert_eq!(found, wanted, "{when}: {}.{}", table.name, column.0);
                    }
                }
            }
        }
    }
}

/// Live records, all of one version.
fn live(stream: usize, ids: &[i64], version: u32) -> Model {
    ids.iter().map(|&id| ((stream, id), (version, None))).collect()
}

fn sorted(mut known: Vec<Known>) -> Vec<Known> {
    known.sort_by_key(|one| one.id);
    known
}

fn ids_stored(destination: &mut dyn Destination, stream: usize) -> Vec<i64> {
    let mut ids = Vec::new();
    destination.stored(stream, &mut |id| ids.push(id)).unwrap();
    ids
}

fn bookmark(cursor: i64) -> Bookmark {
    Bookmark {
        cursor: Some(cursor),
        loading: Some(Loading {
            through: Some(jiff::civil::date(2026, 3, 2)),
            cursor: Some(cursor - 1),
            cap: i64::MAX,
            feed: None,
        }),
        enumerated_at: Some(sample::MOMENT),
        feed: Some(42.into()),
        pending: vec![1, i64::MAX],
        pass: Some(7),
        drift: vec![DriftColumn {
            table: "contatos".to_owned(),
            path: "novo.campo\"'é".to_owned(),
            name: "novo_campo".to_owned(),
            kind: DriftKind::Text,
        }],
        fingerprint: Some(u64::MAX),
    }
}

pub(crate) fn rows_come_back_exactly_as_they_were_put(place: &dyn Place) {
    let harness = Harness::with(place, |settings| settings.tables.clear());
    let mut destination = harness.open();
    let mut model = Model::new();
    for stream in 0..harness.schema.streams.len() {
        for id in 1..=60 {
            put(destination.as_mut(), &harness.schema, stream, id, 1).unwrap();
            model.insert((stream, id), (1, None));
        }
    }
    destination.commit(&[]).unwrap();
    harness.assert_holds(&model, "after the commit");
    destination.close().unwrap();
    harness.assert_holds(&model, "after the end");
}

pub(crate) fn rows_of_the_layout_kondado_come_back_too(place: &dyn Place) {
    let harness = Harness::with(place, |settings| settings.layout = Layout::Kondado);
    let stream = harness.stream("contatos");
    let mut destination = harness.open();
    for id in 1..=30 {
        put(destination.as_mut(), &harness.schema, stream, id, 1).unwrap();
    }
    destination.commit(&[]).unwrap();
    let known = sorted(destination.known(stream, &[3, 99]).unwrap());
    assert_eq!(known.len(), 1);
    // The wall clock of São Paulo is kept; a moment is what is asked for.
    assert_eq!(known[0].hash, sample::hash(3, 1));
    let offset = known[0].updated.unwrap() - sample::updated(1);
    assert_eq!(offset, 3 * 3_600_000_000, "the clock of March 2026 in São Paulo is three hours behind UTC");
    destination.remove(stream, &[3]).unwrap();
    assert_eq!(ids_stored(destination.as_mut(), stream).len(), 29);
    destination.commit(&[]).unwrap();
    destination.close().unwrap();
    let mut model = live(stream, &(1..=30).collect::<Vec<_>>(), 1);
    model.remove(&(stream, 3));
    harness.assert_holds(&model, "at the end");
}

pub(crate) fn nothing_is_visible_before_a_commit_and_nothing_stays_without_one(place: &dyn Place) {
    let harness = Harness::new(place);
    let stream = harness.stream("contatos");
    let mut destination = harness.open();
    let many: Vec<i64> = (1..=300).collect();
    for &id in &many[..100] {
        put(destination.as_mut(), &harness.schema, stream, id, 1).unwrap();
    }
    destination.commit(&[("contatos", &bookmark(1))]).unwrap();
    let committed = live(stream, &many[..100], 1);
    // Enough to overflow any buffer on the way.
    for &id in &many[100..] {
        put(destination.as_mut(), &harness.schema, stream, id, 1).unwrap();
    }
    destination.remove(stream, &[1, 2, 3]).unwrap();
    put(destination.as_mut(), &harness.schema, stream, 2, 2).unwrap();
    destination.mark_deleted(stream, &[5], sample::MOMENT, 1).unwrap();
    destination.note(&Note::RunStarted { run: 9, at: 1, what: "full".to_owned() }).unwrap();
    assert_eq!(destination.known(stream, &many).unwrap().len(), 298);
    harness.assert_holds(&committed, "a reader during the group");
    drop(destination);
    harness.assert_holds(&committed, "after the drop");
    let mut destination = harness.connect();
    let opened = destination.open(&harness.schema).unwrap();
    assert_eq!(opened.bookmarks, [("contatos".to_owned(), bookmark(1))]);
    assert_eq!((opened.last_run, opened.ceilings[stream]), (0, Some(100)));
    harness.assert_holds(&committed, "after the next opening");
    // Closing without a commit drops the group as well.
    put(destination.as_mut(), &harness.schema, stream, 500, 1).unwrap();
    destination.close().unwrap();
    harness.assert_holds(&committed, "after an end without commit");
}

pub(crate) fn a_second_writer_is_refused_until_the_first_is_done(place: &dyn Place) {
    let harness = Harness::new(place);
    let first = harness.open();
    let error = harness.connect().open(&harness.schema).unwrap_err();
    assert!(matches!(&error, Error::Destination(text) if text.contains("another run")), "{error}");
    first.close().unwrap();
    let second = harness.open();
    assert!(harness.connect().open(&harness.schema).is_err());
    drop(second);
    harness.open().close().unwrap();
}

pub(crate) fn bookmarks_come_back_and_streams_not_named_keep_theirs(place: &dyn Place) {
    let harness = Harness::new(place);
    let mut destination = harness.connect();
    assert!(destination.open(&harness.schema).unwrap().bookmarks.is_empty());
    destination.commit(&[("contatos", &bookmark(5)), ("pipelines", &Bookmark::default())]).unwrap();
    destination.commit(&[("contatos", &bookmark(i64::MAX))]).unwrap();
    destination.close().unwrap();
    let wanted =
        vec![("contatos".to_owned(), bookmark(i64::MAX)), ("pipelines".to_owned(), Bookmark::default())];
    let sorted = |mut bookmarks: Vec<(String, Bookmark)>| {
        bookmarks.sort_by(|one, other| one.0.cmp(&other.0));
        bookmarks
    };
    assert_eq!(sorted(harness.connect().peek().unwrap().bookmarks), wanted);
    // A stream that is not selected keeps its own too.
    let fewer = Harness::with(place, |settings| settings.tables = vec!["pipelines".to_owned()]);
    let mut destination = fewer.connect();
    assert_eq!(sorted(destination.open(&fewer.schema).unwrap().bookmarks), wanted);
    destination.commit(&[("pipelines", &bookmark(1))]).unwrap();
    destination.close().unwrap();
    let found = sorted(harness.connect().open(&harness.schema).unwrap().bookmarks);
    assert_eq!(found, [("contatos".to_owned(), bookmark(i64::MAX)), ("pipelines".to_owned(), bookmark(1))]);
}

pub(crate) fn a_record_put_twice_in_one_group_is_there_as_it_was_put_last(place: &dyn Place) {
    let harness = Harness::new(place);
    let stream = harness.stream("contatos");
    let mut destination = harness.open();
    for id in 1..=40 {
        put(destination.as_mut(), &harness.schema, stream, id, 1).unwrap();
    }
    destination.remove(stream, &[1, 2, 3, 777]).unwrap();
    put(destination.as_mut(), &harness.schema, stream, 1, 2).unwrap();
    destination.remove(stream, &[1]).unwrap();
    put(destination.as_mut(), &harness.schema, stream, 1, 3).unwrap();
    put(destination.as_mut(), &harness.schema, stream, 2, 4).unwrap();
    destination.commit(&[]).unwrap();
    let mut model = live(stream, &(1..=40).collect::<Vec<_>>(), 1);
    model.remove(&(stream, 3));
    model.insert((stream, 1), (3, None));
    model.insert((stream, 2), (4, None));
    harness.assert_holds(&model, "after the commit");
    destination.close().unwrap();
}

pub(crate) fn what_is_known_includes_what_the_group_did_so_far(place: &dyn Place) {
    let harness = Harness::new(place);
    let stream = harness.stream("contatos");
    let other = harness.stream("pipelines");
    let mut destination = harness.open();
    assert!(destination.known(stream, &[1, 2]).unwrap().is_empty());
    put(destination.as_mut(), &harness.schema, stream, 1, 1).unwrap();
    put(destination.as_mut(), &harness.schema, stream, i64::MAX, 1).unwrap();
    let known = |id, version, deleted| Known {
        id,
        hash: sample::hash(id, version),
        updated: Some(sample::updated(version)),
        deleted,
    };
    for round in ["in the group", "after the commit"] {
        let found = sorted(destination.known(stream, &[2, i64::MAX, 1]).unwrap());
        assert_eq!(found, [known(1, 1, false), known(i64::MAX, 1, false)], "{round}");
        assert!(destination.known(other, &[1]).unwrap().is_empty());
        destination.commit(&[]).unwrap();
    }
    destination.mark_deleted(stream, &[1], sample::MOMENT, 1).unwrap();
    destination.remove(stream, &[i64::MAX]).unwrap();
    assert_eq!(destination.known(stream, &[1, i64::MAX]).unwrap(), [known(1, 1, true)]);
    put(destination.as_mut(), &harness.schema, stream, i64::MAX, 2).unwrap();
    let found = sorted(destination.known(stream, &[1, i64::MAX]).unwrap());
    assert_eq!(found, [known(1, 1, true), known(i64::MAX, 2, false)]);
    destination.close().unwrap();
}

pub(crate) fn stored_ids_ascend_and_leave_out_what_is_deleted(place: &dyn Place) {
    let harness = Harness::new(place);
    let stream = harness.stream("contatos");
    let mut destination = harness.open();
    assert!(ids_stored(destination.as_mut(), stream).is_empty());
    for id in [50, 3, 9_000_000_000, 7] {
        put(destination.as_mut(), &harness.schema, stream, id, 1).unwrap();
    }
    destination.commit(&[]).unwrap();
    put(destination.as_mut(), &harness.schema, stream, 4, 1).unwrap();
    destination.mark_deleted(stream, &[7], sample::MOMENT, 1).unwrap();
    destination.remove(stream, &[50]).unwrap();
    assert_eq!(ids_stored(destination.as_mut(), stream), [3, 4, 9_000_000_000]);
    destination.commit(&[]).unwrap();
    assert_eq!(ids_stored(destination.as_mut(), stream), [3, 4, 9_000_000_000]);
    destination.close().unwrap();
}

pub(crate) fn the_live_records_of_a_parent_are_told(place: &dyn Place) {
    let harness = Harness::with(place, |settings| settings.tables = vec!["propostas".to_owned()]);
    let stream = harness.stream("propostas");
    let mut destination = harness.open();
    let (main, cursor) = (&harness.schema.streams[stream].tables, harness.schema.streams[stream].cursor);
    let pointing = harness.schema.streams[stream].parent().expect("proposals point to opportunities");
    let pointing = main[0].position(&pointing.name).expect("it is a column");
    let mut of: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for id in 1..=40 {
        put(destination.as_mut(), &harness.schema, stream, id, 1).unwrap();
        if let Owned::Integer(parent) = sample::rows(main, 0, cursor, id, 1)[0][pointing] {
            of.entry(parent).or_default().push(id);
        }
    }
    assert!(of.len() > 1, "the sample has several parents");
    destination.commit(&[]).unwrap();
    let gone = *of.values().next().and_then(|ids| ids.first()).expect("a proposal");
    destination.mark_deleted(stream, &[gone], sample::MOMENT, 2).unwrap();
    let stranger = (1..i64::MAX).find(|id| !of.contains_key(id)).expect("an id without proposals");
    let parents: Vec<i64> = of.keys().copied().take(2).chain([stranger]).collect();
    let found = destination.of_parents(stream, &parents).unwrap();
    if place.tells_parents() {
        let mut found = found.expect("a database can tell");
        found.sort_unstable();
        let mut wanted: Vec<i64> = of.values().take(2).flatten().copied().filter(|&id| id != gone).collect();
        wanted.sort_unstable();
        assert_eq!(found, wanted);
    }
    destination.close().unwrap();
}

pub(crate) fn deletes_mark_a_record_with_its_children_once(place: &dyn Place) {
    let harness = Harness::new(place);
    let stream = harness.stream("contatos");
    let mut destination = harness.open();
    for id in 1..=20 {
        put(destination.as_mut(), &harness.schema, stream, id, 1).unwrap();
    }
    destination.commit(&[]).unwrap();
    assert_eq!(destination.mark_deleted(stream, &[4, 5, 99], sample::MOMENT, 8).unwrap(), 2);
    assert_eq!(destination.mark_deleted(stream, &[5, 6], sample::MOMENT + 5, 9).unwrap(), 1);
    destination.commit(&[]).unwrap();
    assert_eq!(destination.mark_deleted(stream, &[4], sample::MOMENT + 9, 10).unwrap(), 0);
    destination.commit(&[]).unwrap();
    let mut model = live(stream, &(1..=20).collect::<Vec<_>>(), 1);
    model.insert((stream, 4), (1, Some((sample::MOMENT, 8))));
    model.insert((stream, 5), (1, Some((sample::MOMENT, 8))));
    model.insert((stream, 6), (1, Some((sample::MOMENT + 5, 9))));
    harness.assert_holds(&model, "after the commits");
    destination.close().unwrap();
}

pub(crate) fn a_record_that_comes_back_is_alive_again(place: &dyn Place) {
    let harness = Harness::new(place);
    let stream = harness.stream("contatos");
    let mut destination = harness.open();
    put(destination.as_mut(), &harness.schema, stream, 4, 1).unwrap();
    destination.mark_deleted(stream, &[4], sample::MOMENT, 8).unwrap();
    destination.commit(&[]).unwrap();
    destination.remove(stream, &[4]).unwrap();
    put(destination.as_mut(), &harness.schema, stream, 4, 1).unwrap();
    destination.commit(&[]).unwrap();
    assert!(!destination.known(stream, &[4]).unwrap()[0].deleted);
    destination.close().unwrap();
    harness.assert_holds(&live(stream, &[4], 1), "at the end");
}

fn report(run: i64) -> RunReport {
    RunReport {
        run,
        what: "incremental".to_owned(),
        status: Status::Partial,
        started_at: sample::MOMENT,
        finished_at: sample::MOMENT + 1_500_001,
        requests: 12,
        retries: 3,
        bytes: 1 << 40,
        messages: vec!["it's \"odd\"\n".to_owned(), String::new()],
        tables: ["z", "a"]
            .iter()
            .map(|name| TableReport {
                table: format!("nectarcrm_{name}"),
                stream: "contatos".to_owned(),
                read: 9,
                inserted: 1,
                updated: 2,
                unchanged: 3,
                deleted: 4,
            })
            .collect(),
    }
}

pub(crate) fn notes_are_kept_and_runs_read_back_newest_first(place: &dyn Place) {
    let harness = Harness::new(place);
    let mut destination = harness.open();
    for run in 1..=3 {
        destination.note(&Note::RunStarted { run, at: sample::MOMENT, what: "full".to_owned() }).unwrap();
        destination.commit(&[]).unwrap();
        let started = destination.runs(1).unwrap();
        assert_eq!((started[0].run, started[0].status), (run, Status::Running));
        destination
            .note(&Note::SchemaEvent(SchemaEvent {
                run,
                at: sample::MOMENT,
                table: "nectarcrm_contatos".to_owned(),
                path: "novo.campo".to_owned(),
                event: "unknown_field",
                record: Some(5),
                sample: Some("\"x".to_owned()),
                count: 3,
            }))
            .unwrap();
        destination
            .note(&Note::Rejected(Rejected {
                run,
                at: sample::MOMENT,
                stream: "contatos".to_owned(),
                reason: "no id".to_owned(),
                raw: "{\"a\":\"\u{0}'\\\"}".to_owned(),
            }))
            .unwrap();
        destination.note(&Note::RunFinished(report(run))).unwrap();
        destination.commit(&[]).unwrap();
    }
    assert_eq!(destination.runs(2).unwrap(), [report(3), report(2)]);
    destination.close().unwrap();
    let mut again = harness.connect();
    assert_eq!(again.runs(10).unwrap(), [report(3), report(2), report(1)]);
    assert_eq!(again.peek().unwrap().last_run, 3);
    assert_eq!(again.open(&harness.schema).unwrap().last_run, 3);
}

pub(crate) fn a_run_that_never_ended_is_shown_as_failed_by_the_next(place: &dyn Place) {
    let harness = Harness::new(place);
    let mut destination = harness.open();
    destination.note(&Note::RunStarted { run: 1, at: sample::MOMENT, what: "full".to_owned() }).unwrap();
    destination.commit(&[]).unwrap();
    drop(destination);
    let mut destination = harness.open();
    let runs = destination.runs(5).unwrap();
    assert_eq!((runs[0].run, runs[0].status, runs[0].started_at), (1, Status::Failed, sample::MOMENT));
    assert!(runs[0].messages[0].contains("killed"), "{:?}", runs[0].messages);
    destination.close().unwrap();
}

pub(crate) fn looking_at_a_place_where_nothing_is_creates_nothing(place: &dyn Place) {
    let harness = Harness::new(place);
    for _ in 0..2 {
        let mut destination = harness.connect();
        let opened = destination.peek().unwrap();
        assert!(opened.bookmarks.is_empty() && opened.last_run == 0);
        assert!(destination.runs(5).unwrap().is_empty());
        assert!(!destination.check().unwrap().is_empty());
    }
    assert!(place.read("nectarcrm_contatos", &[]).is_empty());
    assert!(place.read("_favo_state", &[]).is_empty());
}

pub(crate) fn looking_needs_no_lock(place: &dyn Place) {
    let harness = Harness::new(place);
    let stream = harness.stream("contatos");
    let mut destination = harness.open();
    destination.note(&Note::RunFinished(report(1))).unwrap();
    destination.commit(&[("contatos", &bookmark(1))]).unwrap();
    put(destination.as_mut(), &harness.schema, stream, 1, 1).unwrap();
    destination.remove(stream, &[1]).unwrap();
    let mut other = harness.connect();
    assert_eq!(other.peek().unwrap().bookmarks, [("contatos".to_owned(), bookmark(1))]);
    assert_eq!(other.runs(5).unwrap(), [report(1)]);
    destination.close().unwrap();
}

pub(crate) fn columns_appear_when_the_schema_grows_and_old_rows_stay(place: &dyn Place) {
    if !place.evolves() {
        return;
    }
    let small = Harness::with(place, |settings| {
        settings.tables = vec!["contatos".to_owned()];
        let exclude = ["site", "receitaanual", "ativo", "enderecos.enderecos_cep"];
        let exclude = exclude.iter().map(|&name| name.to_owned()).collect();
        settings
            .streams
            .insert("contatos".to_owned(), StreamSettings { exclude, ..StreamSettings::default() });
    });
    let mut destination = small.open();
    for id in 1..=10 {
        put(destination.as_mut(), &small.schema, 0, id, 1).unwrap();
    }
    destination.commit(&[("contatos", &bookmark(1))]).unwrap();
    destination.close().unwrap();
    let large = Harness::with(place, |settings| settings.tables = vec!["contatos".to_owned()]);
    let mut destination = large.connect();
    assert_eq!(destination.open(&large.schema).unwrap().bookmarks.len(), 1);
    small.assert_holds(&live(0, &(1..=10).collect::<Vec<_>>(), 1), "the old columns after growing");
    let new = large.place.read("nectarcrm_contatos", &[("site", favo_connector::schema::Type::Text)]);
    assert_eq!(new, vec![vec![None]; 10]);
    let ids: Vec<i64> = (1..=10).collect();
    destination.remove(0, &ids).unwrap();
    for id in ids.iter().copied() {
        put(destination.as_mut(), &large.schema, 0, id, 2).unwrap();
    }
    destination.commit(&[]).unwrap();
    large.assert_holds(&live(0, &ids, 2), "after writing anew");
    destination.close().unwrap();
    // With fewer columns again: nothing is dropped.
    small.open().close().unwrap();
    large.assert_holds(&live(0, &ids, 2), "after opening with fewer columns");
}

pub(crate) fn the_greatest_id_counts_deleted_records_too(place: &dyn Place) {
    let harness = Harness::new(place);
    let stream = harness.stream("contatos");
    let mut destination = harness.connect();
    assert!(destination.open(&harness.schema).unwrap().ceilings.iter().all(Option::is_none));
    put(destination.as_mut(), &harness.schema, stream, 5, 1).unwrap();
    put(destination.as_mut(), &harness.schema, stream, 1_000_000, 1).unwrap();
    destination.mark_deleted(stream, &[1_000_000], sample::MOMENT, 1).unwrap();
    destination.commit(&[]).unwrap();
    destination.close().unwrap();
    let ceilings = harness.connect().open(&harness.schema).unwrap().ceilings;
    assert_eq!(ceilings.len(), 2);
    assert_eq!(ceilings[stream], Some(1_000_000));
    assert_eq!(ceilings[1 - stream], None);
}

pub(crate) fn many_groups_of_any_operations_end_as_a_model_of_them_does(place: &dyn Place) {
    let harness = Harness::new(place);
    let mut random = 0x1234_5678_9abc_def1_u64;
    let mut next = move |below: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % below
    };
    let mut committed = Model::new();
    let mut destination = harness.open();
    for group in 0..25 {
        let mut model = committed.clone();
        for operation in 0..next(12) {
            let stream = next(2) as usize;
            let ids: Vec<i64> = (0..next(9)).map(|_| 1 + next(30) as i64).collect();
            let ids: Vec<i64> =
                ids.iter().copied().collect::<std::collections::BTreeSet<_>>().into_iter().collect();
            if next(5) == 0 {
                let moment = sample::MOMENT + group;
                let count = destination.mark_deleted(stream, &ids, moment, group).unwrap();
                let mut wanted = 0;
                for id in ids {
                    if let Some((_, deleted @ None)) = model.get_mut(&(stream, id)) {
                        *deleted = Some((moment, group));
                        wanted += 1;
                    }
                }
                assert_eq!(count, wanted, "group {group}, operation {operation}");
                continue;
            }
            let known = destination.known(stream, &ids).unwrap();
            let wanted = ids.iter().filter(|&&id| model.contains_key(&(stream, id))).count();
            assert_eq!(known.len(), wanted, "group {group}, operation {operation}");
            for one in &known {
                let (version, deleted) = model[&(stream, one.id)];
                assert_eq!((one.hash, one.deleted), (sample::hash(one.id, version), deleted.is_some()));
            }
            destination.remove(stream, &known.iter().map(|known| known.id).collect::<Vec<_>>()).unwrap();
            let hard = next(6) == 0;
            for id in ids {
                model.remove(&(stream, id));
                if !hard {
                    let version = 1 + next(1_000) as u32;
                    put(destination.as_mut(), &harness.schema, stream, id, version).unwrap();
                    model.insert((stream, id), (version, None));
                }
            }
        }
        match next(4) {
            0 => {
                drop(destination);
                destination = harness.open();
            }
            1 => {
                destination.close().unwrap();
                destination = harness.open();
            }
            _ => {
                destination.commit(&[("contatos", &bookmark(group))]).unwrap();
                committed = model;
            }
        }
        harness.assert_holds(&committed, &format!("after group {group}"));
    }
    destination.close().unwrap();
}

/// Names the place to the child process.
const CHILD: &str = "FAVO_CONTRACT_CHILD";

pub(crate) fn a_killed_writer_leaves_its_last_commit_and_no_lock(place: &dyn Place) {
    let harness = Harness::new(place);
    let stream = harness.stream("contatos");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "destination_contract::the_writer_that_is_killed", "--ignored", "--nocapture"])
        .env(CHILD, &harness.settings.to)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let output = std::io::BufReader::new(child.stdout.take().unwrap());
    let ready =
        std::io::BufRead::lines(output).map_while(Result::ok).any(|line| line.contains("in the middle"));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(ready, "the child got into the middle of a group");
    let mut destination = harness.connect();
    let opened = destination.open(&harness.schema).unwrap();
    assert_eq!(opened.bookmarks, [("contatos".to_owned(), bookmark(1))]);
    harness.assert_holds(&live(stream, &(1..=50).collect::<Vec<_>>(), 1), "after the kill");
    put(destination.as_mut(), &harness.schema, stream, 51, 1).unwrap();
    destination.commit(&[]).unwrap();
    destination.close().unwrap();
    harness.assert_holds(&live(stream, &(1..=51).collect::<Vec<_>>(), 1), "after the next run");
}

#[test]
#[ignore = "a child process of a_killed_writer_leaves_its_last_commit_and_no_lock"]
fn the_writer_that_is_killed() {
    let Ok(to) = std::env::var(CHILD) else { return };
    let mut settings = sample::settings(&to);
    settings.tables = vec!["pipelines".to_owned(), "contatos".to_owned()];
    let schema = sample::schema(&settings);
    let stream = schema.position("contatos").unwrap();
    let mut destination = connect(&settings).unwrap();
    destination.open(&schema).unwrap();
    for id in 1..=50 {
        put(destination.as_mut(), &schema, stream, id, 1).unwrap();
    }
    destination.commit(&[("contatos", &bookmark(1))]).unwrap();
    for id in 51..=400 {
        put(destination.as_mut(), &schema, stream, id, 1).unwrap();
    }
    destination.remove(stream, &[1, 2, 3]).unwrap();
    put(destination.as_mut(), &schema, stream, 1, 2).unwrap();
    // Writes what waits in buffers, so that the kill comes after them.
    destination.known(stream, &[1]).unwrap();
    println!("in the middle");
    std::thread::sleep(std::time::Duration::from_mins(1));
}

pub(crate) fn a_row_of_another_shape_is_refused_and_the_group_with_it(place: &dyn Place) {
    let harness = Harness::new(place);
    let stream = harness.stream("contatos");
    let mut destination = harness.open();
    put(destination.as_mut(), &harness.schema, stream, 1, 1).unwrap();
    let short = [favo_connector::cell::Cell::Integer(1)];
    let error = destination.put(stream, 0, &short).unwrap_err();
    assert!(matches!(error, Error::Destination(_)), "{error}");
    drop(destination);
    harness.assert_holds(&Model::new(), "after the error");
}
