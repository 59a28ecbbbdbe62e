"""Records what transformers' beam search finds, for a small Llama and a small T5 whose weights follow from a formula.

  python conformance/beams.py > foundation/generate/src/test/resources/dev/imago/generate/beams.json

BeamSearchTest builds the same weights and must find the same ids and scores, without Python.
"""
import json, sys
sys.path.pop(0)  # this folder's tokenizers.py is not the package of that name
import numpy as np, torch, transformers as tf
torch.set_num_threads(1)
V, STOPS = 320, list(range(0, 30))
PROMPTS = [[5, 80, 120, 33, 260, 9, 14, 77, 203], [31, 300, 40]]
SETTINGS = [(1, 1.0), (2, 1.0), (4, 1.0), (4, 0.0), (5, 2.0), (3, -1.0)]

def numbers(name, shape):
    """Murmur3's finalizer of the place and a hash of the name: the same whole numbers in any language."""
    seed = 0
    for b in name.encode(): seed = (seed * 31 + b) % 2**32
    x = (np.arange(int(np.prod(shape)), dtype=np.uint64) + seed) % 2**32
    x ^= x >> np.uint64(16); x = x * np.uint64(0x85ebca6b) % 2**32
    x ^= x >> np.uint64(13); x = x * np.uint64(0xc2b2ae35) % 2**32
    x ^= x >> np.uint64(16)
    u = x.astype(np.float64) / 2**32 - 0.5
    one = 1.0 if len(shape) == 1 and name.endswith("weight") else 0.0
    return torch.from_numpy((one + u * 0.5).astype(np.float32).reshape(shape))

llama = tf.LlamaConfig(vocab_size=V, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=96, tie_word_embeddings=False, bos_token_id=0, eos_token_id=0)
t5 = tf.T5Config(vocab_size=V, d_model=32, d_kv=8, d_ff=48, num_layers=2, num_heads=4, feed_forward_proj="gated-gelu", decoder_start_token_id=0, pad_token_id=0, eos_token_id=1, n_positions=96)
out = []
for model in (tf.LlamaForCausalLM(llama), tf.T5ForConditionalGeneration(t5)):
    model.eval()
    with torch.no_grad():
        for name, p in model.named_parameters(): p.copy_(numbers(name, tuple(p.shape)))
    config = {k: v for k, v in json.loads(model.config.to_json_string()).items() if v is not None and k not in ("transformers_version", "dtype")}
    config["architectures"] = [type(model).__name__]
    found = []
    for prompt in PROMPTS:
        for beams, penalty in SETTINGS:
            g = model.generate(torch.tensor([prompt]), attention_mask=torch.ones(1, len(prompt)), num_beams=beams, length_penalty=penalty if beams > 1 else 1.0, max_new_tokens=10, do_sample=False, eos_token_id=STOPS, pad_token_id=0, return_dict_in_generate=True, output_scores=True, early_stopping=False)
            ids = g.sequences[0].tolist()[1 if model.config.is_encoder_decoder else len(prompt):]
            end = next((i for i, x in enumerate(ids) if x in STOPS), len(ids))
            found.append(dict(prompt=prompt, beams=beams, penalty=penalty, ids=ids[:end], ended=end < len(ids), score=round(float(g.sequences_scores[0]), 5) if beams > 1 else None))
    out.append(dict(config=config, found=found))
print(json.dumps(dict(stops=STOPS, models=out)).replace('{"prompt"', '\n{"prompt"'))
