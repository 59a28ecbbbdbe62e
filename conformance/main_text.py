"""Fits the two ensembles of foundation/pages and measures them, page by page.

    python conformance/main_text.py WCXB_FOLDER ARTICLES_FOLDER CLASSES [--write]

WCXB_FOLDER has html/*.html.gz and ground-truth/*.json (Web Content Extraction Benchmark, CC-BY-4.0); ARTICLES_FOLDER
html/*.html.gz and ground-truth.json (scrapinghub's article-extraction-benchmark, MIT: measured, never learned from).
CLASSES is a class path with foundation/pages, its tests and jsoup. Four folds by pages tell what pages that were not
learned from get; --write fits all of them and writes the ensembles into the module.
"""

import collections
import gzip
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

WORD = re.compile(r"\w+")
FIRST, SECOND, FOLDS, KEPT = 80, 60, 4, 0.45
MODULE = pathlib.Path(__file__).parents[1] / "foundation/pages/src/main/resources/dev/imago/pages"


class Page:
    def __init__(self, name, truth, kind):
        self.name, self.kind, self.truth = name, kind, WORD.findall(truth.lower())
        self.words, self.rows, self.regions = [], [], []

    def ready(self):
        """Labels: the share of a block's runs of three words that the truth has; short ones whole."""
        self.x = np.array(self.rows, dtype=np.float32).reshape(len(self.rows), -1 if self.rows else 1)
        self.regions = np.array(self.regions).reshape(len(self.rows), 5)
        self.size = np.array([max(1, len(w)) for w in self.words])
        runs = {tuple(self.truth[i : i + 3]) for i in range(len(self.truth) - 2)}
        joined = " " + " ".join(self.truth) + " "
        self.y = np.array([self.label(w, runs, joined) for w in self.words])
        self.weight = np.minimum(60, self.size) ** 0.7
        self.weight = self.weight / max(1e-9, self.weight.sum()) ** 0.5
        return self

    @staticmethod
    def label(words, runs, joined):
        if len(words) < 4:
            return float(" " + " ".join(words) + " " in joined)
        own = [tuple(words[i : i + 3]) for i in range(len(words) - 2)]
        return sum(r in runs for r in own) / len(own)

    def kept(self, scores):
        return [w for keep, words in zip(scores > KEPT, self.words) if keep for w in words]


def read(folder, articles, classes):
    pages, places = {}, []
    for file in sorted((folder / "html").glob("*.html.gz")):
        name = file.name.removesuffix(".html.gz")
        truth = json.loads((folder / "ground-truth" / f"{name}.json").read_text())
        kind = truth["_internal"]["page_type"]["primary"]
        pages["w" + name] = Page("w" + name, truth["ground_truth"].get("main_content") or "", kind)
        places.append(f"w{name}\t{file}")
    for name, truth in json.loads((articles / "ground-truth.json").read_text()).items():
        file = articles / "html" / f"{name}.html.gz"
        if file.exists():
            pages["a" + name] = Page("a" + name, truth["articleBody"], "articles")
            places.append(f"a{name}\t{file}")
    with tempfile.TemporaryDirectory() as scratch:
        listing, dump = os.path.join(scratch, "pages"), os.path.join(scratch, "dump")
        pathlib.Path(listing).write_text("\n".join(places))
        subprocess.run(["java", "-Xmx2g", "-cp", classes, "dev.imago.pages.FeatureDump", listing, dump], check=True)
        with open(dump, encoding="utf-8") as lines:
            for line in lines:
                _, name, count = line.split()
                for _ in range(int(count)):
                    pages[name].words.append(WORD.findall(next(lines).lower()))
                    numbers, regions = next(lines).split("|")
                    pages[name].rows.append([float(v) for v in numbers.split()])
                    pages[name].regions.append([int(v) for v in regions.split()])
    ready = [page.ready() for page in pages.values()]
    return [p for p in ready if p.name[0] == "w"], [p for p in ready if p.name[0] == "a"]


