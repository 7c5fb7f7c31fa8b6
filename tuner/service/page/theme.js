// Sets the theme before the first paint, and keeps what was chosen; on paper the page is light.
(() => {
  "use strict";
  const root = document.documentElement;
  const kept = () => {
    try {
      return localStorage.getItem("theme") || "auto";
    } catch {
      return "auto"; // Storage may be forbidden; the page then follows the system.
    }
  };
  function show(theme) {
    root.dataset.theme = theme;
    for (const button of document.querySelectorAll("#theme button")) {
      button.setAttribute("aria-pressed", String(button.value === theme));
    }
    dispatchEvent(new Event("themechange"));
  }
  function choose(theme) {
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // As above: it holds for this page only.
    }
    show(theme);
  }
  root.dataset.script = "on";
  root.dataset.theme = kept();
  addEventListener("DOMContentLoaded", () => {
    show(kept());
    document.getElementById("theme").addEventListener("click", (event) => {
      if (event.target.value) choose(event.target.value);
    });
  });
  let before = "auto";
  addEventListener("beforeprint", () => {
    before = root.dataset.theme;
    root.dataset.paper = "on";
    show("light");
  });
  addEventListener("afterprint", () => {
    delete root.dataset.paper;
    show(before);
  });
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", () => dispatchEvent(new Event("themechange")));
})();
