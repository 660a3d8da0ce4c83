// One example at a time. A key becomes an act; the server writes the act to disk and answers with
// the next card. One act is on its way at any time. Keys pressed meanwhile wait their turn, so that
// none is lost and each acts on the card it was meant for.

const VERBS = [
  ["keep", "Keep", "k"],
  ["drop", "Drop", "d"],
  ["flag", "Flag", "f"],
  ["skip", "Skip", "s"],
  ["undo", "Undo", "u"],
  ["edit", "Edit response", "e"],
]
const MOVES = [
  ["previous", "←", "ArrowLeft"],
  ["next", "→", "ArrowRight"],
]
const HELP = [
  ["K D F", "keep, drop, flag, and on to the next card"],
  ["S", "skip: say nothing and go on"],
  ["U", "undo your last act"],
  ["E", "edit the response; Ctrl+Enter saves it, Escape leaves it as it was"],
  ["W", "why, and the nearest chosen example"],
  ["← →", "the card before, the card after"],
  ["1 to 9", "reasons, told with the verdict"],
  ["N", "note; Enter or Escape leaves it"],
  ["H", "this list"],
]
const VERDICT_LABELS = {keep: "✓ kept", drop: "✕ dropped", flag: "⚑ flagged"}
const ACTS_ON_EXAMPLE = ["keep", "drop", "flag", "skip"]
const RESEND_AFTER = 2000 // milliseconds without an answer
const NO_ANSWER = "Not written yet: the server does not answer. It is asked again and again."
const TYPING = "input, textarea, select, [contenteditable=true]"
const SELECT_BOX = "[role=combobox]"
const ROLES = ["slider", "radio", "tab", "grid", "combobox", "listbox"]
const ARROWS = [TYPING, ...ROLES.map(role => `[role=${role}]`)].join(", ")
const cards = new WeakMap() // root element -> state of its card

export default function (component) {
  const {parentElement, data, setStateValue} = component
  const state = cards.get(parentElement) ?? create(parentElement)
  state.send = act => setStateValue("act", act)
  receive(state, data)
  return () => remove(state, parentElement)
}

function create(root) {
  const state = {
    part: selector => root.querySelector(selector),
    waiting: [], // acts that were not sent yet
    pending: null, // the act on its way
    data: null,
    drafts: new Map(), // example id -> reasons and note that were not sent yet
    editor: null, // the text area while a response is edited
    open: [true, false], // whether the reason and the nearest chosen example are unfolded
    shown: null, // the turns that stand on the card
  }
  state.onKey = event => handleKey(state, event)
  document.addEventListener("keydown", state.onKey, true)
  fill(state.part("footer"), [...VERBS, ...MOVES].map(verb => actButton(state, ...verb)))
  fill(state.part(".help"), HELP.flatMap(([keys, text]) => [
    element("dt", "", keys),
    element("dd", "", text),
  ]))
  const note = state.part(".note")
  note.oninput = () => { draft(state).note = note.value }
  note.onkeydown = event => leaveNote(event, note)
  cards.set(root, state)
  return state
}

function remove(state, root) {
  document.removeEventListener("keydown", state.onKey, true)
  clearTimeout(state.timer)
  cards.delete(root)
}

// what a person does

function leaveNote(event, note) {
  event.stopPropagation()
  if (event.key !== "Escape" && (event.key !== "Enter" || event.shiftKey)) return
  event.preventDefault()
  note.blur()
}

function handleKey(state, event) {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return
  if (document.querySelector("[role=dialog]")) return
  const target = event.composedPath()[0]
  if (target.closest?.(event.key.startsWith("Arrow") ? ARROWS : TYPING)) return
  const act = actOf(event.key)
  if (!act) return
  event.preventDefault()
  event.stopPropagation()
  request(state, act)
}

function actOf(pressed) {
  const key = pressed.length === 1 ? pressed.toLowerCase() : pressed
  if (["n", "h", "w"].includes(key) || /^[1-9]$/.test(key)) return key
  return [...VERBS, ...MOVES].find(([, , own]) => own === key)?.[0]
}

