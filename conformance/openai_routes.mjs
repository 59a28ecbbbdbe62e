// Asks a server on OpenAI's further routes with OpenAI's own client for Node. Run in the folder that
// holds node_modules: `node --input-type=module - ADDRESS < openai_routes.mjs` prints one JSON object.
import OpenAI, { toFile } from "openai";

const client = new OpenAI({ baseURL: process.argv[2] + "v1", apiKey: "none", maxRetries: 0, timeout: 60_000 });
const request = { model: "tiny", input: "Grüße, 你好 🦋", instructions: "Be brief.", temperature: 0, max_output_tokens: 24 };
const seen = {};
const whole = await client.responses.create(request);
seen.text = whole.output_text;
seen.status = whole.status;
seen.usage = [whole.usage.input_tokens, whole.usage.output_tokens, whole.usage.total_tokens];
seen.streamed = "";
seen.numbers = [];
for await (const event of await client.responses.create({ ...request, stream: true })) {
  seen.numbers.push(event.sequence_number);
  if (event.type === "response.output_text.delta") seen.streamed += event.delta;
  seen.last = event.type;
}
seen.numbers = seen.numbers.every((number, i) => number === i);
const runner = client.responses.stream(request);
seen.final = (await runner.finalResponse()).output_text;
const tools = [{ type: "function", name: "now", strict: true, parameters: { type: "object", properties: {}, additionalProperties: false } }];
const called = await client.responses.create({ ...request, max_output_tokens: 80, tools, tool_choice: { type: "function", name: "now" } });
seen.call = called.output.filter((item) => item.type === "function_call").map((item) => [item.name, JSON.parse(item.arguments)]);
const outputs = called.output.filter((item) => item.type === "function_call").map((item) => ({ type: "function_call_output", call_id: item.call_id, output: "noon" }));
const after = await client.responses.create({ model: "tiny", previous_response_id: called.id, input: outputs, max_output_tokens: 8 });
seen.follows = after.previous_response_id === called.id;
seen.items = (await client.responses.inputItems.list(after.id, { order: "asc" })).data.map((item) => item.type);
seen.fetched = (await client.responses.retrieve(whole.id)).output_text;
await client.responses.delete(whole.id);
seen.deleted = await client.responses.retrieve(whole.id).then(() => "there", (e) => e.status);
let queued = await client.responses.create({ ...request, background: true });
while (queued.status === "queued" || queued.status === "in_progress") queued = await client.responses.retrieve(queued.id);
seen.background = queued.output_text;

const lines = [0, 1].map((i) => JSON.stringify({ custom_id: `r${i}`, method: "POST", url: "/v1/responses", body: request })).join("\n");
const file = await client.files.create({ purpose: "batch", file: await toFile(Buffer.from(lines), "requests.jsonl") });
seen.files = (await client.files.list()).data.map((one) => one.filename);
let batch = await client.batches.create({ input_file_id: file.id, endpoint: "/v1/responses", completion_window: "24h" });
while (!["completed", "failed"].includes(batch.status)) batch = await client.batches.retrieve(batch.id);
seen.batch = [batch.status, batch.request_counts.completed];
const answers = (await (await client.files.content(batch.output_file_id)).text()).trim().split("\n").map((line) => JSON.parse(line));
seen.answers = answers.map((answer) => answer.response.body.output[0].content[0].text);
seen.errors = await Promise.all([{ max_output_tokens: 100000 }, { truncation: "auto" }, { model: "other" }].map((changed) => client.responses.create({ ...request, ...changed }).then(() => "none", (e) => [e.constructor.name, e.status, e.param])));
console.log(JSON.stringify(seen));
