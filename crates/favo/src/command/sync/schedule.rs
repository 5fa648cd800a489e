//! Several pipelines, each once or by its own `every`: whose turn it is, and the exit code of them all.

use std::time::Duration;

use favo_connector::Error;

/// What a run came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ended {
    /// Its exit code.
    pub(super) code: u8,
    /// Trying again later cannot help: bad configuration, refused token.
    pub(super) hopeless: bool,
}

impl Ended {
    pub(super) fn by(error: &Error) -> Self {
        let hopeless = matches!(error, Error::Configuration(_) | Error::Refused(_));
        Self { code: error.exit_code(), hopeless }
    }
}

/// What the schedule asks of the world around it.
pub(super) trait Stage {
    /// Micros since 1970.
    fn now(&self) -> i64;

    /// Waits until that moment; false when the end was asked for.
    fn wait_until(&mut self, due: i64) -> bool;

    /// Runs the pipeline at that position.
    fn run(&mut self, pipeline: usize) -> Ended;

    /// Whether the end was asked for.
    fn stopping(&self) -> bool;
}

struct Turn {
    due: i64,
    ran: bool,
    over: bool,
}

/// Runs pipelines one at a time, each as often as its distance says, until none is left or the end is asked for. A pipeline that fails does not stop the others.
///
/// The exit code is the worst of the pipelines that run once and of those whose first run was hopeless; a run that a signal cut short gives 3. Failures of
/// pipelines that kept running were told when they happened, and are not told a second time by the code of a clean end.
pub(super) fn play(distances: &[Option<Duration>], stage: &mut impl Stage) -> u8 {
    let now = stage.now();
    let mut turns: Vec<Turn> = distances.iter().map(|_| Turn { due: now, ran: false, over: false }).collect();
    let mut code = 0;
    loop {
        let next =
            turns.iter_mut().enumerate().filter(|(_, turn)| !turn.over).min_by_key(|(_, turn)| turn.due);
        let Some((pipeline, turn)) = next else { return code };
        if !stage.wait_until(turn.due) {
            return code;
        }
        let started = stage.now();
        let ended = stage.run(pipeline);
        match distances[pipeline] {
            Some(distance) if !ended.hopeless || turn.ran => {
                turn.due = started.saturating_add(i64::try_from(distance.as_micros()).unwrap_or(i64::MAX));
                if stage.stopping() && ended.code == 3 {
                    code = worse(code, 3);
                }
            }
            _ => {
                turn.over = true;
                code = worse(code, ended.code);
            }
        }
        turn.ran = true;
        if stage.stopping() {
            return code;
        }
    }
}

