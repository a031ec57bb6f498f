"use strict";
// Draws the graph of this page; the rows of each scope are given, where they lie follows here as
// in _geometry.py. Names come from a file that nobody vouches for: they are only ever set as text.
(() => {
  const holder = document.getElementById("graph");
  if (!holder) return;
  const { boxes, kinds, opened, flops } = JSON.parse(document.getElementById("data").textContent);
  const OP = [196, 44], SCOPE = [228, 60], SLOT = 16, HEAD = 30, PAD = 18, GAPX = 22, GAPY = 34;
  const open = new Set(opened);
  const parent = new Map();
  boxes.forEach((box, at) => box.inside.forEach((inner) => parent.set(inner, at)));
  let chosen = -1;
  const view = { x: 0, y: 0, scale: 1 };
  let spots = new Map();

  const mean = (numbers, otherwise) =>
    numbers.length ? numbers.reduce((sum, one) => sum + one, 0) / numbers.length : otherwise;

  function apart(row, wanted, widths) {
    const found = [];
    row.forEach((item, at) => {
      let least = wanted[at];
      if (at) {
        const free = (widths.get(row[at - 1]) + widths.get(item)) / 2 + GAPX;
        least = Math.max(least, found[at - 1] + free);
      }
      found.push(least);
    });
    const shift = mean(found.map((one, at) => wanted[at] - one), 0);
    return found.map((one) => one + shift);
  }

  function columns(rows, ways, widths) {
    const above = new Map(), below = new Map(), middle = new Map();
    const add = (map, key, value) => map.set(key, [...(map.get(key) || []), value]);
    for (const way of ways) {
      for (let at = 1; at < way.length; at++) {
        add(above, way[at], way[at - 1]);
        add(below, way[at - 1], way[at]);
      }
    }
    const put = (row, wanted) => {
      const found = apart(row, wanted, widths);
      row.forEach((item, at) => middle.set(item, found[at]));
    };
    rows.forEach((row) => put(row, row.map(() => 0)));
    for (let sweep = 0; sweep < 8; sweep++) {
      const joined = sweep % 2 ? below : above;
      for (const row of sweep % 2 ? [...rows].reverse() : rows) {
        put(row, row.map((item) =>
          mean((joined.get(item) || []).map((other) => middle.get(other)), middle.get(item))));
      }
    }
    return middle;
  }

  function layOut(at) {
    const box = boxes[at];
    if (!box.inside.length || !open.has(at)) {
      const [width, height] = box.inside.length ? SCOPE : OP;
      return { at, width, height, inside: [], ways: [], opened: false };
    }
    const inside = box.inside.map(layOut);
    const widths = new Map();
    box.rows.flat().forEach((item) => widths.set(item, item < 0 ? SLOT : inside[item].width));
    const middle = columns(box.rows, box.ways, widths);
    let left = Infinity, right = -Infinity, y = HEAD + PAD / 2;
    middle.forEach((x, item) => {
      left = Math.min(left, x - widths.get(item) / 2);
      right = Math.max(right, x + widths.get(item) / 2);
    });
    const bands = new Map();
    for (const row of box.rows) {
      const height = Math.max(0, ...row.map((item) => (item < 0 ? 0 : inside[item].height)));
      for (const item of row) {
        bands.set(item, [y, y + height]);
        if (item >= 0) {
          const placed = inside[item];
          placed.x = middle.get(item) - left + PAD - placed.width / 2;
          placed.y = y + (height - placed.height) / 2;
          bands.set(item, [placed.y, placed.y + placed.height]);
        }
      }
      y += height + GAPY;
    }
    const x = (item) => middle.get(item) - left + PAD;
    const ways = box.ways.map((way) => {
      const last = way.length - 1;
      return way.flatMap((item, place) => {
        const [top, bottom] = bands.get(item);
        if (!place) return [[x(item), bottom]];
        return place === last ? [[x(item), top]] : [[x(item), top], [x(item), bottom]];
      });
    });
    const width = Math.max(right - left + 2 * PAD, SCOPE[0]);
    return { at, width, height: y - GAPY + PAD, inside, ways, opened: true };
  }

  function make(name, attributes, parent, words) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (words !== undefined) made.textContent = words;
    parent.append(made);
    return made;
  }

  function fitted(words, letters) {
    if (words.length <= letters) return words;
    const half = Math.floor((letters - 1) / 2);
    return words.slice(0, letters - 1 - half) + "…" + words.slice(-half);
  }

  function curve([[x, y], ...others]) {
    let path = `M${x} ${y}`;
    for (const [toX, toY] of others) {
      const middle = (y + toY) / 2;
      path += `C${x} ${middle} ${toX} ${middle} ${toX} ${toY}`;
      [x, y] = [toX, toY];
    }
    return path;
  }

  function drawInside(placed, group, x, y) {
    for (const way of placed.ways) make("path", { class: "edge", d: curve(way) }, group);
    for (const inner of placed.inside) {
      const box = boxes[inner.at];
      const spot = { x: x + inner.x, y: y + inner.y, width: inner.width, height: inner.height };
      spots.set(inner.at, spot);
      const kind = inner.opened ? "" : box.inside.length ? "scope" : "op";
      const classes = `${kind} ${inner.at === chosen ? "chosen" : ""}`;
      const place = `translate(${inner.x} ${inner.y})`;
      const drawn = make("g", { class: classes, transform: place, "data-at": inner.at }, group);
      make("title", {}, drawn, box.path + (box.op ? ` (${box.op})` : ""));
      if (inner.opened) {
        make("rect", { class: "open", width: inner.width, height: inner.height, rx: 10 }, drawn);
        const name = `− ${fitted(box.label, Math.floor(inner.width / 7.5))}`;
        make("text", { class: "name head", x: 14, y: 20, "data-at": inner.at }, drawn, name);
        drawInside(inner, drawn, spot.x, spot.y);
      } else {
        drawClosed(inner, box, drawn);
      }
    }
  }

  function drawClosed({ width, height }, box, group) {
    const colour = kinds[box.kind][1];
    if (box.inside.length) make("rect", { class: "box", x: 4, y: 4, width, height, rx: 8 }, group);
    make("rect", { class: "box", width, height, rx: 8 }, group);
    make("rect", { y: 8, width: 4, height: height - 16, fill: colour }, group);
    const name = fitted(box.label, box.inside.length ? 28 : 20);
    make("text", { class: "name", x: 14, y: 19 }, group, name);
    const words = box.inside.length ? box.measure : [box.op, box.shape].filter(Boolean).join(" · ");
    make("text", { class: "small", x: 14, y: 34 }, group, fitted(words, box.inside.length ? 40 : 28));
    if (box.inside.length) make("text", { class: "small", x: 14, y: 48 }, group, box.shape);
    const share = (box.flops / Math.max(flops, 1)) * (width - 28);
    if (share >= 1) {
      make("rect", { x: 14, y: height - 5, width: share, height: 2.5, fill: colour }, group);
    }
  }

  const svg = make("svg", {}, holder);
  holder.prepend(svg);
  let whole = null;

  function draw() {
    spots = new Map();
    whole = layOut(0);
    svg.replaceChildren();
    drawInside(whole, make("g", {}, svg), 0, 0);
    move();
  }

  function move() {
    svg.firstChild.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
  }

  function fit() {
    const { width, height } = svg.getBoundingClientRect();
    view.scale = Math.min(1, (width - 40) / whole.width);
    view.scale = Math.max(view.scale, Math.min(0.35, (height - 90) / whole.height));
    view.x = (width - whole.width * view.scale) / 2;
    view.y = Math.max(50, (height - whole.height * view.scale) / 2);
    move();
  }

  // What was clicked stays where it is, whatever grows or shrinks around it.
  function toggle(at) {
    const before = spots.get(at);
    if (open.has(at)) open.delete(at); else open.add(at);
    draw();
    const after = spots.get(at);
    view.x += (before.x + before.width / 2 - after.x - after.width / 2) * view.scale;
    view.y += (before.y - after.y) * view.scale;
    move();
  }

  function choose(at) {
    chosen = at;
    const box = boxes[at];
    const told = [box.path, box.op, box.shape, box.measure].filter(Boolean).join("  ·  ");
    document.getElementById("chosen").textContent = told;
  }

  function show(at) {
    for (let above = parent.get(at); above !== undefined; above = parent.get(above)) {
      open.add(above);
    }
    choose(at);
    draw();
    const spot = spots.get(at);
    const { width, height } = svg.getBoundingClientRect();
    view.scale = Math.max(view.scale, 0.8);
    view.x = width / 2 - (spot.x + spot.width / 2) * view.scale;
    view.y = height / 2 - (spot.y + spot.height / 2) * view.scale;
    move();
  }

  let held = null, moved = false;
  svg.addEventListener("pointerdown", (event) => {
    held = [event.clientX - view.x, event.clientY - view.y];
    moved = false;
  });
  window.addEventListener("pointermove", (event) => {
    if (!held) return;
    const to = [event.clientX - held[0], event.clientY - held[1]];
    moved = moved || Math.hypot(to[0] - view.x, to[1] - view.y) > 3;
    if (moved) [view.x, view.y] = to;
    move();
  });
  window.addEventListener("pointerup", () => { held = null; });
  svg.addEventListener("click", (event) => {
    if (moved) return;
    const hit = event.target.closest(".head, .scope, .op");
    if (!hit) return;
    const at = Number(hit.dataset.at);
    choose(at);
    if (boxes[at].inside.length) toggle(at); else draw();
  });
  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    const { left, top } = svg.getBoundingClientRect();
    const x = event.clientX - left, y = event.clientY - top;
    const scale = Math.min(3, Math.max(0.03, view.scale * Math.exp(-event.deltaY / 500)));
    view.x = x - ((x - view.x) * scale) / view.scale;
    view.y = y - ((y - view.y) * scale) / view.scale;
    view.scale = scale;
    move();
  }, { passive: false });

  const field = document.getElementById("search"), found = document.getElementById("found");
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    const hits = [];
    for (let at = 1; wanted && at < boxes.length && hits.length < 60; at++) {
      const { path, op } = boxes[at];
      if (path.toLowerCase().includes(wanted) || op.toLowerCase() === wanted) hits.push(at);
    }
    found.replaceChildren(...hits.map((at) => {
      const line = document.createElement("li");
      line.tabIndex = 0;
      line.textContent = boxes[at].path + (boxes[at].op ? ` (${boxes[at].op})` : "");
      line.dataset.at = at;
      return line;
    }));
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && found.firstChild) pick(found.firstChild);
    if (event.key === "Escape") found.replaceChildren();
  });
  found.addEventListener("click", (event) => pick(event.target.closest("li")));
  found.addEventListener("keydown", (event) => {
    if (event.key === "Enter") pick(event.target.closest("li"));
  });
  function pick(line) {
    if (!line) return;
    found.replaceChildren();
    show(Number(line.dataset.at));
  }

  // Thousands of boxes at once would be slow, and say nothing: the largest scopes open first.
  document.getElementById("more").addEventListener("click", () => {
    const closed = [...spots.keys()].filter((at) => boxes[at].inside.length && !open.has(at));
    let room = 1200 - spots.size;
    for (const at of closed) {
      room -= boxes[at].inside.length;
      if (room >= 0) open.add(at);
    }
    draw();
    fit();
  });
  document.getElementById("less").addEventListener("click", () => {
    open.clear();
    opened.forEach((at) => open.add(at));
    draw();
    fit();
  });
  document.getElementById("fit").addEventListener("click", fit);
  draw();
  fit();
})();
