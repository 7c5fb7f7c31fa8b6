(() => {
  "use strict";
  const key = "cliffside-theme";
  const root = document.documentElement;
  const kept = () => {
    try { return localStorage.getItem(key) || "auto"; } catch { return "auto"; }
  };
  const wear = (theme) => {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    for (const button of document.querySelectorAll("#theme button"))
      button.setAttribute("aria-pressed", String(button.value === theme));
  };
  wear(kept());
  document.addEventListener("DOMContentLoaded", () => {
    const group = document.getElementById("theme");
    group.hidden = false;
    wear(kept());
    group.addEventListener("click", ({ target }) => {
      if (target.localName !== "button") return;
      try { localStorage.setItem(key, target.value); } catch { /* kept for this page alone */ }
      wear(target.value);
    });
  });
})();