/// The worse of two exit codes: complete, partial, failed, contract violated, bad configuration.
pub(super) fn worse(one: u8, other: u8) -> u8 {
    let rank = |code: u8| [0, 3, 1, 4, 2].iter().position(|known| *known == code).unwrap_or(5);
    if rank(other) > rank(one) { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000_000;
    const FINE: Ended = Ended { code: 0, hopeless: false };

    /// A clock that moves when somebody waits or runs, and runs as scripted.
    struct Script {
        now: i64,
        /// What the runs come to, in order, and how long each takes.
        runs: Vec<(Ended, i64)>,
        /// A signal comes at that moment.
        signal: i64,
        /// Pipeline and start of each run.
        log: Vec<(usize, i64)>,
    }

    impl Script {
        fn new(runs: &[(Ended, i64)], signal: i64) -> Self {
            Self { now: 0, runs: runs.iter().rev().copied().collect(), signal, log: Vec::new() }
        }
    }

    impl Stage for Script {
        fn now(&self) -> i64 {
            self.now
        }
        fn wait_until(&mut self, due: i64) -> bool {
            self.now = self.now.max(due.min(self.signal));
            !self.stopping()
        }
        fn run(&mut self, pipeline: usize) -> Ended {
            self.log.push((pipeline, self.now / MINUTE));
            let (ended, length) = self.runs.pop().unwrap_or((FINE, 0));
            self.now += length;
            ended
        }
        fn stopping(&self) -> bool {
            self.now >= self.signal
        }
    }

    const QUARTER: Option<Duration> = Some(Duration::from_mins(15));

    #[test]
    fn pipelines_without_a_distance_run_once_in_order_and_the_worst_code_wins() {
        let failed = Ended { code: 1, hopeless: false };
        let partial = Ended { code: 3, hopeless: false };
        let mut script = Script::new(&[(failed, MINUTE), (FINE, MINUTE), (partial, MINUTE)], i64::MAX);
        assert_eq!(play(&[None, None, None], &mut script), 1);
        assert_eq!(script.log, [(0, 0), (1, 1), (2, 2)], "a failure does not stop the others");
    }

    #[test]
    fn the_next_start_is_the_last_start_plus_the_distance() {
        let mut script = Script::new(&[(FINE, 4 * MINUTE), (FINE, 0)], 46 * MINUTE);
        assert_eq!(play(&[QUARTER], &mut script), 0);
        assert_eq!(script.log, [(0, 0), (0, 15), (0, 30), (0, 45)]);
    }

    #[test]
    fn a_run_longer_than_the_distance_is_followed_at_once_and_never_doubled() {
        let mut script = Script::new(&[(FINE, 40 * MINUTE), (FINE, MINUTE)], 56 * MINUTE);
        play(&[QUARTER], &mut script);
        assert_eq!(script.log, [(0, 0), (0, 40), (0, 55)], "one late start, no backlog of missed ones");
    }

    #[test]
    fn a_failed_run_is_tried_again_and_forgotten_at_a_clean_end() {
        let failed = Ended { code: 1, hopeless: false };
        let mut script = Script::new(&[(failed, 0), (FINE, 0)], 20 * MINUTE);
        assert_eq!(play(&[QUARTER], &mut script), 0);
        assert_eq!(script.log, [(0, 0), (0, 15)]);
    }

    #[test]
    fn a_token_refused_at_the_first_run_ends_that_pipeline_and_only_that_one() {
        let refused = Ended { code: 1, hopeless: true };
        let mut script = Script::new(&[(refused, 0), (FINE, 0)], 31 * MINUTE);
        assert_eq!(play(&[QUARTER, QUARTER], &mut script), 1);
        assert_eq!(script.log, [(0, 0), (1, 0), (1, 15), (1, 30)]);
        let mut alone = Script::new(&[(refused, 0)], i64::MAX);
        assert_eq!(play(&[QUARTER], &mut alone), 1, "nothing is left to wait for");
    }

    #[test]
    fn a_token_refused_later_is_tried_again() {
        let refused = Ended { code: 1, hopeless: true };
        let mut script = Script::new(&[(FINE, 0), (refused, 0), (FINE, 0)], 31 * MINUTE);
        assert_eq!(play(&[QUARTER], &mut script), 0);
        assert_eq!(script.log, [(0, 0), (0, 15), (0, 30)]);
    }

    #[test]
    fn a_signal_during_a_run_tells_whether_it_was_cut_short() {
        let partial = Ended { code: 3, hopeless: false };
        for (ended, code) in [(partial, 3), (FINE, 0)] {
            let mut script = Script::new(&[(ended, 5 * MINUTE)], 2 * MINUTE);
            assert_eq!(play(&[QUARTER, QUARTER], &mut script), code);
            assert_eq!(script.log.len(), 1, "nobody else begins");
        }
    }

    #[test]
    fn a_pipeline_that_runs_once_does_not_keep_the_others_from_running_on() {
        let mut script = Script::new(&[(Ended { code: 3, hopeless: false }, 0)], 16 * MINUTE);
        assert_eq!(play(&[None, QUARTER], &mut script), 3);
        assert_eq!(script.log, [(0, 0), (1, 0), (1, 15)]);
    }

    #[test]
    fn codes_are_ranked_by_what_they_ask_of_people() {
        let ranked = [0, 3, 1, 4, 2];
        for (at, one) in ranked.iter().enumerate() {
            for other in &ranked[at..] {
                assert_eq!((worse(*one, *other), worse(*other, *one)), (*other, *other));
            }
        }
    }
}
