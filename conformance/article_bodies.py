"""Fits the ensemble of foundation/pages that tells an article's body, and measures it.

    python conformance/article_bodies.py ARTICLES_FOLDER CLASSES [--write]

ARTICLES_FOLDER has html/*.html.gz and ground-truth.json (scrapinghub's article-extraction-benchmark, MIT). CLASSES is a
class path with foundation/pages, its tests, its trees and jsoup: what the two ensembles of main_text.py say of a block
comes from the module as it is. Halves and ninths of the pages tell what pages get that were not learned from; --write
fits all of them and writes the ensemble into the module.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from main_text import WORD, Page, articles_f1, write

TREES, KEPT, FOLDS = 60, 0.42, (2, 9)


def read(folder, classes):
    pages, lines = {}, []
    for name, truth in sorted(json.loads((folder / "ground-truth.json").read_text()).items()):
        file = folder / "html" / f"{name}.html.gz"
        if file.exists():
            pages[name] = Page(name, truth["articleBody"], "article")
            # As the benchmark has them: case counts.
            pages[name].told, pages[name].said = WORD.findall(truth["articleBody"]), []
            lines.append(f"{name}\t{file}")
    with tempfile.TemporaryDirectory() as scratch:
        listing, dump = os.path.join(scratch, "pages"), os.path.join(scratch, "dump")
        pathlib.Path(listing).write_text("\n".join(lines))
        call = ["java", "-Xmx1g", "-XX:+UseSerialGC", "-cp", classes, "dev.imago.pages.FeatureDump", listing, dump, "body"]
        subprocess.run(call, check=True)
        with open(dump, encoding="utf-8") as lines:
            for line in lines:
                _, name, count = line.split()
                for _ in range(int(count)):
                    pages[name].said.append(WORD.findall(next(lines)))
                    numbers, regions = next(lines).split("|")
                    pages[name].words.append([w.lower() for w in pages[name].said[-1]])
                    pages[name].rows.append(np.array(numbers.split(), dtype=np.float32))
                    pages[name].regions.append([int(v) for v in regions.split()])
    return [page.ready() for page in pages.values()]


def fit(pages):
    return HistGradientBoostingRegressor(
        max_iter=TREES, learning_rate=0.08, max_leaf_nodes=12, min_samples_leaf=20, l2_regularization=1.0,
        max_bins=64, early_stopping=False, random_state=0,
    ).fit(
        np.concatenate([p.x for p in pages]),
        np.concatenate([p.y for p in pages]),
        sample_weight=np.concatenate([p.weight for p in pages]),
    )


def scores(pages, folds):
    found = [None] * len(pages)
    for fold in range(folds):
        model = fit([p for i, p in enumerate(pages) if i % folds != fold])
        for i in range(fold, len(pages), folds):
            found[i] = model.predict(pages[i].x)
    return found


def measure(pages, found, bound):
    texts = [[w for s, words in zip(f, p.said) if s > bound for w in words] for p, f in zip(pages, found)]
    return articles_f1([Told(p) for p in pages], texts)


class Told:
    """A page whose truth is as it was written."""

    def __init__(self, page):
        self.truth = page.told


def main():
    pages = read(pathlib.Path(sys.argv[1]), sys.argv[2])
    print(f"{len(pages)} articles, {sum(len(p.x) for p in pages)} blocks; F1, precision, recall of bodies not learned from")
    for folds in FOLDS:
        found = scores(pages, folds)
        print("  {} folds: {:.4f} {:.4f} {:.4f}".format(folds, *measure(pages, found, KEPT)), flush=True)
    if "--write" in sys.argv:
        write(fit(pages), "body.trees.gz")


if __name__ == "__main__":
    main()
