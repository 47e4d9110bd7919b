// The public endpoint as any client sees it: queries by POST, subscriptions by one socket that comes back by itself.
// https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md

import { pause } from "./backoff.js";

const ANSWER_MS = 10_000;
const PING_MS = 15_000;
const RESTART = 1012; // the server is leaving and asks its readers not to come back all at once
const RESTART_WINDOW_MS = 10_000;

/** The data of one query. Rejects where there is no answer, or none with data. */
export async function query(url, document, variables = {}) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
    body: JSON.stringify({ query: document, variables }),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const { data, errors } = await answer.json();
  if (!data) throw new Error(errors?.[0]?.message ?? `status ${answer.status}`);
  return data;
}

/**
 * Follows operations over one graphql-transport-ws socket. After a break each goes on `after` the last position it was sent.
 * `onState` is told "open", or "waiting" with the moment of the next attempt. Nothing is opened before the first `follow`.
 */
export class Live {
  #url;
  #onState;
  #operations = new Map();
  #ids = 0;
  #socket = null;
  #open = false;
  #attempt = 0;
  #timer = 0;
  #answered = true;

  constructor(url, onState) {
    this.#url = url;
    this.#onState = onState;
    setInterval(() => this.#ping(), PING_MS);
    addEventListener("online", () => this.#hurry());
    addEventListener("visibilitychange", () => document.hidden || this.#hurry());
  }

  /** `onData` gets the data of every message. Gives a function that ends it. */
  follow(document, variables, onData) {
    const id = String(++this.#ids);
    this.#operations.set(id, { document, variables: { ...variables }, onData, running: false, refused: 0 });
    if (!this.#socket && !this.#timer) this.#connect();
    else this.#subscribe(id);
    return () => {
      if (this.#operations.delete(id)) this.#send({ id, type: "complete" });
    };
  }

  #connect() {
    this.#timer = 0;
    const socket = new WebSocket(this.#url, "graphql-transport-ws");
    this.#socket = socket;
    this.#answered = true;
    socket.onopen = () => socket.send(JSON.stringify({ type: "connection_init" }));
    socket.onmessage = (event) => this.#take(JSON.parse(event.data));
    socket.onclose = (event) => this.#lost(event.code);
  }

  #take(message) {
    this.#answered = true;
    const operation = this.#operations.get(message.id);
    if (message.type === "connection_ack") {
      this.#open = true;
      this.#attempt = 0;
      this.#onState("open");
      for (const id of this.#operations.keys()) this.#subscribe(id);
    } else if (message.type === "ping") {
      this.#send({ type: "pong" });
    } else if (message.type === "next" && operation && message.payload.data) {
      const [update] = Object.values(message.payload.data);
      operation.variables.after = update?.position ?? operation.variables.after;
      operation.refused = 0;
      operation.onData(message.payload.data);
    } else if ((message.type === "error" || message.type === "complete") && operation) {
      operation.running = false;
      const wait = message.payload?.[0]?.extensions?.retryAfter * 1000 || pause(operation.refused++);
      // also what does not exist: a gateway that has just started knows its campaigns a moment later
      setTimeout(() => this.#subscribe(message.id), wait);
    }
  }

  #subscribe(id) {
    const operation = this.#operations.get(id);
    if (!operation || operation.running || !this.#open) return;
    operation.running = true;
    this.#send({ id, type: "subscribe", payload: { query: operation.document, variables: operation.variables } });
  }

  #send(message) {
    if (this.#open) this.#socket.send(JSON.stringify(message));
  }

  #ping() {
    // a browser does not notice a line that went dead without a word
    if (!this.#socket) return;
    if (!this.#answered) return this.#lost(0);
    this.#answered = false;
    this.#send({ type: "ping" });
  }

  #lost(code) {
    this.#socket.onclose = this.#socket.onmessage = this.#socket.onopen = null;
    this.#socket.close();
    this.#socket = null;
    this.#open = false;
    for (const operation of this.#operations.values()) operation.running = false;
    const wait = pause(this.#attempt++, code === RESTART ? RESTART_WINDOW_MS : undefined);
    this.#timer = setTimeout(() => this.#connect(), wait);
    this.#onState("waiting", Date.now() + wait);
  }

  #hurry() {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#connect();
  }
}
