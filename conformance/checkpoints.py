"""Checkpoints of every architecture, between transformers and us.

  python conformance/checkpoints.py make architectures.json FOLDER   random ones in several shards, with the logits that they give: FOLDER/FAMILY/{config.json,model-*.safetensors,expected.safetensors}
  python conformance/checkpoints.py check FOLDER                     loads FOLDER/FAMILY/ours as written by us, and prints by how much its logits differ
"""
import json, pathlib, sys
sys.path.pop(0)  # this folder's tokenizers.py is not the package of that name
import torch, transformers as tf
from safetensors.torch import load_file, save_file
torch.set_num_threads(1); torch.manual_seed(11); tf.logging.set_verbosity_error(); tf.logging.disable_progress_bar()

def logits(model, t):
    answers = type(model).__name__.endswith("ForConditionalGeneration")  # others of an encoder and a decoder read one text twice
    more = dict(decoder_input_ids=t["input_ids"], decoder_attention_mask=t["attention_mask"]) if answers else {}
    source = "source_" if more else ""
    if hasattr(model.config, "d_kv"): model.config.eos_token_id = 2
    model.eval(); model.set_attn_implementation("eager")
    with torch.no_grad(): a = model(input_ids=t[source + "input_ids"], attention_mask=t[source + "attention_mask"], **more)
    if "start_logits" in a: return torch.stack((a.start_logits, a.end_logits), -1)
    return a.logits if "logits" in a else a.last_hidden_state

def made(recorded, folder):
    name = recorded["config"].get("architectures", [""])[0]
    family = recorded["family"]
    if not hasattr(tf, name) or family.endswith(("dynamic", "longrope", "-embedding", "-vector")): return
    cls = getattr(tf, name); model = cls(cls.config_class(**{k: v for k, v in recorded["config"].items() if k not in ("architectures", "crf")}))
    with torch.no_grad():
        for p in model.parameters(): p.add_(torch.randn_like(p) * 0.05)  # larger than the usual beginning, so that a wrong layout shows
    out = pathlib.Path(folder, family); model.save_pretrained(out, max_shard_size="20KB")
    t = {}
    for prefix, length, short in (("", 12, 7), ("source_", 10, 3)):
        t[prefix + "input_ids"] = torch.randint(5, 64, (2, length)); mask = torch.ones(2, length, dtype=torch.long); mask[1, short:] = 0
        t[prefix + "attention_mask"] = mask
        t[prefix + "input_ids"][1, short:] = 0
        t[prefix + "input_ids"][0, -1] = t[prefix + "input_ids"][1, short - 1] = 2  # T5's classes are told where a text ends
    save_file({**t, "logits": logits(model, t).contiguous()}, str(out / "expected.safetensors"))

if sys.argv[1] == "make":
    for recorded in json.load(open(sys.argv[2], encoding="utf-8"))["models"]: made(recorded, sys.argv[3])
else:
    for out in sorted(pathlib.Path(sys.argv[2]).iterdir()):
        if not (out / "ours").is_dir(): continue
        name = json.load(open(out / "ours/config.json"))["architectures"][0]
        model, info = getattr(tf, name).from_pretrained(out / "ours", output_loading_info=True)
        t = load_file(str(out / "expected.safetensors")); found, expected = logits(model, t), t["logits"]
        if found.dim() == 3: found, expected = found[t["attention_mask"] > 0], expected[t["attention_mask"] > 0]
        left = {k: list(v) for k, v in info.items() if v and k != "error_msgs"}
        print(out.name, float((found - expected).abs().max()), json.dumps(left, default=str).replace(" ", ""))
