"""Records what transformers and PyTorch answer for small models of every architecture, whose weights follow from a formula.

  python conformance/architectures.py > foundation/training/src/test/resources/dev/imago/training/architectures.json

ArchitecturesTest builds the same weights and must get the same scores on both backends, without Python.
"""
import json, sys
sys.path.pop(0)  # this folder's tokenizers.py is not the package of that name
import numpy as np, torch, transformers as tf
torch.set_num_threads(1)
V, A, B = 64, [5, 17, 63, 2, 40, 9, 9, 31, 22, 57, 3, 12], [7, 7, 50, 1, 33, 21, 60]
C, D = [44, 8, 8, 61, 19, 30, 2, 52, 7, 1], [13, 27, 6]  # what encoders read
COLUMNS = [0, 2, 4, 17, 31, 63, 1]

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

common = dict(vocab_size=V, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, max_position_embeddings=16, pad_token_id=0)
labels = dict(id2label={0: "O", 1: "B-PER", 2: "I-PER", 3: "B-地", 4: "I-地"}, label2id={"O": 0, "B-PER": 1, "I-PER": 2, "B-地": 3, "I-地": 4})
llama3 = {"rope_type": "llama3", "rope_theta": 10000.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 16}
linear = {"rope_type": "linear", "rope_theta": 500000.0, "factor": 2.5}
roberta = {**common, "pad_token_id": 4, "type_vocab_size": 1, "max_position_embeddings": 24}
t5 = dict(vocab_size=V, d_model=32, d_kv=6, d_ff=48, num_layers=2, num_heads=4, n_positions=16, decoder_start_token_id=3)
gpt2 = dict(vocab_size=V, n_positions=16, n_embd=32, n_layer=2, n_head=4, pad_token_id=0)
MODELS = {
    "llama": tf.LlamaForCausalLM(tf.LlamaConfig(**common, num_key_value_heads=2, tie_word_embeddings=True)),
    "llama-llama3-biased": tf.LlamaForCausalLM(tf.LlamaConfig(**common, head_dim=12, attention_bias=True, mlp_bias=True, rope_parameters=llama3)),
    "llama-linear": tf.LlamaForCausalLM(tf.LlamaConfig(**common, num_key_value_heads=1, rope_parameters=linear)),
    "llama-classes": tf.LlamaForSequenceClassification(tf.LlamaConfig(**common, **labels)),
    "llama-tags": tf.LlamaForTokenClassification(tf.LlamaConfig(**common, **labels)),
    "llama-dynamic": tf.LlamaForCausalLM(tf.LlamaConfig(**{**common, "max_position_embeddings": 8}, rope_parameters={"rope_type": "dynamic", "rope_theta": 10000.0, "factor": 2.0})),
    "llama-yarn": tf.LlamaForCausalLM(tf.LlamaConfig(**common, num_key_value_heads=2, rope_parameters={"rope_type": "yarn", "rope_theta": 10000.0, "factor": 4.0, "original_max_position_embeddings": 4})),
    "llama-yarn-set": tf.LlamaForCausalLM(tf.LlamaConfig(**common, head_dim=24, rope_parameters={"rope_type": "yarn", "rope_theta": 500.0, "factor": 3.0, "original_max_position_embeddings": 64, "mscale": 0.7, "mscale_all_dim": 0.2, "beta_fast": 9, "beta_slow": 0.5, "truncate": False})),
    "mistral": tf.MistralForCausalLM(tf.MistralConfig(**common, num_key_value_heads=2, head_dim=12, sliding_window=5)),
    "mistral-no-window": tf.MistralForCausalLM(tf.MistralConfig(**common, num_key_value_heads=2, sliding_window=None)),
    "mistral-tags": tf.MistralForTokenClassification(tf.MistralConfig(**common, num_key_value_heads=2, sliding_window=3, **labels)),
    "qwen2-window": tf.Qwen2ForCausalLM(tf.Qwen2Config(**common, num_key_value_heads=2, use_sliding_window=True, sliding_window=4, max_window_layers=1)),
    "qwen3": tf.Qwen3ForCausalLM(tf.Qwen3Config(**common, num_key_value_heads=2, head_dim=12, tie_word_embeddings=True)),
    "qwen3-biased-window": tf.Qwen3ForCausalLM(tf.Qwen3Config(**common, num_key_value_heads=1, head_dim=8, attention_bias=True, use_sliding_window=True, sliding_window=6, layer_types=["sliding_attention", "full_attention"])),
    "qwen3-classes": tf.Qwen3ForSequenceClassification(tf.Qwen3Config(**common, num_key_value_heads=2, head_dim=12, **labels)),
    "phi3": tf.Phi3ForCausalLM(tf.Phi3Config(**common, num_key_value_heads=2)),
    "phi3-longrope": tf.Phi3ForCausalLM(tf.Phi3Config(**common, num_key_value_heads=2, original_max_position_embeddings=8, rope_parameters={"rope_type": "longrope", "rope_theta": 10000.0, "partial_rotary_factor": 0.5, "short_factor": [1.0, 1.25], "long_factor": [2.0, 4.5]})),
    "qwen2": tf.Qwen2ForCausalLM(tf.Qwen2Config(**common, num_key_value_heads=2)),
    "phi3-window": tf.Phi3ForCausalLM(tf.Phi3Config(**common, num_key_value_heads=2, sliding_window=6)),
    "gemma3": tf.Gemma3ForCausalLM(tf.Gemma3TextConfig(**common, num_key_value_heads=2, head_dim=12, sliding_window=5, query_pre_attn_scalar=24, layer_types=["sliding_attention", "full_attention"], rope_parameters={"sliding_attention": {"rope_type": "default", "rope_theta": 5000.0}, "full_attention": {"rope_type": "linear", "rope_theta": 1e6, "factor": 8.0}})),
    "gemma3-capped": tf.Gemma3ForCausalLM(tf.Gemma3TextConfig(**common, num_key_value_heads=2, head_dim=12, sliding_window=5, query_pre_attn_scalar=12, final_logit_softcapping=1.5)),
    "gemma3-usual": tf.Gemma3ForCausalLM(tf.Gemma3TextConfig(**{**common, "num_hidden_layers": 6}, num_key_value_heads=1, head_dim=8, sliding_window=4, query_pre_attn_scalar=8)),
    "gemma3-classes": tf.Gemma3TextForSequenceClassification(tf.Gemma3TextConfig(**common, num_key_value_heads=2, head_dim=8, sliding_window=3, query_pre_attn_scalar=8, **labels)),
    "t5": tf.T5ForConditionalGeneration(tf.T5Config(**t5, feed_forward_proj="gated-gelu", tie_word_embeddings=False)),
    "t5-relu": tf.T5ForConditionalGeneration(tf.T5Config(**t5, num_decoder_layers=1, feed_forward_proj="relu", relative_attention_num_buckets=12, relative_attention_max_distance=10)),
    "llama-embedding": tf.LlamaModel(tf.LlamaConfig(**common)),
    "gpt2": tf.GPT2LMHeadModel(tf.GPT2Config(**gpt2)),
    "gpt2-classes": tf.GPT2ForSequenceClassification(tf.GPT2Config(**gpt2, **labels)),
    "gpt2-tags": tf.GPT2ForTokenClassification(tf.GPT2Config(**gpt2, **labels)),
    "bert": tf.BertForMaskedLM(tf.BertConfig(**common)),
    "bert-classes": tf.BertForSequenceClassification(tf.BertConfig(**common, **labels)),
    "bert-tags": tf.BertForTokenClassification(tf.BertConfig(**common, **labels)),
    "bert-span": tf.BertForQuestionAnswering(tf.BertConfig(**common)),
    "bert-embedding": tf.BertModel(tf.BertConfig(**common), add_pooling_layer=False),
    "nomic_bert-embedding": tf.NomicBertModel(tf.NomicBertConfig(**common, rope_parameters={"rope_type": "default", "rope_theta": 1000.0}), add_pooling_layer=False),
    "roberta": tf.RobertaForMaskedLM(tf.RobertaConfig(**roberta, hidden_act="relu")),
    "roberta-classes": tf.RobertaForSequenceClassification(tf.RobertaConfig(**roberta, **labels)),
    "roberta-tags": tf.RobertaForTokenClassification(tf.RobertaConfig(**roberta, **labels)),
    "roberta-span": tf.RobertaForQuestionAnswering(tf.RobertaConfig(**roberta)),
    "roberta-embedding": tf.RobertaModel(tf.RobertaConfig(**roberta), add_pooling_layer=False),
}

