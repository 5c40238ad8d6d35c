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

/** Where times and bands lie on the canvas. */
function heatScale(run, cells, width, height) {
  const area = {left: gutter, right: 22, top: 6, bottom: 28, width, height};
  let low = Infinity, high = 0, most = 0;
  for (let i = 0; i < cells.length; i += 3) {
    low = Math.min(low, cells[i + 1]);
    high = Math.max(high, cells[i + 1]);
    most = Math.max(most, cells[i + 2]);
  }
  low = Math.max(0, low - 1);
  high += 1;
  const wide = width - area.left - area.right, tall = height - area.top - area.bottom;
  return {
    ...area,
    low,
    high,
    most,
    row: tall / (high - low + 1),
    x: (t) => area.left + t / run.duration * wide,
    y: (band) => height - area.bottom - (band - low) / (high - low + 1) * tall,
    column: Math.max(1, run.heat.every / run.duration * wide),
    // Of a place on the canvas.
    columnAt: (px) => Math.floor((px - area.left) / wide * run.duration / run.heat.every),
    bandAt: (py) => Math.floor((height - area.bottom - py) / (tall / (high - low + 1))) + low,
  };
}

function drawHeat(run, cells, figure) {
  clear(figure).append(
      el('figcaption', {}, el('h3', {text: 'Time × latency'}),
         el('span', {class: 'unit', text: 'successful calls of the first repeat; stronger: more'})));
  if (cells.length === 0) {
    figure.append(el('p', {class: 'none', text: 'no call succeeded'}));
    return;
  }
  const width = Math.max(320, figure.clientWidth), height = 250,
        ratio = window.devicePixelRatio || 1;
  const canvas = el('canvas', {
    width: Math.round(width * ratio),
    height: Math.round(height * ratio),
    role: 'img',
    'aria-label': 'heat map of latencies over time; the numbers are in the table below'
  });
  canvas.style.width = width + 'px';
  canvas.style.height = height + 'px';
  const tip = el('div', {class: 'tip', hidden: true});
  figure.append(el('div', {class: 'canvas-box'}, canvas, tip));
  const scale = heatScale(run, cells, width, height);
  const c = canvas.getContext('2d');
  c.scale(ratio, ratio);
  drawHeatAxes(run, c, scale);
  drawHeatCells(run, c, scale, cells);
  pointAtCells(run, canvas, tip, scale, cells);
}

function drawHeatAxes(run, c, scale) {
  const base = scale.low || 4;
  // Decades, and where they are few also 2 and 5.
  const decades = Math.log10(bandLow(scale.high + 1) / bandLow(base));
  const ticks = [];
  for (let e = -9; e <= 4; ++e)
    for (const m of decades < 2.5 ? [1, 2, 5] : [1]) ticks.push(m * 10 ** e);
  c.font = axisFont();
  c.fillStyle = theme.color('muted');
  c.strokeStyle = theme.color('grid');
  c.textBaseline = 'middle';
  c.textAlign = 'right';
  for (const tick of ticks) {
    const y = scale.y(Math.log2(tick / bandLow(base)) * bandsInOctave + base);
    if (y < scale.top || y > scale.height - scale.bottom) continue;
    c.fillText(seconds(tick), scale.left - 8, y);
    c.beginPath();
    c.moveTo(scale.left, y);
    c.lineTo(scale.width - scale.right, y);
    c.stroke();
  }
  c.textAlign = 'center';
  const room = (scale.width - scale.left) / 80;
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200].find(
                   (s) => run.duration / s <= room) ||
      run.duration;
  for (let t = 0; t <= run.duration; t += step)
    c.fillText(clock(t), scale.x(t), scale.height - scale.bottom + 14);
}

function drawHeatCells(run, c, scale, cells) {
  const colors = Array.from({length: 9}, (_, i) => theme.color('heat-' + i));
  for (let i = 0; i < cells.length; i += 3) {
    const strength = Math.log1p(cells[i + 2]) / Math.log1p(scale.most);
    c.fillStyle = colors[Math.min(8, Math.floor(strength * 9))];
    c.fillRect(
        scale.x(cells[i] * run.heat.every), scale.y(cells[i + 1] + 1), scale.column + 0.4,
        scale.row + 0.4);
  }
  c.strokeStyle = theme.color('bad');
  c.setLineDash([4, 3]);
  for (const t of run.faults.flatMap((f) => f.spans.flat()).filter((at) => at <= run.duration)) {
    c.beginPath();
    c.moveTo(scale.x(t), scale.top);
    c.lineTo(scale.x(t), scale.height - scale.bottom);
    c.stroke();
  }
}

/** Says what is under the pointer. */
function pointAtCells(run, canvas, tip, scale, cells) {
  const found = new Map();
  for (let i = 0; i < cells.length; i += 3) found.set(cells[i] * 1000 + cells[i + 1], cells[i + 2]);
  canvas.addEventListener('mousemove', (e) => {
    const column = scale.columnAt(e.offsetX), band = scale.bandAt(e.offsetY);
    const n = found.get(column * 1000 + band);
    tip.hidden = n === undefined;
    if (tip.hidden) return;
    tip.textContent = clock(column * run.heat.every) + ' · ' + seconds(bandLow(band)) + ' – ' +
        seconds(bandLow(band + 1)) + ' · ' + plural(n, 'call');
    tip.style.left = Math.min(e.offsetX + 12, scale.width - 220) + 'px';
    tip.style.top = e.offsetY + 14 + 'px';
  });
  canvas.addEventListener('mouseleave', () => {
    tip.hidden = true;
  });
}

