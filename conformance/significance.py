"""Intervals and tests by sacreBLEU, scipy and numpy.

usage: significance.py SAMPLES SEED OUT.json
Writes sacreBLEU's p-values of two systems, binomial intervals and tests, and numpy's draws. 300 samples are the resource significance.json of foundation/metrics.
"""

import json
import logging
import os
import random
import sys

sys.path.pop(0)  # the files beside this one have the names of packages

import numpy as np
import scipy.stats
from sacrebleu.metrics import BLEU, CHRF, TER
from sacrebleu.significance import PairedTest

logging.getLogger("sacrebleu").setLevel(logging.ERROR)
samples, seed, out = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
rng = random.Random(seed)
WORDS = "the a cat dog sat lay on under mat , . red blue big 猫 狗 very".split()


def said(reference, rate):
    return " ".join(rng.choice(WORDS) if rng.random() < rate else word for word in reference.split())


os.environ["SACREBLEU_SEED"] = "12345"
systems = []
for rate in (0.25, 0.3, 0.4):
    references = [" ".join(rng.choice(WORDS) for _ in range(rng.randrange(4, 16))) for _ in range(60)]
    first, second = [said(r, 0.25) for r in references], [said(r, rate) for r in references]
    p = {}
    for kind in ("ar", "bs"):
        metrics = {"BLEU": BLEU(), "chrF2": CHRF(), "TER": TER()}
        _, scores = PairedTest([("a", first), ("b", second)], metrics, [references], test_type=kind, n_samples=samples)()
        for name in metrics:
            p[f"{name} {kind}"] = scores[name][1].p_value
    systems.append({"references": references, "first": first, "second": second, "p": p})

proportions = []
for _ in range(60):
    n = rng.choice([1, 2, 5, 20, 50, 300, 5000, 1000000])
    hits = min(n, rng.choice([0, 1, 2, 6, 11, n // 2, n - 1, n]))
    confidence = rng.choice([0.9, 0.95, 0.99])
    test = scipy.stats.binomtest(hits, n)
    made = {"hits": hits, "n": n, "confidence": confidence}
    for method in ("exact", "wilson"):
        interval = test.proportion_ci(confidence, method=method)
        made[method] = [interval.low, interval.high]
    made["p"] = test.pvalue
    proportions.append(made)

draws = {}
for n in (1, 2, 3, 60, 1000, 2**31 - 1):
    generator = np.random.default_rng(12345)
    draws[str(n)] = generator.choice(n, size=20, replace=True).tolist() if n < 2**20 else generator.integers(0, n, size=20).tolist()
bits = np.random.default_rng(12345).integers(2, size=70, dtype=bool).astype(int).tolist()

a = [rng.expovariate(1) for _ in range(40)]
bca = scipy.stats.bootstrap((np.array(a),), np.mean, n_resamples=20000, method="BCa", rng=np.random.default_rng(1)).confidence_interval
with open(out, "w", encoding="utf-8") as file:
    json.dump(
        {"samples": samples, "systems": systems, "proportions": proportions, "draws": draws, "bits": bits, "values": a, "bca": [bca.low, bca.high]},
        file,
        ensure_ascii=False,
        separators=(",", ":"),
    )
