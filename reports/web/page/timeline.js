'use strict';
// The run over time: lanes of faults and breakers, and plots below each other on one axis.

const linesMost = 5;

/** Services with the largest values of a column, at most `linesMost`, none that is all zero. */
function largest(run, column) {
  return run.services
      .map((s, i) => [i, run.series.services[i][column].reduce((a, b) => Math.max(a, b ?? 0), 0)])
      .filter(([, most]) => most > 0)
      .sort((a, b) => b[1] - a[1])
      .slice(0, linesMost)
      .map(([i]) => i);
}

function timelineSection(run) {
  const root = el('div', {});
  const endpoint = run.endpoints[view.entry];
  if (!endpoint || run.series.points === 0) {
    root.append(el('p', {class: 'none', text: 'no call was made'}));
    return root;
  }
  const series = run.series.endpoints[view.entry];
  const lanesBox = lanes(run);
  const panels = el('div', {class: 'panels'});
  root.append(
      zoomControls(run), lanesBox, panels, el('p', {class: 'hint', text: seriesNote(run)}),
      tableBehind('Table: ' + endpoint.name + ' over time', () => seriesTable(run, series)),
      tableBehind('Table: services over time', () => servicesTable(run)));
  if (run.events_all > 0)
    root.append(tableBehind(
        'Table: ' + plural(run.events_all, 'event') + ' of the first repeat',
        () => eventsTable(run)));
  // The plots need their widths, so they are made when the section stands in the page.
  root._mounted = () => {
    callPanels(run, panels, endpoint, series);
    loadPanels(run, panels);
  };
  root._changed = (changed) => {
    if (changed.has('time')) lanesBox._mark();
  };
  return root;
}

function zoomControls(run) {
  const button = (text, title, name, act) =>
      el('button', {text, title, 'aria-label': name, onclick: act});
  return el(
      'div', {class: 'controls'}, endpointSelect(run),
      el('span', {class: 'zoom'}, button('+', 'zoom in (+)', 'zoom in', () => zoomBy(0.5)),
         button('−', 'zoom out (−)', 'zoom out', () => zoomBy(2)),
         button('‹', 'earlier (shift ←)', 'earlier', () => panBy(-0.25)),
         button('›', 'later (shift →)', 'later', () => panBy(0.25)),
         button('whole run', 'the whole run (0)', 'whole run', () => zoomTo(null, null))),
      el('span', {
        class: 'hint',
        text: 'drag to zoom, double-click for the whole run, click to set the time of the topology'
      }));
}

/** What the callers of the endpoint see. */
function callPanels(run, panels, endpoint, series) {
  const other = overlaid();
  const same = other ? other.endpoints.findIndex((e) => e.name === endpoint.name) : -1;
  const over = same >= 0 ? other.series.endpoints[same] : null;
  timePlot(panels, {
    run,
    title: 'Success',
    unit: 'share of settled calls',
    print: share,
    height: 96,
    range: (u, low) => [Math.max(0, Math.min(low ?? 1, 0.98) - 0.03), 1.03],
    series: [{
      label: endpoint.name,
      values: successOf(series),
      over: over && successOf(over),
      low: series.low,
      high: series.high
    }]
  });
  timePlot(panels, {
    run,
    title: 'Rate',
    unit: 'a second',
    print: digits3,
    height: 96,
    series: [
      {
        label: 'calls',
        values: perSecond(run, series.started),
        over: over && perSecond(other, over.started)
      },
      {label: 'answered', values: perSecond(run, series.succeeded), style: 3}, {
        label: 'tries',
        values: perSecond(run, series.attempts),
        style: 2,
        over: over && perSecond(other, over.attempts)
      }
    ]
  });
  timePlot(panels, {
    run,
    title: 'Latency',
    unit: 'of successes, logarithmic',
    print: seconds,
    height: 130,
    log: true,
    series: [
      {label: 'p50', values: series.p50}, {label: 'p90', values: series.p90},
      {label: 'p99', values: series.p99, over: over && over.p99}
    ]
  });
}

