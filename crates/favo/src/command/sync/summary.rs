//! What a run did, for the person who started it: the table at its end, its messages, and the list of past runs.

use favo_connector::report::{RunReport, Status};
use favo_core::Instant;
use favo_server::rfc3339;

use super::columns::{aligned, grouped, megabytes, seconds};

/// The table by table of the warehouse, and the totals.
pub(super) fn summary(report: &RunReport) -> String {
    let heading =
        ["table", "read", "inserted", "updated", "unchanged", "deleted"].map(str::to_owned).to_vec();
    let mut rows = vec![heading];
    let mut totals = [0_u64; 5];
    for table in &report.tables {
        let figures = [table.read, table.inserted, table.updated, table.unchanged, table.deleted];
        for (total, figure) in totals.iter_mut().zip(figures) {
            *total += figure;
        }
        rows.push(row(&table.table, figures));
    }
    if report.tables.len() > 1 {
        rows.push(row("total", totals));
    }
    let mut text = aligned(&rows, &[1, 2, 3, 4, 5]);
    text.push_str(&totals_of(report));
    text.push('\n');
    text
}

fn row(name: &str, figures: [u64; 5]) -> Vec<String> {
    let mut cells = vec![name.to_owned()];
    cells.extend(figures.map(grouped));
    cells
}

/// One line: how it ended, and what it cost.
fn totals_of(report: &RunReport) -> String {
    format!(
        "{}: run {} ({}), {} s, {} requests, {} retries, {} MB",
        ended(report.status),
        report.run,
        report.what,
        seconds(report.finished_at - report.started_at),
        grouped(report.requests),
        grouped(report.retries),
        megabytes(report.bytes),
    )
}

fn ended(status: Status) -> &'static str {
    match status {
        Status::Running => "not finished",
        Status::Complete => "complete",
        Status::Partial => "partial, run again to continue",
        Status::Failed => "failed",
    }
}

/// The last runs, newest first, a line each.
pub(super) fn runs(reports: &[RunReport]) -> String {
    let heading =
        ["run", "what", "status", "started", "seconds", "read", "written", "requests", "retries", "MB"];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    for report in reports {
        let status = match report.status {
            Status::Running => "running",
            Status::Complete => "complete",
            Status::Partial => "partial",
            Status::Failed => "failed",
        };
        let over = report.status != Status::Running;
        rows.push(vec![
            report.run.to_string(),
            report.what.clone(),
            status.to_owned(),
            to_the_second(report.started_at),
            if over { seconds(report.finished_at - report.started_at) } else { String::new() },
            grouped(report.tables.iter().map(|table| table.read).sum()),
            grouped(report.written()),
            grouped(report.requests),
            grouped(report.retries),
            megabytes(report.bytes),
        ]);
    }
    aligned(&rows, &[0, 4, 5, 6, 7, 8, 9])
}

/// A moment as `2026-03-02T12:00:00Z`.
fn to_the_second(micros: i64) -> String {
    rfc3339(Instant(micros - micros.rem_euclid(1_000_000))).replace(".000000Z", "Z")
}

#[cfg(test)]
mod tests {
    use favo_connector::report::TableReport;

    use super::*;

    fn report() -> RunReport {
        let table = |table: &str, read, inserted| TableReport {
            table: table.to_owned(),
            stream: "contatos".to_owned(),
            read,
            inserted,
            updated: 2,
            unchanged: 1_000,
            deleted: 1,
        };
        RunReport {
            run: 3,
            what: "incremental".to_owned(),
            status: Status::Complete,
            started_at: 1_772_452_800_000_000,
            finished_at: 1_772_452_812_345_678,
            requests: 1_040,
            retries: 2,
            bytes: 12_345_678,
            messages: Vec::new(),
            tables: vec![table("nectarcrm_contatos", 200_000, 12), table("nectarcrm_contatos_emails", 8, 8)],
        }
    }

    #[test]
    fn the_summary_lines_up_and_adds_up() {
        let expected = "\
table                         read  inserted  updated  unchanged  deleted
nectarcrm_contatos         200,000        12        2      1,000        1
nectarcrm_contatos_emails        8         8        2      1,000        1
total                      200,008        20        4      2,000        2
complete: run 3 (incremental), 12.3 s, 1,040 requests, 2 retries, 12.3 MB
";
        assert_eq!(summary(&report()), expected);
    }

    #[test]
    fn a_partial_run_says_what_to_do() {
        let partial = RunReport { status: Status::Partial, tables: Vec::new(), ..report() };
        assert!(summary(&partial).contains("partial, run again to continue: run 3"));
    }

    #[test]
    fn past_runs_are_listed_with_a_moment_and_no_end_where_there_is_none() {
        let running = RunReport { run: 14, status: Status::Running, finished_at: 0, ..report() };
        let expected = "\
run  what         status    started               seconds     read  written  requests  retries    MB
 14  incremental  running   2026-03-02T12:00:00Z           200,008       26     1,040        2  12.3
  3  incremental  complete  2026-03-02T12:00:00Z     12.3  200,008       26     1,040        2  12.3
";
        assert_eq!(runs(&[running, report()]), expected);
    }
}
