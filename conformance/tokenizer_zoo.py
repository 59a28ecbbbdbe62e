"""Tokenizers of every kind, as people have them, and Hugging Face's answers about them: for dev.imago.tokenizers.ZooConformanceTest.

  python tokenizer_zoo.py make SHARED FOLDER                      writes FOLDER/NAME/tokenizer.json (or a .model, a .tiktoken) of each
  python tokenizer_zoo.py answer TOKENIZER.json TEXTS.json OUT    everything about each text, one JSON a line, streamed
  python tokenizer_zoo.py digest TOKENIZER.json TEXT_FILE PIECE   SHA-256 of all ids of a file, cut in pieces of so many characters
"""
import base64
import hashlib
import json
import os
import random
import sys

sys.path.pop(0)  # conformance/ holds a file of the same name as the package
os.environ["TOKENIZERS_PARALLELISM"] = "true"
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers  # noqa: E402


def texts(shared):
    """A little English and Chinese to train small tokenizers on."""
    found = [open(os.path.join(shared, "tinyshakespeare", f), encoding="utf-8").read()
             for f in os.listdir(os.path.join(shared, "tinyshakespeare"))]
    for root, _, files in os.walk(os.path.join(shared, "thucnews")):
        found += [open(os.path.join(root, f), encoding="utf-8", errors="replace").read()[:400_000] for f in files]
    for root, _, files in os.walk(os.path.join(shared, "xquad")):
        found += [open(os.path.join(root, f), encoding="utf-8").read()[:400_000] for f in files]
    return [line for text in found for line in text.split("\n")]


def bert(shared, lower):
    vocab = {line.rstrip("\n"): i for i, line in enumerate(open(os.path.join(shared, "bert_uncased/vocab.txt"), encoding="utf-8"))}
    tok = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]", max_input_chars_per_word=100))
    tok.normalizer = normalizers.BertNormalizer(lowercase=lower, strip_accents=None, clean_text=True, handle_chinese_chars=True)
    tok.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tok.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", vocab["[CLS]"]), ("[SEP]", vocab["[SEP]"])])
    tok.decoder = decoders.WordPiece(prefix="##", cleanup=True)
    tok.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    return tok


def from_gguf(path):
    from gguf import GGUFReader

    reader = GGUFReader(path)
    field = lambda name: reader.fields[name].contents()
    return field


def gpt2(shared):
    field = from_gguf(os.path.join(shared, "llama_cpp_vocab/ggml-vocab-gpt-2.gguf"))
    vocab = {t: i for i, t in enumerate(field("tokenizer.ggml.tokens"))}
    tok = Tokenizer(models.BPE(vocab, [tuple(m.split(" ")) for m in field("tokenizer.ggml.merges")]))
    tok.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tok.decoder = decoders.ByteLevel()
    tok.post_processor = processors.ByteLevel(trim_offsets=False)
    tok.add_special_tokens(["<|endoftext|>"])
    return tok


def roberta(shared):
    tok = gpt2(shared)
    tok.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tok.add_special_tokens(["<s>", "</s>", AddedToken("<mask>", lstrip=True, special=True)])
    tok.post_processor = processors.RobertaProcessing(
        ("</s>", tok.token_to_id("</s>")), ("<s>", tok.token_to_id("<s>")), trim_offsets=True, add_prefix_space=True)
    return tok


def cl100k(shared):
    ranks = {base64.b64decode(a): int(b) for a, b in (l.split() for l in open(os.path.join(shared, "tiktoken/cl100k_base.tiktoken"), "rb") if l.strip())}
    from transformers.convert_slow_tokenizer import TikTokenConverter

    converter = TikTokenConverter(
        vocab_file=os.path.join(shared, "tiktoken/cl100k_base.tiktoken"),
        pattern=r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        extra_special_tokens=["<|endoftext|>", "<|fim_prefix|>"])
    assert len(ranks) > 100_000
    return converter.converted()


