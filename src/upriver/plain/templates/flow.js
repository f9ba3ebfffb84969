"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const svg = document.getElementById("picture");
  const panel = document.getElementById("panel");
  const boxes = Array.from(svg.querySelectorAll(".box"));
  const bands = Array.from(svg.querySelectorAll(".band"));
  const boxOf = new Map(boxes.map((box) => [Number(box.dataset.box), box]));
  const told = document.getElementById("told");

  // ---- the view: a window on the picture, moved and scaled -------------------------------------------------------
  const whole = svg.viewBox.baseVal;
  const all = { x: whole.x, y: whole.y, w: whole.width, h: whole.height };
  let view = { ...all };
  let touched = false;
  let most = all.w * 1.6;

  function show(next) {
    const w = Math.min(Math.max(next.w, all.w / 60), most);
    const h = w * (next.h / next.w);
    // Some of the picture always stays in the frame.
    const x = Math.min(Math.max(next.x, all.x - w * 0.75), all.x + all.w - w / 4);
    const y = Math.min(Math.max(next.y, all.y - h / 2), all.y + all.h - h / 2);
    view = { x, y, w, h };
    svg.setAttribute("viewBox", [x, y, w, h].map((value) => value.toFixed(2)).join(" "));
  }

  function fit(least) {
    const frame = svg.getBoundingClientRect();
    const scale = Math.max(least, Math.min(frame.width / all.w, frame.height / all.h, 1.15));
    const h = frame.height / scale;
    const w = frame.width / scale;
    most = Math.max(all.w, w) * 1.6;
    const start = svg.dataset.mirrored ? all.x + all.w - w : all.x;
    show({ x: w < all.w ? start : all.x - (w - all.w) / 2, y: all.y - (h - all.h) / 2, w, h });
    touched = false;
  }

  // Narrow screens begin where the money begins, large enough to be read; the button shows all.
  const begin = () => fit(0.5);

  function place(event) {
    const frame = svg.getBoundingClientRect();
    return { x: (event.clientX - frame.left) / frame.width, y: (event.clientY - frame.top) / frame.height };
  }

  function zoom(by, at) {
    touched = true;
    const middle = at || { x: 0.5, y: 0.5 };
    const w = Math.min(Math.max(view.w * by, all.w / 60), most);
    const h = w * (view.h / view.w);
    show({ x: view.x + (view.w - w) * middle.x, y: view.y + (view.h - h) * middle.y, w, h });
  }

  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(Math.exp(Math.max(-1, Math.min(1, event.deltaY / 300))), place(event));
  }, { passive: false });

  const pointers = new Map();
  let dragged = 0;
  svg.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    pointers.set(event.pointerId, place(event));
    dragged = 0;
  });
  svg.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = place(event);
    const others = Array.from(pointers.entries()).filter((one) => one[0] !== event.pointerId);
    if (others.length) {
      const other = others[0][1];
      const apart = (a) => Math.hypot((a.x - other.x) * view.w, (a.y - other.y) * view.h);
      if (apart(now) > 0) zoom(apart(before) / apart(now), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
      dragged = 1;
    } else {
      dragged += Math.hypot(now.x - before.x, now.y - before.y);
      if (dragged > 0.008) {
        svg.classList.add("moving");
        if (!svg.hasPointerCapture(event.pointerId)) svg.setPointerCapture(event.pointerId);
        touched = true;
        show({ ...view, x: view.x - (now.x - before.x) * view.w, y: view.y - (now.y - before.y) * view.h });
      }
    }
    pointers.set(event.pointerId, now);
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) {
    svg.addEventListener(name, (event) => {
      pointers.delete(event.pointerId);
      if (!pointers.size) svg.classList.remove("moving");
    });
  }
  document.getElementById("in").addEventListener("click", () => zoom(0.7));
  document.getElementById("out").addEventListener("click", () => zoom(1 / 0.7));
  document.getElementById("fit").addEventListener("click", () => fit(0));
  let wide = svg.getBoundingClientRect().width;
  window.addEventListener("resize", () => {
    const frame = svg.getBoundingClientRect();
    if (frame.width !== wide && !touched) begin();
    else show({ ...view, h: view.w * (frame.height / frame.width) });
    wide = frame.width;
  });
  window.addEventListener("beforeprint", () => show({ ...all }));
  window.addEventListener("afterprint", begin);

  // ---- what is chosen --------------------------------------------------------------------------------------------
  function made(name, text, kind) {
    const element = document.createElement(name);
    if (text) element.textContent = text;
    if (kind) element.className = kind;
    return element;
  }

  function tell(facts) {
    told.replaceChildren(made("h2", facts.title));
    const list = made("dl");
    for (const [name, value] of facts.facts) list.append(made("dt", name), made("dd", value));
    told.append(list);
    for (const [name, rows] of facts.lists) {
      told.append(made("h3", name));
      const items = made("ol");
      for (const [id, ends, sum, when] of rows) {
        const item = made("li");
        item.append(made("b", sum), " · ", made("code", id), made("small", ends), made("small", when + " UTC"));
        items.append(item);
      }
      told.append(items);
    }
    if (facts.folds && facts.folds.length) {
      told.append(made("h3", "the largest of them"));
      const items = made("ol");
      for (const [name, sum] of facts.folds) {
        const item = made("li");
        item.append(made("code", name), made("small", sum));
        items.append(item);
      }
      told.append(items);
      if (facts.more) told.append(made("p", "and " + facts.more.toLocaleString("en") + " more: accounts.csv", "soft"));
    }
    if (facts.lists.length) told.append(made("p", "All transfers, with their spread: transfers.csv", "soft"));
    panel.hidden = false;
    panel.scrollTop = 0;
  }

  function release() {
    svg.classList.remove("touching");
    for (const one of svg.querySelectorAll(".near, .chosen")) one.classList.remove("near", "chosen");
    panel.hidden = true;
  }

  function chooseBox(number) {
    release();
    svg.classList.add("touching");
    boxOf.get(number).classList.add("chosen");
    for (const band of bands) {
      const near = Number(band.dataset.near);
      const far = Number(band.dataset.far);
      if (near !== number && far !== number) continue;
      band.classList.add("near");
      boxOf.get(near === number ? far : near).classList.add("near");
    }
    tell(data.boxes[number]);
    reveal(boxOf.get(number), false);
  }

  function chooseBand(band) {
    release();
    svg.classList.add("touching");
    band.classList.add("near");
    boxOf.get(Number(band.dataset.near)).classList.add("near");
    boxOf.get(Number(band.dataset.far)).classList.add("near");
    tell(data.bands[Number(band.dataset.band)]);
  }

  svg.addEventListener("click", (event) => {
    if (dragged > 0.008) return;
    const box = event.target.closest(".box");
    const band = event.target.closest(".band");
    if (box) chooseBox(Number(box.dataset.box));
    else if (band) chooseBand(band);
    else release();
  });

  svg.addEventListener("keydown", (event) => {
    const box = event.target.closest(".box");
    if (box && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      chooseBox(Number(box.dataset.box));
      return;
    }
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (step) show({ ...view, x: view.x + step[0] * view.w * 0.12, y: view.y + step[1] * view.h * 0.12 });
    else if (event.key === "+" || event.key === "=") zoom(0.7);
    else if (event.key === "-") zoom(1 / 0.7);
    else if (event.key === "0") fit(0);
    else return;
    event.preventDefault();
  });
  document.getElementById("close").addEventListener("click", release);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") release();
  });
  // Who walks with the keyboard sees where: a box out of sight is moved into it.
  svg.addEventListener("focusin", (event) => {
    const box = event.target.closest(".box");
    if (box && box.matches(":focus-visible")) reveal(box, false);
  });

  function reveal(box, near) {
    const bounds = box.getBBox();
    const x = bounds.x + bounds.width / 2;
    const y = bounds.y + bounds.height / 2;
    // On wide screens what is told lies over the right part of the picture.
    const frame = svg.getBoundingClientRect();
    const over = !panel.hidden && getComputedStyle(panel).position === "absolute" ? panel.offsetWidth : 0;
    const free = Math.max(0.2, 1 - over / frame.width);
    const right = bounds.x + bounds.width;
    const inside = bounds.x > view.x && right < view.x + view.w * free && y > view.y && y < view.y + view.h;
    if (!near && inside) return;
    const w = near ? Math.min(view.w, Math.max(900, bounds.height * 1.5)) : view.w;
    const h = w * (view.h / view.w);
    touched = true;
    const across = near || bounds.x < view.x ? x - (w * free) / 2 : Math.max(view.x, right - w * free);
    show({ x: across, y: near || y < view.y || y > view.y + view.h ? y - h / 2 : view.y, w, h });
  }

  // ---- finding an account ----------------------------------------------------------------------------------------
  const query = document.getElementById("query");
  const found = document.getElementById("found");
  const names = data.known.map((one) => one[0].toLowerCase());

  function find() {
    const wanted = query.value.trim().toLowerCase();
    found.replaceChildren();
    if (!wanted) return [];
    const hits = [];
    for (let at = 0; at < names.length && hits.length < 400; at += 1) if (names[at].includes(wanted)) hits.push(at);
    hits.sort((a, b) => (names[a] === wanted ? -1 : 0) - (names[b] === wanted ? -1 : 0) || a - b);
    for (const at of hits.slice(0, 12)) {
      const [name, box, sum, reason] = data.known[at];
      const item = made("li");
      const button = made("button");
      button.type = "button";
      const folded = boxOf.get(box).classList.contains("folded") ? " · in “" + data.boxes[box].title + "”" : "";
      button.append(made("span", name), made("span", sum + (reason < 0 ? "" : " · " + data.reasons[reason]) + folded, "soft"));
      button.addEventListener("click", () => go(box));
      item.append(button);
      found.append(item);
    }
    const left = data.left ? " The " + data.left.toLocaleString("en") + " smallest accounts are in accounts.csv only." : "";
    if (!hits.length) found.append(made("li", "No account of this trace has that in its name." + left, "soft"));
    else if (hits.length > 12) found.append(made("li", "More have it in their name: type on." + left, "soft"));
    return hits;
  }

  function go(box) {
    chooseBox(box);
    reveal(boxOf.get(box), true);
  }

  query.addEventListener("input", find);
  document.getElementById("find").addEventListener("submit", (event) => {
    event.preventDefault();
    const hits = find();
    if (hits.length) go(data.known[hits[0]][1]);
  });

  // ---- until when ------------------------------------------------------------------------------------------------
  const until = document.getElementById("until");
  const when = document.getElementById("when");

  function upTo() {
    const first = Number(until.dataset.first);
    const last = Number(until.dataset.last);
    const share = Number(until.value) / Number(until.max);
    const moment = first + (last - first) * share;
    for (const band of bands) band.classList.toggle("later", share < 1 && Number(band.dataset.first) > moment);
    for (const box of boxes) box.classList.toggle("unseen", share < 1 && Number(box.dataset.first) > moment);
    const text = new Date(moment * 1000).toISOString().slice(0, 16).replace("T", " ");
    when.textContent = share < 1 ? text + " UTC" : "the end";
  }

  until.addEventListener("input", upTo);
  upTo();
  begin();
})();
