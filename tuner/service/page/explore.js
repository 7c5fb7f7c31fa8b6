// The exploring page: what is chosen, what the server says of it, and who shows which part.
import { readAddress, writeAddress } from "./address.js";
import { ask, filterWords } from "./ask.js";
import * as card from "./card.js";
import * as cliff from "./cliff.js";
import { Cloud } from "./cloud.js";
import { readColours } from "./colours.js";
import * as figures from "./figures.js";
import { Front } from "./front.js";
import * as minutes from "./minutes.js";
import { byId } from "./nodes.js";
import * as pointing from "./pointing.js";
import { commas } from "./scales.js";
import * as strips from "./strips.js";
import * as table from "./table.js";
import * as whatIf from "./what_if.js";

const REST_MS = 90;
const data = await ask("explore").catch((error) => {
  minutes.showTrouble(error, () => location.reload());
  throw error;
});
const plain = { cliff: null, margin: data.cliff.margin, view: "host_minutes", shape: data.first_shape };
const choice = readAddress(plain, data);
const cloud = new Cloud(data);
const front = new Front(byId("cloud"), cloud, data, () => soon());
const knobNames = data.knobs.map((knob) => knob.name);

let colours = readColours();
let answers = data.answers;
let exact = null; // The answer at a cliff that is no whole percent, or after the stress check.
let compared = null; // What the server said of B.
let frame = 0;
let rest = 0;
let answered = null; // Settles when the answers of the last margin and filters are there.

const isMeasured = () => choice.cliff === null || choice.cliff === data.cliff.measured;
const lineNow = () => choice.cliff ?? data.cliff.measured ?? data.cliff.tested_up_to ?? 100;
const limitNow = () => Math.max(0, lineNow() - choice.margin);
const context = () => ({ margin: choice.margin, filter: filterWords(choice.filters) });
const cliffAsked = () => (isMeasured() ? null : choice.cliff);
const keyNow = () => [cliffAsked(), choice.margin, ...filterWords(choice.filters)].join("|");
const isFound = () => (choice.cliff ?? data.cliff.measured) !== null;
const cliffWords = () => (isFound() ? `cliff ${lineNow()} %` : "tested up to here");

function answerNow() {
  if (exact?.key === keyNow()) return exact.answer;
  const k = isMeasured() ? answers.measured : answers.answer_of[Math.floor(choice.cliff)];
  return answers.answers[k];
}

const recommendedNow = () => (answerNow().verdict === "keep" ? null : answerNow().recommended);

/** Lists the plans that are shown, each as its letter and its name. */
function plansNow() {
  const plans = [["T", data.today && "today"], ["R", recommendedNow()], ["B", choice.compared]];
  const named = plans.filter(([, id]) => id);
  return named.filter(([, id], k) => named.findIndex((each) => each[1] === id) === k);
}

function detailNow() {
  const letters = plansNow().map(([letter]) => letter);
  return letters.includes(choice.detail) ? choice.detail : ["B", "R", "T"].find((letter) => letters.includes(letter));
}

/** Gives the marks on the front; the last letters are drawn on top. */
function marksNow() {
  const marks = [];
  const add = (letter, each, isHollow = false) => {
    if (!each) return;
    const { host_minutes, mean_tenths, peak_tenths } = each;
    marks.push({ letter, isHollow, host_minutes, mean: mean_tenths / 10, peak: peak_tenths / 10 });
  };
  add("T", data.today);
  add("R", cloud.point(recommendedNow()));
  add("R", data.last, true);
  if (choice.compared) add("B", compared?.id === choice.compared ? compared : cloud.point(choice.compared));
  return marks;
}

function why(said) {
  if (isMeasured()) return said.why_measured?.words;
  return said.why.find(({ from, to }) => from <= Math.floor(choice.cliff) && Math.floor(choice.cliff) <= to)?.words;
}

/** Shows all that changes in the frame of a choice. */
function render() {
  frame = 0;
  const answer = answerNow();
  const said = compared?.id === choice.compared ? compared : null;
  card.showVerdict(answer);
  front.show({ view: choice.view, limit: limitNow(), line: lineNow(), marks: marksNow(), colours });
  const { margin, view } = choice;
  cliff.show(front, { line: lineNow(), isFound: isFound(), words: cliffWords(), margin, view });
  const beyond = view === "host_minutes" ? cloud.beyond(view, front.drawn.x.high) : 0;
  byId("beyond").textContent = beyond ? `${commas(beyond)} dearer ones not shown` : "";
  card.showChoice(answer, { hasToday: Boolean(data.today), compared: said, why: said && why(said), compare, clear });
  const values = (id) => cloud.placeOf.has(id) && cloud.knobs.map((column) => column[cloud.placeOf.get(id)]);
  strips.show(data.knobs, answer, [["T", data.today?.knobs], ["R", values(recommendedNow())],
    ["B", choice.compared && (said?.knobs ?? values(choice.compared))]], choice.filters);
  document.documentElement.dataset.state = "ready";
}

