// A browser, claims about pages, and the tool that makes them.
// Usage: node run.mjs SHAKETABLE SOURCE_DIR WORK_DIR [only this test]
import {execFileSync} from 'node:child_process';
import {createRequire} from 'node:module';
import fs from 'node:fs';
import path from 'node:path';

export const [tool, source, work, only] = process.argv.slice(2).map((p) => p);
const require = createRequire(path.join(process.env.SHAKETABLE_PLAYWRIGHT || work, 'index.js'));

export const skipped = 77;  // ctest's SKIP_RETURN_CODE
export function skip(why) {
  console.log('SKIPPED: ' + why);
  process.exit(skipped);
}

export async function launch() {
  let chromium;
  try {
    ({chromium} = require('playwright-core'));
  } catch {
    skip('playwright-core is not installed; bash scripts/install_browser.sh installs it');
  }
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((p) => fs.existsSync(p));
  if (!executablePath) skip('no Chromium; bash scripts/install_browser.sh installs it');
  const profile = fs.mkdtempSync(path.join(work, 'profile-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath, headless: true, viewport: {width: 1400, height: 900}, acceptDownloads: true,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  return {context, close: async () => {
    await context.close();
    fs.rmSync(profile, {recursive: true, force: true});
  }};
}

export function shaketable(...args) {
  try {
    execFileSync(tool, args, {cwd: source, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26});
  } catch (error) {
    if (error.status !== 1) throw new Error('shaketable ' + args.join(' ') + ': ' + error.stderr);  // 1: an expectation failed
  }
}

/** Opens a page of ours; collects whatever it says and asks for. */
export async function open(context, file, hash = '') {
  const page = await context.newPage();
  const said = [], asked = [];
  page.on('console', (m) => { if (m.type() !== 'log' && m.type() !== 'info') said.push(m.type() + ': ' + m.text()); });
  page.on('pageerror', (e) => said.push('error: ' + e.message));
  page.on('dialog', (d) => { said.push('dialog: ' + d.message()); d.dismiss(); });
  page.on('request', (r) => { if (!/^(file|data|blob):/.test(r.url())) asked.push(r.url()); });
  const begin = Date.now();
  await page.goto('file://' + file + hash);
  await page.waitForFunction(() => document.documentElement.dataset.ready === 'yes', null, {timeout: 60000});
  return {page, said, asked, ready: Date.now() - begin};
}

const tests = [];
export function test(name, run) {
  tests.push({name, run});
}
export function check(condition, text) {
  if (!condition) throw new Error('not so: ' + text);
}
export function equal(got, wanted, text) {
  if (JSON.stringify(got) !== JSON.stringify(wanted)) throw new Error(text + ': wanted ' + JSON.stringify(wanted) + ', got ' + JSON.stringify(got));
}
/** Waits until a claim about the page holds. */
export async function eventually(page, claim, argument, text) {
  await page.waitForFunction(claim, argument, {timeout: 10000}).catch(() => { throw new Error('never so: ' + text); });
}

export async function runAll() {
  fs.mkdirSync(work, {recursive: true});
  const browser = await launch();
  let failed = 0;
  for (const {name, run} of tests) {
    if (only && !name.includes(only)) continue;
    const begin = Date.now();
    try {
      await run(browser.context);
      console.log('ok      ' + name + ' (' + (Date.now() - begin) + ' ms)');
    } catch (error) {
      ++failed;
      console.log('FAILED  ' + name + '\n        ' + error.message.split('\n').slice(0, 6).join('\n        '));
    }
    for (const page of browser.context.pages().slice(1)) await page.close();
  }
  await browser.close();
  process.exit(failed === 0 ? 0 : 1);
}
