// ROUGE-L F1 of pairs of texts by js-rouge, given the words as Google's rouge_score parts them.
//
// usage: rouge.mjs PAIRS.json     [{"hypothesis": …, "reference": …}, …]
// Run in a folder whose node_modules holds js-rouge. Prints a JSON array.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const { l } = createRequire(join(process.cwd(), "x.js"))("js-rouge");
const words = (text) => text.toLowerCase().split(/[^a-z0-9]+/).filter(Boolean);
const options = { beta: 1, segmenter: (text) => [text], tokenizer: words };
const pairs = JSON.parse(readFileSync(process.argv[2], "utf8"));
const scored = pairs.map(({ hypothesis, reference }) =>
  // js-rouge refuses texts without a word; by definition those score 0.
  words(hypothesis).length && words(reference).length ? l(hypothesis, reference, options) : 0,
);
console.log(JSON.stringify(scored));
