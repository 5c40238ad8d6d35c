'use strict';
// Kept requests as waterfalls: tries and waits apart, the critical path marked.

const rowsMost = 300;
// Of a visit in the data.
const V = {
  parent: 0,
  service: 1,
  endpoint: 2,
  replica: 3,
  attempt: 4,
  sent: 5,
  arrived: 6,
  started: 7,
  ended: 8,
  outcome: 9
};
const whyWords = {
  'slowest': 'slowest',
  'failed': 'failed',
  'most-retried': 'most retried',
  'random': 'random'
};
function isGood(outcome) {
  return outcome === 'ok' || outcome === 'degraded';
}

function requestsSection(run) {
  if (run.traces.length === 0)
    return el(
        'p',
        {class: 'none', text: 'no request was kept whole; run: {keep_traces: 200} keeps some'});
  const kinds = ['all', ...new Set(run.traces.map((t) => t.why))];
  const list = run.traces.map((t, i) => i)
                   .filter((i) => view.why === 'all' || run.traces[i].why === view.why);
  const current = list.includes(view.trace) ? view.trace : list[0];
  const root =
      el('div', {},
         el('div', {class: 'controls'},
            el('span', {class: 'tabs', role: 'group', 'aria-label': 'which requests'},
               kinds.map((kind) => el('button', {
                           class: kind === view.why ? 'on' : '',
                           'aria-pressed': kind === view.why ? 'true' : 'false',
                           text: whyWords[kind] || kind,
                           onclick: () => change({
                             why: kind,
                             trace: kind === 'all' ? 0 : run.traces.findIndex((t) => t.why === kind)
                           })
                         }))),
            run.traces_all > run.traces.length ? el('span', {
              class: 'hint',
              text: grouped(run.traces.length) + ' of ' + grouped(run.traces_all) +
                  ' kept requests; all are in result.json'
            }) :
                                                 null));
  const items =
      el('div', {
        class: 'request-list',
        role: 'listbox',
        'aria-label': 'requests',
        tabindex: '0',
        onkeydown: (e) => {
          const step = e.key === 'ArrowDown' ? 1 : e.key === 'ArrowUp' ? -1 : 0;
          const next = list[list.indexOf(current) + step];
          if (step === 0 || next === undefined) return;
          e.preventDefault();
          change({trace: next});
        }
      },
         list.map((i) => {
           const t = run.traces[i], first = t.visits[0];
           return el(
               'button', {
                 class: 'request' + (i === current ? ' on' : ''),
                 role: 'option',
                 tabindex: '-1',
                 'aria-selected': i === current ? 'true' : 'false',
                 onclick: () => change({trace: i})
               },
               mark(isGood(first[V.outcome]) ? 'hold' : 'broken'),
               el('b', {text: seconds(lengthOf(t))}), el('span', {
                 class: 'muted',
                 text: clock(Math.floor(t.at)) + ' · ' +
                     plural(t.visits.length - 1 + t.dropped, 'try').replace('trys', 'tries')
               }),
               view.why === 'all' ? el('span', {class: 'chip', text: whyWords[t.why] || t.why}) :
                                    null);
         }));
  const trace = run.traces[current];
  root.append(
      el('div', {class: 'requests'}, items, el('div', {class: 'waterfall'}, waterfall(trace))));
  root.append(tableBehind('Table: this request', () => traceTable(trace)));
  return root;
}
function lengthOf(trace) {
  const first = trace.visits[0];
  return first[V.ended] < 0 ? null : first[V.ended] * 1e-6;
}

/** Visits in the order of a tree: children by the time they were sent. A cycle cannot hang it. */
function treeOrder(visits) {
  const children = visits.map(() => []);
  visits.forEach((v, i) => {
    if (i > 0 && v[V.parent] !== i) children[v[V.parent]].push(i);
  });
  for (const list of children) list.sort((a, b) => visits[a][V.sent] - visits[b][V.sent]);
  const order = [], seen = new Set(), stack = [[0, 0]];
  while (stack.length > 0) {
    const [i, depth] = stack.pop();
    if (seen.has(i)) continue;
    seen.add(i);
    order.push({i, depth});
    for (const child of [...children[i]].reverse()) stack.push([child, depth + 1]);
  }
  return {order, children};
}

/**
 * What the request's end waited for, backwards from its end: of the children that had ended by
 * then, the one that ended last; before it began, again. Stretches of each visit: [[from, to]].
 */
