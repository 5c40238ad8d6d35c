// A thousand services: still opens quickly, can be searched, and folds.
import fs from 'node:fs';
import path from 'node:path';
import {check, equal, eventually, open, shaketable, test, work} from './harness.mjs';

/** Ten layers of a hundred services in three zones; each calls two of the next layer. */
function scenario() {
  const lines = ['schema: shaketable/v1', 'name: thousand', 'run: {duration: 60s, warmup: 5s, seed: 3, repeats: 2, keep_traces: 20}',
    'zones: {north: {}, middle: {}, south: {}}', 'services:'];
  const zones = ['north', 'middle', 'south'];
  for (let layer = 0; layer < 10; ++layer)
    for (let i = 0; i < 100; ++i) {
      const calls = layer === 9 ? '' : `, {call: l${layer + 1}-s${(i * 7 + 3) % 100}.get, policy: rpc}` + (i % 10 === 0 ? `, {call: l${layer + 1}-s${(i * 3 + 50) % 100}.get, policy: rpc}` : '');
      lines.push(`  l${layer}-s${i}: {replicas: {${zones[i % 3]}: 2}, workers: 8, endpoints: {get: {steps: [{work: 1ms}${calls}]}}}`);
    }
  lines.push('policies: {rpc: {timeout: 500ms, retry: 1}}', 'workload:');
  for (let i = 0; i < 100; ++i) lines.push(`  w${i}: {call: l0-s${i}.get, arrivals: poisson(1/s)}`);
  lines.push('faults: [{id: slow, at: 20s, for: 20s, fault: slow, target: l9-s17, factor: 400}]', 'expect: ["success(l0-s0) >= 99% over run"]');
  return lines.join('\n') + '\n';
}

test('large: a thousand services open, fold, unfold, and are found', async (context) => {
  fs.writeFileSync(path.join(work, 'thousand.yaml'), scenario());
  shaketable('simulate', path.join(work, 'thousand.yaml'), '-q', '-o', path.join(work, 'thousand') + '/');
  const file = path.join(work, 'thousand', 'report.html');
  const {page, said, ready} = await open(context, file);
  console.log('        ' + (fs.statSync(file).size / 1e6).toFixed(2) + ' MB, ready after ' + ready + ' ms');
  check(ready < 15000, 'ready in 15 s');
  const nodes = () => page.locator('#topology .node').count();
  const folded = await nodes();
  check(folded < 200, 'services are folded at first: ' + folded);
  await page.locator('#topology .node.group').first().click();
  await eventually(page, (n) => document.querySelectorAll('#topology .node').length > n + 50, folded, 'a group unfolds');
  await page.locator('#topology select[aria-label=fold]').selectOption('none');
  await eventually(page, () => document.querySelectorAll('#topology .node').length >= 1000, null, 'all of them can be shown');
  await page.screenshot({path: path.join(work, 'thousand.png')});
  await page.locator('#topology select[aria-label=fold]').selectOption('zone');
  await page.keyboard.press('/');
  await page.keyboard.type('l9-s17');
  await page.keyboard.press('Enter');
  await eventually(page, () => view.service === 'l9-s17', null, 'it is found');
  const near = await nodes();
  check(near >= 2 && near < 30, 'it is shown with its neighbours: ' + near);
  const begin = Date.now();
  await page.locator('#topology .slider').fill('30');
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  check(Date.now() - begin < 3000, 'the slider answers');
  await page.screenshot({path: path.join(work, 'thousand-near.png')});
  equal(said, [], 'console');
});
