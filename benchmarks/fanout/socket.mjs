// As much of a WebSocket client (RFC 6455) as a crowd of viewers needs, so that counting a frame costs less than sending it.

import { randomBytes } from "node:crypto";
import net from "node:net";

const TEXT = 0x1;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
const FINAL = 0x80;
const COMPRESSED = 0x40; // RFC 7692, section 6
const MASKED = 0x80;
const NONE = Buffer.alloc(0);
const HEAD_END = Buffer.from("\r\n\r\n");

// one for all sockets: what is in it is looked at before anything else is read
const reading = Buffer.allocUnsafe(256 * 1024);

export class Socket {
  /** `text(bytes, start, end)` is called for each message, as it came where those are `compressed`; `bytes` holds it during that call only; `closed(why)` once. */
  constructor({ host, port, path, protocol, compressed, localAddress }, { open, text, closed }) {
    this.open = open;
    this.text = text;
    this.closed = closed;
    this.upgraded = false;
    this.rest = NONE;
    this.connection = net.connect({
      host,
      port,
      localAddress,
      noDelay: true,
      onread: { buffer: reading, callback: (size, bytes) => this.#read(bytes, size) },
    });
    const key = randomBytes(16).toString("base64");
    const headers = [`Host: ${host}:${port}`, "Upgrade: websocket", "Connection: Upgrade", `Sec-WebSocket-Key: ${key}`];
    headers.push("Sec-WebSocket-Version: 13", `Sec-WebSocket-Protocol: ${protocol}`);
    if (compressed) headers.push("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"); // as browsers do
    this.connection.write(`GET ${path} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`);
    this.connection.on("error", (error) => this.#end(error.message));
    this.connection.on("close", () => this.#end("the connection was closed"));
  }

  /** Sends a text message of less than 64 kB. */
  send(text) {
    this.#frame(TEXT, Buffer.from(text));
  }

  #read(bytes, size) {
    let data = bytes.subarray(0, size);
    if (this.rest.length > 0) data = Buffer.concat([this.rest, data]);
    let start = 0;
    if (!this.upgraded) {
      start = data.indexOf(HEAD_END) + HEAD_END.length;
      if (start < HEAD_END.length) start = 0;
      else if (data.latin1Slice(9, 12) !== "101") return this.#end(data.latin1Slice(0, start));
      else {
        this.upgraded = true;
        this.open();
      }
    }
    if (this.upgraded) start = this.#frames(data, start);
    this.rest = start < data.length ? Buffer.from(data.subarray(start)) : NONE;
    return true;
  }

  /** Reads whole frames; where the first one that is not whole begins. */
  #frames(data, start) {
    while (data.length - start >= 2) {
      let size = data[start + 1];
      let from = start + 2;
      if (size === 126) {
        if (data.length < from + 2) return start;
        size = data.readUInt16BE(from);
        from += 2;
      } else if (size === 127) {
        if (data.length < from + 8) return start;
        size = Number(data.readBigUInt64BE(from));
        from += 8;
      }
      if (data.length < from + size) return start;
      this.#take(data[start], data, from, from + size);
      start = from + size;
    }
    return start;
  }

  #take(first, data, from, to) {
    if (first === (FINAL | TEXT) || first === (FINAL | COMPRESSED | TEXT)) this.text(data, from, to);
    else if (first === (FINAL | PING)) this.#frame(PONG, Buffer.from(data.subarray(from, to)));
    else if (first === (FINAL | CLOSE)) this.#end(`closed with ${to - from >= 2 ? data.readUInt16BE(from) : "no code"}`);
    else if (first !== (FINAL | PONG)) this.#end(`a frame of kind ${first}`);
  }

  #frame(kind, body) {
    const head = body.length < 126 ? [FINAL | kind, MASKED | body.length] : [FINAL | kind, MASKED | 126, body.length >> 8, body.length & 255];
    // a mask of zeros is one, too, and leaves the text as it is
    this.connection.write(Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), body]));
  }

  #end(why) {
    this.closed?.(why);
    this.closed = null;
    this.connection.destroy();
  }
}
