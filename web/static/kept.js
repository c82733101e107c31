// What is typed is told to the program too, quietly and a moment later, so that another browser finds it; and what another
// browser has left is asked for. Where the program does not answer, this browser's own copy is what there is until it does.

const WAIT = 500;          // milliseconds without a key
const AGAIN = 4000;        // until a program that did not answer is told once more
const MOST = 400_000;      // characters in one message
const LONGEST = 160_000;   // of one draft; what is longer this browser alone keeps
const NAME = 400;          // of what a draft is called

const waiting = new Map();   // what the program has not been told yet, by story and key
let timer = null;
let isTelling = false;

const addressOf = (story) => (story === "new" ? "/drafts" : `/story/${story}/drafts`);

/**
 * Let the program know what became of a draft.
 * @param {string} story whose.
 * @param {string} key which.
 * @param {object | null} kept the draft; null: it was sent, or dropped.
 * @param {number} when it was typed.
 */
export function tellProgram(story, key, kept, when) {
  if (kept && Math.max(kept.text.length, kept.base.length) > LONGEST) return;
  waiting.set(`${story}|${key}`, { story, key, kept, when });
  clearTimeout(timer);
  timer = setTimeout(tellAll, WAIT);
}

/** A form tells it by itself. */
export function neverMind(story, key) {
  waiting.delete(`${story}|${key}`);
}

async function tellAll() {
  if (isTelling) return;
  isTelling = true;
  clearTimeout(timer);
  timer = null;
  try {
    while (waiting.size) {
      const some = nextMessage();
      some.forEach((one, id) => { if (waiting.get(id) === one) waiting.delete(id); });
      if (await say(some)) continue;
      some.forEach((one, id) => { if (!waiting.has(id)) waiting.set(id, one); });
      timer ??= setTimeout(tellAll, AGAIN);
      return;
    }
  } finally {
    isTelling = false;
  }
}

/** As much of one story as one message holds. */
function nextMessage() {
  const some = new Map();
  let story = null;
  let size = 0;
  for (const [id, one] of waiting) {
    story ??= one.story;
    if (one.story !== story) continue;
    size += one.kept ? one.kept.text.length + one.kept.base.length : 0;
    if (some.size && size > MOST) break;
    some.set(id, one);
  }
  return some;
}

/** Say it; whether there is no need to say it again. */
async function say(some, isLast = false) {
  const all = [...some.values()];
  if (!all.length) return true;
  const keep = all.filter(({ kept }) => kept).map(({ key, kept }) => asTold(key, kept));
  const drop = Object.fromEntries(all.filter(({ kept }) => !kept).map(({ key, when }) => [key, when]));
  try {
    const answer = await post(all[0].story, { keep, drop }, isLast);
    return answer !== null;
  } catch {
    return false;
  }
}

/** What the program answers; null where it could not (somebody is logged out, or it is in trouble). */
async function post(story, said, isLast = false) {
  const answer = await fetch(addressOf(story), {
    method: "POST", credentials: "same-origin", keepalive: isLast,
    headers: { "content-type": "application/json" }, body: JSON.stringify(said, wellFormed) });
  if (answer.status >= 500 || answer.redirected) return null;
  return answer.ok ? answer.json() : {};   // a story that is gone keeps nothing
}

/** Half a sign, as is left where one is cut, is no text to the program. */
const wellFormed = (_, value) => typeof value === "string" ? value.toWellFormed?.() ?? value : value;

function asTold(key, { place, branch, text, base, made, label, address, tab, load, was, when }) {
  return { key, place, branch, text, base, made, label: label.slice(0, NAME), address, tab, load, was: was ?? {}, when };
}

/**
 * What the program keeps of a story: drafts that no open page shows, and the keys of those that were sent or dropped.
 * @param {string} story whose.
 */
export async function askProgram(story) {
  try {
    return await post(story, { tell: true }) ?? {};
  } catch {
    return {};
  }
}

// A page that is left says at once what it has not said yet: as much as a browser still sends then.
addEventListener("pagehide", () => { if (waiting.size) say(nextMessage(), true); });
addEventListener("online", () => { if (waiting.size) tellAll(); });
