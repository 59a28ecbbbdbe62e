"""Holds the words that Imago reads of documents to other readings of the same files.

    python conformance/documents.py FOLDER IMAGO...

FOLDER has .pdf, .docx, .pptx, .xlsx, .odt and .epub files, anywhere below it (py-pdf's samples, Tika's test documents);
IMAGO is the command that runs Imago. PDFs are held to poppler's pdftotext, without what stands for a sign that no font
tells; the others to the text nodes of their own XML, as the formats define them. Told is the share of the words that both
have, of each file and of all words of a kind; of a file that is not read here, what is told of it. It fails where a kind
has a smaller share than AT_LEAST (what docs/log.md has measured, less a point), where a file with words
there is not read here, or where there is nothing to compare.
"""

import collections
import html.parser
import io
import json
import pathlib
import re
import subprocess
import sys
import zipfile
from xml.etree import ElementTree

WORD = re.compile(r"[^\W_]{2,}")
# Of each kind: the parts of the package that hold text, the elements whose own text it is, those that end a line.
PACKAGES = {
    ".docx": (r"word/(document|footnotes|endnotes)\d*\.xml", {"t"}, {"p", "tab", "br", "cr"}),
    ".pptx": (r"ppt/slides/slide\d+\.xml", {"t"}, {"p", "br"}),
    ".xlsx": (r"xl/sharedStrings\.xml", {"t"}, {"si", "r"}),
    ".odt": (r"content\.xml", None, {"p", "h", "tab", "line-break", "s"}),
    ".epub": (r".*\.(xhtml|html|htm|xml)", None, None),
}
# Less than all: poppler puts formulas together otherwise; charts, notes and a sheet's numbers are read here and are not
# what these parts of a package say.
AT_LEAST = {".docx": 0.990, ".epub": 0.989, ".odt": 0.978, ".pdf": 0.966, ".pptx": 0.960, ".xlsx": 0.862}
LEFT_OUT = {"annotation", "tracked-changes", "instrText", "delText", "rPh", "Fallback", "script", "style", "head"}


def name(element):
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def text(element, own, ends):
    """Without recursion's bound in mind: documents of tests nest little."""
    if name(element) in LEFT_OUT:
        return ""
    parts = [element.text or ""] if own is None or name(element) in own else []
    for child in element:
        parts.append(text(child, own, ends))
        parts.append(child.tail or "" if own is None else "")
    if ends is None or name(element) in ends:
        parts.append("\n")
    return "".join(parts)


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.said, self.within = [], 0

    def handle_starttag(self, tag, attributes):
        self.within += tag in LEFT_OUT
        self.said += [] if tag in ("a", "b", "em", "i", "span", "strong", "sup") else ["\n"]

    def handle_endtag(self, tag):
        self.within -= tag in LEFT_OUT

    def handle_data(self, data):
        self.said += [] if self.within else [data]


def theirs(file):
    if file.suffix == ".pdf":
        run = subprocess.run(["pdftotext", str(file), "-"], capture_output=True)
        # Words that a line's end parts are joined here.
        return re.sub(r"(\w)[-‐]\n(\w)", r"\1\2", run.stdout.decode(errors="replace"))
    parts, own, ends = PACKAGES[file.suffix]
    said = []
    with zipfile.ZipFile(file) as package:
        for part in package.namelist():
            if re.fullmatch(parts, part) and not part.endswith(("container.xml", "encryption.xml")):
                if file.suffix == ".epub":
                    page = Page()
                    page.feed(package.read(part).decode(errors="replace"))
                    said.append("".join(page.said))
                else:
                    said.append(text(ElementTree.parse(io.BytesIO(package.read(part))).getroot(), own, ends))
    return "\n".join(said)


def counted(said):
    return collections.Counter(WORD.findall(said.lower()))


def main():
    folder = pathlib.Path(sys.argv[1])
    files = sorted(f for f in folder.rglob("*") if f.suffix == ".pdf" or f.suffix in PACKAGES)
    run = subprocess.run(sys.argv[2:] + ["data", "read", str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    ours = collections.defaultdict(list)
    for document in map(json.loads, run.stdout.splitlines()):
        ours[re.split(r"[!#:]", document["id"])[0]].append(document["text"])
    both, of = collections.Counter(), collections.Counter()
    read, unread = 0, 0
    for file in files:
        place = str(pathlib.Path(folder.name) / file.relative_to(folder))
        try:
            other = counted(theirs(file))
        except Exception as e:
            other = None
            print(f"{place}: {type(e).__name__} there; here {len(ours.get(place, []))} documents")
        if other is None:
            continue
        if place not in ours:
            unread += other.total() > 0
            why = next((line for line in run.stderr.splitlines() if file.name in line), "nothing is told")
            print(f"{place}: {other.total()} words there; not read here: {why.strip()[:150]}")
            continue
        read += 1
        own = counted("\n".join(ours[place]))
        shared = (own & other).total()
        both[file.suffix] += 2 * shared
        of[file.suffix] += own.total() + other.total()
        if 2 * shared < 0.98 * (own.total() + other.total()):
            here, there = (own - other).most_common(6), (other - own).most_common(6)
            print(f"{place}: {own.total()} and {other.total()} words, {shared} equal; here {here}; there {there}")
    short = []
    for kind in sorted(of):
        share = both[kind] / max(1, of[kind])
        print(f"{kind}: words equal {share:.4f} of {of[kind]}, at least {AT_LEAST[kind]}")
        short += [] if share >= AT_LEAST[kind] else [f"{kind} is below its bound"]
    short += [f"{unread} files with words are not read"] if unread else []
    short += [] if read else ["nothing was compared"]
    print("FAILED: " + "; ".join(short) if short else f"passed: {read} files")
    sys.exit(bool(short))


main()
