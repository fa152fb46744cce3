// The list of recommendations: its items with their reasons, and what changed since the last answer.

import * as api from "./api.js";
import { $, announce, attempt, element, name, naming, number, percent, titled } from "./elements.js";
import { learn } from "./titles.js";
import { wishes } from "./wishes.js";

const stages = {
  retriever: "placed by the retriever", ranker: "placed by the ranker",
  fallback: "a stand-in: nothing better was found", quota: "placed by the share of its source",
};
const sources = {
  retriever: "found by the search", similar: "like what was met last", popular: "popular",
  trending: "trending", latest: "new",
};
let previous;

export function forgetList() {
  previous = undefined;
}

export function showList(answer, { send }) {
  learn(answer.items);
  // Only a model that searches clusters has this dial.
  if (answer.items.some((item) => item.cluster)) $("alpha-field").hidden = false;
  const change = previous ? difference(previous, answer.items) : undefined;
  $("list-summary").replaceChildren(...summary(answer));
  const focus = focusedPlace();
  $("recommendations").replaceChildren(...(answer.items.length === 0
    ? [element("li", { class: "empty" }, "Nothing is allowed: the filter or the user's history leaves out everything.")]
    : answer.items.map((item, place) => row(item, place, answer, change?.marks.get(item.id), send))));
  restore(focus);
  $("list-change").hidden = !change?.text;
  $("list-change").replaceChildren(...(change?.text ? change.nodes : []));
  announce(`${answer.items.length} recommendations. ${change ? change.text || "The list is as it was." : ""}`);
  previous = answer.items;
}

function summary(answer) {
  const times = answer.milliseconds ?? {};
  const parts = ["queue", "encoding", "search", "ranking"].filter((stage) => times[stage] > 0)
    .map((stage) => `${stage} ${number(times[stage], 2)}`);
  const nodes = ["Model ", name(answer.model)];
  if (answer.arm) nodes.push(", arm ", name(answer.arm));
  nodes.push(`, ${number(times.total ?? 0, 2)} ms${parts.length ? ` (${parts.join(", ")})` : ""}`);
  nodes.push(", request ", name(answer.request, "id"), ".");
  for (const notice of answer.notices ?? []) nodes.push(" ", element("span", { class: "chip" }, notice));
  if (answer.degraded) {
    nodes.push(" ", element("strong", { class: "chip down" }, `degraded: ${answer.degraded} was late`));
  }
  return nodes;
}

/// Which items are new, moved or gone.
function difference(before, after) {
  const places = new Map(before.map((item, place) => [item.id, place]));
  const marks = new Map();
  for (const [place, item] of after.entries()) {
    const old = places.get(item.id);
    if (old === undefined) marks.set(item.id, { kind: "new", text: "new" });
    else if (old > place) marks.set(item.id, { kind: "up", text: `▲ up ${old - place}` });
    else if (old < place) marks.set(item.id, { kind: "down", text: `▼ down ${place - old}` });
  }
  const still = new Set(after.map((item) => item.id));
  const gone = before.filter((item) => !still.has(item.id));
  const fresh = after.filter((item) => marks.get(item.id)?.kind === "new");
  const moved = marks.size - fresh.length;
  const nodes = [];
  const list = (label, items) => {
    if (items.length === 0) return;
    nodes.push(`${label}: `, ...items.slice(0, 3).flatMap((item, place) => [place ? ", " : "", name(titled(item))]),
      items.length > 3 ? ` and ${items.length - 3} more. ` : ". ");
  };
  list("New", fresh);
  list("Gone", gone);
  if (moved > 0) nodes.push(`${moved} moved.`);
  return { marks, nodes, text: nodes.map((node) => node.textContent ?? node).join("") };
}

