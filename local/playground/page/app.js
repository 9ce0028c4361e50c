// The page: takes each state from the stream and shows it; sends what people do.
import { showBoard } from "./board.js";
import { showControls, listenToControls } from "./controls.js";
import { follow } from "./live.js";
import { showStories } from "./stories.js";
import { drawWires } from "./wires.js";

let latest = null;

function show(state) {
  latest = state;
  showBoard(state);
  showControls(state);
  showStories(state);
  drawWires(state);
  document.body.dataset.ready = "yes";
}

listenToControls();
follow(show);
new ResizeObserver(() => latest && drawWires(latest)).observe(document.getElementById("board"));
