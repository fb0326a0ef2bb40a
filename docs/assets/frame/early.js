// Runs in the head of every page, before anything is painted, and therefore is no module.
// It says on <html> that scripts run, and sets the colours that the reader has chosen, or else those of the system.
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.remove("no-js");
  root.classList.add("js");

  var dark = matchMedia("(prefers-color-scheme: dark)");
  function paint() {
    var chosen = null;
    try {
      chosen = localStorage.getItem("florilegium-scheme");
    } catch (error) {
      // Storage may be closed to this page; then the system decides.
    }
    if (chosen !== "slate" && chosen !== "default") chosen = dark.matches ? "slate" : "default";
    root.setAttribute("data-md-color-scheme", chosen);
  }
  paint();
  dark.addEventListener("change", paint);
  addEventListener("storage", paint);

  if (location.protocol !== "file:") return;
  // Opened from a disk: browsers load no modules there, so there is no search; and nobody turns the address of a folder
  // into that of the page in it.
  root.classList.add("fl-file");
  addEventListener("click", function (event) {
    var link = event.target instanceof Element && event.target.closest("a[href]");
    if (link instanceof HTMLAnchorElement && link.protocol === "file:" && link.pathname.endsWith("/")) link.pathname += "index.html";
  });
  addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll(".fl-search-link").forEach(function (link) {
      link.setAttribute("title", "The search needs a web server. From a disk, this leads to the list of all quotations.");
    });
  });
})();
