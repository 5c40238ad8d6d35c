'use strict';
// The index over many runs: one row each, filtered and sorted here.

function sparkline(values) {
  const width = 120, height = 20;
  const known = values.filter((v) => v !== null);
  const box = svg('svg', {
    width,
    height,
    class: 'spark',
    role: 'img',
    'aria-label': known.length ? 'p99 over time, up to ' + seconds(Math.max(...known)) :
                                 'no latencies'
  });
  if (known.length < 2) return box;
  // Logarithmic: what matters is how many times the usual it is.
  const low = Math.log(Math.max(Math.min(...known), 1e-9)),
        high = Math.log(Math.max(...known, 1e-9));
  let d = '', pen = false;
  values.forEach((v, i) => {
    if (v === null) {
      pen = false;
      return;
    }
    const x = i / (values.length - 1) * width,
          y = height - 2 - (Math.log(Math.max(v, 1e-9)) - low) / (high - low || 1) * (height - 4);
    d += (pen ? 'L' : 'M') + x.toFixed(1) + ' ' + y.toFixed(1);
    pen = true;
  });
  box.append(svg('path', {d, class: 'spark-line'}));
  return box;
}

/** A relative address whatever the folder is called, and of the variant's part of the report. */
function addressOf(r) {
  return './' + r.report.split('/').map(encodeURIComponent).join('/') +
      (r.variant ? '#run=' + encodeURIComponent(r.variant) : '');
}

function recoveryOf(r) {
  return r.never_back     ? (r.recovery === null ? 'never' : 'not always') :
      r.recovery === null ? '–' :
                            seconds(r.recovery);
}

function indexTable(rows) {
  return table(
      [
        {
          title: 'scenario',
          text: true,
          sort: (r) => r.scenario,
          get: (r) => {
            const name = [
              el('span', {
                class: 'mark ' + (r.hold ? 'good' : 'bad'),
                role: 'img',
                'aria-label': r.hold ? 'holds' : 'failed',
                text: r.hold ? '✓' : '✗'
              }),
              ' ', r.scenario
            ];
            return r.report ? el('a', {href: addressOf(r), title: r.headline}, name) :
                              el('span', {title: r.headline}, name);
          }
        },
        {title: 'variant', text: true, get: (r) => r.variant, sort: (r) => r.variant},
        {
          title: 'hold',
          get: (r) => r.held + ' / ' + r.expectations,
          sort: (r) => (r.expectations ? r.held / r.expectations : 1)
        },
        {
          title: 'success before',
          get: (r) => share(r.success_before),
          sort: (r) => r.success_before
        },
        {title: 'during', get: (r) => share(r.success_during), sort: (r) => r.success_during},
        {title: 'after', get: (r) => share(r.success_after), sort: (r) => r.success_after},
        {title: 'p99 before', get: (r) => seconds(r.p99_before), sort: (r) => r.p99_before},
        {title: 'during', get: (r) => seconds(r.p99_during), sort: (r) => r.p99_during},
        {title: 'recovery', get: recoveryOf, sort: (r) => (r.never_back ? Infinity : r.recovery)},
        {title: 'p99 over time', text: true, get: (r) => sparkline(r.p99s)},
        ...(new Set(rows.map((r) => r.world)).size > 1 ?
                [{title: 'world', text: true, get: (r) => r.world, sort: (r) => r.world}] :
                []),
        {title: 'seed', get: (r) => r.seed},
        {title: 'requests', get: (r) => grouped(r.requests), sort: (r) => r.requests},
        {
          title: 'folder',
          text: true,
          get: (r) => el('code', {text: r.folder}),
          sort: (r) => r.folder
        },
      ],
      rows, {heads: false, label: 'runs', first: 500});
}

async function startIndex() {
  theme.apply(theme.read());
  const {rows} = await unpack();
  const app = document.getElementById('app');
  app.className = 'index';
  const good = rows.filter((r) => r.hold).length;
  const holder = el('div', {});
  const search = el(
      'input',
      {type: 'search', placeholder: 'filter ( / )', 'aria-label': 'filter', oninput: () => show()});
  const failing = el('input', {type: 'checkbox', onchange: () => show()});
  const show = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = rows.filter(
        (r) => (!failing.checked || !r.hold) &&
            words.every(
                (w) => (r.scenario + ' ' + r.variant + ' ' + r.folder + ' ' + r.world)
                           .toLowerCase()
                           .includes(w)));
    clear(holder).append(
        chosen.length > 0 ? indexTable(chosen) :
                            el('p', {class: 'none', text: 'no run is like that'}));
    history.replaceState(
        null, '',
        search.value || failing.checked ?
            '#' + new URLSearchParams({q: search.value, failing: failing.checked ? 1 : 0}) :
            location.pathname);
  };
  const names = {auto: '◐ auto', light: '○ light', dark: '● dark'};
  const themes = el('button', {
    class: 'theme',
    text: names[theme.read()],
    title: 'light or dark (t)',
    onclick: () => {
      const order = ['auto', 'light', 'dark'];
      const next = order[(order.indexOf(theme.read()) + 1) % 3];
      theme.apply(next);
      themes.textContent = names[next];
    }
  });
  app.append(
      el('main', {}, el('header', {}, el('h1', {text: 'Runs'}), el('p', {
                          class: 'facts',
                          text: plural(rows.length, 'run') + ', ' + good + ' hold, ' +
                              (rows.length - good) + ' fail'
                        })),
         el('div', {class: 'controls'}, search, el('label', {}, failing, ' failed ones only'),
            el('span', {class: 'grow'}), themes),
         holder));
  const hash = new URLSearchParams(location.hash.slice(1));
  search.value = hash.get('q') || '';
  failing.checked = hash.get('failing') === '1';
  show();
  addEventListener('keydown', (e) => {
    if (e.target.tagName === 'INPUT') return;
    if (e.key === '/') {
      e.preventDefault();
      search.focus();
    }
    if (e.key === 't') themes.click();
  });
  document.documentElement.dataset.ready = 'yes';
}
startIndex();
