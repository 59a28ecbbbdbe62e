"""Hugging Face's and SentencePiece's answers about training, for dev.imago.vocabularies.TrainerConformanceTest.

  python trainers.py train CASES.json OUT.json   trains; a case is {"kind": "bpe" | "wordpiece" | "unigram" | "wordlevel",
                                                 "texts": TEXTS.json, "held": HELD.json, "split": {"normalizer", "pre_tokenizer"},
                                                 "options": {...}}; an answer is {"vocab": [[token, id or score], ...], "merges": [...],
                                                 "tokens": how many the held-out texts have}
  python trainers.py sentencepiece TEXTS.json HELD.json SIZE FOLDER OUT.json   trains SentencePiece's unigram model on the same pieces
"""
import json
import os
import sys

sys.path.pop(0)  # so that no file beside this one is taken for a library
os.environ["TOKENIZERS_PARALLELISM"] = "true"


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def write(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file)


MODELS = {
    "bpe": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None,
            "fuse_unk": False, "byte_fallback": False, "vocab": {}, "merges": []},
    "wordpiece": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": {}},
    "unigram": {"type": "Unigram", "unk_id": None, "vocab": [], "byte_fallback": False},
    "wordlevel": {"type": "WordLevel", "vocab": {}, "unk_token": "<unk>"},
}


def train(cases, out):
    from tokenizers import Tokenizer, trainers

    kinds = {"bpe": trainers.BpeTrainer, "wordpiece": trainers.WordPieceTrainer,
             "unigram": trainers.UnigramTrainer, "wordlevel": trainers.WordLevelTrainer}
    answers = []
    for case in read(cases):
        split = case["split"]
        tokenizer = Tokenizer.from_str(json.dumps({
            "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": split.get("normalizer"),
            "pre_tokenizer": split.get("pre_tokenizer"), "post_processor": None, "decoder": None, "model": MODELS[case["kind"]]}))
        options = dict(case["options"])
        tokenizer.train_from_iterator(read(case["texts"]), kinds[case["kind"]](show_progress=False, **options))
        model = json.loads(tokenizer.to_str())["model"]
        vocab = model["vocab"] if isinstance(model["vocab"], list) else sorted(model["vocab"].items(), key=lambda e: e[1])
        answers.append({
            "vocab": vocab,
            "merges": [m if isinstance(m, list) else m.split(" ") for m in model.get("merges", [])],
            "tokens": sum(len(e.ids) for e in tokenizer.encode_batch(read(case["held"]), add_special_tokens=False)),
        })
    write(out, answers)


def sentencepiece(texts, held, size, folder, out):
    import sentencepiece as spm

    prefix = os.path.join(folder, "spm")
    spm.SentencePieceTrainer.train(
        sentence_iterator=iter(read(texts)), model_prefix=prefix, vocab_size=int(size), model_type="unigram", character_coverage=1.0,
        normalization_rule_name="identity", remove_extra_whitespaces=False, hard_vocab_limit=False, max_sentence_length=1 << 24,
        split_by_unicode_script=False, split_by_number=False, bos_id=-1, eos_id=-1, num_threads=2, minloglevel=2)
    model = spm.SentencePieceProcessor(model_file=prefix + ".model")
    pieces = [[model.id_to_piece(i), model.get_score(i)] for i in range(model.get_piece_size())]
    write(out, {"vocab": pieces, "tokens": sum(len(model.encode(t)) for t in read(held))})


{"train": train, "sentencepiece": sentencepiece}[sys.argv[1]](*sys.argv[2:])
