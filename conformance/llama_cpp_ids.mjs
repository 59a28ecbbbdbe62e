// Asks llama.cpp for the ids of texts. Lies in the folder that holds node_modules while it runs:
// `node llama_cpp_ids.mjs VOCABULARY.gguf TEXTS.json OUT.json` reads a JSON array of texts and writes one of arrays of ids.
import { readFileSync, writeFileSync } from "node:fs";
import { getLlama, LlamaLogLevel } from "node-llama-cpp";

const [path, texts, out] = process.argv.slice(2);
const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.error });
const model = await llama.loadModel({ modelPath: path, vocabOnly: true });
writeFileSync(out, JSON.stringify(JSON.parse(readFileSync(texts, "utf8")).map((text) => model.tokenize(text, false))));
process.exit(0);
