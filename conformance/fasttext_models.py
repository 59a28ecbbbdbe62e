"""Writes what fastText itself says of models that it trained, for the tests of foundation/vectors.

    python conformance/fasttext_models.py foundation/vectors/src/test/resources/dev/imago/vectors

Needs the program `fasttext` (Debian's package). Tiny models of a made-up text: words.bin (skip-gram with sub-words) with the vectors of words
that it saw and that it did not, labels.bin and labels.ftz (supervised, words and characters) and labels-hs.bin (hierarchical) with the labels of lines.
"""
import random
import subprocess
import sys
from pathlib import Path

out = Path(sys.argv[1])
rng = random.Random(7)
syllables = ["ka", "lo", "mi", "ré", "su", "ta", "中", "文", "no", "pe"]
words = ["".join(rng.choices(syllables, k=rng.randint(1, 4))) for _ in range(120)]


def run(*args, given=None):
    return subprocess.run(["fasttext", *args], input=given, capture_output=True, text=True, check=True).stdout


work = out / "work"
work.mkdir(parents=True, exist_ok=True)
text = work / "text"
text.write_text("\n".join(" ".join(rng.choices(words, k=rng.randint(2, 12))) for _ in range(300)) + "\n")
run("skipgram", "-input", str(text), "-output", str(work / "words"), "-dim", "5", "-bucket", "97", "-minn", "2", "-maxn", "4",
    "-minCount", "2", "-epoch", "3", "-thread", "1", "-ws", "3")
asked = words[:10] + ["unseen", "kalo文mipe", "a", "中", "</s>", "réré"]
(out / "words.txt").write_text(run("print-word-vectors", str(work / "words.bin"), given="\n".join(asked) + "\n"))
lines = [" ".join(rng.choices(words, k=rng.randint(2, 9))) for _ in range(20)]
(out / "sentences.txt").write_text("\n".join(lines) + "\n")
(out / "sentence-vectors.txt").write_text(run("print-sentence-vectors", str(work / "words.bin"), given="\n".join(lines) + "\n"))

labelled = work / "labelled"
rows = []
for _ in range(400):
    label = rng.randrange(5)
    rows.append("__label__%d %s" % (label, " ".join(rng.choices(words[label * 24:label * 24 + 24] + words[:10], k=rng.randint(2, 9)))))
labelled.write_text("\n".join(rows) + "\n")
lines = [r.split(" ", 1)[1] for r in rows[:20]] + ["unseen words only", ""]
(out / "lines.txt").write_text("\n".join(lines) + "\n")
common = ["-input", str(labelled), "-dim", "6", "-bucket", "300", "-minn", "2", "-maxn", "3", "-wordNgrams", "2", "-epoch", "20", "-lr", "0.8", "-thread", "1"]
run("supervised", *common, "-output", str(work / "labels"))
run("quantize", "-input", str(labelled), "-output", str(work / "labels"), "-qnorm", "-cutoff", "300", "-dsub", "2")
run("supervised", *common, "-loss", "hs", "-output", str(work / "labels-hs"))
run("supervised", *common, "-loss", "ova", "-output", str(work / "labels-ova"))
for model in ("labels.bin", "labels.ftz", "labels-hs.bin", "labels-ova.bin"):
    (out / (model + ".told")).write_text(run("predict-prob", str(work / model), "-", "3", given="\n".join(lines) + "\n"))
for model in ("words.bin", "labels.bin", "labels.ftz", "labels-hs.bin", "labels-ova.bin"):
    (work / model).replace(out / model)
for rest in work.iterdir():
    rest.unlink()
work.rmdir()
