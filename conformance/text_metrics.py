"""Metrics of texts by their references, on random cases: sacreBLEU, rouge_score's algorithm, the scripts of SQuAD and CMRC, torchmetrics.

usage: text_metrics.py CASES SEED OUT.json
Writes {"cases": [{"hypothesis", "references"}], "metrics": [{"spec", "name", "signature", "corpus", "sentences"}], "stems": {word: stem}}.
200 cases of seed 7 are the resource text-metrics.json of foundation/metrics, with which every build compares.

ROUGE is rouge_score's where that is installed; else torchmetrics' functions, which follow it, on lines instead of NLTK's sentences and on doubles.
SQuAD 2.0's exact match and F1 are transformers' (squad_metrics). The scripts of SQuAD 1.1 and of CMRC are no packages: what they define is written
here once more, on Python's own functions and NLTK's tokenizer.
"""

import collections
import json
import logging
import random
import re
import string
import sys

sys.path.pop(0)  # the files beside this one have the names of packages

import torchmetrics.functional.text.rouge as rouge
from nltk.stem.porter import PorterStemmer
from nltk.tokenize.destructive import NLTKWordTokenizer
from sacrebleu.metrics import BLEU, CHRF, TER
from torchmetrics.functional.text import char_error_rate, word_error_rate
from transformers.data.metrics import squad_metrics

try:
    from rouge_score import rouge_scorer
except ImportError:
    rouge_scorer = None
rouge.tensor = float  # doubles in place of float32

WORDS = """the a an The cat sat on mat . , ; : ! ? ( ) [ ] { } < > & &amp; &quot; &lt; &gt; <skipped> "quoted" it's don't can't dogs' rock'n'roll U.S. 3.14 1,000 5-4 10-
-x x- e-mail http://a.b/c?d=e#f $5 50% ~ ` ^ _ a_b | \\ / @ + = * ... … -- — – naïve Straße İstanbul ΟΔΟΣ Σ ſ K ß 返回 长度 这是一个测试。 你好，世界！ 《书》 「引」 （括） ～ ，
。 、 ； ： ？ ひらがな カタカナ ー 々 한국어 ไทย हिन्दी العربية עברית Привет мир 😀 👩‍👧 é ２０２４ ｆｕｌｌ ℃ № ½ ² Ⅷ ⅓ ㈱ ㍿ ⼀ ⿰ ㇀ 𠀀 𝔸 € “curly” ‘single’ «guillemets» returned returning
relational conditional happiness flies dying cities agreed hopping falling hissing radically sensibility controlling generalizations oscillators probate rate adjustable
yyyy sky innings news feudalism analogously ponies caresses electricity hopefulness apology geology""".split()
SPACES = [" "] * 12 + ["", "  ", "\t", "\u00a0", "\u3000", "\u2028", "\u001c", "\u200b", "\ufeff", "\n"]


def text(rng, most):
    words = [rng.choice(WORDS) for _ in range(rng.randrange(most))]
    return "".join(word + rng.choice(SPACES) for word in words)


def edited(rng, reference):
    """A hypothesis: words dropped, added, replaced, moved in runs, in another case."""
    words = re.split(r"(\s+)", reference)
    for _ in range(rng.randrange(7)):
        if not words:
            break
        at, to = rng.randrange(len(words)), rng.randrange(len(words))
        kind = rng.randrange(5)
        if kind == 0:
            del words[at]
        elif kind == 1:
            words.insert(at, rng.choice(WORDS) + " ")
        elif kind == 2:
            words[at] = rng.choice(WORDS)
        elif kind == 3:
            run = words[at : at + rng.randrange(1, 8)]
            del words[at : at + len(run)]
            words[to:to] = run
        else:
            words[at] = words[at].upper()
    return "".join(words)


