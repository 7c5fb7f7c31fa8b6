// Unpacks plotly and draws the figures, as wide as on A4, in the colours of the page; light on paper.
(async () => {
  "use strict";
  const read = (id) => document.getElementById(id).textContent;
  const figures = [...document.querySelectorAll(".drawing")];
  const width = 660;
  const dark = JSON.parse(read("dark-colours"));
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const how = { displayModeBar: false, staticPlot: "still" in document.body.dataset };

  async function loadPlotly() {
    const packed = Uint8Array.from(atob(read("plotly")), (c) => c.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(stream).text();
    document.head.append(script);
  }

  function draw(box, isDark) {
    const other = (_, value) => (Object.hasOwn(dark, value) ? dark[value] : value);
    const figure = JSON.parse(read(`${box.id}-data`), isDark ? other : undefined);
    Plotly.react(box, figure.data, { ...figure.layout, width }, how);
  }

  function drawAll(isDark) {
    figures.forEach((box) => draw(box, isDark));
  }

  const asOnScreen = () => drawAll(prefersDark.matches);
  try {
    await loadPlotly();
    asOnScreen();
    document.documentElement.dataset.drawn = "yes";
  } catch (error) {
    for (const box of figures) {
      box.textContent = "The figure could not be drawn; the tables hold the same numbers.";
    }
    throw error;
  }
  prefersDark.addEventListener("change", asOnScreen);
  addEventListener("beforeprint", () => drawAll(false));
  addEventListener("afterprint", asOnScreen);
})();
