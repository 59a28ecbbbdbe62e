"""Trains transformers' BertForMaskedLM on the batches, masks and rates of a folder, from the start that lies there, and leaves each step's loss.

  python conformance/masked.py FOLDER    # holds config.json, model.safetensors, given.safetensors: MaskedConformanceTest writes them
"""
import sys
folder = sys.argv[1]; sys.path.pop(0)  # this folder's tokenizers.py is not the package of that name
import torch, transformers as tf
from safetensors.torch import load_file, save_file
torch.set_num_threads(2)
given = load_file(folder + "/given.safetensors")
m, info = tf.BertForMaskedLM.from_pretrained(folder, attn_implementation="eager", output_loading_info=True); m.train()
assert not info["missing_keys"] and not info["mismatched_keys"], info
assert m.config.hidden_dropout_prob == 0 and m.config.attention_probs_dropout_prob == 0
o = torch.optim.AdamW([dict(params=[p], weight_decay=0.01 if p.dim() > 1 else 0.0) for p in m.parameters()], betas=(0.9, 0.95), eps=1e-6)
losses = []
for ids, targets, rate in zip(given["ids"].long(), given["targets"].long(), given["rates"]):
    for group in o.param_groups: group["lr"] = float(rate)
    loss = m(input_ids=ids, labels=targets).loss
    o.zero_grad(); loss.backward(); torch.nn.utils.clip_grad_norm_(m.parameters(), 1.0); o.step()
    losses.append(loss.detach())
save_file({"losses": torch.stack(losses)}, folder + "/losses.safetensors")
