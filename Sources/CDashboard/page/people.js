// One user: what they did beside what they are recommended, and events that change the list.

import * as api from "./api.js";
import { $, announce, attempt, element, name, naming, number, titled, when } from "./elements.js";
import { showList, forgetList } from "./recommendations.js";
import { learn, look, titleOf } from "./titles.js";
import { person, wishes } from "./wishes.js";

const page = 10;
let history = [];
let shown = page;
// An answer that comes after a newer question is not shown.
let question = 0;

export function open(id) {
  if (!id) {
    if (person.id) location.replace(`#/people/${encodeURIComponent(person.id)}`);
    else attempt(showSomebody);
    return;
  }
  $("person").value = id;
  if (id !== person.id) {
    forgetList();
    shown = page;
  }
  person.id = id;
  refresh();
}

async function showSomebody() {
  const some = await api.users("", 24);
  $("somebody-heading").textContent = some.length > 0 ? "Some users to begin with" : "No user is known yet";
  $("somebody-list").replaceChildren(...some.map(({ id }) =>
    element("li", {}, element("a", { href: `#/people/${encodeURIComponent(id)}` }, name(id)))));
  $("somebody").hidden = Boolean(person.id);
}

async function refresh() {
  const mine = ++question;
  const asked = person.id;
  await attempt(async () => {
    const request = { ...wishes(), k: $("count").valueAsNumber || 10, explain: true };
    const [events, answer] = await Promise.allSettled([api.events(asked), api.recommend(request)]);
    if (mine !== question) return;
    $("somebody").hidden = true;
    $("person-panels").hidden = false;
    history = events.status === "fulfilled" ? events.value : [];
    showHistory();
    if (answer.status === "fulfilled") showList(answer.value, { send });
    for (const part of [answer, events]) if (part.status === "rejected") throw part.reason;
  });
}

function showHistory() {
  const newest = history.slice(-shown).reverse();
  $("history-heading").replaceChildren("History of ", name(person.id));
  $("history-summary").textContent = history.length === 0
    ? "Nothing is known of this user yet: what is popular stands in the list."
    : `${history.length} event${history.length === 1 ? "" : "s"}, the newest first.`;
  $("history").replaceChildren(...newest.map((event) =>
    element("li", {},
      element("span", { class: "place", title: "position in the log" }, event.position),
      element("div", {},
        element("a", { href: `#/items/${encodeURIComponent(event.item)}` },
          naming({ id: event.item, title: titleOf(event.item) })),
        element("div", { class: "chips" },
          element("span", { class: "chip" }, name(event.type)),
          event.value !== undefined && element("span", { class: "chip" }, `value ${number(event.value)}`),
          event.time && element("span", { class: "quiet" }, when(event.time)))))));
  $("history-more").hidden = history.length <= shown;
  $("event-types").replaceChildren(...[...new Set(["click", "view", "buy", "rating", ...history.slice(-500).map((event) => event.type)])]
    .map((value) => element("option", { value })));
  const unknown = newest.map((event) => event.item).filter((id) => titleOf(id) === null);
  const mine = question;
  if (unknown.length > 0) {
    look(unknown).then(() => {
      if (mine === question && unknown.some((id) => titleOf(id) !== null)) showHistory();
    });
  }
}

/// Sends one event and shows what it changes.
async function send(item, { request, button } = {}) {
  const type = $("event-type").value.trim() || "click";
  const value = $("event-value").valueAsNumber;
  const sent = await attempt(() => api.sendEvents([{
    id: api.newID(), user: person.id, item: item.id, type, value: Number.isNaN(value) ? undefined : value, request,
  }]), button);
  if (!sent) return false;
  announce(`Sent: ${type} of ${titled(item)}.`);
  learn(item.title ? [item] : []);
  await refresh();
  return true;
}

$("person-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const id = $("person").value.trim();
  const address = `#/people/${encodeURIComponent(id)}`;
  if (location.hash === address) refresh();
  else location.hash = address;
});
$("event-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const id = $("event-item").value.trim();
  if (await send({ id, title: titleOf(id) }, { button: event.submitter })) $("event-item").value = "";
});
$("history-more").addEventListener("click", () => {
  shown += 50;
  showHistory();
});
for (const id of ["diversity", "alpha", "category", "seen", "count", "arm"]) {
  $(id).addEventListener("change", () => person.id && $("person-form").checkValidity() && refresh());
}
