'use strict';
// Questions about a run that several sections ask.

/** Makes what is asked for often once; names begin with _ and are not downloaded. */
function once(run, name, make) {
  if (!(name in run)) run[name] = make();
  return run[name];
}
/** The number of the point of the series in which an instant lies. */
function pointAt(run, time) {
  return Math.max(0, Math.min(run.series.points - 1, Math.floor(time / run.series.step)));
}
/** Instants of the points: their middles would hide that a step begins with a fault. */
function instants(run) {
  return once(
      run, '_instants',
      () => Array.from({length: run.series.points}, (_, k) => k * run.series.step));
}
/** A column of counts as a rate a second. */
function perSecond(run, column) {
  return column.map((x) => (x === null ? null : x / run.series.step));
}
/** Share of settled calls that succeeded; null where none settled. */
function successOf(series) {
  return series.succeeded.map((good, k) => {
    const settled = good + series.failed[k];
    return settled > 0 ? good / settled : null;
  });
}
function triesPerCall(series) {
  return series.started.map((n, k) => (n > 0 ? series.attempts[k] / n : null));
}
/** Window by kind; of several faults the one that hurt most. */
function windowOf(run, kind) {
  const all = run.windows.filter((w) => w.kind === kind);
  return all.sort((a, b) => (mean(a.total.success[0]) ?? 2) - (mean(b.total.success[0]) ?? 2))[0] ||
      null;
}
/** The windows a table shows: baseline, faults, after, named; "run" where there is nothing else. */
function mainWindows(run) {
  const some = run.windows.filter((w) => w.kind !== 'run');
  return some.length > 0 ? some : run.windows;
}
function windowTitle(w) {
  return w.kind === 'fault' ? 'during ' + w.name : w.name;
}

/** Edges into and out of a service, as indices. */
function edgesInto(run, service) {
  return run.edges.map((e, i) => i).filter((i) => run.edges[i].to === service);
}
function edgesOutOf(run, service) {
  const name = run.services[service].name;
  return run.edges.map((e, i) => i)
      .filter((i) => !run.edges[i].workload && run.edges[i].from === name);
}

/**
 * Breakers by edge "caller -> service": [{at, open, half, known}] steps, counts over all callers'
 * machines. From the events of the first repeat.
 */
function breakers(run) {
  return once(run, '_breakers', () => breakerLanes(run));
}
function breakerLanes(run) {
  const lanes = new Map();
  for (const [at, what, subject] of run.events) {
    if (!what.startsWith('breaker-')) continue;
    const pair = subject.split(' from ')[0];
    const [from, target = ''] = pair.split(' -> ');
    const service = run.services.find((s) => target === s.name || target.startsWith(s.name + '.'));
    const key = from + ' -> ' + (service ? service.name : target);
    if (!lanes.has(key)) lanes.set(key, {steps: [], members: new Map()});
    const lane = lanes.get(key);
    lane.members.set(subject, what.slice(8));
    const states = [...lane.members.values()];
    lane.steps.push({
      at,
      open: states.filter((s) => s === 'open').length,
      half: states.filter((s) => s === 'half-open').length,
      known: states.length,
    });
  }
  return lanes;
}
/** "open", "half-open" or "" of an edge at an instant, with how many. */
function breakerAt(run, edge, time) {
  const lane = breakers(run).get(edge.from + ' -> ' + run.services[edge.to].name);
  if (!lane) return null;
  let last = null;
  for (const step of lane.steps) {
    if (step.at > time) break;
    last = step;
  }
  return last && (last.open > 0 || last.half > 0) ? last : null;
}

/**
 * A service at a point of the series: {state, rate, success, utilization, queue, up}.
 * States, from bad to good: down, failing, degraded, healthy, idle.
 */
function healthAt(run, service, k) {
  const s = run.series.services[service];
  const into = once(run, '_into', () => {
    const rows = run.services.map(() => []);
    run.endpoints.forEach((e, j) => rows[e.service].push(j));
    return rows;
  });
  let good = 0, bad = 0, calls = 0;
  for (const e of into[service]) {
    const series = run.series.endpoints[e];
    good += series.succeeded[k] || 0;
    bad += series.failed[k] || 0;
    calls += series.started[k] || 0;
  }
  const failed = good + bad > 0 ? bad / (good + bad) : 0;
  const up = s.up[k], utilization = s.utilization[k];
  const state = up !== null && up < 0.5 ? 'down' :
      failed > 0.5                      ? 'failing' :
      failed > 0.01 || (utilization ?? 0) >= 0.95 ||
          (up !== null && up < run.services[service].replicas - 0.5) ?
                     'degraded' :
      calls + good + bad === 0 ? 'idle' :
                                 'healthy';
  return {
    state,
    utilization,
    up,
    queue: s.queue[k],
    queueMax: s.queue_max[k],
    rate: calls / run.series.step,
    success: good + bad > 0 ? 1 - failed : null,
    refused: s.refused[k] / run.series.step,
  };
}
const healthMark = {
  down: '✕',
  failing: '✗',
  degraded: '!',
  healthy: '✓',
  idle: '·'
};

/** Colour, mark and word of a verdict. */
const verdictMark = {
  'hold': ['✓', 'good', 'holds'],
  'broken': ['✗', 'bad', 'failed'],
  'warned': ['!', 'warn', 'warning'],
  'no-samples': ['?', 'bad', 'no samples'],
};
function mark(verdict) {
  const [sign, color, word] = verdictMark[verdict] || ['?', 'bad', verdict];
  return el(
      'span', {class: 'mark ' + color, role: 'img', 'aria-label': word, title: word, text: sign});
}

/** A link to a line of the scenario, where it is known. */
function lineLink(file, line, text) {
  if (!line) return null;
  return el('button', {
    class: 'plain line-link',
    title: file + ', line ' + line,
    text: text || 'line ' + line,
    onclick: () => showLine(file, line)
  });
}
