// Asks a server of a model that reads with OpenAI's own client for Node. Run in the folder that holds node_modules:
// `node --input-type=module - vectors|verdicts ADDRESS < openai_readers.mjs` prints one JSON object of what came back.
import OpenAI from "openai";

const client = new OpenAI({ baseURL: process.argv[3] + "v1", apiKey: "none", maxRetries: 0, timeout: 60_000 });
const seen = {};
if (process.argv[2] === "vectors") {
  const floats = await client.embeddings.create({ model: "tiny", input: "the bank", encoding_format: "float" });
  const packed = await client.embeddings.create({ model: "tiny", input: "the bank" }); // in base64, unless told otherwise
  seen.vectors = floats.data.map((v) => v.embedding);
  seen.packed = packed.data.map((v) => v.embedding);
  seen.tokens = floats.usage.prompt_tokens > 1;
} else {
  const { results } = await client.moderations.create({ model: "tiny", input: "the bank" });
  seen.flagged = results.map((r) => r.flagged);
  seen.violence = results[0].categories.violence;
  seen.score = results[0].category_scores.violence;
}
console.log(JSON.stringify(seen));
