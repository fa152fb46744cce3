// What the controls ask for: the user who is open, and how the list is wanted.

import { $ } from "./elements.js";

export const person = { id: undefined };

/// The parts that every question about this user shares.
export function wishes() {
  const category = $("category").value.trim();
  return {
    user: person.id,
    seen: $("seen").value,
    filter: category ? { category } : undefined,
    arm: $("arm").value.trim() || undefined,
    ...Object.fromEntries([...turned].map((dial) => [dial, $(dial).valueAsNumber])),
  };
}

// Until somebody turns a dial, the server's own setting counts.
const turned = new Set();

for (const dial of ["diversity", "alpha"]) {
  $(dial).addEventListener("input", () => {
    turned.add(dial);
    $(`${dial}-shown`).value = $(dial).value;
  });
}
