// The peer of DecodeThroughput: node llama_cpp.mjs MODEL.gguf [PROMPT=128] [TOKENS=64] [ROUNDS=8], in a folder with node-llama-cpp.
// The wrapper costs some time per token, which weighs on small models: llama.cpp's own llama-bench is the stricter peer.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
const from = createRequire(process.cwd() + "/package.json");
const { getLlama, LlamaLogLevel } = await import(pathToFileURL(from.resolve("node-llama-cpp")));
const [path, prompt = 128, tokens = 64, rounds = 8] = process.argv.slice(2).map((a, i) => (i ? Number(a) : a));
const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.error });
const model = await llama.loadModel({ modelPath: path });
const context = await model.createContext({ contextSize: prompt + tokens + 8, threads: 2 });
let prefill = 0, decode = 0;
for (let round = 0; round < rounds; round++) {
  const sequence = context.getSequence(), ids = Array.from({ length: prompt }, (_, i) => 3 + ((i * 7919 + round) % 250));
  const begun = performance.now();
  let first = 0, count = 0;
  for await (const _ of sequence.evaluate(ids, { temperature: 4, seed: 1, topK: 0, topP: 1, yieldEogToken: true })) {
    if (count++ === 0) first = performance.now();
    if (count >= tokens) break;
  }
  const end = performance.now();
  prefill = Math.max(prefill, (prompt * 1e3) / (first - begun));
  if (count > tokens / 2) decode = Math.max(decode, ((count - 1) * 1e3) / (end - first));
  sequence.dispose();
}
console.log(JSON.stringify({ peer: "llama.cpp", prefill_tokens_per_second: Math.round(prefill), decode_tokens_per_second: Math.round(decode) }));
process.exit(0);
