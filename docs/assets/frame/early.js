// Runs in the head of every page, before anything is painted, and therefore is no module.
// It says on <html> that scripts run, and sets the colours that the reader has chosen.
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.remove("no-js");
  root.classList.add("js");

  function paint() {
    var chosen = null;
    try {
      chosen = localStorage.getItem("florilegium-scheme");
    } catch (error) {
      // Storage may be closed to this page; then the system decides.
    }
    if (chosen === "light" || chosen === "dark") root.setAttribute("data-scheme", chosen);
    else root.removeAttribute("data-scheme");
  }
  paint();
  addEventListener("storage", paint);

  if (location.protocol !== "file:") return;
  // Opened from a disk: browsers load no modules there, so what needs one is not shown; and nobody turns the address of
  // a folder into that of the page in it.
  root.classList.add("from-disk", "fl-file");
  addEventListener("click", function (event) {
    var link = event.target instanceof Element && event.target.closest("a[href]");
    if (link instanceof HTMLAnchorElement && link.protocol === "file:" && link.pathname.endsWith("/")) link.pathname += "index.html";
  });
})();
