"""Metrics of labels, tags, probabilities and correlations by scikit-learn, seqeval, torchmetrics and scipy, on random cases.

usage: label_metrics.py CASES SEED OUT.json
Writes lists of cases with answers; null is NaN. Of 500 cases one has 50 times as many items. 40 cases of seed 7 are the resource label-metrics.json of foundation/metrics.
Without seqeval there are no cases of tags.
"""

import json
import random
import sys
import warnings

sys.path.pop(0)  # the files beside this one have the names of packages
warnings.filterwarnings("ignore")

import numpy as np
import scipy.stats
import sklearn.metrics as sk
import torch
from sklearn.preprocessing import MultiLabelBinarizer
from torchmetrics.functional.classification import multiclass_calibration_error

try:
    import seqeval.metrics.sequence_labeling
    import seqeval.metrics.v1
    import seqeval.scheme
except ImportError:
    seqeval = None

AVERAGES = ("micro", "macro", "weighted")


HUGE = 50  # times as many items
FEW = 500  # cases, one of which is huge


class Sizes(random.Random):
    """Draws of numbers below some, but of one case of FEW many more."""

    times = 1

    def size(self, least, most):
        return self.times * self.randrange(least, most)


def number(value):
    value = float(value)
    return value if np.isfinite(value) else None


def classes(rng):
    names = ["a", "b", "É", "dog", "猫", "z"][: rng.randrange(1, 7)]
    gold = [rng.choice(names) for _ in range(rng.size(1, 40))]
    told = [g if rng.random() < 0.6 else rng.choice(names) for g in gold]
    made = {"gold": gold, "predicted": told, "accuracy": number(sk.accuracy_score(gold, told)), "matthews": number(sk.matthews_corrcoef(gold, told))}
    made["kappa"] = [number(sk.cohen_kappa_score(gold, told, weights=w)) for w in (None, "linear", "quadratic")]
    for average in AVERAGES:
        made[average] = [number(v) for v in sk.precision_recall_fscore_support(gold, told, average=average, zero_division=0)[:3]]
    return made


def sets(rng):
    names = ["a", "b", "c", "d"]
    draw = lambda: [name for name in names if rng.random() < 0.4]
    gold = [draw() for _ in range(rng.size(1, 15))]
    told = [g if rng.random() < 0.5 else draw() for g in gold]
    binarizer = MultiLabelBinarizer(classes=names).fit([names])
    y, p = binarizer.transform(gold), binarizer.transform(told)
    f1 = [number(sk.f1_score(y, p, average=average, zero_division=0)) for average in AVERAGES + ("samples",)]
    return {"gold": gold, "predicted": told, "known": names, "f1": f1, "subset": number(sk.accuracy_score(y, p))}


def binary(rng):
    count = rng.size(1, 40)
    gold = [rng.random() < 0.4 for _ in range(count)]
    scores = [rng.choice([round(rng.random(), 1), rng.random(), float(g)]) for g in gold]
    precision, recall, _ = sk.precision_recall_curve(gold, scores)
    return {
        "gold": gold,
        "scores": scores,
        "roc": number(sk.roc_auc_score(gold, scores)) if len(set(gold)) == 2 else None,
        "average_precision": number(sk.average_precision_score(gold, scores)),
        "precision_recall": number(sk.auc(recall, precision)),
    }


def probabilities(rng):
    count, width = rng.size(2, 40), rng.randrange(2, 6)
    gold = list(range(width)) + [rng.randrange(width) for _ in range(count)]
    rows = []
    for g in gold:
        row = [rng.random() ** 3 + (0.5 if c == g else 0) for c in range(width)]
        if rng.random() < 0.1:
            sure = rng.randrange(width)
            row = [1.0 if c == sure else 0.0 for c in range(width)]
        rows.append([x / sum(row) for x in row])
    labels = list(range(width))
    p = np.array(rows)
    brier = sk.brier_score_loss(gold, p[:, 1]) if width == 2 else np.mean(((p - np.eye(width)[gold]) ** 2).sum(axis=1))
    ece = [number(multiclass_calibration_error(torch.tensor(rows, dtype=torch.float64), torch.tensor(gold), width, n_bins=15, norm=norm)) for norm in ("l1", "l2", "max")]
    ovr = [number(sk.roc_auc_score(gold, p[:, 1] if width == 2 else p, multi_class="ovr", average=a)) for a in ("macro", "weighted")]
    return {"gold": gold, "rows": rows, "log_loss": number(sk.log_loss(gold, p, labels=labels)), "brier": number(brier), "calibration": ece, "ovr": ovr}


def correlated(rng):
    count = rng.size(3, 30)
    a = [rng.choice([rng.gauss(0, 1), rng.randrange(4)]) for _ in range(count)]
    b = [x + rng.gauss(0, 1) if rng.random() < 0.7 else rng.randrange(3) for x in a]
    return {"a": a, "b": b, "pearson": number(scipy.stats.pearsonr(a, b)[0]), "spearman": number(scipy.stats.spearmanr(a, b)[0])}


SCHEMES = {"SEQEVAL": "BIESO", "IOB1": "BIO", "IOB2": "BIO", "IOE1": "IEO", "IOE2": "IEO", "IOBES": "BIESO", "BILOU": "BILUO"}


def tags(rng):
    name = rng.choice(list(SCHEMES))
    draw = lambda: "O" if (prefix := rng.choice(SCHEMES[name])) == "O" else prefix + rng.choice(["-PER", "-LOC", "-A-B", "-PER"])
    gold = [[draw() for _ in range(rng.randrange(1, 14))] for _ in range(rng.size(1, 6))]
    told = [[tag if rng.random() < 0.8 else draw() for tag in sentence] for sentence in gold]
    of = seqeval.metrics.sequence_labeling.precision_recall_fscore_support
    options = {}
    if name != "SEQEVAL":  # mode="strict"
        of, options = seqeval.metrics.v1.precision_recall_fscore_support, {"scheme": getattr(seqeval.scheme, name)}
    made = {"scheme": name, "gold": gold, "predicted": told, "accuracy": number(seqeval.metrics.accuracy_score(gold, told))}
    for average in AVERAGES:
        made[average] = [number(v) for v in of(gold, told, average=average, zero_division=0, **options)[:3]]
    return made


def made(make, count, rng):
    cases = []
    for i in range(count):
        rng.times = HUGE if i % FEW == FEW // 2 else 1
        cases.append(make(rng))
    return cases


def main():
    count, rng = int(sys.argv[1]), Sizes(int(sys.argv[2]))
    kinds = {"classes": classes, "sets": sets, "binary": binary, "probabilities": probabilities, "correlated": correlated}
    answers = {kind: made(make, count, rng) for kind, make in kinds.items()}
    answers["tags"] = made(tags, 2 * count, rng) if seqeval else []
    with open(sys.argv[3], "w", encoding="utf-8") as file:
        json.dump(answers, file, ensure_ascii=False, separators=(",", ":"))


main()
