"""Records losses, rewards and five steps of TRL's own trainers (their loss code, called on one batch) from one start and one reference.

  pip install trl torch transformers
  python conformance/preferences.py > foundation/training/src/test/resources/dev/imago/training/preferences.json

PreferenceLossesTest builds the same weights and batch and must get the same, without Python.

DPO's kinds and KTO are DPOTrainer's and KTOTrainer's `_compute_loss`, whole; SimPO is CPOTrainer's `cpo_loss`, ORPO is ORPOTrainer's `odds_ratio_loss` with the answers' cross-entropy
beside it (TRL's own adds that of the prompts; the paper's, arXiv:2403.07691, is of the answer). GRPO's kinds are GRPOTrainer's `_compute_loss`, whole, on answers that other weights drew.
"""
import json, sys
sys.path.pop(0)  # this folder's tokenizers.py is not the package of that name
from collections import defaultdict
from types import SimpleNamespace
import warnings; warnings.filterwarnings("ignore")
import numpy as np, torch, transformers as tf
import torch.nn.functional as F
from trl.trainer.dpo_trainer import DPOTrainer
from trl.trainer.kto_trainer import KTOTrainer
from trl.trainer.grpo_trainer import GRPOTrainer, nanstd
from trl.experimental.cpo import CPOTrainer
from trl.experimental.orpo import ORPOTrainer
torch.set_num_threads(1)
V, PAIRS, T, STEPS, RATE = 64, 4, 13, 5, 2e-3

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

CONFIG = tf.LlamaConfig(vocab_size=V, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, max_position_embeddings=16, num_key_value_heads=2, tie_word_embeddings=False, pad_token_id=None)
def model(prefix="", kind=tf.LlamaForCausalLM, **more):
    m = kind(tf.LlamaConfig(**(CONFIG.to_dict() | more))); m.train(); m.set_attn_implementation("eager")
    with torch.no_grad():
        for name, p in m.named_parameters(): p.copy_(numbers(prefix + name, tuple(p.shape)))
    return m

# Sequences 2i and 2i + 1 have one prompt; theirs are chosen first, then rejected.
tokens = torch.from_numpy((whole("answers", 2 * PAIRS * T) % V).astype(np.int64)).view(2 * PAIRS, T)
given = lambda s: 3 + s // 2
length = lambda s: 2 + s * 5 % 7
mask = torch.zeros(2 * PAIRS, T, dtype=torch.long)
for s in range(2 * PAIRS):
    tokens[s, :given(s)] = tokens[s - s % 2, :given(s)]
    mask[s, given(s):given(s) + length(s)] = 1
order = list(range(0, 2 * PAIRS, 2)) + list(range(1, 2 * PAIRS, 2))
VOTES = [1, -1, -1, 1]  # of the first sequences of each pair, in KTO; the second ones are the answers to other prompts
inputs = dict(input_ids=tokens[order], attention_mask=torch.ones_like(tokens), completion_mask=mask[order])

def logps(m, ids=tokens, of=mask):
    z = m(input_ids=ids).logits[:, :-1].log_softmax(2).gather(2, ids[:, 1:, None])[..., 0]
    return (z * of[:, 1:]).sum(1)
REFERENCE = model("reference.").eval()
with torch.no_grad(): BEFORE = logps(REFERENCE)
CPU = SimpleNamespace(device=torch.device("cpu"), gather=lambda x: x, gather_for_metrics=lambda x: x, unwrap_model=lambda m: m)

def trainer(m, **more):
    return SimpleNamespace(**(dict(model=m, ref_model=REFERENCE, accelerator=CPU, _metrics=dict(train=defaultdict(list)), _total_train_tokens=0, _tp_size=1, aux_loss_enabled=False,
        precompute_ref_logps=True, ld_alpha=None, use_weighting=False, f_divergence_type="reverse_kl", label_smoothing=0.0, args=SimpleNamespace(gradient_checkpointing=False, gradient_checkpointing_kwargs=None)) | more))
