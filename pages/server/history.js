// A step of the browser's history is a page. Streamlit adds one for every change of the address;
// here a change that stays on its page takes the place of the step before.

export default function () {
  const push = history.pushState
  if (push.isByPage) return
  history.pushState = function (state, title, url) {
    const stays = new URL(url ?? "", location.href).pathname === location.pathname
    const step = stays ? history.replaceState : push
    return step.call(history, state, title, url)
  }
  history.pushState.isByPage = true
}
