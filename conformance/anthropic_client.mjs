// Asks a server with Anthropic's own client for Node. Run in the folder that holds node_modules:
// `node --input-type=module - ADDRESS < anthropic_client.mjs` prints one JSON object of what came back.
import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic({ baseURL: process.argv[2], apiKey: "none", maxRetries: 0, timeout: 60_000 });
const request = { model: "tiny", max_tokens: 24, temperature: 0, system: "Be brief.", messages: [{ role: "user", content: "Grüße, 你好 🦋" }] };
const seen = {};
const whole = await client.messages.create(request);
seen.text = whole.content.map((block) => block.text).join("");
seen.reason = whole.stop_reason;
seen.usage = [whole.usage.input_tokens + whole.usage.cache_read_input_tokens, whole.usage.output_tokens];

const stream = client.messages.stream(request);
seen.streamed = "";
stream.on("text", (text) => (seen.streamed += text));
const last = await stream.finalMessage();
seen.streamedReason = last.stop_reason;
seen.streamedUsage = [last.usage.input_tokens + last.usage.cache_read_input_tokens, last.usage.output_tokens];
seen.counted = (await client.messages.countTokens({ model: "tiny", system: request.system, messages: request.messages })).input_tokens;

const tools = [{ name: "now", input_schema: { type: "object", properties: {}, additionalProperties: false } }];
const called = await client.messages.create({ ...request, max_tokens: 80, tools, tool_choice: { type: "tool", name: "now" } });
seen.call = [called.stop_reason, called.content.filter((block) => block.type === "tool_use").map((block) => [block.name, block.input])];
const talk = [...request.messages, { role: "assistant", content: called.content }, { role: "user", content: called.content.filter((b) => b.type === "tool_use").map((b) => ({ type: "tool_result", tool_use_id: b.id, content: "noon" })) }];
seen.after = (await client.messages.create({ ...request, messages: talk, tools, tool_choice: { type: "none" } })).role;
const error = async (changed) => {
  try {
    await client.messages.create({ ...request, ...changed });
    return "none";
  } catch (e) {
    return [e.constructor.name, e.status, e.error?.error?.type];
  }
};
seen.errors = [await error({ model: "other" }), await error({ temperature: 9 }), await error({ max_tokens: 100000 })];
console.log(JSON.stringify(seen));
