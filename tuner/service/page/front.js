// Draws cost against safety: the cloud split at the limit, the line of the front, and the marks.
import { commas, scale, ticks } from "./scales.js";

const EDGE = { wide: { left: 56, right: 8, top: 6, bottom: 54 }, narrow: { left: 44, right: 8, top: 6, bottom: 50 } };
const FONT = "12px system-ui, sans-serif";

/** The chart on its canvas. `show` takes what is chosen; `paint` draws it again. */
export class Front {
  /** `changed` is called where something else than `show` has moved the axes. */
  constructor(canvas, cloud, data, changed) {
    this.canvas = canvas;
    this.changed = changed;
    this.cloud = cloud;
    this.data = data;
    this.window = null;
    this.walked = -1;
    this.box = null;
  }

  /** Takes the view, limit, line and marks to be drawn, and draws them. */
  show(scene) {
    this.scene = scene;
    this.paint();
  }

  /** Zooms to a window of data; null shows the whole front. */
  zoom(window) {
    this.window = window;
    this.changed();
  }

  /** Forgets what was drawn, where filters, colours or sizes have changed. */
  forget() {
    this.drawn = null;
  }

  measure() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const ratio = devicePixelRatio || 1;
    const edge = width < 480 ? EDGE.narrow : EDGE.wide;
    const { view, marks } = this.scene;
    const ends = this.window ?? this.cloud.ends(view, marks.filter((mark) => mark.letter !== "B"));
    const x = scale(...ends.x, edge.left, width - edge.right);
    const y = scale(...ends.y, height - edge.bottom, edge.top);
    const key = [width, height, ratio, view, ends.x, ends.y].join();
    if (this.drawn?.key === key) return this.drawn;
    this.canvas.width = width * ratio;
    this.canvas.height = height * ratio;
    const bitmaps = this.cloud.bitmaps(view, x, y, { width, height, ratio }, this.scene.colours);
    this.drawn = { key, x, y, width, height, ratio, bitmaps };
    return this.drawn;
  }

  paint() {
    const { x, y, ratio, width, height, bitmaps } = this.measure();
    const { colours, limit } = this.scene;
    const pen = this.canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.font = FONT;
    const split = Math.min(Math.max(y.place(limit), y.to), y.from);
    this.backdrop(pen, x, y, split);
    this.clipped(pen, x, y.to, split, () => pen.drawImage(bitmaps.grey, 0, 0, width, height));
    this.clipped(pen, x, split, y.from, () => pen.drawImage(bitmaps.coloured, 0, 0, width, height));
    this.clipped(pen, x, y.to, split, () => this.line(pen, x, y, colours.muted, [2, 3]));
    this.clipped(pen, x, split, y.from, () => this.line(pen, x, y, colours.ink, []));
    this.clipped(pen, x, y.to - 8, y.from, () => this.symbols(pen, x, y));
    this.limitLine(pen, x, y);
    this.badges(pen, x, y);
    if (this.box) this.drawBox(pen);
  }

  clipped(pen, x, top, bottom, draw) {
    pen.save();
    pen.beginPath();
    pen.rect(x.from, top, x.to - x.from, bottom - top);
    pen.clip();
    draw();
    pen.restore();
  }

  backdrop(pen, x, y, split) {
    const { colours, view } = this.scene;
    pen.fillStyle = colours.tint;
    pen.fillRect(x.from, y.to, x.to - x.from, split - y.to);
    const interval = this.data.cliff.interval;
    if (interval) {
      const [low, high] = interval.map((value) => Math.min(Math.max(y.place(value), y.to), y.from));
      pen.globalAlpha = 0.13;
      pen.fillStyle = colours.cliff;
      pen.fillRect(x.from, high, x.to - x.from, low - high);
      pen.globalAlpha = 1;
    }
    pen.strokeStyle = colours.grid;
    pen.fillStyle = colours.muted;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (const value of ticks(y.low, y.high, 7)) {
      const at = Math.round(y.place(value)) + 0.5;
      pen.moveTo(x.from, at);
      pen.lineTo(x.to, at);
      pen.fillText(String(value), x.from - 8, at);
    }
    pen.textAlign = "center";
    for (const value of ticks(x.low, x.high, (x.to - x.from) / 75)) {
      const at = Math.round(x.place(value)) + 0.5;
      pen.moveTo(at, y.to);
      pen.lineTo(at, y.from);
      pen.fillText(commas(value), at, y.from + 14);
    }
    pen.stroke();
    pen.fillStyle = colours.ink;
    pen.fillText(this.data.axes[view], (x.from + x.to) / 2, y.from + 38);
    pen.save();
    pen.translate(10, (y.from + y.to) / 2);
    pen.rotate(-Math.PI / 2);
    pen.fillText(this.data.axes.peak, 0, 0);
    pen.restore();
  }

  line(pen, x, y, colour, dashes) {
    const across = this.cloud.columns[this.scene.view];
    pen.strokeStyle = colour;
    pen.lineWidth = 1.6;
    pen.setLineDash(dashes);
    pen.beginPath();
    let before = null;
    for (const i of this.cloud.fronts[this.scene.view]) {
      const at = [x.place(across[i]), y.place(this.cloud.peaks[i])];
      if (before === null) pen.moveTo(...at);
      else {
        pen.lineTo(at[0], before);
        pen.lineTo(...at);
      }
      before = at[1];
    }
    pen.stroke();
  }

  symbols(pen, x, y) {
    const { colours, limit, view } = this.scene;
    const across = this.cloud.columns[view];
    for (const i of this.cloud.fronts[view]) {
      const family = this.cloud.families[this.cloud.family[i]];
      const isOver = this.cloud.peaks[i] > limit;
      pen.fillStyle = isOver ? colours.page : colours[family.name];
      pen.strokeStyle = isOver ? colours.muted : colours.page;
      pen.lineWidth = isOver ? 1.3 : 1;
      outline(pen, family.marker, x.place(across[i]), y.place(this.cloud.peaks[i]), 4.2);
      pen.fill();
      pen.stroke();
    }
    if (this.walked < 0) return;
    pen.strokeStyle = colours.recommended;
    pen.lineWidth = 3;
    outline(pen, "circle", x.place(across[this.walked]), y.place(this.cloud.peaks[this.walked]), 9);
    pen.stroke();
  }

  limitLine(pen, x, y) {
    const { colours, limit, line } = this.scene;
    if (limit === line || limit < y.low || limit > y.high) return;
    pen.strokeStyle = colours.cliff;
    pen.lineWidth = 1.3;
    pen.setLineDash([5, 4]);
    pen.beginPath();
    pen.moveTo(x.from, y.place(limit));
    pen.lineTo(x.to, y.place(limit));
    pen.stroke();
    pen.setLineDash([]);
  }

  badges(pen, x, y) {
    const { colours, marks, view } = this.scene;
    const taken = [];
    for (const mark of marks) {
      let [left, top] = [x.place(mark[view]), y.place(mark.peak)];
      if (left < x.from || left > x.to || top < y.to - 2 || top > y.from) continue;
      while (taken.some(([a, b]) => Math.abs(a - left) < 20 && Math.abs(b - top) < 20)) left += 21;
      taken.push([left, top]);
      const colour = colours[mark.letter];
      pen.beginPath();
      pen.roundRect(left - 9, top - 9, 18, 18, 3);
      pen.fillStyle = mark.isHollow ? colours.page : colour;
      pen.strokeStyle = mark.isHollow ? colour : colours.page;
      pen.lineWidth = 2;
      pen.fill();
      pen.stroke();
      pen.fillStyle = mark.isHollow ? colour : colours.page;
      pen.font = "bold 12px system-ui, sans-serif";
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.fillText(mark.letter, left, top + 1);
    }
  }

  drawBox(pen) {
    const { from, to } = this.box;
    pen.strokeStyle = this.scene.colours.ink;
    pen.lineWidth = 1;
    pen.setLineDash([4, 3]);
    pen.strokeRect(from.x, from.y, to.x - from.x, to.y - from.y);
    pen.setLineDash([]);
  }
}

function outline(pen, marker, left, top, radius) {
  pen.beginPath();
  if (marker === "circle") pen.arc(left, top, radius, 0, 2 * Math.PI);
  else if (marker === "square") pen.rect(left - radius, top - radius, 2 * radius, 2 * radius);
  else {
    pen.moveTo(left, top - radius - 1);
    pen.lineTo(left + radius + 1, top + radius * (marker === "diamond" ? 0 : 0.8));
    if (marker === "diamond") pen.lineTo(left, top + radius + 1);
    pen.lineTo(left - radius - 1, top + radius * (marker === "diamond" ? 0 : 0.8));
    pen.closePath();
  }
}
