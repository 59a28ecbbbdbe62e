"""Records twenty steps of PyTorch and transformers from one start, for every optimizer, objective, group and place of dropout, and their schedules.

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

# Dropout with masks that are a function of seed, step, row and place (Draw, DropoutMask): transformers' own places, our numbers.
SEED, M64, M32 = 7, 2**64 - 1, 2**32 - 1
drawn = dict(step=0, place=0)
def mix(z):
    z = (z + 0x9E3779B97F4A7C15) & M64
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & M64
    z = (z ^ z >> 27) * 0x94D049BB133111EB & M64
    return z ^ z >> 31
def mask(row, place, rate, n):
    key = mix((mix((mix((mix(SEED) + drawn["step"]) & M64) + row) & M64) + place) & M64)
    x = (np.arange(n, dtype=np.uint64) * 0x9E3779B9 + (key & M32)) & M32
    x ^= x >> np.uint64(16); x = x * 0x7feb352d & M32
    x ^= x >> np.uint64(15); x = (x ^ np.uint64(key >> 32)) * 0x846ca68b & M32
    x ^= x >> np.uint64(16)
    rate = np.float32(rate)
    return np.where((x >> np.uint64(8)) < np.uint64(np.float32(rate * np.float32(2**24))), np.float32(0), np.float32(1) / (np.float32(1) - rate))
def dropout(x, p=0.5, training=True, inplace=False, alike=False):
    if p == 0 or not training: return x
    shape = (1, x.shape[2]) if alike else tuple(x.shape[1:])
    m = np.stack([mask(b, drawn["place"], p, int(np.prod(shape))).reshape(shape) for b in range(x.shape[0])])
    drawn["place"] += 1
    return x * torch.from_numpy(m)
torch.nn.functional.dropout = dropout

class Lstm(torch.nn.Module):
    """PyTorch's word-language-model example, by layers; or with one mask for all tokens of a sequence (Gal & Ghahramani 2015)."""
    def __init__(self, rate, alike):
        super().__init__()
        D = 32; self.rate, self.alike = rate, alike
        self.encoder = torch.nn.Embedding(V, D); self.rnn = torch.nn.LSTM(D, D, 2, batch_first=True)
        self.decoder = torch.nn.Linear(D, V); self.decoder.weight = self.encoder.weight
        self.config = dict(model_type="lstm", vocab_size=V, embedding_size=D, hidden_size=D, num_hidden_layers=2, max_position_embeddings=16, tie_word_embeddings=True, dropout=rate, variational_dropout=alike)
    def forward(self, input_ids):
        drop = lambda x: dropout(x, self.rate, alike=self.alike)
        x = drop(self.encoder(input_ids)); zeros = torch.zeros(1, x.shape[0], 32)
        for layer in range(2):
            weights = [getattr(self.rnn, n + f"_l{layer}") for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
            x = drop(torch._VF.lstm(x, (zeros, zeros), weights, True, 1, 0.0, True, False, True)[0])
        return type("Out", (), dict(logits=self.decoder(x)))

common = dict(vocab_size=V, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, max_position_embeddings=16, pad_token_id=None)  # a pad id has no gradient as an input
def model(family):
    kind, _, drops = family.partition(" ")
    p, q = (0.2, 0.1) if drops else (0.0, 0.0)
    m = {
        "llama": lambda: tf.LlamaForCausalLM(tf.LlamaConfig(**common, num_key_value_heads=2, tie_word_embeddings=True, attention_dropout=p)),
        "bert": lambda: tf.BertForMaskedLM(tf.BertConfig(**common, attention_probs_dropout_prob=p, hidden_dropout_prob=q)),
        "phi3": lambda: tf.Phi3ForCausalLM(tf.Phi3Config(**common, num_key_value_heads=2, attention_dropout=p, resid_pdrop=q, bos_token_id=0, eos_token_id=0)),
        "gpt2": lambda: tf.GPT2LMHeadModel(tf.GPT2Config(vocab_size=V, n_embd=32, n_layer=2, n_head=4, n_positions=16, attn_pdrop=p, resid_pdrop=q, embd_pdrop=0.3 if drops else 0.0)),
        "t5": lambda: tf.T5ForConditionalGeneration(tf.T5Config(vocab_size=V, d_model=32, d_ff=48, d_kv=8, num_heads=4, num_layers=2, num_decoder_layers=2, dropout_rate=p, feed_forward_proj="gated-gelu", decoder_start_token_id=0, attn_implementation="eager")),
        "lstm": lambda: Lstm(p, drops == "alike"),
    }[kind]()
    m.train()
    if kind != "lstm": m.set_attn_implementation("eager")
    with torch.no_grad():
        for name, p in m.named_parameters(): p.copy_(numbers(name, tuple(p.shape)))
    return m

ids = torch.from_numpy((whole("ids", B * T) % V).astype(np.int64)).view(B, T)
targets = torch.from_numpy((whole("targets", B * T) % V).astype(np.int64)).view(B, T)
targets[torch.from_numpy(whole("ignored", B * T) % 5 == 0).view(B, T)] = -100

kept = {}
sources = torch.from_numpy((whole("sources", B * 8) % V).astype(np.int64)).view(B, 8)
def logits(m):
    """An encoder's places are counted from 2^20 on, apart from its decoder's."""
    drawn["place"] = 0
    if isinstance(m, tf.LlamaForCausalLM):
        out = m(input_ids=ids, output_hidden_states=True); kept["states"] = out.hidden_states
        return out.logits
    if not isinstance(m, tf.T5ForConditionalGeneration): return m(input_ids=ids).logits
    drawn["place"] = 1 << 20
    encoded = m.get_encoder()(input_ids=sources, attention_mask=torch.ones_like(sources))
    drawn["place"] = 0
    return m(encoder_outputs=encoded, attention_mask=torch.ones_like(sources), decoder_input_ids=ids).logits

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

BEFORE = []
def dpo(z, t):
    """TRL's sigmoid loss of DPO with beta = 0.02: sequences 0 and 2 were chosen, 1 and 3 rejected; the reference is the model of the first step."""
    counts = t >= 0
    logps = (z.log_softmax(2).gather(2, t.clamp(min=0).unsqueeze(2)).squeeze(2) * counts).sum(1)
    if not BEFORE: BEFORE.append(logps.detach())
    rewards = 0.02 * (logps - BEFORE[0])
    return -torch.nn.functional.logsigmoid(rewards[0::2] - rewards[1::2]).mean()

TEACHER = tf.LlamaConfig(**common | dict(num_hidden_layers=4), num_key_value_heads=4, tie_word_embeddings=False)
def teacher():
    m = tf.LlamaForCausalLM(TEACHER).eval()
    with torch.no_grad():
        for name, p in m.named_parameters(): p.copy_(numbers("teacher." + name, tuple(p.shape)))
        out = m(input_ids=ids, output_hidden_states=True)
    return out.logits.detach(), [h.detach() for h in out.hidden_states]
def distil(z, t, alpha=0.7, T=2.0, hidden=0.0):
    """Hinton et al. 2015, as transformers' and TRL's examples have it; hidden states as DistilBERT's and TinyBERT's mse_loss, block 1 of two beside block 2 of four."""
    if "teacher" not in kept: kept["teacher"] = teacher()
    zt, states = kept["teacher"]; counts = t.reshape(-1) >= 0
    s, r = (torch.log_softmax(x.reshape(-1, V)[counts] / T, -1) for x in (z, zt))
    kl = torch.nn.functional.kl_div(s, r, reduction="batchmean", log_target=True) * T * T
    own, theirs = (h.reshape(-1, 32)[counts] for h in (kept["states"][1], states[2]))
    return alpha * kl + (1 - alpha) * plain(z, t) + hidden * torch.nn.functional.mse_loss(own, theirs)

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
    "dropout-llama": ("llama drops", lambda m: adamw(m), plain),
    "dropout-phi3": ("phi3 drops", lambda m: adamw(m), plain),
    "dropout-gpt2": ("gpt2 drops", lambda m: adamw(m), plain),
    "dropout-bert": ("bert drops", lambda m: adamw(m), plain),
    "dropout-t5": ("t5 drops", lambda m: adamw(m), plain),
    "dropout-lstm": ("lstm drops", lambda m: adamw(m), plain),
    "dropout-lstm-locked": ("lstm alike", lambda m: adamw(m), plain),
    "preference": ("llama", lambda m: adamw(m), dpo),
    "distillation": ("llama", lambda m: adamw(m), distil),
    "distillation-hidden": ("llama", lambda m: adamw(m), lambda z, t: distil(z, t, 0.4, 1.5, 0.5)),
    "frozen": ("llama", lambda m: (freeze(m), adamw(m))[1], plain),
}
runs = []
for name, (family, optimizers, loss) in RUNS.items():
    m = model(family); os = optimizers(m); losses, norms = [], []
    average = AveragedModel(m, multi_avg_fn=get_ema_multi_avg_fn(0.9)) if name == "average" else None
    for step in range(STEPS):
        drawn["step"] = step + 1
        l = loss(logits(m), targets)
        for o in os: o.zero_grad()
        l.backward(); norms.append(round(float(torch.nn.utils.clip_grad_norm_(m.parameters(), 1.0)), 6))
        for o in os: o.step()
        if average: average.update_parameters(m)
        losses.append(round(float(l), 6))
    last = average.module if average else m
    weights = {n: [round(float(x), 6) for x in p.detach().reshape(-1)[-SHOWN:]] for n, p in last.named_parameters()}
    runs.append(dict(name=name, config=m.config if isinstance(m, Lstm) else {k: v for k, v in json.loads(m.config.to_json_string()).items() if v is not None and k not in ("transformers_version", "dtype")} | {"architectures": [type(m).__name__]}, losses=losses, norms=norms, weights=weights))

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
print(json.dumps(dict(at=AT, schedules=schedules, teacher={k: v for k, v in json.loads(TEACHER.to_json_string()).items() if v is not None and k not in ("transformers_version", "dtype")} | {"architectures": ["LlamaForCausalLM"]}, runs=runs)).replace('{"name"', '\n{"name"'))
