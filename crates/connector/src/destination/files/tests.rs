//! The contract, kept by files: groups, edits, marks, segments, recovery, locks, growth.

use std::collections::BTreeMap;

use super::testing::{FORMATS, assert_tidy, exact, files, hash_of, memory, put, rows, schema};
use super::*;
use crate::schema::Layout;
use crate::state::Bookmark;

fn bookmark(cursor: i64) -> Bookmark {
    Bookmark { cursor: Some(cursor), ..Bookmark::default() }
}

fn stored(files: &mut Files) -> Vec<i64> {
    let mut ids = Vec::new();
    files.stored(0, &mut |id| ids.push(id)).unwrap();
    ids
}

#[test]
fn what_was_committed_is_there_after_a_new_open_with_its_bookmark() {
    for format in FORMATS {
        let directory = memory();
        let schema = exact();
        let mut one = files(format, directory.path());
        let opened = one.open(&schema).unwrap();
        assert_eq!((opened.last_run, opened.ceilings), (0, vec![None]));
        for id in [5, 3, 900] {
            put(&mut *one, &schema, 0, id, 1);
        }
        assert_eq!(one.known(0, &[3, 4]).unwrap().len(), 1, "the group's own work is known");
        one.commit(&[("contatos", &bookmark(7))]).unwrap();
        one.close().unwrap();
        let mut two = files(format, directory.path());
        let opened = two.open(&schema).unwrap();
        assert_eq!(opened.bookmarks, [("contatos".to_owned(), bookmark(7))]);
        assert_eq!(opened.ceilings, [Some(900)]);
        let known = two.known(0, &[900, 4, 3]).unwrap();
        let expected = |id: i64| Known {
            id,
            hash: hash_of(id, 1),
            updated: Some(1_700_000_000_123_456 + id),
            deleted: false,
        };
        assert_eq!(known, [expected(3), expected(900)]);
        assert_eq!(stored(&mut two), [3, 5, 900]);
        let tables = rows(format, directory.path());
        assert_eq!(tables.len(), 8);
        assert!(
            tables.iter().all(|(name, rows)| rows.len() == if name == "nectarcrm_contatos" { 3 } else { 6 })
        );
        assert_tidy(format, directory.path());
    }
}

#[test]
fn what_was_not_committed_leaves_nothing() {
    for format in FORMATS {
        let directory = memory();
        let schema = exact();
        let mut one = files(format, directory.path());
        one.open(&schema).unwrap();
        put(&mut *one, &schema, 0, 1, 1);
        one.commit(&[("contatos", &bookmark(1))]).unwrap();
        let before = rows(format, directory.path());
        one.remove(0, &[1]).unwrap();
        put(&mut *one, &schema, 0, 1, 2);
        put(&mut *one, &schema, 0, 2, 1);
        assert_eq!(stored(&mut one), [1, 2]);
        drop(one);
        assert_eq!(rows(format, directory.path()), before);
        let mut two = files(format, directory.path());
        two.open(&schema).unwrap();
        assert_eq!(two.known(0, &[1, 2]).unwrap()[0].hash, hash_of(1, 1));
        assert_eq!(stored(&mut two), [1]);
        assert_tidy(format, directory.path());
    }
}

