"""Records twenty steps of PyTorch and transformers from one start, for every optimizer, objective and group, and their schedules.

  python conformance/training.py > foundation/training/src/test/resources/dev/imago/training/steps.json

TrainingStepsTest builds the same weights and batch and must get the same losses and weights, without Python.
"""
import json, math, sys
sys.path.pop(0)  # this folder's tokenizers.py is not the package of that name
import numpy as np, torch, transformers as tf
from transformers.optimization import Adafactor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
torch.set_num_threads(1)
V, B, T, STEPS, RATE = 64, 4, 12, 20, 2e-3
SHOWN = 3

def whole(name, n):
    """Murmur3's finalizer of the place and a hash of the name: the same whole numbers in any language."""
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

common = dict(vocab_size=V, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, max_position_embeddings=16, pad_token_id=None)  # a pad id has no gradient as an input
def model(family):
    m = tf.LlamaForCausalLM(tf.LlamaConfig(**common, num_key_value_heads=2, tie_word_embeddings=True)) if family == "llama" else tf.BertForMaskedLM(tf.BertConfig(**common, attention_probs_dropout_prob=0.0, hidden_dropout_prob=0.0))
    m.train(); m.set_attn_implementation("eager")
    with torch.no_grad():
        for name, p in m.named_parameters(): p.copy_(numbers(name, tuple(p.shape)))
    return m

ids = torch.from_numpy((whole("ids", B * T) % V).astype(np.int64)).view(B, T)
targets = torch.from_numpy((whole("targets", B * T) % V).astype(np.int64)).view(B, T)
targets[torch.from_numpy(whole("ignored", B * T) % 5 == 0).view(B, T)] = -100

def decayed(m, extra={}):
    named = [(n, p) for n, p in m.named_parameters() if p.requires_grad]
    return [dict(params=[p], weight_decay=0.1 if p.dim() > 1 else 0.0, **({k: f(n) for k, f in extra.items()})) for n, p in named]
def adamw(m, **more): return [torch.optim.AdamW(decayed(m, more), lr=RATE, betas=(0.9, 0.95), eps=1e-8)]
def sgd(m, **more): return [torch.optim.SGD(decayed(m), lr=0.02, **more)]
def hidden(n, p): return p.dim() == 2 and ".layers." in n or p.dim() == 2 and ".layer." in n
def muon(m, **more):
    ours = [p for n, p in m.named_parameters() if hidden(n, p)]
    rest = [dict(params=[p], weight_decay=0.1 if p.dim() > 1 else 0.0) for n, p in m.named_parameters() if not hidden(n, p)]
    return [torch.optim.Muon(ours, lr=RATE, weight_decay=0.1, momentum=0.95, **more), torch.optim.AdamW(rest, lr=RATE, betas=(0.9, 0.95), eps=1e-8)]
def adafactor(m, **more): return [Adafactor(decayed(m), lr=RATE, relative_step=False, warmup_init=False, **more)]
def depth(n): return 0 if "embed_tokens" in n else int(n.split(".layers.")[1].split(".")[0]) + 1 if ".layers." in n else 3

def plain(z, t, smoothing=0.0): return torch.nn.functional.cross_entropy(z.reshape(-1, V), t.reshape(-1), label_smoothing=smoothing)
def zloss(z, t):
    counts = (t.reshape(-1) >= 0).float(); lse = z.reshape(-1, V).logsumexp(1)
    return plain(z, t) + 1e-3 * (lse.square() * counts).sum() / counts.sum()

def freeze(m):
    for n, p in m.named_parameters():
        if "embed_tokens" in n or ".layers.0." in n: p.requires_grad_(False)

RUNS = {
    "adamw": ("llama", lambda m: adamw(m), plain),
    "bert": ("bert", lambda m: adamw(m), plain),
    "average": ("llama", lambda m: adamw(m), plain),
    "sgd": ("llama", lambda m: sgd(m), plain),
    "sgd-momentum": ("llama", lambda m: sgd(m, momentum=0.9), plain),
    "sgd-nesterov": ("llama", lambda m: sgd(m, momentum=0.9, nesterov=True), plain),
    "muon-rms": ("llama", lambda m: muon(m, adjust_lr_fn="match_rms_adamw"), plain),
    "muon-spectral": ("llama", lambda m: muon(m), plain),
    "muon-bert": ("bert", lambda m: muon(m, adjust_lr_fn="match_rms_adamw"), plain),
    "adafactor": ("llama", lambda m: adafactor(m, scale_parameter=False), plain),
    "adafactor-scaled": ("llama", lambda m: adafactor(m, scale_parameter=True, beta1=0.9), plain),
    "smoothing": ("llama", lambda m: adamw(m), lambda z, t: plain(z, t, 0.1)),
    "z-loss": ("llama", lambda m: adamw(m), zloss),
    "layer-decay": ("llama", lambda m: adamw(m, lr=lambda n: RATE * 0.5 ** (3 - depth(n))), plain),
    "frozen": ("llama", lambda m: (freeze(m), adamw(m))[1], plain),
}
runs = []
for name, (family, optimizers, loss) in RUNS.items():
    m = model(family); os = optimizers(m); losses, norms = [], []
    average = AveragedModel(m, multi_avg_fn=get_ema_multi_avg_fn(0.9)) if name == "average" else None
    for step in range(STEPS):
        l = loss(m(input_ids=ids).logits, targets)
        for o in os: o.zero_grad()
        l.backward(); norms.append(round(float(torch.nn.utils.clip_grad_norm_(m.parameters(), 1.0)), 6))
        for o in os: o.step()
        if average: average.update_parameters(m)
        losses.append(round(float(l), 6))
    last = average.module if average else m
    weights = {n: [round(float(x), 6) for x in p.detach().reshape(-1)[-SHOWN:]] for n, p in last.named_parameters()}
    runs.append(dict(name=name, config={k: v for k, v in json.loads(m.config.to_json_string()).items() if v is not None and k not in ("transformers_version", "dtype")} | {"architectures": [type(m).__name__]}, losses=losses, norms=norms, weights=weights))

p = torch.nn.Parameter(torch.zeros(1)); o = torch.optim.SGD([p], lr=1.0)
from transformers import optimization as t
AT = [1, 5, 10, 11, 25, 50, 80, 81, 90, 100]
SCHEDULES = {
    "cosine": t.get_cosine_with_min_lr_schedule_with_warmup(o, 10, 100, min_lr_rate=0.1),
    "linear": t.get_linear_schedule_with_warmup(o, 10, 100),
    "constant": t.get_constant_schedule_with_warmup(o, 10),
    "inverse_sqrt": t.get_inverse_sqrt_schedule(o, 10),
    "inverse_sqrt_cold": t.get_inverse_sqrt_schedule(o, 0),
    "wsd": t.get_wsd_schedule(o, 10, 20, num_training_steps=100, decay_type="1-sqrt"),
}
schedules = {k: [round(s.lr_lambdas[0](at), 9) for at in AT] for k, s in SCHEDULES.items()}
print(json.dumps(dict(at=AT, schedules=schedules, runs=runs)).replace('{"name"', '\n{"name"'))
