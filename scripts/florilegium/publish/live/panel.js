// Shows the findings of the library over the page, and loads the page again when it has changed.
const shown = new URL(import.meta.url).searchParams.get("site");
let known = -1;

function element(name, text, ...children) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

function item(finding) {
  const made = element("li", "", element("code", finding.place), " ", element("b", finding.severity), `: ${finding.message} `);
  if (finding.rule) made.append(element("code", `[${finding.rule}]`));
  if (finding.help) made.append(element("p", finding.help));
  made.dataset.severity = finding.severity;
  return made;
}

function show(state) {
  const old = document.getElementById("florilegium-findings");
  const open = old ? old.firstChild.open : true;
  old?.remove();
  if (!state.findings.length) return;
  const details = element("details", "", element("summary", state.summary));
  details.open = open;
  if (state.stale) details.append(element("p", state.stale));
  const list = element("ol", "", ...state.findings.map(item));
  if (state.more) list.append(element("li", state.more));
  details.append(list);
  const panel = element("aside", "", details);
  panel.id = "florilegium-findings";
  panel.dataset.kind = state.findings[0].severity;
  panel.setAttribute("role", "status");
  document.body.append(panel);
}

for (;;) {
  try {
    const answer = await fetch(`/~florilegium/state?since=${known}`, { cache: "no-store" });
    const state = await answer.json();
    if (String(state.site) !== shown) location.reload();
    if (state.change !== known) show(state);
    known = state.change;
  } catch {
    await new Promise((done) => setTimeout(done, 1000));
  }
}
