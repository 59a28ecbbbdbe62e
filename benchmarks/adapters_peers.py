"""Throughput of PEFT's low-rank additions: the peer of benchmarks/adapters.

  python adapters_peers.py LAYERS WIDTH HEADS CONTEXT BATCH VOCABULARY {f32|autocast} [STEPS=12] [MICRO=BATCH]

One line of JSON as train_peers.py prints it. transformers' Llama with tied embeddings and a feed-forward of 8/3 of the width, frozen; rank 8 on all linear
layers of its blocks; random tokens, fused AdamW on what trains, gradients clipped at 1. MICRO sequences go
through at once; their gradients add up to those of the step.
"""
import json, resource, statistics, sys, time
import peft, torch, transformers

layers, width, heads, context, batch, vocabulary = map(int, sys.argv[1:7])
mode, steps = sys.argv[7], int(sys.argv[8]) if len(sys.argv) > 8 else 12
micro = int(sys.argv[9]) if len(sys.argv) > 9 else batch
torch.manual_seed(0)
base = transformers.LlamaForCausalLM(transformers.LlamaConfig(
    vocab_size=vocabulary, hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads, num_key_value_heads=heads,
    intermediate_size=width * 8 // 3, max_position_embeddings=context, tie_word_embeddings=True, use_cache=False, attn_implementation="sdpa"))
model = peft.get_peft_model(base, peft.LoraConfig(r=8, lora_alpha=16, target_modules="all-linear", task_type="CAUSAL_LM"))
trains = [p for p in model.parameters() if p.requires_grad]
optimizer = torch.optim.AdamW(trains, 1e-3, betas=(0.9, 0.95), weight_decay=0.1, fused=True)
seconds = []
for _ in range(steps):
    ids, targets = (torch.randint(0, vocabulary, (batch, context)) for _ in "it")
    begun = time.perf_counter()
    optimizer.zero_grad()
    loss = 0.0
    for some, answers in zip(ids.split(micro), targets.split(micro)):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=mode == "autocast"):
            logits = model(input_ids=some).logits
            part = torch.nn.functional.cross_entropy(logits.flatten(0, 1), answers.flatten()) * len(some) / batch
        part.backward()
        loss += part.item()
    torch.nn.utils.clip_grad_norm_(trains, 1.0)
    optimizer.step()
    seconds.append(time.perf_counter() - begun)
seconds = seconds[3:]
print(json.dumps({
    "peer": "peft " + peft.__version__, "mode": mode, "micro": micro, "params": sum(p.numel() for p in trains),
    "tokens_per_second": round(batch * context / min(seconds)), "median_tokens_per_second": round(batch * context / statistics.median(seconds)),
    "loss": round(loss, 4), "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))
