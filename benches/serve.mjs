// The check of a document over HTTP, as a Node service does it: ajv behind Node's own server, a process for each core.
// `node serve.mjs PEERS SCHEMA PORT WORKERS`.

import cluster from "node:cluster";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";

const [peers, schemaFile, port, workers] = process.argv.slice(2);

if (cluster.isPrimary) {
  for (let worker = 0; worker < Number(workers); worker += 1) cluster.fork();
} else {
  const require = createRequire(`${peers}/`);
  const Ajv = require("ajv").default;
  const validate = new Ajv({ strict: false, allErrors: true }).compile(JSON.parse(readFileSync(schemaFile, "utf8")));
  createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const passes = validate(JSON.parse(Buffer.concat(parts).toString("utf8")));
      const findings = passes ? [] : validate.errors.map((error) => ({ instance: error.instancePath, message: error.message }));
      const text = JSON.stringify({ verdict: passes ? "pass" : "fail", findings });
      response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
      response.end(text);
    });
  }).listen(Number(port), "127.0.0.1");
}
