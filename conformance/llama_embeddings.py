"""Vectors of encoders in GGUF, ours and llama.cpp's: llama_embeddings.py IMAGO LLAMA_EMBEDDING [FOLDER]

Makes small random BERTs (mean and first pooling) with transformers, writes each as GGUF by `imago compress`, asks `imago embed` and llama.cpp's
llama-embedding for the same texts, and fails where a cosine is below 0.9999. Wants a Python with transformers and torch.
"""
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.pop(0)  # this folder has a tokenizers.py of its own
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

imago, llama = sys.argv[1:3]
folder = Path(sys.argv[3] if len(sys.argv) > 3 else tempfile.mkdtemp())
TEXTS = ["the cat sat on the mat", "a dog ran", "in the red house by the sea there was a cat and a dog"]
WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK] the a cat dog sat ran on mat in red house by sea there was and ##s ##ed".split()


def tokenizer():
    made = Tokenizer(models.WordPiece({w: i for i, w in enumerate(WORDS)}, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    names = dict(pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]")
    return PreTrainedTokenizerFast(tokenizer_object=made, **names)


def asked(command):
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise SystemExit(f"{command[0]}: {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


def cosine(a, b):
    return sum(x * y for x, y in zip(a, b)) / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))


worst = 1.0
for pooling in ("mean", "first"):
    torch.manual_seed(5)
    config = BertConfig(vocab_size=len(WORDS), hidden_size=64, num_hidden_layers=3, num_attention_heads=4,
                        intermediate_size=128, max_position_embeddings=64, initializer_range=0.2)
    config.pooling = pooling
    hf = folder / pooling
    BertModel(config, add_pooling_layer=False).save_pretrained(hf)
    tokenizer().save_pretrained(hf)
    gguf = folder / f"{pooling}.gguf"
    gguf.unlink(missing_ok=True)
    asked([imago, "compress", str(hf), "--to", "F32", "--out", str(gguf)])
    ours = [json.loads(line) for line in asked([imago, "embed", str(gguf), *TEXTS]).splitlines()]
    for text, mine in zip(TEXTS, ours):
        told = ""
        for _ in range(5):  # its printing thread may lose the end, or all, as it exits
            told = asked([llama, "-m", str(gguf), "-c", "64", "-p", text, "--embd-output-format", "json", "--embd-normalize", "2"])
            if told.rstrip().endswith("}"):
                break
        theirs = json.loads(told)["data"][0]["embedding"]
        mine = mine["embedding"] if isinstance(mine, dict) else mine
        worst = min(worst, cosine(mine, theirs))
        print(f"{pooling} «{text}»: {cosine(mine, theirs):.7f}")
if not worst >= 0.9999:
    raise SystemExit(f"a cosine of {worst:.5f} is below 0.9999")
