// The other side of worker.test.js.

import { parentPort, workerData } from "node:worker_threads";

import { init, initSync, Policy } from "@setpoint/core";

if (workerData.module) initSync(workerData.module);
else await init();
parentPort.postMessage(new Policy(workerData.bundle).checkText({ file: "a.json" }, workerData.text));
