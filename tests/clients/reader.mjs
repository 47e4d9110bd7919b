// What the programs here share: what they are told, what they tell, and where they go on.
//
//     node PROGRAM ADDRESS MODE CAMPAIGN AFTER DOCUMENT...
//
// One line of JSON for each message. A line on standard input asks to cut one's own connection; its end, to leave.

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline";

const [address, mode, campaign, after, ...documents] = process.argv.slice(2);
export { address, mode };

/** A document that is followed. `variables` is one object for good; its `after` is the position of the last message. */
class Feed {
  constructor(file) {
    this.name = basename(file, ".graphql");
    this.query = readFileSync(file, "utf8");
    this.variables = { id: campaign, after };
  }

  /** Takes a result, as any client gives it; gives its position. */
  take({ data, errors, error }) {
    if (!data || error || errors?.length) fail(error ?? errors ?? "a result without data");
    const [message] = Object.values(data);
    this.variables.after = message.position;
    process.stdout.write(`${JSON.stringify({ feed: this.name, message })}\n`);
    return message.position;
  }
}

export const feeds = documents.map((file) => new Feed(file));

/** How long a client is away when its connection was cut, in milliseconds. */
export const away = () => 20 + Math.random() * 230;

/** The same, for clients that want to be made to wait. */
export const pause = () => new Promise((resolve) => setTimeout(resolve, away()));

/** What comes without being foreseen ends the program. */
export function fail(problem) {
  console.error(problem);
  process.exit(1);
}

/** `cut` is how the client cuts its own connection. */
export function obey(cut) {
  createInterface({ input: process.stdin })
    .on("line", cut)
    .on("close", () => process.exit(0));
}
