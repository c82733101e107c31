// What a page does beyond links and forms: it follows what is being written, and takes a new version of itself in place,
// so that nothing jumps and nothing a person is typing is lost. Without this script every link and form still works.
import "./play.js";
import { keep, leave, load, lookAfter, sentWith } from "./drafts.js";
import "./editing.js";
import { follow, warn } from "./live.js";
import { look, lookSoon } from "./navigation.js";
import { comeBack } from "./place.js";
import "./find.js";
import "./keys.js";

// A field that a person has changed keeps what they wrote; of radio buttons, all do.
document.addEventListener("input", ({ target }) => {
  const group = target.type === "radio" && target.form ? [...target.form.elements] : [target];
  group.filter((field) => field.name === target.name).forEach((field) => field.toggleAttribute("data-typed", true));
  keep(target);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.hasAttribute("data-plain") || event.defaultPrevented) return;
  event.preventDefault();
  const data = new URLSearchParams(new FormData(form, event.submitter));
  if (form.method === "get") { look(`${form.action}?${data}`).catch(() => form.submit()); return; }
  if (form.dataset.sent) return;   // a second click
  form.dataset.sent = "1";
  const drafts = sentWith(form, data);
  if (Object.keys(drafts).length) data.set("drafts", JSON.stringify(drafts));
  look(form.action, { method: "POST", body: data }, form)
    .catch(() => warn(document.getElementById("notice").dataset.noAnswer))
    .finally(() => { delete form.dataset.sent; });
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-morph]");
  const menu = document.querySelector("details.menu[open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (link.hasAttribute("data-leaves")) leave(link.closest("section, article"));
  const address = link.href.baseVal || link.href;
  look(new URL(address, location.href).href).catch(() => location.assign(address));
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; });
});

addEventListener("popstate", () => look().catch(() => location.reload()));

follow(lookSoon, load);
lookAfter();
const field = document.querySelector("[data-focus]");
if (field) {
  field.toggleAttribute("data-focused", true);
  field.focus();
} else if (!location.hash) {
  comeBack();
}
