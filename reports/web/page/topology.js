'use strict';
// The topology at an instant of the run: who is well, what flows where, which breakers are open.

const manyServices = 120;  // from here on, services are folded into groups at first

function topologySection(run) {
  const zones = new Set(run.services.flatMap((s) => (s.zones || []).map(([z]) => z)));
  const state = {
    grouping: run.services.length <= manyServices ? 'none' :
        zones.size > 1                            ? 'zone' :
                                                    'layer',
    open: new Set(),
    focus: null,
    playing: false,
    box: null,
    graph: null,
  };
  const stage = el('div', {class: 'stage'});
  const detail = el('aside', {class: 'detail', 'aria-label': 'service', hidden: true});
  const rebuild = () => {
    state.graph = graphOf(run, state.grouping, state.open, state.focus);
    drawGraph(run, state, stage, rebuild);
    update();
  };
  const controls = topologyControls(run, state, rebuild);
  const update = () => {
    controls.update();
    paintGraph(run, state);
  };
  const openService = () => {
    const index = run.services.findIndex((s) => s.name === view.service);
    dropCharts(detail);
    clear(detail);
    detail.hidden = index < 0;
    if (index >= 0) {
      // A folded service would be nowhere in the picture.
      if (!state.graph.nodes.some((n) => n.service === index)) {
        state.focus = index;
        rebuild();
      }
      fillServicePanel(detail, run, index);
    }
    update();
  };
  const root =
      el('div', {class: 'topology'}, controls.bar, stage, detail, legend(),
         tableBehind('Table: services at this time', () => nowTable(run)));
  root._mounted = () => {
    rebuild();
    openService();
  };
  root._changed = (changed) => {
    if (changed.has('service'))
      openService();
    else if (changed.has('time'))
      update();
  };
  root._play = () => controls.play.click();
  root._search = () => controls.search.focus();
  root._colors = update;
  return root;
}

/** The bar above the picture: {bar, play, search, update}. */
function topologyControls(run, state, rebuild) {
  const time = el('output', {class: 'time'});
  const slider = el('input', {
    type: 'range',
    min: 0,
    max: Math.max(run.duration - run.series.step, 0),
    step: run.series.step,
    'aria-label': 'time of the run',
    class: 'slider',
    oninput: () => change({time: Number(slider.value)})
  });
  const play = el('button', {
    class: 'play',
    text: '▶',
    title: 'play (space)',
    'aria-label': 'play',
    onclick: () => togglePlay(run, state, play)
  });
  const grouping =
      el('select', {
        'aria-label': 'fold',
        onchange: () => {
          state.grouping = grouping.value;
          state.open.clear();
          state.focus = null;
          rebuild();
        }
      },
         [['none', 'every service'], ['zone', 'folded by zone'], ['layer', 'folded by depth']].map(
             ([value, text]) => el('option', {value, text, selected: state.grouping === value})));
  const all = el('button', {
    text: 'show all',
    onclick: () => {
      state.focus = null;
      state.open.clear();
      rebuild();
    }
  });
  const near = el('button', {
    text: 'neighbours only',
    title: 'only who calls the chosen service, and whom it calls',
    onclick: () => {
      state.focus = run.services.findIndex((s) => s.name === view.service);
      rebuild();
    }
  });
  const {box, search} = serviceSearch(run);
  const bar = el(
      'div', {class: 'controls'}, play, el('div', {class: 'slider-box'}, faultMarks(run), slider),
      time, el('span', {class: 'grow'}), box, grouping, near, all);
  const update = () => {
    slider.value = view.time;
    time.textContent = clock(view.time);
    all.hidden = state.focus === null && state.open.size === 0;
    near.hidden = view.service === null || state.focus !== null;
  };
  return {bar, play, search, update};
}

