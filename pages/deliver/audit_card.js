// One example at a time. A key becomes an act; the act goes to the server, which writes it down and answers with the next card.
// One act is on its way at any time and keys pressed meanwhile wait their turn: none is lost, and each meets the card it is for.

const VERBS = [["keep", "Keep", "k"], ["drop", "Drop", "d"], ["flag", "Flag", "f"], ["skip", "Skip", "s"], ["undo", "Undo", "u"]]
const MOVES = [["previous", "←", "ArrowLeft"], ["next", "→", "ArrowRight"]]
const HELP = [["K D F", "keep, drop, flag, and on to the next card"], ["S", "skip: say nothing and go on"], ["U", "undo your last act"],
  ["← →", "the card before, the card after"], ["1 to 9", "reasons, told with the verdict"], ["N", "note; Enter or Escape leaves it"], ["H", "this list"]]
const SIGNS = {keep: "✓ kept", drop: "✕ dropped", flag: "⚑ flagged"}
const SAYS = ["keep", "drop", "flag", "skip"]
const AGAIN = 2000                                                 // milliseconds until an act without an answer is sent once more
const TYPING = "input, textarea, select, [contenteditable=true]"
const ARROWS = `${TYPING}, [role=slider], [role=radio], [role=tab], [role=grid], [role=combobox], [role=listbox]`
const desks = new WeakMap()

export default function (component) {
  const {parentElement, data, setStateValue} = component
  const desk = desks.get(parentElement) ?? opened(parentElement)
  desk.send = act => setStateValue("asked", act)
  answered(desk, data)
  return () => closed(desk, parentElement)
}

function opened(root) {
  const desk = {part: name => root.querySelector(name), waiting: [], pending: null, data: null, drafts: new Map()}
  desk.onKey = event => pressed(desk, event)
  document.addEventListener("keydown", desk.onKey, true)
  fill(desk.part("footer"), [...VERBS, ...MOVES].map(verb => verbButton(desk, ...verb)))
  fill(desk.part(".help"), HELP.flatMap(([keys, told]) => [element("dt", "", keys), element("dd", "", told)]))
  const note = desk.part(".note")
  note.oninput = () => { draft(desk).note = note.value }
  note.onkeydown = event => {
    event.stopPropagation()
    if (event.key !== "Escape" && (event.key !== "Enter" || event.shiftKey)) return
    event.preventDefault()
    note.blur()
  }
  desks.set(root, desk)
  return desk
}

function closed(desk, root) {
  document.removeEventListener("keydown", desk.onKey, true)
  clearTimeout(desk.timer)
  desks.delete(root)
}

// what a person does

function pressed(desk, event) {
  const target = event.composedPath()[0]
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("[role=dialog]")) return
  if (target.closest?.(event.key.startsWith("Arrow") ? ARROWS : TYPING)) return
  const act = actOf(event.key)
  if (!act) return
  event.preventDefault()
  event.stopPropagation()
  asked(desk, act)
}

function actOf(pressed) {
  const key = pressed.length === 1 ? pressed.toLowerCase() : pressed
  if (key === "n" || key === "h" || /^[1-9]$/.test(key)) return key
  return [...VERBS, ...MOVES].find(([, , own]) => own === key)?.[0]
}

function asked(desk, act) {
  desk.waiting.push(act)
  proceed(desk)
}

function proceed(desk) {
  while (!desk.pending && desk.waiting.length) perform(desk, desk.waiting.shift())
  told(desk)
}

function perform(desk, act) {
  const card = desk.data.card
  if (act === "h") desk.part(".help").hidden = !desk.part(".help").hidden
  else if (act === "n") card && desk.part(".note").focus()
  else if (/^[1-9]$/.test(act)) card && toggled(desk, desk.data.reasons[act - 1])
  else if (card || act === "undo" || act === "previous") sent(desk, {uid: drawn(), act, example: card?.id ?? null, ...(card ? draft(desk) : {})})
}

