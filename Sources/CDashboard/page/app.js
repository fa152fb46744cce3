// The page as a whole: which view is open, the key, and suggestions that several views share.

import * as api from "./api.js";
import { $, clearProblem, element, suggest } from "./elements.js";
import * as items from "./items.js";
import * as live from "./live.js";
import * as people from "./people.js";
import * as results from "./results.js";

const views = { people, items, results, live };
let current;

// The address holds the view and what it shows, so that a link or the back button leads there: #/people/ID.
function route() {
  const [, view = "people", rest = ""] = location.hash.split("/").map((part) => {
    try { return decodeURIComponent(part); } catch { return part; }
  });
  const name = Object.hasOwn(views, view) ? view : "people";
  clearProblem();
  for (const other of Object.keys(views)) $(other).hidden = other !== name;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `Corral – ${$(`${name}-heading`).textContent}`;
  if (current && current !== name) views[current].close?.();
  current = name;
  views[name].open(rest);
}

function idsFrom(load) {
  // A page begins after an id: the text itself is an id that somebody has typed in full.
  return async (text, signal) => {
    const found = await load(text, 20, signal);
    const beginning = found.filter((record) => record.id.startsWith(text));
    return beginning.length > 0 ? beginning : found;
  };
}

suggest($("person"), $("person-ids"), idsFrom(api.users));
suggest($("event-item"), $("item-ids"), idsFrom(api.items));
suggest($("item"), $("item-ids"), idsFrom(api.items));

let haveCategories = false;
$("category").addEventListener("focus", async () => {
  if (haveCategories) return;
  haveCategories = true;
  try {
    const names = new Set((await api.items("", 1000)).flatMap((item) => item.categories ?? []));
    $("categories").replaceChildren(...[...names].sort().slice(0, 200).map((value) => element("option", { value })));
  } catch {
    haveCategories = false;
  }
});

$("key").value = api.key();
$("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  api.setKey($("key").value.trim());
  live.keyChanged();
  route();
});
$("problem-close").addEventListener("click", () => {
  clearProblem();
  $("main").focus();
});
// A link that jumps inside the page is no view.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  $("main").focus();
});
window.addEventListener("hashchange", route);
route();
