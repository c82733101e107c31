// What happens to the story while the page is open: a socket brings the text as it is written, and that there is more to
// see. A reader at the end of the text stays there while it grows; one who has scrolled up is left alone.

const FIRST_WAIT = 500;
const LONGEST_WAIT = 5000;

let socket = null;
let wait = FIRST_WAIT;
let log = "";
let heard = 0;                 // the last number that the page shows
let lookAgain = () => {};
let name = "";                 // what this page is called among all that are open
const arrived = new Map();     // what came since the last frame, by branch

const page = () => document.getElementById("page");

/**
 * Follow what the page that is shown names, from where it says it is.
 * @param {() => void} whenChanged what is done when there is another page to see.
 * @param {string} load what this page is called among all that are open.
 */
export function follow(whenChanged = lookAgain, load = name) {
  lookAgain = whenChanged;
  name = load;
  const { log: shown, number, live: to } = page().dataset;
  if (shown !== undefined) {
    // The page shows what there was when it was made. What was heard since is asked for once more.
    if (shown !== log || Number(number) !== heard) leave();
    arrived.clear();
    log = shown;
    heard = Number(number);
  }
  if (socket && socket.to === to) return;
  leave();
  if (to) connect(to);
}

function connect(to) {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(`${scheme}//${location.host}${to}?log=${log}&number=${heard}&load=${name}&language=${document.documentElement.lang}`);
  socket.to = to;
  socket.onopen = () => { wait = FIRST_WAIT; warn(""); };
  socket.onmessage = (event) => hear(JSON.parse(event.data));
  socket.onclose = () => {
    socket = null;
    setTimeout(reconnect, wait);
    if (wait > FIRST_WAIT) warn(document.getElementById("notice").dataset.noAnswer);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  };
}

function reconnect() {
  const to = page().dataset.live;
  if (to && !socket) connect(to);
}

function leave() {
  if (!socket) return;
  socket.onclose = socket.onmessage = null;
  socket.close();
  socket = null;
}

function hear(said) {
  heard = said.number;
  const isQuiet = page().dataset.quiet !== undefined;
  if (said.kind === "thinking") {
    if (!isQuiet) showThought(said.label, said.text);
    return;
  }
  if (said.kind !== "note") showThought("", "");
  if (said.kind === "changed") {
    lookAgain();
  } else if (said.kind === "text") {
    if (!arrived.size) requestAnimationFrame(putText);
    arrived.set(said.branch, (arrived.get(said.branch) ?? "") + said.text);
  } else if (said.kind === "status" && !isQuiet) {
    setText("doing", said.text);
    say(said.text);
  } else if (said.kind === "note" && !isQuiet) {
    setText("note", said.text);
  }
}

/** What the model thinks, apart from the story; nothing of it is kept. */
function showThought(label, piece) {
  const place = document.getElementById("thinking");
  if (!place) return;
  const thought = place.querySelector(".thought");
  place.hidden = !label;
  place.querySelector("summary").textContent = label;
  thought.textContent = label ? (thought.textContent + piece).slice(-4000) : "";
  thought.scrollTop = thought.scrollHeight;
}

function setText(id, words) {
  const place = document.getElementById(id);
  if (place) place.textContent = words;
}

/** Tell whoever hears the page rather than sees it. */
export function say(words) {
  setText("status", words);
}

/** Tell everybody, until there is nothing to tell: that a click had no effect, or that nothing can be heard. */
export function warn(words) {
  const place = document.getElementById("notice");
  if (place.textContent !== words) place.textContent = words;
  place.hidden = !words;
}

function putText() {
  const wasAtEnd = isAtEnd();
  for (const [branch, words] of arrived) {
    const place = [...document.querySelectorAll("[data-branch].text")].find((node) => node.dataset.branch === branch);
    if (!place) { if (page().dataset.away === undefined) lookAgain(); continue; }
    // One text node grows: a paragraph of a thousand pieces stays quick.
    if (place.lastChild instanceof Text) place.lastChild.appendData(words);
    else place.append(words);
  }
  arrived.clear();
  if (wasAtEnd) keepInView();
}

/** Whether the end of the text in flight is in view. */
export function isAtEnd() {
  const low = document.querySelector(".live")?.getBoundingClientRect().bottom ?? 0;
  return low > 0 && low < innerHeight + 120;
}

/** Scroll so far that the end of the text in flight is well in view. */
export function keepInView() {
  const low = document.querySelector(".live")?.getBoundingClientRect().bottom ?? 0;
  const over = low - innerHeight * 0.8;
  if (over > 0) scrollBy({ top: over });
}
