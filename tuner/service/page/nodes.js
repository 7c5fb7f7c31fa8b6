// Builds elements of the page. Text goes in as text only, so that no name can become markup.

export const byId = (id) => document.getElementById(id);

/** Makes an element with attributes and children; children that are null are left out. */
export function node(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("--")) made.style.setProperty(key, value);
    else if (typeof value === "function") made.addEventListener(key, value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return made;
}

/** Makes the letter of a plan on its square. */
export const badge = (letter) => node("span", { class: `badge ${letter}` }, letter);

/** Marks which button of a group is pressed. */
export function press(group, value) {
  for (const button of group.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.value === value));
  }
}
