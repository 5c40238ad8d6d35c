'use strict';
// What was expected and what came of it.

function verdictSection(run) {
  const root = el('div', {});
  if (run.why.length > 0)
    root.append(el('div', {class: 'why'}, run.why.map((sentence) => el('p', {text: sentence}))));
  if (run.expectations.length === 0)
    root.append(el('p', {class: 'none', text: 'nothing was expected of this run'}));
  else
    root.append(expectationTable(run));
  if (run.notices.length > 0)
    root.append(
        el('ul', {class: 'notices'},
           run.notices.map(
               (n) =>
                   el('li', {}, mark(n.severity === 'error' ? 'broken' : 'warned'), ' ',
                      el('span', {text: n.text})))));
  root.append(el('p', {
    class: 'hint',
    text: run.repeats.length > 1 ?
        'Judged on the mean over ' + plural(run.repeats.length, 'repeat') +
            '; intervals are 95%, by Student’s t over repeats.' :
        'One repeat has no interval: run: {repeats: 10} would give one.'
  }));
  return root;
}

/** What a reader wants to know first: before, during the worst fault, after. */
function keyFigures(run) {
  const [before, during, after] = ['baseline', 'fault', 'after'].map((kind) => windowOf(run, kind));
  const chain = (key, print) => {
    const shownWindows = [before, during, after].filter(Boolean);
    if (shownWindows.length === 0) {
      const whole = windowOf(run, 'run');
      return whole ? [print(mean(whole.total[key][0]))] : [];
    }
    return shownWindows.flatMap(
        (w, i) => [i > 0 ? el('i', {text: '→'}) : null, print(mean(w.total[key][0]))]);
  };
  const steps = [
    before && 'before', during && 'during ' + during.name, after && 'after'
  ].filter(Boolean).join(' → ');
  const tries = mostOf(run, (w) => w.edges.attempts),
        wasted = mostOf(run, (w) => w.services.wasted);
  const figures = [
    ['success', chain('success', share), steps], ['p99', chain('p99', seconds), steps],
    run.recovery[0] > 0 ?
        [
          'recovery', [recoveryText(run)],
          'from the end of the last fault until back inside the baseline'
        ] :
        null,
    tries > 1.05 ? ['most tries a call', [ratio(tries)], 'on any edge in any window'] : null,
    wasted > 0.005 ?
        [
          'most wasted work', [share(wasted)], 'share of a service’s work for callers who had left'
        ] :
        null
  ];
  return el(
      'dl', {class: 'figures'},
      figures.filter((f) => f && f[1].length > 0)
          .map(([name, value,
                 title]) => el('div', {title}, el('dt', {text: name}), el('dd', {}, value))));
}

function expectationTable(run) {
  const several = run.repeats.length > 1;
  return table(
      [
        {
          title: 'expectation',
          text: true,
          get: (e) => el(
              'div', {class: 'claim'}, mark(e.verdict),
              el('div', {}, el('code', {text: e.text}),
                 e.uncertain ? el('span', {
                   class: 'chip warn',
                   text: 'uncertain',
                   title: 'the interval contains the limit: more repeats could change the verdict'
                 }) :
                               null,
                 e.doc ? el('p', {class: 'note', text: e.doc}) : null,
                 e.notes.map((n) => el('p', {class: 'note', text: n}))))
        },
        {title: several ? 'mean, 95%' : 'value', get: (e) => e.value},
        {title: 'limit', get: (e) => e.limit_text},
        {title: 'against the limit', text: true, get: limitPlot},
        ...(several ?
                [{title: 'held in', get: (e) => e.judged > 0 ? e.held + ' / ' + e.judged : '–'}] :
                []),
        {title: 'window', text: true, get: (e) => e.window},
        {title: 'samples', get: (e) => grouped(e.samples)},
        {title: '', text: true, get: (e) => lineLink(e.file, e.line)},
      ],
      run.expectations,
      {heads: false, label: 'expectations', row: (e) => ({class: 'verdict-' + e.verdict})});
}

/** Value and interval beside the limit: which side is good is shaded. */
function limitPlot(e) {
  const width = 150, height = 22;
  if (e.estimate.length === 0) return el('span', {class: 'muted', text: '–'});
  const [value, low, high] = e.estimate;
  const all = [e.limit, low, high, ...e.values];
  let least = Math.min(...all), most = Math.max(...all);
  const room = (most - least || Math.abs(most) || 1) * 0.18;
  least -= room;
  most += room;
  const x = (v) => (v - least) / (most - least) * width;
  const text = e.value + ', limit ' + e.limit_text;
  return svg(
      'svg', {width, height, class: 'limit-plot', role: 'img', 'aria-label': text}, svg('rect', {
        x: e.upper ? 0 : x(e.limit),
        y: 3,
        width: e.upper ? x(e.limit) : width - x(e.limit),
        height: height - 6,
        class: 'good-side'
      }),
      svg('line', {x1: x(e.limit), x2: x(e.limit), y1: 1, y2: height - 1, class: 'limit'}),
      e.values.slice(0, 100).map(
          (v) => svg('circle', {cx: x(v), cy: height / 2, r: 2, class: 'repeat'})),
      svg('line', {x1: x(low), x2: x(high), y1: height / 2, y2: height / 2, class: 'interval'}),
      svg('path', {
        d: 'M' + x(value) + ' 5l5 6l-5 6l-5-6z',
        class: 'value ' +
            (e.verdict === 'hold'       ? 'good' :
                 e.verdict === 'warned' ? 'warn' :
                                          'bad')
      }),
      svg('title', {text}));
}