#[test]
fn operations_take_effect_in_their_order_within_a_group() {
    for format in FORMATS {
        let directory = memory();
        let schema = exact();
        let mut one = files(format, directory.path());
        one.open(&schema).unwrap();
        for id in 1..=4 {
            put(&mut *one, &schema, 0, id, 1);
        }
        one.commit(&[]).unwrap();
        // 1: replaced twice. 2: marked, then replaced. 3: replaced, then marked. 4: removed. 5: new, marked, removed, new. 6: new and removed.
        one.remove(0, &[1]).unwrap();
        put(&mut *one, &schema, 0, 1, 2);
        one.remove(0, &[1]).unwrap();
        put(&mut *one, &schema, 0, 1, 3);
        assert_eq!(one.mark_deleted(0, &[2, 77], 10, 9).unwrap(), 1);
        assert_eq!(one.mark_deleted(0, &[2], 11, 9).unwrap(), 0, "it is marked already");
        one.remove(0, &[2]).unwrap();
        put(&mut *one, &schema, 0, 2, 2);
        one.remove(0, &[3]).unwrap();
        put(&mut *one, &schema, 0, 3, 2);
        assert_eq!(one.mark_deleted(0, &[3], 10, 9).unwrap(), 1);
        one.remove(0, &[4, 4, 1000]).unwrap();
        put(&mut *one, &schema, 0, 5, 1);
        one.mark_deleted(0, &[5], 10, 9).unwrap();
        one.remove(0, &[5]).unwrap();
        put(&mut *one, &schema, 0, 5, 2);
        put(&mut *one, &schema, 0, 6, 1);
        one.remove(0, &[6]).unwrap();
        let said = |files: &mut Files| {
            let known = files.known(0, &[1, 2, 3, 4, 5, 6]).unwrap();
            known.iter().map(|one| (one.id, one.hash, one.deleted)).collect::<Vec<_>>()
        };
        let expected = [
            (1, hash_of(1, 3), false),
            (2, hash_of(2, 2), false),
            (3, hash_of(3, 2), true),
            (5, hash_of(5, 2), false),
        ];
        assert_eq!(said(&mut one), expected);
        assert_eq!(stored(&mut one), [1, 2, 5]);
        one.commit(&[]).unwrap();
        assert_eq!(said(&mut one), expected);
        one.close().unwrap();
        let mut two = files(format, directory.path());
        two.open(&schema).unwrap();
        assert_eq!(said(&mut two), expected);
        two.close().unwrap();
        // The same operations one commit each give the same rows.
        let other = memory();
        let mut three = files(format, other.path());
        three.open(&schema).unwrap();
        for (id, version) in [(1, 3), (2, 2), (3, 2), (5, 2)] {
            put(&mut *three, &schema, 0, id, version);
            three.commit(&[]).unwrap();
        }
        three.mark_deleted(0, &[3], 10, 9).unwrap();
        three.commit(&[]).unwrap();
        assert_eq!(rows(format, directory.path()), rows(format, other.path()));
        assert_tidy(format, directory.path());
    }
}

#[test]
fn marks_reach_children_and_leave_older_marks_alone() {
    for layout in [Layout::Exact, Layout::Kondado] {
        for format in FORMATS {
            let directory = memory();
            let schema = schema(layout, &["contatos"], &[]);
            let mut one = files(format, directory.path());
            one.open(&schema).unwrap();
            for id in 1..=3 {
                put(&mut *one, &schema, 0, id, 1);
            }
            one.commit(&[]).unwrap();
            // 2026-03-02T17:45:10.512Z, 14:45 on the wall of São Paulo.
            let at = 1_772_473_510_512_000;
            assert_eq!(one.mark_deleted(0, &[2], at, 42).unwrap(), 1);
            one.commit(&[]).unwrap();
            assert_eq!(one.mark_deleted(0, &[2, 3], at + 1_000_000, 43).unwrap(), 1);
            one.commit(&[]).unwrap();
            assert!(one.known(0, &[2]).unwrap()[0].deleted);
            one.close().unwrap();
            let (first, second) = match (format, layout) {
                (Format::Parquet, Layout::Kondado) => ("2026-03-02T14:45:10.512", "2026-03-02T14:45:11.512"),
                (_, Layout::Exact) => ("2026-03-02T17:45:10.512", "2026-03-02T17:45:11.512"),
                (_, Layout::Kondado) => ("2026-03-02 14:45:10.512", "2026-03-02 14:45:11.512"),
            };
            for (name, rows) in rows(format, directory.path()) {
                let each = if name == "nectarcrm_contatos" { 1 } else { 2 };
                let with = |text: &str| rows.iter().filter(|row| row.contains(text)).count();
                assert_eq!((with(first), with(second)), (each, each), "{name} {rows:#?}");
            }
        }
    }
}

