// Counters of posts. They stand by themselves: they are never money, and nothing is calculated from both.

import { engagement } from "./endorsers.js";
import { show, told } from "./freshness.js";
import { Items } from "./items.js";
import { number, point, write } from "./text.js";

export class Engagement {
  constructor(section, template) {
    this.section = section;
    this.items = new Items(section.querySelector("tbody"), template);
    this.total = null;
  }

  /** `rows` are endorsers with their posts; one whose posts were never read has no line. */
  update(rows) {
    const counted = rows.map((row) => ({ ...row, engagement: engagement(row.posts) })).filter((row) => row.engagement);
    this.total = engagement(rows.flatMap((row) => row.posts));
    this.section.hidden = counted.length === 0;
    for (const [element, row] of this.items.show(counted, ({ key }) => key)) {
      const name = element.querySelector(".name");
      write(name.firstElementChild, row.name);
      point(name, row.posts.find((post) => post.url)?.url);
      this.#counters(element, row.engagement);
    }
    const foot = this.section.querySelector("tfoot");
    foot.hidden = counted.length < 2;
    if (this.total) this.#counters(foot, this.total);
  }

  tick(heldSince) {
    if (this.total) show(this.section.querySelector(".freshness"), told(this.total.freshness, this.total.asOf, heldSince));
  }

  #counters(element, counters) {
    for (const name of ["reposts", "comments", "likes"]) write(element.querySelector(`.${name}`), number(counters[name]));
  }
}
