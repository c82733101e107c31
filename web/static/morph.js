// Makes the page that is shown like one that the server made anew, in place. What is the same stays the same node: so
// focus, caret, selection, scroll, what was unfolded and what a person is typing are kept, and nothing flickers.
//
// Children are paired: by id, wherever on the page the old one is; else with one that is equal, else with the next of
// their kind. A pair is made alike; what has no partner comes or goes; as few nodes as can be are moved.

/** Attributes that the page's own scripts set: the server knows nothing of them. */
const OWN = new Set(["data-typed", "data-focused", "data-sent"]);

/**
 * Make a tree like another.
 * @param {Element} root what is shown.
 * @param {Element} wanted what it is to be like: of another document, and used up.
 * @param {(element: Element) => boolean} isKept whether an element, with all in it, is left as it is.
 */
export function morph(root, wanted, isKept = () => false) {
  const byId = new Map([...root.querySelectorAll("[id]")].map((element) => [element.id, element]));
  const used = new Set();
  const gone = [];
  const giveFocusBack = rememberFocus();

  function makeAlike(old, fresh) {
    if (!(old instanceof Element)) {
      rewrite(old, fresh.data);
    } else if (!isKept(old)) {
      takeAttributes(old, fresh);
      takeChildren(old, fresh);
      takeValue(old, fresh);
    }
  }

  function takeChildren(parent, source) {
    const olds = [...parent.childNodes];
    const children = [...source.childNodes];
    const partners = pair(parent, olds, children);
    gone.push(...olds.filter((old) => !used.has(old)));
    const places = new Map(olds.map((old, place) => [old, place]));
    const staying = longestRising(partners.map((partner) => places.get(partner)));
    let after = null;
    for (let at = children.length - 1; at >= 0; at -= 1) {
      const node = partners[at] ?? children[at];
      if (!staying.has(at)) put(parent, node, after);
      after = node;
    }
    partners.forEach((partner, at) => { if (partner) makeAlike(partner, children[at]); });
  }

  /** The partner of each child, if it has one. */
  function pair(parent, olds, children) {
    const free = new Map();
    for (const old of olds) {
      if (!old.id && !used.has(old)) free.set(kind(old), free.get(kind(old)) ?? []).get(kind(old)).push(old);
    }
    const partners = children.map((fresh) => fresh.id ? byItsId(fresh, parent) : undefined);
    const choose = (choice) => children.forEach((fresh, at) => {
      if (fresh.id || partners[at]) return;
      const candidates = free.get(kind(fresh)) ?? [];
      const chosen = candidates.findIndex((old) => choice(old, fresh));
      if (chosen < 0) return;
      [partners[at]] = candidates.splice(chosen, 1);
      used.add(partners[at]);
    });
    choose((old, fresh) => old.isEqualNode(fresh));
    choose(() => true);
    return partners.map((partner, at) => partner ?? shell(children[at]));
  }

  function byItsId(fresh, parent) {
    const old = byId.get(fresh.id);
    if (!old || old.nodeName !== fresh.nodeName || old.contains(parent)) return undefined;
    byId.delete(fresh.id);
    used.add(old);
    return old;
  }

  /** An empty element for a new one that is to hold some that are on the page already. */
  function shell(fresh) {
    const holds = fresh instanceof Element && [...fresh.querySelectorAll("[id]")].some((inner) => byId.has(inner.id));
    return holds ? document.importNode(fresh, false) : undefined;
  }

  makeAlike(root, wanted);
  // Not sooner: what moves to another parent may stand in something that goes.
  gone.filter((node) => !used.has(node)).forEach((node) => node.remove());
  giveFocusBack();
}

/** Only nodes of one kind become one another. */
function kind(node) {
  if (!(node instanceof Element)) return node.nodeName;
  return [node.nodeName, node.classList[0], node.getAttribute("name"), node.getAttribute("action")].join(" ");
}

/** Which of these places, none twice, can stay where they are: a longest run of them that rises. */
function longestRising(places) {
  const ends = [];     // of the runs of each length, the one that ends lowest
  const before = [];
  places.forEach((place, at) => {
    if (place === undefined) return;
    let length = ends.length;
    while (length && places[ends[length - 1]] > place) length -= 1;
    before[at] = ends[length - 1];
    ends[length] = at;
  });
  const run = new Set();
  for (let at = ends.at(-1); at !== undefined; at = before[at]) run.add(at);
  return run;
}

function put(parent, node, after) {
  const isHere = node.isConnected && node.ownerDocument === document && parent.isConnected;
  // Where a browser can move a node without taking it out, its scroll and focus go with it.
  if (isHere && parent.moveBefore) parent.moveBefore(node, after);
  else parent.insertBefore(node, after);
}

/** Change only the part of a text that differs, so that a selection in the rest stays. */
function rewrite(text, wanted) {
  const old = text.data;
  if (old === wanted) return;
  const most = Math.min(old.length, wanted.length);
  let start = 0;
  while (start < most && old[start] === wanted[start]) start += 1;
  let end = 0;
  while (end < most - start && old.at(-1 - end) === wanted.at(-1 - end)) end += 1;
  text.replaceData(start, old.length - end - start, wanted.slice(start, wanted.length - end));
}

function takeAttributes(old, fresh) {
  // What a person has unfolded stays so.
  const isOwn = (name) => OWN.has(name) || (name === "open" && old instanceof HTMLDetailsElement);
  for (const { name } of [...old.attributes]) {
    if (!isOwn(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (!isOwn(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

/** What a field shows is no attribute once it was changed. */
function takeValue(old, fresh) {
  if (!old.matches("input, textarea, select") || old.type === "file") return;
  if (old.value !== fresh.value) old.value = fresh.value;
  if (old.checked !== fresh.checked) old.checked = fresh.checked;
}

/** Gives a function that puts the focus, and the caret or selection in a field, back to where they are now. */
function rememberFocus() {
  const field = document.activeElement;
  const { selectionStart: start, selectionEnd: end, selectionDirection: direction } = field ?? {};
  return () => {
    if (!field?.isConnected || field === document.body) return;
    if (document.activeElement !== field) field.focus({ preventScroll: true });
    const isElsewhere = field.selectionStart !== start || field.selectionEnd !== end;
    if (typeof start === "number" && isElsewhere) field.setSelectionRange(start, end, direction);
  };
}
