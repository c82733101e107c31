// The manuscript is a page that one writes in: a click into a passage opens it where it stands, the caret where the click was.

let aimed = null;     // where the caret is to be, and how high the passage stood

document.addEventListener("click", (event) => {
  const text = event.target.closest?.(".write .paragraph > .text");
  const pen = text?.parentElement.querySelector(".pen");
  if (!pen || event.target.closest("a, button") || !getSelection().isCollapsed) return;
  aimed = { id: text.parentElement.id, before: textBefore(text, event), top: text.getBoundingClientRect().top };
  pen.click();
});

/** What stands in a passage before the place that was clicked, as it is shown. */
function textBefore(text, { clientX, clientY }) {
  const at = document.caretPositionFromPoint?.(clientX, clientY);
  if (!at || !text.contains(at.offsetNode)) return "";
  const range = new Range();
  range.setStart(text, 0);
  range.setEnd(at.offsetNode, at.offset);
  return range.toString();
}

document.addEventListener("shown", () => requestAnimationFrame(() => {
  const field = aimed && document.querySelector(`#${aimed.id} .inplace textarea`);
  if (!field) return;
  const { before, top } = aimed;
  aimed = null;
  const place = behind(field.value, before);
  field.setSelectionRange(place, place);
  scrollBy({ top: field.getBoundingClientRect().top - top, behavior: "instant" });
}));

/** How far into a text one is behind a beginning of it that is shown without its marks. */
export function behind(text, shown) {
  let at = 0;
  for (const letter of shown) {
    const found = text.indexOf(letter, at);
    if (found < 0) return at;
    at = found + letter.length;
  }
  return at;
}

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.(".inplace");
  if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  // With Shift, the model goes on where the caret stands.
  form.requestSubmit((event.shiftKey && form.querySelector("button[name=on]")) || form.querySelector("button.first"));
});

// What is selected in a passage's field is what is to be rewritten; places are counted in characters, not in halves of them.
document.addEventListener("selectionchange", () => {
  const field = document.activeElement;
  if (!field?.matches?.(".inplace > textarea")) return;
  const form = field.closest(".paragraph")?.querySelector(".rewriting form");
  if (!form) return;
  const { value, selectionStart: start, selectionEnd: end } = field;
  for (const beginning of field.closest(".paragraph").querySelectorAll("[name=beginning]")) {
    beginning.value = value.slice(0, start);
    beginning.toggleAttribute("data-typed", true);
  }
  const said = { start: String([...value.slice(0, start)].length), selected: value.slice(start, end) };
  for (const [name, text] of Object.entries(said)) {
    const hidden = form.elements.namedItem(name);
    hidden.value = said.selected ? text : "";
    hidden.toggleAttribute("data-typed", Boolean(said.selected));
  }
  const chosen = form.querySelector(".chosen");
  const short = said.selected.length > 80 ? `${said.selected.slice(0, 80)}…` : said.selected;
  chosen.textContent = said.selected ? chosen.dataset.some.replace("{text}", () => short) : chosen.dataset.all;
});
