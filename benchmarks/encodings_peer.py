"""How many files' encodings are told, by us and by chardet: `benchmarks/sources encodings`.

    python benchmarks/encodings_peer.py FOLDER LINES

FOLDER/ENCODING-LANGUAGE/FILE, as chardet's tests have them; LINES «path TAB encoding» are ours. A superset counts as its
subset, as browsers have it.
"""

import codecs
import pathlib
import re
import sys

import chardet

SUPERSETS = {
    "gb2312": "gb18030", "gbk": "gb18030", "big5hkscs": "big5", "cp950": "big5", "shift_jis": "cp932", "euc_kr": "cp949",
    "ascii": "utf-8", "utf-8-sig": "utf-8", "windows-31j": "cp932", "x-windows-949": "cp949", "iso8859-1": "cp1252", "x-johab": "johab",
    "x-maccyrillic": "mac-cyrillic", "x-macroman": "mac-roman", "big5-hkscs": "big5",
}


def one(name):
    name = (name or "none").lower()
    name = SUPERSETS.get(name, name)
    try:
        name = codecs.lookup(name).name
    except LookupError:
        pass
    return SUPERSETS.get(name, name)


def right(told, expected, data):
    if one(told) == one(expected):
        return True
    try:
        # Two encodings may read the very same characters.
        return data.decode(one(told)).lstrip("\ufeff") == data.decode(one(expected)).lstrip("\ufeff")
    except (LookupError, UnicodeDecodeError):
        return False


folder, ours = pathlib.Path(sys.argv[1]), dict(line.rstrip("\n").split("\t") for line in open(sys.argv[2], encoding="utf-8"))
count, good, china, china_good = 0, [0, 0], 0, [0, 0]
for path, told in sorted(ours.items()):
    if "/" not in path:
        continue
    expected = re.sub(r"(?i)^(iso-8859-\d+|windows-\d+)-.*", r"\1", pathlib.PurePath(path).parts[-2])
    try:
        codecs.lookup(one(expected))
    except LookupError:
        continue
    data = (folder / path).read_bytes()
    count += 1
    chinese = expected.lower().startswith(("gb", "big5"))
    china += chinese
    for who, name in enumerate((told, chardet.detect(data)["encoding"])):
        ok = right(name, expected, data)
        good[who] += ok
        china_good[who] += ok and chinese
        if not ok:
            print(("ours", "chardet")[who], path, "told as", name)
print(f"sources-encodings GB and Big5: ours {china_good[0]}, peer {china_good[1]}, ratio {china_good[0] / china:.4f}, at least 1.0")
print(f"sources-encodings: ours {good[0]}, peer {good[1]}, ratio {good[0] / count:.4f}, at least 0.98")
