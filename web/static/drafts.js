// What is typed is kept in this browser until a server took it: by story, branch and field. It comes back in its field,
// whatever became of the page; what has no field on the page is listed in a corner. The program keeps it too (kept.js).
import { askProgram, neverMind, tellProgram } from "./kept.js";

const PREFIX = "recurrentgpt-draft|";
const PINNED = ["branch", "step", "version", "stopped"];   // what a form says it was made for
const EDITS = new Set(["paragraph", "summary", "memory", "settings", "voice"]);   // forms that change what stands there
const TYPED = "textarea, select, input:not([type]), input[type=text], input[type=number]";

const random = () => crypto.getRandomValues(new Uint32Array(2)).join("-");
export const load = random();
const ANSWER = 150;                               // milliseconds that other pages have to say that they are open
const alive = new Set();                          // other pages that are open: what is typed there is theirs
let isAnswered = false;
let isComing = true;
const channel = new BroadcastChannel("recurrentgpt-drafts");
const tab = tabId();                              // null: this browser keeps nothing for this page
let isFull = tab === null;
let wasWriting = false;
let asked = null;                                 // the story whose drafts the program was asked for
const dropped = new Map();                        // what this page dropped or sent, which a late answer may still name

channel.onmessage = ({ data: { ask, here, gone } }) => {
  if (ask) channel.postMessage({ here: load });
  if (ask || here) alive.add(ask || here);
  if (gone) alive.delete(gone);
};
channel.postMessage({ ask: load });
addEventListener("pagehide", () => channel.postMessage({ gone: load }));
addEventListener("pageshow", ({ persisted }) => { if (persisted) channel.postMessage({ ask: load }); });
setTimeout(() => { isAnswered = true; lookAfter(); isComing = false; }, ANSWER);
addEventListener("storage", ({ key }) => { if (key?.startsWith(PREFIX)) listTheRest(); });
addEventListener("beforeunload", (event) => {
  if (isFull && page().querySelector("[data-typed]")) event.preventDefault();
});

const page = () => document.getElementById("page");
const corner = () => document.getElementById("drafts");
const fieldsOf = (root) => [...root.querySelectorAll(TYPED)].filter((field) => placeOf(field));

function tabId() {
  try {
    const made = sessionStorage.getItem("recurrentgpt-tab") ?? random();
    sessionStorage.setItem("recurrentgpt-tab", made);
    return localStorage && made;
  } catch {
    return null;
  }
}

/** Of which story, and which branch of it, the page that is shown keeps drafts. */
function scope() {
  const { drafts } = page().dataset;
  if (drafts === undefined || tab === null) return null;
  const at = drafts.indexOf("|");
  return at < 0 ? { story: drafts, branch: "" } : { story: drafts.slice(0, at), branch: drafts.slice(at + 1) };
}

/** Which field this is: the same on another day; empty for one that is not kept. */
function placeOf(field) {
  const form = field.form;
  if (!form || !field.name || field.type === "hidden" || form.method !== "post" || form.hasAttribute("data-plain")) return "";
  const act = new URL(form.action).pathname.split("/").at(-1);
  const { do: what, plan, paragraph, after, mode, step } = Object.fromEntries(
    [...form.querySelectorAll("input[type=hidden]")].map((one) => [one.name, one.value]));
  // Another step's plan of that number is another plan.
  return [act, what, plan && `${plan}@${step}`, paragraph, after, mode, field.name].map((one) => one ?? "").join("/");
}

const usual = (field) => field.matches("select")
  ? ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value ?? "" : field.defaultValue;

function labelOf(field) {
  return field.getAttribute("aria-label") || field.labels?.[0]?.textContent.trim() || field.name;
}

