// The links as lines between the cards.
import { isOnItsWay, kindOf } from "./board.js";

const SVG = "http://www.w3.org/2000/svg";
const svg = document.getElementById("wires");

export function drawWires(state) {
  const frame = svg.getBoundingClientRect();
  svg.setAttribute("viewBox", `0 0 ${frame.width} ${frame.height}`);
  const rows = state.links.filter((link) => link.linked || isOnItsWay(link));
  const known = new Map([...svg.children].map((path) => [path.dataset.key, path]));
  for (const link of rows) {
    const key = `${link.ticket}-${link.issue}`;
    const ends = [endOf("tickets", link.ticket, "right"), endOf("issues", link.issue, "left")];
    if (ends.some((end) => end === null)) continue;
    const path = known.get(key) ?? svg.appendChild(document.createElementNS(SVG, "path"));
    known.delete(key);
    path.dataset.key = key;
    path.setAttribute("pathLength", "1");
    path.setAttribute("class", `wire ${kindOf(link).kind}`);
    path.setAttribute("d", curve(frame, ...ends));
  }
  for (const path of known.values()) path.remove();
}

function endOf(list, key, edge) {
  const card = document.querySelector(`#${list} > [data-key="${key}"]`);
  if (!card) return null;
  const box = card.getBoundingClientRect();
  return { x: box[edge], y: box.top + Math.min(box.height / 2, 40) };
}

function curve(frame, from, to) {
  const [x1, y1, x2, y2] = [from.x - frame.left, from.y - frame.top, to.x - frame.left, to.y - frame.top];
  const bend = (x2 - x1) / 2;
  return `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}
