// Pointing at a sentence, a prompt span, a passage or a box lights everything that shares its
// passages; what lies out of sight of it is named in a corner. Escape puts that away.
(() => {
  const marked = "[data-passages]";
  const MOST = 5;
  let pinned = null;
  let corner = null;

  const numbersOf = (element) => element.dataset.passages.split(" ").filter(Boolean);

  const light = (source) => {
    const page = document.querySelector("[data-trace]");
    if (!page) return;
    const wanted = new Set(source ? numbersOf(source) : []);
    page.querySelectorAll(marked).forEach((element) => {
      element.classList.toggle("is-lit", numbersOf(element).some((number) => wanted.has(number)));
    });
  };

  const isSeen = (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };

  const line = (number, passage) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = `#passage-${number}`;
    link.textContent = `Passage ${number}`;
    const words = passage.querySelector("blockquote")?.textContent.trim() ?? "";
    const title = passage.querySelector("h3")?.textContent.trim() ?? "";
    item.append(link, `, ${title}`, document.createElement("br"), words.slice(0, 180));
    if (words.length > 180) item.append(" …");
    return item;
  };

  const putAway = () => {
    corner?.remove();
    corner = null;
  };

  const name = (source) => {
    if (corner?.contains(source)) return;
    putAway();
    const whole = source?.closest(".sentence, .span");
    if (!whole) return;
    const unseen = numbersOf(whole)
      .map((number) => [number, document.getElementById(`passage-${number}`)])
      .filter(([, passage]) => passage && !isSeen(passage));
    if (!unseen.length) return;
    const heading = document.createElement("h2");
    const isSentence = whole.classList.contains("sentence");
    const page = document.querySelector("[data-trace]");
    heading.textContent = isSentence ? page.dataset.restsOn : page.dataset.comesFrom;
    const list = document.createElement("ul");
    list.append(...unseen.slice(0, MOST).map(([number, passage]) => line(number, passage)));
    corner = document.createElement("aside");
    corner.className = "rests-on";
    corner.append(heading, list);
    page.append(corner);
  };

  const follow = (event) => {
    if (corner?.contains(event.target)) return;
    const source = event.target.closest?.(marked) ?? null;
    if (source === pinned) return;
    pinned = source;
    light(source);
    name(source);
  };

  document.addEventListener("pointerover", follow);
  document.addEventListener("focusin", follow);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") putAway();
  });
  // A link to a passage inside a fold opens the fold; paper shows every fold open.
  addEventListener("beforeprint", () => {
    document.querySelectorAll("[data-trace] details").forEach((fold) => {
      fold.open = true;
    });
  });
})();