/** Every draft of the story that is shown and that no other page shows, the newest first. */
function drafts() {
  const { story } = scope() ?? {};
  const found = [];
  for (let at = 0; story !== undefined && at < localStorage.length; at += 1) {
    const key = localStorage.key(at);
    if (key.startsWith(`${PREFIX}${story}|`)) found.push({ key, ...JSON.parse(localStorage.getItem(key)) });
  }
  const isOurs = ({ tab: maker, load: page }) => !alive.has(page) && (isAnswered || maker === tab);
  return found.filter(isOurs).sort((one, other) => other.when - one.when);
}

/** What the program calls a draft: of a tab, so that a page that was reloaded goes on with its own. */
const nameOf = ({ branch, place, tab: maker }) => [branch, place, maker].join("|");
const here = (key) => JSON.parse(localStorage.getItem(key) ?? "null");

/** Keep a draft, here and with the program; throws where this browser keeps no more. */
function put(key, kept) {
  tellProgram(scope().story, nameOf(kept), kept, kept.when);
  localStorage.setItem(key, JSON.stringify(kept));
}

/** Let a draft go, here and with the program. */
function remove(key) {
  const kept = here(key);
  localStorage.removeItem(key);
  if (!kept) return;
  dropped.set(nameOf(kept), kept.when);
  tellProgram(scope().story, nameOf(kept), null, kept.when);
}

const keyOf = (place) => [`${PREFIX}${scope().story}`, scope().branch, place, load].join("|");

/** Keep what a person has just typed in a field. */
export function keep(field) {
  const place = scope() && field.matches(TYPED) && placeOf(field);
  if (!place) return tell();
  const key = keyOf(place);
  // Of a page that is gone, this text is what became of it.
  const { from, load: maker, was } = field.draft ?? {};
  if (from && from !== key && !alive.has(maker)) remove(from);
  pin(field.form, true);
  const base = field.draft?.base ?? usual(field);
  field.draft = { from: key, load, base, was };
  if (field.value === base) {
    remove(key);
    return;
  }
  const made = Object.fromEntries(PINNED.map((name) => [name, field.form.elements.namedItem(name)?.value]));
  const address = location.pathname + location.search;
  const kept = { place, branch: scope().branch, text: field.value, base, made, label: labelOf(field), address, tab, load, was, when: Date.now() };
  try {
    put(key, kept);
    isFull = false;
  } catch {
    isFull = true;
  }
  tell();
}

/** Say so where this browser keeps no more. */
function tell() {
  corner().querySelector(".full").hidden = !isFull;
  if (isFull) corner().hidden = false;
}

/** A form goes on to say what it was made for, while the page around it may be of later. */
function pin(form, isPinned) {
  for (const name of PINNED) form.elements.namedItem(name)?.toggleAttribute("data-typed", isPinned);
}

/** Put what was typed back into the fields that are shown, and tell of what has none. */
function bringBack() {
  const kept = drafts().filter(({ branch }) => branch === scope().branch);
  for (const field of fieldsOf(page())) {
    if (field.hasAttribute("data-typed") || field.disabled || field.readOnly) continue;
    const here = kept.filter(({ place }) => place === placeOf(field));
    // What a page left behind that is gone comes back where somebody comes to; where they are, it is listed.
    const draft = here.find((one) => one.tab === tab) ?? (isComing ? here[0] : undefined);
    if (draft) fill(field, draft);
  }
  listTheRest();
}

function fill(field, draft) {
  if (draft.text === usual(field)) { remove(draft.key); return; }   // it stands there
  field.value = draft.text;
  if (field.value !== draft.text) return;   // a choice that is none any more
  field.toggleAttribute("data-typed", true);
  const key = keyOf(draft.place);
  let { was } = draft;
  if (draft.key !== key) {     // now it is this page's; another tab may yet come back for its own
    const { key: from, ...kept } = draft;
    if (draft.tab !== tab) was = { ...was, [nameOf(draft)]: draft.when };
    put(key, { ...kept, tab, load, was });
    if (draft.tab === tab) localStorage.removeItem(from);
  }
  field.draft = { from: key, load, base: draft.base, was };
  for (const name of PINNED) {
    const said = field.form.elements.namedItem(name);
    if (said && draft.made[name] !== undefined) said.value = draft.made[name];
  }
  pin(field.form, true);
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  compare(field, usual(field));
}

