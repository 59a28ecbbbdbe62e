"""Rows in, a model out, and the same answers in transformers and PEFT.

  python conformance/tuned_rows.py FOLDER IMAGO [SEED=7] [MOST=1000]     (torch, transformers, peft)

Random checkpoints of each family with a tokenizer of their own are imported, `imago run finetune` teaches them made rows, English and Chinese, and `imago predict` tells of
others; transformers (and PEFT, of an adapter alone) read the same files and the same rows by their own tokenizer. Families, tasks, what trains, languages, sides that are cut,
precisions and rates by layer are crossed so that each two of their values meet in a run; MOST ends it earlier. FOLDER keeps the workspace. Each line has a run and the
largest difference of a probability or a number (1 where tags or an answer are others); the last one has how many runs agree within 1e-4.
"""
import itertools, json, os, pathlib, random, re, subprocess, sys
sys.path.pop(0)  # this folder's tokenizers.py is not the package of that name
import torch, transformers as tf, peft
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
torch.set_num_threads(1); tf.logging.set_verbosity_error(); tf.logging.disable_progress_bar()
folder, imago = pathlib.Path(sys.argv[1]), sys.argv[2]
seed, most = (int(sys.argv[i]) if len(sys.argv) > i else usual for i, usual in ((3, 7), (4, 1000)))
folder.mkdir(parents=True, exist_ok=True)
draw = random.Random(seed)

HEADS = {"classify": "ForSequenceClassification", "multi-label": "ForSequenceClassification", "pairs": "ForSequenceClassification",
         "regress": "ForSequenceClassification", "tag": "ForTokenClassification", "span": "ForQuestionAnswering"}
FAMILIES = {"llama": "Llama", "mistral": "Mistral", "qwen2": "Qwen2", "qwen3": "Qwen3", "phi3": "Phi3", "gpt2": "GPT2", "gemma3_text": "Gemma3Text",
            "bert": "Bert", "roberta": "Roberta", "nomic_bert": "NomicBert", "t5": "T5"}
SEGMENTS = ("bert", "nomic_bert")
TRAINS = {"all": [], "frozen": ["tune.groups.freeze='*FIRST.0.*'", "tune.groups.layerDecay=0.8"], "lora": ["tune.adapter.rank=4"],
          "dora": ["tune.adapter.kind=dora", "tune.adapter.rank=4"], "ia3": ["tune.adapter.kind=ia3"], "bitfit": ["tune.adapter.kind=bitfit"],
          "lora alone": ["tune.adapter.rank=4", "tune.adapter.merge=false"], "dora alone": ["tune.adapter.kind=dora", "tune.adapter.rank=4", "tune.adapter.merge=false"]}
FACTORS = {"family": list(FAMILIES), "task": list(HEADS), "trains": list(TRAINS), "language": ["en", "zh"], "side": ["right", "left"], "precision": ["f32", "bf16"],
           "smoothing": [0, 0.1]}

GOOD = {"en": ["clean", "quiet", "friendly", "bright", "excellent"], "zh": ["干净", "安静", "热情", "明亮", "很好"]}
BAD = {"en": ["dirty", "noisy", "rude", "dark", "terrible"], "zh": ["很脏", "吵闹", "粗鲁", "昏暗", "糟糕"]}
THINGS = {"en": ["room", "staff", "breakfast", "lobby", "bed"], "zh": ["房间", "服务员", "早餐", "大堂", "床"]}
PLACES = {"en": ["Paris", "Kyoto", "Lagos"], "zh": ["北京", "上海", "成都"]}

def said(language, good):
    """A few clauses, and which thing each is about."""
    words, about = [], []
    for _ in range(draw.randint(1, 9)):
        thing, adjective = draw.choice(THINGS[language]), draw.choice((GOOD if good else BAD)[language])
        words += ["the", thing, "was", adjective, "."] if language == "en" else [thing, adjective, "。"]
        about.append(thing)
    return words, about

def text(language, words): return (" " if language == "en" else "").join(words)