function criticalPath(visits, children) {
  const stretches = visits.map(() => []);
  const last = Math.max(...visits.map((v) => v[V.sent]));
  const stack = [[0, visits[0][V.ended] < 0 ? last : visits[0][V.ended]]];
  const seen = new Set();
  while (stack.length > 0) {
    const [i, end] = stack.pop();
    if (seen.has(i)) continue;
    seen.add(i);
    let t = end;
    const ended = children[i]
                      .filter((c) => visits[c][V.ended] >= 0)
                      .sort((a, b) => visits[b][V.ended] - visits[a][V.ended]);
    for (const c of ended) {
      if (visits[c][V.ended] > t) continue;
      if (visits[c][V.ended] < t) stretches[i].push([visits[c][V.ended], t]);
      stack.push([c, visits[c][V.ended]]);
      t = visits[c][V.sent];
    }
    if (t > visits[i][V.sent]) stretches[i].push([visits[i][V.sent], t]);
  }
  return stretches;
}

function waterfall(trace) {
  const {visits} = trace;
  const {order, children} = treeOrder(visits);
  const path = criticalPath(visits, children);
  const rows = order.slice(0, rowsMost);
  const end = Math.max(1, ...visits.map((v) => Math.max(v[V.ended], v[V.sent])));
  const rootEnd = visits[0][V.ended] < 0 ? end : visits[0][V.ended];
  const shownEnd = Math.max(rootEnd, Math.min(end, rootEnd * 1.5));
  const tall = 20, names = 230, width = 1000, top = 22;
  const x = (us) => names + Math.max(0, Math.min(us, shownEnd)) / shownEnd * (width - names - 64);
  const height = top + rows.length * tall + 6;
  const picture = svg('svg', {
    viewBox: '0 0 ' + width + ' ' + height,
    class: 'falls',
    role: 'img',
    'aria-label': 'waterfall; the numbers are in the table below'
  });
  for (let i = 0; i <= 4; ++i) {
    const at = shownEnd * i / 4;
    picture.append(
        svg('line', {x1: x(at), x2: x(at), y1: top - 4, y2: height, class: 'tick'}),
        svg('text', {x: x(at), y: 12, class: 'tick-text', text: seconds(at * 1e-6)}));
  }
  if (shownEnd > rootEnd)
    picture.append(
        svg('line', {x1: x(rootEnd), x2: x(rootEnd), y1: top - 4, y2: height, class: 'root-end'}));
  rows.forEach(
      ({i, depth}, n) => picture.append(waterfallRow(
          visits, i, depth, top + n * tall, x, path[i], waitBefore(visits, children, i),
          {tall, names, rootEnd})));
  const more = order.length > rows.length ? el('p', {
    class: 'hint',
    text: 'the first ' + rowsMost + ' of ' + grouped(order.length) + ' tries; all are in the table'
  }) :
                                            null;
  const dropped = trace.dropped > 0 ? el('p', {
    class: 'hint',
    text: plural(trace.dropped, 'further try').replace('trys', 'tries') + ' in result.json'
  }) :
                                      null;
  const head =
      el('p', {class: 'fall-head'}, el('b', {text: trace.workload + ' #' + trace.ordinal}),
         ' began at ' + clock(trace.at) + ', ' +
             (visits[0][V.ended] < 0 ? 'had not ended when the run did' :
                                       'took ' + seconds(rootEnd * 1e-6)) +
             ', ' + visits[0][V.outcome]);
  return el(
      'div', {}, head, el('div', {class: 'scroll'}, picture), more, dropped,
      el('p', {class: 'legend'}, keyOf('net', 'on the way'), keyOf('queued', 'waits for a worker'),
         keyOf('served', 'in service'), keyOf('failed', 'in service, failed'),
         keyOf('gone', 'its caller had left'), keyOf('backoff', 'caller waits before the next try'),
         keyOf('critical', 'critical path')));
}
function keyOf(kind, text) {
  return el(
      'span', {class: 'key'},
      svg('svg', {width: 24, height: 10, 'aria-hidden': 'true'}, svg('rect', {
            x: 0,
            y: kind === 'critical'                   ? 6 :
                kind === 'backoff' || kind === 'net' ? 4 :
                                                       0,
            width: 24,
            height: kind === 'critical'              ? 3 :
                kind === 'backoff' || kind === 'net' ? 2 :
                                                       10,
            class: kind
          })),
      text);
}

/** The end of the try before this one, of the same call; -1 where it is the first. */
function waitBefore(visits, children, i) {
  const v = visits[i];
  if (i === 0 || v[V.attempt] < 2) return -1;
  let best = -1;
  for (const c of children[v[V.parent]]) {
    const w = visits[c];
    if (w[V.attempt] === v[V.attempt] - 1 && w[V.service] === v[V.service] &&
        w[V.endpoint] === v[V.endpoint] && w[V.ended] <= v[V.sent])
      best = Math.max(best, w[V.ended]);
  }
  return best;
}

