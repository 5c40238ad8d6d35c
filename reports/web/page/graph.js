'use strict';
// Draws the graph of the topology, and paints it as it was at an instant.

/** Draws nodes and edges; what depends on the time is set by `paintGraph`. */
function drawGraph(run, state, stage, rebuild) {
  const {nodes, edges} = state.graph;
  const size = layOut(nodes, edges);
  const picture = svg('svg', {
    class: 'graph',
    role: 'group',
    'aria-label': 'topology',
    preserveAspectRatio: 'xMidYMid meet'
  });
  picture.append(
      svg('defs', {},
          ['edge-ok', 'edge-warn', 'edge-bad'].map(
              (id) =>
                  svg('marker', {
                    id: 'arrow-' + id,
                    viewBox: '0 0 8 8',
                    refX: 7,
                    refY: 4,
                    markerWidth: 8,
                    markerHeight: 8,
                    markerUnits: 'userSpaceOnUse',
                    orient: 'auto'
                  },
                      svg('path', {d: 'M0 0.5L8 4L0 7.5z', class: 'arrow ' + id})))));
  for (const edge of edges) {
    const middle = edge.points[Math.floor(edge.points.length / 2)];
    edge.path = svg('path', {d: pathOf(edge.points), class: 'edge'});
    edge.title = svg('title', {});
    edge.path.append(edge.title);
    edge.note = svg('text', {x: middle.x, y: middle.y - 5, class: 'edge-note'});
    picture.append(edge.path);
  }
  for (const edge of edges) picture.append(edge.note);
  for (const node of nodes) picture.append(drawNode(run, state, node, rebuild));
  panAndZoom(picture, size, state);
  clear(stage).append(
      picture,
      el('div', {class: 'stage-buttons'},
         el('button', {text: '+', 'aria-label': 'enlarge', onclick: () => state.box.zoom(0.8)}),
         el('button', {text: '−', 'aria-label': 'shrink', onclick: () => state.box.zoom(1.25)}),
         el('button', {text: 'fit', onclick: () => state.box.fit()})));
}

function drawNode(run, state, node, rebuild) {
  const {width: w, height: h} = nodeSize;
  const act = () => {
    if (node.kind === 'service') change({service: view.service === node.label ? null : node.label});
    if (node.kind === 'group') {
      state.open.add(node.label);
      rebuild();
    }
  };
  const g = svg('g', {
    transform: 'translate(' + (node.x - w / 2).toFixed(1) + ' ' + (node.y - h / 2).toFixed(1) + ')',
    class: 'node ' + node.kind,
    tabindex: node.kind === 'workload' ? null : '0',
    role: node.kind === 'workload' ? 'img' : 'button',
    onclick: act,
    onkeydown: (e) => {
      if (e.key === 'Enter' || e.key === ' ') {
        e.preventDefault();
        e.stopPropagation();
        act();
      }
    }
  });
  node.g = g;
  node.title = svg('title', {});
  node.shape = svg('path', {class: 'shape'});
  node.inner = svg('path', {class: 'inner'});
  node.sign = svg('text', {x: w - 10, y: 19, class: 'sign'});
  node.facts = svg('text', {x: 10, y: 34, class: 'facts'});
  node.waiting = svg('text', {x: 10, y: 47, class: 'waiting'});
  node.bar = svg('rect', {x: 10, y: h - 8, height: 3, width: 0, class: 'busy-bar'});
  const name = svg('text', {x: 10, y: 19, class: 'name'});
  name.textContent = node.kind === 'group' ? shorten(node.label, 15) : shorten(node.label, 15);
  g.append(node.title, node.shape, node.inner);
  if (node.kind === 'service') {
    g.append(
        svg('rect', {x: 10, y: h - 8, height: 3, width: w - 20, class: 'busy-rail'}), node.bar);
    const zones = (run.services[node.service].zones || []).map(([zone]) => zone);
    if (zones.length > 0) {
      const label = svg('text', {x: w - 4, y: -4, class: 'zone'});
      label.textContent = shorten(zones.join(' · '), 26);
      g.append(label);
    }
  }
  g.append(name, node.sign, node.facts, node.waiting);
  return g;
}
function shorten(text, most) {
  return text.length > most ? text.slice(0, most - 1) + '…' : text;
}

/**
 * Shapes say the health too: round = well, cut corners = degraded, pointed = failing, dashed =
 * down.
 */
