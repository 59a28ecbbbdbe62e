"""What an engine's control costs, of a server that speaks /v1/completions: tokens a second free and under two rules,
time to the first token of a long prompt cold and again, and tokens a second where an answer repeats itself.

    python3 control_peer.py URL [URL …]             two servers of the same file: their lines alternate, three rounds
    python3 control_peer.py guesses TOKENS URL …    tokens a second of an answer of so many alone: servers with a draft model, with look-up, without

Prompts are token ids, so that both read the same, and others in each run, so that neither has kept them. Prints a line of JSON for each server and round. No library is needed."""

import json
import random
import sys
import time
import urllib.request

WORDS = 'root ::= [a-z0-9 ]+'
SCHEMA = {"type": "array", "minItems": 200, "items": {"type": "object", "required": ["a", "b"], "additionalProperties": False,
          "properties": {"a": {"type": "string", "minLength": 8, "maxLength": 24}, "b": {"type": "integer"}}}}
RUN = random.SystemRandom().random()


def ask(url, **fields):
    body = {"temperature": 0, "repeat_penalty": 1, "ignore_eos": True, "stream": False} | fields
    request = urllib.request.Request(url + "/v1/completions", json.dumps(body).encode(), {"Content-Type": "application/json"})
    begun = time.perf_counter()
    with urllib.request.urlopen(request, timeout=200) as answer:
        said = json.load(answer)
    return time.perf_counter() - begun, said["usage"]


def prompt(seed, length):
    numbers = random.Random(f"{RUN} {seed}")
    return [numbers.randrange(300, 16000) for _ in range(length)]


def speed(url, seed, tokens, **fields):
    one, _ = ask(url, prompt=prompt(seed, 16), max_tokens=1, **fields)
    whole, usage = ask(url, prompt=prompt(seed, 16), max_tokens=tokens, **fields)
    return (usage["completion_tokens"] - 1) / (whole - one)


def guesses(tokens, urls):
    for round in range(4):  # the first warms up
        for url in urls:
            print(json.dumps({"server": url, "round": round, "tokens_per_second": round_to(speed(url, round, tokens))}), flush=True)


def main():
    if sys.argv[1] == "guesses":
        return guesses(int(sys.argv[2]), sys.argv[3:])
    for round in range(4):  # the first warms up
        for url in sys.argv[1:]:
            long = prompt(100 + round, 1024)
            cold, _ = ask(url, prompt=long, max_tokens=1)
            again, usage = ask(url, prompt=long, max_tokens=1)
            line = {"server": url, "round": round, "free": speed(url, round, 128),
                    "gbnf": speed(url, round, 128, grammar=WORDS), "schema": speed(url, round, 128, json_schema=SCHEMA),
                    "cold_ms": 1e3 * cold, "again_ms": 1e3 * again,
                    "cached": usage.get("prompt_tokens_details", {}).get("cached_tokens"),
                    "repeats": speed(url, 7, 256)}
            print(json.dumps({k: round_to(v) for k, v in line.items()}), flush=True)


def round_to(value):
    return round(value, 1) if isinstance(value, float) else value


main()