def dpo(kinds, weights, beta):
    def loss(m):
        t = trainer(m, loss_types=kinds, loss_weights=weights, beta=beta)
        l = DPOTrainer._compute_loss(t, m, inputs | dict(ref_chosen_logps=BEFORE[0::2], ref_rejected_logps=BEFORE[1::2]), False)
        return l, t._metrics["train"]
    return loss
def smoothed(m):
    """TRL's sigmoid with label smoothing, CPOTrainer's, of gains in place of likelihoods."""
    gains = logps(m) - BEFORE
    l, c, r = CPOTrainer.cpo_loss(trainer(m, alpha=0.0, loss_type="sigmoid", beta=0.3, label_smoothing=0.2), gains[0::2], gains[1::2])
    return l.mean(), {"rewards/chosen": [float(c.mean())], "rewards/rejected": [float(r.mean())]}
def kto(m):
    first, other = slice(0, None, 2), slice(1, None, 2)
    t = trainer(m, calculate_KL=True, use_liger_kernel=False, loss_type="kto", beta=0.2, desirable_weight=1.5, undesirable_weight=0.5)
    t._compute_kl_logps = lambda model, batch: KTOTrainer._compute_kl_logps(t, model, batch)
    batch = dict(input_ids=tokens[first], attention_mask=torch.ones_like(tokens[first]), completion_mask=mask[first], KL_input_ids=tokens[other], KL_attention_mask=torch.ones_like(tokens[other]),
        KL_completion_mask=mask[other], label=[v > 0 for v in VOTES], ref_logps=BEFORE[first], ref_KL_logps=BEFORE[other])
    batch["label"] = torch.tensor(batch["label"])
    return KTOTrainer._compute_loss(t, m, batch, False), t._metrics["train"]
def simpo(alpha):
    def loss(m):
        means = logps(m) / mask.sum(1)
        l, c, r = CPOTrainer.cpo_loss(trainer(m, alpha=0.0, loss_type="simpo", beta=2.0, simpo_gamma=0.7), means[0::2], means[1::2])
        answers = -logps(m)[0::2].sum() / mask[0::2].sum()
        return l.mean() + alpha * answers, {"rewards/chosen": [float(c.mean())], "rewards/rejected": [float(r.mean())]}
    return loss
def orpo(m):
    sums = logps(m); means = sums / mask.sum(1)
    l, c, r, _, _ = ORPOTrainer.odds_ratio_loss(trainer(m, beta=0.25), means[0::2], means[1::2])
    return -sums[0::2].sum() / mask[0::2].sum() - l.mean(), {"rewards/chosen": [float(c.mean())], "rewards/rejected": [float(r.mean())]}

REWARDS = [1.0, 0.0, 0.25, 1.0, 0.0, 0.0, 1.0, 0.5]  # of the sequences in their order, two to a prompt
def advantages(scale):
    """GRPOTrainer's lines of `_generate_and_score_completions`."""
    r = torch.tensor(REWARDS); groups = r.view(-1, 2)
    std = dict(group=nanstd(groups, dim=1).repeat_interleave(2), batch=nanstd(r).expand_as(r), none=None)[scale]
    a = r - groups.mean(1).repeat_interleave(2)
    return a if std is None else a / (std + 1e-4)
def answer_logps(m):
    """Of every token but the first, and its entropy."""
    z = m(input_ids=tokens).logits[:, :-1].log_softmax(2)
    return z.gather(2, tokens[:, 1:, None])[..., 0], -(z.exp() * z).sum(2)
