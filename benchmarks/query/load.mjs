// Asks a server over connections that stay open, one request after the other on each. Its one argument is JSON:
//   host, port, path   of the server
//   file               JSON with `bodies`, texts to be posted, and `order`, which of them to post one after the other, in turns
//   start              where in the order to begin
//   connections        how many at once
//   warm, measured     milliseconds; the latter at least until something is answered
// Its output is lines of JSON, each an array:
//   ["begun"]                                    it is warm; what follows is measured
//   ["ended", requests, milliseconds, bytes, p50, p99]
//   ["failed", why]                              and nothing more
// An answer that is not 200, or that has errors in it, is a failure. It stays until its input ends, so that its CPU can be read.

import { readFileSync } from "node:fs";
import net from "node:net";

const { host, port, path, file, start, connections, warm, measured } = JSON.parse(process.argv[2]);
const { bodies, order } = JSON.parse(readFileSync(file, "utf8"));
const requests = bodies.map((body) => {
  const bytes = Buffer.from(body);
  const head = [`POST ${path} HTTP/1.1`, `Host: ${host}:${port}`, "Content-Type: application/json", "Accept: application/json"];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\nContent-Length: ${bytes.length}\r\n\r\n`), bytes]);
});
const OK = Buffer.from("HTTP/1.1 200 ");
const ERRORS = Buffer.from('"errors":');
const HEAD_END = Buffer.from("\r\n\r\n");
const LAST_CHUNK = Buffer.from("\r\n0\r\n\r\n");
const NONE = Buffer.alloc(0);
let next = start;
let began = 0;
let ended = false;
let size = 0;
const took = [];

class Connection {
  constructor() {
    this.rest = NONE;
    this.length = -1; // of the answer with its head; -1: not known yet, 0: it comes in chunks
    this.socket = net.connect({ host, port, noDelay: true }, () => this.#ask());
    this.socket.on("data", (bytes) => this.#read(bytes));
    this.socket.on("error", (error) => fail(error.message));
    this.socket.on("close", () => ended || fail("a connection was closed"));
  }

  #ask() {
    this.asked = performance.now();
    this.socket.write(requests[order[next]]);
    next = (next + 1) % order.length;
  }

  #read(bytes) {
    const data = this.rest.length > 0 ? Buffer.concat([this.rest, bytes]) : bytes;
    if (this.length < 0) this.length = lengthOf(data);
    if (this.length > 0 ? data.length < this.length : this.length < 0 || !endsWith(data, LAST_CHUNK)) {
      this.rest = data;
      return;
    }
    if (data.indexOf(OK) !== 0 || data.indexOf(ERRORS) >= 0) fail(data.toString("latin1", 0, 500));
    if (began > 0 && !ended) {
      took.push(performance.now() - this.asked);
      size += data.length;
    }
    this.rest = NONE;
    this.length = -1;
    if (!ended) this.#ask();
  }
}

function lengthOf(data) {
  const end = data.indexOf(HEAD_END);
  if (end < 0) return -1;
  const told = /\r\ncontent-length: *(\d+)/i.exec(data.latin1Slice(0, end));
  return told ? end + HEAD_END.length + Number(told[1]) : 0;
}

function endsWith(data, tail) {
  return data.length >= tail.length && data.compare(tail, 0, tail.length, data.length - tail.length) === 0;
}

function say(...words) {
  process.stdout.write(`${JSON.stringify(words)}\n`);
}

function fail(why) {
  if (ended) return;
  ended = true;
  say("failed", why);
  process.exitCode = 1;
  process.stdout.write("", () => process.exit(1));
}

function begin() {
  began = performance.now();
  say("begun");
  setTimeout(end, measured);
}

function end() {
  if (ended) return;
  if (took.length === 0) return void setTimeout(end, 10); // whoever is slow is waited for
  ended = true;
  const milliseconds = performance.now() - began;
  const sorted = Float64Array.from(took).sort();
  const percentile = (of) => sorted[Math.max(0, Math.ceil((sorted.length * of) / 100) - 1)];
  say("ended", took.length, milliseconds, size, percentile(50), percentile(99));
}

for (let number = 0; number < connections; number++) new Connection();
setTimeout(begin, warm);
process.stdin.on("end", () => process.exit()).resume();
