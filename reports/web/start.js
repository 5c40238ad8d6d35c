'use strict';
// Puts the page together, and keeps it in step with the view.

const sections = [
  ['verdict', 'Verdict', verdictSection, ['run']],
  ['timeline', 'Timeline', timelineSection, ['run', 'other', 'entry']],
  ['topology', 'Topology', topologySection, ['run']],
  ['latency', 'Latency', latencySection, ['run', 'other', 'entry']],
  ['requests', 'Requests', requestsSection, ['run', 'trace', 'why']],
  ['policies', 'Policies', policiesSection, ['run', 'window']],
  ['runs', 'Variants', runsSection, ['run', 'other']],
  ['lint', 'Lint', lintSection, ['run']],
  ['source', 'Scenario', sourceSection, ['run']],
  ['about', 'About', aboutSection, ['run']],
];
const built = new Map();  // id -> {holder, body}

function jump(id) {
  document.getElementById(id)?.scrollIntoView({block: 'start'});
  change({section: id});
}

function header(run) {
  const {runs} = view.data;
  const requests = run.repeats.reduce((a, r) => a + r[0], 0);
  const facts = [
    run.world, 'seed ' + run.seed,
    plural(run.repeats.length, 'repeat') + ' of ' + seconds(run.duration),
    plural(requests, 'request'), plural(run.services.length, 'service')
  ];
  const tabs = runs.length > 1 && runs.length <= 8 ?
      el('span', {class: 'tabs runs', role: 'group', 'aria-label': 'run'},
         runs.map(
             (r, i) =>
                 el('button', {
                   class: i === view.run ? 'on' : '',
                   'aria-pressed': i === view.run ? 'true' : 'false',
                   onclick: () => change({run: i})
                 },
                    mark(r.hold ? 'hold' : 'broken'), ' ', runName(r)))) :
      runs.length > 8 ?
      el('select', {'aria-label': 'run', onchange: (e) => change({run: Number(e.target.value)})},
         runs.map((r, i) => el('option', {
                    value: i,
                    selected: i === view.run,
                    text: (r.hold ? '✓ ' : '✗ ') + runName(r)
                  }))) :
      null;
  return [
    el('div', {class: 'title'}, el('h1', {text: run.name}), tabs),
    el('p', {class: 'facts', text: facts.join(' · ')}),
    el('p', {class: 'headline ' + (run.hold ? 'good' : 'bad'), text: run.headline}),
    keyFigures(run),
    run.description ? el('p', {class: 'description', text: run.description.trim()}) : null
  ];
}

function build(id, title, make) {
  const {holder} = built.get(id);
  const old = built.get(id).body;
  if (old) dropCharts(old);
  const body = make(shown());
  holder.hidden = body === null;
  document.querySelector('nav [data-id="' + id + '"]').hidden = body === null;
  clear(holder);
  built.get(id).body = body;
  if (body === null) return;
  holder.append(
      el('h2', {
        text: id === 'runs' && new Set(view.data.runs.map((r) => r.name)).size > 1 ? 'Runs' : title
      }),
      body);
  if (body._mounted) body._mounted();
}

function onChange(changed) {
  if (changed.has('run')) adaptView();
  if (changed.has('run'))
    clear(document.querySelector('header')).append(...header(shown()).filter(Boolean));
  for (const [id, title, make, on] of sections) {
    const {body} = built.get(id);
    if (on.some((key) => changed.has(key)))
      build(id, title, make);
    else if (body && body._changed)
      body._changed(changed);
  }
  if (changed.has('from') || changed.has('to')) {
    refreshCharts(false);
    for (const lanesBox of document.querySelectorAll('.lanes')) lanesBox._redraw();
  }
}

/** Another run may have fewer endpoints, or last less long. */
function adaptView() {
  const run = shown();
  if (!run.endpoints[view.entry]) view.entry = 0;
  if (!run.services.some((s) => s.name === view.service)) view.service = null;
  if (view.to !== null && view.to > run.duration) view.from = view.to = null;
  if (view.time >= run.duration) view.time = defaultTime(run);
  view.trace = 0;
  view.why = 'all';
}

function recolor() {
  refreshCharts(true);
  for (const {body} of built.values())
    if (body && body._colors) body._colors();
}

function themeButton() {
  const names = {auto: '◐ auto', light: '○ light', dark: '● dark'};
  const button = el('button', {
    class: 'theme',
    title: 'light or dark (t)',
    text: names[theme.read()],
    onclick: () => {
      const order = ['auto', 'light', 'dark'];
      const next = order[(order.indexOf(theme.read()) + 1) % 3];
      theme.apply(next);
      button.textContent = names[next];
      recolor();
    }
  });
  return button;
}

const keyHelp = [
  ['j / k', 'next, previous section'], ['[ / ]', 'previous, next run'],
  ['+ / − / 0', 'zoom in, out, the whole run'], ['shift ← / →', 'earlier, later'],
  ['space', 'play and pause the topology'], ['← / →', 'a step of the topology'],
  ['/', 'find a service'], ['t', 'light or dark'], ['Esc', 'close'], ['?', 'this help']
];

