/* global uPlot */
// Plots over time, drawn by uPlot in the colours of the page.

import { element } from "./elements.js";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5], [1, 2]];

/// A plot of several lines; a line that was never seen before gets its place by itself.
export class Plot {
  constructor(place, title, format) {
    this.format = format;
    this.ground = element("div", {});
    place.append(element("figure", { class: "panel" }, element("figcaption", {}, title), this.ground));
    this.names = [];
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.remake());
    new ResizeObserver(() => this.fit()).observe(this.ground);
  }

  get width() {
    return Math.max(120, Math.floor(this.ground.clientWidth));
  }

  /// Draws the lines over the times, in seconds: `rows` holds a map from the line's name to its value each.
  draw(times, rows) {
    const names = [...new Set(rows.flatMap((row) => [...row.keys()]))].sort();
    this.data = [times, ...names.map((name) => rows.map((row) => row.get(name) ?? null))];
    if (names.join("\n") !== this.names.join("\n") || !this.plot) {
      this.names = names;
      this.remake();
    } else {
      this.plot.setData(this.data);
      this.readNewest();
    }
  }

  remake() {
    if (!this.data || this.ground.clientWidth === 0) return;
    this.plot?.destroy();
    const axis = { stroke: colour("quiet"), grid: { stroke: colour("line"), width: 1 }, ticks: { stroke: colour("line"), width: 1 }, font: "12px system-ui, sans-serif" };
    this.plot = new uPlot({
      width: this.width, height: 190,
      cursor: { drag: { x: false, y: false } },
      scales: {
        x: { range: (_, first, last) => [Math.min(first, last - 60), last] },
        y: { range: (_, low, high) => [0, high > 0 ? high * 1.1 : 1] },
      },
      axes: [{ ...axis, space: 70 }, { ...axis, size: 62, values: (_, values) => values.map((value) => this.format(value)) }],
      series: [
        { label: "Time", value: "{HH}:{mm}:{ss}" },
        ...this.names.map((name, place) => ({
          label: name, stroke: colour(`plot-${place % 6 + 1}`), width: 2, dash: dashes[place % dashes.length],
          points: { show: false }, value: (_, value) => (value === null ? "–" : this.format(value)),
        })),
      ],
    }, this.data, this.ground);
    this.plot.over.addEventListener("mouseleave", () => this.readNewest());
    this.readNewest();
  }

  /// The legend says the newest values unless the pointer asks for others.
  readNewest() {
    if (this.plot.cursor.idx === null || this.plot.cursor.left < 0) this.plot.setLegend({ idx: this.data[0].length - 1 }, false);
  }

  fit() {
    if (this.plot && this.ground.clientWidth > 0) this.plot.setSize({ width: this.width, height: 190 });
    else this.remake();
  }
}
