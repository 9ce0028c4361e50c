// Follows the server's events, and says so when what the page shows may be old.
const STALE_AFTER = 4; // seconds without a look at the stack

const box = document.getElementById("live");
const text = document.getElementById("live-text");
let heardAt = 0; // by this page's clock, milliseconds
let age = 0; // seconds between the server's last look and its last beat

export function follow(show) {
  const source = new EventSource("events");
  source.addEventListener("state", (event) => show(JSON.parse(event.data)));
  source.addEventListener("beat", (event) => {
    const beat = JSON.parse(event.data);
    heardAt = Date.now();
    age = beat.looked_at ? beat.now - beat.looked_at : 0;
    judge();
  });
  setInterval(judge, 500);
}

function judge() {
  const seconds = heardAt ? age + (Date.now() - heardAt) / 1000 : 0;
  const stale = seconds > STALE_AFTER;
  const since = new Date(Date.now() - seconds * 1000).toLocaleTimeString();
  say(heardAt ? (stale ? `Stale since ${since}: is “make up” still running?` : "Live") : "Connecting …", stale);
}

function say(words, stale) {
  if (text.textContent !== words) text.textContent = words;
  box.classList.toggle("stale", stale);
  box.classList.toggle("on", !stale && heardAt > 0);
}
