"""Holds the rows that Imago reads of Parquet to pyarrow's, value by value.

    python conformance/tables.py FOLDER IMAGO...

FOLDER has .parquet files, anywhere below it (Apache's parquet-testing); IMAGO is the command that runs Imago. Times are
equal where they are the same instant, day or hour to the nanosecond and both have a zone or none. It fails where a table that
pyarrow reads is another one here, unless it could not be read and that is told.
"""

import base64
import datetime
import decimal
import json
import math
import pathlib
import re
import struct
import subprocess
import sys

import pyarrow.parquet


class Time:
    """A day, an hour or both."""

    def __init__(self, value):
        self.value = value

    def __repr__(self):
        return self.value.isoformat()

    def is_told_by(self, text):
        if not isinstance(text, str):
            return False
        try:
            told = self.parsed(self.value, text)
        except ValueError:
            return False
        return told == self.parts(self.value)

    @staticmethod
    def parts(value):
        """What it is but for what is below a microsecond, and that."""
        below = getattr(value, "nanosecond", 0)
        if isinstance(value, datetime.datetime):
            whole = datetime.datetime(
                value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond, value.tzinfo)
            return whole, below
        return value, below

    @staticmethod
    def parsed(like, text):
        """A text of ISO 8601 as the same kind of value."""
        fraction = re.search(r"\.\d{6}(\d{1,3})", text)
        below = int(fraction[1].ljust(3, "0")) if fraction else 0
        text = text if not fraction else text[: fraction.start(1)] + text[fraction.end(1) :]
        if isinstance(like, datetime.datetime):
            return datetime.datetime.fromisoformat(text), below
        kind = datetime.date if isinstance(like, datetime.date) else datetime.time
        return kind.fromisoformat(text), below


def plain(value):
    """As JSON has it here: no number where there is none, bytes as text or base64."""
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
        case datetime.datetime() | datetime.date() | datetime.time():
            return Time(value)
        case list() if value and all(isinstance(v, tuple) and len(v) == 2 for v in value):
            return {str(plain(k)): plain(v) for k, v in value}
        case list():
            return [plain(v) for v in value]
        case dict():
            return {k: plain(v) for k, v in value.items()}
    return value


def narrow(number):
    """As 32 bits hold it, which need fewer digits."""
    return struct.unpack("f", struct.pack("f", number))[0] if abs(number) < 3.5e38 else math.inf


def same(ours, theirs):
    if isinstance(theirs, Time):
        return theirs.is_told_by(ours)
    if theirs in ([], {}):
        return ours in ([], {})
    if isinstance(theirs, float) and isinstance(ours, (int, float)):
        return ours == theirs or narrow(theirs) == theirs == narrow(ours)
    if isinstance(theirs, list) and isinstance(ours, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return ours.keys() == theirs.keys() and all(same(ours[k], v) for k, v in theirs.items())
    return type(ours) == type(theirs) and ours == theirs


def main():
    equal, unequal = 0, 0
    files = sorted(pathlib.Path(sys.argv[1]).rglob("*.parquet"))
    for file in files:
        call = sys.argv[2:] + ["data", "convert", str(file), "-"]
        run = subprocess.run(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        ours = [json.loads(line) for line in run.stdout.splitlines()]
        # What the virtual machine says of itself is nothing about a table.
        said = " ".join(word for line in run.stderr.splitlines() if not line.startswith("WARNING: ") for word in line.split())[-160:]
        if not ours and said:
            # Some of these hold more than memory does: pyarrow is not asked.
            print(f"{file.name}: not read here: {said}", flush=True)
            continue
        try:
            theirs = [plain(row) for row in pyarrow.parquet.read_table(file).to_pylist()]
        except Exception as e:
            print(f"{file.name}: pyarrow: {type(e).__name__}: {str(e).splitlines()[0][:90]}; ours {len(ours)} rows {said}", flush=True)
            continue
        if len(ours) == len(theirs) and all(map(same, ours, theirs)):
            equal += 1
        else:
            unequal += not said
            at = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if not same(a, b)), min(len(ours), len(theirs)))
            row = (ours[at : at + 1], theirs[at : at + 1])
            print(f"{file.name}: {len(ours)} and {len(theirs)} rows, differ at {at}: {str(row)[:300]} {said}", flush=True)
    print(f"equal: {equal} of {len(files)}; {unequal} are another table without a word")
    sys.exit(unequal > 0)


main()