class Recurrent(torch.nn.Module):
    """PyTorch's own recurrent layers between an embedding and a linear layer, as in its word-language-model example."""
    def __init__(self, layer, width, tied=True, embedding=24, layers=2, output=V, **more):
        super().__init__()
        self.encoder = torch.nn.Embedding(V, embedding); self.rnn = layer(embedding, width, layers, batch_first=True, **more)
        self.last = ("decoder" if output == V else "classifier"); setattr(self, self.last, torch.nn.Linear(width, output))
        if tied: self.decoder.weight = self.encoder.weight
        self.config = Config(dict(model_type=layer.__name__.lower(), vocab_size=V, embedding_size=embedding, hidden_size=width, num_hidden_layers=layers, max_position_embeddings=16, tie_word_embeddings=tied, **more))
    def forward(self, input_ids, attention_mask): return getattr(self, self.last)(self.rnn(self.encoder(input_ids))[0])

class Linear(torch.nn.Module):
    """A weight and a bias that others compute with."""
    def __init__(self, rows, columns):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(rows, columns)); self.bias = torch.nn.Parameter(torch.zeros(rows))

class Convolution(torch.nn.Module):
    """Dauphin et al. 2017 with PyTorch's conv1d and GLU; a kernel's weight is [D,kernel·D] in files."""
    def __init__(self, width=16, kernel=3, layers=2):
        super().__init__()
        self.kernel = kernel; self.encoder = torch.nn.Embedding(V, width); self.decoder = torch.nn.Linear(width, V); self.decoder.weight = self.encoder.weight
        self.layers = torch.nn.ModuleList(torch.nn.ModuleDict(dict(gate=Linear(width, kernel * width), value=Linear(width, kernel * width))) for _ in range(layers))
        self.config = Config(dict(model_type="gated_convolution", vocab_size=V, hidden_size=width, num_hidden_layers=layers, kernel_size=kernel, max_position_embeddings=16, tie_word_embeddings=True))
    def forward(self, input_ids, attention_mask):
        x = self.encoder(input_ids).transpose(1, 2)
        for l in self.layers:
            weight, bias = torch.cat([l["value"].weight, l["gate"].weight]), torch.cat([l["value"].bias, l["gate"].bias])
            weight = weight.view(weight.shape[0], self.kernel, -1).permute(0, 2, 1)
            x = x + torch.nn.functional.glu(torch.nn.functional.conv1d(torch.nn.functional.pad(x, (self.kernel - 1, 0)), weight, bias), dim=1)
        return self.decoder(x.transpose(1, 2))

