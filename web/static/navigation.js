// From page to page in place: what a link or a form leads to is fetched, and the page that is shown made like it.
import { lookAfter, lookUnder, refused, taken } from "./drafts.js";
import { follow, isAtEnd, keepInView, warn } from "./live.js";
import { morph } from "./morph.js";

const page = () => document.getElementById("page");
const hash = (address) => new URL(address, location.href).hash;
const isTyped = (element) => element.hasAttribute("data-typed");

const LANDING = 0.5;   // what a link leads to comes into the upper half of the window

let looking = null;
// Where a person goes wins over a page that only looks again: what that finds by then is no longer asked for.
let turn = 0;

/**
 * Show what is at an address.
 * @param {string} address where.
 * @param {RequestInit} init how it is asked for.
 * @param {HTMLFormElement | null} form what is sent: once it is taken, its fields are no longer being typed in.
 * @param {boolean} isGoing whether a person goes there; else the page only looks again.
 */
export async function look(address = location.href, init = {}, form = null, isGoing = true) {
  const mine = isGoing ? (turn += 1) : turn;
  const answer = await fetch(address, { credentials: "same-origin", ...init });
  warn("");
  // What was refused stays in its fields; so does what was sent by somebody who is logged out.
  if (form) (answer.ok && new URL(answer.url).pathname !== "/login" ? taken : refused)(form, init.body);
  if (mine !== turn) return;
  const type = answer.headers.get("content-type") || "";
  if (!type.startsWith("text/html")) { warn(await answer.text()); return; }
  const to = init.method === "POST" && !answer.redirected ? location.href : answer.url + (hash(answer.url) || hash(address));
  const text = await answer.text();
  if (mine !== turn) return;
  if (isGoing) { turn += 1; clearTimeout(looking); }
  show(text, to, isGoing, form ? 1 : LANDING);
}

/** Look again in a moment: what changes at once is looked at once. */
export function lookSoon() {
  clearTimeout(looking);
  looking = setTimeout(() => look(location.href, {}, null, false).catch(() => {}), 30);
}

function show(text, address, isGoing, part) {
  const made = new DOMParser().parseFromString(text, "text/html");
  const fresh = made.getElementById("page");
  if (!fresh) { location.assign(address); return; }
  const wasAtEnd = isAtEnd();
  const wasIn = document.activeElement?.closest("section[id]")?.id;
  if (address !== location.href) history.pushState(null, "", address);
  lookUnder(fresh);
  if (page().className === fresh.className) morph(page(), fresh, isTyped);
  else page().replaceWith(fresh);
  lookAfter();
  document.getElementById("skips").replaceChildren(...made.getElementById("skips").childNodes);
  document.title = made.title;
  document.dispatchEvent(new CustomEvent("shown", { detail: { isGoing, wasIn } }));
  follow();
  const field = document.querySelector("[data-focus]:not([data-focused])");
  if (field) {
    field.toggleAttribute("data-focused", true);
    field.focus({ preventScroll: true });
    field.scrollIntoView({ block: "center" });
  } else if (isGoing && goTo(decodeURIComponent(location.hash.slice(1)) || page().dataset.here, part)) {
    return;
  } else if (wasAtEnd) {
    keepInView();
  }
}

/**
 * Bring an element into sight, if there is one of that id and it is not there already.
 * @param {string} id of the element.
 * @param {number} part how much of the window, from its top, counts as in sight.
 */
function goTo(id, part) {
  const place = id && document.getElementById(id);
  if (!place) return false;
  const { top, bottom } = place.getBoundingClientRect();
  if (bottom < 0 || (part < 1 && top < 0) || top > innerHeight * part) place.scrollIntoView({ block: "start" });
  return true;
}
