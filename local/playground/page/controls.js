// Scenarios, switches, buttons and the dead-letter tray.
import { act, make, say, sync, tell } from "./dom.js";

const at = (id) => document.getElementById(id);
const PLACES = { zendesk: "Zendesk", jira: "Jira", deliveries: "Deliveries" };

export function listenToControls() {
  at("heal").addEventListener("click", () => act("heal"));
  at("forge").addEventListener("click", () => act("forge"));
  at("reconcile").addEventListener("click", async (event) => {
    event.target.disabled = true;
    tell("The reconciler is running …");
    await act("reconcile");
    event.target.disabled = false;
  });
  at("hand").addEventListener("submit", (event) => {
    event.preventDefault();
    const { ticket, issue } = event.target.elements;
    act(event.submitter.value, { ticket: Number(ticket.value), issue: issue.value });
  });
  at("redrive").addEventListener("click", () => act("redrive", { names: names() }));
}

const names = () => [...at("letters").children].map((letter) => letter.dataset.key);

export function showControls(state) {
  showScenarios(state.scenarios);
  showSwitches(state.switches);
  showLetters(state.dead_letters);
  options(at("hand").elements.ticket, state.tickets.map((ticket) => ({ value: ticket.id, text: `#${ticket.id}` })));
  options(at("hand").elements.issue, state.issues.map((issue) => ({ value: issue.id, text: issue.key })));
  const { visible, in_flight, delayed } = state.queue;
  const waiting = visible + in_flight + delayed;
  say(at("queue"), waiting ? `· ${waiting} in the queue` : "");
}

function options(select, rows) {
  sync(select, rows, (row) => row.value, (row) => make("option", { value: row.value }, row.text), () => {});
}

function showScenarios({ all, playing, captions }) {
  sync(at("scenarios"), all, (one) => one.name, createScenario, (item, one) => {
    const button = item.firstElementChild;
    button.setAttribute("aria-pressed", String(playing === one.name));
    button.disabled = Boolean(playing) && playing !== one.name;
  });
  const steps = captions.map((text, place) => ({ text, place, now: Boolean(playing) && place === captions.length - 1 }));
  sync(at("captions"), steps, (one) => one.place + one.text, (one) => make("li", {}, one.text), (item, one) =>
    item.classList.toggle("now", one.now));
}

function createScenario(one) {
  const button = make("button", { type: "button" }, make("b", {}, one.title), make("span", {}, one.shows));
  button.addEventListener("click", () =>
    button.getAttribute("aria-pressed") === "true" ? act("stop") : act("play", { name: one.name }));
  return make("li", {}, button);
}

function showSwitches(switches) {
  const groups = Object.keys(PLACES).map((place) => ({ place, rows: switches.filter((one) => one.where === place) }));
  sync(at("switches"), groups, (group) => group.place, createGroup, (fieldset, group) =>
    sync(fieldset.lastElementChild, group.rows, (one) => one.name, createSwitch, (label, one) => {
      label.firstElementChild.checked = one.on;
    }));
  const on = switches.filter((one) => one.on).length;
  say(at("broken"), `${on} on`);
  at("broken").hidden = on === 0;
}

function createGroup(group) {
  return make("fieldset", {}, make("legend", {}, PLACES[group.place]), make("div"));
}

function createSwitch(one) {
  const box = make("input", { type: "checkbox", name: one.name });
  box.addEventListener("change", () => act("switch", { name: one.name, on: box.checked }));
  return make("label", { className: "switch" }, box, make("span", {}, one.title));
}

function showLetters(letters) {
  sync(at("letters"), letters, (one) => one.name, createLetter, () => {});
  at("no-letters").hidden = letters.length > 0;
  at("redrive").hidden = letters.length < 2;
  say(at("letter-count"), String(letters.length));
  at("letter-count").hidden = letters.length === 0;
}

function createLetter(one) {
  const back = make("button", { type: "button" }, "Send back");
  back.addEventListener("click", () => act("redrive", { names: [one.name] }));
  return make("li", {}, make("p", {}, make("b", {}, one.reason), ` in ${one.lane}`), make("p", {}, one.advice), back);
}
