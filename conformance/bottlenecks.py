"""Asks AdapterHub's own code what bottleneck adapters that were trained and written here say.

  python conformance/bottlenecks.py FOLDER SOURCES

SOURCES is a checkout of https://github.com/adapter-hub/adapters; FOLDER holds a folder for each case: base, adapter, and expected.safetensors with
`ids` and `logits`. Configs are read by the library's `AdapterConfig`, networks are its
`Adapter` modules, loaded by name with none left over, in the places where its mixins have them; its `load_adapter` wants an older transformers. AdaptersConformanceTest asks it.
"""
import json, pathlib, re, sys
folder, sources = sys.argv[1:3]
sys.path.pop(0)  # this folder's tokenizers.py is not the package of that name
import torch, transformers as tf
from safetensors.torch import load_file
sys.path.insert(0, str(pathlib.Path(sources) / "src"))
torch.set_num_threads(1)

def library():
    """AdapterConfig and Adapter. Names that the library asks of an older transformers or huggingface_hub, for downloads and other models, are empty."""
    import importlib
    for _ in range(50):
        try:
            from adapters.configuration import AdapterConfig
            from adapters.methods.modeling import Adapter
            return AdapterConfig, Adapter
        except ImportError as e:
            said = re.match(r"cannot import name '(\w+)' from '([\w.]+)'", str(e))
            if not said: raise
            setattr(importlib.import_module(said[2]), said[1], None)
            for name in [n for n in sys.modules if n.split(".")[0] == "adapters"]: del sys.modules[name]
    raise SystemExit("adapters cannot be imported")

def parts(model, out):
    """Its modules, in the places of its mixins: behind the last product of attention and of feed-forward, before the sum."""
    AdapterConfig, Adapter = library()
    said = json.loads((out / "adapter" / "adapter_config.json").read_text())
    config = AdapterConfig.load(said["config"])
    tensors, used = load_file(str(out / "adapter" / "adapter.safetensors")), set()
    for name, module in model.named_modules():
        last = name.rsplit(".", 1)[-1]
        if name.endswith("output.dense"): before = name.removesuffix(".dense")
        elif last == "o_proj" or name.endswith("attn.c_proj"): before = name.rsplit(".", 2)[0] + ".attention_adapters"
        elif last == "down_proj" or name.endswith("mlp.c_proj"): before = name.rsplit(".", 2)[0] + ".output_adapters"
        else: continue
        before += f".adapters.{said['name']}."
        own = {n.removeprefix(before): t for n, t in tensors.items() if n.startswith(before)}
        adapter = Adapter(said["name"], said["hidden_size"], int(said["hidden_size"] // config["reduction_factor"]), config).eval()
        adapter.load_state_dict(own, strict=True)
        used |= {before + n for n in own}
        module.register_forward_hook(lambda m, i, y, adapter=adapter: adapter(y, residual_input=y)[0])
    assert used == set(tensors), sorted(set(tensors) - used)
    head = out / "adapter" / "model_head.safetensors"
    if head.exists():
        rest = model.load_state_dict(load_file(str(head)), strict=False)
        assert not rest.unexpected_keys, rest.unexpected_keys
    return model

for out in sorted(pathlib.Path(folder).iterdir()):
    if not (out / "adapter").is_dir(): continue
    config = tf.AutoConfig.from_pretrained(out / "adapter")
    expected = load_file(str(out / "expected.safetensors"))
    model = getattr(tf, config.architectures[0]).from_pretrained(out / "base", config=config, attn_implementation="eager").eval()
    with torch.no_grad(): z = parts(model, out).eval()(input_ids=expected["ids"].long()).logits
    print("DIFFERS", out.name, float((z.reshape(-1) - expected["logits"].reshape(-1)).abs().max()))
