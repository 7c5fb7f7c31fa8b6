// The candidates as columns: which pass the filters, which are on the front, and two bitmaps of them.

/** All points of a run. A point is named by its place in the columns. */
export class Cloud {
  constructor(data) {
    const { points } = data;
    this.points = points;
    this.ids = points.id;
    this.placeOf = new Map(points.id.map((id, i) => [id, i]));
    this.families = data.families;
    this.family = points.family;
    this.knobs = points.knobs;
    this.columns = {
      host_minutes: Float64Array.from(points.host_minutes),
      mean: Float64Array.from(points.mean_tenths, (tenths) => tenths / 10),
    };
    this.peaks = Float64Array.from(points.peak_tenths, (tenths) => tenths / 10);
    this.passing = new Uint8Array(points.id.length).fill(1);
    this.filter([], {});
  }

  /** Gives the figures of a candidate, null where it is none of the points. */
  point(id) {
    const i = this.placeOf.get(id);
    if (i === undefined) return null;
    const { host_minutes, mean_tenths, peak_tenths } = this.points;
    return { host_minutes: host_minutes[i], mean_tenths: mean_tenths[i], peak_tenths: peak_tenths[i] };
  }

  /** Keeps the points that have one of the values of every knob that is filtered. */
  filter(names, filters) {
    const wanted = Object.entries(filters).map(([name, values]) => [names.indexOf(name), new Set(values)]);
    this.passing.forEach((_, i) => {
      this.passing[i] = wanted.every(([k, values]) => values.has(this.knobs[k][i])) ? 1 : 0;
    });
    this.fronts = { host_minutes: this.front("host_minutes", 1), mean: this.front("mean", -1) };
  }

  /** Gives the points that no other beats in both, the one with the best value across first. */
  front(view, sign) {
    const across = this.columns[view];
    const order = [...this.ids.keys()].filter((i) => this.passing[i]);
    order.sort((a, b) => sign * (across[a] - across[b]) || this.peaks[a] - this.peaks[b]);
    let lowest = Infinity;
    return order.filter((i) => this.peaks[i] < lowest && ((lowest = this.peaks[i]), true));
  }

  /** Gives the ends of the axes that show the whole front and the marks. */
  ends(view, marks) {
    const across = this.columns[view];
    const shown = this.fronts[view].map((i) => ({ across: across[i], peak: this.peaks[i] }));
    const seen = [...shown, ...marks.map((mark) => ({ across: mark[view], peak: mark.peak }))];
    const xs = seen.map((each) => each.across);
    const [low, high] = [Math.min(...xs), Math.max(...xs)];
    const pad = (high - low || high || 1) * 0.04;
    const bottom = Math.min(...seen.map((each) => each.peak), 100);
    return { x: [Math.max(0, low - pad), high + pad], y: [Math.max(0, bottom - 5), 103] };
  }

  /** Counts the points right of an axis' end. */
  beyond(view, high) {
    return this.columns[view].reduce((count, value) => count + (value > high ? 1 : 0), 0);
  }

  /** Finds the point nearest to a place in pixels, no farther than `most`; -1 where there is none. */
  nearest(view, x, y, at, most) {
    let best = -1;
    let least = most * most;
    const across = this.columns[view];
    for (let i = 0; i < across.length; i += 1) {
      const dx = x.place(across[i]) - at.x;
      const dy = y.place(this.peaks[i]) - at.y;
      const distance = dx * dx + dy * dy;
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  }

  /** Draws all points twice: in the colours of their families, and grey. */
  bitmaps(view, x, y, size, colours) {
    const across = this.columns[view];
    const draw = (isColoured) => {
      const sheet = document.createElement("canvas");
      sheet.width = size.width * size.ratio;
      sheet.height = size.height * size.ratio;
      const pen = sheet.getContext("2d");
      pen.scale(size.ratio, size.ratio);
      pen.globalAlpha = isColoured ? 0.6 : 0.8;
      this.families.forEach((family, k) => {
        for (const passes of [0, 1]) {
          pen.fillStyle = isColoured && passes ? colours[family.name] : colours.faint;
          for (let i = 0; i < across.length; i += 1) {
            if (this.family[i] !== k || this.passing[i] !== passes) continue;
            pen.fillRect(x.place(across[i]) - 1.4, y.place(this.peaks[i]) - 1.4, 2.8, 2.8);
          }
        }
      });
      return sheet;
    };
    return { coloured: draw(true), grey: draw(false) };
  }
}
