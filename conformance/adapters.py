"""Records twenty steps of PEFT's adapters from one start, and what the models say then.

  python conformance/adapters.py > foundation/training/src/test/resources/dev/imago/training/adapters.json

  python conformance/adapters.py make FOLDER     writes models, adapters of them and what the two say together, for LoraAdapterConformanceTest, which adds each adapter beside its model

  python conformance/adapters.py check FOLDER    loads each FOLDER/KIND/adapter, as written by us, on FOLDER/KIND/base, and prints by how much its logits differ, and merged ones

AdapterStepsTest builds the same weights and batch, reads PEFT's own adapter_config.json with the same numbers, and must get the same losses, scores and tensors, without Python.
"""
import json, os, sys, tempfile, warnings
sys.path.pop(0)  # this folder's tokenizers.py is not the package of that name
import numpy as np, torch, transformers as tf
import peft
from safetensors.torch import load_file
warnings.filterwarnings("ignore"); tf.logging.set_verbosity_error()
torch.set_num_threads(1)
V, B, T, STEPS, RATE, L = 64, 4, 12, 20, 1e-2, 3

def check(folder):
    import pathlib
    for out in sorted(pathlib.Path(folder).iterdir()):
        if not (out / "adapter").is_dir(): continue
        config = tf.AutoConfig.from_pretrained(out / "adapter")
        rows = config.vocab_size; config.vocab_size = tf.AutoConfig.from_pretrained(out / "base").vocab_size
        base = getattr(tf, config.architectures[0]).from_pretrained(out / "base", config=config, attn_implementation="eager")
        if rows != config.vocab_size: base.resize_token_embeddings(rows)  # tokens that the adapter brings
        m = peft.PeftModel.from_pretrained(base, out / "adapter").eval(); t = load_file(str(out / "expected.safetensors"))
        with torch.no_grad():
            z = m(input_ids=t["ids"].long()).logits
            z = z[:, -t["ids"].shape[1]:] if z.dim() == 3 else z  # without virtual tokens
            apart = merged = (z.reshape(-1) - t["logits"].reshape(-1)).abs().max()
            if not m.active_peft_config.is_prompt_learning: merged = (m.merge_and_unload()(input_ids=t["ids"].long()).logits.reshape(-1) - t["logits"].reshape(-1)).abs().max()
        print("DIFFERS", out.name, float(apart), float(merged))
if sys.argv[1:2] == ["check"]:
    check(sys.argv[2]); sys.exit()

def whole(name, n):
    """As in training.py: Murmur3's finalizer of the place and a hash of the name."""
    seed = 0
    for b in name.encode(): seed = (seed * 31 + b) % 2**32
    x = (np.arange(n, dtype=np.uint64) + seed) % 2**32
    x ^= x >> np.uint64(16); x = x * np.uint64(0x85ebca6b) % 2**32
    x ^= x >> np.uint64(13); x = x * np.uint64(0xc2b2ae35) % 2**32
    return x ^ (x >> np.uint64(16))

def numbers(name, shape):
    u = whole(name, int(np.prod(shape))).astype(np.float64) / 2**32 - 0.5
    one = 1.0 if len(shape) == 1 and name.endswith("weight") else 0.0
    return torch.from_numpy((one + u * 0.5).astype(np.float32).reshape(shape))

common = dict(vocab_size=V, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, max_position_embeddings=16, pad_token_id=None)
def model(family):
    m = {
        "llama": lambda: tf.LlamaForCausalLM(tf.LlamaConfig(**common, num_key_value_heads=2, tie_word_embeddings=True)),
        "qwen2": lambda: tf.Qwen2ForCausalLM(tf.Qwen2Config(**common, num_key_value_heads=2, tie_word_embeddings=False)),
        "gpt2": lambda: tf.GPT2LMHeadModel(tf.GPT2Config(vocab_size=V, n_embd=32, n_layer=2, n_head=4, n_positions=16, attn_pdrop=0, resid_pdrop=0, embd_pdrop=0)),
        "bert": lambda: tf.BertForSequenceClassification(tf.BertConfig(**common, attention_probs_dropout_prob=0.0, hidden_dropout_prob=0.0, num_labels=L)),
        "llama-tags": lambda: tf.LlamaForTokenClassification(tf.LlamaConfig(**common, num_key_value_heads=2, num_labels=L, classifier_dropout=0.0)),
    }[family]()
    m.train(); m.set_attn_implementation("eager")
    with torch.no_grad():
        for name, p in m.named_parameters(): p.copy_(numbers(name, tuple(p.shape)))
    return m

ids = torch.from_numpy((whole("ids", B * T) % V).astype(np.int64)).view(B, T)
targets = torch.from_numpy((whole("targets", B * T) % V).astype(np.int64)).view(B, T)
targets[torch.from_numpy(whole("ignored", B * T) % 5 == 0).view(B, T)] = -100
classes = torch.tensor([0, 2, 1, 2])

