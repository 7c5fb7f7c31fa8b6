// Keeps what was chosen in the address, so that a link shows the same page.

/** Reads a percent; null where it is none. */
const percent = (words) => (words && words >= 0 && words <= 100 ? Number(words) : null);

/** Reads what was chosen; what is missing, or not of this run, is left at `plain`. */
export function readAddress(plain, data) {
  const words = new URLSearchParams(location.search);
  const filters = {};
  for (const each of words.getAll("filter")) {
    const [knob, chosen = ""] = each.split(":");
    const values = data.knobs.find(({ name }) => name === knob)?.values ?? [];
    const known = chosen.split(",").map(Number).filter((v) => v in values);
    if (known.length) filters[knob] = known;
  }
  const view = words.get("view");
  const detail = words.get("detail");
  const shape = words.get("shape");
  return {
    cliff: percent(words.get("cliff")),
    margin: percent(words.get("keep")) ?? plain.margin,
    view: view === "mean" ? view : plain.view,
    shape: data.shapes.some(({ name }) => name === shape) ? shape : plain.shape,
    compared: words.get("b"),
    detail: ["T", "R", "B"].includes(detail) ? detail : null,
    filters,
  };
}

/** Writes what was chosen; what is plain is left out. */
export function writeAddress(choice, plain) {
  const words = new URLSearchParams();
  if (choice.cliff !== null) words.set("cliff", choice.cliff);
  if (choice.margin !== plain.margin) words.set("keep", choice.margin);
  if (choice.view !== plain.view) words.set("view", choice.view);
  if (choice.shape !== plain.shape) words.set("shape", choice.shape);
  if (choice.compared) words.set("b", choice.compared);
  if (choice.detail) words.set("detail", choice.detail);
  for (const [knob, values] of Object.entries(choice.filters)) {
    words.append("filter", `${knob}:${values.join(",")}`);
  }
  const query = words.size ? `?${words}` : "";
  history.replaceState(null, "", location.pathname + query);
}
