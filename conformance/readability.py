"""Holds main texts to what Readability.js takes of its own test pages.

    python conformance/readability.py TEST_PAGES IMAGO...

TEST_PAGES has a folder for each page with source.html, expected.html and expected-metadata.json; IMAGO is the command
that runs Imago. Readability's expectations are its own output, not a person's judgement: what is told is word F1 for
the body of an article and for all content, and the pages where they differ most. It fails where either, or the share of
titles that are alike, is below AT_LEAST (what docs/log.md has measured, less a point).
"""

import collections
import html.parser
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

AT_LEAST = {"body": 0.853, "all content": 0.894, "titles": 0.836}
WORD = re.compile(r"\w+")


class Text(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.words, self.within = [], 0

    def handle_starttag(self, tag, attributes):
        self.within += tag in ("script", "style")
        self.words.append(" " if tag in ("a", "b", "em", "i", "span", "strong") else "\n")

    def handle_endtag(self, tag):
        self.within -= tag in ("script", "style")

    def handle_data(self, data):
        self.words += [] if self.within else [data]


def words(page):
    text = Text()
    text.feed(page)
    return WORD.findall("".join(text.words).lower())


def f1(said, truth):
    said, truth = collections.Counter(said), collections.Counter(truth)
    both = (said & truth).total()
    return 2 * both / max(1, said.total() + truth.total()) if both else float(said == truth)


def main():
    pages = {p.name: p for p in sorted(pathlib.Path(sys.argv[1]).iterdir()) if (p / "expected.html").exists()}
    truths = {name: words((p / "expected.html").read_text()) for name, p in pages.items()}
    if not pages:
        sys.exit(f"FAILED: {sys.argv[1]} has no folder with an expected.html")
    measured = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, page in pages.items():
            (pathlib.Path(folder) / f"{name}.html").write_bytes((page / "source.html").read_bytes())
        for what in (["--body"], []):
            call = sys.argv[2:] + ["data", "extract", folder, "--format", "json"] + what
            out = subprocess.run(call, check=True, stdout=subprocess.PIPE, text=True).stdout
            found = {}
            for document in map(json.loads, out.splitlines()):
                name = re.sub(r"\.html$", "", document["id"].split("/", 1)[-1])
                found[name] = document
            scores = {n: f1(WORD.findall(found[n]["text"].lower()) if n in found else [], t) for n, t in truths.items()}
            kind = "body" if what else "all content"
            measured[kind] = statistics.mean(scores.values())
            print(f"{kind}: {len(scores)} pages, word F1 {measured[kind]:.4f}, at least {AT_LEAST[kind]}")
            for name, score in sorted(scores.items(), key=lambda x: x[1])[:12]:
                print(f"  {score:.3f} {name}")
    titles = 0
    for name, page in pages.items():
        wanted = json.loads((page / "expected-metadata.json").read_text()).get("title") or ""
        told = found[name]["tags"].get("title", "") if name in found else ""
        titles += wanted.strip() in told or bool(told) and told in wanted
    print(f"titles: {titles} of {len(pages)} are Readability's, or within one another")
    measured["titles"] = titles / len(pages)
    short = [f"{kind} {measured[kind]:.4f} is below {bound}" for kind, bound in AT_LEAST.items() if measured[kind] < bound]
    print("FAILED: " + "; ".join(short) if short else f"passed: {len(pages)} pages")
    sys.exit(bool(short))


main()
