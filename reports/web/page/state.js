'use strict';
// What is shown: one object, kept in the hash of the address, so that a link keeps the view.

const view = {
  data: null,  // the unpacked document
  run: 0,      // which run is shown
  other: -1,   // which run lies over it; -1: none
  entry: 0,    // which endpoint the timeline and the latencies are of
  time: 0,     // of the topology, seconds
  from: null,  // zoom of the time axis, seconds; null: all
  to: null,
  service: null,  // the opened service, by name
  trace: 0,       // the shown request
  why: 'all',     // which requests are listed
  window: null,   // of the policies, by name
  section: '',    // the section last jumped to
};
/** Called as listener(what changed: Set of keys). */
const listeners = [];

function shown() {
  return view.data.runs[view.run];
}
function overlaid() {
  return view.other >= 0 && view.other !== view.run ? view.data.runs[view.other] : null;
}
function runName(run) {
  const runs = view.data.runs;
  const name = run.variant || run.name;
  // Two runs of one name are told apart by world, seed or place.
  const same = runs.filter((r) => (r.variant || r.name) === name);
  if (same.length === 1) return name;
  if (new Set(same.map((r) => r.world)).size === same.length) return name + ' (' + run.world + ')';
  if (new Set(same.map((r) => r.seed)).size === same.length)
    return name + ' (seed ' + run.seed + ')';
  return name + ' (' + (runs.indexOf(run) + 1) + ')';
}

/** Changes the view and tells everyone whom it concerns. */
function change(values) {
  const changed = new Set();
  for (const [key, value] of Object.entries(values))
    if (view[key] !== value) {
      view[key] = value;
      changed.add(key);
    }
  if (changed.size === 0) return;
  writeHash();
  for (const listener of listeners) listener(changed);
}

let hashTimer = 0;
function writeHash() {
  clearTimeout(hashTimer);
  hashTimer = setTimeout(() => {
    const parts = new URLSearchParams();
    const run = shown();
    if (view.run > 0) parts.set('run', view.run);
    if (view.other >= 0) parts.set('with', view.other);
    if (view.entry > 0 && run.endpoints[view.entry])
      parts.set('endpoint', run.endpoints[view.entry].name);
    if (view.time > 0) parts.set('t', +view.time.toFixed(2));
    if (view.from !== null)
      parts.set('zoom', (+view.from.toFixed(2)) + '-' + (+view.to.toFixed(2)));
    if (view.service) parts.set('service', view.service);
    if (view.trace > 0) parts.set('request', view.trace);
    if (view.why !== 'all') parts.set('why', view.why);
    if (view.window) parts.set('window', view.window);
    if (view.section) parts.set('at', view.section);
    const text = parts.toString();
    history.replaceState(null, '', text ? '#' + text : location.pathname + location.search);
  }, 120);
}

/** Whatever the hash holds, the view stays one that exists. */
function readHash() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const whole = (key, size, otherwise) => {
    const n = Number(parts.get(key));
    return parts.has(key) && Number.isInteger(n) && n >= 0 && n < size ? n : otherwise;
  };
  const named = view.data.runs.findIndex((r) => r.variant !== '' && r.variant === parts.get('run'));
  view.run = named >= 0 ? named : whole('run', view.data.runs.length, 0);
  view.other = whole('with', view.data.runs.length, -1);
  const run = shown();
  view.entry = Math.max(0, run.endpoints.findIndex((e) => e.name === parts.get('endpoint')));
  const time = Number(parts.get('t'));
  view.time = time > 0 && time <= run.duration ? time : defaultTime(run);
  const zoom = /^([\d.]+)-([\d.]+)$/.exec(parts.get('zoom') || '');
  const [from, to] = zoom ? [Number(zoom[1]), Number(zoom[2])] : [null, null];
  const good = zoom && from < to && to <= run.duration * 1.01;
  view.from = good ? from : null;
  view.to = good ? to : null;
  view.service =
      run.services.some((s) => s.name === parts.get('service')) ? parts.get('service') : null;
  view.trace = whole('request', run.traces.length, 0);
  view.why = run.traces.some((t) => t.why === parts.get('why')) ? parts.get('why') : 'all';
  view.window =
      run.windows.some((w) => w.name === parts.get('window')) ? parts.get('window') : null;
  view.section = parts.get('at') || '';
}

/** Where the topology stands at first: in the middle of the first fault. */
function defaultTime(run) {
  for (const fault of run.faults)
    for (const [start, end] of fault.spans) return (start + end) / 2;
  return run.duration / 2;
}
