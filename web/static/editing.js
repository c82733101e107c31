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
  form.requestSubmit(form.querySelector("button.first"));
});
