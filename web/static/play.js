// Where one plays, the hands stay where they were: the field stays while a scene is written, and what was chosen with a key
// leads back to it when the choices are others.

const acts = () => document.getElementById("acts");
let wasThere = false;   // whether the focus was last among what one can do

addEventListener("focusin", ({ target }) => { wasThere = Boolean(target.closest?.("#acts, .back-and-again, #stop-scene")); });

document.addEventListener("shown", () => {
  const isLost = document.activeElement === document.body || !document.activeElement;
  if (!wasThere || !isLost || !acts()) return;
  const field = document.getElementById("own-words");
  // A field that takes the focus by itself would open a phone's keyboard over the scene.
  const place = field && matchMedia("(pointer: fine)").matches ? field : document.getElementById("next");
  place?.focus({ preventScroll: true });
});
