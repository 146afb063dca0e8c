// Shows times in the reader's own zone with UTC beside, where the reader asks for it.
(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const beside = (time) => {
    const words = document.querySelector("[data-times-toggle]")?.dataset.beside ?? "{time} {zone}";
    return words.replace("{time}", time).replace("{zone}", zone);
  };
  const isOn = () => localStorage.getItem("times") === "own";
  const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

  // A day alone is a day of a document or of a report, not a moment: it stays as it is.
  const hasClock = (element) => /\d:\d\d/.test(element.dataset.utc);

  const tell = (element) => {
    element.dataset.utc ??= element.textContent;
    if (!hasClock(element)) return;
    const moment = new Date(element.dateTime);
    const own = /^\d\d:/.test(element.dataset.utc)
      ? clock.format(moment)
      : `${day.format(moment)}, ${clock.format(moment)}`;
    const utc = element.dataset.utc.replace(/^.*, /, "").replace(/( UTC)?$/, " UTC");
    element.textContent = isOn() ? `${own} (${utc})` : element.dataset.utc;
    element.title = isOn() ? element.dataset.utc : beside(own);
  };

  const tellAll = (part) => {
    part.querySelectorAll("time[datetime]").forEach(tell);
    document.querySelectorAll("[data-times-toggle]").forEach((button) => {
      button.hidden = zone === "UTC";
      button.setAttribute("aria-pressed", String(isOn()));
      button.textContent = button.dataset.says.replace("{zone}", zone);
    });
  };

  document.addEventListener("DOMContentLoaded", () => tellAll(document));
  document.addEventListener("htmx:load", (event) => tellAll(event.target));
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-times-toggle]")) return;
    localStorage.setItem("times", isOn() ? "utc" : "own");
    tellAll(document);
  });
})();