function shapeOf(state) {
  const {width: w, height: h} = nodeSize;
  if (state === 'degraded')
    return 'M9 0H' + (w - 9) + 'L' + w + ' 9V' + (h - 9) + 'L' + (w - 9) + ' ' + h + 'H9L0 ' +
        (h - 9) + 'V9z';
  if (state === 'failing' || state === 'down') return 'M0 0H' + w + 'V' + h + 'H0z';
  return 'M9 0H' + (w - 9) + 'Q' + w + ' 0 ' + w + ' 9V' + (h - 9) + 'Q' + w + ' ' + h + ' ' +
      (w - 9) + ' ' + h + 'H9Q0 ' + h + ' 0 ' + (h - 9) + 'V9Q0 0 9 0z';
}
const worstFirst = ['down', 'failing', 'degraded', 'healthy', 'idle'];

function paintGraph(run, state) {
  if (!state.graph || run.series.points === 0) return;
  const k = pointAt(run, view.time);
  const flows = run.edges.map((e, i) => {
    const s = run.series.edges[i];
    const settled = (s.succeeded[k] || 0) + (s.failed[k] || 0);
    const tries = (s.attempts[k] || 0) / run.series.step;
    return {
      tries,
      calls: (s.started[k] || 0) / run.series.step,
      failed: settled > 0 ? s.failed[k] / settled : 0,
      settled
    };
  });
  // Widths are of the run's busiest edge, so that they can be compared between instants.
  const busiest = once(
      run, '_busiest',
      () => Math.max(
          1e-9,
          ...run.edges.map(
              (e, i) => run.series.edges[i].attempts.reduce((a, b) => Math.max(a, b ?? 0), 0) /
                  run.series.step)));
  for (const edge of state.graph.edges) paintEdge(run, edge, flows, busiest);
  for (const node of state.graph.nodes) {
    if (node.kind === 'workload') {
      node.shape.setAttribute('d', shapeOf('healthy'));
      const out = run.edges.map((e, i) => i)
                      .filter((i) => run.edges[i].workload && run.edges[i].from === node.label);
      node.facts.textContent = rate(out.reduce((a, i) => a + flows[i].calls, 0));
      node.sign.textContent = '→';
      node.g.setAttribute('aria-label', 'workload ' + node.label + ', ' + node.facts.textContent);
      continue;
    }
    if (node.kind === 'group')
      paintGroup(run, node, k);
    else
      paintService(run, node, healthAt(run, node.service, k));
    node.g.classList.toggle('chosen', node.label === view.service);
  }
}

function paintService(run, node, now) {
  setHealth(node, now.state);
  node.facts.textContent = (now.rate > 0 ? rate(now.rate) : 'idle') +
      (now.success !== null ? ' · ' + shareShort(now.success) + ' ok' : '');
  node.waiting.textContent = now.queue >= 0.5 ? digits3(now.queue) + ' waiting' : '';
  node.waiting.classList.toggle('long', now.queue >= 10);
  node.bar.setAttribute(
      'width', Math.max(0, Math.min(1, now.utilization ?? 0)) * (nodeSize.width - 20));
  node.bar.classList.toggle('full', (now.utilization ?? 0) >= 0.95);
  const replicas = run.services[node.service].replicas;
  node.title.textContent = node.label + ': ' + now.state + '\n' + rate(now.rate) + ', success ' +
      share(now.success) +
      (now.utilization !== null ? '\nworkers held: ' + share(now.utilization) : '') +
      '\nwaiting: ' + digits3(now.queue ?? 0) + '\nreplicas up: ' + digits3(now.up ?? 0) + ' of ' +
      replicas;
  node.g.setAttribute('aria-label', node.title.textContent);
}
function shareShort(x) {
  if (x === 0 || x === 1) return x * 100 + '%';
  return (x * 100 >= 99.95 ? '>99.9' : (x * 100).toFixed(1)) + '%';
}
function paintGroup(run, node, k) {
  const states = node.members.map((i) => healthAt(run, i, k).state);
  const worst = worstFirst.find((s) => states.includes(s)) || 'idle';
  setHealth(node, worst);
  const ill = states.filter((s) => s === 'down' || s === 'failing' || s === 'degraded').length;
  node.facts.textContent = plural(states.length, 'service') + (ill > 0 ? ', ' + ill + ' ill' : '');
  node.title.textContent = node.label + ': ' + node.facts.textContent + '\nclick to unfold';
  node.g.setAttribute('aria-label', node.title.textContent);
}
function setHealth(node, state) {
  node.g.setAttribute('data-health', state);
  node.shape.setAttribute('d', shapeOf(state));
  const {width: w, height: h} = nodeSize;
  // A second line inside: failing can be seen without colour.
  node.inner.setAttribute(
      'd',
      state === 'failing' || state === 'down' ? 'M3 3H' + (w - 3) + 'V' + (h - 3) + 'H3z' : '');
  node.sign.textContent = healthMark[state];
}