function row(item, place, answer, mark, send) {
  const explanation = element("div", { class: "explanation", hidden: true });
  const label = titled(item);
  const because = item.because ?? [];
  return element("li", { class: mark ? "changed" : null, "data-id": item.id },
    element("span", { class: "place" }, place + 1),
    element("div", {},
      naming(item),
      element("div", { class: "chips" },
        mark && element("span", { class: `chip ${mark.kind}` }, mark.text),
        element("span", { class: "chip", title: sources[item.source] }, `source ${item.source}`),
        element("span", { class: "chip", title: stages[item.stage] }, `stage ${item.stage}`),
        item.cluster && clusterChip(item.cluster),
        item.score !== undefined && item.score !== null && element("span", { class: "chip" }, `score ${number(item.score, 4)}`)),
      because.length > 0 && element("p", { class: "because" }, "Because of ",
        because.flatMap((reason, number_) => [number_ ? ", " : "", name(titled(reason)), ` (${number(reason.similarity, 2)})`])),
      element("div", { class: "actions" },
        element("button", {
          type: "button", "data-action": "send", "aria-label": `Send event for ${label}`,
          onclick: (event) => send(item, { request: answer.request, button: event.currentTarget }),
        }, "Send event"),
        element("button", {
          type: "button", "data-action": "why", "aria-expanded": "false", "aria-label": `Why ${label}`,
          onclick: (event) => toggle(event.currentTarget, explanation, item),
        }, "Why"),
        element("a", { href: `#/items/${encodeURIComponent(item.id)}`, "aria-label": `Similar to ${label}` }, "Similar")),
      explanation));
}

function clusterChip({ number: place, name: title, probability, quota, places }) {
  return element("span", {
    class: "chip cluster",
    title: `The user chooses from this cluster with a probability of ${percent(probability)}; it got ${quota} of ${places} places.`,
  }, "cluster ", name(title ?? String(place)), `, ${quota} of ${places}`);
}

async function toggle(button, place, item) {
  if (!place.hidden) {
    place.hidden = true;
    button.setAttribute("aria-expanded", "false");
    return;
  }
  const found = await attempt(() => api.explain({ ...wishes(), item: item.id }), button);
  button.focus();
  if (!found) return;
  place.replaceChildren(...explained(found));
  place.hidden = false;
  button.setAttribute("aria-expanded", "true");
  announce(place.textContent);
}

/// The steps of an explanation as a table.
function explained(found) {
  return [
    element("p", { class: "verdict" }, found.shown ? "It is in the list." : "It is not in the list."),
    element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Steps" },
      element("table", {},
        element("thead", {}, element("tr", {}, ["Stage", "Passed", "Rank", "Score", "What happened"]
          .map((text) => element("th", { scope: "col" }, text)))),
        element("tbody", {}, found.steps.map((step) => element("tr", {},
          element("th", { scope: "row" }, step.stage),
          element("td", { class: step.passed ? "yes" : "no" }, step.passed ? "yes" : "no"),
          element("td", {}, step.rank ? `${step.rank}${step.of ? ` of ${step.of}` : ""}` : "–"),
          element("td", {}, number(step.score, 4)),
          element("td", {}, name(step.reason))))))),
  ];
}

// The list is made anew: who works with the keyboard stays where they were, or at its head if that is gone.
function focusedPlace() {
  const active = document.activeElement;
  const item = active?.closest?.("#recommendations > li");
  if (!item) return undefined;
  return { id: item.dataset.id, action: active.dataset.action };
}

function restore(focus) {
  if (!focus) return;
  const item = [...$("recommendations").children].find((child) => child.dataset.id === focus.id);
  (item?.querySelector(`[data-action="${focus.action ?? "send"}"]`) ?? $("list-heading")).focus();
}

/// Asks why an item is, or is not, in the list of the user who is open.
export async function explainTo(item, place, button) {
  const found = await attempt(() => api.explain({ ...wishes(), item }), button);
  if (!found) return;
  place.replaceChildren(...explained(found));
  place.hidden = false;
  announce(place.textContent);
}
