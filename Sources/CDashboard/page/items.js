// One item: what is known of it, what is like it, and why the open user does or does not see it.

import * as api from "./api.js";
import { $, announce, attempt, element, facts, name, naming, number, titled, when } from "./elements.js";
import { explainTo } from "./recommendations.js";
import { learn } from "./titles.js";
import { person } from "./wishes.js";

let question = 0;
let item;

export function open(id) {
  if (!id) {
    if (item) location.replace(`#/items/${encodeURIComponent(item)}`);
    else showCharts();
    return;
  }
  item = id;
  $("item").value = id;
  refresh();
}

async function refresh() {
  const mine = ++question;
  const id = item;
  await attempt(async () => {
    const [record, near] = await Promise.allSettled([
      api.item(id), api.similar(id, $("similar-count").valueAsNumber || 10),
    ]);
    if (mine !== question) return;
    $("charts").hidden = true;
    $("item-panels").hidden = record.status !== "fulfilled" && near.status !== "fulfilled";
    if (record.status === "fulfilled") showRecord(record.value);
    showNear(near.status === "fulfilled" ? near.value : []);
    if (record.status === "rejected") throw record.reason;
    // An item that came after the model was trained has nothing that it is like.
    if (near.status === "rejected" && near.reason.status !== 404) throw near.reason;
  });
}

function showRecord(record) {
  learn([record]);
  $("item-name").replaceChildren(...naming(record));
  const values = Object.entries(record.features ?? {})
    .map(([feature, value]) => [feature, Array.isArray(value) ? value.join(", ") : String(value)]);
  facts($("item-facts"), [
    ["Id", record.id],
    ["Categories", (record.categories ?? []).join(", ")],
    ["Shown to users", record.hidden ? "no, it is hidden" : "yes"],
    ["Published", record.published_at && when(record.published_at)],
    ["Expires", record.expires_at && when(record.expires_at)],
    ...values,
  ]);
  const place = element("div", { class: "explanation", hidden: true });
  $("item-why").replaceChildren(...(person.id ? [
    element("button", { type: "button", onclick: (event) => explainTo(record.id, place, event.currentTarget) },
      "Why is it shown to ", name(person.id), ", or not?"), place] : []));
}

/// What is popular, trending or new, to begin with.
async function showCharts() {
  const found = await attempt(() => api.list($("chart").value, 20));
  if (!found || item) return;
  $("charts").hidden = false;
  showLinks($("chart-items"), found, "score", "The list is empty so far.");
  announce(`${found.length} items.`);
}

function showLinks(list, found, scoreName, otherwise) {
  learn(found);
  list.replaceChildren(...(found.length === 0
    ? [element("li", { class: "empty" }, otherwise)]
    : found.map((other, place) => element("li", {},
      element("span", { class: "place" }, place + 1),
      element("div", {},
        element("a", { href: `#/items/${encodeURIComponent(other.id)}` }, naming(other)),
        element("div", { class: "chips" },
          other.score !== undefined && element("span", { class: "chip" }, `${scoreName} ${number(other.score, 3)}`)))))));
}

function showNear(near) {
  showLinks($("similar"), near, "similarity", "The model knows no similar items.");
  announce(`${near.length} similar items${near.length ? `; the nearest is ${titled(near[0])}` : ""}.`);
}

$("item-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const address = `#/items/${encodeURIComponent($("item").value.trim())}`;
  if (location.hash === address) refresh();
  else location.hash = address;
});
$("similar-count").addEventListener("change", () => item && $("item-form").checkValidity() && refresh());
$("chart").addEventListener("change", showCharts);
