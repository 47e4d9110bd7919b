// The live board: read once, follow what is shown, read again now and then for newcomers, the order and the ages.

import { Announcer } from "./announcer.js";
import { pause } from "./backoff.js";
import { BOARD, GIFTS, TOTAL } from "./documents.js";
import { Live, query } from "./graphql.js";
import { Line, Networks } from "./line.js";
import { Rows } from "./rows.js";
import { Sums } from "./sums.js";
import { Ticker } from "./ticker.js";

const ENDPOINT = new URL("/graphql", location.href);
const OPERATIONS = 20; // of one socket, by the gateway's limits
const TOTALS = 14;
const READ_MS = 30_000;
const READ_OFTEN_MS = 10_000; // while there is a row that is not followed, or none at all

const byId = (id) => document.getElementById(id);
const line = new Line(byId("line"));
const networks = new Networks(byId("networks"), byId("network"));
const sums = new Sums(byId("sums"), byId("sum"));
const rows = new Rows(byId("rows"), byId("row"));
const ticker = new Ticker(byId("gifts"), byId("gift"), byId("gifts-note"));
const announcer = new Announcer(byId("announcer"));
const live = new Live(ENDPOINT.href.replace(/^http/, "ws"), onLine);
const totals = new Map();
const gifts = new Map();
let failures = 0;
let reading = 0;

function onLine(state, until) {
  const missed = state === "open" && line.heldSince;
  line.set(state, until);
  if (missed) readIn(pause(0));
  tick();
}

function readIn(milliseconds) {
  clearTimeout(reading);
  reading = setTimeout(readBoard, milliseconds);
}

async function readBoard() {
  try {
    const { platforms, campaigns } = await query(ENDPOINT, BOARD);
    if (!campaigns || (!campaigns.nodes.length && doubted())) throw new Error("the list of campaigns cannot be read");
    failures = 0;
    show(platforms ?? [], campaigns);
    readIn((totals.size === campaigns.nodes.length && totals.size ? READ_MS : READ_OFTEN_MS) * (0.9 + Math.random() / 5));
  } catch {
    const wait = pause(failures++);
    readIn(wait);
    if (!totals.size) {
      line.set("waiting", Date.now() + wait);
      notice("The gateway does not answer. The board appears by itself as soon as it does.");
    }
  }
  tick();
}

// A gateway that has just started may not know its campaigns yet: that a list became empty is believed the third time.
const doubted = () => rows.shown.length > 0 && failures < 2;

function show(platforms, { nodes, totalCount }) {
  networks.update(platforms);
  rows.replace(nodes, (row, campaign) => (follows(campaign.id) ? agreeing(row, campaign) : campaign));
  ticker.add(nodes.flatMap((campaign) => campaign.donations?.nodes ?? []));
  const more = totalCount - nodes.length;
  notice(nodes.length ? "" : "No campaigns yet. The first one appears here by itself.");
  byId("rest").textContent = more > 0 ? `and ${more} more ${more === 1 ? "campaign" : "campaigns"}, in the endpoint` : "";
  document.body.dataset.board = nodes.length ? "filled" : "empty";
  followThese(nodes.map((campaign) => campaign.id));
  if (!totals.size) line.set("reading");
  line.heard();
  moved({ animate: false });
}

// Of a row that is followed, the feed tells the figures: an answer may be from another process, which is a moment behind.
function agreeing(row, campaign) {
  const same = row.campaign.total?.position === campaign.total?.position;
  return same ? campaign : { ...campaign, ...figures(row.campaign) };
}

const figures = ({ total, goal, status, platform }) => ({ total, goal, status, platform });
const follows = (id) => line.state === "open" && totals.has(id);

function followThese(ids) {
  const most = Math.min(TOTALS, ids.length);
  keep(totals, ids.slice(0, most), (id, after) => live.follow(TOTAL, { id, after }, onTotal));
  keep(gifts, ids.slice(0, OPERATIONS - most), (id, after) => live.follow(GIFTS, { id, after }, onGifts));
}

function keep(followed, ids, follow) {
  for (const [id, end] of followed) {
    if (ids.includes(id)) continue;
    end();
    followed.delete(id);
  }
  for (const id of ids) if (!followed.has(id)) followed.set(id, follow(id, rows.byId.get(id).campaign.total?.position));
}

function onTotal({ campaignTotal: { campaign, recovered } }) {
  const row = rows.byId.get(campaign.id);
  if (!row) return;
  row.update(campaign, { animate: recovered });
  rows.sort();
  networks.update([campaign.platform]);
  announcer.note(campaign.id, row.sentence());
  moved({ animate: recovered });
}

function onGifts({ campaignDonations: { received, changed, missed, recovered } }) {
  ticker.add(received, { fresh: true });
  ticker.amend(changed);
  if (missed) ticker.miss(missed);
  if (!recovered) readIn(pause(0)); // a start or a hole: what was given before is in the list
}

function moved({ animate }) {
  sums.update(rows.shown, { animate });
  tick();
}

function notice(text) {
  const element = byId("notice");
  element.hidden = !text;
  if (element.textContent !== text) element.textContent = text;
}

function tick() {
  line.tick();
  networks.tick(line.heldSince);
  for (const row of rows.shown) row.tick(line.heldSince);
}

setInterval(tick, 1_000);
readBoard();
