'use strict';
// One service: what it is, how it fared in each window, who calls it and whom it calls.

function fillServicePanel(panel, run, index) {
  const service = run.services[index];
  const facts = [
    service.kind && service.kind !== 'service' ? service.kind : null,
    plural(service.replicas, 'replica'),
    service.workers !== undefined ? plural(service.workers, 'worker') + ' each' :
                                    'workers without limit',
    service.queue !== undefined ? 'queue of ' + grouped(service.queue) : null,
    (service.zones || []).map(([zone, n]) => zone + ' ' + n).join(', ') || null
  ];
  panel.append(
      el('div', {class: 'detail-head'}, el('h3', {text: service.name}),
         lineLink(service.file, service.line), el('button', {
           class: 'close',
           text: '×',
           'aria-label': 'close',
           title: 'close (Esc)',
           onclick: () => change({service: null})
         })));
  panel.append(el('p', {class: 'facts', text: facts.filter(Boolean).join(' · ')}));
  const plots = el('div', {class: 'mini'});
  panel.append(el(
      'div', {class: 'detail-body'},
      el('div', {}, windowsTable(run, index),
         el('div', {class: 'neighbours'},
            edgeList(run, 'Called by', edgesInto(run, index), (e) => e.from, (e) => !e.workload),
            edgeList(
                run, 'Calls', edgesOutOf(run, index), (e) => run.services[e.to].name, () => true))),
      plots));
  panel.append(
      tableBehind('Table: ' + service.name + ' over time', () => serviceTable(run, index)));
  const s = run.series.services[index];
  timePlot(plots, {
    run,
    title: 'Waiting',
    print: digits3,
    height: 64,
    series: [{label: 'mean', values: s.queue}, {label: 'most', values: s.queue_max, style: 2}]
  });
  if (s.utilization.some((x) => x !== null))
    timePlot(plots, {
      run,
      title: 'Busy',
      print: share,
      height: 64,
      range: () => [0, 1.04],
      series: [{label: 'workers held', values: s.utilization}]
    });
  timePlot(plots, {
    run,
    title: 'Arrivals',
    unit: '/s',
    print: digits3,
    height: 78,
    last: true,
    series: [
      {label: 'arrived', values: perSecond(run, s.arrived)},
      {label: 'refused', values: perSecond(run, s.refused), style: 2},
      {label: 'wasted', values: perSecond(run, s.wasted), style: 1}
    ]
  });
}

function serviceTable(run, index) {
  const s = run.series.services[index];
  return table(
      [
        {title: 'time', get: (k) => clock(k * run.series.step)},
        {title: 'arrived/s', get: (k) => digits3(s.arrived[k] / run.series.step)},
        {title: 'refused/s', get: (k) => digits3(s.refused[k] / run.series.step)},
        {title: 'wasted/s', get: (k) => digits3(s.wasted[k] / run.series.step)},
        {title: 'waiting', get: (k) => digits3(s.queue[k] ?? 0)},
        {title: 'most waiting', get: (k) => count(s.queue_max[k])},
        {title: 'busy', get: (k) => share(s.utilization[k])},
        {title: 'replicas up', get: (k) => count(s.up[k])},
      ],
      instants(run).map((_, k) => k), {label: run.services[index].name + ' over time'});
}
function windowsTable(run, index) {
  const refused = (w) => w.services.refused[index];
  return table(
      [
        {title: '', text: true, get: windowTitle},
        {title: 'rate', get: (w) => rate(mean(w.services.arrivals[index]))},
        {title: 'success', get: (w) => share(mean(w.services.success[index]))},
        {title: 'p50', get: (w) => seconds(mean(w.services.p50[index]))},
        {title: 'p99', get: (w) => seconds(mean(w.services.p99[index]))},
        {title: 'queue max', get: (w) => count(mean(w.services.queue_max[index]))},
        {title: 'busy', get: (w) => share(mean(w.services.utilization[index]))},
        {title: 'refused', get: (w) => share(mean(refused(w)))},
        {title: 'wasted', get: (w) => share(mean(w.services.wasted[index]))},
      ],
      mainWindows(run), {label: 'windows'});
}

function edgeList(run, title, edges, nameOf, opens) {
  if (edges.length === 0) return null;
  const w = windowOf(run, 'fault') || run.windows[run.windows.length - 1];
  return el(
      'div', {}, el('h4', {text: title}), el('ul', {class: 'edges'}, edges.slice(0, 40).map((i) => {
        const e = run.edges[i];
        const name = nameOf(e);
        return el(
            'li', {},
            opens(e) ?
                el('button', {class: 'plain', text: name, onclick: () => change({service: name})}) :
                el('span', {text: name}),
            el('span', {
              class: 'muted',
              text: w ? rate(mean(w.edges.rate[i])) + ' · ' + share(mean(w.edges.success[i])) +
                      ' · ' + ratio(mean(w.edges.attempts[i])) + ' tries' :
                        ''
            }),
            e.async ? el('span', {class: 'chip', text: 'async'}) : null,
            e.optional ? el('span', {class: 'chip', text: 'optional'}) : null);
      })),
      w ? el('p', {class: 'hint', text: windowTitle(w)}) : null);
}
