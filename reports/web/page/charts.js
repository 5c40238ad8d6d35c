'use strict';
// Plots over the time of the run: uPlot with our bands, our legend, and one zoom for all of them.

const gutter = 104;  // width of the y axis of every plot over time, so that they stand in line

/** Dashes beside colours: lines can be told apart in black and white. */
const lineStyles = [
  {color: 'series-1', dash: []},
  {color: 'series-2', dash: [7, 3]},
  {color: 'series-3', dash: [2, 2]},
  {color: 'series-4', dash: [9, 3, 2, 3]},
  {color: 'series-5', dash: [4, 2]},
  {color: 'series-6', dash: [1, 3]},
];

const liveCharts = new Set();
/** The plots inside a node that is about to go. */
function dropCharts(node) {
  for (const chart of [...liveCharts])
    if (node.contains(chart.root)) {
      chart.destroy();
      liveCharts.delete(chart);
    }
}

/** Shades warm-up, cool-down and faults behind the lines. */
function drawBands(run) {
  return (u) => {
    const {ctx, bbox} = u;
    const fillSpan = (from, to, color, hatched) => {
      const a = Math.max(u.valToPos(from, 'x', true), bbox.left);
      const b = Math.min(u.valToPos(to, 'x', true), bbox.left + bbox.width);
      if (b <= a) return;
      ctx.save();
      ctx.fillStyle = color;
      ctx.fillRect(a, bbox.top, b - a, bbox.height);
      if (hatched) {
        ctx.beginPath();
        ctx.rect(a, bbox.top, b - a, bbox.height);
        ctx.clip();
        ctx.strokeStyle = theme.color('hatch');
        ctx.lineWidth = 1;
        ctx.beginPath();
        for (let x = a - bbox.height; x < b; x += 9) {
          ctx.moveTo(x, bbox.top + bbox.height);
          ctx.lineTo(x + bbox.height, bbox.top);
        }
        ctx.stroke();
      }
      ctx.restore();
    };
    if (run.warmup > 0) fillSpan(0, run.warmup, theme.color('band-warm'), true);
    if (run.cooldown > 0)
      fillSpan(run.duration - run.cooldown, run.duration, theme.color('band-warm'), true);
    for (const fault of run.faults)
      for (const [start, end] of fault.spans)
        fillSpan(start, end, theme.color('band-fault'), false);
  };
}

function axisFont() {
  return '11px ' + getComputedStyle(document.body).fontFamily;
}

/** Lines of a plot: columns of numbers, how each is drawn, its key and its number at the cursor. */
function plotLines(options) {
  const other = overlaid();
  const x = instants(options.run);
  const lines = {rows: [x], columns: [{}], keys: [], readouts: [], bands: []};
  const add = (label, values, style, faint) => {
    const readout = el('b', {class: 'readout'});
    lines.rows.push(values);
    lines.columns.push({
      label,
      stroke: () => theme.color(style.color + (faint ? '-faint' : '')),
      width: faint ? 1.2 : 1.6,
      dash: faint ? [2, 4] : style.dash,
      points: {show: false}
    });
    lines.readouts.push(readout);
    lines.keys.push(el(
        'span', {class: faint ? 'key faint' : 'key'}, swatch(style, faint), label, ' ', readout));
  };
  const wanted = options.series.filter((s) => s.values.some((v) => v !== null));
  wanted.forEach((s, i) => {
    const style = lineStyles[(s.style ?? i) % lineStyles.length];
    add(s.label, s.values, style, false);
    if (s.low && s.high) {
      const none = {stroke: 'transparent', width: 0, points: {show: false}};
      lines.rows.push(s.low, s.high);
      lines.columns.push({...none}, {...none});
      lines.readouts.push(null, null);
      lines.bands.push({
        series: [lines.columns.length - 1, lines.columns.length - 2],
        fill: theme.color('series-1-wash')
      });
    }
    if (other && s.over) add(runName(other), onGrid(other, s.over, x), style, true);
  });
  return lines;
}

/** A time axis below the last plot only, and numbers in a gutter of equal width beside all. */
function plotAxes(options) {
  const grid = {stroke: () => theme.color('grid'), width: 1};
  return [
    {
      stroke: () => theme.color('muted'),
      grid,
      ticks: {show: options.last, stroke: () => theme.color('grid'), size: 4},
      font: axisFont(),
      size: options.last ? 28 : 0,
      space: 70,
      values: options.last ? (u, ticks) => ticks.map(clock) : () => [],
      incrs:
          [0.001, 0.01, 0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400]
    },
    {
      stroke: () => theme.color('muted'),
      grid,
      ticks: {show: false},
      size: gutter,
      font: axisFont(),
      space: 26,
      gap: 6,
      values: (u, ticks) => ticks.map((v) => (v === null ? '' : options.print(v)))
    },
  ];
}