function onKey(e) {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName) && e.target.type !== 'range';
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  if (e.key === 'Escape') {
    document.querySelector('dialog[open]')?.close();
    return change({service: null});
  }
  if (typing) return;
  const run = shown(), topology = built.get('topology').body;
  const step = (n) => change({
    time: Math.max(
        0,
        Math.min(
            run.duration - run.series.step,
            (Math.round(view.time / run.series.step) + n) * run.series.step))
  });
  const sectionStep = (n) => {
    const ids = sections.map(([id]) => id).filter((id) => !built.get(id).holder.hidden);
    const top =
        ids.findLastIndex((id) => document.getElementById(id).getBoundingClientRect().top < 80);
    jump(ids[Math.max(0, Math.min(ids.length - 1, top + n))]);
  };
  const acts = {
    'j': () => sectionStep(1),
    'k': () => sectionStep(-1),
    '[': () => change({run: Math.max(0, view.run - 1)}),
    ']': () => change({run: Math.min(view.data.runs.length - 1, view.run + 1)}),
    '+': () => zoomBy(0.5),
    '=': () => zoomBy(0.5),
    '-': () => zoomBy(2),
    '0': () => zoomTo(null, null),
    ' ': () => topology?._play?.(),
    '/': () => topology?._search?.(),
    't': () => document.querySelector('.theme').click(),
    '?': () => document.querySelector('dialog').showModal(),
    'ArrowLeft': () => (e.shiftKey ? panBy(-0.25) : step(-1)),
    'ArrowRight': () => (e.shiftKey ? panBy(0.25) : step(1)),
  };
  if (!acts[e.key] || (e.key === ' ' && e.target.tagName === 'BUTTON') ||
      e.target.closest?.('[role=listbox]'))
    return;
  e.preventDefault();
  acts[e.key]();
}

function frame() {
  const nav = el(
      'nav', {'aria-label': 'sections'}, el('a', {
        class: 'brand',
        href: '#',
        text: 'shaketable',
        onclick: (e) => {
          e.preventDefault();
          scrollTo(0, 0);
        }
      }),
      sections.map(([id, title]) => el('a', {
                     href: '#at=' + id,
                     'data-id': id,
                     text: title,
                     onclick: (e) => {
                       e.preventDefault();
                       jump(id);
                     }
                   })),
      el('span', {class: 'grow'}), themeButton(),
      el('button', {text: '? keys', onclick: () => document.querySelector('dialog').showModal()}));
  const main = el('main', {}, el('header', {}), sections.map(([id, title]) => {
    const holder = el('section', {id, 'aria-label': title});
    built.set(id, {holder, body: null});
    return holder;
  }));
  const help =
      el('dialog', {'aria-label': 'keys'}, el('h3', {text: 'Keys'}),
         el('dl', {class: 'facts-list'},
            keyHelp.map(([key, text]) => [el('dt', {}, el('kbd', {text: key})), el('dd', {text})])),
         el('button', {text: 'close', onclick: () => help.close()}));
  document.getElementById('app').append(nav, main, help);
  return main;
}

/** The section in view is marked in the list of sections. */
function watchSections() {
  const mark = () => {
    let current = sections[0][0];
    for (const [id] of sections) {
      const {holder} = built.get(id);
      if (!holder.hidden && holder.getBoundingClientRect().top < 140) current = id;
    }
    for (const link of document.querySelectorAll('nav a[data-id]'))
      link.classList.toggle('on', link.dataset.id === current);
  };
  addEventListener('scroll', mark, {passive: true});
  mark();
}

async function start() {
  theme.apply(theme.read());
  const app = document.getElementById('app');
  try {
    view.data = await unpack();
  } catch (error) {
    app.append(el('p', {
      class: 'none',
      text: 'The data in this file cannot be unpacked: ' + error.message +
          '. A browser of 2023 or later is needed.'
    }));
    return;
  }
  readHash();
  const main = frame();
  main.querySelector('header').append(...header(shown()).filter(Boolean));
  for (const [id, title, make] of sections) build(id, title, make);
  listeners.push(onChange);
  addEventListener('keydown', onKey);
  addEventListener('hashchange', () => {
    readHash();
    onChange(new Set(Object.keys(view)));
  });
  let timer = 0;
  addEventListener('resize', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      refreshCharts(false);
      for (const {body} of built.values())
        if (body && body._resized) body._resized();
    }, 120);
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    theme.apply(theme.read());
    recolor();
  });
  // Paper is white.
  let before = null;
  addEventListener('beforeprint', () => {
    before = document.documentElement.dataset.theme;
    document.documentElement.dataset.theme = 'light';
    recolor();
  });
  addEventListener('afterprint', () => {
    if (before) document.documentElement.dataset.theme = before;
    recolor();
  });
  watchSections();
  if (view.section) document.getElementById(view.section)?.scrollIntoView({block: 'start'});
  document.documentElement.dataset.ready = 'yes';
}
start();
