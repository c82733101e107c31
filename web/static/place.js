// Where somebody reads: kept in the browser, by story, branch and view, so that whoever comes back is where they were.
import { look } from "./navigation.js";

const WAIT = 250;
const TOP = 90;      // what lies higher than this is read

const page = () => document.getElementById("page");
let waiting = null;

/** What the place is kept under; nothing where the page shows no text of a story. */
function name() {
  const { live, branch, reads } = page().dataset;
  if (reads) return `place:read:${reads}`;
  return live && page().matches(".write") ? `place:${live}:${branch}` : "";
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(name()) || "null");
  } catch {
    return null;      // the browser keeps nothing for this page
  }
}

function keep() {
  waiting = null;
  if (!name()) return;
  const passages = [...document.querySelectorAll(".manuscript [id^=p]")];
  const first = passages.find((one) => one.getBoundingClientRect().bottom > TOP);
  const isAtEnd = page().dataset.away === undefined && (!first || first === passages.at(-1));
  try {
    localStorage.setItem(name(), JSON.stringify({ at: first ? Number(first.id.slice(1)) : 0, isAtEnd }));
  } catch {
    return;           // private windows may keep nothing
  }
}

addEventListener("scroll", () => { waiting ??= setTimeout(keep, WAIT); }, { passive: true });
addEventListener("pagehide", () => { if (waiting) { clearTimeout(waiting); keep(); } });

/** Go where somebody was; where that is not known, to the newest text. Whoever asked for a place is left there. */
export function comeBack() {
  const asked = new URLSearchParams(location.search);
  if (["at", "from", "edit", "summary"].some((one) => asked.has(one))) {
    document.getElementById(page().dataset.here)?.scrollIntoView({ block: "start" });
    return;
  }
  const before = kept();
  if (before?.at && !before.isAtEnd) {
    const place = document.getElementById(`p${before.at}`);
    if (place) { place.scrollIntoView({ block: "start" }); return; }
    asked.set("at", before.at);
    look(`${location.pathname}?${asked}`).catch(() => {});
    return;
  }
  if (!page().matches(".write, .play")) return;
  if (page().dataset.finished !== undefined) { beginAtTheBeginning(asked); return; }
  const texts = document.querySelectorAll(".manuscript .text");
  if (texts.length > 1) texts[texts.length - 1].scrollIntoView({ block: "start" });
}

/** A book that has its end is there to be read: who never read it here begins with its first words. */
function beginAtTheBeginning(asked) {
  if (document.getElementById("p1")) return;
  if (page().matches(".play")) asked.set("from", 0);
  else asked.set("at", 1);
  look(`${location.pathname}?${asked}`).catch(() => {});
}

/** The contents lie open where there is room beside the text, unless somebody closed them. */
function openContents() {
  const contents = document.querySelector("details[data-wide]");
  if (!contents || contents.dataset.focused !== undefined) return;
  contents.dataset.focused = "";
  contents.open = matchMedia("(min-width: 84rem)").matches && sessionStorage.getItem("contents") !== "closed";
  contents.addEventListener("toggle", () => sessionStorage.setItem("contents", contents.open ? "open" : "closed"));
}

document.addEventListener("shown", ({ detail: { isGoing, wasIn } }) => {
  openContents();
  // What was worked at is gone, a form that was saved for instance: the passage that it stood in is where the work is.
  const section = wasIn && document.activeElement === document.body ? document.getElementById(wasIn) : null;
  if (isGoing) section?.querySelector(".pen")?.focus({ preventScroll: true });
});
openContents();
