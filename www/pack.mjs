// Puts the editor that `vite build` has made where the server takes it from, each file beside itself compressed:
// `node pack.mjs FROM TO`. A file of which little would be saved has no second form.

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const [from, to] = process.argv.slice(2);
mkdirSync(to, { recursive: true });
for (const name of readdirSync(to)) if (name !== ".gitignore") rmSync(join(to, name), { recursive: true });
cpSync(from, to, { recursive: true });
for (const name of readdirSync(to, { recursive: true })) {
  const file = join(to, name);
  if (!statSync(file).isFile() || name.endsWith(".gitignore")) continue;
  const plain = readFileSync(file);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
  const compressed = brotliCompressSync(plain, { params });
  if (compressed.length < 0.9 * plain.length) writeFileSync(`${file}.br`, compressed);
}
