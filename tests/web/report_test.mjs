// Reports of five scenarios of the library, as their readers use them.
import fs from 'node:fs';
import path from 'node:path';
import {check, equal, eventually, open, shaketable, source, test, work} from './harness.mjs';

const scenarios = ['retry-storm', 'online-boutique', 'zone-partition', 'gray-replica', 'cache-cold-start'];
const sections = ['verdict', 'timeline', 'topology', 'latency', 'requests', 'policies', 'lint', 'source', 'about'];
const made = new Map();

/** The report of a scenario of the library, made once. */
export function reportOf(name) {
  if (!made.has(name)) {
    const folder = path.join(work, name);
    shaketable('simulate', 'scenarios/library/' + name + '.yaml', '--repeats', '2', '-q', '-o', folder + '/');
    made.set(name, path.join(folder, 'report.html'));
  }
  return made.get(name);
}
function shot(page, name) {
  return page.screenshot({path: path.join(work, name + '.png')});
}

for (const name of scenarios) {
  test('report: ' + name + ' opens from a file, silent, whole, and asks nothing of the network', async (context) => {
    const file = reportOf(name);
    check(fs.statSync(file).size < 1e6, 'smaller than 1 MB: ' + fs.statSync(file).size);
    const {page, said, asked} = await open(context, file);
    for (const id of sections) {
      const text = await page.locator('#' + id).innerText();
      check(text.length > 20, 'section ' + id + ' says something');
    }
    check((await page.locator('#verdict tbody tr').count()) > 0, 'expectations are listed');
    equal(await page.locator('#timeline .panel').count(), 6, 'plots of the timeline');
  check((await page.locator('#timeline .uplot').count()) >= 4, 'most of them show something');
    check((await page.locator('#topology .node').count()) >= 2, 'the topology has nodes');
    check((await page.locator('#latency canvas').count()) >= 2, 'heat map and curves are drawn');
    check((await page.locator('#requests .fall').count()) >= 2, 'a request is drawn');
    // Every table behind a plot opens and has rows.
    for (const summary of await page.locator('details.behind > summary').all()) await summary.click();
    await eventually(page, () => [...document.querySelectorAll('details.behind')].every((d) => d.open && d.querySelectorAll('tbody tr').length > 0), null, 'every table behind a plot has rows');
    for (const button of await page.locator('section .tabs button').all()) if (await button.isVisible().catch(() => false)) await button.click();
    await shot(page, name);
    equal(asked, [], 'requests');
    equal(said, [], 'console');
  });
}

test('report: no part of it overflows the page, from 700 to 1900 pixels', async (context) => {
  const {page} = await open(context, reportOf('retry-storm'));
  for (const width of [700, 1000, 1400, 1900]) {
    await page.setViewportSize({width, height: 900});
    await page.waitForTimeout(250);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    check(wide <= 0, 'no sideways scrolling at ' + width + ' (' + wide + ')');
  }
  await page.setViewportSize({width: 1400, height: 900});
});

test('timeline: dragging zooms all plots, a double click shows the whole run again', async (context) => {
  const {page, said} = await open(context, reportOf('retry-storm'));
  const plot = page.locator('#timeline .u-over').first();
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  await page.mouse.move(box.x + box.width * 0.3, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 40, {steps: 4});
  await page.mouse.up();
  await eventually(page, () => location.hash.includes('zoom='), null, 'the zoom stands in the hash');
  const scales = await page.evaluate(() => [...liveCharts].filter((c) => c.ofTime).map((c) => [Math.round(c.scales.x.min), Math.round(c.scales.x.max)]));
  check(scales.every(([a, b]) => a === scales[0][0] && b === scales[0][1]), 'all plots show the same time');
  check(Math.abs(scales[0][0] - 72) <= 3 && Math.abs(scales[0][1] - 120) <= 3, 'from 30% to 50% of 240 s: ' + scales[0]);
  await shot(page, 'zoomed');
  await plot.dblclick({position: {x: 50, y: 30}});
  await eventually(page, () => !location.hash.includes('zoom='), null, 'the whole run is shown again');
  await page.locator('#timeline .bar.fault').first().click();
  await eventually(page, () => location.hash.includes('zoom='), null, 'a click on a fault zooms to it');
  equal(said, [], 'console');
});