const soon = () => (frame ||= requestAnimationFrame(render));

/** Shows what follows a choice when it rests: timelines first, then the rest of the answers. */
async function follow() {
  writeAddress(choice, plain);
  await answered;
  await Promise.all([showMinutes(), askExact(), askCompared()]);
  table.show(data, { recommended: recommendedNow(), compared: choice.compared, limit: limitNow() });
}

async function showMinutes() {
  const plans = plansNow();
  const detail = detailNow();
  for (const button of byId("detail").children) button.disabled = !plans.some(([letter]) => letter === button.value);
  if (!plans.length) return;
  const drawn = minutes.show({ shape: choice.shape, plans, detail, cliff: cliffAsked(), limit: limitNow(),
    line: lineNow(), cliffWords: cliffWords(), isFound: isFound(), colours, choose: (shape) => change({ shape }) });
  const id = plans.find(([letter]) => letter === detail)[1];
  ask("candidate", { id, ...context() })
    .then((said) => whatIf.show(data.what_if, { letter: detail, said, compared: choice.compared, tryIt: compare }))
    .catch(() => {}); // The timelines say what is wrong.
  await drawn;
}

async function askExact() {
  if (isMeasured()) return;
  const key = keyNow();
  const before = recommendedNow();
  const answer = await ask("answer", { cliff: choice.cliff, ...context() }).catch(() => null);
  if (answer === null || key !== keyNow()) return; // Without it the answer says that it is before the check.
  exact = { key, answer };
  render();
  if (recommendedNow() !== before) await showMinutes();
}

async function askCompared() {
  const id = choice.compared;
  if (!id) return;
  try {
    const said = await ask("candidate", { id, ...context() });
    if (choice.compared !== id) return;
    compared = said;
    render();
  } catch (error) {
    if (choice.compared === id) minutes.showTrouble(error, follow);
  }
}

/** Takes away a B of the address that is no policy of this run. */
const dropUnknown = () =>
  choice.compared && ask("candidate", { id: choice.compared, ...context() }).catch(() => (choice.compared = null));

/** Asks for the answers of a margin and filters; until they come the old ones stay. */
async function askAnswers() {
  const key = JSON.stringify(context());
  const isOwn = choice.margin === plain.margin && !Object.keys(choice.filters).length;
  try {
    const found = isOwn ? data.answers : await ask("answers", context());
    if (key !== JSON.stringify(context())) return;
    answers = found;
    soon();
  } catch (error) {
    minutes.showTrouble(error, () => change({ margin: choice.margin }));
  }
}

/** Changes the choice, and shows it. */
function change(part) {
  Object.assign(choice, part);
  clearTimeout(rest);
  if ("filters" in part) {
    cloud.filter(knobNames, choice.filters);
    front.forget();
  }
  soon();
  if ("filters" in part || "margin" in part) answered = askAnswers();
  const isMoving = "cliff" in part || "margin" in part;
  rest = setTimeout(follow, isMoving ? REST_MS : 0);
}

const compare = (id) => change({ compared: id, detail: null });
const clear = () => change({ filters: {} });

function toggle(knob, value) {
  const now = choice.filters[knob] ?? [];
  const values = now.includes(value) ? now.filter((each) => each !== value) : [...now, value].sort((a, b) => a - b);
  const { [knob]: _, ...others } = choice.filters;
  change({ filters: values.length ? { ...others, [knob]: values } : others });
}

function recolour() {
  colours = readColours();
  front.forget();
  render();
  minutes.redraw(colours);
}

table.build(data, compare);
strips.build(data.knobs, toggle);
cloud.filter(knobNames, choice.filters);
render();
pointing.listen(front, { compare, recommended: recommendedNow, context });
cliff.listen(front, { change, cliffNow: lineNow });
figures.listen();
byId("clear").addEventListener("click", clear);
byId("shape").addEventListener("change", (event) => change({ shape: event.target.value }));
byId("detail").addEventListener("click", (event) => event.target.value && change({ detail: event.target.value }));
addEventListener("themechange", recolour);
new ResizeObserver(soon).observe(byId("cloud"));
new ResizeObserver(() => minutes.redraw(colours)).observe(byId("lanes"));
answered = Promise.all([askAnswers(), dropUnknown()]);
requestAnimationFrame(() => setTimeout(follow));
