"""Records what transformers answers, and what pytorch-crf defines, for small encoders, decoders and T5s of several labels, numbers, spans, tags with a CRF and trees, of two texts each, whose weights follow from a formula; and their losses.

  python conformance/encoder_tasks.py > foundation/training/src/test/resources/dev/imago/training/encoder-tasks.json

EncoderTasksTest builds the same weights and must get the same, without Python. The CRF is pytorch-crf's definition, computed by
looking at every sequence of tags; where that package is there (`pip install pytorch-crf`), it must agree.
"""
import argparse, itertools, json, sys
sys.path.pop(0)  # this folder's tokenizers.py is not the package of that name
import numpy as np, torch, transformers as tf
torch.set_num_threads(1)
V, A, B = 64, [5, 17, 63, 2, 40, 9, 9, 31, 22, 57, 3, 12], [7, 7, 50, 1, 33, 21, 60]
TYPES = [[0] * 5 + [1] * 7, [0] * 3 + [1] * 4]
# Of each word its token, its head (0 of the root, -1: not known) and its relation.
PARSES = [[[0, 2, 0], [1, 0, 1], [5, 2, 2], [9, -1, 0]], [[1, 0, 1], [2, 1, 2]]]
TAGS = [[0, 1, -1, -1, -1, 3, 4, 4, -1, -1, -1, 1], [1, 2, 0, 0, -1, -1, 3]]  # -1: no first token of a word

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

class Crf:
    """A score for each sequence of tags: start[y0] + sum of emissions + transitions[from, to] + end[yn]."""
    def __init__(self, tags):
        self.start_transitions, self.end_transitions, self.transitions = numbers("crf.start_transitions", (tags,)), numbers("crf.end_transitions", (tags,)), numbers("crf.transitions", (tags, tags))
    def score(self, emissions, y):
        between = sum(self.transitions[a, b] for a, b in zip(y, y[1:]))
        return float(self.start_transitions[y[0]] + sum(emissions[i, t] for i, t in enumerate(y)) + between + self.end_transitions[y[-1]])
    def run(self, emissions, y):
        """-ln p of the tags, and the likeliest ones."""
        all = list(itertools.product(range(emissions.shape[1]), repeat=len(y)))
        scores = torch.tensor([self.score(emissions, each) for each in all], dtype=torch.float64)
        loss, best = float(scores.logsumexp(0)) - self.score(emissions, y), list(all[int(scores.argmax())])
        try: import torchcrf
        except ImportError: return loss, best
        crf = torchcrf.CRF(emissions.shape[1], batch_first=True)
        for name, p in crf.named_parameters(): p.data.copy_(getattr(self, name))
        assert abs(float(-crf(emissions[None], torch.tensor([y]))) - loss) < 1e-4 and crf.decode(emissions[None])[0] == best
        return loss, best

class Parser(torch.nn.Module):
    """Dozat & Manning 2017: of each word its projections, and its heads and relations by biaffine scorers."""
    def __init__(self, name, body, arc, relation, relations):
        super().__init__()
        self.config, self.a, self.r, self.l = body.config, arc, relation, relations
        self.name, self.named = name, f"{type(body).__name__.removesuffix('Model').removesuffix('Encoder')}ForDependencyParsing"
        self.add_module(name, body)
        d, linear = body.config.hidden_size, torch.nn.Linear
        self.parser = torch.nn.ModuleDict(dict(arc_dependent=linear(d, arc), arc_head=linear(d, arc), relation_dependent=linear(d, relation), relation_head=linear(d, relation)))
        self.parser.register_parameter("root", torch.nn.Parameter(torch.zeros(arc + relation)))
        self.parser["arc"] = linear(arc, arc + 1, bias=False)
        self.parser["relation"] = linear(relation + 1, relations * (relation + 1), bias=False)
    def forward(self, **given):
        h = getattr(self, self.name)(**given).last_hidden_state[0]
        return torch.cat([self.parser[n](h) for n in ("arc_dependent", "arc_head", "relation_dependent", "relation_head")], -1)
    def run(self, rows, heads, relations):
        """-ln p of heads (0 of the root, -1: not known) and relations, and the scores of the heads."""
        a, r, leaky = self.a, self.r, torch.nn.functional.leaky_relu
        d, h, rd, rh = (leaky(x, 0.1) for x in rows.split([a, a, r, r], -1))
        one = lambda x: torch.cat([x, torch.ones(len(x), 1)], -1)
        root = self.parser.root[None]
        scores = one(d) @ self.parser["arc"].weight @ torch.cat([root[:, :a], h]).T
        scores = scores - torch.cat([torch.zeros(len(d), 1), 1e30 * torch.eye(len(d))], 1)
        all = torch.einsum("wi,lij,hj->whl", one(rd), self.parser["relation"].weight.view(self.l, r + 1, r + 1), one(torch.cat([root[:, a:], rh])))
        known = [i for i, x in enumerate(heads) if x >= 0]
        loss = -sum(scores.log_softmax(-1)[i, heads[i]] + all[i, heads[i]].log_softmax(-1)[relations[i]] for i in known)
        return float(loss), scores, [int(all[i, heads[i]].argmax()) for i in known]

