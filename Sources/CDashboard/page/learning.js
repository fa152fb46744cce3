// How the model goes on learning while it serves: a panel that is there only while it does.

import { $, facts, number, percent, when } from "./elements.js";
import { sums } from "./metrics.js";
import { Plot } from "./plots.js";

const most = 600;
let plot;
let seconds = [];
let rows = [];

/// What the metrics say of learning, for those who may not ask for the status; nothing without learning.
export function ofMetrics(metrics) {
  const one = (name, wanted = () => true) => metrics.get(`corral_learn_${name}`)?.find((sample) => wanted(sample.labels))?.value;
  const up = one("up");
  if (up === undefined) return undefined;
  const recall = (items) => one("recall", (labels) => labels.items === items);
  return {
    events: one("events"), examples: one("examples"), examples_per_second: one("examples_per_second"), loss: one("loss"),
    lag: one("lag_events"), model_age: one("model_age_seconds"), publications: one("publications"), refusals: one("refusals"),
    predictions: sums(metrics, "corral_learn_recall").size, recall: recall("all"), head_recall: recall("head"), tail_recall: recall("tail"),
    failure: up === 0 ? "the key of an administrator says why." : undefined,
  };
}

/// Shows how learning stands at a time, in seconds, or hides the panel where nothing is learned.
export function show(learning, time) {
  $("learning").hidden = !learning;
  if (!learning) {
    [seconds, rows] = [[], []];
    return;
  }
  const count = (value) => value?.toLocaleString("en");
  const known = learning.predictions > 0;
  const share = (value) => known && value !== undefined && percent(value, 1);
  facts($("learning-facts"), [
    ["Learned", `${count(learning.examples)} examples of ${count(learning.events)} events`],
    ["Now", `${number(learning.examples_per_second)} a second`],
    ["Waiting", learning.lag !== undefined && `${count(learning.lag)} events`],
    ["Loss", learning.loss !== undefined && number(learning.loss)],
    [learning.cutoff ? `Recall of ${learning.cutoff}` : "Recall", share(learning.recall)],
    ["Popular items", share(learning.head_recall)],
    ["Other items", share(learning.tail_recall)],
    ["Published", learning.publications > 0 ? `${times(learning.publications)}, the last ${age(learning.model_age)}` : "not yet"],
    ["Kept back", learning.refusals > 0 && times(learning.refusals)],
    ["Last kept back", learning.last_refusal],
    ["Last published", learning.published_at && when(learning.published_at)],
  ]);
  $("learning-failure").hidden = !learning.failure;
  $("learning-failure").textContent = learning.failure ? `Learning stands still: ${learning.failure}` : "";
  if (!known) return;
  plot ??= new Plot($("learning-plot"), "Recall since the page was opened", (value) => percent(value, 1));
  seconds.push(time);
  rows.push(new Map([["all", learning.recall], ["popular", learning.head_recall], ["other", learning.tail_recall]]
    .filter(([, value]) => value !== undefined)));
  // What lies further back is kept half as close each time, so that the plot begins where the page did.
  if (seconds.length > most) {
    const isKept = (_, place) => place % 2 === 0 || place > most * 3 / 4;
    [seconds, rows] = [seconds.filter(isKept), rows.filter(isKept)];
  }
  plot.draw(seconds, rows);
}

const times = (count) => (count === 1 ? "once" : `${count.toLocaleString("en")} times`);

function age(passed) {
  if (passed === undefined) return "at an unknown time";
  if (passed < 100) return `${number(passed, 2)} s ago`;
  if (passed < 6000) return `${number(passed / 60, 2)} min ago`;
  return `${number(passed / 3600, 2)} h ago`;
}