/** What the whole system does meanwhile. */
function loadPanels(run, panels) {
  const other = overlaid();
  const retries = run.edges.map((e, i) => [i, sum(run.series.edges[i].retries)])
                      .filter(([, all]) => all > 0)
                      .sort((a, b) => b[1] - a[1])
                      .slice(0, linesMost)
                      .map(([i]) => i);
  timePlot(panels, {
    run,
    title: 'Retries',
    unit: 'a second, by edge',
    print: digits3,
    height: 84,
    series: retries.map((i) => ({
                          label: edgeName(run, run.edges[i]),
                          values: perSecond(run, run.series.edges[i].retries)
                        }))
  });
  const queueOf = (name) => {
    const k = other ? other.services.findIndex((s) => s.name === name) : -1;
    return k >= 0 ? other.series.services[k].queue : null;
  };
  timePlot(panels, {
    run,
    title: 'Waiting',
    unit: 'requests in queues, mean',
    print: digits3,
    height: 96,
    series: largest(run, 'queue').map((i, n) => ({
                                        label: run.services[i].name,
                                        values: run.series.services[i].queue,
                                        over: n === 0 ? queueOf(run.services[i].name) : null
                                      }))
  });
  timePlot(panels, {
    run,
    title: 'Busy',
    unit: 'share of workers held',
    print: share,
    height: 96,
    last: true,
    range: () => [0, 1.04],
    series:
        largest(run, 'utilization')
            .map((i) => ({label: run.services[i].name, values: run.series.services[i].utilization}))
  });
}

function sum(values) {
  return values.reduce((a, b) => a + (b ?? 0), 0);
}
function edgeName(run, edge) {
  return edge.from + ' → ' + run.services[edge.to].name;
}
function endpointSelect(run) {
  return el(
      'label', {}, 'endpoint ',
      el('select', {class: 'endpoint', onchange: (e) => change({entry: Number(e.target.value)})},
         run.endpoints.map((e, i) => el('option', {
                             value: i,
                             selected: i === view.entry,
                             text: e.name + (e.entry ? ' (from outside)' : '')
                           }))));
}
function seriesNote(run) {
  const step = 'A point is ' + seconds(run.series.step) + ' of the run';
  const merged = run.series.merged > 1 ?
      ', ' + run.series.merged + ' samples together: counts are summed, queues averaged, ' +
          'and of p90 and p99 the largest is shown' :
      '';
  const repeats = run.repeats.length > 1 ?
      '; lines are means over ' + plural(run.repeats.length, 'repeat') +
          ', the band around success reaches from the worst to the best of them' :
      '';
  return step + merged + repeats + '.';
}

/** Labelled lanes: warm-up and cool-down, faults, breakers. Redrawn when the zoom changes. */
function lanes(run) {
  const box = el('div', {class: 'lanes'});
  // Where the topology stands.
  const now = el('div', {class: 'now', 'aria-hidden': 'true'}, el('i'));
  box._mark = () => {
    const from = view.from ?? 0, to = view.to ?? run.duration;
    now.hidden = view.time < from || view.time > to;
    now.firstChild.style.left = (view.time - from) / (to - from) * 100 + '%';
  };
  box._redraw = () => {
    clear(box).append(
        ...lanesOf(run).map(([label, title, spans]) => laneRow(run, label, title, spans)), now);
    box._mark();
  };
  box._redraw();
  return box;
}

/** [label, title, spans] of each lane. */
function lanesOf(run) {
  const all = [], edges = [];
  if (run.warmup > 0)
    edges.push({
      from: 0,
      to: run.warmup,
      kind: 'warm',
      text: 'warm-up',
      title: 'warm-up until ' + clock(run.warmup) + ': in no number'
    });
  if (run.cooldown > 0)
    edges.push({
      from: run.duration - run.cooldown,
      to: run.duration,
      kind: 'warm',
      text: 'cool-down',
      title: 'cool-down: in no number'
    });
  if (edges.length > 0) all.push(['', 'what is not shaded is measured', edges]);
  for (const fault of run.faults.slice(0, 12)) {
    const what = [fault.kind, fault.target].filter(Boolean).join(' ');
    all.push([
      fault.id, fault.id,
      fault.spans.map(([from, to]) => ({
                        from,
                        to,
                        kind: 'fault',
                        text: what,
                        title: fault.id + ': ' + what + ', ' + clock(from) + ' – ' + clock(to)
                      }))
    ]);
  }
  for (const [name, lane] of [...breakers(run)].slice(0, 8))
    all.push([
      '⌀ ' + name.replace(' -> ', ' → '), 'breakers of ' + name + ', first repeat',
      breakerSpans(lane, run.duration)
    ]);
  return all;
}

