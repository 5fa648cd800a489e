"""Reads a CRM through `favo airbyte` with PyAirbyte, as an Airbyte platform would, and says what arrived.

Usage: read_with_airbyte.py FAVO URL TOKEN [--source nectar|favo] [--set KEY=JSON ...] [--streams a,b] [--runs N] [--rows FILE]

Everything stays on this machine: the connector is the local program, the cache a DuckDB file in a temporary directory. The cache lives through all runs, so the
second run goes on from the states of the first. Prints one JSON object: for each run, records by stream; then rows by stream in the cache. With --rows, the
rows of the cache are written to FILE, one JSON object a line: {"_stream": name, "row": {...}}.
"""

import argparse
import contextlib
import json
import os
import stat
import sys
import tempfile
from pathlib import Path

# Before the import: it decides then whether it may look for a registry and tell of its use.
os.environ["AIRBYTE_OFFLINE_MODE"] = "1"
os.environ["DO_NOT_TRACK"] = "1"
os.environ.setdefault("AIRBYTE_DISABLE_TELEMETRY", "1")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("favo", type=Path)
    parser.add_argument("url")
    parser.add_argument("token")
    parser.add_argument("--source", default="nectar")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=JSON")
    parser.add_argument("--streams")
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--rows", type=lambda name: Path(name).resolve())
    return parser.parse_args()


def main():
    given = arguments()
    # PyAirbyte tells its progress on standard output; that is kept for the report.
    with contextlib.redirect_stdout(sys.stderr):
        report = read(given)
    print(json.dumps(report))


def read(given):
    config = {"url": given.url, "token": given.token, "source": given.source}
    for pair in given.set:
        key, _, value = pair.partition("=")
        config[key] = json.loads(value)
    with tempfile.TemporaryDirectory() as place:
        os.environ["AIRBYTE_TEMP_DIR"] = place
        os.environ["AIRBYTE_PROJECT_DIR"] = place
        os.environ["HOME"] = place
        os.chdir(place)
        import airbyte as ab
        from airbyte.caches import DuckDBCache

        # PyAirbyte starts one program without arguments of its own before the command.
        starter = Path(place) / "source-favo"
        starter.write_text(f'#!/bin/sh\nexec "{given.favo.resolve()}" airbyte "$@"\n')
        starter.chmod(starter.stat().st_mode | stat.S_IXUSR)
        source = ab.get_source(
            "source-favo", config=config, local_executable=starter, install_if_missing=False
        )
        source.check()
        if given.streams:
            source.select_streams(given.streams.split(","))
        else:
            source.select_all_streams()
        # Rows come by their key, so that what is read again is there once.
        cache = DuckDBCache(db_path=Path(place) / "cache.duckdb")
        report = {"runs": [], "rows": {}}
        for _ in range(given.runs):
            result = source.read(cache=cache)
            report["runs"].append({"records": result.processed_records})
        for name in source.get_selected_streams():
            rows = [dict(row) for row in cache[name]]
            report["rows"][name] = len(rows)
            if given.rows:
                with given.rows.open("a", encoding="utf-8") as file:
                    for row in rows:
                        row = {key: value for key, value in row.items() if not key.startswith("_airbyte")}
                        print(json.dumps({"_stream": name, "row": row}, default=str), file=file)
        return report


if __name__ == "__main__":
    sys.exit(main())