class Answers(torch.nn.Module):
    """transformers' layer of answers in a text on a body that it has no such class of."""
    def __init__(self, name, body, named):
        super().__init__()
        self.config, self.name, self.named = body.config, name, named
        self.add_module(name, body)
        self.qa_outputs = torch.nn.Linear(body.config.hidden_size, 2)
    def forward(self, start_positions, end_positions, **given):
        start, end = self.qa_outputs(getattr(self, self.name)(**given).last_hidden_state).unbind(-1)
        loss = (torch.nn.functional.cross_entropy(start, start_positions) + torch.nn.functional.cross_entropy(end, end_positions)) / 2
        return argparse.Namespace(start_logits=start, end_logits=end, loss=loss)

class Body(torch.nn.Module):
    """A bare body by the name that it has in other classes, as our tables have it."""
    def __init__(self, name, body):
        super().__init__()
        self.config, self.name, self.named = body.config, name, type(body).__name__
        self.add_module(name, body)
    def forward(self, **given): return getattr(self, self.name)(**given)

common = dict(vocab_size=V, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, max_position_embeddings=24, pad_token_id=0)
decoder = dict(vocab_size=V, hidden_size=32, num_hidden_layers=1, num_attention_heads=4, num_key_value_heads=2, head_dim=8, intermediate_size=48, max_position_embeddings=24, pad_token_id=0)
nomic = {**{k: v for k, v in decoder.items() if k != "num_key_value_heads"}, "type_vocab_size": 2}
gpt2 = dict(vocab_size=V, n_positions=24, n_embd=32, n_layer=1, n_head=4, pad_token_id=0)
t5 = dict(vocab_size=V, d_model=32, d_kv=8, d_ff=48, num_layers=2, num_decoder_layers=1, num_heads=4, n_positions=24, pad_token_id=0, decoder_start_token_id=0, classifier_dropout=0.1)
roberta = {**common, "pad_token_id": 4, "type_vocab_size": 1}
def names(*all): return dict(id2label=dict(enumerate(all)), label2id={n: i for i, n in enumerate(all)})
several = dict(problem_type="multi_label_classification", **names("joy", "anger", "怒"))
number = dict(problem_type="regression", **names("stars"))
relations = names("det", "root", "主")
tags = names("O", "B-PER", "I-PER", "B-地", "I-地")
several_gold, number_gold, span_gold = [[1.0, 0.0, 1.0], [0.0, 0.0, 0.0]], [3.5, -1.25], [(6, 8), (0, 0)]
MODELS = {
    "bert-several": (tf.BertForSequenceClassification(tf.BertConfig(**common, **several)), several_gold),
    "bert-number": (tf.BertForSequenceClassification(tf.BertConfig(**common, **number)), number_gold),
    "roberta-several": (tf.RobertaForSequenceClassification(tf.RobertaConfig(**roberta, **several)), several_gold),
    "gpt2-number": (tf.GPT2ForSequenceClassification(tf.GPT2Config(vocab_size=V, n_positions=24, n_embd=32, n_layer=1, n_head=4, pad_token_id=0, **number)), number_gold),
    "bert-span": (tf.BertForQuestionAnswering(tf.BertConfig(**common)), span_gold),
    "roberta-span": (tf.RobertaForQuestionAnswering(tf.RobertaConfig(**roberta)), span_gold),
    "llama-span": (tf.LlamaForQuestionAnswering(tf.LlamaConfig(**decoder)), span_gold),
    "mistral-span": (tf.MistralForQuestionAnswering(tf.MistralConfig(**decoder)), span_gold),
    "qwen2-span": (tf.Qwen2ForQuestionAnswering(tf.Qwen2Config(**{k: v for k, v in decoder.items() if k != "head_dim"})), span_gold),
    "qwen3-span": (tf.Qwen3ForQuestionAnswering(tf.Qwen3Config(**decoder)), span_gold),
    "gpt2-span": (tf.GPT2ForQuestionAnswering(tf.GPT2Config(**gpt2)), span_gold),
    "phi3-span": (Answers("model", tf.Phi3Model(tf.Phi3Config(**{k: v for k, v in decoder.items() if k != "head_dim"})), "Phi3ForQuestionAnswering"), span_gold),
    "gemma-span": (Answers("model", tf.Gemma3TextModel(tf.Gemma3TextConfig(**decoder)), "Gemma3TextForQuestionAnswering"), span_gold),
    "nomic-span": (Answers("nomic_bert", tf.NomicBertModel(tf.NomicBertConfig(**nomic), add_pooling_layer=False), "NomicBertForQuestionAnswering"), span_gold),
    "t5-span": (tf.T5ForQuestionAnswering(tf.T5Config(**t5)), span_gold),
    "nomic-several": (tf.NomicBertForSequenceClassification(tf.NomicBertConfig(**nomic, **several)), several_gold),
    "t5-several": (tf.T5ForSequenceClassification(tf.T5Config(**t5, **several)), several_gold),
    "bert-parse": (Parser("bert", tf.BertModel(tf.BertConfig(**common, **relations), add_pooling_layer=False), 6, 4, 3), PARSES),
    "llama-parse": (Parser("model", tf.LlamaModel(tf.LlamaConfig(**decoder, **relations)), 6, 4, 3), PARSES),
    "gpt2-parse": (Parser("transformer", tf.GPT2Model(tf.GPT2Config(**gpt2, **relations)), 6, 4, 3), PARSES),
    "nomic-parse": (Parser("nomic_bert", tf.NomicBertModel(tf.NomicBertConfig(**nomic, **relations), add_pooling_layer=False), 6, 4, 3), PARSES),
    "t5-parse": (Parser("transformer", tf.T5EncoderModel(tf.T5Config(**t5, **relations)), 6, 4, 3), PARSES),
    "t5-vector": (tf.T5EncoderModel(tf.T5Config(**t5)), [None, None]),
    "gpt2-vector": (Body("transformer", tf.GPT2Model(tf.GPT2Config(**gpt2))), [None, None]),
    "bert-crf": (tf.BertForTokenClassification(tf.BertConfig(**common, **tags)), TAGS),
    "llama-crf": (tf.LlamaForTokenClassification(tf.LlamaConfig(**decoder, **tags)), TAGS),
    "gpt2-crf": (tf.GPT2ForTokenClassification(tf.GPT2Config(**gpt2, **tags)), TAGS),
    "nomic-crf": (tf.NomicBertForTokenClassification(tf.NomicBertConfig(**nomic, **tags)), TAGS),
    "t5-crf": (tf.T5ForTokenClassification(tf.T5Config(**t5, **tags)), TAGS),
}
out = []
for family, (model, gold) in MODELS.items():
    model.eval()
    scores, losses, told = [], [], []
    with torch.no_grad():
        for name, p in model.named_parameters(): p.copy_(numbers(name, tuple(p.shape)))
        for ids, types, y in zip((A, B), TYPES, gold):
            given = dict(input_ids=torch.tensor([ids]))
            if family.startswith("t5"): model.config.eos_token_id = ids[-1]  # where its classes look
            if family.startswith(("bert", "nomic")): given["token_type_ids"] = torch.tensor([types])
            if family.endswith("span"):
                answer = model(**given, start_positions=torch.tensor([y[0]]), end_positions=torch.tensor([y[1]]))
                scores.append(torch.stack((answer.start_logits[0], answer.end_logits[0]), -1)); losses.append(float(answer.loss))
            elif family.endswith("parse"):
                rows = model(**given)
                loss, arcs, relations = model.run(rows[[w[0] for w in y]], [w[1] for w in y], [w[2] for w in y])
                scores.append(rows); losses.append(loss); told.append(dict(arcs=[[round(max(float(x), -9e9), 5) for x in row] for row in arcs], relations=relations))
            elif family.endswith("vector"):
                scores.append(model(**given).last_hidden_state.mean(1)); losses.append(0.0)
            elif family.endswith("crf"):
                rows = model(**given).logits[0]
                words = [i for i, t in enumerate(y) if t >= 0]
                loss, best = Crf(5).run(rows[words], [y[i] for i in words])
                scores.append(rows); losses.append(loss); told.append(best)
            else:
                answer = model(**given, labels=torch.tensor([y], dtype=torch.float))
                scores.append(answer.logits); losses.append(float(answer.loss))
    config = json.loads(model.config.to_json_string())
    config = {k: v for k, v in config.items() if v is not None and k not in ("transformers_version", "dtype")}
    config["architectures"] = [getattr(model, "named", type(model).__name__)]
    if family.endswith("parse"): config.update(arc_size=6, relation_size=4)  # fields of ours
    if family.endswith("crf"): config["crf"] = True  # a field of ours
    rounded = [[[round(float(x), 5) for x in row] for row in rows] for rows in scores]
    out.append(dict(family=family, config=config, gold=gold, scores=rounded, losses=[round(l, 5) for l in losses], told=told))
print(json.dumps(dict(sequences=[A, B], segments=TYPES, models=out), ensure_ascii=False).replace('{"family"', '\n{"family"'))