function request(state, act) {
  state.waiting.push(act)
  proceed(state)
}

function proceed(state) {
  while (!state.pending && state.waiting.length) perform(state, state.waiting.shift())
  showMessage(state)
}

function perform(state, act) {
  const card = state.data.card
  if (act.uid) {
    send(state, act)
  } else if (act === "h") {
    state.part(".help").hidden = !state.part(".help").hidden
  } else if (act === "n") {
    if (card) state.part(".note").focus()
  } else if (act === "w") {
    state.open = state.open.map(() => !state.open.every(Boolean))
    showFolds(state)
  } else if (act === "edit") {
    if (card) openEditor(state)
  } else if (/^[1-9]$/.test(act)) {
    if (card) toggleReason(state, state.data.reasons[act - 1])
  } else if (card || act === "undo" || act === "previous") {
    const sent = {uid: newUid(), act, example: card?.id ?? null}
    send(state, card ? {...sent, ...draft(state)} : sent)
  }
}

function openEditor(state) {
  if (state.editor) return state.editor.focus()
  const {id, turns} = state.data.card
  const block = state.part(".turns .response > div")
  const editor = element("textarea", "editor")
  editor.value = turns.at(-1).text
  editor.setAttribute("aria-label", "Edited response")
  editor.rows = Math.min(14, Math.max(4, editor.value.split("\n").length + 1))
  editor.onkeydown = event => {
    event.stopPropagation()
    if (event.key === "Escape") closeEditor(state)
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) saveEdit(state, id)
  }
  const buttons = element("span", "editing")
  buttons.append(plainButton("Save", () => saveEdit(state, id)))
  buttons.append(plainButton("Cancel", () => closeEditor(state)))
  block.replaceWith(editor)
  editor.after(buttons)
  state.editor = editor
  editor.focus()
}

function closeEditor(state) {
  state.editor = state.shown = null
  showTurns(state)
}

function saveEdit(state, id) {
  const response = state.editor.value
  const isChanged = response !== state.data.card.turns.at(-1).text
  closeEditor(state)
  if (response.trim() && isChanged) {
    request(state, {uid: newUid(), act: "edit", example: id, response})
  }
}

function toggleReason(state, reason) {
  const own = draft(state)
  own.reasons = own.reasons.includes(reason)
    ? own.reasons.filter(other => other !== reason)
    : [...own.reasons, reason]
  showReasons(state)
}

function draft(state) {
  const {id, reasons, note} = state.data.card
  if (!state.drafts.has(id)) state.drafts.set(id, {reasons, note})
  return state.drafts.get(id)
}

// to the server and back

function send(state, act, tries = 0) {
  state.pending = {...act, tries}
  state.send(state.pending)
  state.timer = setTimeout(() => {
    send(state, act, tries + 1)
    showMessage(state)
  }, RESEND_AFTER)
}

function receive(state, data) {
  const before = state.data
  state.data = data
  // another queue, or another person
  if (before && before.queue !== data.queue) state.drafts.clear()
  if (state.pending && data.answered === state.pending.uid) {
    clearTimeout(state.timer)
    if (ACTS_ON_EXAMPLE.includes(state.pending.act)) state.drafts.delete(state.pending.example)
    else if (state.pending.act === "undo") state.drafts.delete(data.card?.id)
    state.pending = null
  }
  if (before && before.queue !== data.queue) leaveSelectBox(state)
  showCard(state)
  // the card is seen before the next key acts on it
  requestAnimationFrame(() => proceed(state))
}

// a queue was picked: the keys are the card's again
function leaveSelectBox(state) {
  if (document.activeElement?.closest(SELECT_BOX)) state.part(".card").focus({preventScroll: true})
}

function newUid() {
  const bytes = [...crypto.getRandomValues(new Uint8Array(16))]
  return bytes.map(byte => byte.toString(16).padStart(2, "0")).join("")
}

