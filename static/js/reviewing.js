// Reviewing by keyboard alone. Every key leads to what Tab reaches as well; the sheet (?) names
// them and switches them off, and none acts while somebody types.
(() => {
  const STORE = "ragledger-keys";
  const typing = "input:not([type=radio]):not([type=checkbox]), select, textarea";
  const sheet = () => document.querySelector("[data-keys]");
  const areOn = () => localStorage.getItem(STORE) !== "off";

  const show = (element) => {
    element.scrollIntoView({ block: "center" });
    element.focus({ preventScroll: true });
  };

  const openSheet = () => {
    const dialog = sheet();
    if (!dialog || dialog.open) return;
    dialog.querySelector("[data-keys-on]").checked = areOn();
    dialog.showModal();
  };

  const steps = () => {
    const sentences = document.querySelectorAll("[data-review] .sentence");
    sentences.forEach((sentence) => {
      sentence.tabIndex = -1;
    });
    return [...(sentences.length ? sentences : document.querySelectorAll("[data-row]"))];
  };

  const step = (by) => {
    const all = steps();
    if (!all.length) return;
    const at = all.findIndex((each) => each.contains(document.activeElement));
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by;
    show(all[Math.min(Math.max(next, 0), all.length - 1)]);
  };

  const focusedSentence = () =>
    document.activeElement?.closest?.(".sentence")?.id.replace("sentence-", "");

  const openForm = (key) => {
    const place = document.querySelector(`[data-key-open="${key}"]`);
    if (!place) return false;
    const number = focusedSentence();
    if (place.matches("details")) place.open = true;
    const select = place.querySelector("select[name=sentence]");
    if (key === "f" && number && select) select.selectedIndex = Number(number);
    show(place.querySelector("input[type=radio]:checked, textarea, select, input:not([type=hidden])"));
    return true;
  };

  const follow = (key) => {
    const link = document.querySelector(`a[data-key="${key}"]`);
    if (link) link.click();
    return Boolean(link);
  };

  const act = (key) => {
    if (key === "j") step(1);
    else if (key === "k") step(-1);
    else if ("frcas".includes(key)) return openForm(key);
    else if ("ntl".includes(key)) return follow(key);
    else return false;
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || sheet()?.open) return;
    const field = event.target.closest?.(typing);
    if (field) {
      if (event.key === "Escape") field.blur();
      return;
    }
    if (event.key === "?") openSheet();
    else if (event.key.length !== 1 || !areOn() || !act(event.key)) return;
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys-open]")) openSheet();
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-keys-on]")) {
      localStorage.setItem(STORE, event.target.checked ? "on" : "off");
    }
  });
})();
