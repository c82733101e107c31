// Marks what was found in the text that is shown: by the browser's own highlights, so that the text stays as it is.

const page = () => document.getElementById("page");

function mark() {
  if (!globalThis.Highlight) return;      // an older browser shows the places in the panel alone
  CSS.highlights.delete("found");
  const words = page().dataset.found?.trim();
  if (!words) return;
  const parts = words.split(/\s+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/['’]/g, "['’]"));
  const pattern = new RegExp(parts.join("\\s+"), "giu");
  const found = new Highlight();
  for (const text of document.querySelectorAll(".manuscript .text")) {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      for (const hit of walker.currentNode.data.matchAll(pattern)) {
        const range = new Range();
        range.setStart(walker.currentNode, hit.index);
        range.setEnd(walker.currentNode, hit.index + hit[0].length);
        found.add(range);
      }
    }
  }
  CSS.highlights.set("found", found);
}

document.addEventListener("shown", mark);
mark();