def llama_spm(shared):
    field = from_gguf(os.path.join(shared, "llama_cpp_vocab/ggml-vocab-llama-spm.gguf"))
    tokens, scores = field("tokenizer.ggml.tokens"), field("tokenizer.ggml.scores")
    vocab = {t: i for i, t in enumerate(tokens)}
    score = dict(zip(tokens, scores))
    merges = []
    for piece in tokens:
        local = [(piece[:i], piece[i:]) for i in range(1, len(piece)) if piece[:i] in vocab and piece[i:] in vocab]
        merges += [(a, b, score[piece]) for a, b in sorted(local, key=lambda p: (vocab[p[0]], vocab[p[1]]))]
    merges = [(a, b) for a, b, _ in sorted(merges, key=lambda m: m[2], reverse=True)]
    tok = Tokenizer(models.BPE(vocab, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tok.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tok.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tok.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 1)])
    tok.add_special_tokens(["<unk>", "<s>", "</s>"])
    return tok


def sentencepiece_unigram(shared):
    from transformers.convert_slow_tokenizer import import_protobuf

    proto = import_protobuf().ModelProto()
    proto.ParseFromString(open(os.path.join(shared, "sentencepiece/test_model.model"), "rb").read())
    tok = Tokenizer(models.Unigram([(p.piece, p.score) for p in proto.pieces], unk_id=proto.trainer_spec.unk_id, byte_fallback=False))
    tok.normalizer = normalizers.Sequence([
        normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap), normalizers.Replace(Regex(" {2,}"), " ")])
    tok.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tok.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tok.post_processor = processors.TemplateProcessing(single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 2)])
    tok.add_special_tokens(["<unk>", "<s>", "</s>", AddedToken("<extra_id_0>", rstrip=True, lstrip=True, special=True)])
    return tok


