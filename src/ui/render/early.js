// Until the app has come: the line is opened, and what somebody says goes out on it and is shown. The app takes both over.
(() => {
  const random = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const line = new WebSocket(`ws${location.protocol.slice(4)}//${location.host}/ws`, 'banter.v1');
  const [page, heard, rows, over] = [random(), [], new Map(), new AbortController()];
  let held, leaving;
  const tell = (frame) => line.send(JSON.stringify(frame));
  line.onopen = () => {
    tell({ t: 'hello' });
    rows.forEach(({ frame }) => tell(frame));
  };
  line.onmessage = ({ data }) => {
    heard.push(data);
    const { t, cid, seq } = JSON.parse(data);
    if (t === 'ack') rows.get(cid)?.arrived(seq);
  };
  // What the frame says is kept where the app looks for what this page has to send.
  const keep = (frame, { me, epoch }) => {
    const key = `banter.outbox.${frame.room}.${page}.${frame.cid}`;
    localStorage.setItem(key, `post ${Date.now()} ${me.id} ${epoch} 0 . off\n\n${frame.body}`);
    held ??= navigator.locks?.request(`banter.page.${page}`, () => new Promise(() => {}));
    return key;
  };
  const draw = (frame, key) => {
    const [row, said, list] = [document.createElement('article'), document.createElement('div'), document.getElementById('messages')];
    row.className = 'message mine continued pending';
    row.ariaLive = 'off';
    said.className = 'body';
    said.dir = 'auto';
    said.textContent = frame.body;
    row.append(said);
    list.append(row);
    list.scrollTop = list.scrollHeight;
    const entry = { frame, key, row };
    entry.arrival = new Promise((done) => {
      entry.arrived = (seq) => {
        row.id = `m${seq}`;
        row.classList.remove('pending');
        done();
      };
    });
    rows.set(frame.cid, entry);
  };
  const say = (box) => {
    const first = JSON.parse(document.getElementById('first-paint').textContent);
    const body = box.value.trimEnd();
    if (!body) return true;
    // A stranger and a long text go by the form.
    if (!first.me || body.length > 2000) return false;
    const frame = { t: 'post', room: first.room, cid: random(), body };
    try {
      draw(frame, keep(frame, first));
    } catch {
      return false;
    }
    if (line.readyState === WebSocket.OPEN) tell(frame);
    box.value = '';
    return true;
  };
  const listen = (event, does) => addEventListener(event, does, { signal: over.signal });
  listen('keydown', (event) => {
    const { target, key, shiftKey, isComposing, keyCode } = event;
    if (target.id !== 'messageInput' || key !== 'Enter' || shiftKey || isComposing || keyCode === 229) return;
    event.preventDefault();
    if (target.value.trim()) target.form.requestSubmit();
  });
  listen('submit', (event) => {
    const box = event.target.querySelector('#messageInput');
    if (box && say(box)) event.preventDefault();
    // The page that the form leads to begins anew.
    else leaving = new Promise(() => {});
  });
  window.early = {
    page,
    line,
    // What is seen first is drawn first, and what somebody says is on its way, or has been for a while.
    calm: async () => {
      await new Promise((done) => (window.requestIdleCallback ? requestIdleCallback(done, { timeout: 200 }) : setTimeout(done)));
      const arrivals = [...rows.values()].map(({ arrival }) => arrival);
      await Promise.race([Promise.all(arrivals), new Promise((done) => setTimeout(done, 500))]);
      await leaving;
    },
    // The app draws the list from here on, ...
    makeWay: () => {
      over.abort();
      rows.forEach(({ row }) => row.remove());
    },
    // ... and listens.
    handOver: () => {
      line.onmessage = null;
      heard.forEach((data) => line.dispatchEvent(new MessageEvent('message', { data })));
    },
    // It will not come: what has not arrived is written again.
    giveUp: () => {
      over.abort();
      line.close();
      const left = [...rows.values()].filter(({ row }) => !row.id);
      for (const { key, row } of left) {
        localStorage.removeItem(key);
        row.remove();
      }
      const box = document.getElementById('messageInput');
      // If it has come after all, it is one message all the same.
      if (left.length === 1) box.form.elements.cid.value = left[0].frame.cid;
      box.value = [...left.map(({ frame }) => frame.body), box.value].filter(Boolean).join('\n');
    },
  };
})();
