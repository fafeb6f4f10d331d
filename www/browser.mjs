// A headless Chromium and a server on loopback, for tests and for the conformance suite.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { delimiter, extname, join, normalize, sep } from "node:path";

import { chromium } from "playwright-core";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
};

/** The Chromium to use: `SETPOINT_CHROMIUM`, or the first one on `PATH`; `undefined` when there is none. */
export function findChromium() {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const folders = (process.env.PATH ?? "").split(delimiter);
  const candidates = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return process.env.SETPOINT_CHROMIUM ?? candidates.find((file) => existsSync(file));
}

/** Starts a headless Chromium that asks nothing of the network by itself. */
export function launch(executablePath = findChromium()) {
  if (executablePath === undefined) {
    throw new Error("there is no Chromium on PATH; expected one, or SETPOINT_CHROMIUM to name its file; install it, then try again");
  }
  return chromium.launch({
    executablePath,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** Serves the files of a folder on a port of loopback, a free one if none is named; gives the address and a function that ends it. */
export async function serve(folder, port = 0) {
  const server = createServer(async ({ url }, response) => {
    const path = normalize(decodeURIComponent(new URL(url, "http://host").pathname));
    const file = join(folder, path.endsWith(sep) ? `${path}index.html` : path);
    try {
      const bytes = await readFile(file);
      response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}/`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