def cases(count, seed):
    rng = random.Random(seed)
    made = []
    for i in range(count):
        most = 2 if i % 23 == 0 else 300 if i % 97 == 50 else 30
        reference = text(rng, most)
        hypothesis = "" if i % 41 == 3 else text(rng, most) if i % 5 == 0 else edited(rng, reference)
        references = [reference] + [edited(rng, reference) for _ in range(i % 3 if i % 2 else 0)]
        made.append({"hypothesis": hypothesis, "references": references})
    return made


class SacreBleu:
    def __init__(self, kind, **options):
        self.kind, self.options = kind, options

    def sentence(self, hypothesis, references):
        return self.kind(**self.options).sentence_score(hypothesis, references).score

    def corpus(self, made):
        longest = max(len(case["references"]) for case in made)
        metric = self.kind(**self.options)
        references = [[(case["references"] + [None] * longest)[i] for case in made] for i in range(longest)]
        score = metric.corpus_score([case["hypothesis"] for case in made], references)
        return score.score, score.name, str(metric.get_signature())


class Mean:
    """The mean of the best references' scores."""

    def __init__(self, name, signature, of, scale=1):
        self.name, self.signature, self.of, self.scale = name, signature, of, scale

    def sentence(self, hypothesis, references):
        return self.scale * max(self.of(hypothesis, reference) for reference in references)

    def corpus(self, made):
        scores = [self.sentence(case["hypothesis"], case["references"]) for case in made]
        return sum(scores) / len(scores), self.name, self.signature


class ErrorRate:
    """Of the first reference; None where there is nothing to divide by."""

    def __init__(self, name, of):
        self.name, self.of = name, of

    def rate(self, hypotheses, references):
        score = float(self.of(hypotheses, references))
        return score if score == score and abs(score) < 1e300 else None

    def sentence(self, hypothesis, references):
        return self.rate([hypothesis], [references[0]])

    def corpus(self, made):
        return self.rate([c["hypothesis"] for c in made], [c["references"][0] for c in made]), self.name, ""


STEMMER = PorterStemmer()


def rouge_of(kind, stem):
    if rouge_scorer is not None:
        scorer = rouge_scorer.RougeScorer([kind], use_stemmer=stem)
        return lambda hypothesis, reference: scorer.score(reference, hypothesis)[kind].fmeasure
    words = lambda some: rouge._normalize_and_tokenize_text(some, STEMMER if stem else None)
    lines = lambda some: [words(line) for line in some.split("\n") if line]
    of = {
        "rouge1": lambda h, r: rouge._rouge_n_score(words(h), words(r), 1),
        "rouge2": lambda h, r: rouge._rouge_n_score(words(h), words(r), 2),
        "rougeL": lambda h, r: rouge._rouge_l_score(words(h), words(r)),
        "rougeLsum": lambda h, r: rouge._rouge_lsum_score(lines(h), lines(r)),
    }[kind]
    return lambda hypothesis, reference: of(hypothesis, reference)["fmeasure"]


