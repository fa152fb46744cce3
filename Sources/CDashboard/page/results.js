// How sources and arms did: rates with their intervals, and arms against each other.

import * as api from "./api.js";
import { $, announce, attempt, element, name, number, percent } from "./elements.js";

let question = 0;
let report = { rows: [], comparisons: [] };

export function open() {
  refresh();
}

async function refresh() {
  const seconds = Number($("since").value);
  const since = seconds ? new Date(Date.now() - seconds * 1000).toISOString() : undefined;
  const mine = ++question;
  const found = await attempt(() => api.report(since));
  if (!found || mine !== question) return;
  report = found;
  const types = [...new Set([...report.rows, ...report.comparisons].map((row) => row.type))].sort();
  const chosen = $("result-type").value;
  $("result-type").replaceChildren(element("option", { value: "" }, "all"),
    ...types.map((type) => element("option", { value: type, selected: type === chosen }, type)));
  show();
  announce(`${report.rows.length} rates, ${report.comparisons.length} comparisons.`);
}

function show() {
  const type = $("result-type").value;
  const wanted = (row) => !type || row.type === type;
  const rows = report.rows.filter(wanted);
  $("rates-summary").textContent = rows.length === 0
    ? "Nothing was shown yet, or no event names the answer that showed its item (its field request)." : "";
  $("rates").replaceChildren(...rows.map((row) => element("tr", {},
    element("th", { scope: "row" }, row.source ? name(row.source) : "all together"),
    element("td", {}, row.arm ? name(row.arm) : "–"),
    element("td", {}, name(row.type)),
    element("td", { class: "number" }, row.shown.toLocaleString("en")),
    element("td", { class: "number" }, row.engaged.toLocaleString("en")),
    element("td", { class: "number" }, percent(row.rate)),
    element("td", {}, `${percent(row.low)} to ${percent(row.high)}`))));
  const comparisons = report.comparisons.filter(wanted);
  $("comparisons").replaceChildren(...(comparisons.length === 0
    ? [element("tr", {}, element("td", { colspan: 7, class: "quiet" }, "No two arms to compare."))]
    : comparisons.map((row) => element("tr", {},
      element("th", { scope: "row" }, name(row.arm)),
      element("td", {}, name(row.other)),
      element("td", {}, name(row.type)),
      element("td", { class: "number" }, percent(row.difference)),
      element("td", {}, `${percent(row.low)} to ${percent(row.high)}`),
      element("td", { class: "number" }, number(row.p, 2)),
      element("td", {}, verdict(row))))));
}

function verdict(row) {
  if (row.low > 0) return [name(row.arm), " is better"];
  if (row.high < 0) return [name(row.other), " is better"];
  return "no difference shown so far";
}

$("results-form").addEventListener("submit", (event) => {
  event.preventDefault();
  refresh();
});
$("since").addEventListener("change", refresh);
$("result-type").addEventListener("change", show);
