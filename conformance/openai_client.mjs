// Asks a server with OpenAI's own client for Node. Run in the folder that holds node_modules:
// `node --input-type=module - ADDRESS < openai_client.mjs` prints one JSON object of what came back.
import OpenAI from "openai";

const client = new OpenAI({ baseURL: process.argv[2] + "v1", apiKey: "none", maxRetries: 0, timeout: 60_000 });
const messages = [{ role: "system", content: "Be brief." }, { role: "user", content: "Grüße, 你好 🦋" }];
const settings = { model: "tiny", temperature: 0, max_tokens: 24, seed: 1 };
const counts = (usage) => [usage.prompt_tokens, usage.completion_tokens, usage.total_tokens];
const seen = { models: [], model: (await client.models.retrieve("tiny")).id };
for await (const model of client.models.list()) seen.models.push(model.id);

const whole = await client.chat.completions.create({ messages, ...settings });
seen.chat = whole.choices[0].message.content;
seen.finish = whole.choices[0].finish_reason;
seen.usage = counts(whole.usage);

seen.chatStream = "";
for await (const chunk of await client.chat.completions.create({ messages, stream: true, stream_options: { include_usage: true }, ...settings })) {
  seen.chatStream += chunk.choices[0]?.delta?.content ?? "";
  seen.chatStreamFinish = chunk.choices[0]?.finish_reason ?? seen.chatStreamFinish;
  if (chunk.usage) seen.chatStreamUsage = counts(chunk.usage);
}

seen.text = (await client.completions.create({ prompt: "Say", ...settings })).choices[0].text;
seen.textStream = "";
for await (const chunk of await client.completions.create({ prompt: "Say", stream: true, ...settings })) seen.textStream += chunk.choices[0].text;

const error = async (changed) => {
  try {
    await client.chat.completions.create({ messages, ...settings, ...changed });
    return "none";
  } catch (e) {
    return [e.constructor.name, e.status, e.param, e.code];
  }
};
const two = await client.chat.completions.create({ messages, ...settings, n: 2 });
seen.choices = two.choices.map((choice) => [choice.index, choice.message.content]);
seen.errors = [await error({ temperature: 9 }), await error({ model: "other" }), await error({ max_tokens: 100000 }), await error({ verbosity: "low" })];
const tools = [
  { type: "function", function: { name: "rain", parameters: { type: "object", properties: { days: { enum: [1, 2] } }, required: ["days"], additionalProperties: false } } },
  { type: "function", function: { name: "now", parameters: { type: "object", properties: {}, additionalProperties: false } } },
];

// A message of the assistant, as it is sent back, and why it ended.
const ask = async (talk, choice, stream) => {
  const request = { ...settings, messages: talk, tools, tool_choice: choice, stream, max_tokens: 80 };
  if (!stream) {
    const { message, finish_reason } = (await client.chat.completions.create(request)).choices[0];
    const { role, content, tool_calls } = message;
    return [{ role, content, ...(tool_calls && { tool_calls }) }, finish_reason];
  }
  const message = { role: "assistant", content: "" };
  let finish;
  for await (const chunk of await client.chat.completions.create(request)) {
    const { delta, finish_reason } = chunk.choices[0];
    message.content += delta.content ?? "";
    finish = finish_reason ?? finish;
    for (const call of delta.tool_calls ?? []) {
      message.tool_calls ??= [];
      message.tool_calls[call.index] ??= { id: call.id, type: "function", function: { name: call.function.name, arguments: "" } };
      message.tool_calls[call.index].function.arguments += call.function.arguments ?? "";
    }
  }
  return [message, finish];
};

// Two tools are called, one after the other; then the model answers.
const loop = async (stream) => {
  const talk = [{ role: "user", content: "a" }];
  const steps = [];
  for (const choice of ["required", { type: "function", function: { name: "now" } }, "none"]) {
    const [message, finish] = await ask(talk, choice, stream);
    const calls = message.tool_calls ?? [];
    steps.push([finish, calls.map((call) => [call.function.name, JSON.parse(call.function.arguments)])]);
    talk.push(message, ...calls.map((call) => ({ role: "tool", tool_call_id: call.id, content: "1" })));
  }
  return steps;
};
seen.loop = await loop(false);
seen.loopStream = await loop(true);
const leftEarly = await client.chat.completions.create({ messages, stream: true, ...settings, max_tokens: 150 });
for await (const chunk of leftEarly) break;
console.log(JSON.stringify(seen));
