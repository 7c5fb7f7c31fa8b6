// Unpacks plotly and draws the figures, in the colours of the page; light and A4-wide on paper.
(async () => {
  "use strict";
  const read = (id) => document.getElementById(id).textContent;
  const figures = [...document.querySelectorAll(".drawing")];
  const widest = 680, narrowest = 330;
  const dark = JSON.parse(read("dark-colours"));
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");

  async function loadPlotly() {
    const packed = Uint8Array.from(atob(read("plotly")), (c) => c.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(stream).text();
    document.head.append(script);
  }

  function draw(box, { paper }) {
    const text = read(`${box.id}-data`);
    const isDark = prefersDark.matches && !paper;
    const coloured = isDark ? text.replace(/#[0-9a-f]{6}/g, (c) => dark[c] || c) : text;
    const figure = JSON.parse(coloured);
    const room = box.parentElement.clientWidth;
    const width = paper ? widest : Math.max(narrowest, Math.min(widest, room));
    Plotly.react(box, figure.data, { ...figure.layout, width }, { displayModeBar: false });
  }

  function drawAll(how) {
    figures.forEach((box) => draw(box, how));
  }

  try {
    await loadPlotly();
    drawAll({ paper: false });
    document.documentElement.dataset.drawn = "yes";
  } catch (error) {
    for (const box of figures) {
      box.textContent = "The figure could not be drawn; the tables hold the same numbers.";
    }
    throw error;
  }
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth !== width) {
      width = innerWidth;
      drawAll({ paper: false });
    }
  });
  prefersDark.addEventListener("change", () => drawAll({ paper: false }));
  addEventListener("beforeprint", () => drawAll({ paper: true }));
  addEventListener("afterprint", () => drawAll({ paper: false }));
})();
