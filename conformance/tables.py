"""Holds the rows that Imago reads of Parquet to pyarrow's, value by value.

    python conformance/tables.py FOLDER IMAGO...

FOLDER has .parquet files, anywhere below it (Apache's parquet-testing); IMAGO is the command that runs Imago.
"""

import base64
import datetime
import decimal
import json
import math
import pathlib
import subprocess
import sys

import pyarrow.parquet


def plain(value):
    """As JSON has it here: no number where there is none, times as text, bytes as text or base64."""
    match value:
        case float() if math.isnan(value) or math.isinf(value):
            return None
        case decimal.Decimal():
            return float(value)
        case bytes():
            try:
                return value.decode()
            except UnicodeDecodeError:
                return base64.b64encode(value).decode()
        case datetime.datetime() | datetime.date() | datetime.time() | datetime.timedelta():
            return "time"
        case list() if value and all(isinstance(v, tuple) and len(v) == 2 for v in value):
            return {str(plain(k)): plain(v) for k, v in value}
        case list():
            return [plain(v) for v in value]
        case dict():
            return {k: plain(v) for k, v in value.items()}
    return value


def same(ours, theirs):
    if theirs == "time":
        return ours is not None
    if theirs in ([], {}):
        return ours in ([], {})
    if isinstance(theirs, float) and isinstance(ours, (int, float)):
        return ours == theirs or abs(ours - theirs) <= 1e-6 * abs(theirs)
    if isinstance(theirs, list) and isinstance(ours, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return ours.keys() == theirs.keys() and all(same(ours[k], v) for k, v in theirs.items())
    return type(ours) == type(theirs) and ours == theirs


def main():
    equal = 0
    files = sorted(pathlib.Path(sys.argv[1]).rglob("*.parquet"))
    for file in files:
        try:
            theirs = [plain(row) for row in pyarrow.parquet.read_table(file).to_pylist()]
        except Exception as e:
            theirs = f"pyarrow: {type(e).__name__}: {str(e).splitlines()[0][:90]}"
        call = sys.argv[2:] + ["data", "convert", str(file), "-"]
        run = subprocess.run(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        ours = [json.loads(line) for line in run.stdout.splitlines()]
        said = " ".join(run.stderr.split())[-160:]
        if isinstance(theirs, str):
            print(f"{file.name}: {theirs}; ours {len(ours)} rows, {said}")
        elif len(ours) == len(theirs) and all(map(same, ours, theirs)):
            equal += 1
        else:
            at = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if not same(a, b)), min(len(ours), len(theirs)))
            row = (ours[at : at + 1], theirs[at : at + 1])
            print(f"{file.name}: {len(ours)} and {len(theirs)} rows, differ at {at}: {str(row)[:300]} {said}")
    print(f"equal: {equal} of {len(files)}")


main()