class Neural(torch.nn.Module):
    """Bengio et al. 2003: the vectors of the last tokens, one hidden layer."""
    def __init__(self, embedding=12, width=20, order=4):
        super().__init__()
        self.order = order; self.encoder = torch.nn.Embedding(V, embedding); self.decoder = torch.nn.Linear(width, V)
        self.layers = torch.nn.ModuleList([torch.nn.ModuleDict(dict(hidden=torch.nn.Linear((order - 1) * embedding, width)))])
        self.config = Config(dict(model_type="neural_probabilistic", vocab_size=V, embedding_size=embedding, hidden_size=width, order=order, max_position_embeddings=16, tie_word_embeddings=False))
    def forward(self, input_ids, attention_mask):
        x = torch.nn.functional.pad(self.encoder(input_ids), (0, 0, self.order - 2, 0)).unfold(1, self.order - 1, 1).transpose(2, 3).flatten(2)
        return self.decoder(torch.tanh(self.layers[0]["hidden"](x)))

class Config(dict):
    def to_json_string(self): return json.dumps(self)

MODELS["lstm"] = Recurrent(torch.nn.LSTM, 24)
MODELS["lstm-tags"] = Recurrent(torch.nn.LSTM, 20, tied=False, layers=1, output=5)
MODELS["gru"] = Recurrent(torch.nn.GRU, 24)
MODELS["gru-untied"] = Recurrent(torch.nn.GRU, 32, tied=False, embedding=16, layers=3)
MODELS["rnn"] = Recurrent(torch.nn.RNN, 24)
MODELS["rnn-relu"] = Recurrent(torch.nn.RNN, 24, nonlinearity="relu")
MODELS["gated-convolution"] = Convolution()
MODELS["neural-probabilistic"] = Neural()
MODELS["lstm-tags"].config.update(architectures=["LstmForTokenClassification"], **labels)

