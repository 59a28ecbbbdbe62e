"""Training throughput of PyTorch: the peer of benchmarks/train.

  python train_peers.py {gpt|bert|lstm} LAYERS WIDTH HEADS CONTEXT BATCH VOCABULARY {f32|autocast} [compile] [recompute] [STEPS=12]

One line of JSON: the fastest step after warm-up in tokens a second, the median, the peak resident memory, the last loss.
recompute: of each block of a gpt its input alone is kept (torch.utils.checkpoint). gpt: normalised before each part, learned positions, tanh GELU, tied embedding. bert: transformers' BertForMaskedLM, 15 of 100 tokens learned.
lstm: torch.nn.LSTM between an embedding and the same matrix. All: random tokens, fused AdamW, gradients clipped at 1.
"""
import json, resource, statistics, sys, time
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

words = [w for w in sys.argv[1:] if w not in ("compile", "recompute")]
family, (layers, width, heads, context, batch, vocabulary), mode = words[0], map(int, words[1:7]), words[7]
steps = int(words[8]) if len(words) > 8 else 12
compiled, recompute = "compile" in sys.argv, "recompute" in sys.argv
torch.manual_seed(0)


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
        part = lambda: nn.ModuleDict({
            "before": nn.LayerNorm(width, bias=False), "qkv": nn.Linear(width, 3 * width, bias=False), "out": nn.Linear(width, width, bias=False),
            "between": nn.LayerNorm(width, bias=False), "up": nn.Linear(width, 4 * width, bias=False), "down": nn.Linear(4 * width, width, bias=False)})
        self.blocks, self.norm = nn.ModuleList(part() for _ in range(layers)), nn.LayerNorm(width, bias=False)

    @staticmethod
    def block(b, h):
        split = lambda x: x.view(*x.shape[:2], heads, -1).transpose(1, 2)
        q, k, v = (split(x) for x in b["qkv"](b["before"](h)).chunk(3, -1))
        h = h + b["out"](F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2))
        return h + b["down"](F.gelu(b["up"](b["between"](h)), approximate="tanh"))

    def forward(self, ids, targets):
        h = self.tokens(ids) + self.positions(torch.arange(ids.shape[1]))
        for b in self.blocks:
            h = checkpoint(self.block, b, h, use_reentrant=False) if recompute else self.block(b, h)
        return F.cross_entropy(F.linear(self.norm(h), self.tokens.weight).flatten(0, 1), targets.flatten())


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.cells = nn.Embedding(vocabulary, width), nn.LSTM(width, width, layers, batch_first=True)
        self.bias = nn.Parameter(torch.zeros(vocabulary))

    def forward(self, ids, targets):
        return F.cross_entropy(F.linear(self.cells(self.tokens(ids))[0], self.tokens.weight, self.bias).flatten(0, 1), targets.flatten())


class Masked(nn.Module):
    def __init__(self):
        super().__init__()
        from transformers import BertConfig, BertForMaskedLM
        self.model = BertForMaskedLM(BertConfig(
            vocab_size=vocabulary, hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads, intermediate_size=4 * width,
            max_position_embeddings=context, hidden_dropout_prob=0, attention_probs_dropout_prob=0))

    def forward(self, ids, targets):
        return self.model(input_ids=ids, labels=targets).loss


model = {"gpt": Decoder, "bert": Masked, "lstm": Recurrent}[family]()
for p in model.parameters():
    if p.dim() > 1:
        nn.init.normal_(p, std=0.02)
optimizer = torch.optim.AdamW(model.parameters(), 1e-3, betas=(0.9, 0.95), weight_decay=0.1, fused=True)
run = torch.compile(model) if compiled else model
seconds = []
for _ in range(steps):
    ids, targets = (torch.randint(0, vocabulary, (batch, context)) for _ in "it")
    if family == "bert":
        targets = targets.masked_fill(torch.rand(batch, context) >= 0.15, -100)
    begun = time.perf_counter()
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=mode == "autocast"):
        loss = run(ids, targets)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    seconds.append(time.perf_counter() - begun)
seconds = seconds[3:]
print(json.dumps({
    "peer": "pytorch " + torch.__version__, "mode": mode + ("+compile" if compiled else "") + ("+recompute" if recompute else ""), "params": sum(p.numel() for p in model.parameters()),
    "tokens_per_second": round(batch * context / min(seconds)), "median_tokens_per_second": round(batch * context / statistics.median(seconds)),
    "loss": round(loss.item(), 4), "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))