test('topology: slider, play, steps and a click change what is shown', async (context) => {
  const {page, said} = await open(context, reportOf('retry-storm'));
  await page.locator('#topology').scrollIntoViewIfNeeded();
  const health = () => page.locator('#topology .node.service').evaluateAll((nodes) => nodes.map((n) => n.dataset.health).join());
  const slider = page.locator('#topology .slider');
  await slider.fill('60');
  const before = await health();
  await slider.fill('110');
  check(before !== (await health()), 'health differs before and during the fault');
  equal(await page.locator('#topology .time').innerText(), '01:50', 'the time is shown');
  await page.keyboard.press('ArrowRight');
  await eventually(page, () => document.querySelector('#topology .time').textContent === '01:51', null, 'an arrow key is one step');
  await page.locator('#topology .play').click();
  await eventually(page, () => view.time > 115, null, 'playing moves the time');
  await page.locator('#topology .play').click();
  const still = await page.evaluate(() => view.time);
  await page.waitForTimeout(150);
  equal(await page.evaluate(() => view.time), still, 'paused');
  await page.locator('#topology .node.service', {hasText: 'ledger'}).click();
  await eventually(page, () => !document.querySelector('.detail').hidden && location.hash.includes('service=ledger'), null, 'a click opens the service');
  check((await page.locator('.detail tbody tr').count()) >= 2, 'the service has its windows');
  check(!(await page.locator('.detail').innerText()).includes('null'), 'nothing is missing in words');
  await shot(page, 'service');
  await page.keyboard.press('Escape');
  await eventually(page, () => document.querySelector('.detail').hidden, null, 'Esc closes it');
  equal(said, [], 'console');
});

test('keyboard: sections, zoom, theme, help, search and nodes are reached without a mouse', async (context) => {
  const {page, said} = await open(context, reportOf('retry-storm'));
  for (const key of ['j', 'j', 'j', 'k']) await page.keyboard.press(key);
  await eventually(page, () => /at=timeline/.test(location.hash), null, 'j and k go through the sections');
  await page.keyboard.press('+');
  await eventually(page, () => /zoom=60-180/.test(location.hash), null, '+ zooms in');
  await page.keyboard.press('Shift+ArrowRight');
  await eventually(page, () => /zoom=90-210/.test(location.hash), null, 'shift and an arrow move');
  await page.keyboard.press('0');
  await eventually(page, () => !/zoom=/.test(location.hash), null, '0 is the whole run');
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  await page.keyboard.press('t');
  await page.keyboard.press('t');
  equal(await theme(), 'dark', 'theme');
  await shot(page, 'dark');
  await page.keyboard.press('?');
  check(await page.locator('dialog').isVisible(), 'the help is shown');
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await page.keyboard.type('inven');
  await page.keyboard.press('Enter');
  await eventually(page, () => view.service === 'inventory', null, 'a search opens the service');
  await page.locator('#topology .node.service').first().focus();
  await page.keyboard.press('Enter');
  await eventually(page, () => view.service !== 'inventory', null, 'Enter opens the node that has the focus');
  await page.keyboard.press(']');
  await eventually(page, () => view.run === 1, null, '] shows the next run');
  equal(said, [], 'console');
});

test('hash: a link keeps the view, and a wrong one does no harm', async (context) => {
  const file = reportOf('retry-storm');
  const first = await open(context, file, '#run=1&with=0&t=100&zoom=80-140&service=ledger&why=failed&window=baseline');
  equal(await first.page.evaluate(() => [view.run, view.other, view.time, view.from, view.to, view.service, view.why, view.window]),
      [1, 0, 100, 80, 140, 'ledger', 'failed', 'baseline'], 'view');
  equal(first.said, [], 'console');
  const second = await open(context, file, '#run=99&with=x&t=-5&zoom=9-3&service=%3Cscript%3E&request=1e9&endpoint=../..&why=__proto__');
  equal(await second.page.evaluate(() => [view.run, view.other, view.from, view.service, view.trace, view.entry]), [0, -1, null, null, 0, 0], 'view');
  equal(second.said, [], 'console');
});

test('variants: another run is shown and laid over', async (context) => {
  const {page, said} = await open(context, reportOf('retry-storm'));
  const headline = await page.locator('.headline').innerText();
  await page.locator('header .tabs button').nth(2).click();
  check((await page.locator('.headline').innerText()) !== headline, 'the verdict is the other run’s');
  await page.locator('#runs button', {hasText: 'lay over'}).first().click();
  await eventually(page, () => document.querySelectorAll('#timeline .key.faint').length > 0, null, 'the other run is in the legend');
  check((await page.locator('#runs').innerText()).includes('difference'), 'the differences are listed');
  await shot(page, 'overlaid');
  equal(said, [], 'console');
});

