"""Clients at a server of OpenAI's completions, ours or llama-server, whichever is up: clients.py URL [CLIENTS=4] [ROUNDS=3] [PROMPT=300] [TOKENS=64].

Each client asks at once for TOKENS tokens after PROMPT ids of its own, streamed: others in each round and in each run, so that a server which keeps
prompts has none of them. Told are generated tokens a second of all clients together, and the mean time to the first token, of the best round.
"""
import http.client
import json
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlparse

url = urlparse(sys.argv[1])
clients, rounds, prompt, tokens = (int(a) for a in (sys.argv[2:] + ["4", "3", "300", "64"][len(sys.argv) - 2:]))
draw = random.SystemRandom()


def ask(ids):
    """Seconds to the first token."""
    body = {"prompt": ids, "max_tokens": tokens, "temperature": 0, "stream": True, "ignore_eos": True, "stream_options": {"include_usage": True}}
    begun = time.monotonic()
    connection = http.client.HTTPConnection(url.hostname, url.port)
    connection.request("POST", "/v1/completions", json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    if answer.status != 200:
        raise SystemExit(f"{answer.status}: {answer.read(500)}")
    first = usage = None
    for line in answer:
        if line.startswith(b"data: {"):
            first = first or time.monotonic() - begun
            usage = json.loads(line[6:]).get("usage") or usage
    connection.close()
    if first is None or usage and usage["completion_tokens"] != tokens:
        raise SystemExit(f"{tokens} tokens were asked for, and the server tells {usage}")
    return first


best = (0.0, 0.0)
with ThreadPoolExecutor(clients) as pool:
    for _ in range(rounds):
        prompts = [[draw.randrange(300, 15300) for _ in range(prompt)] for _ in range(clients)]
        begun = time.monotonic()
        first = list(pool.map(ask, prompts))
        best = max(best, (clients * tokens / (time.monotonic() - begun), sum(first) / clients))
print(json.dumps({"clients": clients, "tokens_per_second": round(best[0], 1), "first_token_seconds": round(best[1], 2)}))
