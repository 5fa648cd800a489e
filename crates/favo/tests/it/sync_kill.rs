//! `favo sync` is killed at random moments, forty times for each kind of destination: one run later the warehouse is what an undisturbed load would have made.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use favo_connector::schema::Layout;
use favo_connector::testing::{
    Clock, FakeNectar, Json, Random, Size, Tables, differences, dump, expected_tables,
};
use favo_store::testing::TestPostgres;
use tempfile::TempDir;

use crate::harness::scratch;

/// Kills for each kind of destination: 200 in all.
const KILLS: usize = 40;
/// Kills of one warehouse before it is left to finish; then a new one is begun.
const IN_A_ROW: usize = 4;
const SIZE: Size = Size {
    contatos: 500,
    oportunidades: 40,
    qualificacoes: 30,
    tarefas: 120,
    compromissos: 30,
    pipelines: 5,
    produtos: 20,
};

/// The source and the places its records are loaded into.
struct Trial {
    kind: &'static str,
    source: FakeNectar,
    directory: TempDir,
    places: usize,
}

impl Trial {
    fn new(kind: &'static str, seed: u64) -> Self {
        let source = FakeNectar::with_clock(seed, &SIZE, Clock::real());
        source.habits(|habits| {
            habits.page_cap = 50;
            // Slow enough that kills fall between requests, too.
            habits.latency = Duration::from_millis(2);
        });
        Self { kind, source, directory: scratch(), places: 0 }
    }

    fn fresh(&mut self) -> String {
        self.places += 1;
        let path = self.directory.path().join(self.places.to_string());
        match self.kind {
            "postgres" => TestPostgres::shared().empty_database(),
            kind => format!("{kind}:{}", path.display()),
        }
    }

    fn spawn(&self, to: &str) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_favo"));
        command.args(["sync", "--from", "nectar", "--url", &self.source.url(), "--to", to]);
        command.args(["--sweep", "every-run", "--drift", "discard_value"]);
        command.env("FAVO_SYNC_TOKEN", self.source.token());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command.spawn().expect("the program starts")
    }

    /// One run to its end. A database may need a moment to notice that the client it held a lock for is dead.
    fn finish(&self, to: &str) -> Duration {
        let started = Instant::now();
        loop {
            let output = self.spawn(to).wait_with_output().expect("the program ends");
            if output.status.success() {
                return started.elapsed();
            }
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            let locked = self.kind == "postgres" && said.contains("another");
            assert!(
                locked && started.elapsed() < Duration::from_secs(20),
                "{}: {} {said}",
                self.kind,
                output.status
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Starts a run and kills it after that long; whether it was still at work.
    fn kill_after(&self, to: &str, wait: Duration) -> bool {
        let mut child = self.spawn(to);
        std::thread::sleep(wait);
        let alive = child.try_wait().expect("the program is a child").is_none();
        child.kill().expect("the program can be killed");
        child.wait().expect("the program ends");
        alive
    }

    fn tables(&self) -> Tables {
        self.source.model(|model| expected_tables(model, Layout::Exact))
    }

    #[track_caller]
    fn assert_in_step(&self, to: &str) {
        let found = differences(&self.tables(), to);
        assert!(found.is_empty(), "{}: not in step:\n{}", self.kind, found.join("\n"));
    }

    /// Something changes in every list.
    fn change(&self, random: &mut Random) {
        self.source.model(|model| {
            for list in ["contatos", "oportunidades", "qualificacoes", "tarefas", "compromissos"] {
                for _ in 0..8 {
                    let ids = model.ids(list);
                    let id = *random.pick(&ids);
                    match random.below(4) {
                        0 => drop(model.create(list)),
                        1 if list != "oportunidades" => model.delete(list, id),
                        _ => model.update(list, id, |body| {
                            let key = if list == "tarefas" { "titulo" } else { "descricao" };
                            body.set(key, Json::text(format!("mudou {}", random.below(1000))));
                            body.remove("contatos");
                        }),
                    }
                }
            }
        });
    }
}

/// First loads and increments are killed in turn.
fn survives_kills(kind: &'static str, seed: u64) {
    let mut trial = Trial::new(kind, seed);
    let mut random = Random::new(seed);
    let tables = trial.tables();
    let undisturbed = trial.fresh();
    let length = trial.finish(&undisturbed);
    let wanted = dump(&undisturbed, &tables);
    trial.assert_in_step(&undisturbed);
    let moment = |random: &mut Random, of: Duration| of.mul_f64(random.below(1000) as f64 / 1000.0);

    let mut kills = 0;
    while kills < KILLS / 2 {
        let to = trial.fresh();
        for _ in 0..IN_A_ROW {
            let wait = moment(&mut random, length);
            kills += usize::from(trial.kill_after(&to, wait));
        }
        trial.finish(&to);
        let loaded = dump(&to, &tables);
        let differs = loaded.iter().zip(&wanted).find(|(one, other)| one != other);
        assert!(
            loaded == wanted,
            "{kind}: {} rows instead of {}, such as {differs:?}",
            loaded.len(),
            wanted.len()
        );
    }
    let to = undisturbed;
    trial.change(&mut random);
    let length = trial.finish(&to);
    while kills < KILLS {
        trial.change(&mut random);
        for _ in 0..IN_A_ROW {
            let wait = moment(&mut random, length);
            kills += usize::from(trial.kill_after(&to, wait));
        }
        trial.finish(&to);
        trial.assert_in_step(&to);
    }
}

#[test]
fn a_killed_sync_into_sqlite_is_made_good_by_the_next() {
    survives_kills("sqlite", 1);
}

#[test]
fn a_killed_sync_into_postgresql_is_made_good_by_the_next() {
    survives_kills("postgres", 2);
}

#[test]
fn a_killed_sync_into_parquet_is_made_good_by_the_next() {
    survives_kills("parquet", 3);
}

#[test]
fn a_killed_sync_into_csv_is_made_good_by_the_next() {
    survives_kills("csv", 4);
}

#[test]
fn a_killed_sync_into_json_lines_is_made_good_by_the_next() {
    survives_kills("jsonl", 5);
}
