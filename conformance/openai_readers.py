"""Asks a server of a model that reads with OpenAI's own client for Python: `openai_readers.py vectors|verdicts ADDRESS`
prints one JSON object of what came back."""
import json
import sys

import openai

client = openai.OpenAI(base_url=sys.argv[2] + "v1", api_key="none", max_retries=0, timeout=60)
if sys.argv[1] == "vectors":
    floats = client.embeddings.create(model="tiny", input="the bank", encoding_format="float")
    packed = client.embeddings.create(model="tiny", input="the bank")  # in base64, unless told otherwise
    seen = {"vectors": [v.embedding for v in floats.data], "tokens": floats.usage.prompt_tokens > 1}
    seen["packed"] = [v.embedding for v in packed.data]
else:
    results = client.moderations.create(model="tiny", input="the bank").results
    seen = {"flagged": [r.flagged for r in results], "violence": results[0].categories.violence, "score": results[0].category_scores.violence}
print(json.dumps(seen))
