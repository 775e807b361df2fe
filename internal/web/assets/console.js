// What makes lists of orders handier where there is script; all works without.
"use strict";

// A box above the ticks ticks or clears them all, and the choice of ticked
// orders says how many there are.
function ticks(list) {
  const all = list.querySelector("#tick-all");
  const chosen = list.querySelector("option[value=ticked]");
  const boxes = () => [...list.querySelectorAll("input[name=order]")];
  const said = chosen.textContent;
  const count = () => {
    const n = boxes().filter((box) => box.checked).length;
    chosen.textContent = n ? said + ": " + n.toLocaleString(document.documentElement.lang) : said;
    all.checked = n > 0 && n === boxes().length;
    all.indeterminate = n > 0 && n < boxes().length;
  };
  all.hidden = false;
  all.addEventListener("change", () => {
    boxes().forEach((box) => { box.checked = all.checked; });
    count();
  });
  list.addEventListener("change", count);
  count(); // a browser that goes back keeps what was ticked
}

document.querySelectorAll("form.ticks").forEach(ticks);
