// Small helpers: elements, and lists that keep what is the same (so that focus and half-written text stay).

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element && name !== "role") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

// Makes `list` hold one child a row, in order: `create(row)` once a key, then `update(child, row)` each time.
export function sync(list, rows, key, create, update) {
  const known = new Map([...list.children].map((child) => [child.dataset.key, child]));
  const wanted = rows.map((row) => {
    const name = String(key(row));
    const child = known.get(name) ?? create(row);
    child.dataset.key = name;
    update(child, row);
    return child;
  });
  const kept = new Set(wanted);
  for (const child of [...list.children]) if (!kept.has(child)) child.remove();
  wanted.forEach((child, place) => {
    if (list.children[place] !== child) list.insertBefore(child, list.children[place] ?? null);
  });
}

// Asks the server to do something; what it says about it, or why it cannot be done.
export async function act(name, details = {}) {
  try {
    const answer = await fetch(`do/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(details),
    });
    const told = await answer.json();
    tell(told.error ?? told.told ?? "", Boolean(told.error));
  } catch {
    tell("The playground does not answer: is “make up” still running?", true);
  }
}

export function tell(words, failure = false) {
  const place = document.getElementById("told");
  place.textContent = words;
  place.classList.toggle("failure", failure);
}
