// Names from a scenario are inert: a report with hostile ones is made of the same elements as a benign one.
import fs from 'node:fs';
import path from 'node:path';
import {check, equal, open, shaketable, test, work} from './harness.mjs';

const act = 'window.__hit=1';
const shapes = [
  `<script>${act}</script>`, `"><script>${act}</script>`, `'><img src=x onerror=${act}>`, `</script><script>${act}</script>`,
  `</style><img src=x onerror=${act}>`, `</title><svg onload=${act}>`, `<svg/onload=${act}>`, `<img src=x onerror="${act}">`,
  `" onmouseover="${act}`, `' onfocus='${act}' autofocus='`, `javascript:${act}`, `<iframe srcdoc="<script>parent.${act}</script>">`,
  `<math><mi xlink:href="javascript:${act}">`, `<a href="javascript:${act}">x</a>`, `<body onload=${act}>`, `<details open ontoggle=${act}>`,
  `<object data="javascript:${act}">`, `<embed src="javascript:${act}">`, `<link rel=stylesheet href=//evil.test/x>`, `<base href=//evil.test/>`,
  `<meta http-equiv=refresh content="0;url=//evil.test">`, `<form action=//evil.test><button>`, `<style>*{background:url(//evil.test)}</style>`,
  `{{constructor.constructor('${act}')()}}`, `\${${act}}`, `<!--<script>${act}</script>`, `]]><script>${act}</script>`, `<template><script>${act}</script></template>`,
  `&lt;script&gt;${act}&lt;/script&gt;`, `&#60;img src=x onerror=${act}&#62;`, `\u2028${act}\u2029`, `\u202e<script>`, `=HYPERLINK("//evil.test")`,
  `__proto__`, `constructor`, `toString`, `%3Cscript%3E`, `url(javascript:${act})`, `expression(${act})`, `#x;}</svg><script>${act}</script>`,
  `<x onclick=${act} style=position:fixed;inset:0>`, `<noscript><p title="</noscript><img src=x onerror=${act}>">`, `<textarea><script>${act}</script>`,
  `\\"; ${act}; //`, `'-${act}-'`, `*/${act}/*`, `<svg><script>${act}</script></svg>`, `<svg><foreignObject><img src=x onerror=${act}>`, `<plaintext>`, `<xmp>`,
];
/** 150 names, each once. */
const payloads = ['', ' ', '\t'].flatMap((end, i) => shapes.map((shape) => shape + end + (i ? 'n' + i : '')));
const tokens = ['web', 'orders', 'inventory', 'payments', 'ledger', 'checkout', 'create', 'reserve', 'charge', 'append', 'shoppers', 'budget', 'retry-storm', 'ledger-brownout', 'rpc'];

/** A result in which every text but the scenario's canonical one holds other names. */
function renamed(result, names) {
  const order = [...tokens].sort((a, b) => b.length - a.length);
  const pattern = new RegExp('(?<![A-Za-z0-9-])(' + order.join('|') + ')(?![A-Za-z0-9-])', 'g');
  const rename = (text) => text.replace(pattern, (token) => names[tokens.indexOf(token)]);
  const walk = (value, key) => {
    if (typeof value === 'string') return key === 'canonical' || key === 'schema' ? value : rename(value);
    if (Array.isArray(value)) return value.map((v) => walk(v, ''));
    if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, walk(v, k)]));
    return value;
  };
  const copy = walk(result, '');
  copy.provenance.command = names[0];
  copy.provenance.sources[0].text += names.join('\n');
  copy.provenance.lint.forEach((note, i) => Object.assign(note, {message: names[i % names.length], hint: names[(i + 1) % names.length], notes: [names[2]]}));
  copy.record.environment = [[names[3], names[4]]];
  copy.provenance.canonical = copy.provenance.canonical.replace(/^description: [^]*?\n(?=\S)/m, 'description: ' + JSON.stringify(names[5]) + '\n');
  return copy;
}

/** How many elements of each name, and which attributes there are. */
function shapeOf() {
  const tags = {}, attributes = new Set();
  for (const node of document.querySelectorAll('*')) {
    tags[node.tagName] = (tags[node.tagName] || 0) + 1;
    for (const {name} of node.attributes) attributes.add(node.tagName + '.' + name);
  }
  return {tags: Object.fromEntries(Object.entries(tags).sort()), attributes: [...attributes].sort()};
}
async function openAll(page) {
  for (const summary of await page.locator('details.behind > summary').all()) await summary.click();
  await page.evaluate(() => change({service: shown().services[4].name}));
}

test('hostile: ' + payloads.length + ' names give the elements of the benign page, and nothing runs', async (context) => {
  check(new Set(payloads).size === 150, '150 different names');
  const base = path.join(work, 'hostile');
  fs.mkdirSync(base, {recursive: true});
  shaketable('simulate', 'scenarios/library/retry-storm.yaml', '--variant', 'budget', '--repeats', '2', '-q', '-o', path.join(base, 'base.json'));
  const result = JSON.parse(fs.readFileSync(path.join(base, 'base.json'), 'utf8'));
  const pageOf = async (names, label) => {
    fs.writeFileSync(path.join(base, label + '.json'), JSON.stringify(renamed(result, names)));
    shaketable('report', path.join(base, label + '.json'), '-q', '-o', path.join(base, label + '.html'));
    const opened = await open(context, path.join(base, label + '.html'));
    await openAll(opened.page);
    return opened;
  };
  const benign = await pageOf(tokens.map((t, i) => 'name' + i), 'benign');
  const wanted = await benign.page.evaluate(shapeOf);
  await benign.page.close();
  for (let i = 0; i < payloads.length; i += tokens.length) {
    const names = payloads.slice(i, i + tokens.length);
    const {page, said, asked} = await pageOf(names, 'page' + i / tokens.length);
    const got = await page.evaluate(shapeOf);
    equal(got.tags, wanted.tags, 'elements with ' + JSON.stringify(names.slice(0, 3)));
    equal(got.attributes, wanted.attributes, 'attributes');
    equal(await page.evaluate(() => window.__hit ?? null), null, 'nothing ran');
    const text = await page.evaluate(() => document.body.innerText);
    check(text.includes(names[4].replaceAll('\t', ' ').trim().slice(0, 12)), 'the name is shown as it is');
    equal(asked, [], 'requests');
    equal(said, [], 'console');
    await page.close();
  }
});

test('hostile: even a script that got in would not run, nor reach the network', async (context) => {
  const file = path.join(work, 'hostile', 'benign.html');
  const {page, said} = await open(context, file);
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.__hit=1';
    document.body.append(script);
    const image = document.createElement('img');
    image.src = 'https://evil.test/x.png';
    image.setAttribute('onerror', 'window.__hit=2');
    document.body.append(image);
  });
  const fetched = await page.evaluate(() => fetch('https://evil.test/').then(() => 'yes', () => 'no'));
  equal([fetched, await page.evaluate(() => window.__hit ?? null)], ['no', null], 'blocked');
  check(said.some((s) => s.includes('Content Security Policy') || s.includes('content-security-policy') || s.includes('violates')), 'the policy says so: ' + said[0]);
});
