"""Holds n-gram models to KenLM's: estimation, pruning by counts, queries.

    python conformance/kenlm.py KENLM TEXT ASKED

KENLM is the folder with KenLM's lmplz, build_binary and query; TEXT is what models are made of, ASKED what they are asked. IMAGO names another
launcher than ./imago. Needs nothing but Python. It fails where a number differs by more than 1e-4, or n-grams by a single one.
"""
import gzip
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

kenlm, text, asked = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
imago = os.environ.get("IMAGO", str(Path(__file__).resolve().parent.parent / "imago"))
work = Path(tempfile.mkdtemp())
NEAR = 1e-4


def run(*args, given=None):
    done = subprocess.run([str(a) for a in args], stdin=given, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{args}: {done.stderr}")
    return done.stdout


def arpa(path):
    """N-gram → (log10 p, back-off)."""
    grams = {}
    order = 0
    opened = gzip.open(path, "rt", encoding="utf-8") if str(path).endswith(".gz") else open(path, encoding="utf-8")
    with opened as lines:
        for line in lines:
            line = line.rstrip("\n")
            if line.startswith("\\") and line.endswith("-grams:"):
                order = int(line[1 : line.index("-")])
            elif order and "\t" in line:
                parts = line.split("\t")
                grams[parts[1]] = (float(parts[0]), float(parts[2]) if len(parts) > 2 else 0.0)
    return grams


def same(ours, theirs, what):
    one, other = arpa(ours), arpa(theirs)
    # KenLM gives <s> a probability of 1, ours is −99 as SRILM's: nothing is ever asked of it.
    missing = sorted(set(other) - set(one))[:3] + sorted(set(one) - set(other))[:3]
    if missing:
        sys.exit(f"{what}: n-grams of one alone: {missing}")
    far = [0.0, 0.0]
    for gram, (p, weight) in other.items():
        if gram != "<s>":
            far[0] = max(far[0], abs(p - one[gram][0]))
        far[1] = max(far[1], abs(weight - one[gram][1]))
    print(f"{what}: {len(other):,} n-grams, log10 p differs by {far[0]:.1e} at most, back-offs by {far[1]:.1e}")
    if max(far) > NEAR:
        sys.exit(f"{what}: more than {NEAR}")


def theirs(model):
    """log10 p and the length of the n-gram found, of each word of what is asked."""
    with open(asked, encoding="utf-8") as given:
        told = run(kenlm / "query", "-v", "word", model, given=given)
    for line in told.splitlines():
        for field in line.split("\t"):
            parts = field.rsplit("=", 1)[-1].split(" ")
            if "=" in field and len(parts) == 3:
                yield int(parts[1]), float(parts[2])


def ours(model):
    for line in run(imago, "ngram", "query", model, asked, "--words", "-q").splitlines():
        parts = line.split("\t")
        yield int(parts[-2]), float(parts[-1])


def answers(model, binary, what, near):
    far, count = 0.0, 0
    one, other = list(ours(model)), list(theirs(binary))
    if len(one) != len(other):
        sys.exit(f"{what}: {len(one)} words and {len(other)}")
    for (length, log), (their_length, their_log) in zip(one, other):
        # Of a word that is not known KenLM tells 1, ours 0.
        if length != 0 and length != their_length and near == NEAR:
            sys.exit(f"{what}: word {count} by {length} words and {their_length}")
        far, count = max(far, abs(log - their_log)), count + 1
    mean = sum(abs(a[1] - b[1]) for a, b in zip(one, other)) / count
    print(f"{what}: {count:,} words, log10 p differs by {far:.1e} at most, {mean:.1e} on average")
    if (far if near == NEAR else mean) > near:
        sys.exit(f"{what}: more than {near}")


for order, prune in ((2, ""), (3, "0,0,1"), (5, "")):
    what = f"order {order}" + (f", counts above {prune}" if prune else "")
    mine, its = work / "ours.arpa.gz", work / "theirs.arpa"
    run(imago, "ngram", "build", text, "--order", order, "--out", mine, "-q", *(["--prune", prune] if prune else []))
    run(kenlm / "lmplz", "-o", order, "-S", "500M", "-T", work / "tmp", "--skip_symbols", "--discount_fallback", "--text", text, "--arpa", its,
        *(["--prune", *prune.split(",")] if prune else []))
    same(mine, its, what)
# Both read one ARPA, KenLM's; then each quantises it, and neither may be further from the exact numbers than the other by much.
model = work / "model.ngram"
run(imago, "ngram", "convert", its, "--out", model, "-q")
run(kenlm / "build_binary", "-T", work / "tmp", "probing", its, work / "probing")
answers(model, work / "probing", "queries", NEAR)
run(imago, "ngram", "convert", model, "--structure", "hash", "--out", work / "hash.ngram", "-q")
answers(work / "hash.ngram", work / "probing", "queries of hash tables", NEAR)
for bits in (4, 8):
    run(imago, "ngram", "convert", model, "--quantize", bits, "--out", work / "small.ngram", "-q")
    run(kenlm / "build_binary", "-T", work / "tmp", "-q", bits, "-b", bits, "trie", its, work / "small")
    exact = [log for _, log in ours(model)]
    told = {"ours": [log for _, log in ours(work / "small.ngram")], "KenLM's": [log for _, log in theirs(work / "small")]}
    mean = {who: sum(abs(a - b) for a, b in zip(exact, logs)) / len(exact) for who, logs in told.items()}
    sizes = (work / "small.ngram").stat().st_size, (work / "small").stat().st_size
    print(f"{bits} bits: mean distance from the exact log10 p: ours {mean['ours']:.4f}, KenLM's {mean['KenLM' + chr(39) + 's']:.4f}; bytes {sizes[0]:,}, {sizes[1]:,}")
    if not math.isfinite(mean["ours"]) or mean["ours"] > 1.25 * mean["KenLM's"] + 1e-4:
        sys.exit(f"{bits} bits: ours is further away")