function waterfallRow(visits, i, depth, y, x, stretches, waited, size) {
  const v = visits[i];
  const g = svg('g', {class: 'fall' + (isGood(v[V.outcome]) ? '' : ' not-ok')});
  const name = i === 0 ? 'request' : v[V.service] + '.' + v[V.endpoint];
  const indent = Math.min(depth, 10) * 11;
  g.append(svg('text', {
    x: 4 + indent,
    y: y + 14,
    class: 'fall-name',
    text: shorten(name, Math.floor((size.names - indent - 52) / 6.4))
  }));
  if (v[V.attempt] > 1)
    g.append(svg(
        'text', {x: size.names - 10, y: y + 14, class: 'fall-try', text: 'try ' + v[V.attempt]}));
  const bar = (from, to, kind, inset) => {
    if (to > from && from < Infinity)
      g.append(svg('rect', {
        x: x(from),
        y: y + inset,
        width: Math.max(1, x(to) - x(from)),
        height: size.tall - 4 - 2 * inset,
        class: kind
      }));
  };
  const sent = v[V.sent], ended = v[V.ended] < 0 ? Infinity : v[V.ended];
  const arrived = v[V.arrived] < 0 ? ended : v[V.arrived];
  const started = v[V.started] < 0 ? Infinity : v[V.started];
  if (waited >= 0) bar(waited, sent, 'backoff', 7);
  if (i === 0)
    bar(sent, ended, 'whole', 4);
  else {
    bar(sent, Math.min(arrived, ended), 'net', 7);
    bar(arrived, Math.min(started, ended), 'queued', 2);
    if (started < ended)
      bar(started, ended, isGood(v[V.outcome]) ? 'served' : 'failed', 2);
    else if (started < Infinity)
      bar(ended, started, 'gone', 6);
  }
  for (const [from, to] of stretches) bar(from, to, 'critical', 0);
  for (const rect of g.querySelectorAll('.critical')) {
    rect.setAttribute('y', y + size.tall - 5);
    rect.setAttribute('height', 2.6);
  }
  const at = ended === Infinity ? x(arrived) : x(ended);
  g.append(svg('text', {
    x: at + 5,
    y: y + 13,
    class: 'fall-time',
    text: (ended === Infinity ? '…' : seconds((ended - sent) * 1e-6)) +
        (isGood(v[V.outcome]) ? '' : ' ✗ ' + v[V.outcome])
  }));
  g.append(svg('title', {
    text: name + ', replica ' + v[V.replica] + ', try ' + v[V.attempt] + ': ' + v[V.outcome] +
        '\nsent ' + seconds(sent * 1e-6) +
        (v[V.arrived] >= 0 ? ', arrived ' + seconds(v[V.arrived] * 1e-6) : ', never arrived') +
        (v[V.started] >= 0 ? ', started ' + seconds(v[V.started] * 1e-6) : '') +
        (v[V.ended] >= 0 ? ', ended ' + seconds(v[V.ended] * 1e-6) : '')
  }));
  return g;
}

function traceTable(trace) {
  const {order, children} = treeOrder(trace.visits);
  const path = criticalPath(trace.visits, children);
  const at = (us) => (us < 0 ? '–' : seconds(us * 1e-6));
  return table(
      [
        {
          title: 'visit',
          text: true,
          get: (r) => '  '.repeat(Math.min(r.depth, 10)) +
              (r.i === 0 ? 'request' : r.v[V.service] + '.' + r.v[V.endpoint])
        },
        {title: 'replica', get: (r) => (r.i === 0 ? '' : r.v[V.replica])},
        {title: 'try', get: (r) => r.v[V.attempt]},
        {title: 'sent', get: (r) => at(r.v[V.sent])},
        {title: 'arrived', get: (r) => at(r.v[V.arrived])},
        {title: 'started', get: (r) => at(r.v[V.started])},
        {title: 'ended', get: (r) => at(r.v[V.ended])},
        {
          title: 'on the critical path',
          get: (r) => (r.critical > 0 ? seconds(r.critical * 1e-6) : '–')
        },
        {title: 'outcome', text: true, get: (r) => r.v[V.outcome]},
      ],
      order.map(({i, depth}) => ({
                  i,
                  depth,
                  v: trace.visits[i],
                  critical: path[i].reduce((a, [f, t]) => a + t - f, 0)
                })),
      {label: 'visits'});
}
