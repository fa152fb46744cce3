// What the controls ask for: the user who is open, and how the list is wanted.

import { $ } from "./elements.js";

export const person = { id: undefined, hasTurnedDial: false };

/// The parts that every question about this user shares.
export function wishes() {
  const category = $("category").value.trim();
  return {
    user: person.id,
    seen: $("seen").value,
    filter: category ? { category } : undefined,
    arm: $("arm").value.trim() || undefined,
  };
}

/// The dial, once somebody has turned it; until then the server's own setting counts.
export const diversity = () => (person.hasTurnedDial ? $("diversity").valueAsNumber : undefined);
