// One mouse for the charts of a page: a drag draws, which is Plotly's own lasso or box, and a click
// reads what is nearest to it, wherever it lands. What is open wears a ring, which moves without the
// chart being drawn anew. A chart has a name in its layout: meta.map, or meta.chart.

const STEADY = 5 // pixels that the mouse may move within a click
const REACH = 16 // pixels from a click within which a point is taken
const RING = 24 // pixels across
const LOOK_EVERY = 100 // milliseconds between two looks for a chart that was drawn anew
const mice = new WeakMap() // root element -> state

export default function ({parentElement, data, setTriggerValue}) {
  const mouse = mice.get(parentElement) ?? create(parentElement)
  mouse.data = data
  mouse.send = click => setTriggerValue("clicked", click)
  look(mouse)
  return () => {
    clearInterval(mouse.looking)
    window.removeEventListener("scroll", mouse.forget, true)
    for (const chart of charts()) chart.ring?.remove()
    mice.delete(parentElement)
  }
}

function create(root) {
  const mouse = {data: {}, send: () => {}, forget: () => charts().forEach(unhover)}
  mouse.looking = setInterval(() => look(mouse), LOOK_EVERY)
  window.addEventListener("scroll", mouse.forget, true)
  mice.set(root, mouse)
  return mouse
}

function nameOf(chart) {
  return chart.layout?.meta?.map ?? chart.layout?.meta?.chart
}

function charts() {
  const drawn = [...document.querySelectorAll(".js-plotly-plot")]
  return drawn.filter(chart => nameOf(chart) && chart._fullLayout?.xaxis)
}

function look(mouse) {
  for (const chart of charts()) {
    if (chart.mouse !== mouse) watch(mouse, chart)
    placeRing(mouse, chart)
  }
}

function watch(mouse, chart) {
  const isNew = chart.mouse === undefined
  chart.mouse = mouse
  if (!isNew) return
  chart.addEventListener("pointerdown", event => press(chart, event), true)
  chart.addEventListener("pointerleave", () => unhover(chart))
}

// a label that nothing is under any more

function unhover(chart) {
  if (chart.querySelector(".hovertext")) window.Plotly.Fx.unhover(chart)
}

// clicks

function press(chart, down) {
  if (down.button !== 0 || down.target.closest?.(".modebar, .legend") || !isOn(chart, down)) return
  const release = up => {
    const isSteady = Math.hypot(up.clientX - down.clientX, up.clientY - down.clientY) <= STEADY
    if (isSteady) chart.mouse.send(placeOf(chart, up))
  }
  document.addEventListener("pointerup", release, {capture: true, once: true})
}

function pixelsOf(chart, {clientX, clientY}) {
  const {left, top} = chart.getBoundingClientRect()
  const {xaxis, yaxis} = chart._fullLayout
  return [clientX - left - xaxis._offset, clientY - top - yaxis._offset]
}

function isOn(chart, event) {
  const [x, y] = pixelsOf(chart, event)
  const {xaxis, yaxis} = chart._fullLayout
  return x >= 0 && y >= 0 && x <= xaxis._length && y <= yaxis._length
}

function placeOf(chart, event) {
  const [x, y] = pixelsOf(chart, event)
  const {xaxis, yaxis} = chart._fullLayout
  return {
    chart: nameOf(chart),
    x: xaxis.p2d(x),
    y: yaxis.p2d(y),
    across: Math.abs(xaxis.p2d(x + REACH) - xaxis.p2d(x)),
    down: Math.abs(yaxis.p2d(y + REACH) - yaxis.p2d(y)),
  }
}

// the ring

function placeRing(mouse, chart) {
  const place = mouse.data.places?.[nameOf(chart)]
  const {xaxis, yaxis} = chart._fullLayout
  const ring = ringOf(chart)
  const x = place ? xaxis.d2p(place[0]) : -1, y = place ? yaxis.d2p(place[1]) : -1
  const isInside = x >= 0 && y >= 0 && x <= xaxis._length && y <= yaxis._length
  ring.style.display = isInside ? "block" : "none"
  ring.style.borderColor = mouse.data.ink
  ring.style.left = `${xaxis._offset + x - RING / 2}px`
  ring.style.top = `${yaxis._offset + y - RING / 2}px`
}

function ringOf(chart) {
  const plane = chart.querySelector(".svg-container")
  if (chart.ring?.parentElement === plane) return chart.ring
  chart.ring = document.createElement("div")
  chart.ring.className = "chart-ring"
  const size = `${RING}px`
  Object.assign(chart.ring.style, {position: "absolute", width: size, height: size,
    boxSizing: "border-box", border: "2.5px solid", borderRadius: "50%", pointerEvents: "none"})
  plane.append(chart.ring)
  return chart.ring
}