/** Point k of a curve is the share 1 - 10^(-k/8). */
const curveTicks = [[0, '0%'], [8, '90%'], [16, '99%'], [24, '99.9%'], [32, '99.99%']];
function curveShare(k) {
  return curveTicks.find(([tick]) => tick === k)?.[1] ?? share(1 - 10 ** (-k / 8));
}

/** Curves of the windows and, faint, of the same windows of the other run. */
function curvesOf(run) {
  const all = run.windows.filter((w) => (w.curves[view.entry] || []).length > 1);
  const other = overlaid();
  const j =
      other ? other.endpoints.findIndex((e) => e.name === run.endpoints[view.entry].name) : -1;
  return all.filter((w) => w.kind !== 'run' || all.length === 1).slice(0, 6).flatMap((w, i) => {
    const style = lineStyles[i % lineStyles.length];
    const own = {label: windowTitle(w), values: w.curves[view.entry], style, faint: false};
    const same = j >= 0 ? other.windows.find((o) => o.name === w.name) : null;
    if (!same || (same.curves[j] || []).length < 2) return [own];
    return [
      own, {label: runName(other) + ' ' + w.name, values: same.curves[j], style, faint: true}
    ];
  });
}

function drawCurves(run, figure) {
  const curves = curvesOf(run);
  const keys = el('span', {class: 'keys'});
  clear(figure).append(
      el('figcaption', {}, el('h3', {text: 'Percentiles'}),
         el('span', {class: 'unit', text: 'all repeats together; ten calls beyond every point'})),
      keys);
  if (curves.length === 0) {
    figure.append(el('p', {class: 'none', text: 'too few calls for a curve'}));
    return;
  }
  const x = Array.from({length: 33}, (_, k) => k);
  const rows = [x, ...curves.map((c) => x.map((k) => c.values[k] ?? null))];
  const columns = curves.map((c) => ({
                               label: c.label,
                               stroke: () => theme.color(c.style.color + (c.faint ? '-faint' : '')),
                               width: c.faint ? 1.2 : 1.8,
                               dash: c.faint ? [2, 4] : c.style.dash,
                               points: {show: false}
                             }));
  const readouts = curves.map(() => el('b', {class: 'readout'}));
  curves.forEach(
      (c, i) => keys.append(
          el('span', {class: 'key'}, swatch(c.style, c.faint), c.label, ' ', readouts[i])));
  const box = el('div', {class: 'plot'});
  figure.append(box);
  const axis = {
    stroke: () => theme.color('muted'),
    font: axisFont(),
    grid: {stroke: () => theme.color('grid'), width: 1},
    ticks: {show: false}
  };
  liveCharts.add(
      new uPlot(
          {
            width: Math.max(300, box.clientWidth),
            height: 226,
            legend: {show: false},
            padding: [6, 26, 0, 0],
            cursor: {y: false, drag: {x: false, y: false}, points: {size: 6}},
            scales: {x: {time: false, range: [0, 32]}, y: {distr: 3}},
            axes: [
              {
                ...axis,
                size: 28,
                splits: curveTicks.map(([k]) => k),
                values: (u, ticks) => ticks.map(curveShare)
              },
              {
                ...axis,
                size: gutter,
                gap: 6,
                values: (u, ticks) => ticks.map((v) => (v === null ? '' : seconds(v)))
              },
            ],
            series: [{}, ...columns],
            hooks: {
              setCursor: [(u) => readouts.forEach((node, i) => {
                const value = rows[i + 1][u.cursor.idx ?? -1];
                node.textContent = value === null || value === undefined ?
                    '' :
                    curveShare(u.cursor.idx) + ': ' + seconds(value);
              })]
            },
          },
          rows, box));
}

function percentileTable(run) {
  const columns = [['p50', 2.4], ['p90', 8], ['p99', 16], ['p99.9', 24], ['p99.99', 32]];
  return table(
      [
        {title: 'window', text: true, get: windowTitle},
        ...columns.slice(1).map(
            ([title, k]) => ({title, get: (w) => seconds(w.curves[view.entry][k])})),
        {title: 'mean', get: (w) => withInterval(w.endpoints.mean[view.entry], seconds)},
        {title: 'p50, 95%', get: (w) => withInterval(w.endpoints.p50[view.entry], seconds)},
        {title: 'p99, 95%', get: (w) => withInterval(w.endpoints.p99[view.entry], seconds)},
      ],
      run.windows, {label: 'percentiles'});
}
function heatTable(run, cells) {
  const rows = [];
  for (let i = 0; i < cells.length; i += 3) rows.push([cells[i], cells[i + 1], cells[i + 2]]);
  return table(
      [
        {title: 'from', get: (r) => clock(r[0] * run.heat.every)},
        {title: 'latency', get: (r) => seconds(bandLow(r[1])) + ' – ' + seconds(bandLow(r[1] + 1))},
        {title: 'calls', get: (r) => grouped(r[2])}
      ],
      rows, {label: 'heat map'});
}
