"""Asks a server with OpenAI's own client for Python. `openai_client.py ADDRESS` prints one JSON object of what came back."""
import json
import sys

import openai

client = openai.OpenAI(base_url=sys.argv[1] + "v1", api_key="none", max_retries=0, timeout=60)
MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Grüße, 你好 🦋"}]
SETTINGS = {"model": "tiny", "temperature": 0, "max_tokens": 24, "seed": 1}
seen = {"models": [m.id for m in client.models.list()], "model": client.models.retrieve("tiny").id}

whole = client.chat.completions.create(messages=MESSAGES, **SETTINGS)
seen["chat"] = whole.choices[0].message.content
seen["finish"] = whole.choices[0].finish_reason
seen["usage"] = [whole.usage.prompt_tokens, whole.usage.completion_tokens, whole.usage.total_tokens]

text, usage, finish = "", None, None
for chunk in client.chat.completions.create(messages=MESSAGES, stream=True, stream_options={"include_usage": True}, **SETTINGS):
    for choice in chunk.choices:
        text += choice.delta.content or ""
        finish = choice.finish_reason or finish
    usage = chunk.usage or usage
seen["chatStream"] = text
seen["chatStreamFinish"] = finish
seen["chatStreamUsage"] = [usage.prompt_tokens, usage.completion_tokens, usage.total_tokens]

seen["text"] = client.completions.create(prompt="Say", **SETTINGS).choices[0].text
seen["textStream"] = "".join(c.choices[0].text for c in client.completions.create(prompt="Say", stream=True, **SETTINGS))
two = client.chat.completions.create(messages=MESSAGES, **SETTINGS, n=2)
seen["choices"] = [[choice.index, choice.message.content] for choice in two.choices]


def error(**changed):
    try:
        client.chat.completions.create(**{"messages": MESSAGES, **SETTINGS, **changed})
        return "none"
    except openai.APIStatusError as e:
        return [type(e).__name__, e.status_code, e.param, e.code]


seen["errors"] = [error(temperature=9), error(model="other"), error(max_tokens=100000), error(verbosity="low")]
TOOLS = [
    {"type": "function", "function": {"name": "rain", "parameters": {"type": "object", "properties": {"days": {"enum": [1, 2]}}, "required": ["days"], "additionalProperties": False}}},
    {"type": "function", "function": {"name": "now", "parameters": {"type": "object", "properties": {}, "additionalProperties": False}}},
]


def ask(messages, choice, stream):
    """A message of the assistant, as it is sent back, and why it ended."""
    request = dict(messages=messages, tools=TOOLS, tool_choice=choice, stream=stream, **{**SETTINGS, "max_tokens": 80})
    if not stream:
        only = client.chat.completions.create(**request).choices[0]
        return only.message.model_dump(include={"role", "content", "tool_calls"}, exclude_none=True), only.finish_reason
    content, calls, finish = "", {}, None
    for chunk in client.chat.completions.create(**request):
        for choice in chunk.choices:
            content += choice.delta.content or ""
            finish = choice.finish_reason or finish
            for call in choice.delta.tool_calls or []:
                known = calls.setdefault(call.index, {"id": call.id, "type": "function", "function": {"name": call.function.name, "arguments": ""}})
                known["function"]["arguments"] += call.function.arguments or ""
    message = {"role": "assistant", "content": content}
    if calls:
        message["tool_calls"] = [calls[i] for i in sorted(calls)]
    return message, finish


def loop(stream):
    """Two tools are called, one after the other; then the model answers."""
    messages, steps = [{"role": "user", "content": "a"}], []
    for choice in ("required", {"type": "function", "function": {"name": "now"}}, "none"):
        message, finish = ask(messages, choice, stream)
        calls = message.get("tool_calls", [])
        steps.append([finish, [[call["function"]["name"], json.loads(call["function"]["arguments"])] for call in calls]])
        messages.append(message)
        messages += [{"role": "tool", "tool_call_id": call["id"], "content": "1"} for call in calls]
    return steps


seen["loop"], seen["loopStream"] = loop(False), loop(True)
with client.chat.completions.create(messages=MESSAGES, stream=True, **{**SETTINGS, "max_tokens": 150}) as left_early:
    next(iter(left_early))
print(json.dumps(seen))
