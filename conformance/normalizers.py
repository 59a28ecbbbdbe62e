"""Hugging Face's answers about normalizers, for dev.imago.text.normalizers.NormalizerConformanceTest: JSON in, JSON out, by file.

  python normalizers.py NORMALIZER.json TEXTS.json OUT.json
      of each text: [what it becomes, where each character comes from: start, end, start, end ...], in characters;
      null where the library fails on it (its index out of bounds)
"""

import json
import os
import sys

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

# A script beside this one has the name of the package.
sys.path.pop(0)
from tokenizers import Tokenizer  # noqa: E402


def main(normalizer, texts, out):
    with open(normalizer, encoding="utf-8") as file:
        part = json.load(file)
    # A model that knows nothing, so each character is a token of its own and shows where it comes from.
    tokenizer = Tokenizer.from_str(
        json.dumps({
            "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": part, "pre_tokenizer": None,
            "post_processor": None, "decoder": None,
            "model": {"type": "BPE", "dropout": None, "unk_token": "?", "continuing_subword_prefix": None, "end_of_word_suffix": None,
                      "fuse_unk": False, "byte_fallback": False, "ignore_merges": False, "vocab": {"?": 0}, "merges": []},
        }))
    with open(texts, encoding="utf-8") as file:
        asked = json.load(file)
    answers = []
    for text in asked:
        try:
            became = tokenizer.normalizer.normalize_str(text)
            offsets = tokenizer.encode(text, add_special_tokens=False).offsets
            answers.append([became, [place for pair in offsets for place in pair]])
        except BaseException as error:  # a panic of the library is none of Exception's
            if isinstance(error, KeyboardInterrupt):
                raise
            answers.append(None)
    with open(out, "w", encoding="utf-8") as file:
        json.dump(answers, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
