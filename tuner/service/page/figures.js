// Draws the fit and the cliff when they are opened.
import { ask } from "./ask.js";
import { loadPlotly } from "./lanes.js";

/** Listens on the figures that are folded away. */
export function listen() {
  for (const box of document.querySelectorAll("details[data-figure]")) {
    box.addEventListener("toggle", () => box.open && draw(box));
  }
}

async function draw(box) {
  const place = box.querySelector(".figure");
  if (place.dataset.drawn) return;
  try {
    const [plotly, figure] = await Promise.all([loadPlotly(), ask(`figures/${box.dataset.figure}`)]);
    await plotly.newPlot(place, figure.data, figure.layout, { displayModeBar: false, responsive: true });
    place.dataset.drawn = "yes";
  } catch (error) {
    const { got, next_step: next } = error.parts ?? { got: "The figure could not be drawn", next_step: "See the report." };
    place.textContent = `${got}: ${next}`;
  }
}
