// What the browser remembers of the maps on the page while the server draws them anew: how far the
// order of choice has been played, and the part in view. A step of play changes two numbers of one
// trace, by which Plotly colours the diamonds that cover the chosen. Where the server asks for it, the
// order plays once by itself in a browser tab, until a person does anything.

const ORDER = "order of choice" // the name of that trace, see charts/overlays.py
const LOOK_EVERY = 100 // milliseconds between two looks for a map that was drawn anew
// milliseconds for one chosen example, and for all of them
const EACH = 200
const SHORTEST = 3000
const LONGEST = 12000
const PLAYED = "order of choice was played" // kept by the browser tab
const RESTS = 10 // looks at a map that nothing draws anew, before it plays by itself
const ACTS = ["pointerdown", "keydown", "wheel"]
const stages = new WeakMap() // root element -> state of its stage

export default function ({parentElement, data}) {
  const stage = stages.get(parentElement) ?? create(parentElement)
  if (JSON.stringify(data) !== JSON.stringify(stage.data)) receive(stage, data)
  return () => {
    clearInterval(stage.looking)
    for (const act of ACTS) document.removeEventListener(act, stage.notice, true)
    stages.delete(parentElement)
  }
}

function create(root) {
  const stage = {
    part: selector => root.querySelector(selector),
    data: null,
    views: {}, // name of a map -> the part of it in view
    started: null, // when rank 0 was played, null while nothing plays
    isAlone: false, // whether it plays by itself
    rests: 0, // looks since the map was drawn
    drawn: null, // what it was drawn from
    notice: event => event.composedPath().includes(root) || stopAlone(stage),
  }
  stage.part("button").onclick = () => stage.started === null ? play(stage) : pause(stage)
  stage.part("input").oninput = event => {
    stage.started = null
    stage.isAlone = false
    goTo(stage, Number(event.target.value))
  }
  stage.looking = setInterval(() => look(stage), LOOK_EVERY)
  for (const act of ACTS) document.addEventListener(act, stage.notice, {capture: true, passive: true})
  stages.set(root, stage)
  return stage
}

function receive(stage, data) {
  stage.data = data
  stage.total = stage.rank = data.shares.length
  stage.started = null
  stage.isAlone = false
  stage.part(".stage").hidden = !stage.total
  stage.part("input").max = stage.total
  showRank(stage)
}

// play

function play(stage, isAlone = false) {
  stage.isAlone = isAlone
  const duration = Math.min(Math.max(stage.total * EACH, SHORTEST), LONGEST)
  const first = stage.rank < stage.total ? stage.rank : 0
  stage.started = performance.now() - duration * first / stage.total
  sessionStorage.setItem(PLAYED, "yes")
  const tick = now => {
    if (stage.started === null || !stage.part("button").isConnected) return
    if (stage.isAlone && isDrawnAnew(stage)) return stopAlone(stage)
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
  stage.isAlone = false
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

// play by itself

function playAlone(stage) {
  if (!stage.data.alone || !stage.total || isPlayed() || document.hidden) return
  stage.rests = isDrawnAnew(stage) ? 0 : stage.rests + 1
  stage.drawn = maps()[0]?.data
  if (!stage.drawn || stage.rests < RESTS) return
  play(stage, true)
}

function isPlayed() {
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches
  return isStill || sessionStorage.getItem(PLAYED) !== null
}

function isDrawnAnew(stage) {
  return maps()[0]?.data !== stage.drawn
}

// Whoever does anything needs no show: all of the chosen are lit again.
function stopAlone(stage) {
  sessionStorage.setItem(PLAYED, "yes")
  if (!stage.isAlone) return
  pause(stage)
  goTo(stage, stage.total)
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
  playAlone(stage)
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

function lightMaps(stage) {
  for (const map of maps()) {
    if (shownRank(map, stage.total) === stage.rank) continue
    map.lit = stage.rank
    light(map, stage.rank, stage.total)
  }
}

// Streamlit brings a map back as it was left, so it may be covered: then its rank is not known.
function shownRank(map, total) {
  const isCovered = map.data.some(trace => trace.name === ORDER && trace.visible === true)
  return map.lit ?? (isCovered ? NaN : total)
}

// Plotly has drawn the step when restyle returns: nothing can come between.
function light(map, rank, total) {
  const index = map.data.findIndex(trace => trace.name === ORDER)
  if (index < 0) return
  if (rank >= total) {
    window.Plotly.restyle(map, {visible: false}, [index])
    return
  }
  const {meta} = map.data[index]
  const ends = {cmin: rank - .5 - meta, cmax: rank + 1.5 + meta}
  const step = {
    visible: true,
    "marker.cmin": ends.cmin,
    "marker.cmax": ends.cmax,
    "marker.line.cmin": ends.cmin,
    "marker.line.cmax": ends.cmax,
  }
  window.Plotly.restyle(map, step, [index])
}
