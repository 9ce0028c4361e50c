// Each delivery's way from its sender to the ledger, the latest first.
import { make, say, sync } from "./dom.js";

const STATES = {
  sending: "being sent",
  lost: "lost on the way",
  refused: "refused",
  ignored: "nothing to do with links",
  queued: "queued",
  working: "being worked on",
  waiting: "waiting for another try",
  dead: "dead letter",
  done: "done",
};
const MOST_RUNS = 4;

export function showStories(state) {
  document.getElementById("no-stories").hidden = state.stories.length > 0;
  sync(document.getElementById("stories"), state.stories, (one) => one.id, createStory, updateStory);
}

function createStory(story) {
  const time = make("time", {}, new Date(story.at * 1000).toLocaleTimeString());
  const head = make("div", { className: "head" }, time, make("b", {}, story.text), make("span", { className: "sender" }, story.sender), make("span", { className: "state" }));
  return make("li", {}, head, make("div", { className: "stations" }));
}

function updateStory(item, story) {
  const text = JSON.stringify(story);
  if (item.dataset.shown === text) return;
  item.dataset.shown = text;
  item.className = story.state;
  say(item.querySelector(".state"), STATES[story.state]);
  item.querySelector(".stations").replaceChildren(...stations(story));
}

function stations(story) {
  const shown = story.runs.slice(-MOST_RUNS);
  const hidden = story.runs.length - shown.length;
  const cells = [receive(story)];
  cells[0].classList.toggle("wide", shown.length === 0);
  shown.forEach((run, place) => {
    if (place) cells.push(make("div", { className: "cell blank" }));
    cells.push(...runCells(story, run, place === 0 ? hidden : 0));
  });
  return cells;
}

function receive(story) {
  if (story.state === "lost") return cell("Receive", [["", "It never arrived: no function ran."]], "bad");
  const when = story.received_at ? after(story, story.received_at) : "";
  const rows = [[when, story.answer || (story.sender === "Reconciler" ? "run on the deployed function" : "…")]];
  if (story.milliseconds) rows.push(["", `worked ${story.milliseconds} ms`]);
  return cell("Receive", rows, story.state === "refused" ? "bad" : "");
}

function runCells(story, run, hidden) {
  const lane = [[after(story, run.at), run.lane.replace("#", " ")]];
  if (run.waited >= 0.05) lane.push(["", `waited ${seconds(run.waited)}`]);
  if (run.attempt > 1) lane.push(["", `try ${run.attempt}`]);
  if (hidden) lane.push(["", `${hidden} earlier ${hidden === 1 ? "try" : "tries"}`]);
  const calls = run.calls.map((call) => [after(story, call.at), call.text, call.ok ? "" : "bad"]);
  const end = { retry: `not done: tries again in ${run.again_in} s`, dead: "given up: a dead letter" }[run.end];
  return [
    cell("Lane", lane),
    cell("Plan", [["", run.why || (run.calls.length ? "" : "done before")]]),
    cell("Apply", calls.length ? calls : [["", "no call"]]),
    cell("Ledger", end ? [["", end], ["", run.failure]] : records(run), end ? "bad" : ""),
  ];
}

function records(run) {
  const took = [`worked ${run.milliseconds} ms`];
  return run.records.length ? [...run.records.map((text) => ["", text]), ["", ...took]] : [["", "no link changes"], ["", ...took]];
}

function cell(title, rows, kind = "") {
  const lines = rows.filter(([, text]) => text).map(([time, text, bad]) => {
    const line = make("p", { className: bad ? "bad" : "" });
    if (time) line.append(make("span", { className: "when" }, time), " ");
    line.append(text);
    return line;
  });
  return make("div", { className: `cell ${kind}` }, make("span", { className: "station" }, title), ...lines);
}

const after = (story, at) => `+${seconds(Math.max(0, at - story.at))}`;
const seconds = (value) => (value < 10 ? `${value.toFixed(2)} s` : `${Math.round(value)} s`);
