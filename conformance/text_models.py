"""Answers of the libraries that tokenizer files come from, for dev.imago.text.models and .formats: one command, JSON in, JSON out, by file.

  python text_models.py models CASES.json OUT.json           tokenizers: of each {"file", "texts"}, each text's [ids, tokens, offsets], null where it is refused
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


if __name__ == "__main__":
    {"models": models}[sys.argv[1]](*sys.argv[2:])