function laneRow(run, label, title, spans) {
  const from = view.from ?? 0, to = view.to ?? run.duration;
  const track = el('div', {class: 'track'});
  for (const s of spans) {
    const a = Math.max(0, (s.from - from) / (to - from)),
          b = Math.min(1, (s.to - from) / (to - from));
    if (b <= a || b <= 0 || a >= 1) continue;
    const bar = el('button', {
      class: 'bar ' + s.kind,
      title: s.title,
      text: s.text || '',
      'aria-label': s.title,
      onclick: () => zoomTo(s.from - (s.to - s.from) * 0.3, s.to + (s.to - s.from) * 0.6)
    });
    bar.style.left = a * 100 + '%';
    bar.style.width = 'max(2px, ' + (b - a) * 100 + '%)';
    track.append(bar);
  }
  return el('div', {class: 'lane'}, el('span', {class: 'lane-name', title, text: label}), track);
}

function breakerSpans(lane, end) {
  const spans = [];
  lane.steps.forEach((step, i) => {
    const to = lane.steps[i + 1]?.at ?? end;
    if (to <= step.at || step.open + step.half === 0) return;
    const kind = step.open > 0 ? 'open' : 'half';
    spans.push({
      from: step.at,
      to,
      kind,
      text: '',
      title: (step.open > 0 ? step.open + ' open' : '') +
          (step.half > 0 ? ' ' + step.half + ' half-open' : '') + ' of ' + step.known +
          ' breakers, ' + clock(step.at) + ' – ' + clock(to)
    });
  });
  return spans;
}

function seriesTable(run, series) {
  const rows = instants(run).map((t, k) => ({t, k}));
  const at = (column) => ({k}) => column[k];
  const good = successOf(series);
  return table(
      [
        {title: 'time', get: ({t}) => clock(t)},
        {title: 'calls/s', get: ({k}) => digits3(series.started[k] / run.series.step)},
        {title: 'tries/s', get: ({k}) => digits3(series.attempts[k] / run.series.step)},
        {title: 'success', get: ({k}) => share(good[k])},
        {title: 'p50', get: (r) => seconds(at(series.p50)(r))},
        {title: 'p90', get: (r) => seconds(at(series.p90)(r))},
        {title: 'p99', get: (r) => seconds(at(series.p99)(r))},
      ],
      rows, {label: 'series'});
}
function servicesTable(run) {
  const chosen = [...new Set([...largest(run, 'queue'), ...largest(run, 'utilization')])];
  return table(
      [
        {title: 'time', get: (k) => clock(k * run.series.step)},
        ...chosen.flatMap(
            (i) =>
                [{
                  title: run.services[i].name + ' waiting',
                  get: (k) => digits3(run.series.services[i].queue[k] ?? 0)
                },
                 {title: 'busy', get: (k) => share(run.series.services[i].utilization[k])}])
      ],
      instants(run).map((_, k) => k), {label: 'services over time'});
}
function eventsTable(run) {
  const note = run.events_all > run.events.length ?
      el('p', {class: 'hint', text: 'the first ' + grouped(run.events.length) + ' are kept here'}) :
      null;
  return el(
      'div', {}, note,
      table(
          [
            {title: 'time', get: (e) => clock(e[0])}, {title: 'what', text: true, get: (e) => e[1]},
            {title: 'of', text: true, get: (e) => e[2]},
            {title: 'detail', text: true, get: (e) => e[3]}
          ],
          run.events, {label: 'events'}));
}
