// Prometheus' text: reading it, rates of counters, quantiles of histograms.

/// The samples by name: a list of labels and values each.
export function parse(text) {
  const found = new Map();
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const match = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+\S+)?\s*$/.exec(line);
    if (!match) continue;
    const [, name, labelText, valueText] = match;
    const labels = {};
    for (const [, label, value] of (labelText ?? "").matchAll(/([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g)) {
      labels[label] = value.replace(/\\(.)/g, (_, letter) => (letter === "n" ? "\n" : letter));
    }
    const value = Number(valueText.replace(/^([+-]?)Inf$/, "$1Infinity"));
    if (!found.has(name)) found.set(name, []);
    found.get(name).push({ labels, value });
  }
  return found;
}

/// The sums of a metric's samples by a label, or all together under "".
export function sums(metrics, name, label, isWanted = () => true) {
  const result = new Map();
  for (const sample of metrics.get(name) ?? []) {
    if (!isWanted(sample.labels)) continue;
    const key = label ? (sample.labels[label] ?? "") : "";
    result.set(key, (result.get(key) ?? 0) + sample.value);
  }
  return result;
}

/// How much each counter grew between two readings; one that fell began anew.
export function growth(before, after) {
  return new Map([...after].map(([key, value]) => {
    const old = before.get(key) ?? 0;
    return [key, value >= old ? value - old : value];
  }));
}

/// A quantile of what a histogram counted between two readings, as Prometheus estimates it: evenly spread
/// within a bucket. `null` where nothing was counted.
export function quantile(share, before, after, name, isWanted) {
  const bucket = `${name}_bucket`;
  const counts = growth(sums(before, bucket, "le", isWanted), sums(after, bucket, "le", isWanted));
  const edges = [...counts].map(([edge, count]) => [Number(edge.replace("Inf", "Infinity")), count])
    .sort((one, other) => one[0] - other[0]);
  const total = edges.at(-1)?.[1] ?? 0;
  if (total === 0) return null;
  const rank = share * total;
  let [low, below] = [0, 0];
  for (const [edge, count] of edges) {
    if (count >= rank) {
      // Past the last edge nothing more is known than that edge.
      return edge === Infinity ? low : low + (edge - low) * ((rank - below) / (count - below || 1));
    }
    [low, below] = [edge, count];
  }
  return low;
}