function toggled(desk, reason) {
  const own = draft(desk)
  own.reasons = own.reasons.includes(reason) ? own.reasons.filter(one => one !== reason) : [...own.reasons, reason]
  chips(desk)
}

function draft(desk) {
  const {id, reasons, note} = desk.data.card
  if (!desk.drafts.has(id)) desk.drafts.set(id, {reasons, note})
  return desk.drafts.get(id)
}

// to the server and back

function sent(desk, act, tries = 0) {
  desk.pending = {...act, tries}
  desk.send(desk.pending)
  desk.timer = setTimeout(() => { sent(desk, act, tries + 1); told(desk) }, AGAIN)
}

function answered(desk, data) {
  const before = desk.data
  desk.data = data
  if (before && before.desk !== data.desk) desk.drafts.clear()     // another queue, or another person
  if (desk.pending && data.answered === desk.pending.uid) {
    clearTimeout(desk.timer)
    if (SAYS.includes(desk.pending.act)) desk.drafts.delete(desk.pending.example)
    else if (desk.pending.act === "undo") desk.drafts.delete(data.card?.id)
    desk.pending = null
  }
  shown(desk, before?.card?.id !== data.card?.id)
  requestAnimationFrame(() => proceed(desk))                       // the card is seen before the next key meets it
}

function drawn() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("")
}

// what is seen; text of the data goes in as text only

function shown(desk, another) {
  const {card, dark, place, total, judged} = desk.data
  desk.part(".card").classList.toggle("dark", dark)
  desk.part(".place").textContent = card ? `${place} of ${total}` : total ? "That was the last one" : "Nothing in this queue"
  desk.part(".facts").textContent = card?.facts ?? ""
  desk.part(".verdict").textContent = SIGNS[card?.verdict] ?? ""
  desk.part(".progress").setAttribute("aria-valuenow", Math.round(100 * judged / Math.max(total, 1)))
  desk.part(".progress i").style.width = `${100 * judged / Math.max(total, 1)}%`
  for (const verb of desk.part("footer").children) verb.setAttribute("aria-pressed", verb.className === (card?.verdict ?? ""))
  desk.part(".reasons").hidden = desk.part(".note").hidden = !card
  if (card) { chips(desk); noted(desk) }
  if (another) {
    fill(desk.part(".turns"), (card?.turns ?? []).map(turn))
    desk.part(".turns").scrollTop = 0
  }
}

function turn({role, text, scored}) {
  const block = element("div", scored ? "turn response" : "turn")
  block.append(element("span", "role", role), element("div", "", text))
  return block
}

function chips(desk) {
  fill(desk.part(".reasons"), desk.data.reasons.map((reason, place) => {
    const chip = element("button", "", reason)
    chip.append(element("kbd", "", place + 1))
    chip.setAttribute("aria-pressed", draft(desk).reasons.includes(reason))
    chip.onclick = () => asked(desk, String(place + 1))
    return chip
  }))
}

function noted(desk) {
  const note = desk.part(".note")
  if (note.value !== draft(desk).note) note.value = draft(desk).note
}

function told(desk) {
  const line = desk.part(".said"), late = desk.pending?.tries > 0, keys = desk.waiting.length
  line.classList.toggle("trouble", Boolean(desk.data.trouble) || late)
  line.textContent = desk.data.trouble || (late ? "Not written yet: the server does not answer. It is asked again and again." : "")
    || (keys ? `${keys} ${keys === 1 ? "key waits" : "keys wait"}` : desk.data.said)
}

function verbButton(desk, act, label, key) {
  const button = element("button", act, label)
  if (key.length === 1) button.append(element("kbd", "", key.toUpperCase()))
  else button.setAttribute("aria-label", `${act} card`)
  button.type = "button"
  button.onclick = () => { button.blur(); asked(desk, act) }
  return button
}

function element(kind, style, text = "") {
  const made = document.createElement(kind)
  if (style) made.className = style
  made.textContent = text
  return made
}

function fill(place, children) {
  place.replaceChildren(...children)
}
