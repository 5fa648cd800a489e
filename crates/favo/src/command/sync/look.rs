//! The commands that look and write nothing: check, plan, verify, state, runs.

use favo_connector::engine::{self, Context, Planned, Verification};
use favo_connector::{Error, Result, destination};
use serde_json::json;

use super::columns::{aligned, grouped};
use super::options::Output;
use super::{print, summary, tell};

/// `favo sync check`: like the doctor, a line for each thing that was looked at; 1 when a run could not work.
pub(super) fn check(context: &Context, output: Output) -> Result<u8> {
    let findings = engine::check(context)?;
    let wrong = findings.iter().filter(|(fine, _)| !fine).count();
    if output == Output::Json {
        let all: Vec<_> = findings.iter().map(|(fine, text)| json!({"ok": fine, "text": text})).collect();
        print(&format!(
            "{}\n",
            json!({"pipeline": context.settings.name, "ok": wrong == 0, "findings": all})
        ));
    } else {
        for (fine, text) in &findings {
            print(&format!("{}  {text}\n", if *fine { "ok   " } else { "WRONG" }));
        }
        if wrong > 0 {
            tell(None, &format!("{wrong} of {} checks found something wrong: see above", findings.len()));
        }
    }
    Ok(u8::from(wrong > 0))
}

/// `favo sync plan`.
pub(super) fn plan(context: &Context, output: Output) -> Result<u8> {
    let planned = engine::plan(context)?;
    print(&if output == Output::Json {
        plan_json(&context.settings.name, &planned)
    } else {
        plan_table(&planned)
    });
    Ok(0)
}

fn plan_json(pipeline: &str, planned: &[Planned]) -> String {
    let streams = planned.iter().map(|one| {
        json!({
            "stream": one.stream,
            "how": one.how,
            "from": one.from,
            "requests": one.requests,
            "rows": one.rows,
            "sweep": one.sweep,
            "deletes": one.deletes,
        })
    });
    format!("{}\n", json!({"pipeline": pipeline, "streams": streams.collect::<Vec<_>>()}))
}

fn plan_table(planned: &[Planned]) -> String {
    let heading = ["stream", "how", "from", "requests", "rows", "sweep", "deletes"];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    let known = |count: Option<u64>| count.map_or_else(|| "?".to_owned(), grouped);
    for one in planned {
        rows.push(vec![
            one.stream.clone(),
            one.how.clone(),
            one.from.clone(),
            grouped(one.requests),
            known(one.rows),
            if one.sweep { "due" } else { "-" }.to_owned(),
            if one.sweep { known(one.deletes) } else { "-".to_owned() },
        ]);
    }
    aligned(&rows, &[3, 4, 6])
}

/// `favo sync verify`: 1 when something differs.
pub(super) fn verify(context: &Context, sample: usize, output: Output) -> Result<u8> {
    let found = engine::verify(context, sample)?;
    let differences = found.differences.len();
    if output == Output::Json {
        print(&verification_json(&context.settings.name, &found));
    } else {
        print(&verification_table(&found));
    }
    if differences > 0 {
        tell(None, &format!("{differences} differences: run `favo sync --mode full`, then verify again"));
    }
    Ok(u8::from(differences > 0))
}

fn verification_json(pipeline: &str, found: &Verification) -> String {
    let streams = found.streams.iter().map(|(stream, source, warehouse, compared)| {
        json!({"stream": stream, "source": source, "warehouse": warehouse, "compared": compared})
    });
    let differences =
        found.differences.iter().map(|one| json!({"stream": one.stream, "id": one.id, "what": one.what}));
    let value = json!({
        "pipeline": pipeline,
        "streams": streams.collect::<Vec<_>>(),
        "differences": differences.collect::<Vec<_>>(),
    });
    format!("{value}\n")
}

fn verification_table(found: &Verification) -> String {
    let mut rows =
        vec![["stream", "in the source", "in the warehouse", "compared"].map(str::to_owned).to_vec()];
    for (stream, source, warehouse, compared) in &found.streams {
        rows.push(vec![stream.clone(), grouped(*source), grouped(*warehouse), grouped(*compared)]);
    }
    let mut text = aligned(&rows, &[1, 2, 3]);
    if !found.differences.is_empty() {
        let mut rows = vec![["stream", "id", "difference"].map(str::to_owned).to_vec()];
        for one in &found.differences {
            rows.push(vec![one.stream.clone(), one.id.to_string(), one.what.to_owned()]);
        }
        text.push('\n');
        text.push_str(&aligned(&rows, &[1]));
    }
    text
}

/// `favo sync state`: always JSON, as bookmarks are.
pub(super) fn state(context: &Context, _: Output) -> Result<u8> {
    let opened = destination::connect(&context.settings)?.peek()?;
    let mut bookmarks = serde_json::Map::new();
    for (stream, bookmark) in &opened.bookmarks {
        let value = serde_json::to_value(bookmark).map_err(|error| {
            Error::Destination(format!("the bookmark of {stream} cannot be shown ({error})"))
        })?;
        bookmarks.insert(stream.clone(), value);
    }
    let value =
        json!({"pipeline": context.settings.name, "last_run": opened.last_run, "bookmarks": bookmarks});
    print(&format!("{value:#}\n"));
    Ok(0)
}

/// `favo sync runs`.
pub(super) fn runs(context: &Context, limit: usize, output: Output) -> Result<u8> {
    let runs = destination::connect(&context.settings)?.runs(limit)?;
    if output == Output::Json {
        for report in &runs {
            print(&super::report_line(&context.settings.name, report));
        }
    } else {
        print(&summary::runs(&runs));
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use favo_connector::engine::Difference;

    use super::*;

    #[test]
    fn a_plan_shows_what_is_not_known_as_a_question() {
        let one = |stream: &str, sweep, rows| Planned {
            stream: stream.to_owned(),
            how: "increment".to_owned(),
            from: "2026-03-01".to_owned(),
            sweep,
            rows,
            deletes: None,
            requests: 12_000,
        };
        let expected = "\
stream    how        from        requests   rows  sweep  deletes
contatos  increment  2026-03-01    12,000  1,000  due          ?
tarefas   increment  2026-03-01    12,000      ?  -            -
";
        let planned = [one("contatos", true, Some(1_000)), one("tarefas", false, None)];
        assert_eq!(plan_table(&planned), expected);
        let value: serde_json::Value = serde_json::from_str(&plan_json("crm", &planned)).unwrap();
        assert_eq!(value["streams"][0]["rows"], 1_000);
        assert!(value["streams"][1]["rows"].is_null());
    }

    #[test]
    fn differences_follow_the_figures() {
        let found = Verification {
            streams: vec![("contatos".to_owned(), 1_001, 1_000, 100)],
            differences: vec![Difference {
                stream: "contatos".to_owned(),
                id: 7,
                what: "missing in the warehouse",
            }],
        };
        let text = verification_table(&found);
        assert!(text.contains("1,001"), "{text}");
        assert!(text.ends_with("contatos   7  missing in the warehouse\n"), "{text}");
        let alone = Verification { differences: Vec::new(), ..found };
        assert_eq!(verification_table(&alone).lines().count(), 2);
    }
}