#[test]
fn many_small_commits_become_few_segments_and_lose_nothing() {
    for format in FORMATS {
        let directory = memory();
        let schema = schema(Layout::Exact, &["propostas"], &[]);
        let mut one = files(format, directory.path());
        one.open(&schema).unwrap();
        let mut versions: BTreeMap<i64, u32> = BTreeMap::new();
        let mut random = 1_u64;
        for round in 0..60_u32 {
            for _ in 0..5 {
                random =
                    random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let id = (random >> 33) as i64 % 50;
                if versions.insert(id, round).is_some() {
                    one.remove(0, &[id]).unwrap();
                }
                put(&mut *one, &schema, 0, id, round);
            }
            if round % 7 == 0
                && let Some((id, _)) = versions.pop_first()
            {
                one.remove(0, &[id]).unwrap();
            }
            one.commit(&[]).unwrap();
            let ids: Vec<i64> = (0..50).collect();
            let known = one.known(0, &ids).unwrap();
            let expected: Vec<_> =
                versions.iter().map(|(&id, &version)| (id, hash_of(id, version))).collect();
            assert_eq!(
                known.iter().map(|one| (one.id, one.hash)).collect::<Vec<_>>(),
                expected,
                "round {round}"
            );
            assert_eq!(stored(&mut one), versions.keys().copied().collect::<Vec<_>>());
            assert_eq!(
                rows(format, directory.path())["nectarcrm_oportunidades_propostas"].len(),
                versions.len()
            );
        }
        let state = &one.open.as_ref().unwrap().manifest.streams["propostas"];
        assert!(state.segments.len() < 10 && state.index.len() < 6, "{state:?}");
        assert_tidy(format, directory.path());
    }
}

#[test]
fn a_second_writer_is_refused_and_the_lock_goes_with_its_holder() {
    let directory = memory();
    let schema = exact();
    let mut one = files(Format::Parquet, directory.path());
    one.open(&schema).unwrap();
    let refused = files(Format::Parquet, directory.path()).open(&schema).unwrap_err();
    assert!(refused.to_string().contains("another run is writing"), "{refused}");
    assert!(one.commit(&[("contatos", &bookmark(1))]).is_ok(), "the first one is not disturbed");
    assert_eq!(
        files(Format::Parquet, directory.path()).peek().unwrap().bookmarks.len(),
        1,
        "looking needs no lock"
    );
    drop(one);
    files(Format::Parquet, directory.path()).open(&schema).unwrap();
}

#[test]
fn new_columns_come_to_every_file_and_other_types_are_refused() {
    for format in FORMATS {
        let directory = memory();
        let narrow =
            schema(Layout::Exact, &["contatos"], &["nome", "site", "contatos_enderecos.enderecos_cep"]);
        let wide = exact();
        let mut one = files(format, directory.path());
        one.open(&narrow).unwrap();
        put(&mut *one, &narrow, 0, 1, 1);
        one.commit(&[("contatos", &bookmark(1))]).unwrap();
        one.close().unwrap();
        let mut two = files(format, directory.path());
        assert_eq!(two.open(&wide).unwrap().bookmarks.len(), 1);
        put(&mut *two, &wide, 0, 2, 1);
        two.commit(&[]).unwrap();
        two.close().unwrap();
        assert_tidy(format, directory.path());
        // Fewer columns again: the files keep theirs.
        let mut three = files(format, directory.path());
        three.open(&narrow).unwrap();
        put(&mut *three, &narrow, 0, 3, 1);
        three.mark_deleted(0, &[1], 5, 5).unwrap();
        three.commit(&[]).unwrap();
        three.close().unwrap();
        let tables = rows(format, directory.path());
        assert_eq!(tables["nectarcrm_contatos"].len(), 3);
        let named = tables["nectarcrm_contatos"].iter().filter(|row| row.contains("😀")).count();
        assert_eq!(named, 1, "only the record that was put with the column has a name");
        if format == Format::Csv {
            let commas = |row: &String| {
                row.split('"').step_by(2).map(|plain| plain.matches(',').count()).sum::<usize>()
            };
            let counts: Vec<usize> = tables["nectarcrm_contatos_enderecos"].iter().map(commas).collect();
            assert!(counts.windows(2).all(|two| two[0] == two[1]), "{counts:?}");
        }
        let kondado = schema(Layout::Kondado, &["contatos"], &[]);
        let before = rows(format, directory.path());
        let refused = files(format, directory.path()).open(&kondado).unwrap_err().to_string();
        assert!(refused.contains("nectarcrm_contatos") && refused.contains("bigint"), "{refused}");
        assert_eq!(rows(format, directory.path()), before);
        let other = if format == Format::Csv { Format::Parquet } else { Format::Csv };
        let refused = files(other, directory.path()).open(&wide).unwrap_err().to_string();
        assert!(refused.contains("choose another directory"), "{refused}");
    }
}

