// The table of the front: sorts by its headings, marks R and B, colours what is over the limit.
import { badge, byId, node } from "./nodes.js";

/** Gives the table its buttons; `compare(id)` is called by those of the rows. */
export function build(data, compare) {
  const table = byId("table").querySelector("table");
  const rows = [...table.tBodies[0].rows];
  const facts = new Map(data.table.rows.map((row) => [row.id, row]));
  table.tHead.rows[0].append(node("td"));
  for (const row of rows) {
    const press = () => compare(row.dataset.id);
    const name = `Compare ${facts.get(row.dataset.id).cells[0]}`;
    row.append(node("td", {}, node("button", { type: "button", click: press, "aria-label": name }, "Compare")));
    row.cells[0].prepend(node("span", { class: "letters" }));
    row.querySelector(".badge")?.remove();
  }
  [...table.tHead.rows[0].cells].slice(0, -1).forEach((heading, k) => {
    const words = heading.textContent;
    heading.replaceChildren(node("button", { type: "button", click: () => sort(heading, k) }, words));
  });

  function sort(heading, k) {
    const isUp = heading.getAttribute("aria-sort") !== "ascending";
    const key = (row) => facts.get(row.dataset.id).sort[k] ?? facts.get(row.dataset.id).cells[k];
    const order = (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0) * (isUp ? 1 : -1);
    for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", isUp ? "ascending" : "descending");
    table.tBodies[0].append(...rows.sort(order));
  }
}

/** Marks the rows of R and B, and those over the limit; scrolls so that R is in sight. */
export function show(data, { recommended, compared, limit }) {
  const box = byId("table");
  const over = new Map(data.table.rows.map((row) => [row.id, row.peak_tenths / 10 > limit]));
  for (const row of box.querySelectorAll("tbody tr")) {
    const { id } = row.dataset;
    const letter = { [compared]: "B", [recommended]: "R" }[id] ?? "";
    row.className = `${letter}${over.get(id) ? " is-over" : ""}`;
    row.cells[0].firstChild.replaceChildren(...(letter ? [badge(letter), " "] : []));
    if (letter === "R" && box.dataset.shown !== id) box.scrollTop = row.offsetTop - box.clientHeight / 3;
    mark(row.querySelector(".peak .bar"), limit);
  }
  box.dataset.shown = recommended ?? "";
}

function mark(bar, limit) {
  if (!bar) return;
  let line = bar.querySelector("line");
  if (!line) {
    line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    bar.append(line);
  }
  const ends = { x1: `${limit}%`, x2: `${limit}%`, y1: "0", y2: "100%" };
  for (const [name, value] of Object.entries(ends)) line.setAttribute(name, value);
}