def begin(m):
    """Numbers by the name that the tensor has in the file; lengths of rows near what they are, factors near 1. Of PiSSA what it begins as."""
    with torch.no_grad():
        for name, p in m.named_parameters():
            short = name.replace(".default", "").replace(".modules_to_save", "").removeprefix("base_model.model.")
            if "lora_magnitude" in name: p.mul_(1 + 0.2 * numbers(short.removesuffix(".weight"), tuple(p.shape)))
            elif "ia3_l" in name: p.copy_(1 + numbers(short, tuple(p.shape)))
            elif "lora_" in name: p.copy_(numbers(short, tuple(p.shape)) * 0.4)
            elif "trainable_tokens_delta" in name: p.copy_(numbers(short, tuple(p.shape)))
            elif "prompt_encoder" in name: p.copy_(numbers("prompt_embeddings", tuple(p.shape)))

LORA = peft.LoraConfig; ALL = "all-linear"
RUNS = {
    "lora": ("llama", LORA(r=4, lora_alpha=8, target_modules=ALL, task_type="CAUSAL_LM")),
    "lora-some": ("qwen2", LORA(r=4, lora_alpha=6, target_modules=["q_proj", "v_proj", "down_proj"], use_rslora=True, bias="all", task_type="CAUSAL_LM")),
    "lora-bias": ("qwen2", LORA(r=2, lora_alpha=4, target_modules=["q_proj", "k_proj", "v_proj"], bias="lora_only", modules_to_save=["lm_head"], task_type="CAUSAL_LM")),
    "lora-gpt2": ("gpt2", LORA(r=4, lora_alpha=8, target_modules=["c_attn", "c_proj"], fan_in_fan_out=True, task_type="CAUSAL_LM")),
    "lora-bert": ("bert", LORA(r=4, lora_alpha=8, target_modules=["query", "value", "intermediate.dense"], modules_to_save=["bert.pooler.dense"], task_type="SEQ_CLS")),
    "lora-tags": ("llama-tags", LORA(r=4, lora_alpha=8, target_modules=["gate_proj", "up_proj"], task_type="TOKEN_CLS")),
    "lora-plus": ("llama", LORA(r=4, lora_alpha=8, target_modules=ALL, task_type="CAUSAL_LM")),
    "lora-patterns": ("llama", LORA(r=4, lora_alpha=8, target_modules=ALL, rank_pattern={"q_proj": 6, "layers.1.mlp.up_proj": 2}, alpha_pattern={"v_proj": 3, "layers.0.mlp.down_proj": 16}, task_type="CAUSAL_LM")),
    "dora-patterns": ("llama", LORA(r=4, lora_alpha=8, target_modules=["q_proj", "k_proj", "down_proj"], use_dora=True, rank_pattern={"k_proj": 3}, alpha_pattern={"q_proj": 5}, task_type="CAUSAL_LM")),
    "lora-tokens": ("llama", LORA(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"], trainable_token_indices=[5, 60, 9], task_type="CAUSAL_LM")),
    "lora-tokens-two": ("qwen2", LORA(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"], trainable_token_indices={"model.embed_tokens": [5, 60, 9], "lm_head": [5, 60, 9]}, task_type="CAUSAL_LM")),
    "dora": ("llama", LORA(r=4, lora_alpha=8, target_modules=ALL, use_dora=True, task_type="CAUSAL_LM")),
    "dora-some": ("qwen2", LORA(r=4, lora_alpha=8, target_modules=["q_proj", "down_proj"], use_dora=True, task_type="CAUSAL_LM")),
    "pissa": ("llama", LORA(r=4, lora_alpha=8, target_modules=ALL, init_lora_weights="pissa", task_type="CAUSAL_LM")),
    "ia3": ("llama", peft.IA3Config(target_modules=["k_proj", "v_proj", "down_proj"], feedforward_modules=["down_proj"], task_type="CAUSAL_LM")),
    "ia3-bert": ("bert", peft.IA3Config(target_modules=["key", "value", "output.dense"], feedforward_modules=["output.dense"], modules_to_save=["bert.pooler.dense"], task_type="SEQ_CLS")),
    "ia3-gpt2": ("gpt2", peft.IA3Config(target_modules=["c_attn", "mlp.c_proj"], feedforward_modules=["mlp.c_proj"], fan_in_fan_out=True, task_type="CAUSAL_LM")),
    "prompt": ("llama", peft.PromptTuningConfig(num_virtual_tokens=3, task_type="CAUSAL_LM")),
    "prompt-gpt2": ("gpt2", peft.PromptTuningConfig(num_virtual_tokens=4, task_type="CAUSAL_LM")),
    "prompt-bert": ("bert", peft.PromptTuningConfig(num_virtual_tokens=3, task_type="SEQ_CLS")),
    "prompt-tags": ("llama-tags", peft.PromptTuningConfig(num_virtual_tokens=2, task_type="TOKEN_CLS")),
    "prefix": ("llama", peft.PrefixTuningConfig(num_virtual_tokens=3, task_type="CAUSAL_LM")),
    "prefix-qwen2": ("qwen2", peft.PrefixTuningConfig(num_virtual_tokens=4, task_type="CAUSAL_LM")),
    "prefix-gpt2": ("gpt2", peft.PrefixTuningConfig(num_virtual_tokens=3, task_type="CAUSAL_LM")),
}
BESIDE = {
    "all-linear": RUNS["lora"],
    "rslora": ("qwen2", LORA(r=4, lora_alpha=6, target_modules=["q_proj", "v_proj", "down_proj"], use_rslora=True, task_type="CAUSAL_LM")),
    "patterns": ("llama", LORA(r=4, lora_alpha=8, target_modules=ALL, rank_pattern={"q_proj": 6, "layers.1.mlp.up_proj": 2}, alpha_pattern={"v_proj": 3, "layers.0.mlp.down_proj": 16}, task_type="CAUSAL_LM")),
    "head": ("qwen2", LORA(r=3, lora_alpha=6, target_modules=["lm_head", "gate_proj"], task_type="CAUSAL_LM")),
    "some-layers": ("llama", LORA(r=8, lora_alpha=8, target_modules=["o_proj"], layers_to_transform=[1], task_type="CAUSAL_LM")),
    "gpt2": RUNS["lora-gpt2"],
}
def make(folder):
    import pathlib, tokenizers
    from safetensors.torch import save_file
    for name, (family, config) in BESIDE.items():
        to = pathlib.Path(folder) / name
        base = model(family); base.save_pretrained(to / "base")
        words = tokenizers.Tokenizer(tokenizers.models.WordLevel({f"t{i}": i for i in range(V)}, unk_token="t0"))
        words.save(str(to / "base" / "tokenizer.json"))
        m = peft.get_peft_model(base, config); begin(m); m.save_pretrained(to / "adapter"); m.eval()
        with torch.no_grad(): z = m(input_ids=ids).logits
        save_file({"ids": ids.to(torch.int32).contiguous(), "logits": z.contiguous()}, str(to / "expected.safetensors"))
if sys.argv[1:2] == ["make"]:
    make(sys.argv[2]); sys.exit()
def scores(m):
    z = m(input_ids=ids).logits
    return z[:, -T:] if z.dim() == 3 else z  # without virtual tokens
def loss(z):
    if z.shape[0] == B and z.dim() == 2: return torch.nn.functional.cross_entropy(z, classes)
    t = torch.where(targets < 0, targets, targets % z.shape[2])
    return torch.nn.functional.cross_entropy(z.reshape(-1, z.shape[2]), t.reshape(-1))
runs = []
for name, (family, config) in RUNS.items():
    base = model(family)
    given = {k: v for k, v in json.loads(base.config.to_json_string()).items() if v is not None and k not in ("transformers_version", "dtype")} | {"architectures": [type(base).__name__]}
    m = peft.get_peft_model(base, config)
    if name != "pissa": begin(m)
    m.train()
    groups = []
    for n, p in m.named_parameters():
        if p.requires_grad:
            plain = "lora_magnitude" in n or "ia3_l" in n or p.dim() == 1
            groups.append(dict(params=[p], lr=RATE * (4 if name == "lora-plus" and "lora_B" in n else 1), weight_decay=0.0 if plain else 0.1))
    o = torch.optim.AdamW(groups, betas=(0.9, 0.95), eps=1e-8)
    losses, norms = [], []
    for step in range(STEPS):
        l = loss(scores(m)); o.zero_grad(); l.backward()
        norms.append(round(float(torch.nn.utils.clip_grad_norm_(m.parameters(), 1.0)), 6)); o.step(); losses.append(round(float(l.detach()), 6))
    m.eval()
    with torch.no_grad(): z = scores(m)
    with tempfile.TemporaryDirectory() as d:
        m.save_pretrained(d)
        saved = json.load(open(os.path.join(d, "adapter_config.json")))
        tensors = load_file(os.path.join(d, "adapter_model.safetensors"))
    saved["base_model_name_or_path"] = "../base"; saved.pop("peft_version", None)
    for k in ("target_modules", "feedforward_modules"):
        if isinstance(saved.get(k), list): saved[k] = sorted(saved[k])
    runs.append(dict(name=name, config=given, adapter=saved, shapes={k: list(v.shape) for k, v in sorted(tensors.items())}, losses=losses, norms=norms,
        scores=[round(float(x), 5) for x in z.reshape(-1)[-8:]], tensors={k: [round(float(x), 6) for x in v.reshape(-1)[-2:]] for k, v in sorted(tensors.items())}))
print(json.dumps(dict(runs=runs)).replace('{"name"', '\n{"name"'))