def scored(answer, mask):
    """Logits; start and end of a span side by side; the mean of a bare model's rows that are no padding."""
    if "start_logits" in answer: return torch.stack((answer.start_logits, answer.end_logits), -1)
    if "logits" in answer: return answer.logits
    m = mask[:, :, None].float()
    return (answer.last_hidden_state * m).sum(1) / m.sum(1)

MODELS["t5"].lm_head.weight = torch.nn.Parameter(torch.zeros(V, 32))  # transformers ties it while there is no other

ids = torch.tensor([A, B + [0] * (len(A) - len(B))]); mask = (torch.arange(len(A)) < torch.tensor([[len(A)], [len(B)]])).long()
sources = torch.tensor([C, D + [0] * (len(C) - len(D))]); seen = (torch.arange(len(C)) < torch.tensor([[len(C)], [len(D)]])).long()
out = []
for family, model in MODELS.items():
    model.eval()
    if hasattr(model, "set_attn_implementation"): model.set_attn_implementation("eager")
    with torch.no_grad():
        bare = family.endswith("-embedding")  # its names come without the body's prefix
        for name, p in model.named_parameters(): p.copy_(numbers(model.base_model_prefix + "." + name if bare else name, tuple(p.shape)))
        # Where the turns depend on how long a sequence is, it stands alone: transformers takes the longest of a batch, padding included.
        alone = family.endswith(("dynamic", "longrope"))
        if family.startswith("t5"): answers = [model(input_ids=sources, attention_mask=seen, decoder_input_ids=ids, decoder_attention_mask=mask)]
        else: answers = [model(input_ids=i, attention_mask=m) for i, m in ([(ids[:1], mask[:1]), (ids[1:, :len(B)], mask[1:, :len(B)])] if alone else [(ids, mask)])]
    scores = [row for a in answers for row in (a if torch.is_tensor(a) else scored(a, mask))]
    rows = scores if scores[0].dim() == 1 else [*scores[0], *scores[1][:len(B)]]
    config = json.loads(model.config.to_json_string())
    config = {k: v for k, v in config.items() if (v is not None or k == "sliding_window") and k not in ("transformers_version", "dtype")}
    if isinstance(model, tf.PreTrainedModel): config["architectures"] = [type(model).__name__]
    out.append(dict(family=family, config=config, scores=[[round(float(r[c]), 5) for c in COLUMNS if c < len(r)] for r in rows]))
print(json.dumps(dict(sequences=[A, B], sources=[C, D], columns=COLUMNS, models=out), ensure_ascii=False).replace('{"family"', '\n{"family"'))
