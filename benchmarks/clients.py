"""Clients at a server of OpenAI's completions, ours or llama-server, whichever is up: clients.py URL [CLIENTS=4] [ROUNDS=3] [PROMPT=300] [TOKENS=64].

Each client asks at once for TOKENS tokens after PROMPT ids of its own, streamed. Told are generated tokens a second of all clients together,
and the mean time to the first token, of the best round.
"""
import http.client
import json
import sys
import threading
import time
from urllib.parse import urlparse

url = urlparse(sys.argv[1])
clients, rounds, prompt, tokens = (int(a) for a in (sys.argv[2:] + ["4", "3", "300", "64"][len(sys.argv) - 2:]))


def ask(client, round_, first):
    ids = [300 + (i * 7919 + client * 104729 + round_ * 1299709) % 15000 for i in range(prompt)]
    body = {"prompt": ids, "max_tokens": tokens, "temperature": 0, "stream": True, "ignore_eos": True}
    begun = time.monotonic()
    connection = http.client.HTTPConnection(url.hostname, url.port)
    connection.request("POST", "/v1/completions", json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    if answer.status != 200:
        raise SystemExit(f"{answer.status}: {answer.read(500)}")
    for line in answer:
        if line.startswith(b"data:") and client not in first:
            first[client] = time.monotonic() - begun
    connection.close()


best = (0.0, 0.0)
for round_ in range(rounds):
    first = {}
    threads = [threading.Thread(target=ask, args=(c, round_, first)) for c in range(clients)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = clients * tokens / (time.monotonic() - begun)
    if len(first) == clients:
        best = max(best, (rate, sum(first.values()) / clients))
print(json.dumps({"clients": clients, "tokens_per_second": round(best[0], 1), "first_token_seconds": round(best[1], 2)}))
