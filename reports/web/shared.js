'use strict';
// What the report and the index share: unpacking, elements, numbers for people, theme.
// Everything that comes from a scenario reaches the page as text: there is no innerHTML here.

/** The document in #data: base64 of gzip of JSON. */
async function unpack() {
  const packed = atob(document.getElementById('data').textContent);
  const bytes = Uint8Array.from(packed, (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return JSON.parse(await new Response(stream).text());
}

/** An element. Keys of `props`: on* are listeners, `text` is its text, the rest attributes. */
function el(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}
function svg(tag, props, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), props, children);
}
function fill(node, props, children) {
  for (const [key, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on'))
      node.addEventListener(key.slice(2), value);
    else if (key === 'text')
      node.textContent = value;
    else
      node.setAttribute(key, value === true ? '' : value);
  }
  for (const child of children.flat(3))
    if (child !== null && child !== undefined) node.append(child);
  return node;
}
function clear(node) {
  node.replaceChildren();
  return node;
}

// ---- Numbers -----------------------------------------------------------------------------------

/** Three significant digits, without an exponent. */
function digits3(x) {
  const size = Math.abs(x);
  if (size === 0) return '0';
  if (size >= 999.5) return grouped(x);
  return x.toFixed(Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(size)))));
}
function grouped(x) {
  return Math.round(x).toString().replace(/\B(?=(\d{3})+$)/g, ',');
}
function seconds(s) {
  if (s === null || s === undefined) return '–';
  const size = Math.abs(s);
  if (size === 0) return '0 s';
  if (size >= 0.9995) return digits3(s) + ' s';
  if (size >= 0.9995e-3) return digits3(s * 1e3) + ' ms';
  if (size >= 0.9995e-6) return digits3(s * 1e6) + ' µs';
  return digits3(s * 1e9) + ' ns';
}
/** Digits of what is missing to 100 %, so that 99.98 % is never shown as 100 %. */
function share(x) {
  if (x === null || x === undefined) return '–';
  if (x === 0) return '0%';
  const percent = x * 100;
  const missing = 100 - percent;
  if (missing <= 1e-9) return '100%';
  const places = missing < 9.95 ? Math.min(4, 1 - Math.floor(Math.log10(missing))) : 1;
  const text = percent.toFixed(places);
  return (text.startsWith('100') ? '99.' +
                  '9'.repeat(Math.max(places, 1)) :
                                   text) +
      '%';
}
function rate(x) {
  return x === null || x === undefined ? '–' : digits3(x) + '/s';
}
function count(x) {
  if (x === null || x === undefined) return '–';
  return Number.isInteger(x) ? grouped(x) : digits3(x);
}
function ratio(x) {
  return x === null || x === undefined ? '–' : x.toFixed(2);
}
function bytesText(n) {
  return n < 1e6 ? digits3(n / 1e3) + ' kB' : digits3(n / 1e6) + ' MB';
}
/** An instant of the run: 01:30, 1:01:30; with a tenth where there is one. */
function clock(s) {
  const tenths = Math.round(s * 10);
  const whole = Math.floor(tenths / 10);
  const two = (n) => String(n).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const text =
      (hours ? hours + ':' : '') + two(Math.floor(whole / 60) % 60) + ':' + two(whole % 60);
  return tenths % 10 ? text + '.' + (tenths % 10) : text;
}
/** The mean of an estimate [mean, low, high] | [mean] | null. */
function mean(estimate) {
  return estimate ? estimate[0] : null;
}
/** How a kind of number is scaled and signed for people. */
function scaleOf(print, value) {
  const size = Math.abs(value);
  if (print === seconds)
    return size >= 0.9995 || size === 0 ? [1, ' s'] :
        size >= 0.9995e-3               ? [1e3, ' ms'] :
        size >= 0.9995e-6               ? [1e6, ' µs'] :
                                          [1e9, ' ns'];
  return print === share ? [100, '%'] : print === rate ? [1, '/s'] : [1, ''];
}
/** "112.3 ± 3.1 ms": the last digit shown is the second one of the interval's half. */
function withInterval(estimate, print) {
  if (!estimate) return '–';
  const [value, low, high] = estimate;
  const half = estimate.length < 3 ? 0 : Math.max(high - value, value - low);
  if (half <= 1e-9 * Math.abs(value)) return print(value);
  const [factor, sign] = scaleOf(print, value);
  const places = Math.min(4, Math.max(0, 1 - Math.floor(Math.log10(half * factor * 1.0001))));
  return (value * factor).toFixed(places) + ' ± ' + (half * factor).toFixed(places) + sign;
}
function plural(n, noun) {
  return grouped(n) + ' ' + noun + (n === 1 ? '' : 's');
}

