// The peer of `benchmarks/sources`: warcio (npm) over a web archive, megabytes of unpacked records a second of processor time.
//   node benchmarks/warcio.mjs FOLDER_OF_NODE_MODULES FILE BYTES ROUNDS
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, file, bytes, rounds] = process.argv.slice(2);
const found = createRequire(path.join(path.resolve(folder), "x.js")).resolve("warcio");
const { WARCParser } = await import(pathToFileURL(found));
let best = 0;
for (let round = 0; round < Number(rounds); round++) {
  const before = process.cpuUsage();
  let read = 0;
  for await (const record of new WARCParser(fs.createReadStream(file))) {
    read += (await record.readFully(true)).length;
  }
  if (read === 0) throw new Error("no record in " + file);
  const spent = process.cpuUsage(before);
  best = Math.max(best, Number(bytes) / (spent.user + spent.system));
}
console.log(best.toFixed(4));
