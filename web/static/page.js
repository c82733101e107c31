// What a page does beyond links and forms: it follows what is being written, and takes a new version of itself in place,
// so that nothing jumps and nothing a person is typing is lost. Without this script every link and form still works.
"use strict";
(() => {
  const page = () => document.getElementById("page");
  let socket = null;
  let heard = 0;         // the last number that the page shows
  let feed = "";
  let wait = 500;
  let looking = null;

  // A field that a person has changed keeps what they wrote.
  document.addEventListener("input", (event) => event.target.toggleAttribute("data-typed", true));

  const options = {
    morphStyle: "outerHTML",
    callbacks: {
      beforeNodeMorphed: (old) => !(old instanceof Element && old.hasAttribute("data-typed") && old.isConnected),
      beforeAttributeUpdated: (name, node) => !(name === "open" && node instanceof HTMLDetailsElement),
    },
  };

  function show(text, address) {
    const made = new DOMParser().parseFromString(text, "text/html");
    const fresh = made.getElementById("page");
    if (!fresh) { location.assign(address); return; }
    const atEnd = isNearEnd();
    const kind = page().className;
    if (address && address !== location.href) history.pushState(null, "", address);
    if (kind === fresh.className) Idiomorph.morph(page(), fresh, options);
    else page().replaceWith(fresh);
    document.title = made.title;
    settle();
    const field = document.querySelector("[data-focus]:not([data-focused])");
    if (field) { field.toggleAttribute("data-focused", true); field.focus({ preventScroll: true }); field.scrollIntoView({ block: "center" }); }
    else if (atEnd) keepInView();
    follow();
  }

  // Where a person goes wins over a page that only looks again: what that finds by then is no longer asked for.
  let turn = 0;

  async function look(address = location.href, init = {}, form = null, isGoing = true) {
    const mine = isGoing ? (turn += 1) : turn;
    const answer = await fetch(address, { credentials: "same-origin", ...init });
    // What was refused stays in its fields.
    if (form && answer.ok) form.querySelectorAll("[data-typed]").forEach((field) => field.removeAttribute("data-typed"));
    if (mine !== turn) return;
    const type = answer.headers.get("content-type") || "";
    if (!type.startsWith("text/html")) { say(await answer.text()); return; }
    const to = init.method === "POST" && !answer.redirected ? location.href : answer.url + hash(address);
    const text = await answer.text();
    if (mine !== turn) return;
    if (isGoing) { turn += 1; clearTimeout(looking); }
    show(text, to);
  }

  const hash = (address) => new URL(address, location.href).hash;

  function lookSoon() {
    clearTimeout(looking);
    looking = setTimeout(() => look(location.href, {}, null, false).catch(() => {}), 30);
  }

  function say(words) {
    document.getElementById("status").textContent = words;
  }

  // Text in flight.
  function settle() {
    const at = page().dataset;
    if (at.feed === undefined) return;
    // The page shows what there was when it was made. What was heard since is asked for once more.
    if (socket && (feed !== at.feed || heard !== Number(at.number))) leave();
    arrived.clear();
    feed = at.feed;
    heard = Number(at.number);
  }

  function follow() {
    const to = page().dataset.live;
    if (socket && socket.to === to) return;
    leave();
    if (!to) return;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(`${scheme}//${location.host}${to}?feed=${feed}&number=${heard}`);
    socket.to = to;
    socket.onopen = () => { wait = 500; };
    socket.onmessage = (event) => hear(JSON.parse(event.data));
    socket.onclose = () => { socket = null; setTimeout(follow, wait); wait = Math.min(wait * 2, 5000); };
  }

  function leave() {
    if (!socket) return;
    socket.onclose = socket.onmessage = null;
    socket.close();
    socket = null;
  }

  function hear(news) {
    heard = news.number;
    if (news.kind === "changed") { lookSoon(); return; }
    if (news.kind === "text") {
      if (!arrived.size) requestAnimationFrame(put);
      arrived.set(news.branch, (arrived.get(news.branch) || "") + news.words);
    } else if (news.kind === "status" && page().dataset.quiet === undefined) {
      const place = document.getElementById("doing");
      if (place) place.textContent = news.words;
      say(news.words);
    } else if (news.kind === "note") {
      const place = document.getElementById("note");
      if (place && page().dataset.quiet === undefined) place.textContent = news.words;
    }
  }

  // What arrived since the last frame, by branch.
  const arrived = new Map();

  function put() {
    const atEnd = isNearEnd();
    for (const [branch, words] of arrived) {
      const place = [...document.querySelectorAll("[data-branch].text")].find((node) => node.dataset.branch === branch);
      if (!place) { lookSoon(); continue; }
      // One text node grows: a paragraph of a thousand pieces stays quick.
      if (place.lastChild instanceof Text) place.lastChild.appendData(words);
      else place.append(words);
    }
    arrived.clear();
    if (atEnd) keepInView();
  }

  // A reader at the end of the text stays there while it grows; one who has scrolled up is left alone.
  function isNearEnd() {
    const live = document.querySelector(".live");
    if (!live) return false;
    const low = live.getBoundingClientRect().bottom;
    return low > 0 && low < innerHeight + 120;
  }

  function keepInView() {
    const live = document.querySelector(".live");
    if (!live) return;
    const over = live.getBoundingClientRect().bottom - innerHeight * 0.8;
    if (over > 0) scrollBy({ top: over });
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.hasAttribute("data-plain") || event.defaultPrevented) return;
    event.preventDefault();
    const data = new URLSearchParams(new FormData(form, event.submitter));
    if (form.method === "get") { look(`${form.action}?${data}`).catch(() => form.submit()); return; }
    if (form.dataset.sent) return;   // a second click
    form.dataset.sent = "1";
    look(form.action, { method: "POST", body: data }, form)
      .catch(() => say("The server does not answer."))
      .finally(() => { delete form.dataset.sent; });
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-morph]");
    const menu = document.querySelector("details.menu[open]");
    if (menu && !menu.contains(event.target)) menu.open = false;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const address = link.href.baseVal || link.href;
    look(new URL(address, location.href).href).catch(() => location.assign(address));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; });
  });

  addEventListener("popstate", () => look().catch(() => location.reload()));
  settle();
  follow();
  const field = document.querySelector("[data-focus]");
  if (field) field.focus();
  else if (!location.hash && page().matches(".write, .play")) {
    const texts = document.querySelectorAll(".manuscript .text");
    if (texts.length > 1) texts[texts.length - 1].scrollIntoView({ block: "start" });
  }
})();