/**
 * Before the page is made like a later one: note what stands in that where a person types here.
 * @param {Element} fresh the later page.
 */
export function lookUnder(fresh) {
  if (!scope()) return;
  const now = new Map([...fresh.querySelectorAll(TYPED)].filter(placeOf).map((field) => [placeOf(field), usual(field)]));
  for (const form of page().querySelectorAll("form[method=post]")) {
    const typed = fieldsOf(form).filter((field) => field.hasAttribute("data-typed"));
    for (const field of typed) field.now = now.get(placeOf(field));
    // What the form changes is as it was: then it is meant for this page as well.
    const isSame = typed.length && typed.every((field) => field.now !== undefined && field.now === field.draft?.base);
    if (isSame && EDITS.has(placeOf(typed[0]).split("/")[0])) letGo(form);
  }
}

/** Let a form say what the next page says; then it is held to that. */
function letGo(form) {
  pin(form, false);
  for (const field of fieldsOf(form)) field.isToBeHeld = field.hasAttribute("data-typed");
}

/** Afterwards: what stands there now is shown beside what is typed, and what was typed is brought back. */
export function lookAfter() {
  if (!scope()) { corner().hidden = !isFull; return; }
  for (const field of fieldsOf(page())) {
    if (field.isToBeHeld) keep(field);
    field.isToBeHeld = false;
    if (field.hasAttribute("data-typed") && field.now !== undefined) compare(field, field.now);
  }
  bringBack();
  const isWriting = page().querySelector(".working") !== null;
  if (wasWriting && !isWriting) asked = null;   // plans that were queued and not come to are drafts again
  wasWriting = isWriting;
  askOnce();
}

/** Ask the program, once on each page of a story, for what another browser has left, and tell it what it lacks. */
async function askOnce() {
  const { story } = scope();
  if (asked === story || !isAnswered) return;
  asked = story;
  const { drafts: told = [], gone = {} } = await askProgram(story);
  if (scope()?.story !== story) return;
  // What was sent or dropped elsewhere since; also where it was only brought here.
  const isOver = (one) => gone[nameOf(one)] >= one.when
    || Object.entries(one.was ?? {}).some(([name, when]) => when === one.when && gone[name] >= when);
  for (const one of drafts().filter(isOver)) letGoOf(one);
  const there = new Map(told.map((one) => [one.key, one.when]));
  for (const { key, ...kept } of drafts()) {
    const name = nameOf(kept);
    if (!(there.get(name) >= kept.when)) tellProgram(story, name, kept, kept.when);
  }
  for (const { key, ...kept } of told) {
    const local = [`${PREFIX}${story}`, kept.branch, kept.place, kept.load].join("|");
    const known = drafts().some((one) => nameOf(one) === key && one.when >= kept.when);
    if (!known && !(dropped.get(key) >= kept.when) && !alive.has(kept.load)) keepQuietly(local, kept);
  }
  isComing = true;
  bringBack();
  isComing = false;
}

/** A draft that is none any more; its field shows again what stands there. */
function letGoOf({ key }) {
  localStorage.removeItem(key);
  const field = fieldsOf(page()).find((one) => one.draft?.from === key);
  if (!field) return;
  field.value = usual(field);
  forget(field);
}

function keepQuietly(key, kept) {
  try {
    localStorage.setItem(key, JSON.stringify(kept));
  } catch {
    isFull = true;
  }
}

