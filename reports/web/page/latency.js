'use strict';
// Latencies: a heat map over time and curves of percentiles by window.

const bandsInOctave = 4;  // of the record's heat map; band b begins at bandLow(b) nanoseconds
function bandLow(band) {
  const bucket = band * 32;
  if (bucket < 128) return bucket * 1e-9;
  const shift = Math.floor(bucket / 128) - 1;
  return (128 + (bucket % 128)) * 2 ** shift * 1e-9;
}

function latencySection(run) {
  const root = el('div', {});
  const endpoint = run.endpoints[view.entry];
  if (!endpoint) return el('p', {class: 'none', text: 'no call was made'});
  root.append(el('div', {class: 'controls'}, endpointSelect(run)));
  const cells = run.heat.endpoints[view.entry] || [];
  const heat = el('figure', {class: 'heat'});
  const curve = el('figure', {class: 'curve'});
  root.append(el('div', {class: 'two'}, heat, curve));
  root._mounted = () => {
    drawHeat(run, cells, heat);
    drawCurves(run, curve);
  };
  root._colors = () => drawHeat(run, cells, heat);
  root._resized = root._colors;
  root.append(tableBehind('Table: percentiles by window', () => percentileTable(run)));
  root.append(tableBehind('Table: calls by time and latency', () => heatTable(run, cells)));
  return root;
}

function drawHeat(run, cells, figure) {
  clear(figure).append(el('figcaption', {}, el('h3', {text: 'Time × latency'}), el('span', {class: 'unit', text: 'successful calls of the first repeat; darker: more'})));
  if (cells.length === 0) {
    figure.append(el('p', {class: 'none', text: 'no call succeeded'}));
    return;
  }
  const width = Math.max(320, figure.clientWidth), height = 250, left = gutter, bottom = 28, top = 6, right = 22;
  let low = Infinity, high = 0, most = 0;
  for (let i = 0; i < cells.length; i += 3) {
    low = Math.min(low, cells[i + 1]);
    high = Math.max(high, cells[i + 1]);
    most = Math.max(most, cells[i + 2]);
  }
  low = Math.max(0, low - 1);
  high += 1;
  const ratio = window.devicePixelRatio || 1;
  const canvas = el('canvas', {width: Math.round(width * ratio), height: Math.round(height * ratio), role: 'img',
    'aria-label': 'heat map of latencies over time; the numbers are in the table below'});
  canvas.style.width = width + 'px';
  canvas.style.height = height + 'px';
  const tip = el('div', {class: 'tip', hidden: true});
  figure.append(el('div', {class: 'canvas-box'}, canvas, tip));
  const c = canvas.getContext('2d');
  c.scale(ratio, ratio);
  const x = (t) => left + t / run.duration * (width - left - right);
  const y = (band) => height - bottom - (band - low) / (high - low + 1) * (height - top - bottom);
  const tall = (height - top - bottom) / (high - low + 1);
  c.font = axisFont();
  c.fillStyle = theme.color('muted');
  c.textBaseline = 'middle';
  // Decades, and where they are few also 2 and 5.
  const decades = Math.log10(bandLow(high + 1) / Math.max(bandLow(low), 1e-9));
  const ticks = [];
  for (let e = -9; e <= 4; ++e) for (const m of decades < 2.5 ? [1, 2, 5] : [1]) ticks.push(m * 10 ** e);
  const bandOf = (s) => Math.log2(s / bandLow(low || 4)) * bandsInOctave + (low || 4);
  c.textAlign = 'right';
  for (const tick of ticks) {
    const at = y(bandOf(tick));
    if (at < top || at > height - bottom) continue;
    c.fillText(seconds(tick), left - 8, at);
    c.strokeStyle = theme.color('grid');
    c.beginPath();
    c.moveTo(left, at);
    c.lineTo(width - right, at);
    c.stroke();
  }
  c.textAlign = 'center';
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200].find((s) => run.duration / s <= (width - left) / 80) || run.duration;
  for (let t = 0; t <= run.duration; t += step) c.fillText(clock(t), x(t), height - bottom + 14);
  const wide = Math.max(1, run.heat.every / run.duration * (width - left - right));
  const colors = Array.from({length: 9}, (_, i) => theme.color('heat-' + i));
  for (let i = 0; i < cells.length; i += 3) {
    const strength = Math.log1p(cells[i + 2]) / Math.log1p(most);
    c.fillStyle = colors[Math.min(8, Math.floor(strength * 9))];
    c.fillRect(x(cells[i] * run.heat.every), y(cells[i + 1] + 1), wide + 0.4, tall + 0.4);
  }
  c.strokeStyle = theme.color('bad');
  c.setLineDash([4, 3]);
  for (const fault of run.faults) for (const span of fault.spans) for (const t of span) {
    if (t > run.duration) continue;
    c.beginPath();
    c.moveTo(x(t), top);
    c.lineTo(x(t), height - bottom);
    c.stroke();
  }
  const found = new Map();
  for (let i = 0; i < cells.length; i += 3) found.set(cells[i] * 1000 + cells[i + 1], cells[i + 2]);
  canvas.addEventListener('mousemove', (e) => {
    const column = Math.floor((e.offsetX - left) / (width - left - right) * run.duration / run.heat.every);
    const band = Math.floor((height - bottom - e.offsetY) / tall) + low;
    const n = found.get(column * 1000 + band);
    tip.hidden = n === undefined;
    if (tip.hidden) return;
    tip.textContent = clock(column * run.heat.every) + ' · ' + seconds(bandLow(band)) + ' – ' + seconds(bandLow(band + 1)) + ' · ' + plural(n, 'call');
    tip.style.left = Math.min(e.offsetX + 12, width - 220) + 'px';
    tip.style.top = e.offsetY + 14 + 'px';
  });
  canvas.addEventListener('mouseleave', () => { tip.hidden = true; });
}

