'use strict';
// Lint notes, the scenario as it was written, where the run came from, downloads.

function lintSection(run) {
  if (run.lint.length === 0)
    return el('p', {class: 'none', text: 'the lint has nothing to say about this scenario'});
  return el(
      'ul', {class: 'lint'},
      run.lint.map(
          (note) =>
              el('li', {},
                 el('div', {}, el('span', {class: 'chip warn', text: note.code}), ' ',
                    el('b', {text: note.text}), ' ', lineLink(note.file, note.line)),
                 note.hint ? el('p', {class: 'note', text: note.hint}) : null,
                 note.notes.map((n) => el('p', {class: 'note', text: n})))));
}

function sourceSection(run) {
  const files = run.sources.map((i) => view.data.sources[i]).filter(Boolean);
  if (files.length === 0)
    return el('p', {class: 'none', text: 'the scenario’s text was not kept with the result'});
  const notes = lineNotes(run);
  return el('div', {}, files.map((file) => {
    const lines = file.text.replace(/\n$/, '').split('\n');
    const list =
        el('ol', {class: 'source', 'data-file': file.name}, lines.slice(0, 5000).map((line, i) => {
          const here = notes.get(file.name + ':' + (i + 1)) || [];
          return el(
              'li', {'data-line': i + 1, class: here.length ? 'noted' : ''},
              el('code', {text: line || ' '}),
              here.map(([kind, text]) => el('span', {class: 'margin ' + kind, text, title: text})));
        }));
    const more = lines.length > 5000 ?
        el('p', {class: 'hint', text: 'the first 5,000 of ' + grouped(lines.length) + ' lines'}) :
        null;
    return el(
        'details', {open: lines.length < 400, class: 'source-file'},
        el('summary', {text: file.name + ' (' + plural(lines.length, 'line') + ')'}), list, more);
  }));
}

/** What is said about a line, in its margin. */
function lineNotes(run) {
  const notes = new Map();
  const add = (file, line, kind, text) => {
    if (!line) return;
    const key = file + ':' + line;
    if (!notes.has(key)) notes.set(key, []);
    notes.get(key).push([kind, text]);
  };
  for (const e of run.expectations)
    add(e.file, e.line, verdictMark[e.verdict][1], verdictMark[e.verdict][0] + ' ' + e.value);
  for (const n of run.lint) add(n.file, n.line, 'warn', n.code + ' ' + n.text);
  for (const f of run.faults) add(f.file, f.line, 'muted', plural(f.hits, 'hit'));
  return notes;
}

/** Scrolls to a line of the source and marks it. */
function showLine(file, line) {
  for (const list of document.querySelectorAll('ol.source')) {
    if (list.dataset.file !== file) continue;
    const item = list.children[line - 1];
    if (!item) return;
    list.closest('details').open = true;
    for (const marked of document.querySelectorAll('ol.source li.target'))
      marked.classList.remove('target');
    item.classList.add('target');
    item.scrollIntoView({block: 'center'});
  }
}

