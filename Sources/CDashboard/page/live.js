// What the server does now: its metrics every two seconds as plots, and the model that serves.

import * as api from "./api.js";
import { $, clearProblem, element, facts, number, showProblem, when } from "./elements.js";
import * as learning from "./learning.js";
import { growth, parse, quantile, sums } from "./metrics.js";
import { Plot } from "./plots.js";

const interval = 2000;
const kept = 300;
const duration = "corral_http_request_duration_seconds";

let plots;
let timer;
let isOpen = false;
let isPaused = false;
let before;
// The status is for administrators: without that key the metrics alone say what serves.
let mayAskStatus = true;
let waiting;
const times = [];
const columns = { requests: [], latency: [], events: [], waiting: [], worse: [] };

export function open() {
  isOpen = true;
  plots ??= {
    requests: new Plot($("plots"), "Requests a second, by code", (value) => number(value)),
    latency: new Plot($("plots"), "Latency in milliseconds", (value) => number(value)),
    events: new Plot($("plots"), "Events a second, by type", (value) => number(value)),
    waiting: new Plot($("plots"), "Requests that wait", (value) => number(value)),
    worse: new Plot($("plots"), "Fallbacks a second, by reason", (value) => number(value)),
  };
  start();
}

export function close() {
  isOpen = false;
  stop();
}

export function keyChanged() {
  before = undefined;
  mayAskStatus = true;
}

async function showModel(metrics, time) {
  const one = (name) => metrics.get(name)?.[0]?.value;
  const memory = one("process_resident_memory_bytes");
  const shared = [["Memory", memory && `${number(memory / 2 ** 20, 4)} MiB`]];
  waiting = undefined;
  if (mayAskStatus) {
    try {
      const status = await api.status();
      waiting = status.waiting;
      learning.show(status.learning, time);
      facts($("model-facts"), [
        ["Serves", status.model], ["Kind", status.kind], ["Since", when(status.opened_at)],
        ["Items", status.items.toLocaleString("en")],
        ["Beside the index", status.side_items > 0 && `${status.side_items.toLocaleString("en")} new or changed items`],
        ["Users", status.users.toLocaleString("en")],
        ["Events", `up to position ${status.last_position.toLocaleString("en")}`], ...shared,
      ]);
      return;
    } catch (error) {
      if (error.status !== 401 && error.status !== 403) throw error;
      mayAskStatus = false;
    }
  }
  learning.show(learning.ofMetrics(metrics), time);
  const age = one("corral_model_age_seconds");
  facts($("model-facts"), [
    ["Serves", metrics.get("corral_model_info")?.find((sample) => sample.value === 1)?.labels.version],
    ["Since", age !== undefined && when(Date.now() - age * 1000)],
    ["Items", one("corral_index_items")?.toLocaleString("en")], ...shared,
    ["More", "with the key of an administrator"],
  ]);
}

function start() {
  stop();
  if (isOpen && !isPaused && !document.hidden) timer = setTimeout(tick, 0);
}

function stop() {
  clearTimeout(timer);
  timer = undefined;
}

async function tick() {
  const mine = timer;
  try {
    const text = await api.metrics();
    if (mine !== timer) return;
    const [metrics, time] = [parse(text), Date.now() / 1000];
    await showModel(metrics, time);
    if (mine !== timer) return;
    take(metrics, time);
    clearProblem();
    timer = setTimeout(tick, interval);
  } catch (error) {
    if (mine !== timer) return;
    before = undefined;
    showProblem(error);
    // A key that is missing does not come by itself; a server that restarts does.
    if (error.status === 401 || error.status === 403) stop();
    else timer = setTimeout(tick, 3 * interval);
  }
}

function take(metrics, time) {
  showRoutes(metrics);
  const now = { metrics, time };
  if (before) {
    const seconds = Math.max(0.1, time - before.time);
    const rate = (name, label) => new Map([...growth(sums(before.metrics, name, label), sums(metrics, name, label))]
      .map(([key, grown]) => [key || "all", grown / seconds]));
    const route = $("route").value;
    const isWanted = (labels) => !route || labels.route === route;
    const milliseconds = (share) => {
      const found = quantile(share, before.metrics, metrics, duration, isWanted);
      return found === null ? null : found * 1000;
    };
    times.push(time);
    columns.requests.push(rate("corral_http_requests_total", "code"));
    columns.latency.push(new Map([["p50", milliseconds(0.5)], ["p99", milliseconds(0.99)]]));
    columns.events.push(rate("corral_stream_events_total", "type"));
    columns.waiting.push(new Map(waiting === undefined
      ? [...sums(metrics, "corral_queue_waiting")].map(([, value]) => ["waiting", value]) : [["waiting", waiting]]));
    columns.worse.push(new Map([
      ...rate("corral_fallback_total", "reason"), ["empty answers", rate("corral_empty_responses_total").get("all") ?? 0],
    ]));
    for (const list of [times, ...Object.values(columns)]) if (list.length > kept) list.shift();
    for (const [name, plot] of Object.entries(plots)) plot.draw(times, columns[name]);
  } else if (times.length > 0) {
    // Nobody looked for a while: the lines have a gap there.
    times.push(time);
    for (const rows of Object.values(columns)) rows.push(new Map());
  }
  before = now;
}

function showRoutes(metrics) {
  const routes = [...sums(metrics, `${duration}_count`, "route")]
    .filter(([route, count]) => route && count > 0).map(([route]) => route).sort();
  const select = $("route");
  if (select.options.length - 1 === routes.length) return;
  const chosen = select.value;
  select.replaceChildren(element("option", { value: "" }, "all routes"),
    ...routes.map((route) => element("option", { value: route, selected: route === chosen }, route)));
}

$("pause").addEventListener("click", () => {
  isPaused = !isPaused;
  $("pause").setAttribute("aria-pressed", String(isPaused));
  before = undefined;
  start();
});
$("route").addEventListener("change", () => {
  // What was drawn is of another route.
  for (const list of [times, ...Object.values(columns)]) list.length = 0;
});
document.addEventListener("visibilitychange", () => {
  before = undefined;
  start();
});
