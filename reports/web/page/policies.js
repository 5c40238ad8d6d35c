'use strict';
// What each policy did: by edge and by service, in one window.

function chosenWindow(run) {
  return run.windows.find((w) => w.name === view.window) || windowOf(run, 'fault') ||
      run.windows[0];
}

function policiesSection(run) {
  const w = chosenWindow(run);
  if (!w) return el('p', {class: 'none', text: 'nothing was measured'});
  const root = el('div', {});
  root.append(
      el('div', {class: 'controls'},
         el('span', {class: 'tabs', role: 'group', 'aria-label': 'window'},
            run.windows.map((one) => el('button', {
                              class: one === w ? 'on' : '',
                              'aria-pressed': one === w ? 'true' : 'false',
                              text: windowTitle(one),
                              onclick: () => change({window: one.name})
                            }))),
         el('span', {
           class: 'hint',
           text: plural(w.repeats, 'repeat') + ' of ' + seconds(w.seconds) +
               '; counts are of all together'
         })));
  root.append(
      el('h3', {text: 'Calls, by edge'}), edgeTable(run, w), el('h3', {text: 'Load, by service'}),
      loadTable(w, run));
  return root;
}

const refusals = {
  'queue-full': 'queue full',
  'breaker-open': 'breaker open',
  'rate-limited': 'rate limited',
  'shed': 'shed',
  'limited': 'limited',
  'bulkhead-full': 'bulkhead full',
  'expired': 'expired'
};

/** "1,204 timeout · 33 queue full" of what was not well. */
function outcomesText(by, without) {
  return Object.entries(by)
      .filter(([name]) => !without.includes(name))
      .sort((a, b) => b[1] - a[1])
      .map(([name, n]) => grouped(n) + ' ' + (refusals[name] || name))
      .join(' · ');
}
/** A bar for a number, so that a column can be read at a glance. */
function barred(text, part, kind) {
  const bar = el('i', {class: 'cell-bar ' + kind, 'aria-hidden': 'true'});
  bar.style.width = Math.max(0, Math.min(1, part)) * 100 + '%';
  return el('span', {class: 'barred'}, bar, el('span', {text}));
}

function edgeTable(run, w) {
  const e = w.edges;
  const rows = run.edges.map((edge, i) => ({edge, i}))
                   .filter(({i}) => e.started[i] > 0 || e.tries_all[i] > 0);
  const amplification = (i) => (e.started[i] > 0 ? e.tries_all[i] / e.started[i] : null);
  const most = Math.max(1.01, ...rows.map(({i}) => amplification(i) ?? 1));
  const used = (column) => rows.some(({i}) => e[column][i] > 0);
  return table(
      [
        {
          title: 'edge',
          text: true,
          get: ({edge}) => edgeName(run, edge),
          sort: ({edge}) => edgeName(run, edge)
        },
        {title: 'calls', get: ({i}) => grouped(e.started[i]), sort: ({i}) => e.started[i]},
        {
          title: 'success',
          get: ({i}) => withInterval(e.success[i], share),
          sort: ({i}) => mean(e.success[i])
        },
        {
          title: 'tries a call',
          get: ({i}) =>
              barred(ratio(amplification(i)), ((amplification(i) ?? 1) - 1) / (most - 1), 'warn'),
          sort: ({i}) => amplification(i)
        },
        {title: 'retries', get: ({i}) => count(e.retries[i]), sort: ({i}) => e.retries[i]},
        ...(used('budget_denied') ? [{
          title: 'denied by budget',
          get: ({i}) => count(e.budget_denied[i]),
          sort: ({i}) => e.budget_denied[i]
        }] :
                                    []),
        ...(used('hedges') ?
                [{title: 'hedges', get: ({i}) => count(e.hedges[i]), sort: ({i}) => e.hedges[i]}] :
                []),
        ...(used('breaker_open') ? [{
          title: 'breakers open',
          get: ({i}) => seconds(e.breaker_open[i]),
          sort: ({i}) => e.breaker_open[i]
        }] :
                                   []),
        {title: 'late answers', get: ({i}) => count(e.late[i]), sort: ({i}) => e.late[i]},
        {
          title: 'tries that failed',
          text: true,
          get: ({i}) => outcomesText(e.tries[i], ['ok', 'degraded']) || '–'
        },
      ],
      rows, {label: 'edges'});
}

function loadTable(w, run) {
  const s = w.services;
  const rows = run.services.map((service, i) => ({service, i})).filter(({i}) => s.arrived[i] > 0);
  const wasted = (i) => mean(s.wasted[i]) ?? 0;
  return table(
      [
        {
          title: 'service',
          text: true,
          get: ({service}) => el('button', {
            class: 'plain',
            text: service.name,
            onclick: () => {
              change({service: service.name});
              jump('topology');
            }
          }),
          sort: ({service}) => service.name
        },
        {title: 'arrived', get: ({i}) => grouped(s.arrived[i]), sort: ({i}) => s.arrived[i]},
        {
          title: 'refused',
          get: ({i}) => share(mean(s.refused[i])),
          sort: ({i}) => mean(s.refused[i])
        },
        {
          title: 'wasted work',
          get: ({i}) => barred(share(wasted(i)), wasted(i), 'bad'),
          sort: ({i}) => wasted(i)
        },
        {
          title: 'for callers who had left',
          get: ({i}) => count(s.wasted_requests[i]),
          sort: ({i}) => s.wasted_requests[i]
        },
        {title: 'cancelled', get: ({i}) => count(s.cancelled[i]), sort: ({i}) => s.cancelled[i]},
        {title: 'lost', get: ({i}) => count(s.lost[i]), sort: ({i}) => s.lost[i]},
        {
          title: 'busy',
          get: ({i}) =>
              barred(share(mean(s.utilization[i])), mean(s.utilization[i]) ?? 0, 'plain-bar'),
          sort: ({i}) => mean(s.utilization[i])
        },
        {
          title: 'most waiting',
          get: ({i}) => count(mean(s.queue_max[i])),
          sort: ({i}) => mean(s.queue_max[i])
        },
        {title: 'refusals', text: true, get: ({i}) => outcomesText(s.refused_by[i], []) || '–'},
      ],
      rows, {label: 'services'});
}
