// Titles of items by their id. Events name items by id alone, so that what is not known yet is asked for.

import * as api from "./api.js";

const known = new Map();
const limit = 5000;

export function learn(items) {
  for (const { id, title } of items ?? []) {
    if (known.size >= limit) known.delete(known.keys().next().value);
    known.set(id, title ?? null);
  }
}

export const titleOf = (id) => known.get(id) ?? null;

/// Asks for the titles of ids, a few at a time; ids without one stay as they are.
export async function look(ids) {
  const missing = [...new Set(ids)].filter((id) => !known.has(id));
  const worker = async () => {
    for (let id = missing.pop(); id !== undefined; id = missing.pop()) {
      try {
        learn([await api.item(id)]);
      } catch {
        learn([{ id }]);
      }
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}