/** Show what stands there now, where that is another than a person began from. */
function compare(field, now) {
  const act = placeOf(field).split("/")[0];
  const shown = field.nextElementSibling?.matches(".stands") ? field.nextElementSibling : null;
  if (now === field.draft?.base || now === field.value || !now.trim() || (!EDITS.has(act) && act !== "new")) {
    shown?.remove();
    return;
  }
  const place = shown ?? document.getElementById("draft-stands").content.firstElementChild.cloneNode(true);
  place.querySelector(".standing").textContent = now;
  place.querySelector("button").onclick = () => { discard(field); field.value = now; place.remove(); };
  if (!shown) field.after(place);
}

function discard(field) {
  if (field.draft) remove(field.draft.from);
  forget(field);
  listTheRest();
}

function forget(field) {
  delete field.draft;
  field.removeAttribute("data-typed");
  if (!field.form.querySelector("[data-typed]:not([type=hidden])")) pin(field.form, false);
}

/** The drafts that stand in what a form sends: which they are, and when each was typed. */
export function sentWith(form, sent) {
  if (!scope()) return {};
  const texts = textsOf(form, sent);
  const inIt = drafts().filter(({ place, text }) => texts.get(place) === text);
  return Object.assign({}, ...inIt.map(({ was }) => was), ...inIt.map((one) => ({ [nameOf(one)]: one.when })));
}

const textsOf = (form, sent) =>
  new Map(fieldsOf(form).filter(({ name }) => sent.has(name)).map((field) => [placeOf(field), sent.get(field.name)]));

/**
 * A form was taken: what was sent is no draft any more. What was typed since is.
 * @param {HTMLFormElement} form which.
 * @param {URLSearchParams} sent what it said.
 */
export function taken(form, sent) {
  form.querySelectorAll("[data-typed]").forEach((field) => { if (!placeOf(field)) field.removeAttribute("data-typed"); });
  const texts = textsOf(form, sent);
  const over = scope() ? sentWith(form, sent) : {};
  for (const one of drafts()) if (over[nameOf(one)] >= one.when) localStorage.removeItem(one.key);
  for (const [name, when] of Object.entries(over)) {
    neverMind(scope().story, name);
    dropped.set(name, when);
  }
  // The page may have come back to such a field before the answer was here.
  for (const field of new Set([...fieldsOf(form), ...fieldsOf(page())])) {
    if (texts.get(placeOf(field)) === field.value) forget(field);
  }
}

/** A form was refused: what it says of where it was made for is what the page says now, and both texts are shown. */
export function refused(form) {
  letGo(form);
}

/** A person leaves an editor: what was typed in it goes. */
export function leave(editor) {
  fieldsOf(editor).forEach(discard);
}

/** Tell of what was typed and has no field on the page. */
export function listTheRest() {
  const here = scope();
  const inFields = new Set();
  for (const field of here ? fieldsOf(page()) : []) if (field.draft) inFields.add(`${placeOf(field)}|${field.value}`);
  const rest = here ? drafts().filter(({ place, text }) => !inFields.has(`${place}|${text}`)) : [];
  corner().hidden = !rest.length && !isFull;
  corner().querySelector("summary").textContent = corner().dataset.title.replace("{count}", rest.length);
  const list = corner().querySelector("ul");
  list.replaceChildren(...rest.map((draft) => itemOf(draft, here)));
}

function itemOf(draft, here) {
  const item = document.getElementById("draft-item").content.firstElementChild.cloneNode(true);
  item.querySelector(".what").textContent = draft.branch === here.branch ? draft.label : `${draft.label} · ${draft.branch}`;
  item.querySelector(".typed").textContent = draft.text;
  const link = item.querySelector("a");
  link.href = draft.address;
  link.hidden = draft.branch !== here.branch;
  const [copy, drop] = item.querySelectorAll("button");
  copy.onclick = () => putIntoClipboard(item.querySelector(".typed"));
  drop.onclick = () => { remove(draft.key); listTheRest(); };
  return item;
}

/** Where a page may not write to the clipboard, its text is selected: the person's own copying does the rest. */
function putIntoClipboard(place) {
  getSelection().selectAllChildren(place);
  navigator.clipboard?.writeText(place.textContent).catch(() => {});
}