// ---- Tables ------------------------------------------------------------------------------------

function isNothing(cell) {
  return cell === '0' || cell === 0 || cell === '0%' || cell === '–';
}

/**
 * A table. `columns`: [{title, get(row), text?: left-aligned, sort?: value(row)}]. A cell is a text
 * or a node. Long tables show `first` rows and a button for the rest.
 */
function table(columns, rows, options = {}) {
  const first = options.first || 60;
  const body = el('tbody');
  const add = (from, to) => {
    for (const row of rows.slice(from, to))
      body.append(el(
          'tr', options.row ? options.row(row) : {},
          columns.map(
              (c, i) =>
                  el(i === 0 && options.heads !== false ? 'th' : 'td', {
                    class: (c.text ? 'text' : 'number') + (isNothing(c.get(row)) ? ' nothing' : ''),
                    scope: i === 0 && options.heads !== false ? 'row' : null,
                  },
                     c.get(row)))));
  };
  const head = columns.map(
      (c) =>
          el('th', {scope: 'col', class: c.text ? 'text' : 'number'},
             c.sort ? el('button', {
               class: 'plain',
               title: 'sort by ' + c.title,
               onclick: (e) => {
                 const down = e.currentTarget.dataset.down !== 'yes';
                 e.currentTarget.dataset.down = down ? 'yes' : 'no';
                 rows.sort((a, b) => {
                   const [x, y] = [c.sort(a), c.sort(b)];
                   const order = typeof x === 'string' ? x.localeCompare(y) :
                                                         (x ?? -Infinity) - (y ?? -Infinity);
                   return down && typeof x !== 'string' ? -order :
                       down                             ? order :
                       typeof x === 'string'            ? -order :
                                                          order;
                 });
                 const shown = body.children.length;
                 clear(body);
                 add(0, shown);
               }
             },
                         c.title) :
                      c.title));
  add(0, first);
  const whole =
      el('div',
         {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': options.label || 'table'},
         el('table', {}, options.caption ? el('caption', {text: options.caption}) : null,
            el('thead', {}, el('tr', {}, head)), body));
  if (rows.length <= first) return whole;
  const more = el('button', {
    text: 'show all ' + grouped(rows.length) + ' rows',
    onclick: () => {
      add(body.children.length, rows.length);
      more.remove();
    }
  });
  return el('div', {}, whole, more);
}

/** A table behind a plot, made when it is opened. */
function tableBehind(title, make) {
  const details = el('details', {class: 'behind'}, el('summary', {text: title}));
  details.addEventListener('toggle', () => {
    if (details.open && details.children.length === 1) details.append(make());
  });
  return details;
}

// ---- Theme, downloads --------------------------------------------------------------------------

const theme = {
  /** "auto", "light" or "dark"; kept for the next report where the browser allows it. */
  read() {
    try {
      return localStorage.getItem('shaketable-theme') || 'auto';
    } catch {
      return 'auto';
    }
  },
  apply(choice) {
    const dark = choice === 'dark' ||
        (choice === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    try {
      localStorage.setItem('shaketable-theme', choice);
    } catch { /* file:// may forbid it */
    }
  },
  color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  },
};

function download(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], {type}));
  const link = el('a', {href: url, download: name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
/** RFC 4180; a cell that a spreadsheet would take for a formula gets a quote in front. */
function csvText(rows) {
  const cell = (value) => {
    let text = value === null || value === undefined ? '' : String(value);
    if (typeof value !== 'number' && /^[=+\-@\t\r]/.test(text)) text = '\'' + text;
    return /[",\n\r]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
  };
  return rows.map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}
function fileName(...parts) {
  return parts.filter(Boolean).join('-').replace(/[^A-Za-z0-9._-]+/g, '_').slice(0, 120);
}