function paintEdge(run, edge, flows, busiest) {
  let tries = 0, calls = 0, failed = 0, settled = 0, notes = [], open = false, async = true;
  for (const i of edge.members) {
    const f = flows[i];
    tries += f.tries;
    calls += f.calls;
    failed += f.failed * f.settled;
    settled += f.settled;
    async = async && run.edges[i].async;
    const breaker = breakerAt(run, run.edges[i], view.time);
    if (breaker) {
      open = open || breaker.open > 0;
      notes.push(
          '⌀ ' + (breaker.open > 0 ? breaker.open + '/' + breaker.known + ' open' : 'half-open'));
    }
  }
  const bad = settled > 0 ? failed / settled : 0;
  const kind = bad > 0.25 ? 'edge-bad' : bad > 0.01 ? 'edge-warn' : 'edge-ok';
  const amplified = calls > 0 ? tries / calls : 1;
  if (amplified >= 1.15) notes.push('×' + amplified.toFixed(1));
  edge.path.setAttribute(
      'class',
      'edge ' + kind + (tries === 0 ? ' still' : '') + (open ? ' open' : '') +
          (async ? ' async' : ''));
  edge.path.setAttribute(
      'stroke-width',
      tries === 0 ? 1 : (1.2 + 7 * Math.sqrt(Math.min(1, tries / busiest))).toFixed(2));
  edge.path.setAttribute('marker-end', 'url(#arrow-' + kind + ')');
  edge.note.textContent = notes.slice(0, 2).join('  ');
  edge.note.setAttribute('class', 'edge-note ' + kind);
  edge.title.textContent = edge.from.slice(2) + ' → ' + edge.to.slice(2) + '\n' + rate(calls) +
      ' calls, ' + rate(tries) + ' tries, ' + share(1 - bad) + ' succeed' +
      (notes.length ? '\n' + notes.join(', ') : '');
}

/** The part of the picture that is seen: drag to move, ctrl and wheel or buttons to zoom. */
function panAndZoom(picture, size, state) {
  const box = {
    x: 0,
    y: 0,
    w: size.width,
    h: size.height,
    apply() {
      picture.setAttribute(
          'viewBox', [box.x, box.y, box.w, box.h].map((v) => v.toFixed(1)).join(' '));
    },
    fit() {
      Object.assign(box, {x: 0, y: 0, w: size.width, h: size.height});
      box.apply();
    },
    zoom(factor, cx = box.x + box.w / 2, cy = box.y + box.h / 2) {
      Object.assign(box, {
        x: cx - (cx - box.x) * factor,
        y: cy - (cy - box.y) * factor,
        w: box.w * factor,
        h: box.h * factor
      });
      box.apply();
    },
  };
  state.box = box;
  box.apply();
  picture.style.aspectRatio = size.width + ' / ' + size.height;
  picture.style.maxWidth =
      Math.max(320, size.width * 1.2).toFixed(0) + 'px';  // small ones are not blown up
  picture.style.maxHeight = 'min(70vh, ' + Math.max(220, size.height * 1.15).toFixed(0) + 'px)';
  picture.addEventListener('wheel', (e) => {
    if (!e.ctrlKey) return;
    e.preventDefault();
    const r = picture.getBoundingClientRect();
    box.zoom(
        e.deltaY < 0 ? 0.85 : 1.18, box.x + (e.clientX - r.left) / r.width * box.w,
        box.y + (e.clientY - r.top) / r.height * box.h);
  }, {passive: false});
  let drag = null;
  picture.addEventListener('pointerdown', (e) => {
    if (e.target.closest('.node')) return;
    drag = {x: e.clientX, y: e.clientY, bx: box.x, by: box.y};
    picture.setPointerCapture(e.pointerId);
  });
  picture.addEventListener('pointermove', (e) => {
    if (!drag) return;
    const scale = box.w / picture.getBoundingClientRect().width;
    box.x = drag.bx - (e.clientX - drag.x) * scale;
    box.y = drag.by - (e.clientY - drag.y) * scale;
    box.apply();
  });
  picture.addEventListener('pointerup', () => {
    drag = null;
  });
}
