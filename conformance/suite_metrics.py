"""Metrics of task suites by lm-evaluation-harness's own functions, on random cases.

usage: suite_metrics.py CASES SEED OUT.json
Writes {"matches": [{"told", "wanted", "options", "same"}], "aggregations": [{"name", "values", "value", "error"}]}; of each, CASES. 40 cases of seed 7 are the
resource suites/suite-metrics.json of foundation/suites, with which every build compares.
"""

import json
import logging
import random
import sys

sys.path.pop(0)  # the files beside this one have the names of packages

import numpy as np
from lm_eval.api import metrics

logging.getLogger("sacrebleu").setLevel(logging.ERROR)
WORDS = "the The a Paris paris 42 4,200 3.5 -1 $5 yes No. don't «a» É é Straße ΟΔΟΣ İ 猫 猫。 ＡＢ ２０ \u200b \ufeff \u00a0 \u0130i ǅ ﬁ 😀 [x] (y) a_b `c` \\d {z} 100% … — tab\t\n".split(" ")
IGNORED = [r"[,$]", r"\s+", r"(?i)the ", r"\.$", r"\d+", r"[^\w\s]", r"^\W+|\W+$"]
FEW = 400  # cases, one of which is huge


def text(rng, most):
    return rng.choice([" ", " ", "", "  "]).join(rng.choice(WORDS) for _ in range(rng.randrange(most)))


def changed(rng, wanted):
    kind = rng.randrange(6)
    return (
        wanted.swapcase() if kind == 0
        else wanted + rng.choice([".", "!", " ", "7", ","]) if kind == 1
        else wanted.lower() if kind == 2
        else text(rng, 6) if kind == 3
        else wanted.replace(" ", rng.choice(["", ", ", "  "])) if kind == 4
        else wanted
    )


def match(rng, huge):
    wanted = text(rng, 400 if huge else 8)
    told = changed(rng, wanted)
    options = {name: True for name in ("ignore_case", "ignore_punctuation", "ignore_numbers") if rng.random() < 0.4}
    if rng.random() < 0.4:
        options["regexes_to_ignore"] = rng.sample(IGNORED, rng.randrange(1, 3))
    same = metrics.exact_match_hf_evaluate(predictions=[told], references=[wanted], **options)["exact_match"]
    return {"told": told, "wanted": wanted, "options": options, "same": bool(same)}


def labels(rng, n, width):
    gold = [rng.randrange(width) for _ in range(n)]
    return [[g, g if rng.random() < 0.6 else rng.randrange(width)] for g in gold]


def probabilities(rng, n):
    width = rng.randrange(2, 6)
    items = []
    for _ in range(n):
        row = [rng.choice([rng.random(), 0.5, 0.0]) + 1e-9 for _ in range(width)]
        items.append([rng.randrange(width), [p / sum(row) for p in row]])
    return items


def texts(rng, n):
    pairs = []
    for _ in range(n):
        wanted = text(rng, 9)
        pairs.append([wanted, changed(rng, wanted)])
    return pairs


def aggregation(rng, huge):
    n = rng.randrange(1, 30) * (100 if huge else 1)
    scores = lambda: [rng.choice([float(rng.randrange(2)), -rng.random() * 20, rng.random(), 0.5]) for _ in range(n)]
    weighted = lambda: [[-rng.random() * 50, rng.randrange(1, 300)] for _ in range(n)]
    drawn = {
        "mean": scores,
        "median": scores,
        "perplexity": lambda: [-rng.random() * 8 for _ in range(n)],
        "weighted_perplexity": weighted,
        "bits_per_byte": weighted,
        "f1": lambda: labels(rng, n, 2),
        "matthews_corrcoef": lambda: labels(rng, n, rng.randrange(2, 5)),
        "brier_score": lambda: probabilities(rng, n),
        "bleu": lambda: texts(rng, min(n, 40)),
        "chrf": lambda: texts(rng, min(n, 40)),
        "chrf++": lambda: texts(rng, min(n, 40)),
        "ter": lambda: texts(rng, min(n, 10)),
    }
    name = rng.choice(list(drawn))
    values = drawn[name]()
    of = {"f1": metrics.f1_score, "chrf++": metrics.chrfpp}.get(name) or getattr(metrics, name)
    error = metrics.mean_stderr(values) if name == "mean" and len(values) > 1 else None
    return {"name": name, "values": values, "value": number(of(values)), "error": None if error is None else number(error)}


def number(value):
    value = float(value)
    return value if np.isfinite(value) else None


def main():
    count, rng = int(sys.argv[1]), random.Random(int(sys.argv[2]))
    huge = [i % FEW == FEW // 2 for i in range(count)]
    answers = {"matches": [match(rng, h) for h in huge], "aggregations": [aggregation(rng, h) for h in huge]}
    with open(sys.argv[3], "w", encoding="utf-8") as file:
        json.dump(answers, file, ensure_ascii=False, separators=(",", ":"))


main()
