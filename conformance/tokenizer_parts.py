"""Hugging Face's answers about the parts of a tokenizer.json, for dev.imago.tokenizers.TokenizerPartsConformanceTest: one command, JSON in, JSON out, by file.

  python tokenizer_parts.py process CASES.json OUT.json   {"words", "post_processor", "truncation", "padding", "first", "second", "special"} each: what post_process makes of texts whose tokens are known
  python tokenizer_parts.py batch CASES.json OUT.json     {"words", "padding", "texts"} each: encodings of a batch, padded
  python tokenizer_parts.py decode CASES.json OUT.json    {"words", "special", "decoder", "ids"} each: the text of each list of ids, whole, without special tokens, and streamed
  python tokenizer_parts.py added CASES.json OUT.json     {"words", "added_tokens", "normalizer", "texts", "encode_special_tokens"} each: the ids, and where they are

Null stands for what the library refuses or breaks on.
"""
import json
import os
import sys

sys.path.pop(0)
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RUST_BACKTRACE"] = "0"

from tokenizers import Tokenizer  # noqa: E402
from tokenizers.decoders import DecodeStream  # noqa: E402


def tokenizer(words, **parts):
    """Words split at bars, each a token, its number in the list its id."""
    return Tokenizer.from_str(json.dumps({
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
        "pre_tokenizer": {"type": "Split", "pattern": {"String": "|"}, "behavior": "Removed", "invert": False},
        "post_processor": None, "decoder": None,
        "model": {"type": "WordLevel", "vocab": {w: i for i, w in enumerate(words)}, "unk_token": "[UNK]"}, **parts}))


def attempt(call):
    try:
        return call()
    except BaseException as e:  # a panic of the library is no Exception
        if isinstance(e, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        return None


def shown(e):
    return {
        "ids": e.ids, "tokens": e.tokens, "type_ids": e.type_ids, "offsets": e.offsets, "words": e.word_ids,
        "special": e.special_tokens_mask, "attention": e.attention_mask, "sequences": e.sequence_ids,
        "n_sequences": e.n_sequences,
        "char_to_token": [[e.char_to_token(c, s) for c in range(12)] for s in range(2)],
        "word_to_tokens": [[e.word_to_tokens(w, s) for w in range(4)] for s in range(2)],
        "overflowing": [shown(o) for o in e.overflowing]}


def process(case):
    plain = tokenizer(case["words"])
    encodings = [plain.encode("|".join(t)) for t in (case["first"], case["second"]) if t is not None]
    whole = tokenizer(case["words"], **{p: case[p] for p in ("post_processor", "truncation", "padding")})
    return shown(whole.post_process(*encodings, add_special_tokens=case["special"]))


def batch(case):
    whole = tokenizer(case["words"], padding=case["padding"])
    return [shown(e) for e in whole.encode_batch(["|".join(t) for t in case["texts"]])]


def decode(case):
    whole = tokenizer(case["words"], decoder=case["decoder"])
    whole.add_special_tokens(case["special"])
    return [{
        "whole": attempt(lambda: whole.decode(ids, skip_special_tokens=False)),
        "plain": attempt(lambda: whole.decode(ids, skip_special_tokens=True)),
        "stream": attempt(lambda: streamed(whole, ids))} for ids in case["ids"]]


def streamed(whole, ids):
    stream = DecodeStream(skip_special_tokens=False)
    return [stream.step(whole, i) for i in ids]


def added(case):
    whole = tokenizer(case["words"], added_tokens=case["added_tokens"], normalizer=case["normalizer"], pre_tokenizer=None)
    whole.encode_special_tokens = case["encode_special_tokens"]
    texts = []
    for text in case["texts"]:
        e = attempt(lambda: whole.encode(text))
        texts.append(None if e is None else [[i, t, a, b] for i, t, (a, b) in zip(e.ids, e.tokens, e.offsets)])
    listed = sorted((i, str(t.content)) for i, t in whole.get_added_tokens_decoder().items())
    return {"texts": texts, "listed": listed}


command = {"process": process, "batch": batch, "decode": decode, "added": added}[sys.argv[1]]
with open(sys.argv[2], encoding="utf-8") as file:
    cases = json.load(file)
with open(sys.argv[3], "w", encoding="utf-8") as file:
    json.dump([attempt(lambda: command(case)) for case in cases], file)