#[test]
fn files_that_are_not_ours_stay() {
    let directory = memory();
    let schema = exact();
    let folder = directory.path().join("nectarcrm_contatos");
    std::fs::create_dir_all(&folder).unwrap();
    for name in ["notes.txt", "mine.parquet", "00000001-x.parquet", "00000001-00000001.csv"] {
        std::fs::write(folder.join(name), "mine").unwrap();
    }
    std::fs::write(folder.join("00000001-00000001.parquet"), "left by a killed run").unwrap();
    let mut one = files(Format::Parquet, directory.path());
    one.open(&schema).unwrap();
    let mut left: Vec<_> =
        std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name()).collect();
    left.sort_unstable();
    assert_eq!(left, ["00000001-00000001.csv", "00000001-x.parquet", "mine.parquet", "notes.txt"]);
}

#[test]
fn runs_are_read_back_newest_first_however_many_there_were() {
    use crate::report::{RunReport, Status};
    let directory = memory();
    let schema = exact();
    let mut one = files(Format::JsonLines, directory.path());
    assert_eq!(one.runs(3).unwrap(), [], "nothing there is no error");
    one.open(&schema).unwrap();
    for run in 1..=40 {
        one.note(&Note::RunStarted { run, at: run * 10, what: "full".to_owned() }).unwrap();
        one.commit(&[]).unwrap();
        if run == 39 {
            continue;
        }
        one.note(&Note::RunFinished(RunReport {
            run,
            what: "full".to_owned(),
            status: Status::Complete,
            started_at: run * 10,
            finished_at: run * 10 + 5,
            requests: 3,
            retries: 0,
            bytes: 100,
            messages: vec!["a \"sentence\"".to_owned()],
            tables: Vec::new(),
        }))
        .unwrap();
        one.commit(&[]).unwrap();
    }
    let runs = one.runs(3).unwrap();
    let said: Vec<_> = runs.iter().map(|run| (run.run, run.status)).collect();
    assert_eq!(said, [(40, Status::Complete), (39, Status::Running), (38, Status::Complete)]);
    assert_eq!(runs[0].messages, ["a \"sentence\""]);
    assert_eq!(one.runs(100).unwrap().len(), 40);
    assert!(one.open.as_ref().unwrap().manifest.log.len() <= 20);
    assert_eq!(one.peek().unwrap().last_run, 40);
    assert_tidy(Format::JsonLines, directory.path());
}

#[test]
fn a_commit_without_news_writes_nothing() {
    let directory = memory();
    let schema = exact();
    let mut one = files(Format::Csv, directory.path());
    one.open(&schema).unwrap();
    put(&mut *one, &schema, 0, 1, 1);
    one.commit(&[("contatos", &bookmark(1))]).unwrap();
    let number = one.open.as_ref().unwrap().manifest.number;
    one.commit(&[("contatos", &bookmark(1))]).unwrap();
    assert_eq!(one.open.as_ref().unwrap().manifest.number, number);
}