def row(task, language):
    good = draw.random() < 0.5
    words, about = said(language, good)
    if task == "classify": return {"text": text(language, words), "label": "good" if good else "bad"}
    if task == "regress": return {"text": text(language, words), "label": (1 if good else -1) * len(about) / 4}
    if task == "multi-label": return {"text": text(language, words), "labels": sorted({f"about{THINGS[language].index(a)}" for a in about if THINGS[language].index(a) < 3})}
    if task == "pairs":
        other, _ = said(language, draw.random() < 0.5)
        same = (text(language, other)[-3:] == text(language, words)[-3:])
        return {"sentence1": text(language, words), "sentence2": text(language, other), "label": "same" if same else "other"}
    place = draw.choice(PLACES[language]); at = draw.randint(0, len(words))
    words = words[:at] + [place] + words[at:]
    if task == "tag": return {"words": words, "tags": ["O"] * at + ["B-LOC"] + ["O"] * (len(words) - at - 1)}
    context = text(language, words)
    return {"question": "which place ?" if language == "en" else "哪里？", "context": context, "answers": {"text": [place], "answer_start": [context.index(place)]}}

def tokenizer(family, out):
    lines = [text(l, said(l, g)[0]) for l in ("en", "zh") for g in (True, False) for _ in range(60)] + PLACES["en"] + PLACES["zh"] + ["which place ?", "哪里？"]
    if family in SEGMENTS:
        made = Tokenizer(models.WordPiece(unk_token="[UNK]")); special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        made.normalizer = normalizers.BertNormalizer(lowercase=True); made.pre_tokenizer = pre_tokenizers.BertPreTokenizer(); made.decoder = decoders.WordPiece()
        made.train_from_iterator(lines, trainers.WordPieceTrainer(vocab_size=160, special_tokens=special, show_progress=False))
        made.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
        names = dict(pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]")
    else:
        made = Tokenizer(models.BPE()); special = ["<s>", "<pad>", "</s>", "<mask>"] if family == "roberta" else ["<|end|>", "<pad>"]
        made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=family == "roberta"); made.decoder = decoders.ByteLevel()
        made.train_from_iterator(lines, trainers.BpeTrainer(vocab_size=340, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
        made.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=True) if family == "roberta" else processors.ByteLevel(trim_offsets=False)
        if family == "t5": made.post_processor = processors.TemplateProcessing(single="$A <|end|>", pair="$A <|end|> $B <|end|>", special_tokens=[("<|end|>", 0)])
        names = dict(bos_token="<s>", cls_token="<s>", eos_token="</s>", sep_token="</s>", pad_token="<pad>", mask_token="<mask>") if family == "roberta" else dict(eos_token="<|end|>", pad_token="<pad>")
    types = ["input_ids", "token_type_ids", "attention_mask"] if family in SEGMENTS else ["input_ids", "attention_mask"]
    tf.PreTrainedTokenizerFast(tokenizer_object=made, model_input_names=types, **names).save_pretrained(out)
    return made.get_vocab_size()

def checkpoint(family):
    """A random one, imported once."""
    out, kept = folder / "bases" / family, folder / "bases" / (family + ".ref")
    if kept.exists(): return kept.read_text(), out
    size = tokenizer(family, out); name = FAMILIES[family]
    sizes = dict(vocab_size=size, hidden_size=48, num_hidden_layers=2, num_attention_heads=4, intermediate_size=96, max_position_embeddings=130)
    config = getattr(tf, name + "Config")
    if family == "gpt2": config = config(vocab_size=size, n_embd=48, n_layer=2, n_head=4, n_positions=130, bos_token_id=0, eos_token_id=0, pad_token_id=1)
    elif family == "t5": config = config(vocab_size=size, d_model=48, d_kv=12, d_ff=96, num_layers=2, num_heads=4, n_positions=130, pad_token_id=1, eos_token_id=0, decoder_start_token_id=1)
    elif family == "nomic_bert": config = config(**sizes, head_dim=12, pad_token_id=0)
    elif family == "bert": config = config(**sizes, pad_token_id=0)
    elif family == "roberta": config = config(**sizes, pad_token_id=1, bos_token_id=0, eos_token_id=2, type_vocab_size=1)
    else:
        more = dict(head_dim=12) if family in ("qwen3", "gemma3_text") else {}
        if family == "gemma3_text": more |= dict(sliding_window=32, query_pre_attn_scalar=12)
        config = config(**sizes, num_key_value_heads=2, pad_token_id=1, bos_token_id=0, eos_token_id=0, **more)
    torch.manual_seed(len(family))
    kind = "MaskedLM" if family in ("bert", "roberta", "nomic_bert") else "Seq2SeqLM" if family == "t5" else "CausalLM"
    model = getattr(tf, "AutoModelFor" + kind).from_config(config)
    with torch.no_grad():
        for p in model.parameters(): p.add_(torch.randn_like(p) * 0.03)
    model.save_pretrained(out)
    ref = re.search(r"weights/[0-9a-f]{12,64}", run("import", out))[0]
    kept.write_text(ref)
    return ref, out

def run(*arguments):
    done = subprocess.run([imago, "--workspace", folder / "workspace", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode: raise SystemExit(f"imago {' '.join(map(str, arguments))}\n{done.stdout[-3000:]}")
    return done.stdout

def valid(c):
    name = FAMILIES[c["family"]]
    if not hasattr(tf, name + HEADS[c["task"]]): return False
    if c["side"] == "left" and c["task"] in ("tag", "span"): return False
    if c["smoothing"] and c["task"] in ("regress", "multi-label", "span"): return False
    return c["trains"] != "bitfit" or c["family"] in ("bert", "roberta", "gpt2", "qwen2")

def crossed():
    """Runs in which each two values that can stand together do."""
    all = [dict(zip(FACTORS, v)) for v in itertools.product(*FACTORS.values())]
    all = [c for c in all if valid(c)]; draw.shuffle(all)
    two = lambda c: {(a, c[a], b, c[b]) for a, b in itertools.combinations(FACTORS, 2)}
    pairs = [two(c) for c in all]; left = set().union(*pairs); chosen = []
    while left:
        best = max(range(len(all)), key=lambda i: len(pairs[i] & left))
        chosen.append(all[best]); left -= pairs[best]
    return chosen

def loaded(weights, base):
    name = json.loads((weights / "config.json").read_text())["architectures"][0]
    cls = getattr(tf, name)
    if not (weights / "adapter_config.json").exists():
        model, info = cls.from_pretrained(weights, output_loading_info=True)
        missed = {k: v for k, v in info.items() if v and k != "error_msgs"}
        if missed: raise SystemExit(f"{weights}: {missed}")
        return model.eval()
    config = tf.AutoConfig.from_pretrained(weights)
    if name in ("LlamaForQuestionAnswering", "Qwen2ForQuestionAnswering", "Qwen3ForQuestionAnswering"):  # they call the body otherwise, and would leave a language model's where it is
        model = cls(config); model.transformer.load_state_dict(tf.AutoModel.from_pretrained(base).state_dict())
    else: model = cls.from_pretrained(base, config=config)
    adapted = peft.PeftModel.from_pretrained(model, weights).eval()
    return adapted.base_model.model  # PeftModelForQuestionAnswering (0.21) does not hand token_type_ids on

def theirs(model, words, task, told, temperature, longest, byte_level):
    """The largest difference of what transformers says of a row."""
    with torch.no_grad():
        if task in ("classify", "multi-label", "pairs", "regress"):
            one = (told["sentence1"], told["sentence2"]) if task == "pairs" else (told["text"],)
            x = words(*one, return_tensors="pt", truncation=True, max_length=longest)
            z = model(**x).logits[0]
            if task == "regress": return abs(float(z[0]) - told["score"])
            p = (z / temperature).sigmoid() if task == "multi-label" else (z / temperature).softmax(-1)
            names = model.config.id2label
            return max(abs(float(p[i]) - told["probabilities"][names[i]]) for i in range(len(p)))
        if task == "tag":
            # Words stand in a text: a blank is the next one's, where the tokenizer does not set it itself.
            blank = " " if byte_level and told["words"][0].isascii() else ""
            listed = [(blank if i else "") + w for i, w in enumerate(told["words"])]
            x = words(listed, is_split_into_words=True, return_tensors="pt", truncation=True, max_length=longest)
            z = model(**x).logits[0]; first = {}
            for i, w in enumerate(x.word_ids()): first.setdefault(w, i)
            names = model.config.id2label; found = []
            for w, word in enumerate(told["words"]):
                p = (z[first[w]] / temperature).softmax(-1)
                if names[int(p.argmax())] != "O": found.append((word, float(p.max())))
            ours = [(e["word"], e["score"]) for e in told["entities"]]
            if [f[0] for f in found] != [o[0] for o in ours]: return 1.0
            return max([abs(f[1] - o[1]) for f, o in zip(found, ours)], default=0.0)
        x = words(told["question"], told["context"], return_tensors="pt", return_offsets_mapping=True, truncation="only_second", max_length=longest)
        offsets = x.pop("offset_mapping")[0]; out = model(**x); s, e = out.start_logits[0], out.end_logits[0]
        within = [i for i, q in enumerate(x.sequence_ids(0)) if q == 1]
        length = 80 if any("一" <= ch for ch in told["context"]) else 30
        best = max(((float(s[i] + e[j]), i, j) for i in within for j in within if i <= j < i + length))
        found = told["context"][int(offsets[best[1]][0]):int(offsets[best[2]][1])].strip()
        return 0.0 if found == told["answer"].strip() else 1.0

runs = crossed()[:most]
agree, worst, found = 0, 0.0, 0
for n, c in enumerate(runs, 1):
    task, language = c["task"], c["language"]
    ref, base = checkpoint(c["family"])
    rows = [row(task, language) for _ in range(150)]
    place = folder / f"{n}.jsonl"; place.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    first = {"gpt2": "h", "bert": "layer", "roberta": "layer", "t5": "block"}.get(c["family"], "layers")
    longest = 96 if task in ("tag", "span") else 24
    settings = ["--labels", place, "annotate.task=" + {"pairs": "classify"}.get(task, task), "tune.inputs.base=" + ref, "tune.maxEpochs=6", "tune.learningRate=2e-3",
                "tune.batch=8", f"tune.longest={longest}", "tune.precision=" + c["precision"], *(t.replace("FIRST", first) for t in TRAINS[c["trains"]])]
    if c["side"] == "left": settings.append("tune.truncationSide=left")
    if c["smoothing"]: settings.append(f"tune.labelSmoothing={c['smoothing']}")
    try: made = re.search(r"tuned = (weights/[0-9a-f]+)", run("run", "finetune", *settings))[1]
    except SystemExit as e:
        print(f"FAILS   {n:2} {' / '.join(map(str, c.values()))}\n{str(e)[-400:]}", flush=True)
        continue
    weights = next((folder / "workspace" / "artifacts").glob(made + "*"))
    fresh = [row(task, language) for _ in range(12)]
    asked = folder / f"{n}-asked.jsonl"; asked.write_text("\n".join(json.dumps({k: v for k, v in r.items() if k not in ("label", "labels", "tags", "answers")}, ensure_ascii=False) for r in fresh), encoding="utf-8")
    run("predict", made, "--input", asked, "--output", folder / f"{n}-told.jsonl")
    told = [json.loads(l) for l in (folder / f"{n}-told.jsonl").read_text(encoding="utf-8").splitlines()]
    calibration = weights / "calibration.json"
    temperature = json.loads(calibration.read_text()).get("temperature", 1) if calibration.exists() else 1
    model = loaded(weights, base); words = tf.AutoTokenizer.from_pretrained(weights)
    context = 128 if c["family"] == "roberta" else 130  # what `predict` reads
    if task in ("tag", "span"): found += sum(len(t.get("entities", t.get("answer", ""))) > 0 for t in told)
    off = max(theirs(model, words, task, t, temperature, context, c["family"] not in ("bert", "roberta", "nomic_bert")) for t in told)
    agree += off <= 1e-4; worst = max(worst, off)
    print(f"{'agrees ' if off <= 1e-4 else 'DIFFERS'} {n:2} {' / '.join(map(str, c.values()))}: {off:.2g}", flush=True)
print(f"{agree} of {len(runs)} runs agree, the largest difference {worst:.2g}; {found} rows have an entity or an answer")
sys.exit(agree < len(runs))
