// What a peer for node is told, and what it tells: each line of its input is a number, and its port is its output.

import { createInterface } from "node:readline";

/** Calls `moved(number)` for each line; where the input ends, so does the peer. */
export function lines(moved) {
  createInterface({ input: process.stdin })
    .on("line", (line) => moved(Number(line)))
    .on("close", () => process.exit(0));
}

export function listening(port) {
  process.stdout.write(`${port}\n`);
}
