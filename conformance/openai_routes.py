"""Asks a server on OpenAI's further routes with OpenAI's own client for Python. `openai_routes.py ADDRESS` prints one
JSON object of what came back."""
import json
import sys
import time

import openai

client = openai.OpenAI(base_url=sys.argv[1] + "v1", api_key="none", max_retries=0, timeout=60)
REQUEST = {"model": "tiny", "input": "Grüße, 你好 🦋", "instructions": "Be brief.", "temperature": 0, "max_output_tokens": 24}
seen = {}
whole = client.responses.create(**REQUEST)
seen["text"], seen["status"] = whole.output_text, whole.status
seen["usage"] = [whole.usage.input_tokens, whole.usage.output_tokens, whole.usage.total_tokens]
seen["streamed"], numbers = "", []
for event in client.responses.create(**REQUEST, stream=True):
    numbers.append(event.sequence_number)
    if event.type == "response.output_text.delta":
        seen["streamed"] += event.delta
    seen["last"] = event.type
seen["numbers"] = numbers == list(range(len(numbers)))
with client.responses.stream(**REQUEST) as stream:
    for event in stream:
        pass
    seen["final"] = event.response.output_text  # get_final_response has completed ones alone

TOOLS = [{"type": "function", "name": "now", "strict": True, "parameters": {"type": "object", "properties": {}, "additionalProperties": False}}]
called = client.responses.create(**{**REQUEST, "max_output_tokens": 80}, tools=TOOLS, tool_choice={"type": "function", "name": "now"})
calls = [item for item in called.output if item.type == "function_call"]
seen["call"] = [[item.name, json.loads(item.arguments)] for item in calls]
outputs = [{"type": "function_call_output", "call_id": item.call_id, "output": "noon"} for item in calls]
after = client.responses.create(model="tiny", previous_response_id=called.id, input=outputs, max_output_tokens=8)
seen["follows"] = after.previous_response_id == called.id
seen["items"] = [item.type for item in client.responses.input_items.list(after.id, order="asc")]
seen["fetched"] = client.responses.retrieve(whole.id).output_text
client.responses.delete(whole.id)
try:
    client.responses.retrieve(whole.id)
except openai.APIStatusError as e:
    seen["deleted"] = e.status_code


def ended(response):
    while response.status in ("queued", "in_progress"):
        time.sleep(0.01)
        response = client.responses.retrieve(response.id)
    return response


seen["background"] = ended(client.responses.create(**REQUEST, background=True)).output_text
left = client.responses.create(**{**REQUEST, "max_output_tokens": 150}, background=True)
client.responses.cancel(left.id)
seen["cancelled"] = ended(client.responses.retrieve(left.id)).status

lines = "\n".join(json.dumps({"custom_id": f"r{i}", "method": "POST", "url": "/v1/responses", "body": REQUEST}) for i in range(2))
file = client.files.create(purpose="batch", file=("requests.jsonl", lines.encode()))
seen["files"] = [one.filename for one in client.files.list()]
batch = client.batches.create(input_file_id=file.id, endpoint="/v1/responses", completion_window="24h")
while batch.status not in ("completed", "failed"):
    time.sleep(0.01)
    batch = client.batches.retrieve(batch.id)
seen["batch"] = [batch.status, batch.request_counts.completed]
answers = [json.loads(line) for line in client.files.content(batch.output_file_id).text.splitlines()]
seen["answers"] = [answer["response"]["body"]["output"][0]["content"][0]["text"] for answer in answers]
seen["errors"] = []
for changed in ({"max_output_tokens": 100000}, {"truncation": "auto"}, {"model": "other"}):
    try:
        client.responses.create(**{**REQUEST, **changed})
        seen["errors"].append("none")
    except openai.APIStatusError as e:
        seen["errors"].append([type(e).__name__, e.status_code, e.param])
print(json.dumps(seen))
