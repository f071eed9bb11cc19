'use strict';

// Follows what changes: asks for the page again, at once when the server tells of an event of this
// trace, and every few seconds for what other programs write. Without it, a reload does the same.
(() => {
  const main = document.querySelector('main[data-live]');
  if (!main) return;
  const isTrace = main.dataset.live === 'trace';
  const every = isTrace ? 2000 : 5000;
  let paused = false;
  let asking = false;
  let last = '';
  let soon = 0;
  let socket = null;

  const box = document.createElement('div');
  box.className = 'live';
  const dot = document.createElement('span');
  dot.className = 'dot';
  const state = document.createElement('span');
  state.setAttribute('role', 'status');
  const button = document.createElement('button');
  button.type = 'button';
  box.append(dot, state, button);
  document.querySelector('.top').append(box);

  const show = () => {
    box.classList.toggle('paused', paused);
    state.textContent = paused ? 'Paused' : 'Live';
    button.textContent = paused ? 'Follow' : 'Pause';
  };
  button.addEventListener('click', () => {
    paused = !paused;
    show();
    if (!paused) refresh();
  });

  const end = () => {
    clearInterval(timer);
    if (socket) socket.close();
    box.remove();
  };

  const replace = (fresh) => {
    const open = [...main.querySelectorAll('details[open][id]')].map((each) => each.id);
    const active = document.activeElement;
    const focused = main.contains(active) ? active.closest('[id]') : null;
    const inSummary = active && active.matches('summary');
    // The filters stay as somebody may be writing into them.
    const target = isTrace ? main : document.getElementById('result');
    const source = isTrace ? fresh : fresh.querySelector('#result');
    if (!target || !source) return;
    target.replaceChildren(...source.childNodes);
    for (const id of open) {
      const details = document.getElementById(id);
      if (details) details.open = true;
    }
    const again = focused && document.getElementById(focused.id);
    if (again && document.activeElement !== again) {
      (inSummary ? again.querySelector('summary') || again : again).focus({preventScroll: true});
    }
  };

  const refresh = async () => {
    const selection = getSelection();
    if (paused || asking || document.hidden || (selection && !selection.isCollapsed)) return;
    asking = true;
    try {
      const answer = await fetch(location.pathname + location.search, {headers: {Accept: 'text/html'}, cache: 'no-store'});
      const text = await answer.text();
      if (!answer.ok || text === last) return;
      last = text;
      const fresh = new DOMParser().parseFromString(text, 'text/html').querySelector('main');
      if (!fresh) return;
      replace(fresh);
      if (!fresh.dataset.live) end();
    } catch (e) {
      state.textContent = 'The server does not answer';
    } finally {
      asking = false;
    }
  };

  const listen = () => {
    socket = new WebSocket(location.origin.replace(/^http/, 'ws') + '/');
    socket.addEventListener('open', () => {
      const filters = {flow_ids: main.dataset.flow ? [main.dataset.flow] : null, actor_ids: null, event_types: null, status_filter: null};
      socket.send(JSON.stringify({Subscribe: {filters}}));
    });
    socket.addEventListener('message', (message) => {
      if (!message.data.includes('EventNotification') || !message.data.includes(main.dataset.trace)) return;
      clearTimeout(soon);
      soon = setTimeout(refresh, 150);
    });
  };

  const timer = setInterval(refresh, every);
  document.addEventListener('visibilitychange', refresh);
  show();
  if (isTrace) listen();
})();