def joined(page, alone):
    """As ContentScores.joined has it."""
    n = len(alone)
    around = np.pad(alone, (4, 4), constant_values=-0.2)
    columns = [alone] + [around[4 + o : 4 + o + n] for o in (-4, -3, -2, -1, 1, 2, 3, 4)]
    for level in range(1, 5):
        mean = np.zeros(n)
        for region in np.unique(page.regions[:, level]):
            own = page.regions[:, level] == region
            mean[own] = np.average(alone[own], weights=page.size[own])
        columns.append(mean)
    so_far = np.cumsum(alone * page.size)
    columns += [so_far / max(1e-9, so_far[-1]), np.full(n, so_far[-1] / page.size.sum())]
    columns += [np.maximum.accumulate(alone), np.maximum.accumulate(alone[::-1])[::-1]]
    return np.column_stack([page.x] + columns).astype(np.float32)


def ensemble(rows, labels, weights, trees):
    return HistGradientBoostingRegressor(
        max_iter=trees, learning_rate=0.08, max_leaf_nodes=12, min_samples_leaf=60, l2_regularization=1.0,
        max_bins=64, early_stopping=False, random_state=0,
    ).fit(np.concatenate(rows), np.concatenate(labels), sample_weight=np.concatenate(weights))


def fit(pages):
    """The second ensemble learns from scores of pages that the first had not seen."""
    pages = [p for p in pages if len(p.rows)]
    alone = [None] * len(pages)
    parts = lambda own: ([p.x for p in own], [p.y for p in own], [p.weight for p in own])
    for fold in range(3):
        first = ensemble(*parts([p for i, p in enumerate(pages) if i % 3 != fold]), FIRST)
        for i in range(fold, len(pages), 3):
            alone[i] = first.predict(pages[i].x)
    _, labels, weights = parts(pages)
    second = ensemble([joined(p, a) for p, a in zip(pages, alone)], labels, weights, SECOND)
    return ensemble(*parts(pages), FIRST), second


def scores(models, page):
    if not len(page.rows):
        return np.zeros(0)
    return models[1].predict(joined(page, models[0].predict(page.x)))


def word_f1(page, words):
    said, truth = collections.Counter(words), collections.Counter(page.truth)
    both = (said & truth).total()
    return float(said == truth) if not both else 2 * both / (said.total() + truth.total())


def articles_f1(pages, texts):
    """As the benchmark's evaluate.py: means of precision and of recall of runs of four words."""
    precision, recall = [], []
    for page, words in zip(pages, texts):
        runs = lambda w: collections.Counter(tuple(w[i : i + 4]) for i in range(max(1, len(w) - 3)))
        said, truth = runs(words), runs(page.truth)
        both = (said & truth).total()
        precision.append(both / said.total())
        recall.append(both / truth.total())
    p, r = statistics.mean(precision), statistics.mean(recall)
    return 2 * p * r / (p + r), p, r


def lines(model):
    """As TreeEnsemble reads it."""
    yield f"base {float(model._baseline_prediction.ravel()[0])!r}"
    for (tree,) in model._predictors:
        yield ";".join(
            repr(round(float(n["value"]), 6)) if n["is_leaf"]
            else f"{n['feature_idx']} {np.float32(n['num_threshold'])!s} {n['left']} {n['right']}"
            for n in tree.nodes
        )


def write(model, name):
    with open(MODULE / name, "wb") as out, gzip.GzipFile("", "wb", 9, out, mtime=0) as packed:
        packed.write("\n".join(lines(model)).encode())


def main():
    web, articles = read(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3])
    print(f"{len(web)} pages to learn from, {len(articles)} articles to measure only")
    found = collections.defaultdict(list)
    for fold in range(FOLDS):
        models = fit([p for i, p in enumerate(web) if i % FOLDS != fold])
        for page in web[fold::FOLDS]:
            found[page.kind].append(word_f1(page, page.kept(scores(models, page))))
    every = [f for kind in found.values() for f in kind]
    print(f"word F1, pages not learned from: {statistics.mean(every):.4f}")
    for kind, values in sorted(found.items()):
        print(f"  {kind:14} {len(values):4} {statistics.mean(values):.4f}")
    models = fit(web)
    texts = [p.kept(scores(models, p)) for p in articles]
    print("article_extraction: F1 {:.4f}, precision {:.4f}, recall {:.4f}".format(*articles_f1(articles, texts)))
    if "--write" in sys.argv:
        write(models[0], "first.trees.gz")
        write(models[1], "second.trees.gz")


if __name__ == "__main__":
    main()
