// A crowd of viewers in one process. Its one argument is JSON:
//   host, port, path   of the server
//   query              the subscription, with the variable `id`
//   ids                of the campaigns; viewer n follows the one at n modulo their number
//   least              the whole amount at which all totals begin
//   compressed         whether compression is offered. Then frames are counted and not read: each is of one yuan more
// Each line of its input is a number of viewers to connect. Each line of its output is a JSON array:
//   ["connected", viewers, milliseconds]     all of them have had their first frame
//   ["reached", total, amount, nanoseconds]  the last viewer of that total has a frame with that amount, or a later one
//   ["failed", why]                          and nothing more
//   ["left", frames, bytes, repeats]         at the end of the input: frames after each viewer's first one, and those of
//                                            them that showed nothing new
// Nanoseconds are those of the monotonic clock, which is one for all processes.

import { createInterface } from "node:readline";

import { Socket } from "./socket.mjs";

const AT_ONCE = 64;
const OF_ONE_ADDRESS = 250; // a server may well bound how many that are
const AMOUNT = Buffer.from('"raised":{"amount":"');
const ACKNOWLEDGED = Buffer.from('"connection_ack"');
const POINT = ".".charCodeAt(0);
const ZERO = "0".charCodeAt(0);

const { host, port, path, compressed, query, ids, least } = JSON.parse(process.argv[2]);
const messages = ids.map((id) => JSON.stringify({ id: "1", type: "subscribe", payload: { query, variables: { id } } }));
const reached = ids.map(() => []); // how many viewers have seen each amount, counted from `least`
const followers = ids.map(() => 0);
const viewers = [];
const seen = { frames: 0, bytes: 0, repeats: 0 };
let waiting = [];

class Viewer {
  constructor(number, joined) {
    this.total = number % ids.length;
    this.shown = -1;
    this.acknowledged = false; // is looked at only where nothing is read
    this.joined = joined;
    const text = (bytes, start, end) => this.#take(bytes, start, end);
    this.socket = new Socket(
      { host, port, path, compressed, protocol: "graphql-transport-ws", localAddress: `127.0.1.${1 + Math.floor(number / OF_ONE_ADDRESS)}` },
      { open: () => this.socket.send('{"type":"connection_init"}'), text, closed: fail },
    );
  }

  #take(bytes, start, end) {
    if (compressed) this.#count(end - start);
    else this.#read(bytes, start, end);
  }

  #count(size) {
    const newest = Math.max(0, reached[this.total].length - 1); // which all others have by now
    if (this.acknowledged) this.#show(this.shown < 0 ? newest : this.shown + 1, size);
    else {
      this.acknowledged = true;
      this.socket.send(messages[this.total]);
    }
  }

  #read(bytes, start, end) {
    const place = bytes.indexOf(AMOUNT, start);
    if (place < 0 || place > end) {
      if (this.shown < 0 && bytes.indexOf(ACKNOWLEDGED, start) >= 0) this.socket.send(messages[this.total]);
      else fail(bytes.latin1Slice(start, end));
      return;
    }
    let amount = 0;
    for (let at = place + AMOUNT.length; bytes[at] !== POINT; at++) amount = amount * 10 + bytes[at] - ZERO;
    this.#show(amount - least, end - start);
  }

  #show(amount, size) {
    if (this.shown < 0) {
      this.shown = amount;
      this.joined();
      return;
    }
    seen.frames++;
    seen.bytes += size;
    if (amount <= this.shown) seen.repeats++;
    const counts = reached[this.total];
    while (this.shown < amount) {
      const step = ++this.shown;
      counts[step] = (counts[step] ?? 0) + 1;
      if (counts[step] === followers[this.total]) say("reached", this.total, step + least, now());
    }
  }
}

function connect(count) {
  const began = performance.now();
  const end = viewers.length + count;
  let left = count;
  const joined = () => {
    if (--left === 0) say("connected", count, performance.now() - began);
    else if (viewers.length < end) next();
  };
  const next = () => {
    followers[viewers.length % ids.length]++;
    viewers.push(new Viewer(viewers.length, joined));
  };
  for (let number = Math.min(AT_ONCE, count); number > 0; number--) next();
}

function now() {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e9 + nanoseconds;
}

function say(...words) {
  if (waiting.length === 0) setImmediate(tell);
  waiting.push(JSON.stringify(words));
}

function tell() {
  process.stdout.write(`${waiting.join("\n")}\n`);
  waiting = [];
}

function end(code, ...words) {
  waiting.push(JSON.stringify(words));
  tell();
  process.exit(code);
}

function fail(why) {
  end(1, "failed", why);
}

createInterface({ input: process.stdin })
  .on("line", (line) => connect(Number(line)))
  .on("close", () => end(0, "left", seen.frames, seen.bytes, seen.repeats));
