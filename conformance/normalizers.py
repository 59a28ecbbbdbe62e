"""Hugging Face's answers about normalizers, for dev.imago.tokenizers.normalizers.NormalizerConformanceTest: JSON in, JSON out, by file.

  python normalizers.py NORMALIZERS.json TEXTS.json OUT.json
      of each normalizer, of each text: [what it becomes, where each character comes from: start, end, start, end ...], in characters
"""

import json
import os
import sys

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

# A script beside this one has the name of the package.
sys.path.pop(0)
from tokenizers import Tokenizer  # noqa: E402


def tokenizer_of(normalizer):
    # A model that knows nothing, so each character is a token of its own and shows where it comes from.
    return Tokenizer.from_str(
        json.dumps({
            "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": normalizer, "pre_tokenizer": None,
            "post_processor": None, "decoder": None,
            "model": {"type": "BPE", "dropout": None, "unk_token": "?", "continuing_subword_prefix": None, "end_of_word_suffix": None,
                      "fuse_unk": False, "byte_fallback": False, "ignore_merges": False, "vocab": {"?": 0}, "merges": []},
        }))


def answer(tokenizer, text):
    became = tokenizer.normalizer.normalize_str(text)
    offsets = tokenizer.encode(text, add_special_tokens=False).offsets
    return [became, [place for pair in offsets for place in pair]]


def main(normalizers, texts, out):
    with open(normalizers, encoding="utf-8") as file:
        tokenizers = [tokenizer_of(normalizer) for normalizer in json.load(file)]
    with open(texts, encoding="utf-8") as file:
        asked = json.load(file)
    with open(out, "w", encoding="utf-8") as file:
        json.dump([[answer(tokenizer, text) for text in asked] for tokenizer in tokenizers], file)


if __name__ == "__main__":
    main(*sys.argv[1:])
