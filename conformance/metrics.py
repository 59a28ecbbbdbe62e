"""chrF by sacrebleu and ROUGE-L F1 by rouge_score, where that is installed, for pairs of texts.

usage: metrics.py PAIRS.json     [{"hypothesis": …, "reference": …}, …]
Prints one JSON object: chrf and rouge_l of each pair, chrf_corpus of all, and who computed ROUGE-L.
"""

import json
import re
import sys
from functools import lru_cache

from sacrebleu.metrics import CHRF


def rouge_l_of_package():
    from rouge_score import rouge_scorer

    scorer = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=False)
    return lambda hypothesis, reference: scorer.score(reference, hypothesis)["rougeL"].fmeasure


def rouge_l_of_definition():
    """The definition in Lin 2004, as a recurrence over suffixes: no table in common with ours."""

    def words(text):
        return [w for w in re.split(r"[^a-z0-9]+", text.lower()) if w]

    def f1(hypothesis, reference):
        a, b = words(hypothesis), words(reference)

        @lru_cache(maxsize=None)
        def common(i, j):
            if i == len(a) or j == len(b):
                return 0
            if a[i] == b[j]:
                return 1 + common(i + 1, j + 1)
            return max(common(i + 1, j), common(i, j + 1))

        lcs = common(0, 0)
        return 0.0 if lcs == 0 else 2 * lcs / (len(a) + len(b))

    return f1


sys.setrecursionlimit(100_000)
try:
    rouge_l, by = rouge_l_of_package(), "rouge_score"
except ImportError:
    rouge_l, by = rouge_l_of_definition(), "definition"

with open(sys.argv[1], encoding="utf-8") as file:
    pairs = json.load(file)
chrf = CHRF()
hypotheses = [pair["hypothesis"] for pair in pairs]
references = [pair["reference"] for pair in pairs]
print(
    json.dumps(
        {
            "chrf": [chrf.sentence_score(h, [r]).score for h, r in zip(hypotheses, references)],
            "chrf_corpus": chrf.corpus_score(hypotheses, [references]).score,
            "rouge_l": [rouge_l(h, r) for h, r in zip(hypotheses, references)],
            "rouge_l_by": by,
        }
    )
)