with torch.no_grad(): DRAWN, KEPT = answer_logps(model("drawn.").eval())[0], answer_logps(REFERENCE)[0]
def grpo(kind, beta, scale="group", old=True, high=0.28, delta=None, corrected=True):
    def loss(m):
        args = SimpleNamespace(delta=delta, use_bias_correction_kl=corrected, steps_per_generation=1)
        own = CPU.__dict__ | dict(reduce=lambda x, reduction: x, num_processes=1)
        t = trainer(m, loss_type=kind, beta=beta, epsilon_low=0.2, epsilon_high=high, args=args, accelerator=SimpleNamespace(**own), top_entropy_quantile=1.0, off_policy_mask_threshold=None, importance_sampling_level="token",
            use_vllm=False, max_completion_length=9, current_gradient_accumulation_steps=1, _entropy_bonus_enabled=False)
        t._get_per_token_logps_and_entropies = lambda model, ids, attention, keep, **more: (*answer_logps(model), None)
        batch = dict(prompt_ids=tokens[:, :1], prompt_mask=torch.ones_like(tokens[:, :1]), completion_ids=tokens[:, 1:], completion_mask=mask[:, 1:], advantages=advantages(scale), ref_per_token_logps=KEPT, num_items_in_batch=mask.sum())
        if old: batch["old_per_token_logps"] = DRAWN
        l = GRPOTrainer._compute_loss(t, m, batch)
        return l, t._metrics["train"]
    return loss
GROUPS = {
    "grpo": grpo("grpo", 0.04), "bnpo": grpo("bnpo", 0.1, "batch"), "dr_grpo": grpo("dr_grpo", 0.0, "none"), "dapo": grpo("dapo", 0.04, high=0.5, delta=1.2), "grpo-fresh": grpo("grpo", 0.04, old=False), "dapo-k3": grpo("dapo", 0.2, corrected=False),
}
CASES = {
    "sigmoid": dpo(["sigmoid"], [1.0], 0.1), "hinge": dpo(["hinge"], [1.0], 0.05), "ipo": dpo(["ipo"], [1.0], 0.4), "sigmoid_norm": dpo(["sigmoid_norm"], [1.0], 2.0),
    "rpo": dpo(["sigmoid", "sft"], [1.0, 0.5], 0.1), "smoothed": smoothed, "kto": kto, "simpo": simpo(0.0), "simpo-answers": simpo(0.3), "orpo": orpo,
}
def rewarded(m):
    """RewardTrainer's loss without margins: chosen and rejected of LlamaForSequenceClassification, whose row is the last token that counts: its pad id stands nowhere."""
    rewards = m(input_ids=tokens[:, :-1]).logits.squeeze(-1)
    return -F.logsigmoid(rewards[0::2] - rewards[1::2]).mean(), {"rewards/chosen": [float(rewards[0::2].mean().detach())], "rewards/rejected": [float(rewards[1::2].mean().detach())]}
def recorded(loss, m):
    o = torch.optim.AdamW([dict(params=[p], weight_decay=0.1 if p.dim() > 1 else 0.0) for p in m.parameters()], lr=RATE, betas=(0.9, 0.95), eps=1e-8)
    rows = []
    for _ in range(STEPS):
        o.zero_grad(); l, told = loss(m); l.backward()
        norm = torch.nn.utils.clip_grad_norm_(m.parameters(), 1.0); o.step()
        short = {k.replace("/", "_"): round(float(told[k][-1]), 6) for k in ("rewards/chosen", "rewards/rejected", "kl", "clip_ratio/low_mean", "clip_ratio/high_mean") if k in told}
        rows.append(dict(loss=round(float(l), 7), norm=round(float(norm), 6)) | short)
    return rows
runs = [dict(name=name, steps=recorded(loss, model())) for name, loss in CASES.items()]
runs.append(dict(name="reward", steps=recorded(rewarded, model(kind=tf.LlamaForSequenceClassification, num_labels=1, pad_token_id=next(i for i in range(V) if i not in tokens)))))
runs += [dict(name=name, steps=recorded(loss, model())) for name, loss in GROUPS.items()]
config = {k: v for k, v in json.loads(CONFIG.to_json_string()).items() if v is not None and k not in ("transformers_version", "dtype")} | {"architectures": ["LlamaForCausalLM"]}
groups = dict(rewards=REWARDS, advantages={scale: [round(float(a), 6) for a in advantages(scale)] for scale in ("group", "batch", "none")})
print(json.dumps(dict(config=config, groups=groups, runs=runs)).replace('{"name"', '\n{"name"'))
