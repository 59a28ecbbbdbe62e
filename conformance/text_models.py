"""Answers of the libraries that tokenizer files come from, for dev.imago.tokenizers.models and .formats: one command, JSON in, JSON out, by file.

  python text_models.py models CASES.json OUT.json           tokenizers: of each {"file", "texts"}, each text's [ids, tokens, offsets], null where it is refused
  python text_models.py sentencepiece QUESTION.json OUT.json sentencepiece: trains a model by each of {"settings"} on {"corpus"} into {"folder"}/N.model, or takes
                                                             {"model"}; of each, the ids of {"texts"}, their decodings, and the decodings of {"ids"} modulo its size
  python text_models.py tiktoken QUESTION.json OUT.json      tiktoken: ids of each of {"texts"} by the {"ranks"} file as {"encoding"}, special tokens as text
"""
import json
import os
import sys

sys.path.pop(0)  # the folder holds a tokenizers.py of its own
os.environ["TOKENIZERS_PARALLELISM"] = "true"


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def write(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file)


def models(cases, out):
    from tokenizers import Tokenizer

    def encode(tokenizer, text):
        try:
            encoding = tokenizer.encode(text)
            return [encoding.ids, encoding.tokens, encoding.offsets]
        except Exception:
            return None

    answers = []
    for case in read(cases):
        tokenizer = Tokenizer.from_str(json.dumps(case["file"]))
        answers.append([encode(tokenizer, text) for text in case["texts"]])
    write(out, answers)


def sentencepiece(question, out):
    import sentencepiece as sp

    question = read(question)
    files = [question["model"]] if "model" in question else []
    for i, settings in enumerate(question.get("settings", [])):
        prefix = f"{question['folder']}/{i}"
        sp.SentencePieceTrainer.train(
            sentence_iterator=iter(question["corpus"]), model_prefix=prefix, minloglevel=2, **settings)
        files.append(prefix + ".model")
    answers = []
    for file in files:
        processor = sp.SentencePieceProcessor(model_file=file)
        ids = processor.encode(question["texts"])
        size = processor.get_piece_size()
        answers.append({
            "ids": ids,
            "decoded": processor.decode(ids),
            "random": processor.decode([[i % size for i in some] for some in question["ids"]]),
            "pieces": size,
        })
    write(out, answers)


def tiktoken(question, out):
    import base64

    import tiktoken as tt
    from tiktoken_ext import openai_public

    question = read(question)
    ranks = {}
    with open(question["ranks"], "rb") as file:
        for line in file:
            token, rank = line.split()
            ranks[base64.b64decode(token)] = int(rank)
    openai_public.load_tiktoken_bpe = lambda *_, **__: ranks  # the file at hand, not the network
    settings = getattr(openai_public, question["encoding"])()
    settings.pop("explicit_n_vocab", None)  # another encoding's pattern on these ranks is a case too
    encoding = tt.Encoding(**settings)
    write(out, [encoding.encode_ordinary(text) for text in question["texts"]])


if __name__ == "__main__":
    {"models": models, "sentencepiece": sentencepiece, "tiktoken": tiktoken}[sys.argv[1]](*sys.argv[2:])
