// Whether this page hears the gateway, and whether the gateway hears the networks.

import { health, show } from "./freshness.js";

const WORDS = { opening: "Connecting", reading: "Connected", open: "Live", waiting: "Reconnecting" };

/** The state of the page's own line: "reading" is for a board with nothing to follow, "waiting" lasts until a moment. */
export class Line {
  constructor(element) {
    this.element = element;
    this.words = element.querySelector(".words");
    this.seconds = element.querySelector(".seconds");
    this.state = "opening";
    this.heldSince = null;
  }

  set(state, until = 0) {
    if (state === "waiting" && this.state === "open") this.heldSince = Date.now();
    if (state === "open") this.heldSince = null;
    this.state = state;
    this.until = until;
    this.element.dataset.state = state;
    if (this.words.textContent !== WORDS[state]) this.words.textContent = WORDS[state];
    this.tick();
  }

  /** An answer came all the same: what is shown holds as of now. */
  heard() {
    if (this.heldSince) this.heldSince = Date.now();
  }

  /** Counts down. The seconds are for eyes only: a screen reader is told once. */
  tick() {
    const left = Math.max(0, Math.ceil((this.until - Date.now()) / 1000));
    this.seconds.textContent = this.state !== "waiting" ? "" : left ? ` in ${left} s` : " now";
  }
}

/** Each network with its health. */
export class Networks {
  constructor(list, template) {
    this.list = list;
    this.template = template;
    this.byId = new Map();
  }

  /** Takes over what is new of these networks. */
  update(platforms) {
    for (const platform of platforms) {
      const element = this.byId.get(platform.id)?.element ?? this.#add();
      element.querySelector(".network").textContent = platform.name;
      this.byId.set(platform.id, { element, platform });
    }
  }

  tick(heldSince) {
    for (const { element, platform } of this.byId.values()) {
      show(element.querySelector(".freshness"), health(platform, heldSince));
    }
  }

  #add() {
    const element = this.template.content.firstElementChild.cloneNode(true);
    this.list.append(element);
    return element;
  }
}
