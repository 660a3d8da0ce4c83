"use strict";
const SIZES = { map: [690, 460], curve: [690, 300], kernel: [690, 600] };     // on paper
const LOOKS = { displaylogo: false, modeBarButtons: [["zoomIn2d", "zoomOut2d", "resetScale2d", "toImage"]] };
const dark = matchMedia("(prefers-color-scheme: dark)");
const narrow = matchMedia("(max-width: 40rem)");
const element = id => document.getElementById(id);
const charts = Object.fromEntries(Object.keys(SIZES).map(name => [name, JSON.parse(element(`${name}-figure`).textContent)]));

/* The page's policy lets exactly this text run, and no other. */
async function unpacked() {
  const bytes = Uint8Array.from(atob(element("plotly").textContent), letter => letter.charCodeAt(0));
  const source = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = document.createElement("script");
  script.textContent = await new Response(source).text();
  document.head.append(script);
  script.remove();
}

function coloured(name, isDark) {
  const figure = structuredClone(charts[name].figure);
  for (const [place, value] of isDark ? charts[name].dark : []) {
    const inner = place.slice(0, -1).reduce((part, key) => part[key], figure);
    inner[place.at(-1)] = structuredClone(value);
  }
  return figure;
}

/* On a narrow page legends and scales stand below their figure, and a finger that moves over it scrolls the page. */
function below({ data, layout }) {
  layout.dragmode = false;
  layout.legend = { ...layout.legend, orientation: "h", x: 0, xanchor: "left", y: -0.3, yanchor: "top" };
  for (const { colorbar } of data) {
    if (colorbar) Object.assign(colorbar, { orientation: "h", y: -0.2, yanchor: "top", title: { text: colorbar.title.text.replaceAll("<br>", " "), side: "top" } });
  }
}

function draw(isDark, onPaper) {
  for (const name in SIZES) {
    const { data, layout } = coloured(name, isDark);
    const [width, height] = SIZES[name];
    if (onPaper) Object.assign(layout, { width, height });
    else if (narrow.matches) below({ data, layout });
    Plotly.newPlot(element(name), data, layout, { ...LOOKS, responsive: !onPaper, displayModeBar: name === "map" && !narrow.matches && "hover" });
  }
  element("map").on("plotly_click", event => show(event.points[0].customdata));
}

function show(index) {
  const row = element(`example-${index}`);
  if (!row) return;
  row.querySelector("details").open = true;
  row.scrollIntoView({ block: "start" });
}

function follow() {
  const found = /^#example-(\d+)$/.exec(location.hash);
  if (found) show(found[1]);
}

const unfold = element("unfold");
unfold.hidden = false;
unfold.addEventListener("click", () => {
  const folded = [...document.querySelectorAll(".chosen details")];
  const open = folded.some(one => !one.open);
  for (const one of folded) one.open = open;
  unfold.textContent = open ? "Close all" : "Open all";
});
addEventListener("hashchange", follow);
follow();

unpacked().then(() => {
  document.body.classList.add("drawn");
  draw(dark.matches);
  for (const setting of [dark, narrow]) setting.addEventListener("change", () => draw(dark.matches));
  addEventListener("beforeprint", () => draw(false, true));
  addEventListener("afterprint", () => draw(dark.matches));
}).catch(reason => {
  document.body.classList.remove("drawn");
  console.warn(reason);
});
