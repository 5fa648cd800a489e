"""Runs `favo singer` into a Singer target (target-postgres of the Meltano project), as Singer pairs are run, and says what arrived.

Usage: singer_target.py FAVO URL TOKEN --database URL [--schema NAME] [--source nectar|favo] [--set KEY=JSON ...] [--runs N] [--rows FILE]

The database must be on this machine; the schema is created by the target. Each run goes on from the last STATE that the target wrote. Prints one JSON object: for
each run, messages by kind and stream, and the exit codes; then rows by table. With --rows, the rows of all tables are written to FILE, one JSON object a line:
{"_stream": table, "row": {...}}.
"""

import argparse
import collections
import json
import subprocess
import sys
import tempfile
from pathlib import Path


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("favo", type=Path)
    parser.add_argument("url")
    parser.add_argument("token")
    parser.add_argument("--database", required=True)
    parser.add_argument("--schema", default="singer")
    parser.add_argument("--source", default="nectar")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=JSON")
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--rows", type=lambda name: Path(name).resolve())
    return parser.parse_args()


def run(favo, config, state, target, target_config, place):
    """One run of the pair; the messages pass through here and are counted."""
    command = [favo, "singer", "--config", config]
    if state.exists():
        command += ["--state", state]
    with (place / "tap.log").open("wb") as tap_log, (place / "target.log").open("wb") as target_log:
        tap = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=tap_log)
        sink = subprocess.Popen(
            [target, "--config", target_config],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=target_log,
        )
        counts = collections.Counter()
        announced = set()
        for line in tap.stdout:
            message = json.loads(line)
            kind, stream = message["type"], message.get("stream", "")
            counts[f"{kind} {stream}".strip()] += 1
            if kind == "SCHEMA":
                announced.add(stream)
            assert kind != "RECORD" or stream in announced, "a record came before its schema"
            sink.stdin.write(line)
        sink.stdin.close()
        states = sink.stdout.read().decode().splitlines()
        codes = {"tap": tap.wait(), "target": sink.wait()}
    if states:
        state.write_text(states[-1])
    report = {"messages": dict(sorted(counts.items())), "exit": codes}
    for name, code in codes.items():
        if code:
            report[f"{name}_log"] = (place / f"{name}.log").read_text(errors="replace")[-4000:]
    return report


def main():
    given = arguments()
    config = {"url": given.url, "token": given.token, "source": given.source}
    for pair in given.set:
        key, _, value = pair.partition("=")
        config[key] = json.loads(value)
    target_config = {
        # Also with `?host=` for a socket.
        "sqlalchemy_url": given.database.replace("postgres://", "postgresql+psycopg://", 1),
        "default_target_schema": given.schema,
        "hard_delete": True,
    }
    target = Path(sys.executable).parent / "target-postgres"
    report = {"runs": [], "rows": {}}
    with tempfile.TemporaryDirectory() as place:
        place = Path(place)
        (place / "tap.json").write_text(json.dumps(config))
        (place / "target.json").write_text(json.dumps(target_config))
        for _ in range(given.runs):
            one = run(
                given.favo, place / "tap.json", place / "state.json", target, place / "target.json", place
            )
            report["runs"].append(one)
            if any(one["exit"].values()):
                break
    import psycopg

    with psycopg.connect(given.database) as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = %s ORDER BY 1",
            [given.schema],
        ).fetchall()
        for (name,) in tables:
            rows = connection.execute(f'SELECT to_jsonb(t)::text FROM "{given.schema}"."{name}" t').fetchall()
            report["rows"][name] = len(rows)
            if given.rows:
                with given.rows.open("a", encoding="utf-8") as file:
                    for (row,) in rows:
                        # As text from the database: amounts keep their digits.
                        print(f'{{"_stream": {json.dumps(name)}, "row": {row}}}', file=file)
    print(json.dumps(report))
    return int(any(code for one in report["runs"] for code in one["exit"].values()))


if __name__ == "__main__":
    sys.exit(main())