function aboutSection(run) {
  const sum3 = (k) => run.repeats.reduce((a, r) => a + r[k], 0);
  const facts = [
    ['tool', 'shaketable ' + view.data.tool], ['world', run.world], ['seed', run.seed],
    [
      'repeats',
      plural(run.repeats.length, 'repeat') + ' of ' + seconds(run.duration) + ', warm-up ' +
          seconds(run.warmup) + (run.cooldown ? ', cool-down ' + seconds(run.cooldown) : '')
    ],
    ['requests', grouped(sum3(0)) + ', ' + grouped(sum3(1)) + ' still in flight at the ends'],
    ...(sum3(2) > 0 ? [['events', grouped(sum3(2))]] : []),
    ['scenario', run.hash + ' (digest of what it says)'],
    [
      'fingerprint',
      (run.repeats[0] ? run.repeats[0][3] : '–') +
          ' (of the first repeat: an equal one means an equal path)'
    ],
    ...run.environment
  ];
  const root = el('div', {});
  root.append(
      el('dl', {class: 'facts-list'},
         facts.map(([name, value]) => [el('dt', {text: name}), el('dd', {text: value})])));
  if (run.command)
    root.append(
        el('h3', {text: 'To repeat it'}),
        el('div', {class: 'command'}, el('code', {text: run.command}),
           el('button', {text: 'copy', onclick: (e) => copyText(run.command, e.currentTarget)})));
  root.append(
      el('h3', {text: 'Data'}),
      el('div', {class: 'downloads'}, el('button', {
           text: 'everything in this page, JSON',
           onclick: () => download(
               fileName(run.name, 'report.json'), 'application/json',
               JSON.stringify(view.data, (k, v) => (k.startsWith('_') ? undefined : v), 1))
         }),
         el('button', {
           text: 'this run, JSON',
           onclick: () => download(
               fileName(run.name, run.variant, 'run.json'), 'application/json',
               JSON.stringify(run, (k, v) => (k.startsWith('_') ? undefined : v), 1))
         }),
         el('button', {
           text: 'series, CSV',
           onclick: () => download(
               fileName(run.name, run.variant, 'series.csv'), 'text/csv', csvText(seriesRows(run)))
         }),
         el('button', {
           text: 'windows, CSV',
           onclick: () => download(
               fileName(run.name, run.variant, 'windows.csv'), 'text/csv', csvText(windowRows(run)))
         }),
         el('button', {
           text: 'expectations, CSV',
           onclick: () => download(
               fileName(run.name, run.variant, 'expectations.csv'), 'text/csv',
               csvText(expectationRows(run)))
         })));
  root.append(el('p', {
    class: 'hint',
    text: 'The plots are by uPlot (Leon Sorokin) and dagre (Chris Pettitt), both under the MIT ' +
        'licence. Nothing in this file asks the network for anything.'
  }));
  return root;
}

async function copyText(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // file:// may have no clipboard: select it instead.
    getSelection().selectAllChildren(button.previousSibling);
    return;
  }
  button.textContent = 'copied';
  setTimeout(() => {
    button.textContent = 'copy';
  }, 1500);
}

function seriesRows(run) {
  const head = [
    'time_s', 'kind', 'name', 'started', 'succeeded', 'failed', 'attempts', 'retries', 'p50_s',
    'p90_s', 'p99_s', 'queue', 'queue_max', 'utilization', 'arrived', 'refused', 'wasted', 'up'
  ];
  const rows = [head];
  instants(run).forEach((t, k) => {
    run.endpoints.forEach((e, i) => {
      const s = run.series.endpoints[i];
      rows.push([
        t, 'endpoint', e.name, s.started[k], s.succeeded[k], s.failed[k], s.attempts[k],
        s.retries[k], s.p50[k], s.p90[k], s.p99[k]
      ]);
    });
    run.services.forEach((v, i) => {
      const s = run.series.services[i];
      rows.push([
        t, 'service', v.name, '', '', '', '', '', '', '', '', s.queue[k], s.queue_max[k],
        s.utilization[k], s.arrived[k], s.refused[k], s.wasted[k], s.up[k]
      ]);
    });
  });
  return rows;
}
function windowRows(run) {
  const rows = [['window', 'kind', 'name', 'figure', 'mean', 'low', 'high']];
  for (const w of run.windows) {
    for (const key of ['rate', 'goodput', 'success', 'attempts', 'mean', 'p50', 'p99'])
      run.endpoints.forEach(
          (e, i) => rows.push([w.name, 'endpoint', e.name, key, ...(w.endpoints[key][i] || [])]));
    for (const key of ['arrivals', 'utilization', 'queue_mean', 'queue_max', 'wasted', 'refused'])
      run.services.forEach(
          (s, i) => rows.push([w.name, 'service', s.name, key, ...(w.services[key][i] || [])]));
  }
  return rows;
}
function expectationRows(run) {
  return [
    ['expectation', 'verdict', 'mean', 'low', 'high', 'limit', 'held', 'judged', 'samples'],
    ...run.expectations.map(
        (e) =>
            [e.text, e.verdict, e.estimate[0], e.estimate[1], e.estimate[2], e.limit, e.held,
             e.judged, e.samples])
  ];
}