test('requests: list, reasons and waterfall belong together', async (context) => {
  const {page, said} = await open(context, reportOf('retry-storm'));
  await page.locator('#requests .tabs button', {hasText: 'random'}).click();
  check((await page.locator('#requests .request').count()) >= 5, 'random ones are listed');
  const head = await page.locator('.fall-head').innerText();
  await page.locator('#requests .request').nth(2).click();
  check((await page.locator('.fall-head').innerText()) !== head, 'another one is drawn');
  await page.locator('#requests .tabs button', {hasText: 'slowest'}).click();
  check((await page.locator('#requests .critical').count()) > 1, 'the critical path is marked');
  check((await page.locator('#requests .backoff').count()) > 1, 'waits between tries are drawn');
  // The parts of the critical path follow each other without gap, from the beginning to the end.
  const path_ = await page.evaluate(() => {
    const trace = shown().traces[view.trace];
    const {children} = treeOrder(trace.visits);
    const parts = criticalPath(trace.visits, children).flat().sort((a, b) => a[0] - b[0]);
    return {parts, end: trace.visits[0][V.ended]};
  });
  equal(path_.parts[0][0], 0, 'it begins with the request');
  equal(path_.parts.at(-1)[1], path_.end, 'it ends with it');
  for (let i = 1; i < path_.parts.length; ++i) check(Math.abs(path_.parts[i][0] - path_.parts[i - 1][1]) < 2e-3 * path_.end, 'no gap');
  equal(said, [], 'console');
});

test('downloads: JSON and CSV hold what is shown', async (context) => {
  const {page} = await open(context, reportOf('retry-storm'));
  const fetch = async (text) => {
    const [got] = await Promise.all([page.waitForEvent('download'), page.locator('#about button', {hasText: text}).click()]);
    return fs.readFileSync(await got.path(), 'utf8');
  };
  const run = JSON.parse(await fetch('this run, JSON'));
  equal(run.name, 'retry-storm', 'name');
  check(!Object.keys(run).some((k) => k.startsWith('_')), 'nothing of the page’s own');
  const series = (await fetch('series, CSV')).trim().split('\r\n');
  equal(series.length, 1 + run.series.points * (run.endpoints.length + run.services.length), 'rows');
  check((await fetch('windows, CSV')).startsWith('window,kind,name,figure,mean,low,high'), 'head');
});

test('source: an expectation leads to its line', async (context) => {
  const {page} = await open(context, reportOf('retry-storm'));
  const link = page.locator('#verdict .line-link').first();
  const line = Number((await link.innerText()).replace(/\D+/g, ''));
  await link.click();
  await eventually(page, (n) => document.querySelector('li.target')?.dataset.line === String(n), line, 'the line is marked');
  const text = fs.readFileSync(path.join(source, 'scenarios/library/retry-storm.yaml'), 'utf8').split('\n')[line - 1];
  check((await page.locator('li.target code').innerText()).trim() === text.trim(), 'it is that line of the file');
});

test('print: on paper it is white, whole and without controls', async (context) => {
  const {page, said} = await open(context, reportOf('retry-storm'));
  await page.emulateMedia({media: 'print'});
  check(!(await page.locator('nav').isVisible()), 'no list of sections');
  check(!(await page.locator('.controls').first().isVisible()), 'no controls');
  const pdf = await page.pdf({format: 'A4'});
  check(pdf.length > 50000, 'a PDF is made');
  await page.emulateMedia({media: null});
  equal(said, [], 'console');
});

test('accessibility: every control has a name, every plot a table, every section a heading', async (context) => {
  const {page} = await open(context, reportOf('online-boutique'));
  const nameless = await page.evaluate(() => [...document.querySelectorAll('button, input, select')]
      .filter((n) => !(n.textContent.trim() || n.getAttribute('aria-label') || n.closest('label'))).map((n) => n.outerHTML.slice(0, 80)));
  equal(nameless, [], 'controls without a name');
  const unlabelled = await page.evaluate(() => [...document.querySelectorAll('[role=img]')].filter((n) => !n.getAttribute('aria-label')).length);
  equal(unlabelled, 0, 'pictures without a name');
  for (const id of ['timeline', 'topology', 'latency', 'requests']) check((await page.locator('#' + id + ' details.behind').count()) > 0, id + ' has a table behind');
  check((await page.locator('section:not([hidden]) > h2').count()) >= 9, 'headings');
});

test('report: a second run of another scenario is put beside the first', async (context) => {
  const out = path.join(work, 'two.html');
  reportOf('retry-storm');
  reportOf('online-boutique');
  shaketable('report', path.join(work, 'retry-storm', 'naive'), path.join(work, 'online-boutique', 'as-is'), '-q', '-o', out);
  const {page, said} = await open(context, out);
  check((await page.locator('#runs h2').innerText()) === 'Runs', 'they are runs, not variants');
  await page.locator('#runs button', {hasText: 'lay over'}).click();
  await page.locator('header .tabs button').nth(1).click();
  equal(await page.locator('h1').innerText(), 'online-boutique', 'title');
  equal(said, [], 'console');
});
