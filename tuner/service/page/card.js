// The verdict, and the choice: today, recommended and the one to compare side by side, in sentences.
import { badge, byId, node } from "./nodes.js";

/** Shows the verdict of an answer. */
export function showVerdict(answer) {
  const sentences = answer.sentences.map((words) => node("p", {}, words));
  byId("verdict").replaceChildren(
    node("p", { class: "chip", "data-verdict": answer.verdict }, answer.chip),
    node("h1", {}, answer.headline),
    node("div", { class: "sentences" }, sentences),
  );
  const counts = [answer.count_words, answer.stress_words].filter(Boolean).join(" ");
  byId("counts").textContent = counts;
}

const said = (heading, words, ...more) => (words ? [node("h3", {}, heading), node("p", {}, words, ...more)] : []);

/** Keeps a figure and its unit on one line. */
const tied = (words) => words.replaceAll(" %", "\u00a0%");

const button = (words, press) => node("button", { type: "button", click: press }, words);

/**
 * Shows the choice.
 * `compared` is what the server said of B, null where there is none; `why` is its reason.
 */
export function showChoice(answer, { hasToday, compared, why, compare, clear }) {
  const isProposed = answer.recommended !== null && answer.verdict !== "keep";
  const plans = [
    hasToday && ["T", "Today", (row) => row.today, (row) => row.today_tone],
    isProposed && ["R", "Proposed", (row) => row.recommended,
      (row) => `${row.recommended_tone}${row.changed ? " changed" : ""}`],
    compared && ["B", "Compare", (_, k) => compared.card[k],
      (row, k) => `${compared.card_tone[k]}${hasToday && compared.card[k] !== row.today ? " changed" : ""}`],
  ].filter(Boolean);
  byId("choice").replaceChildren(
    ...(isProposed || plans.length ? [table(answer.card, plans)] : []),
    ...(answer.recommended === null ? nothing(answer, { compare, clear }) : []),
    ...said("What it buys", answer.buys),
    ...said("What it costs", answer.costs),
    ...(answer.next ? next(answer.next, compare) : []),
    ...said("Why not B?", why),
    ...(compared ? [button("Compare none", () => compare(null))] : []),
  );
}

function table(rows, plans) {
  const heads = plans.map(([letter, words]) => node("th", { scope: "col" }, badge(letter), ` ${words}`));
  const body = rows.map((row, k) =>
    node("tr", {}, node("th", { scope: "row" }, row.name),
      plans.map(([, , text, tone]) => node("td", { class: tone(row, k) }, tied(text(row, k))))));
  return node("table", { class: "card" },
    node("thead", {}, node("tr", {}, node("td"), heads)), node("tbody", {}, body));
}

function nothing(answer, { compare, clear }) {
  const ways = answer.ways_out.map((words) => node("li", {}, words));
  return [
    answer.clear_filter ? node("p", {}, button("Clear the filter", clear)) : null,
    answer.safest ? node("p", {}, button("Compare the safest", () => compare(answer.safest))) : null,
    ways.length ? node("h3", {}, "Ways out") : null,
    ways.length ? node("ul", {}, ways) : null,
  ].filter(Boolean);
}

function next({ words, id }, compare) {
  return said("One more point of room", words, id ? " " : "", id ? button("Compare it", () => compare(id)) : "");
}