function serviceSearch(run) {
  const matches = el('div', {class: 'matches', role: 'listbox', 'aria-label': 'matches'});
  const search = el('input', {
    type: 'search',
    class: 'search',
    placeholder: 'find a service ( / )',
    'aria-label': 'find a service',
    oninput: () => showMatches(run, search, matches),
    onkeydown: (e) => {
      if (e.key === 'Enter' && matches.firstChild) matches.firstChild.click();
      if (e.key !== 'Escape') return;
      search.value = '';
      clear(matches);
      search.blur();
    }
  });
  return {box: el('span', {class: 'search-box'}, search, matches), search};
}

function faultMarks(run) {
  const marks = el('div', {class: 'slider-marks', 'aria-hidden': 'true'});
  for (const fault of run.faults)
    for (const [a, b] of fault.spans) {
      const bar = el('i', {title: fault.id});
      bar.style.left = a / run.duration * 100 + '%';
      bar.style.width = (b - a) / run.duration * 100 + '%';
      marks.append(bar);
    }
  return marks;
}

/** Plays the rest of the run in up to 20 seconds; from the start where it stands at its end. */
function togglePlay(run, state, button) {
  state.playing = !state.playing;
  button.textContent = state.playing ? '❚❚' : '▶';
  button.setAttribute('aria-label', state.playing ? 'pause' : 'play');
  if (!state.playing) return;
  const last = run.duration - run.series.step;
  if (view.time >= last) change({time: 0});
  const speed = Math.max(run.duration / 20, run.series.step);
  let before = performance.now();
  const tick = (now) => {
    if (!state.playing || !button.isConnected) return;
    const time = Math.min(last, view.time + (now - before) / 1000 * speed);
    before = now;
    change({time});
    if (time >= last) return togglePlay(run, state, button);
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}

function showMatches(run, search, matches) {
  clear(matches);
  const wanted = search.value.trim().toLowerCase();
  if (!wanted) return;
  const found = run.services.filter((s) => s.name.toLowerCase().includes(wanted)).slice(0, 8);
  for (const service of found)
    matches.append(el('button', {
      role: 'option',
      text: service.name,
      onclick: () => {
        search.value = '';
        clear(matches);
        change({service: service.name});
      }
    }));
  if (found.length === 0) matches.append(el('span', {text: 'no service of that name'}));
}

function legend() {
  const item = (state, text) => {
    const icon =
        svg('svg', {width: 26, height: 16, viewBox: '-2 -2 152 54', 'aria-hidden': 'true'},
            svg('g', {class: 'node', 'data-health': state},
                svg('path', {d: shapeOf(state), class: 'shape thick'})));
    return el('span', {class: 'key'}, icon, el('b', {text: healthMark[state]}), ' ' + text);
  };
  return el(
      'p', {class: 'legend'}, item('healthy', 'healthy'),
      item('degraded', 'degraded: over 1% fail, workers all held, or replicas missing'),
      item('failing', 'failing: over half fail'), item('down', 'down'), el('span', {
        class: 'key',
        text: '━ width: tries a second; colour and ×: errors, tries per call; ' +
            '⌀ breaker; bar: workers held'
      }));
}

function nowTable(run) {
  const rows = run.services.map((s, i) => ({s, ...healthAt(run, i, pointAt(run, view.time))}));
  return el(
      'div', {}, el('p', {class: 'hint', text: 'at ' + clock(view.time)}),
      table(
          [
            {title: 'service', text: true, get: (r) => r.s.name, sort: (r) => r.s.name},
            {
              title: 'health',
              text: true,
              get: (r) => healthMark[r.state] + ' ' + r.state,
              sort: (r) => -worstFirst.indexOf(r.state)
            },
            {title: 'rate', get: (r) => rate(r.rate), sort: (r) => r.rate},
            {title: 'success', get: (r) => share(r.success), sort: (r) => r.success},
            {title: 'waiting', get: (r) => digits3(r.queue ?? 0), sort: (r) => r.queue},
            {title: 'busy', get: (r) => share(r.utilization), sort: (r) => r.utilization},
            {
              title: 'up',
              get: (r) => digits3(r.up ?? 0) + ' of ' + r.s.replicas,
              sort: (r) => r.up
            },
          ],
          rows, {label: 'services now'}));
}
