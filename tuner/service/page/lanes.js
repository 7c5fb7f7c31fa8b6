// Draws load, CPU, instances, alarms and actions on one time axis, with plotly, fetched when needed.
import { node } from "./nodes.js";

const ROWS = { y: [0.84, 1], y2: [0.52, 0.77], y3: [0.25, 0.45], y4: [0, 0.18] };
const LANES = ["refused", "actions", "alarm in", "alarm out"];
const SYMBOLS = { out: "triangle-up", in: "triangle-down", refused: "x-thin" };
let loading = null;

/** Fetches plotly once; rejects where it is missing. */
export function loadPlotly() {
  loading ??= new Promise((resolve, reject) => {
    const missing = () => {
      loading = null;
      reject(new Error("plotly is missing"));
    };
    const load = () => (window.Plotly ? resolve(window.Plotly) : missing());
    document.head.append(node("script", { src: document.body.dataset.plotly, load, error: missing }));
  });
  return loading;
}

/** Plotly reads a few tags in texts: what comes from data must not be one. */
const plain = (words) => words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** Draws the answer of the server; `detail` is the index of the plan in detail. */
export async function draw(box, minutes, { detail, line, cliffWords, isFound, colours }) {
  const plotly = await loadPlotly();
  const plan = minutes.plans[detail];
  const data = [
    load(minutes, colours),
    ...minutes.plans.map((each) => cpu(minutes, each, each === plan, colours)),
    ...instances(minutes, plan, colours),
    ...minutes.plans.filter((each) => each !== plan).map((each) => others(minutes, each, colours)),
    ...alarms(minutes, colours),
    ...actions(minutes, colours),
  ];
  const layout = look(minutes, plan, { line, cliffWords, isFound, colours });
  await plotly.react(box, data, { ...layout, width: box.clientWidth }, { displayModeBar: false });
}

const dash = (letter, isDetail) => (isDetail ? "solid" : letter === "T" ? "dot" : "dash");

function load({ x, rpm }, colours) {
  return { x, y: rpm, yaxis: "y", mode: "lines", fill: "tozeroy", fillcolor: colours.load,
    line: { color: colours.ink, width: 1.3 }, hovertemplate: "%{y:,.0f} requests a minute<extra></extra>" };
}

function cpu({ x }, plan, isDetail, colours) {
  return { x, y: plan.cpu, yaxis: "y2", mode: "lines", connectgaps: false,
    line: { color: colours[plan.letter], width: isDetail ? 2 : 1.4, dash: dash(plan.letter, isDetail) },
    hovertemplate: `${plan.letter}: CPU %{y:.1f} %<extra></extra>` };
}

function instances({ x }, plan, colours) {
  const parts = [
    ["serving", colours[plan.letter], 0.5],
    ["launching", colours.step, 1],
    ["draining", colours.faint, 1],
  ];
  const seen = parts.filter(([name], k) => k === 0 || plan[name].some(Boolean));
  return seen.map(([name, colour, opacity]) => ({
    x, y: plan[name], yaxis: "y3", mode: "lines", stackgroup: "instances", fillcolor: faded(colour, opacity),
    line: { color: colour, width: name === "serving" ? 1.5 : 0, shape: "hv" },
    hovertemplate: `${plan.letter}: %{y} ${name}<extra></extra>`,
  }));
}

function others({ x }, plan, colours) {
  return { x, y: plan.serving, yaxis: "y3", mode: "lines",
    line: { color: colours[plan.letter], width: 1.3, dash: dash(plan.letter, false), shape: "hv" },
    hovertemplate: `${plan.letter}: %{y} serving<extra></extra>` };
}

/** Alarms stand for spans: lines with gaps are a tenth of the elements that bars would be. */
function alarms({ x, lanes }, colours) {
  const colour = { "alarm out": colours.cliff, "alarm in": colours.tracking };
  return Object.keys(colour).map((name) => ({
    ...spans(x, lanes[name] ?? [], LANES.indexOf(name)),
    line: { color: colour[name], width: 6 },
  }));
}

