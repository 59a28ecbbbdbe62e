#!/usr/bin/env python3
"""One corpus whatever happens: the same hash from other threads, other memory, and a job that is killed.

    conformance/corpus_kills.py [MEGABYTES=1000] [KILLS=20] TEXT…

Documents are drawn from a seed out of the sentences of the text files named; 6 of 100 are copies, 10 near copies. They
are prepared with all default rules, once with two threads and a heap of 4 GB, and once with one thread and 1 GB by
processes that get SIGKILL at random moments; the last may end. Both must leave the same corpus and the same rejects.
IMAGO names the command (default: ./imago), which takes its heap from IMAGO_HEAP or from JAVA_TOOL_OPTIONS; WORK is a
folder with room for three times the megabytes (default: a temporary one)."""
import json, os, random, re, signal, subprocess, sys, tempfile, time

numbers = [int(a) for a in sys.argv[1:] if a.isdigit()]
megabytes, kills = (numbers + [1000, 20][len(numbers):])[:2]
sources = [a for a in sys.argv[1:] if not a.isdigit()]
if not sources:
    sys.exit("name text files to draw sentences from")
imago = os.environ.get("IMAGO", "./imago").split()
work = os.environ.get("WORK") or tempfile.mkdtemp()
os.makedirs(work, exist_ok=True)
random.seed(20)

pools = []
for source in sources:
    with open(source, encoding="utf-8") as lines:
        text = [line.strip() for line in lines]
    pool = [s.strip() for t in text for s in re.split(r"(?<=[。！？])|(?<=[a-z]{3} \. )", t) if 20 < len(s) < 600]
    if len(pool) < 100:
        sys.exit(f"{source} has {len(pool)} sentences: 100 are needed")
    pools.append(pool)

parts = os.path.join(work, "parts")
os.makedirs(parts, exist_ok=True)
written, count, recent = 0, 0, []
part, part_bytes, number = None, 0, 0
while written < megabytes * 1_000_000:
    draw = random.random()
    if recent and draw < 0.06:
        text = random.choice(recent)
    elif recent and draw < 0.16:
        sentences = random.choice(recent).split("\n")
        sentences[random.randrange(len(sentences))] = random.choice(random.choice(pools))
        text = "\n".join(sentences)
    else:
        pool = random.choice(pools)
        text = "\n".join(random.choice(pool) for _ in range(random.randrange(4, 40)))
    if len(recent) < 5000:
        recent.append(text)
    else:
        recent[random.randrange(5000)] = text
    line = json.dumps({"id": f"d{count}", "text": text}, ensure_ascii=False) + "\n"
    if part is None or part_bytes > 37_000_000:
        if part:
            part.close()
        part, part_bytes, number = open(os.path.join(parts, f"{number:04}.jsonl"), "w", encoding="utf-8"), 0, number + 1
    part.write(line)
    size = len(line.encode())
    written, part_bytes, count = written + size, part_bytes + size, count + 1
part.close()
print(f"{count:,} documents, {written:,} bytes, {number} files", flush=True)

recipe = os.path.join(work, "corpus.yaml")
with open(recipe, "w") as out:
    out.write("name: corpus\nstages:\n  collect:\n  prepare:\n")


def job(workspace, documents, threads, heap):
    environment = dict(os.environ, JAVA_TOOL_OPTIONS=f"-Xmx{heap}", IMAGO_HEAP=heap)
    return subprocess.Popen(imago + ["--workspace", workspace, "run", recipe, "--input", documents, "--threads", str(threads)],
                            stdout=open(workspace + ".out", "a"), stderr=subprocess.STDOUT, env=environment, start_new_session=True)


def left(workspace):
    runs = os.path.join(workspace, "runs")
    for run in sorted(os.listdir(runs), reverse=True):
        with open(os.path.join(runs, run, "run.json")) as file:
            told = json.load(file)
        if told["step"] == "prepare" and told["status"] == "DONE":
            return {name: artifact.split("/")[1] for name, artifact in told["outputs"].items()}
    sys.exit(f"no run of prepare ended in {workspace}")


calm = os.path.join(work, "calm")
started = time.time()
process = job(calm, parts, 2, "4g")
if process.wait():
    sys.exit(open(calm + ".out").read()[-2000:])
took = time.time() - started
print(f"two threads, 4 GB: {took:.0f} s, {left(calm)}", flush=True)

killed = os.path.join(work, "killed")
ends = 0
for kill in range(kills):
    process = job(killed, parts, 1, "1g")
    try:
        # Mostly within what a start is worth, sometimes late, so that each step is met.
        process.wait(timeout=random.uniform(2, took * random.choice([0.05, 0.1, 0.3])))
        break
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        ends += 1
if process.returncode:
    process = job(killed, parts, 1, "1g")
    if process.wait():
        sys.exit(open(killed + ".out").read()[-2000:])
print(f"one thread, 1 GB, {number} files, killed {ends} times: {left(killed)}", flush=True)
same = left(calm) == left(killed)
print(f"corpus_kills: {'the same' if same else 'NOT THE SAME'} after {ends} kills of {kills}")
sys.exit(0 if same and ends else 1)
