// The line of the cliff on the front, its number field, the points to keep free, and the view.
import { byId, press } from "./nodes.js";

const KEYS = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 5, PageDown: -5 };

/** Listens on the controls; `change` gets what was changed of the choice. */
export function listen(front, { change, cliffNow }) {
  const line = byId("line");
  const bounded = (value) => Math.min(Math.max(value, 0), 100);

  line.addEventListener("keydown", (event) => {
    if (event.key in KEYS) change({ cliff: bounded(Math.round(cliffNow()) + KEYS[event.key]) });
    else if (event.key === "Home") change({ cliff: null });
    else return;
    event.preventDefault();
  });
  line.addEventListener("pointerdown", (event) => {
    line.setPointerCapture(event.pointerId);
    line.focus();
  });
  line.addEventListener("pointermove", (event) => {
    if (!line.hasPointerCapture(event.pointerId)) return;
    const top = front.canvas.getBoundingClientRect().top;
    const cliff = bounded(Math.round(front.drawn.y.value(event.clientY - top)));
    if (cliff !== cliffNow()) change({ cliff });
  });
  byId("cliff").addEventListener("input", (event) => {
    if (event.target.value !== "" && event.target.checkValidity()) change({ cliff: event.target.valueAsNumber });
  });
  byId("margin").addEventListener("input", (event) => {
    if (event.target.value !== "" && event.target.checkValidity()) change({ margin: event.target.valueAsNumber });
  });
  byId("measured").addEventListener("click", () => change({ cliff: null }));
  byId("view").addEventListener("click", (event) => event.target.value && change({ view: event.target.value }));
}

/** Shows where the line stands: the cliff, or how far was tested where none was found. */
export function show(front, { line, isFound, words, margin, view }) {
  const bar = byId("line");
  const { y } = front.drawn;
  bar.hidden = line < y.low || line > y.high;
  bar.style.setProperty("--y", `${y.place(line)}px`);
  bar.classList.toggle("tested", !isFound);
  bar.setAttribute("aria-valuenow", line);
  bar.setAttribute("aria-valuetext", words);
  byId("line-words").textContent = words;
  const fields = { cliff: isFound ? line : "", margin };
  for (const [id, value] of Object.entries(fields)) {
    if (document.activeElement !== byId(id) || byId(id).valueAsNumber !== value) byId(id).value = value;
  }
  press(byId("view"), view);
}
