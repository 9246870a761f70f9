// Running calls as they go on. The server sends what to show in the reader's words; the markup is cloned from its
// templates, so that nothing is worded here. Without this module the page shows the state at loading.
export default function live(root) {
  const list = root.querySelector("[data-calls]");
  const empty = root.querySelector("[data-empty]");
  const count = document.getElementById(root.dataset.count);
  const blanks = Object.fromEntries(
    [...root.querySelectorAll("template[data-blank]")].map((blank) => [blank.dataset.blank, blank.content.firstElementChild]),
  );
  const starts = new WeakMap();
  let source;
  let again;
  let late;

  const show = (mode) => {
    for (const notice of root.querySelectorAll("[data-mode]")) notice.hidden = notice.dataset.mode !== mode;
  };
  const fill = (element, values) => {
    for (const field of element.querySelectorAll("[data-field]")) {
      const value = values[field.dataset.field];
      if (value !== undefined && field.textContent !== value) field.textContent = value;
    }
  };
  const find = (id) => [...list.children].find((item) => item.dataset.call === id);

  const clocks = () => {
    for (const clock of list.querySelectorAll("[data-seconds]")) {
      if (!starts.has(clock)) starts.set(clock, Date.now() - Number(clock.dataset.seconds) * 1000);
      const seconds = Math.max(0, Math.round((Date.now() - starts.get(clock)) / 1000));
      const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
      const two = (value) => String(value).padStart(2, "0");
      clock.textContent = (hours ? `${hours}:${two(minutes)}` : `${minutes}`) + `:${two(seconds % 60)}`;
    }
  };

  const make = (id) => {
    const item = blanks.call.cloneNode(true);
    item.dataset.call = id;
    for (const link of item.querySelectorAll("[data-suffix]")) link.href = root.dataset.base + id + link.dataset.suffix;
    return item;
  };

  const turns = (item, call) => {
    const place = item.querySelector("[data-turns]");
    if (!place) return;
    const wanted = new Set(call.turns.map((turn) => String(turn.ordinal)));
    for (const old of [...place.children]) if (!wanted.has(old.dataset.turn)) old.remove();
    for (const turn of call.turns) {
      let element = [...place.children].find((one) => one.dataset.turn === String(turn.ordinal));
      if (!element) {
        element = blanks.turn.cloneNode(true);
        element.dataset.turn = turn.ordinal;
        element.classList.remove("live-turn--agent");
        element.classList.add(`live-turn--${turn.side}`);
        const next = [...place.children].find((one) => Number(one.dataset.turn) > turn.ordinal);
        place.insertBefore(element, next ?? null);
      }
      fill(element, turn);
    }
    const silent = item.querySelector("[data-silent]");
    if (silent) silent.hidden = call.turns.length > 0;
  };

  const present = ({ ids, count: words }) => {
    for (const item of [...list.children]) if (!ids.includes(item.dataset.call)) item.remove();
    ids.forEach((id, index) => {
      const item = find(id) ?? make(id);
      // Moving an element takes the focus from it.
      if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
    });
    empty.hidden = ids.length > 0;
    if (count && count.textContent !== words) count.textContent = words;
  };

  const update = (call) => {
    const item = find(call.id);
    if (!item) return;
    item.dataset.voice = call.voice;
    fill(item, call);
    turns(item, call);
    const acts = item.querySelector("[data-acts]");
    if (acts) acts.hidden = !call.canAct;
    const clock = item.querySelector("[data-seconds]");
    starts.set(clock, Date.now() - call.seconds * 1000);
    clocks();
  };

  // Whoever comes back after a break is told everything anew, the mode first.
  const connect = () => {
    source = new EventSource(root.dataset.live);
    const on = (name, body) => source.addEventListener(name, (event) => body(JSON.parse(event.data)));
    on("calls", present);
    on("call", update);
    on("mode", ({ mode }) => { clearTimeout(late); show(mode); });
    on("end", ({ reason }) => { source.close(); show(reason); });
    source.addEventListener("error", () => {
      clearTimeout(late);
      // The server ends each stream now and then; the browser is back before anybody has to know.
      if (source.readyState !== EventSource.CLOSED) {
        late = setTimeout(show, 5000, "connecting");
        return;
      }
      show("lost");
      again = setTimeout(connect, 15000);
    });
  };

  const ticking = setInterval(clocks, 1000);
  clocks();
  connect();
  addEventListener("pagehide", () => {
    source.close();
    clearTimeout(again);
    clearTimeout(late);
    clearInterval(ticking);
  });
}