/**
 * Dragging zooms all plots, a double click shows the whole run, a click sets the topology's time.
 */
function plotHooks(options, lines) {
  return {
    drawAxes: [drawBands(options.run)],
    setSelect: [(u) => {
      if (u.select.width < 4) return;
      const from = u.posToVal(u.select.left, 'x');
      const to = u.posToVal(u.select.left + u.select.width, 'x');
      u.setSelect({left: 0, width: 0, top: 0, height: 0}, false);
      zoomTo(from, to);
    }],
    setCursor: [(u) => lines.readouts.forEach((node, i) => {
      const value = lines.rows[i + 1][u.cursor.idx ?? -1];
      if (node)
        node.textContent = value === null || value === undefined ? '' : options.print(value);
    })],
    ready: [(u) => {
      u.over.addEventListener('dblclick', () => zoomTo(null, null));
      u.over.addEventListener('click', (e) => {
        if (e.detail === 1 && u.cursor.idx !== null) change({time: lines.rows[0][u.cursor.idx]});
      });
    }],
  };
}

/**
 * A plot over time. options: {run, title, unit, print, height, log, range, last: shows the time
 * axis, series: [{label, values, style, low, high, over: values of the other run}]}.
 */
function timePlot(parent, options) {
  const {run} = options;
  const lines = plotLines(options);
  const box = el('div', {
    class: 'plot',
    role: 'img',
    'aria-label': options.title + ' over time; the numbers are in the table below'
  });
  parent.append(
      el('div', {class: 'panel'},
         el('div', {class: 'panel-head'}, el('h3', {text: options.title}),
            options.unit ? el('span', {class: 'unit', text: options.unit}) : null,
            el('span', {class: 'keys'}, lines.keys)),
         box));
  if (lines.rows.length === 1) {
    box.append(el('p', {class: 'none', text: 'nothing happened here'}));
    return;
  }
  const chart = new uPlot(
      {
        width: Math.max(320, box.clientWidth || parent.clientWidth || 900),
        height: options.height || 110,
        cursor: {
          y: false,
          drag: {x: true, y: false, setScale: false},
          sync: {key: 'run'},
          points: {size: 6}
        },
        legend: {show: false},
        bands: lines.bands,
        padding: [6, 22, options.last ? 0 : 4, 0],
        scales: {
          x: {time: false, range: () => [view.from ?? 0, view.to ?? run.duration]},
          y: options.log ? {distr: 3} :
                           {range: options.range || ((u, low, high) => [0, (high || 1) * 1.08])},
        },
        axes: plotAxes(options),
        series: lines.columns,
        hooks: plotHooks(options, lines),
      },
      lines.rows, box);
  liveCharts.add(chart);
  chart.ofTime = true;
}

function swatch(style, faint) {
  return svg('svg', {width: 22, height: 8, 'aria-hidden': 'true', class: 'swatch'}, svg('line', {
               x1: 0,
               x2: 22,
               y1: 4,
               y2: 4,
               class: 'stroke-' + style.color + (faint ? '-faint' : ''),
               'stroke-width': 2,
               'stroke-dasharray': (faint ? [2, 4] : style.dash).join(' ') || null
             }));
}

/** A column of another run at our instants. */
function onGrid(other, values, x) {
  return x.map((t) => (t < other.duration ? values[pointAt(other, t)] ?? null : null));
}

/** Narrows the time axis of all plots; null: the whole run. */
function zoomTo(from, to) {
  const {duration} = shown();
  if (from === null || to - from >= duration * 0.999) return change({from: null, to: null});
  const least = Math.max(shown().series.step * 3, duration / 2000);
  const middle = (from + to) / 2, half = Math.max(to - from, least) / 2;
  const start = Math.max(0, Math.min(middle - half, duration - 2 * half));
  change({from: start, to: Math.min(duration, start + 2 * half)});
}
/** In (factor < 1) or out around the middle. */
function zoomBy(factor) {
  const from = view.from ?? 0, to = view.to ?? shown().duration;
  const middle = (from + to) / 2, half = (to - from) / 2 * factor;
  zoomTo(middle - half, middle + half);
}
function panBy(part) {
  if (view.from === null) return;
  const length = view.to - view.from;
  const from = Math.max(0, Math.min(view.from + length * part, shown().duration - length));
  change({from, to: from + length});
}

/** All plots again: of another size, another zoom, or in other colours. */
function refreshCharts(colors) {
  for (const chart of liveCharts) {
    const width = chart.root.parentElement.clientWidth;
    if (width > 0 && Math.abs(width - chart.width) > 2)
      chart.setSize({width, height: chart.height});
    if (chart.ofTime) chart.setScale('x', {min: view.from ?? 0, max: view.to ?? shown().duration});
    if (colors) chart.redraw(false, true);
  }
}
