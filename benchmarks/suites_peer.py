"""Items a second of lm-evaluation-harness: the peer of benchmarks/suites.

usage: suites_peer.py FOLDER TASK THREADS
FOLDER holds the checkpoint `hf` and TASK.yaml. The time is that of the evaluation, after a first one of four items, without the checkpoint's loading.
"""

import os
import sys
import time

sys.path.pop(0)  # the files beside this one have the names of packages
os.environ["LMEVAL_DISABLE_MULTIPROC"] = os.environ["DISABLE_MULTIPROC"] = os.environ["TQDM_DISABLE"] = "1"

import lm_eval
import torch
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager

folder, task, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
torch.set_num_threads(threads)
lm = HFLM(pretrained=os.path.join(folder, "hf"), dtype="float32", batch_size=16, device="cpu")
manager = TaskManager(include_path=folder, include_defaults=False)
run = lambda **more: lm_eval.simple_evaluate(model=lm, tasks=[task], task_manager=manager, bootstrap_iters=0, **more)
run(limit=4)
start = time.monotonic()
said = run()
seconds = time.monotonic() - start
print("peer", task, len(said["samples"][task]) / seconds)
