"""tiktoken's answers for dev.imago.tokenizers.TiktokenConformanceTest: JSON in, JSON out, by file.

  python ranks.py RANKS.tiktoken PATTERN TEXTS.json OUT.json    ids of each text of a JSON array, by ranks and a split pattern
"""
import base64
import json
import sys

from tiktoken.core import Encoding

ranks, pattern, texts, out = sys.argv[1:]
with open(ranks, "rb") as file:
    mergeable = {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in file if line.strip())}
encoding = Encoding("ranks", pat_str=pattern, mergeable_ranks=mergeable, special_tokens={})
with open(texts, encoding="utf-8") as file:
    answers = [encoding.encode_ordinary(text) for text in json.load(file)]
with open(out, "w", encoding="utf-8") as file:
    json.dump(answers, file)
