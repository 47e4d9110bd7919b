// The live board: read once, follow what is shown, read again now and then for newcomers, the order and the ages.

import { Announcer } from "./announcer.js";
import { pause } from "./backoff.js";
import { Calendar } from "./calendar.js";
import { Following } from "./following.js";
import { Live } from "./graphql.js";
import { Line, Networks } from "./line.js";
import { Reading } from "./reading.js";
import { Rows } from "./rows.js";
import { Season } from "./season.js";
import { Sums } from "./sums.js";
import { counted } from "./text.js";
import { Ticker } from "./ticker.js";

const ENDPOINT = new URL("/graphql", location.href);
const READ_MS = 30_000;
const READ_OFTEN_MS = 10_000; // while something is not followed, and after a season has moved: not all of it is in a feed

const byId = (id) => document.getElementById(id);
const line = new Line(byId("line"));
const networks = new Networks(byId("networks"), byId("network"));
const season = new Season(byId("season"), byId);
const sums = new Sums(byId("sums"), byId("sum"));
const rows = new Rows(byId("rows"), byId("row"));
const ticker = new Ticker(byId("gifts"), byId("gift"), byId("gifts-note"));
const announcer = new Announcer(byId("announcer"));
const reading = new Reading(ENDPOINT, new URLSearchParams(location.search).get("season"));
const live = new Live(ENDPOINT.href.replace(/^http/, "ws"), onLine);
const following = new Following(live, { season: onSeason, total: onTotal, gifts: onGifts });
let failures = 0;
let timer = 0;
let lastRead = -Infinity;
let nextRead = Infinity; // while a read is under way
let hasMoved = false; // since the last read began

function onLine(state, until) {
  const missed = state === "open" && line.heldSince;
  line.set(state, until);
  if (missed) readIn(pause(0));
  tick();
}

function readIn(milliseconds) {
  clearTimeout(timer);
  nextRead = Date.now() + milliseconds;
  timer = setTimeout(readBoard, milliseconds);
}

function readSoon() {
  hasMoved = true;
  if (nextRead === Infinity) return;
  const soon = Math.max(0, lastRead + READ_OFTEN_MS * (0.9 + Math.random() / 5) - Date.now());
  if (nextRead > Date.now() + soon) readIn(soon);
}

async function readBoard() {
  nextRead = Infinity;
  hasMoved = false;
  try {
    const found = await reading.next();
    if (reading.slug !== null && !found.season) return showNone();
    const isEmpty = !found.campaigns?.nodes.length;
    if (!found.campaigns || (isEmpty && doubted())) throw new Error("the list of campaigns cannot be read");
    failures = 0;
    lastRead = Date.now();
    show(found);
    const { length } = rows.shown;
    const allFollowed = rows.shown.every(({ campaign }) => following.has(campaign.id));
    readIn((length && allFollowed && !hasMoved ? READ_MS : READ_OFTEN_MS) * (0.9 + Math.random() / 5));
  } catch {
    const wait = pause(failures++);
    readIn(wait);
    if (!following.open.size) {
      line.set("waiting", Date.now() + wait);
      notice("The gateway does not answer. The board appears by itself as soon as it does.");
    }
  }
  tick();
}

// That a list became empty is believed the third time: a gateway that has just started may not know its campaigns yet.
const doubted = () => rows.shown.length > 0 && failures < 2;

function showNone() {
  readIn(READ_OFTEN_MS);
  if (season.known) return;
  line.set("reading");
  notice(`There is no season \u201c${reading.slug}\u201d here.`);
}

function show({ season: leading, past, zone, platforms, campaigns: { nodes, totalCount } }) {
  const calendar = new Calendar(zone);
  networks.update(platforms);
  if (leading) season.replace(leading, past, calendar, { live: line.state === "open" });
  else season.hide();
  rows.replace(nodes, (row, campaign) => (follows(campaign.id) ? agreeing(row, campaign) : campaign), calendar);
  ticker.add(nodes.flatMap((campaign) => campaign.donations?.nodes ?? []));
  const more = totalCount - nodes.length;
  notice(nodes.length ? "" : "No campaigns yet. The first one appears here by itself.");
  byId("rest").textContent = more > 0 ? `and ${counted(more, "more campaign")}, in the endpoint` : "";
  document.body.dataset.board = nodes.length ? "filled" : "empty";
  document.body.dataset.leads = leading ? "season" : "campaigns";
  document.title = `${leading?.name ?? "Giving Gateway"}: live totals`;
  const ids = nodes.map((campaign) => campaign.id);
  if (leading) following.season(leading.slug, ids);
  else following.campaigns(ids, (id) => rows.byId.get(id).campaign.total?.position);
  if (!following.open.size) line.set("reading");
  line.heard();
  moved({ animate: false });
}

// Of a row that is followed, the feed tells the figures: an answer may be from another process, which is a moment behind.
function agreeing(row, campaign) {
  const same = row.campaign.total?.position === campaign.total?.position;
  return same ? campaign : { ...campaign, ...figures(row.campaign) };
}

const figures = ({ total, goal, status, platform }) => ({ total, goal, status, platform });
const follows = (id) => line.state === "open" && following.has(id);

function onSeason({ season: news, recovered }) {
  if (season.known?.id !== news.id) return;
  const isNewPhase = season.update(news, { animate: recovered });
  announcer.note(news.id, season.sentence());
  if (isNewPhase) readIn(pause(0));
  else readSoon();
  tick();
}

function onTotal({ campaign, recovered }) {
  const row = rows.byId.get(campaign.id);
  if (!row) return;
  row.update(campaign, { animate: recovered });
  rows.sort();
  networks.update([campaign.platform]);
  if (!season.known) announcer.note(campaign.id, row.sentence());
  moved({ animate: recovered });
}

function onGifts({ received, changed, missed, recovered }) {
  ticker.add(received, { fresh: true });
  ticker.amend(changed);
  if (missed) ticker.miss(missed);
  if (!recovered) readIn(pause(0)); // a start or a hole: what was given before is in the list
}

function moved({ animate }) {
  sums.update(season.known ? [] : rows.shown, { animate });
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
  season.tick(line.heldSince);
  for (const row of rows.shown) row.tick(line.heldSince);
}

setInterval(tick, 1_000);
readBoard();
