'use strict';
// Variants side by side, and one run against another.

function runsSection(run) {
  const {runs} = view.data;
  if (runs.length < 2) return null;
  const root = el('div', {});
  const plain = (print) => (estimate) => el('span', {text: withInterval(estimate, print)});
  const at = (r, kind, key) => {
    const w = windowOf(r, kind);
    return w ? w.total[key][0] : null;
  };
  const columns = [
    ['success before', 'baseline', 'success', share], ['during', 'fault', 'success', share],
    ['after', 'after', 'success', share], ['p99 before', 'baseline', 'p99', seconds],
    ['during', 'fault', 'p99', seconds]
  ];
  root.append(
      table(
          [
            {
              title: 'run',
              text: true,
              get: (r) =>
                  el('button',
                     {class: 'plain run-name', onclick: () => change({run: runs.indexOf(r)})},
                     mark(r.hold ? 'hold' : 'broken'), ' ', runName(r))
            },
            {
              title: 'hold',
              get: (r) => r.expectations.filter((e) => e.verdict === 'hold').length + ' / ' +
                  r.expectations.length
            },
            ...columns.map(([title, kind, key, print]) => ({
                             title,
                             get: (r) => plain(print)(at(r, kind, key)),
                             sort: (r) => mean(at(r, kind, key))
                           })),
            {title: 'recovery', get: recoveryText},
            {title: 'most tries a call', get: (r) => ratio(mostOf(r, (w) => w.edges.attempts))},
            {title: 'most wasted work', get: (r) => share(mostOf(r, (w) => w.services.wasted))},
            {
              title: '',
              text: true,
              get:
                  (r) => r === run ? el('span', {class: 'muted', text: 'shown'}) : el('button', {
                    text: overlaid() === r ? 'remove' :
                                             'lay over',
                    title: 'draw this run over the shown one, in the timeline and the percentiles',
                    onclick: () => change({other: overlaid() === r ? -1 : runs.indexOf(r)})
                  })
            },
          ],
          runs.slice(),
          {heads: false, label: 'runs', row: (r) => ({class: r === run ? 'current' : ''})}));
  root.append(
      el('div', {class: 'dots'},
         dotPlot(
             'Success during the worst fault', runs,
             (r) => at(r, 'fault', 'success') || at(r, 'run', 'success'), share),
         dotPlot(
             'p99 during the worst fault', runs,
             (r) => at(r, 'fault', 'p99') || at(r, 'run', 'p99'), seconds)));
  const other = overlaid();
  if (other) root.append(differences(run, other));
  root.append(el('p', {
    class: 'hint',
    text: '“During” is the fault that hurt most. Variants of one file run on the same dice, ' +
        'so that their differences are theirs and not luck.'
  }));
  return root;
}

function recoveryText(r) {
  const [of, back, time] = r.recovery;
  return of === 0 ? '–' :
      back === of ? seconds(time) :
      back === 0  ? 'never' :
                    (of - back) + '/' + of + ' never';
}
function mostOf(r, column) {
  let most = null;
  for (const w of r.windows)
    for (const estimate of column(w))
      if (estimate && estimate[0] > (most ?? -1)) most = estimate[0];
  return most;
}

/** One row a run: its mean and interval on a common scale. */
function dotPlot(title, runs, get, print) {
  const rows = runs.map((r) => [r, get(r)]).filter(([, e]) => e);
  if (rows.length < 2) return null;
  const low = Math.min(...rows.map(([, e]) => e[1] ?? e[0])),
        high = Math.max(...rows.map(([, e]) => e[2] ?? e[0]));
  const room = (high - low || high || 1) * 0.08;
  const names = 150, width = 520, tall = 22;
  const x = (v) => names + (v - low + room) / (high - low + 2 * room) * (width - names - 90);
  return el(
      'figure', {}, el('figcaption', {}, el('h3', {text: title})),
      svg('svg', {
        viewBox: '0 0 ' + width + ' ' + (rows.length * tall + 4),
        class: 'dot-plot',
        role: 'img',
        'aria-label': title + '; the numbers are in the table above'
      },
          rows.map(
              ([r, e], i) => svg(
                  'g', {
                    transform: 'translate(0 ' + (i * tall + 13) + ')',
                    class: r === shown() ? 'current' : ''
                  },
                  svg('text', {x: 0, y: 4, class: 'dot-name', text: shorten(runName(r), 22)}),
                  svg('line', {x1: names, x2: width - 90, y1: 0, y2: 0, class: 'rail'}),
                  svg('line',
                      {x1: x(e[1] ?? e[0]), x2: x(e[2] ?? e[0]), y1: 0, y2: 0, class: 'interval'}),
                  svg('circle',
                      {cx: x(e[0]), cy: 0, r: 4.5, class: 'dot ' + (r.hold ? 'good' : 'bad')}),
                  svg('text', {x: width - 84, y: 4, class: 'dot-value', text: print(e[0])})))));
}

/** Window by window: both, their difference, and whether the intervals lie apart. */
function differences(run, other) {
  const rows = [];
  for (const w of run.windows) {
    const same = other.windows.find((o) => o.name === w.name && o.kind === w.kind);
    if (!same) continue;
    for (const [title, key, print] of [
             ['success', 'success', share], ['calls a second', 'rate', digits3],
             ['p50', 'p50', seconds], ['p99', 'p99', seconds], ['tries a call', 'attempts', ratio]])
      rows.push({w, title, print, a: w.total[key][0], b: same.total[key][0]});
  }
  const apart = ({a, b}) =>
      a && b && a.length === 3 && b.length === 3 && (a[2] < b[1] || b[2] < a[1]);
  const difference = ({a, b, print}) => {
    if (!a || !b) return '–';
    const d = a[0] - b[0];
    if (Math.abs(d) <= 1e-9 * Math.abs(b[0])) return '0';
    if (print === share) return (d >= 0 ? '+' : '−') + digits3(Math.abs(d) * 100) + ' points';
    return (d >= 0 ? '+' : '−') + print(Math.abs(d)) +
        (b[0] > 0 ? ' (' + (d >= 0 ? '+' : '−') + digits3(Math.abs(d / b[0]) * 100) + '%)' : '');
  };
  return el(
      'div', {}, el('h3', {text: runName(run) + ' against ' + runName(other) + ', all workloads'}),
      table(
          [
            {title: 'window', text: true, get: (r) => windowTitle(r.w)},
            {title: 'figure', text: true, get: (r) => r.title},
            {title: runName(run), get: (r) => withInterval(r.a, r.print)},
            {title: runName(other), get: (r) => withInterval(r.b, r.print)},
            {title: 'difference', get: difference},
            {
              title: 'intervals',
              text: true,
              get: (r) => !r.a || !r.b || r.a.length < 3 || r.b.length < 3 ? '–' :
                  apart(r) ? el('b', {text: 'apart'}) :
                             'overlap'
            },
          ],
          rows, {heads: false, label: 'differences'}));
}
