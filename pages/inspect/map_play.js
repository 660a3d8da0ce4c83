// What the browser keeps of the maps on the page while the server draws them anew: how far the order of choice has been played, and the
// part in view. A step of play changes two numbers of one trace, by which Plotly colours the diamonds that cover the chosen.

const ORDER = "order of choice"                                    // the name of that trace, see overlays.py
const LOOK = 100                                                   // milliseconds between two looks for a map that was drawn anew
const EACH = 200, SHORTEST = 3000, LONGEST = 12000                 // milliseconds for one chosen example, for all of them
const AT_ONCE = {mode: "immediate", frame: {duration: 0, redraw: false}, transition: {duration: 0}}
const stages = new WeakMap()

export default function ({parentElement, data}) {
  const stage = stages.get(parentElement) ?? opened(parentElement)
  if (JSON.stringify(data) !== JSON.stringify(stage.data)) arrived(stage, data)
  return () => { clearInterval(stage.looking); stages.delete(parentElement) }
}

function opened(root) {
  const stage = {part: name => root.querySelector(name), data: null, views: {}, busy: false, started: null}
  stage.part("button").onclick = () => stage.started === null ? play(stage) : paused(stage)
  stage.part("input").oninput = event => { stage.started = null; went(stage, Number(event.target.value)) }
  stage.looking = setInterval(() => look(stage), LOOK)
  stages.set(root, stage)
  return stage
}

function arrived(stage, data) {
  stage.data = data
  stage.total = stage.place = data.shares.length
  stage.started = null
  stage.part(".stage").hidden = !stage.total
  stage.part("input").max = stage.total
  told(stage)
}

// play

function play(stage) {
  const whole = Math.min(Math.max(stage.total * EACH, SHORTEST), LONGEST), from = stage.place < stage.total ? stage.place : 0
  stage.started = performance.now() - whole * from / stage.total
  const tick = now => {
    if (stage.started === null || !stage.part("button").isConnected) return
    const place = Math.min(Math.max(Math.floor((now - stage.started) / whole * stage.total), 0), stage.total)
    if (place === stage.total) stage.started = null
    if (place !== stage.place || place === stage.total) went(stage, place)
    requestAnimationFrame(tick)
  }
  went(stage, from)
  requestAnimationFrame(tick)
}

function paused(stage) {
  stage.started = null
  told(stage)
}

function went(stage, place) {
  stage.place = place
  told(stage)
  lit(stage)
}

function told(stage) {
  const {place, total, data} = stage, share = place ? data.shares[place - 1] : data.nothing
  stage.part("input").value = place
  stage.part("button").textContent = stage.started !== null ? "❚❚ Pause" : "▶ Play"
  stage.part("button").title = stage.started !== null ? "Pause" : "Light up the chosen in order of choice"
  stage.part("output").textContent = `${place.toLocaleString("en")} of ${total.toLocaleString("en")}, reaching ${share}`
}

// the maps

function maps() {
  return [...document.querySelectorAll(".js-plotly-plot")].filter(map => map.layout?.meta?.map && map._fullLayout?.xaxis)
}

function look(stage) {
  for (const map of maps()) if (!map.kept) remembered(stage, map)
  lit(stage)
}

function remembered(stage, map) {
  const name = map.layout.meta.map, {x, y} = stage.views[name] ?? {}
  map.kept = true
  map.on("plotly_relayout", () => {
    const {xaxis, yaxis} = map._fullLayout
    stage.views[name] = xaxis.autorange ? {} : {x: [...xaxis.range], y: [...yaxis.range]}
  })
  if (x) window.Plotly.relayout(map, {"xaxis.range": x, "yaxis.range": y})
}

async function lit(stage) {
  if (stage.busy) return
  stage.busy = true
  try {
    for (let late = true; late;) {
      late = false
      for (const map of maps()) if (placed(map, stage.total) !== stage.place) {
        late = true
        await uncovered(map, map.lit = stage.place, stage.total)
      }
    }
  } finally { stage.busy = false }
}

function placed(map, total) {                                       // Streamlit brings a map back as it was left, so it may be covered
  return map.lit ?? (map.data.some(one => one.name === ORDER && one.visible === true) ? NaN : total)
}

function uncovered(map, place, total) {
  const trace = map.data.findIndex(one => one.name === ORDER)
  if (trace < 0) return
  if (place >= total) return window.Plotly.restyle(map, {visible: false}, [trace])
  const {visible, type, meta} = map.data[trace], cmin = place - .5 - meta, cmax = place + 1.5 + meta
  if (visible === true && type === "scatter")                      // five times as fast, but SVG alone follows
    return window.Plotly.animate(map, [{data: [{marker: {cmin, cmax, line: {cmin, cmax}}}], traces: [trace]}], AT_ONCE)
  const ends = {"marker.cmin": cmin, "marker.cmax": cmax, "marker.line.cmin": cmin, "marker.line.cmax": cmax}
  return window.Plotly.restyle(map, {visible: true, ...ends}, [trace])
}
