"""Task suites by lm-evaluation-harness: what it says of a checkpoint and task files, without and with a chat template.

usage: task_suites.py MODEL_FOLDER TASKS_FOLDER OUT.json
The model is the one that `MergedModel` of chain/evaluate's tests writes; the tasks are those tests' resources. What lm-eval 0.4.13 says of them is the
resource lm-eval.json there, with which every build compares: log-likelihoods to 1e-4, answers, scores and standard errors.
"""

import json
import os
import sys

sys.path.pop(0)  # the files beside this one have the names of packages
os.environ["LMEVAL_DISABLE_MULTIPROC"] = os.environ["DISABLE_MULTIPROC"] = "1"

import lm_eval
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager

model, tasks, out = map(os.path.abspath, sys.argv[1:4])
os.chdir(tasks)
# Standard errors of perplexity by all draws; those of f1 and mcc would take minutes, and are left out.
SLOW = ("f1_stderr", "mcc_stderr")
RUNS = {
    "plain": ({}, ["tiny", "tiny_rolling", "tiny_answers", "tiny_several"]),
    "draws": ({"bootstrap_iters": 100000}, ["tiny_cloze"]),
    "chat": ({"apply_chat_template": True, "fewshot_as_multiturn": True}, ["tiny_choice", "tiny_answers"]),
    "turns": ({"apply_chat_template": True, "fewshot_as_multiturn": True, "system_instruction": "Be brief."}, ["tiny_choice", "tiny_answers"]),
}
lm = HFLM(pretrained=model, dtype="float32", batch_size=4, device="cpu")
manager = TaskManager(include_path=tasks, include_defaults=False)
said = {}
for name, (options, wanted) in RUNS.items():
    got = lm_eval.simple_evaluate(model=lm, tasks=wanted, task_manager=manager, **({"bootstrap_iters": 100} | options))
    scores = {
        task: {k: v for k, v in result.items() if "," in k and not k.startswith(SLOW) and isinstance(v, (int, float)) and not isinstance(v, bool)}
        for task, result in got["results"].items()
    }
    items = {}
    for task in got["samples"]:
        first = got["samples"][task][0]["filter"]
        items[task] = [
            {"asked": [list(a[:1]) if len(a) == 1 else [a[0], a[1] if isinstance(a[1], str) else ""] for a in s["arguments"]], "replies": [r[0] for r in s["resps"]]}
            for s in sorted(got["samples"][task], key=lambda s: s["doc_id"])
            if s["filter"] == first
        ]
    said[name] = {"scores": scores, "items": items}
json.dump(said, open(out, "w"), ensure_ascii=False, indent=0)
