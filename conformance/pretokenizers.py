"""Hugging Face's answers about pre-tokenizers, for dev.imago.tokenizers.pretokenizers.PreTokenizerConformanceTest.

  python pretokenizers.py CASES.json OUT.json
      CASES is a list of {"pre_tokenizer": its JSON, "texts": [...]}. For each, OUT has {"written": its JSON,
      "pieces": for each text one string with each piece, its start and its end, or null where it panics},
      or {"refused": the message}.
"""
import json
import os
import sys

sys.path.pop(0)  # beside this file lies one with the name of the package that it asks
os.environ["RUST_BACKTRACE"] = "0"
from tokenizers import Tokenizer


def whole(pre_tokenizer):
    return json.dumps({
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
        "pre_tokenizer": pre_tokenizer, "post_processor": None, "decoder": None,
        "model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}})


def pieces(pre_tokenizer, text):
    try:
        return "".join(f"{piece}\x1f{start}\x1f{end}\x1e"
                       for piece, (start, end) in pre_tokenizer.pre_tokenize_str(text) if piece)
    except BaseException:  # a panic of Rust's is no Exception
        return None


def answer(case):
    try:
        tokenizer = Tokenizer.from_str(whole(case["pre_tokenizer"]))
    except BaseException as e:
        return {"refused": str(e)}
    return {"written": json.loads(tokenizer.to_str())["pre_tokenizer"],
            "pieces": [pieces(tokenizer.pre_tokenizer, text) for text in case["texts"]]}


with open(sys.argv[1], encoding="utf-8") as file:
    cases = json.load(file)
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump([answer(case) for case in cases], file)
