#!/usr/bin/env python3
"""A server of annotators that is killed: no acknowledged label is lost, none is doubled, no item passes its overlap.

    conformance/labelling_kills.py [KILLS=20] [PEOPLE=4]

Scripted annotators label over HTTP while the server gets SIGKILL at random moments and is started again; what was
sent and not acknowledged is sent again with the same id, as the page does. In the end everything that was acknowledged
is compared with `imago annotate export`. IMAGO names the command (default: ./imago)."""
import json, os, random, signal, subprocess, sys, tempfile, threading, time, urllib.error, urllib.request

KILLS = int(sys.argv[1]) if len(sys.argv) > 1 else 20
PEOPLE = [f"person {i}" for i in range(int(sys.argv[2]) if len(sys.argv) > 2 else 4)]
IMAGO = os.environ.get("IMAGO", "./imago").split()
OVERLAP, PORT = 2, 18000 + random.randrange(1000)
random.seed(42)
folder = tempfile.mkdtemp()
workspace = ["--workspace", os.path.join(folder, "ws")]


def imago(*arguments):
    done = subprocess.run(IMAGO + workspace + ["annotate", *arguments], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr[-500:])
    return done.stdout


def serve():
    people = [word for person in PEOPLE for word in ("--person", person)]
    process = subprocess.Popen(IMAGO + workspace + ["annotate", "serve", "kills", "--port", str(PORT), *people],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True)
    keys = {}
    for line in process.stdout:
        if "#" in line:
            person, link = line.strip().rsplit("   ", 1)
            keys[person.strip()] = link.split("#")[1]
        if "links stay" in line:
            return process, keys
    sys.exit("the server did not start")


stop, acknowledged, lock, calls = threading.Event(), {}, threading.Lock(), [0]


def call(key, path, body):
    while not stop.is_set():
        request = urllib.request.Request(f"http://127.0.0.1:{PORT}/label/{path}", json.dumps(body).encode(),
                                         {"Authorization": f"Bearer {key}"})
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                calls[0] += 1
                return json.load(reply)
        except urllib.error.HTTPError as e:
            sys.exit(f"{path}: {e.read().decode()}")
        except OSError:
            time.sleep(0.05)  # the server is gone: the same again
    return None


def annotator(person, key):
    number = 0
    while not stop.is_set():
        item = call(key, "next", {})
        if not item or "item" not in item:
            return
        label = random.choice(["good", "bad"])
        number += 1
        outcome = call(key, "save", {"client": f"{person}-{number}", "item": item["item"], "revision": item["revision"],
                                     "text_hash": item["text_hash"], "answer": {"labels": [label]}})
        if outcome and "stored" in outcome:
            with lock:
                acknowledged[(str(item["item"]), person)] = label


with open(os.path.join(folder, "task.yaml"), "w") as task:
    task.write(f"task: choice\nlabels: [good, bad]\noverlap: {OVERLAP}\n")
with open(os.path.join(folder, "items.jsonl"), "w") as items:
    for i in range(20000):
        items.write(json.dumps({"id": str(i), "text": f"text {i}"}) + "\n")
imago("new", "kills", "--task", os.path.join(folder, "task.yaml"), "--gold-every", "0")
imago("import", "kills", os.path.join(folder, "items.jsonl"))
process, keys = serve()
threads = [threading.Thread(target=annotator, args=(person, keys[person])) for person in PEOPLE]
for thread in threads:
    thread.start()
for kill in range(KILLS):
    before, wait = calls[0], time.time() + 60
    while calls[0] < before + 20 and time.time() < wait:
        time.sleep(0.01)
    time.sleep(random.random())
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process, _ = serve()
time.sleep(1)
stop.set()
for thread in threads:
    thread.join()
os.killpg(process.pid, signal.SIGKILL)
process.wait()
out = os.path.join(folder, "out.jsonl")
imago("export", "kills", "--out", out)
found, doubled, beyond = {}, 0, 0
for line in open(out):
    row = json.loads(line)
    beyond += len(row["answers"]) > OVERLAP
    for answer in row["answers"]:
        key = (row["id"], answer["by"])
        doubled += key in found
        found[key] = answer["labels"][0]
lost = [key for key, label in acknowledged.items() if found.get(key) != label]
print(f"{KILLS} kills, {len(acknowledged)} acknowledged: {len(lost)} lost, {doubled} doubled, {beyond} items beyond their overlap")
sys.exit(1 if lost or doubled or beyond else 0)
