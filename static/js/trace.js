// Pointing at a sentence, a prompt span or a passage lights everything that shares its passages.
(() => {
  const marked = "[data-passages]";
  let pinned = null;

  const light = (source) => {
    const page = document.querySelector("[data-trace]");
    if (!page) return;
    const wanted = new Set(source ? source.dataset.passages.split(" ").filter(Boolean) : []);
    page.querySelectorAll(marked).forEach((element) => {
      const own = element.dataset.passages.split(" ");
      element.classList.toggle("is-lit", own.some((number) => wanted.has(number)));
    });
  };

  const follow = (event) => {
    const source = event.target.closest?.(marked) ?? null;
    if (source === pinned) return;
    pinned = source;
    light(source);
  };

  document.addEventListener("pointerover", follow);
  document.addEventListener("focusin", follow);
  // A link to a passage inside a fold opens the fold; paper shows every fold open.
  addEventListener("beforeprint", () => {
    document.querySelectorAll("[data-trace] details").forEach((fold) => {
      fold.open = true;
    });
  });
})();
