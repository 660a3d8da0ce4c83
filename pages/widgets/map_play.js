// What the browser remembers of the maps on the page while the server draws them anew: how far the
// order of choice has been played, and the part in view. A step of play changes two numbers of one
// trace, by which Plotly colours the diamonds that cover the chosen.

const ORDER = "order of choice" // the name of that trace, see charts/overlays.py
const LOOK_EVERY = 100 // milliseconds between two looks for a map that was drawn anew
// milliseconds for one chosen example, and for all of them
const EACH = 200
const SHORTEST = 3000
const LONGEST = 12000
const AT_ONCE = {
  mode: "immediate",
  frame: {duration: 0, redraw: false},
  transition: {duration: 0},
}
const stages = new WeakMap() // root element -> state of its stage

export default function ({parentElement, data}) {
  const stage = stages.get(parentElement) ?? create(parentElement)
  if (JSON.stringify(data) !== JSON.stringify(stage.data)) receive(stage, data)
  return () => {
    clearInterval(stage.looking)
    stages.delete(parentElement)
  }
}

function create(root) {
  const stage = {
    part: selector => root.querySelector(selector),
    data: null,
    views: {}, // name of a map -> the part of it in view
    busy: false,
    started: null, // when rank 0 was played, null while nothing plays
  }
  stage.part("button").onclick = () => stage.started === null ? play(stage) : pause(stage)
  stage.part("input").oninput = event => {
    stage.started = null
    goTo(stage, Number(event.target.value))
  }
  stage.looking = setInterval(() => look(stage), LOOK_EVERY)
  stages.set(root, stage)
  return stage
}

function receive(stage, data) {
  stage.data = data
  stage.total = stage.rank = data.shares.length
  stage.started = null
  stage.part(".stage").hidden = !stage.total
  stage.part("input").max = stage.total
  showRank(stage)
}

// play

function play(stage) {
  const duration = Math.min(Math.max(stage.total * EACH, SHORTEST), LONGEST)
  const first = stage.rank < stage.total ? stage.rank : 0
  stage.started = performance.now() - duration * first / stage.total
  const tick = now => {
    if (stage.started === null || !stage.part("button").isConnected) return
    const passed = Math.floor((now - stage.started) / duration * stage.total)
    const rank = Math.min(Math.max(passed, 0), stage.total)
    if (rank === stage.total) stage.started = null
    if (rank !== stage.rank || rank === stage.total) goTo(stage, rank)
    requestAnimationFrame(tick)
  }
  goTo(stage, first)
  requestAnimationFrame(tick)
}

function pause(stage) {
  stage.started = null
  showRank(stage)
}

function goTo(stage, rank) {
  stage.rank = rank
  showRank(stage)
  lightMaps(stage)
}

function showRank(stage) {
  const {rank, total, data} = stage
  const isPlaying = stage.started !== null
  const share = rank ? data.shares[rank - 1] : data.nothing
  const button = stage.part("button")
  const counts = `${rank.toLocaleString("en")} of ${total.toLocaleString("en")}`
  stage.part("input").value = rank
  button.textContent = isPlaying ? "❚❚ Pause" : "▶ Play"
  button.title = isPlaying ? "Pause" : "Light up the chosen in order of choice"
  stage.part("output").textContent = `${counts} · ${share} coverage`
}

// the maps

function maps() {
  const charts = [...document.querySelectorAll(".js-plotly-plot")]
  return charts.filter(chart => chart.layout?.meta?.map && chart._fullLayout?.xaxis)
}

function look(stage) {
  for (const map of maps()) {
    if (!map.isWatched) watch(stage, map)
  }
  lightMaps(stage)
}

function watch(stage, map) {
  const name = map.layout.meta.map
  const {x, y} = stage.views[name] ?? {}
  map.isWatched = true
  map.on("plotly_relayout", () => {
    const {xaxis, yaxis} = map._fullLayout
    stage.views[name] = xaxis.autorange ? {} : {x: [...xaxis.range], y: [...yaxis.range]}
  })
  if (x) window.Plotly.relayout(map, {"xaxis.range": x, "yaxis.range": y})
}

async function lightMaps(stage) {
  if (stage.busy) return
  stage.busy = true
  try {
    for (let isLate = true; isLate;) {
      isLate = false
      for (const map of maps()) {
        if (shownRank(map, stage.total) === stage.rank) continue
        isLate = true
        map.lit = stage.rank
        await light(map, stage.rank, stage.total)
      }
    }
  } finally {
    stage.busy = false
  }
}

// Streamlit brings a map back as it was left, so it may be covered: then its rank is not known.
function shownRank(map, total) {
  const isCovered = map.data.some(trace => trace.name === ORDER && trace.visible === true)
  return map.lit ?? (isCovered ? NaN : total)
}

function light(map, rank, total) {
  const index = map.data.findIndex(trace => trace.name === ORDER)
  if (index < 0) return
  if (rank >= total) return window.Plotly.restyle(map, {visible: false}, [index])
  const {visible, type, meta} = map.data[index]
  const cmin = rank - .5 - meta
  const cmax = rank + 1.5 + meta
  if (visible === true && type === "scatter") { // five times as fast, but SVG alone follows
    const data = [{marker: {cmin, cmax, line: {cmin, cmax}}}]
    return window.Plotly.animate(map, [{data, traces: [index]}], AT_ONCE)
  }
  const ends = {
    "marker.cmin": cmin,
    "marker.cmax": cmax,
    "marker.line.cmin": cmin,
    "marker.line.cmax": cmax,
  }
  return window.Plotly.restyle(map, {visible: true, ...ends}, [index])
}
