// Pointer and keys on the front: words of a candidate, compare it, walk along the front, zoom.
import { ask } from "./ask.js";
import { byId, node } from "./nodes.js";

const NEAR_PX = 14;
const DRAG_PX = 6;
const REST_MS = 60;
const ZOOM = 1.6;

/**
 * Listens on the chart.
 * `compare(id)` is called with a candidate or null; `context()` gives what candidates are asked with.
 */
export function listen(front, { compare, recommended, context }) {
  const { canvas, cloud } = front;
  const tip = byId("tip");
  let begun = null;
  let pointed = -1;
  let timer = 0;

  const at = (event) => ({ x: event.offsetX, y: event.offsetY });
  const view = () => front.scene.view;
  const place = (i) => ({ x: front.drawn.x.place(cloud.columns[view()][i]), y: front.drawn.y.place(cloud.peaks[i]) });

  function hide() {
    clearTimeout(timer);
    pointed = -1;
    tip.hidden = true;
  }

  async function tell(i, { aloud }) {
    const said = await ask("candidate", { id: cloud.ids[i], ...context() }).catch(() => null);
    if (said === null || (pointed !== i && front.walked !== i)) return;
    tip.replaceChildren(node("p", {}, said.short), node("p", {}, said.figures_words));
    tip.hidden = false;
    const { x, y } = place(i);
    tip.style.setProperty("--x", `${Math.max(0, Math.min(x + 14, canvas.clientWidth - tip.offsetWidth - 8))}px`);
    tip.style.setProperty("--y", `${y > tip.offsetHeight + 20 ? y - tip.offsetHeight - 14 : y + 14}px`);
    if (aloud) byId("front-reading").textContent = `${said.short}. ${said.figures_words}`;
  }

  function hover(event) {
    const i = cloud.nearest(view(), front.drawn.x, front.drawn.y, at(event), NEAR_PX);
    if (i === pointed) return;
    hide();
    pointed = i;
    if (i >= 0) timer = setTimeout(() => tell(i, { aloud: false }), REST_MS);
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button === 0) begun = at(event);
    if (event.pointerType !== "touch") canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    const now = at(event);
    const isFar = begun && Math.hypot(now.x - begun.x, now.y - begun.y) > DRAG_PX;
    if (begun && event.pointerType !== "touch" && (front.box || isFar)) {
      hide();
      front.box = { from: begun, to: now };
      front.paint();
    } else if (!begun) hover(event);
  });
  canvas.addEventListener("pointerup", (event) => {
    const box = front.box;
    const isClick = begun && !box;
    front.walked = -1;
    front.box = null;
    begun = null;
    if (box) zoomTo(box);
    else if (isClick) {
      const i = cloud.nearest(view(), front.drawn.x, front.drawn.y, at(event), NEAR_PX);
      if (i >= 0) compare(cloud.ids[i]);
    }
  });
  canvas.addEventListener("pointercancel", () => {
    front.box = null;
    begun = null;
  });
  canvas.addEventListener("pointerleave", hide);

  function zoomTo({ from, to }) {
    const { x, y } = front.drawn;
    const ends = (axis, a, b) => [axis.value(a), axis.value(b)].sort((c, d) => c - d);
    if (Math.abs(from.x - to.x) < DRAG_PX || Math.abs(from.y - to.y) < DRAG_PX) front.paint();
    else front.zoom({ x: ends(x, from.x, to.x), y: ends(y, from.y, to.y) });
  }

  function zoomBy(factor) {
    const narrowed = ({ low, high }) => {
      const [middle, half] = [(low + high) / 2, ((high - low) / 2) * factor];
      return [Math.max(0, middle - half), middle + half];
    };
    front.zoom({ x: narrowed(front.drawn.x), y: narrowed(front.drawn.y) });
  }

  const zooms = { in: () => zoomBy(1 / ZOOM), out: () => zoomBy(ZOOM), reset: () => front.zoom(null) };
  byId("zoom").addEventListener("click", (event) => zooms[event.target.value]?.());

  function walk(step) {
    const line = cloud.fronts[view()];
    if (!line.length) return;
    const start = front.walked >= 0 ? front.walked : cloud.placeOf.get(recommended());
    const from = line.indexOf(start);
    const sign = view() === "mean" ? -1 : 1; // The line begins at the right end where more is better.
    const next = from < 0 ? 0 : Math.min(Math.max(from + sign * step, 0), line.length - 1);
    front.walked = line[next];
    front.paint();
    tell(front.walked, { aloud: true });
  }

  function home() {
    front.walked = cloud.placeOf.get(recommended()) ?? -1;
    front.paint();
    if (front.walked >= 0) tell(front.walked, { aloud: true });
  }

  const keys = {
    ArrowLeft: () => walk(-1),
    ArrowRight: () => walk(1),
    Enter: () => front.walked >= 0 && compare(cloud.ids[front.walked]),
    Home: home,
    Escape: () => {
      hide();
      compare(null);
    },
    "+": zooms.in,
    "=": zooms.in,
    "-": zooms.out,
    0: zooms.reset,
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
  canvas.addEventListener("blur", () => {
    front.walked = -1;
    hide();
    front.paint();
  });
}
