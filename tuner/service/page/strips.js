// One strip of bars for each knob: what it costs to insist on a value, and filters by pressing them.
import { badge, byId, node } from "./nodes.js";

/** Builds the strips once; `toggle(knob, value)` is called when a value is pressed. */
export function build(knobs, toggle) {
  const strips = knobs.map((knob, k) => {
    const buttons = knob.values.map((value, v) =>
      node("button", { type: "button", tabindex: v ? -1 : 0, click: () => toggle(knob.name, v) },
        node("span", { class: "letters" }), node("span", { class: "text" }), node("i"), node("em", {}, value)));
    const heading = node("h3", { id: `knob-${k}` }, knob.label);
    const group = node("div", { class: "values", role: "toolbar", "aria-labelledby": heading.id }, buttons);
    group.addEventListener("keydown", (event) => move(event, buttons));
    return node("div", { class: "strip", "--n": String(knob.values.length) }, heading, group);
  });
  byId("strips").replaceChildren(...strips);
}

function move(event, buttons) {
  const from = buttons.indexOf(event.target);
  const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (to === undefined || !buttons[to]) return;
  event.preventDefault();
  for (const [v, button] of buttons.entries()) button.tabIndex = v === to ? 0 : -1;
  buttons[to].focus();
}

/**
 * Shows an answer in the strips.
 * `plans` holds for T, R and B the index of its value by knob, null where a plan has none.
 */
export function show(knobs, answer, plans, filters) {
  const groups = byId("strips").querySelectorAll(".values");
  knobs.forEach((knob, k) => {
    [...groups[k].children].forEach((button, v) => {
      const { text, height } = answer.strips[k][v];
      const [letters, label, bar] = button.children;
      const here = plans.filter(([, values]) => values && values[k] === v).map(([letter]) => letter);
      if (letters.textContent !== here.join("")) letters.replaceChildren(...here.map(badge));
      label.textContent = text;
      bar.style.setProperty("--h", height ?? 0);
      button.setAttribute("aria-pressed", String(Boolean(filters[knob.name]?.includes(v))));
    });
  });
  byId("clear").hidden = Object.keys(filters).length === 0;
}