def squad_normal(answer):
    kept = "".join(c for c in answer.lower() if c not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", kept).split())


def squad_f1(hypothesis, reference):
    said, wanted = squad_normal(hypothesis).split(), squad_normal(reference).split()
    same = sum((collections.Counter(said) & collections.Counter(wanted)).values())
    return 2 * same / (len(said) + len(wanted)) if same else 0.0


class Squad2(Mean):
    def sentence(self, hypothesis, references):
        return super().sentence(hypothesis, [r for r in references if squad_metrics.normalize_answer(r)] or [""])


CMRC_SIGNS = list("-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")


def cmrc_plain(answer):
    return "".join(c for c in answer.lower().strip() if c not in CMRC_SIGNS)


def cmrc_words(answer):
    words, other = [], ""
    for c in cmrc_plain(answer) + "\u4e00":
        if "\u4e00" <= c <= "\u9fa5":
            words += NLTKWordTokenizer().tokenize(other) if other else []
            words.append(c)
            other = ""
        else:
            other += c
    return words[:-1]


def cmrc_f1(hypothesis, reference):
    said, wanted = cmrc_words(hypothesis), cmrc_words(reference)
    longest, row = 0, [0] * (len(wanted) + 1)
    for word in said:
        row = [0] + [row[j] + 1 if word == wanted[j] else 0 for j in range(len(wanted))]
        longest = max(longest, max(row))
    return 2 * longest / (len(said) + len(wanted)) if longest else 0.0


def bleu(**options):
    return SacreBleu(BLEU, **options)


METRICS = {
    "bleu": bleu(),
    "bleu tok=13a eff": bleu(effective_order=True),
    "bleu tok=13a lc eff smooth=floor": bleu(lowercase=True, effective_order=True, smooth_method="floor"),
    "bleu tok=intl eff": bleu(tokenize="intl", effective_order=True),
    "bleu tok=char eff smooth=add-k": bleu(tokenize="char", effective_order=True, smooth_method="add-k"),
    "bleu tok=zh smooth=add-k value=0.5": bleu(tokenize="zh", smooth_method="add-k", smooth_value=0.5),
    "bleu tok=zh eff": bleu(tokenize="zh", effective_order=True),
    "bleu tok=none smooth=none": bleu(tokenize="none", smooth_method="none"),
    "chrf": SacreBleu(CHRF),
    "chrf lc space": SacreBleu(CHRF, lowercase=True, whitespace=True),
    "chrf eps": SacreBleu(CHRF, eps_smoothing=True),
    "chrf words=2": SacreBleu(CHRF, word_order=2),
    "chrf words=2 eps": SacreBleu(CHRF, word_order=2, eps_smoothing=True),
    "ter": SacreBleu(TER),
    "ter norm asian": SacreBleu(TER, normalized=True, asian_support=True),
    "ter nopunct asian case": SacreBleu(TER, no_punct=True, asian_support=True, case_sensitive=True),
    "ter norm nopunct": SacreBleu(TER, normalized=True, no_punct=True),
    "squad-1.1 exact": Mean("exact", "", lambda h, r: squad_normal(h) == squad_normal(r), 100),
    "squad-1.1 f1": Mean("f1", "", squad_f1, 100),
    "squad-2.0 exact": Squad2("exact", "", lambda h, r: squad_metrics.compute_exact(r, h), 100),
    "squad-2.0 f1": Squad2("f1", "", lambda h, r: squad_metrics.compute_f1(r, h), 100),
    "cmrc2018 exact": Mean("exact", "", lambda h, r: cmrc_plain(h) == cmrc_plain(r), 100),
    "cmrc2018 f1": Mean("f1", "", cmrc_f1, 100),
    "wer": ErrorRate("WER", word_error_rate),
    "cer": ErrorRate("CER", char_error_rate),
}
for kind in ("rouge1", "rouge2", "rougeL", "rougeLsum"):
    for stem in (False, True):
        METRICS[kind + (" stem" if stem else "")] = Mean(kind, "", rouge_of(kind, stem))


def digits(score):
    return None if score is None else float(f"{score:.13g}")


def main():
    count, seed, out = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    made = cases(count, seed)
    answers = []
    for spec, metric in METRICS.items():
        corpus, name, signature = metric.corpus(made)
        sentences = [digits(metric.sentence(case["hypothesis"], case["references"])) for case in made]
        answers.append({"spec": spec, "name": name, "signature": signature, "corpus": digits(corpus), "sentences": sentences})
    words = sorted({word for case in made for text in case["references"] for word in re.findall("[a-z]+", text.lower())})
    rng = random.Random(seed)
    ends = "s es ies sses ed ied eed ing y ational ization iveness alli logi ement ion ll e ate ical ness".split()
    words += ["".join(rng.choice("aeioubcdlstyz") for _ in range(rng.randrange(1, 6))) + rng.choice(ends) for _ in range(count)]
    with open(out, "w", encoding="utf-8") as file:
        json.dump({"cases": made, "metrics": answers, "stems": {word: STEMMER.stem(word) for word in words}}, file, ensure_ascii=False, indent=0)


logging.getLogger("sacrebleu").setLevel(logging.ERROR)
main()