function spans(x, pairs, y) {
  return { x: pairs.flatMap(([i, j]) => [x[i], x[Math.min(j, x.length - 1)], null]), y: pairs.flatMap(() => [y, y, null]),
    yaxis: "y4", mode: "lines", hoverinfo: "skip" };
}

function actions({ x, lanes }, colours) {
  const colour = { out: colours.cliff, in: colours.tracking, refused: colours.muted };
  const drawn = lanes.actions ?? [];
  const waits = drawn.filter((each) => each.kind === "refused" && each.to > each.i);
  return [
    { ...spans(x, waits.map(({ i, to }) => [i, to]), 0), line: { color: colours.faint, width: 2 } },
    { x: drawn.map(({ i }) => x[i]), y: drawn.map(({ kind }) => (kind === "refused" ? 0 : 1)),
      yaxis: "y4", mode: "markers",
      marker: { symbol: drawn.map(({ kind }) => SYMBOLS[kind]), color: drawn.map(({ kind }) => colour[kind]), size: 7,
        line: { width: 1.2, color: drawn.map(({ kind }) => colour[kind]) } },
      hovertext: drawn.map(({ words }) => plain(words)), hovertemplate: "%{hovertext}<extra></extra>" },
  ];
}

function faded(colour, opacity) {
  const [red, green, blue] = colour.match(/[\d.]+/g);
  return `rgba(${red}, ${green}, ${blue}, ${opacity})`;
}

function look({ x, x_is_time: isTime }, plan, { line, cliffWords, isFound, colours }) {
  const words = ["Load, requests a minute", `CPU, %; ${cliffWords}`, `Instances of ${plan.letter}`,
    `Alarms and actions of ${plan.letter}`];
  const headings = Object.values(ROWS).map(([, top], k) => [words[k], top]);
  const tickfont = { color: colours.muted, size: 11 };
  const axis = { gridcolor: colours.grid, zeroline: false, fixedrange: true, tickfont };
  const row = (domain) => ({ ...axis, domain, rangemode: "tozero", nticks: 5 });
  const rows = Object.entries(ROWS).map(([name, domain]) => [name.replace("y", "yaxis"), row(domain)]);
  const layout = {
    ...Object.fromEntries(rows),
    xaxis: { ...axis, anchor: "y4", type: isTime ? "date" : "linear", tickformat: isTime ? "%H:%M" : "",
      hoverformat: isTime ? "%H:%M" : "", ticksuffix: isTime ? "" : " min", range: [x[0], x[x.length - 1]] },
    height: 610, margin: { l: 66, r: 8, t: 24, b: 30 }, showlegend: false, template: "none",
    paper_bgcolor: colours.page, plot_bgcolor: colours.page,
    font: { family: "system-ui, sans-serif", color: colours.ink, size: 12 },
    hovermode: "x unified", hoversubplots: "axis", dragmode: false,
    hoverlabel: { bgcolor: colours.panel, bordercolor: colours.control, font: { color: colours.ink } },
    annotations: headings.map(([text, y]) => ({ text, x: 0, xref: "paper", y, yref: "paper", yanchor: "bottom",
      xanchor: "left", showarrow: false, font: { size: 12, weight: 700 } })),
    shapes: [
      { type: "rect", xref: "paper", x0: 0, x1: 1, yref: "y2", y0: line, y1: 102, layer: "below",
        fillcolor: colours.tint, line: { width: 0 } },
      { type: "line", xref: "paper", x0: 0, x1: 1, yref: "y2", y0: line, y1: line,
        line: { color: isFound ? colours.cliff : colours.muted, width: 1.6, dash: isFound ? "solid" : "dash" } },
    ],
  };
  layout.yaxis2.range = [0, 102];
  Object.assign(layout.yaxis4, { range: [-0.6, 3.6], tickvals: [0, 1, 2, 3], ticktext: LANES, showgrid: false });
  return layout;
}
