// The index over many runs.
import fs from 'node:fs';
import path from 'node:path';
import {check, equal, eventually, open, shaketable, test, work} from './harness.mjs';

test('index: every run is a row, can be filtered, and leads to its report', async (context) => {
  const runs = path.join(work, 'runs');
  fs.rmSync(runs, {recursive: true, force: true});
  for (const name of ['retry-storm', 'long-queue'])
    shaketable('simulate', 'scenarios/library/' + name + '.yaml', '--repeats', '2', '-q', '-o', path.join(runs, name) + '/');
  // A folder may be called anything.
  fs.cpSync(path.join(runs, 'long-queue', 'short'), path.join(runs, 'javascript:alert(1)'), {recursive: true});
  fs.copyFileSync(path.join(runs, 'long-queue', 'report.html'), path.join(runs, 'javascript:alert(1)', 'report.html'));
  shaketable('report', '--index', runs, '-q');
  const {page, said, asked} = await open(context, path.join(runs, 'index.html'));
  const rows = () => page.locator('tbody tr').count();
  equal(await rows(), 6, 'rows');
  await page.screenshot({path: path.join(work, 'index.png')});
  await page.keyboard.press('/');
  await page.keyboard.type('retry budget');
  equal(await rows(), 1, 'rows after the filter');
  await page.locator('input[type=search]').fill('');
  await page.locator('input[type=checkbox]').check();
  equal(await page.locator('tbody .mark.good').count(), 0, 'runs that hold, among the failed ones');
  await page.locator('input[type=checkbox]').uncheck();
  await page.locator('thead button', {hasText: 'requests'}).click();
  const counts = (await page.locator('tbody tr').allInnerTexts()).map((t) => Number(/\t([\d,]+)\t[^\t]+$/.exec(t)[1].replaceAll(',', '')));
  equal(counts, [...counts].sort((a, b) => b - a), 'sorted by requests');
  check((await page.locator('tbody a').evaluateAll((links) => links.every((a) => a.href.startsWith('file:')))), 'every link is to a file');
  await page.locator('tbody tr', {hasText: 'budget'}).locator('a').click();
  await eventually(page, () => document.documentElement.dataset.ready === 'yes' && document.querySelector('#verdict') !== null, null, 'the report opens');
  equal(await page.evaluate(() => shown().variant), 'budget', 'variant');
  equal([asked, said], [[], []], 'requests and console');
});
