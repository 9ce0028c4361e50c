// Tickets on the left and issues on the right, each with its field and what it is linked to.
import { act, make, say, sync } from "./dom.js";

export function showBoard(state) {
  const keys = new Map(state.issues.map((issue) => [issue.id, issue.key]));
  sync(document.getElementById("tickets"), state.tickets, (one) => one.id, createTicket, (card, ticket) => {
    update(card, ticket.field);
    const links = state.links.filter((link) => link.ticket === ticket.id);
    showLinks(card, links, (link) => keys.get(link.issue) ?? link.issue, ticket.not_found);
    sync(card.querySelector(".why ul"), ticket.why, (text) => text, (text) => make("li", {}, text), () => {});
  });
  sync(document.getElementById("issues"), state.issues, (one) => one.id, createIssue, (card, issue) => {
    update(card, issue.field);
    const links = state.links.filter((link) => link.issue === issue.id);
    showLinks(card, links, (link) => `#${link.ticket}`, []);
  });
}

function createTicket(ticket) {
  return create(`ticket-${ticket.id}`, `#${ticket.id}`, "issue keys", "PROJ-1", (text) => act("ticket", { id: ticket.id, text }));
}

function createIssue(issue) {
  return create(`issue-${issue.key}`, issue.key, "ticket numbers", "5001", (text) => act("issue", { id: issue.id, text }));
}

function create(id, name, label, example, save) {
  const input = make("input", { id, type: "text", autocomplete: "off", spellcheck: false, placeholder: example });
  const title = make("label", { htmlFor: id }, make("b", {}, name), ` ${label}`);
  const card = make("li", { className: "card" }, make("form", {}, title, input), make("ul", { className: "linked" }));
  if (name.startsWith("#")) card.append(make("details", { className: "why" }, make("summary", {}, "Why?"), make("ul")));
  const form = card.firstElementChild;
  const commit = () => input.value !== card.dataset.saved && save(input.value);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    commit();
  });
  input.addEventListener("change", commit);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") input.value = card.dataset.saved ?? "";
  });
  return card;
}

// What somebody is writing just now is left alone.
function update(card, value) {
  const input = card.querySelector("input");
  const writing = document.activeElement === input && input.value !== card.dataset.saved && value === card.dataset.saved;
  if (!writing && input.value !== value && card.dataset.saved !== value) input.value = value;
  card.dataset.saved = value;
}

function showLinks(card, links, name, notFound) {
  const rows = [
    ...links.filter((link) => link.linked || isOnItsWay(link)).map((link) => ({ text: name(link), ...kindOf(link) })),
    ...notFound.map((key) => ({ text: key, kind: "missing", told: "not found" })),
  ];
  sync(card.querySelector(".linked"), rows, (row) => row.text + row.kind, createLink, (item, row) => {
    say(item, `${row.text} `);
    item.append(make("span", {}, row.told));
  });
}

const createLink = (row) => make("li", { className: row.kind });

const WAYS = ["planned", "creating", "rekeying", "moving", "deleting", "unlinking"];
export const isOnItsWay = (link) => Boolean(link.refused) || WAYS.includes(link.state);

export function kindOf(link) {
  if (link.refused) return { kind: "pending", told: "refused" };
  if (isOnItsWay(link)) return { kind: "pending", told: "on its way" };
  if (link.owner === "linksync" && link.state === "linked") return { kind: "ours", told: "linked" };
  return { kind: "hand", told: link.owner === "adopted" && link.state === "linked" ? "adopted" : "linked by hand" };
}
