// The page by keyboard. What has a key says so itself (data-key); what is pressed here is what could be clicked. No key
// does anything while somebody types, and the keys of one letter can be switched off.
import { say } from "./live.js";

const OFF = "keys:off";
/** What a key of one letter is for: the data-key of the element that it presses, or goes to. */
const LETTERS = { Enter: "go", e: "edit", o: "own", a: "others", q: "queue", u: "undo", r: "redo", g: "jump", c: "contents", p: "panel", f: "focus", v: "read", w: "write", i: "insert", "/": "find" };

const page = () => document.getElementById("page");
const isShown = (element) => element.getClientRects().length > 0 && !element.disabled;

let areOff = false;
try {
  areOff = localStorage.getItem(OFF) === "1";
} catch {
  areOff = false;      // a browser that keeps nothing: what is chosen holds until the page is left
}

/** Whether somebody types: then a key is a letter. */
function isTyping({ target, isComposing }) {
  return isComposing || (target instanceof HTMLElement
    && (target.isContentEditable || target.matches("select, textarea, input:not([type=checkbox], [type=radio], [type=submit], [type=button])")));
}

const withKey = (name) => [...document.querySelectorAll(`[data-key~="${name}"]`)].find(isShown);

/** Press or open what a key stands for, or go to it. */
function press(name) {
  const place = name === "edit" ? inSight()?.querySelector(".pen") : name === "insert" ? gapInSight() : withKey(name);
  if (!place) return false;
  if (name === "contents") {
    place.open = true;
    (place.querySelector("[aria-current]") ?? place.querySelector("summary")).focus();
    return true;
  }
  if (place.matches("details")) {
    place.open = true;
    const field = place.querySelector("textarea, input:not([type=hidden])") ?? place.querySelector("summary");
    field.focus();
    if (field.matches("input")) field.select();   // a number that was asked for before gives way
  } else if (place.matches("a[href], button, summary")) {
    place.click();
  } else {
    place.focus();
  }
  return true;
}

/** Where something is put in behind the passage in sight; behind the last one, one writes on. */
function gapInSight() {
  return inSight()?.querySelector(".gap") ?? withKey("write");
}

/** The passage that somebody is in, or that the middle of the window shows. */
function inSight() {
  const own = document.activeElement.closest(".paragraph");
  const middle = innerHeight / 2;
  const passages = [...document.querySelectorAll(".manuscript .paragraph")];
  const seen = passages.filter((one) => one.getBoundingClientRect().top <= middle).at(-1) ?? passages[0];
  return own ?? seen;
}

/** Go to the next passage, or the one before. */
function step(by) {
  const passages = [...document.querySelectorAll(".manuscript .paragraph")];
  const own = passages.indexOf(document.activeElement.closest(".paragraph"));
  const seen = passages.findIndex((one) => one.getBoundingClientRect().bottom > innerHeight / 3);
  const next = passages[own < 0 ? Math.max(seen, 0) : own + by];
  if (!next) return false;
  (next.querySelector(".pen") ?? next).focus({ preventScroll: true });
  next.scrollIntoView({ block: "start" });
  return true;
}

/** Save what somebody types; what is not typed is kept already. */
function save() {
  const form = document.activeElement?.closest("form");
  const button = form?.querySelector("button.first, button:not([type=button])");
  if (form && button) form.requestSubmit(button);
  else say(page().dataset.kept || "");
}

/** Leave what is open, or the field one is in; else stop what is being written. */
function escape(event) {
  const active = document.activeElement;
  const cancel = active?.closest(".inplace, .ledger, .passage, form")?.querySelector("a.button[data-morph]");
  const folded = active?.closest("details[open]:not(.menu, [data-wide])");
  if (document.documentElement.dataset.focusMode !== undefined && !isTyping(event)) { press("focus"); return; }
  if (cancel && !cancel.closest("form").querySelector("[data-typed]:not([type=hidden])")) { cancel.click(); return; }
  if (folded && isTyping(event)) {
    folded.open = false;
    folded.querySelector("summary").focus();
    return;
  }
  if (isTyping(event)) active.blur();   // what is typed stays; the keys of one letter work again
  else press("stop");
}

function find() {
  const field = document.getElementById("find-words");
  if (!field) return press("find");
  if (document.activeElement === field) return false;   // a second time, it is the browser's own
  field.focus();
  field.select();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.ctrlKey || event.metaKey) {
    const key = event.key.toLowerCase();
    if (!page().matches(".write")) return;
    if (key === "s") { event.preventDefault(); save(); }
    if (key === "f" && !event.shiftKey && find()) event.preventDefault();
    return;
  }
  if (event.key === "Escape") { escape(event); return; }
  if (isTyping(event) || areOff) return;
  if (event.key === "?") { event.preventDefault(); showAll(); return; }
  const onControl = event.target.closest?.("a, button, summary, input");
  if (event.key === "Enter" && onControl) return;
  const done = /^[1-9]$/.test(event.key) ? press(event.key)
    : event.key === "j" || event.key === "k" ? step(event.key === "j" ? 1 : -1)
      : LETTERS[event.key] ? press(LETTERS[event.key]) : false;
  if (done) event.preventDefault();
});

// What is unfolded to be written in is where the work is.
document.addEventListener("toggle", ({ target }) => {
  if (!target.open || !target.matches(".next details, .tools details")) return;
  const summary = target.querySelector("summary");
  if (document.activeElement === summary || document.activeElement === document.body) {
    target.querySelector("textarea, input[type=text], input[type=number]")?.focus();
  }
}, true);

// What was at work is done: the focus, if what it was on is gone, goes to what comes next; and the state is told.
let wasWriting = document.querySelector(".working") !== null;
let told = page().dataset.now ?? "";
document.addEventListener("shown", () => {
  const isWriting = document.querySelector(".working") !== null;
  if (wasWriting && !isWriting && document.activeElement === document.body) {
    document.getElementById("next")?.focus({ preventScroll: true });
  }
  wasWriting = isWriting;
  const now = page().dataset.now ?? "";
  if (now && now !== told && !isWriting) say(now);
  told = now;
});

function toggleFocusMode() {
  const root = document.documentElement;
  root.toggleAttribute("data-focus-mode");
  document.querySelectorAll("[data-key~=focus]").forEach((button) => button.setAttribute("aria-pressed", root.hasAttribute("data-focus-mode")));
}

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-opens=keys]")) showAll();
  if (target.closest("[data-key~=focus]")) toggleFocusMode();
});

/** The list of all keys, with the switch that turns those of one letter off; it is made when it is first asked for. */
function showAll() {
  const made = document.getElementById("keys-shown");
  if (!made) return;
  if (!document.getElementById("keys")) {
    document.body.append(made.content.cloneNode(true));
    const off = document.getElementById("keys-off");
    off.checked = areOff;
    off.addEventListener("change", () => {
      areOff = off.checked;
      localStorage.setItem(OFF, areOff ? "1" : "");
    });
  }
  document.getElementById("keys").showModal();
}

document.documentElement.toggleAttribute("data-scripts", true);
