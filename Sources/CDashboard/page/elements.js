// Small helpers to build the page. Texts only ever become text nodes: what ids and titles hold is never markup.

export const $ = (id) => document.getElementById(id);

/// An element with attributes, handlers ("onclick") and children; children that are no elements become text.
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : String(child))));
  return made;
}

/// A name that may hold anything: kept apart, so that its direction of writing does not reach its neighbours.
export const name = (text, className) => element("bdi", { class: className, dir: "auto" }, text);

/// A title with its id, or the id alone.
export const naming = ({ id, title }) =>
  title && title !== id ? [name(title, "title"), " ", name(id, "id")] : [name(id, "title")];

export const titled = ({ id, title }) => title || id;

/// A number with as many digits as help.
export function number(value, digits = 3) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) return value.toExponential(digits - 1);
  return value.toLocaleString("en", { maximumSignificantDigits: Math.max(digits, size >= 1 ? String(Math.trunc(size)).length : 0) });
}

export const percent = (share, digits = 2) =>
  share === null || share === undefined ? "–" : `${(share * 100).toFixed(digits)}%`;

export function when(time) {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? String(time) : date.toLocaleString();
}

export function facts(list, pairs) {
  list.replaceChildren(...pairs.filter(([, value]) => value !== null && value !== undefined && value !== false && value !== "")
    .flatMap(([term, value]) => [element("dt", {}, term), element("dd", {}, value instanceof Node ? value : name(value))]));
}

/// Reads a sentence to those who listen to the page; it is not seen.
export function announce(text) {
  $("announce").textContent = "";
  // Two steps, so that the same sentence twice is heard twice.
  setTimeout(() => { $("announce").textContent = text; }, 50);
}

export function showProblem(error) {
  if (error.name === "AbortError") return;
  $("problem-text").textContent = error.message;
  $("problem").hidden = false;
}

export function clearProblem() {
  $("problem").hidden = true;
  $("problem-text").textContent = "";
}

/// Runs something that may fail; a failure is shown in words. A button that works takes no second press: it
/// is marked, not disabled, since a disabled one loses the focus of the keyboard.
export async function attempt(work, button) {
  if (button?.hasAttribute("aria-busy")) return undefined;
  clearProblem();
  button?.setAttribute("aria-busy", "true");
  try {
    return await work();
  } catch (error) {
    showProblem(error);
    return undefined;
  } finally {
    button?.removeAttribute("aria-busy");
  }
}

/// Fills a list of suggestions while somebody types; the newest question alone is answered.
export function suggest(input, list, load) {
  let timer;
  let running;
  const ask = () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      running?.abort();
      running = new AbortController();
      try {
        const found = await load(input.value.trim(), running.signal);
        list.replaceChildren(...found.map((record) =>
          element("option", { value: record.id, label: record.title && record.title !== record.id ? record.title : undefined })));
      } catch {
        // Suggestions are a help: the question itself will say what is wrong.
      }
    }, 150);
  };
  input.addEventListener("input", ask);
  input.addEventListener("focus", ask);
}
