"""Holds n-gram models to IRSTLM's: either side reads the other's ARPA, and both tell the same of the same words.

    python conformance/irstlm.py TEXT ASKED

Models of order 3 are made of TEXT, by IRSTLM as Witten–Bell and as modified shift-beta, by us as Kneser–Ney and as Witten–Bell; of ASKED those lines
are asked whose words all stand in TEXT: what an unknown word costs is IRSTLM's own. Needs Debian's package irstlm, and nothing but Python. IMAGO names
another launcher than ./imago. It fails where a log10 p differs by more than 1e-4.
"""
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

text, asked = (os.path.abspath(path) for path in sys.argv[1:3])
imago = os.environ.get("IMAGO", str(Path(__file__).resolve().parent.parent / "imago"))
programs = Path(os.environ.setdefault("IRSTLM", "/usr/lib/irstlm")) / "bin"
work = Path(tempfile.mkdtemp())
NEAR, ORDER, MARKS = 1e-4, 3, {"<s>", "</s>", "<unk>", "<eps>"}


def run(*args, given=None):
    done = subprocess.run([str(a) for a in args], input=given, capture_output=True, text=True, cwd=work)
    if done.returncode != 0:
        sys.exit(f"{args}: {done.stderr[-2000:]}")
    return done.stdout


def sentences(path):
    for line in open(path, encoding="utf-8"):
        words = [w for w in line.split() if w not in MARKS]
        if words:
            yield words


learned = list(sentences(text))
known = {w for words in learned for w in words}
lines = [words for words in sentences(asked) if all(w in known for w in words)]
if not lines:
    sys.exit(f"no line of {asked} has known words alone; give a text nearer to {text}")
plain, marked, questions = work / "plain.txt", work / "marked.txt", work / "asked.txt"
plain.write_text("".join(" ".join(words) + "\n" for words in learned), encoding="utf-8")
marked.write_text("".join("<s> " + " ".join(words) + " </s>\n" for words in learned), encoding="utf-8")
questions.write_text("".join(" ".join(words) + "\n" for words in lines), encoding="utf-8")


def theirs(model):
    """log10 p of each word from the second of a sentence on, and of its end: IRSTLM tells ln p of whole n-grams, in hexadecimal."""
    told = run(programs / "compile-lm", model, "--score=yes", given="".join("<s> " + " ".join(words) + " </s>\n" for words in lines))
    for line in told.splitlines():
        if "p= " in line and not line.rstrip().endswith("NULL"):
            yield float.fromhex(line.split("p= ")[1].split()[0]) / math.log(10)


def ours(model):
    """The same; ours tells the first word, too."""
    told = run(imago, "ngram", "query", model, questions, "--words", "-q").splitlines()
    at = 0
    for words in lines:
        for line in told[at + 1 : at + len(words) + 1]:
            yield float(line.split("\t")[-1])
        at += len(words) + 1


def compare(model, what, ordered=None):
    one, other = list(ours(model)), list(theirs(ordered or model))
    if len(one) != len(other):
        sys.exit(f"{what}: {len(one)} words and {len(other)}")
    far = max(abs(a - b) for a, b in zip(one, other))
    print(f"{what}: {len(one):,} words, log10 p differs by {far:.1e} at most", flush=True)
    if not far <= NEAR:
        sys.exit(f"{what}: more than {NEAR}")


for kind in "wb", "msb":
    arpa = work / f"{kind}.arpa"
    run(programs / "tlm", f"-tr={marked}", f"-n={ORDER}", f"-lm={kind}", "-ps=no", f"-o={arpa}")
    compare(arpa, f"IRSTLM's {kind}")
for smoothing in "kneser_ney", "witten_bell":
    arpa = work / f"{smoothing}.arpa"
    run(imago, "ngram", "build", plain, "--order", ORDER, "--smoothing", smoothing, "--out", arpa, "-q")
    # As KenLM's, our n-grams stand in the order of their suffixes; IRSTLM reads those in the order of their beginnings, and brings what sorts them.
    ordered = work / f"{smoothing}.sorted.arpa"
    run(programs / "sort-lm.pl", "-ilm", arpa, "-olm", ordered)
    compare(arpa, f"our {smoothing}", ordered)
