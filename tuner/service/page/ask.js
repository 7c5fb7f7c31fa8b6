// Asks the server, remembers what it said, and gives its errors in their four parts.

const api = document.body.dataset.api;
const known = new Map();
const MOST_KNOWN = 200;

/** An answer that did not come, in four parts where the server gave them. */
export class Trouble extends Error {
  constructor(parts) {
    super(parts.got);
    this.parts = parts;
  }
}

async function fetched(path, signal) {
  let response;
  try {
    response = await fetch(path, { signal, headers: { Accept: "application/json" } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Trouble({ expected: "an answer of the server", got: "none", where: path,
      next_step: "See whether it runs, then try again." });
  }
  if (response.ok) return response.json();
  const body = await response.json().catch(() => ({}));
  throw new Trouble(body.errors?.[0] ?? { expected: "an answer", got: `status ${response.status}`,
    where: path, next_step: "Try again." });
}

/** Asks for a part of the run. `query` holds strings, numbers or lists; what is null is left out. */
export function ask(what, query = {}, { signal } = {}) {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of [value].flat()) {
      if (each !== null && each !== undefined) words.append(name, each);
    }
  }
  const path = `${api}/${what}${words.size ? `?${words}` : ""}`;
  if (known.has(path)) return known.get(path);
  const answer = fetched(path, signal);
  known.set(path, answer);
  if (known.size > MOST_KNOWN) known.delete(known.keys().next().value);
  answer.catch(() => known.delete(path));
  return answer;
}

/** Writes filters as the server reads them: knob:index,index. */
export const filterWords = (filters) =>
  Object.entries(filters).map(([knob, values]) => `${knob}:${values.join(",")}`);