// what is seen; text of the data goes in as text only

function showCard(state) {
  const {card, dark, judged, total} = state.data
  const share = 100 * judged / Math.max(total, 1)
  state.part(".card").classList.toggle("dark", dark)
  state.part(".position").textContent = positionText(state.data)
  state.part(".facts").textContent = card?.facts ?? ""
  state.part(".verdict").textContent = VERDICT_LABELS[card?.verdict] ?? ""
  state.part(".progress").setAttribute("aria-valuenow", Math.round(share))
  state.part(".progress i").style.width = `${share}%`
  for (const button of state.part("footer").children) {
    button.setAttribute("aria-pressed", button.className === (card?.verdict ?? ""))
  }
  state.part(".reasons").hidden = state.part(".note").hidden = !card
  if (card) {
    showReasons(state)
    showNote(state)
  }
  showTurns(state)
  showFolds(state)
}

// drawn again only where they are others, so that what is edited or scrolled stays
function showTurns(state) {
  const {card} = state.data
  const shown = JSON.stringify([card?.id, card?.turns])
  if (shown === state.shown) return
  state.shown = shown
  state.editor = null
  fill(state.part(".turns"), (card?.turns ?? []).map(turnBlock))
  state.part(".turns").scrollTop = 0
}

function showFolds(state) {
  fill(state.part(".folds"), (state.data.card?.folds ?? []).map((fold, place) => {
    const block = element("details", "fold")
    block.open = state.open[place]
    const title = element("summary", "", fold.title)
    title.onclick = event => {
      event.preventDefault()
      title.blur()
      state.open[place] = !state.open[place]
      showFolds(state)
    }
    const content = element("div", "folded", fold.text ?? "")
    content.append(...(fold.turns ?? []).map(turnBlock))
    block.append(title, content)
    return block
  }))
}

function positionText({card, position, total}) {
  if (card) return `${position} of ${total}`
  return total ? "That was the last one" : "Nothing in this queue"
}

function turnBlock({role, text, scored, original}) {
  const block = element("div", scored ? "turn response" : "turn")
  block.append(element("span", "role", role), element("div", "", text))
  if (original !== undefined) {
    const before = element("details", "original")
    before.append(element("summary", "", "As it was read"), element("div", "", original))
    block.append(before)
  }
  return block
}

function showReasons(state) {
  fill(state.part(".reasons"), state.data.reasons.map((reason, index) => {
    const chip = element("button", "", reason)
    chip.append(element("kbd", "", index + 1))
    chip.setAttribute("aria-pressed", draft(state).reasons.includes(reason))
    chip.onclick = () => request(state, String(index + 1))
    return chip
  }))
}

function showNote(state) {
  const note = state.part(".note")
  if (note.value !== draft(state).note) note.value = draft(state).note
}

function showMessage(state) {
  const line = state.part(".message")
  const isLate = state.pending?.tries > 0
  line.classList.toggle("refusal", Boolean(state.data.refusal) || isLate)
  line.textContent = state.data.refusal || (isLate && NO_ANSWER) || waitingText(state)
}

function waitingText({waiting, data}) {
  if (!waiting.length) return data.message
  return waiting.length === 1 ? "1 key waits" : `${waiting.length} keys wait`
}

function actButton(state, act, label, key) {
  const button = element("button", act, label)
  if (key.length === 1) button.append(element("kbd", "", key.toUpperCase()))
  else button.setAttribute("aria-label", `${act} card`)
  button.type = "button"
  button.onclick = () => {
    button.blur()
    request(state, act)
  }
  return button
}

function plainButton(label, act) {
  const button = element("button", "", label)
  button.type = "button"
  button.onclick = act
  return button
}

function element(kind, style, text = "") {
  const made = document.createElement(kind)
  if (style) made.className = style
  made.textContent = text
  return made
}

function fill(parent, children) {
  parent.replaceChildren(...children)
}
