// The strip of numbers of the policy in detail: a changed number makes a policy that becomes B.
import { badge, byId, node } from "./nodes.js";

const REST_MS = 250;
const undone = [];
let timer = 0;

/** Names a plan with one knob changed: NAME;knob=value;knob=value. */
export function changed(id, knob, value) {
  const [base, ...changes] = id.split(";");
  const values = new Map(changes.map((change) => change.split("=")));
  values.set(knob, String(value));
  return [base, ...[...values].map(([name, set]) => `${name}=${set}`)].join(";");
}

/**
 * Shows the numbers of a plan.
 * `said` is what the server said of it; `try_it(id)` makes a plan B, `compared` is B so far.
 */
export function show(specs, { letter, said, compared, tryIt }) {
  const form = byId("what-if");
  const fields = specs.filter((spec) => spec.name in said.what_if);
  const names = fields.map((spec) => spec.name).join();
  if (form.dataset.names !== names) build(form, fields);
  form.dataset.names = names;
  form.querySelector(".from").replaceChildren(badge(letter));
  for (const spec of fields) {
    const input = form.elements[spec.name];
    if (document.activeElement !== input) input.value = said.what_if[spec.name];
  }
  const isChanged = said.id.includes(";");
  form.querySelector("p").textContent = isChanged ? said.totals_words : "Change a number: the changed policy becomes B.";
  form.onsubmit = (event) => event.preventDefault();
  form.oninput = ({ target }) => {
    clearTimeout(timer);
    if (target.value === "" || !target.checkValidity()) return;
    timer = setTimeout(() => {
      undone.push(compared);
      tryIt(changed(said.id, target.name, target.valueAsNumber));
    }, REST_MS);
  };
  const undo = form.querySelector("button");
  undo.disabled = undone.length === 0;
  undo.onclick = () => tryIt(undone.pop() ?? null);
}

function build(form, fields) {
  const inputs = fields.map(({ name, label, min, max, step }) =>
    node("label", {}, `${label} `, node("input", { type: "number", name, min, max, step })));
  form.replaceChildren(
    node("strong", {}, "What if, from ", node("span", { class: "from" })), ...inputs,
    node("button", { type: "button" }, "Undo"), node("p", { "aria-live": "polite" }));
}
