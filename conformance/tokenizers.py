"""Hugging Face's answers about tokenizers, for dev.imago.vocabularies.TokenizerConformanceTest: one command, JSON in, JSON out, by file.

  python tokenizers.py train TEXTS.json SIZE PATTERN OUT.json   trains on a JSON array of texts, writes tokenizer.json
  python tokenizers.py ids TOKENIZER.json TEXTS.json OUT.json   ids of each text: {"encode": [...], "ordinary": [...]}
  python tokenizers.py chat FOLDER CHATS.json OUT.json          transformers: ids by apply_chat_template of each conversation
"""
import json
import os
import sys

sys.path.pop(0)  # this file bears the name of the package that it asks
os.environ["TOKENIZERS_PARALLELISM"] = "true"


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def write(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file)


def train(texts, size, pattern, out):
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False, trim_offsets=False),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(read(texts), trainers.BpeTrainer(
        vocab_size=int(size), show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"]))
    tokenizer.save(out)


def ids(tokenizer, texts, out):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(tokenizer)
    texts = read(texts)
    encode = [e.ids for e in tokenizer.encode_batch(texts)]
    tokenizer.encode_special_tokens = True
    write(out, {"encode": encode, "ordinary": [e.ids for e in tokenizer.encode_batch(texts)]})


def chat(folder, chats, out):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer.eos_token == "<|endoftext|>" and tokenizer.bos_token is None
    write(out, [
        tokenizer.apply_chat_template(c, tokenize=True, add_generation_prompt=True, return_dict=False) for c in read(chats)
    ])


{"train": train, "ids": ids, "chat": chat}[sys.argv[1]](*sys.argv[2:])
