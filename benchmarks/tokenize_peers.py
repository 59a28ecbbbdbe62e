"""The peers' side of benchmarks/tokenize, in lines of «who what figure unit»: processor time but for two threads.

  python tokenize_peers.py encode TEXT RANKS     Hugging Face's (a vocabulary trained on the text's first 5 MB) and tiktoken's cl100k
  python tokenize_peers.py worst RANKS           tiktoken on megabytes of one thing
  python tokenize_peers.py train TEXT [SIZE]     Hugging Face's trainer, two threads
"""
import base64
import os
import resource
import sys
import time

os.environ.setdefault("RAYON_NUM_THREADS", "2")
PIECE, ENCODED = 2000, 20_000_000
CL100K = r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"""


def say(who, what, figure, unit):
    print(f"{who} {what} {figure:.3f} {unit}", flush=True)


def timed(clock, act):
    begun = clock()
    result = act()
    return clock() - begun, result


def tiktoken(ranks):
    from tiktoken.core import Encoding

    with open(ranks, "rb") as file:
        mergeable = {base64.b64decode(t): int(r) for t, r in (line.split() for line in file if line.strip())}
    return Encoding("cl100k", pat_str=CL100K, mergeable_ranks=mergeable, special_tokens={})


def untrained():
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def trainer(size):
    from tokenizers import pre_tokenizers, trainers

    return trainers.BpeTrainer(
        vocab_size=size, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<|endoftext|>"])


def encode(path, ranks):
    with open(path, encoding="utf-8", errors="replace", newline="") as file:
        text = file.read(ENCODED)
    pieces = [text[i:i + PIECE] for i in range(0, len(text), PIECE)]
    megabytes = len(text.encode()) / 1e6
    encoding = tiktoken(ranks)
    for _ in range(2):
        seconds, ids = timed(time.process_time, lambda: sum(len(encoding.encode_ordinary(p)) for p in pieces))
        say("tiktoken", "cold", megabytes / seconds, "MB/s")
        say("tiktoken", "warm", megabytes / seconds, "MB/s")
    say("tiktoken", "ids", ids, "ids")
    seconds, _ = timed(time.perf_counter, lambda: [encoding.encode_ordinary(p) for p in pieces])
    say("tiktoken", "clock-1-thread", megabytes / seconds, "MB/s")
    seconds, _ = timed(time.perf_counter, lambda: encoding.encode_ordinary_batch(pieces, num_threads=2))
    say("tiktoken", "clock-2-threads", megabytes / seconds, "MB/s")
    tokenizer = untrained()
    tokenizer.train_from_iterator(pieces[:2500], trainer(32768))
    seconds, ids = timed(time.process_time, lambda: sum(len(tokenizer.encode(p).ids) for p in pieces))
    say("huggingface", "warm", megabytes / seconds, "MB/s")
    seconds, _ = timed(time.perf_counter, lambda: tokenizer.encode_batch(pieces))
    say("huggingface", "clock-2-threads", megabytes / seconds, "MB/s")


def worst(ranks):
    encoding = tiktoken(ranks)
    for unit in ["a", " ", "\n", "7", "😀", "ab", "中文", "'s", ". ", "aB", "\u3000"]:
        name = f"U+{ord(unit):04X}" if unit.isspace() else unit.strip()
        for size in (1, 2):
            text = unit * (size * 1_000_000 // len(unit.encode()))
            try:
                seconds, _ = timed(time.process_time, lambda: encoding.encode_ordinary(text))
                say("tiktoken", f"worst-{name}-{size}MB", seconds * 1e3, "ms")
            except BaseException as refusal:  # its regex engine panics on some
                print(f"# tiktoken refuses {size} MB of {name}: {type(refusal).__name__}", flush=True)


def train(path, size="32768"):
    tokenizer = untrained()
    cpu, clock = time.process_time(), time.perf_counter()
    tokenizer.train([path], trainer(int(size)))
    say("huggingface", "train-clock", time.perf_counter() - clock, "s")
    say("huggingface", "train-cpu", time.process_time() - cpu, "s")
    say("huggingface", "train-vocabulary", tokenizer.get_vocab_size(), "tokens")
    say("huggingface", "train-peak-resident", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, "MB")


{"encode": encode, "worst": worst, "train": train}[sys.argv[1]](*sys.argv[2:])