def trained(shared, name):
    corpus = texts(shared)
    special = ["<unk>", "<pad>", "[MASK]"]
    if name == "clip":  # character-level BPE with an end-of-word suffix
        tok = Tokenizer(models.BPE(unk_token="<unk>", end_of_word_suffix="</w>", fuse_unk=True))
        tok.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
        tok.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.Split(Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"), "removed", invert=True)])
        tok.decoder = decoders.BPEDecoder(suffix="</w>")
        trainer = trainers.BpeTrainer(vocab_size=3000, special_tokens=special, end_of_word_suffix="</w>", limit_alphabet=800, show_progress=False)
    elif name == "prefixed":  # character-level BPE with a prefix that continues a word
        tok = Tokenizer(models.BPE(unk_token="<unk>", continuing_subword_prefix="##"))
        tok.normalizer = normalizers.Sequence([normalizers.NFKD(), normalizers.StripAccents(), normalizers.Strip()])
        tok.pre_tokenizer = pre_tokenizers.Whitespace()
        tok.decoder = decoders.WordPiece()
        trainer = trainers.BpeTrainer(vocab_size=3000, special_tokens=special, continuing_subword_prefix="##", limit_alphabet=500, show_progress=False)
    elif name == "metaspace":  # BPE over Metaspace, bytes where the alphabet ends
        tok = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
        tok.normalizer = normalizers.NFKC()
        tok.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
        tok.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace(prepend_scheme="first")])
        trainer = trainers.BpeTrainer(vocab_size=3000, special_tokens=special + [f"<0x{b:02X}>" for b in range(256)], limit_alphabet=300, show_progress=False)
    elif name == "wordlevel":
        tok = Tokenizer(models.WordLevel(unk_token="<unk>"))
        tok.normalizer = normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase()])
        tok.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation(), pre_tokenizers.Digits(individual_digits=True)])
        trainer = trainers.WordLevelTrainer(vocab_size=5000, special_tokens=special, show_progress=False)
    elif name == "scripts":  # Unigram over scripts
        tok = Tokenizer(models.Unigram())
        tok.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC()])
        tok.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.UnicodeScripts(), pre_tokenizers.Metaspace()])
        tok.decoder = decoders.Metaspace()
        trainer = trainers.UnigramTrainer(vocab_size=9000, special_tokens=special, unk_token="<unk>", show_progress=False)
    elif name == "deepseek":  # byte-level BPE behind several splits
        tok = Tokenizer(models.BPE())
        tok.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.Split(Regex(r"\p{N}{1,3}"), "isolated"),
            pre_tokenizers.Split(Regex(r"[一-龥぀-ゟ゠-ヿ]+"), "isolated"),
            pre_tokenizers.Split(Regex(
                r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
        tok.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(vocab_size=3000, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    elif name == "o200k":
        tok = Tokenizer(models.BPE(ignore_merges=True))
        tok.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.Split(Regex("|".join([
                r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
                r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
                r"""\p{N}{1,3}""", r""" ?[^\s\p{L}\p{N}]+[\r\n/]*""", r"""\s*[\r\n]+""", r"""\s+(?!\S)""", r"""\s+"""])), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
        tok.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(vocab_size=3000, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    else:  # starcoder: single digits, then GPT-2's pattern
        tok = Tokenizer(models.BPE())
        tok.normalizer = normalizers.NFC()
        tok.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
        tok.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(vocab_size=3000, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tok.train_from_iterator(corpus, trainer)
    tok.add_tokens([AddedToken("brave new", normalized=True), AddedToken("New", single_word=True), AddedToken("世界", lstrip=True, rstrip=True)])
    return tok


def make(shared, folder):
    shared = os.path.join(shared, "data")
    zoo = {
        "gpt2": gpt2, "roberta": roberta, "cl100k": cl100k, "bert": lambda s: bert(s, True), "bert-cased": lambda s: bert(s, False),
        "llama": llama_spm, "unigram": sentencepiece_unigram,
        "neox": lambda s: Tokenizer.from_file(os.path.join(s, "tokenizers/gpt-neo-test-tokenizer.json")),
    }
    for name in ["clip", "prefixed", "metaspace", "wordlevel", "scripts", "deepseek", "o200k", "starcoder"]:
        zoo[name] = lambda s, n=name: trained(s, n)
    for root, _, files in os.walk(os.path.join(shared, "tokenizers")):
        for file in files:
            if file.startswith("all-minilm"):
                zoo["minilm"] = lambda s, f=os.path.join(root, file): Tokenizer.from_file(f)
    for name, build in zoo.items():
        os.makedirs(os.path.join(folder, name), exist_ok=True)
        build(shared).save(os.path.join(folder, name, "tokenizer.json"))
        print(name, flush=True)


def answer(tokenizer, texts_file, out):
    tok = Tokenizer.from_file(tokenizer)
    rows = json.load(open(texts_file, encoding="utf-8"))
    bare = Tokenizer.from_file(tokenizer)
    bare.no_padding()
    bare.no_truncation()
    bare.encode_special_tokens = True
    rng = random.Random(5)
    size = max(tok.get_vocab().values()) + 1
    with open(out, "w", encoding="utf-8") as file:
        for start in range(0, len(rows), 2000):
            batch = rows[start:start + 2000]
            full = tok.encode_batch(batch)
            ordinary = bare.encode_batch(batch, add_special_tokens=False)
            for text, e, o in zip(batch, full, ordinary):
                wild = [rng.randrange(size) for _ in range(rng.randrange(12))]
                json.dump({
                    "ids": e.ids, "tokens": e.tokens, "offsets": e.offsets, "types": e.type_ids, "words": e.word_ids,
                    "special": e.special_tokens_mask, "ordinary": o.ids,
                    "decoded": tok.decode(e.ids, skip_special_tokens=False), "skipped": tok.decode(e.ids, skip_special_tokens=True),
                    "wild": wild, "wild_decoded": tok.decode(wild, skip_special_tokens=False)}, file)
                file.write("\n")


def digest(tokenizer, text_file, piece):
    tok = Tokenizer.from_file(tokenizer)
    tok.no_padding()
    tok.no_truncation()
    text = open(text_file, encoding="utf-8", newline="").read()
    piece = int(piece)
    pieces = [text[i:i + piece] for i in range(0, len(text), piece)]
    sha = hashlib.sha256()
    count = 0
    for start in range(0, len(pieces), 500):
        for e in tok.encode_batch_fast(pieces[start:start + 500], add_special_tokens=False):
            sha.update(b"".join(i.to_bytes(4, "little") for i in e.ids))
            count += len(e.ids)
    print(sha.hexdigest(), count)


if __name__ == "__main__":
    {"make": make, "answer": answer, "digest": digest}[sys.argv[1]](*sys.argv[2:])