/** Point k of a curve is the share 1 - 10^(-k/8). */
const curveTicks = [[0, '0%'], [8, '90%'], [16, '99%'], [24, '99.9%'], [32, '99.99%']];

function drawCurves(run, figure) {
  const windows = run.windows.filter((w) => (w.curves[view.entry] || []).length > 1);
  const shownWindows = windows.filter((w) => w.kind !== 'run' || windows.length === 1).slice(0, 6);
  const keys = el('span', {class: 'keys'});
  clear(figure).append(el('figcaption', {}, el('h3', {text: 'Percentiles'}), el('span', {class: 'unit', text: 'all repeats together; ten calls beyond every point'})), keys);
  if (shownWindows.length === 0) {
    figure.append(el('p', {class: 'none', text: 'too few calls for a curve'}));
    return;
  }
  const other = overlaid();
  const j = other ? other.endpoints.findIndex((e) => e.name === run.endpoints[view.entry].name) : -1;
  const x = Array.from({length: 33}, (_, k) => k);
  const rows = [x], columns = [{}], readouts = [];
  const add = (label, values, style, faint) => {
    rows.push(x.map((k) => values[k] ?? null));
    columns.push({label, stroke: () => theme.color(style.color + (faint ? '-faint' : '')), width: faint ? 1.2 : 1.8,
      dash: faint ? [2, 4] : style.dash, points: {show: false}});
    const readout = el('b', {class: 'readout'});
    readouts.push(readout);
    keys.append(el('span', {class: 'key'}, swatch(style, faint), label, ' ', readout));
  };
  shownWindows.forEach((w, i) => {
    const style = lineStyles[i % lineStyles.length];
    add(windowTitle(w), w.curves[view.entry], style, false);
    const same = j >= 0 ? other.windows.find((o) => o.name === w.name) : null;
    if (same && (same.curves[j] || []).length > 1) add(runName(other) + ' ' + w.name, same.curves[j], style, true);
  });
  const box = el('div', {class: 'plot'});
  figure.append(box);
  const at = (k) => curveTicks.find(([tick]) => tick === k)?.[1] ?? share(1 - 10 ** (-k / 8));
  const chart = new uPlot({
    width: Math.max(300, box.clientWidth), height: 226, legend: {show: false}, padding: [6, 26, 0, 0],
    cursor: {y: false, drag: {x: false, y: false}, points: {size: 6}},
    scales: {x: {time: false, range: [0, 32]}, y: {distr: 3}},
    axes: [
      {stroke: () => theme.color('muted'), font: axisFont(), size: 28, grid: {stroke: () => theme.color('grid'), width: 1},
        ticks: {show: false}, splits: curveTicks.map(([k]) => k), values: (u, ticks) => ticks.map(at)},
      {stroke: () => theme.color('muted'), font: axisFont(), size: gutter, gap: 6, grid: {stroke: () => theme.color('grid'), width: 1},
        ticks: {show: false}, values: (u, ticks) => ticks.map((v) => (v === null ? '' : seconds(v)))},
    ],
    series: columns,
    hooks: {setCursor: [(u) => readouts.forEach((node, i) => {
      const k = u.cursor.idx;
      const value = k === null || k === undefined ? null : rows[i + 1][k];
      node.textContent = value === null || value === undefined ? '' : at(k) + ': ' + seconds(value);
    })]},
  }, rows, box);
  liveCharts.add(chart);
}

function percentileTable(run) {
  const columns = [['p50', 2.4], ['p90', 8], ['p99', 16], ['p99.9', 24], ['p99.99', 32]];
  return table([
    {title: 'window', text: true, get: windowTitle},
    ...columns.slice(1).map(([title, k]) => ({title, get: (w) => seconds(w.curves[view.entry][k])})),
    {title: 'mean', get: (w) => withInterval(w.endpoints.mean[view.entry], seconds)},
    {title: 'p50, 95%', get: (w) => withInterval(w.endpoints.p50[view.entry], seconds)},
    {title: 'p99, 95%', get: (w) => withInterval(w.endpoints.p99[view.entry], seconds)},
  ], run.windows, {label: 'percentiles'});
}
function heatTable(run, cells) {
  const rows = [];
  for (let i = 0; i < cells.length; i += 3) rows.push([cells[i], cells[i + 1], cells[i + 2]]);
  return table([
    {title: 'from', get: (r) => clock(r[0] * run.heat.every)},
    {title: 'latency', get: (r) => seconds(bandLow(r[1])) + ' – ' + seconds(bandLow(r[1] + 1))},
    {title: 'calls', get: (r) => grouped(r[2])}], rows, {label: 'heat map'});
}
