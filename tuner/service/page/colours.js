// Reads the colours of the theme that is shown, for canvas and plotly, which cannot read CSS.

const NAMES = ["page", "panel", "ink", "muted", "control", "rule", "grid", "today", "recommended",
  "compared", "cliff", "tint", "simple", "step", "tracking", "mixed", "faint", "load"];

/** Gives the colours by name, and those of plans (T, R, B) and families. */
export function readColours() {
  const probe = document.createElement("span");
  document.body.append(probe);
  probe.style.setProperty("forced-color-adjust", "none");
  const found = {};
  for (const name of NAMES) {
    probe.style.setProperty("color", `var(--${name})`);
    found[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  found.T = found.today;
  found.R = found.recommended;
  found.B = found.compared;
  found.target = found.tracking;
  return found;
}
