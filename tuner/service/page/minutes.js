// Minute by minute: asks for a shape, shows its words, peaks on every shape, actions and lanes.
import { ask } from "./ask.js";
import { draw } from "./lanes.js";
import { badge, byId, node, press } from "./nodes.js";

const SLOW_MS = 300;
const section = byId("minutes-heading").closest("section");
let asked = null;
let shown = null;

/** Shows a trouble in its four parts, and a button that tries again; null takes it away. */
export function showTrouble(trouble, retry) {
  const box = byId("trouble");
  box.hidden = trouble === null;
  if (trouble === null) return;
  const unknown = { expected: "an answer", got: trouble.message, where: "the page", next_step: "Try again." };
  const parts = trouble.parts ?? unknown;
  const pairs = [["Expected", parts.expected], ["Got", parts.got], ["Where", parts.where], ["Next", parts.next_step]];
  box.replaceChildren(
    node("dl", {}, pairs.map(([name, words]) => [node("dt", {}, name), node("dd", {}, words)])),
    node("button", { type: "button", click: retry }, "Try again"),
  );
}

/**
 * Asks for a shape and shows it; the old one stays until then.
 * `plans` holds letters and ids, `detail` the letter in detail.
 */
export async function show(choice) {
  const { shape, plans, detail, cliff, limit, line, cliffWords, isFound, colours, choose } = choice;
  const own = new AbortController();
  asked?.abort();
  asked = own;
  const slow = setTimeout(() => section.classList.add("waiting"), SLOW_MS);
  const k = Math.max(0, plans.findIndex(([letter]) => letter === detail));
  press(byId("detail"), detail);
  byId("shape").value = shape;
  try {
    const [letters, ids] = [0, 1].map((part) => plans.map((plan) => plan[part]));
    const query = { shape, plan: ids, letter: letters, detail: k, cliff };
    const minutes = await ask("minutes", query, { signal: own.signal });
    if (asked !== own) return;
    showTrouble(null);
    words(minutes, plans[k][0]);
    peaks(minutes.peaks, shape, limit, choose);
    events(minutes.events);
    shown = [minutes, { detail: k, line, cliffWords, isFound }];
    await redraw(colours);
  } catch (error) {
    if (error.name === "AbortError" || asked !== own) return;
    showTrouble(error, () => show(choice));
  } finally {
    clearTimeout(slow);
    if (asked === own) section.classList.remove("waiting");
  }
}

/** Draws what is shown once more, where colours have changed. */
export async function redraw(colours) {
  if (!shown) return;
  const box = byId("lanes");
  const [minutes, how] = shown;
  try {
    if (box.classList.contains("missing")) box.replaceChildren();
    await draw(box, minutes, { ...how, colours });
    box.classList.remove("missing");
  } catch {
    box.classList.add("missing");
    box.textContent = "The timelines could not be drawn; the tables hold the same figures.";
  }
  document.documentElement.dataset.minutes = "ready";
}

function words(minutes, letter) {
  byId("minutes-words").textContent = [minutes.words, minutes.n_over_words].filter(Boolean).join(" · ");
  byId("events-words").textContent = minutes.events_words;
  const keys = [[`lead-${letter}`, `serving (${letter})`], ["launching", "launching"], ["over", "draining"]];
  const lines = minutes.plans.map((plan) => {
    const kind = plan.letter === letter ? "solid" : plan.letter === "T" ? "dotted" : "dashed";
    return node("li", {}, badge(plan.letter), ` ${kind}`);
  });
  byId("lanes-legend").replaceChildren(
    ...keys.map(([name, text]) => node("li", {}, node("span", { class: `marker ${name}` }), ` ${text}`)),
    ...["▲ scale out", "▼ scale in", "× refused"].map((text) => node("li", {}, text)),
    ...lines,
  );
}

function peaks(rows, shape, limit, choose) {
  const letters = rows[0]?.cells.map((cell) => cell.letter) ?? [];
  const head = node("tr", {}, node("th", { scope: "col" }, "Shape"), node("td"),
    letters.map((letter) => node("th", { scope: "col", class: "number" }, badge(letter))));
  const body = rows.map((row) => {
    const dots = row.cells.map((cell, k) =>
      node("i", { class: `lead-${cell.letter}`, "--at": `${cell.tenths / 10}%`, "--k": String(k) }));
    const pressed = () => choose(row.shape);
    return node("tr", { "aria-current": row.shape === shape ? "true" : null },
      node("th", { scope: "row" }, node("button", { type: "button", click: pressed }, row.shape)),
      node("td", {}, node("span", { class: "range", "aria-hidden": "true", "--limit": `${limit}%` }, dots)),
      row.cells.map((cell) => node("td", { class: `number ${cell.tone}` }, cell.text)));
  });
  const focused = document.activeElement.closest?.("#peaks tr")?.rowIndex;
  byId("peaks").replaceChildren(node("thead", {}, head), node("tbody", {}, body));
  if (focused) byId("peaks").rows[focused]?.querySelector("button")?.focus();
}

function events(rows) {
  const heads = ["When", "What", "Instances", "Why"].map((name) => node("th", { scope: "col" }, name));
  const body = rows.map((row) =>
    node("tr", {}, node("td", {}, row.when), node("td", {}, row.what),
      node("td", { class: "number" }, row.instances), node("td", {}, row.why)));
  byId("events").replaceChildren(node("thead", {}, node("tr", {}, heads)), node("tbody", {}, body));
}
