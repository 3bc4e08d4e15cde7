// Chromium without a window, and what the tests ask of a page in it.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {setTimeout as sleep} from 'node:timers/promises';
import {chromium} from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const startBrowser = () =>
  chromium.launch({executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox']});

// Waits for an effect that nothing announces. Throws if there is none for a long time.
export async function eventually(condition) {
  const end = Date.now() + 60000;
  while (!await condition()) {
    if (Date.now() > end) throw new Error(`never: ${condition}`);
    await sleep(100);
  }
}

// A new page. `complaints` is what its console and its scripts complain of.
export async function openPage(browser, url, {colorScheme = 'light', width = 1280, height = 900} = {}) {
  const context = await browser.newContext({colorScheme, viewport: {width, height}});
  const page = await context.newPage();
  page.complaints = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) page.complaints.push(message.text());
  });
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  await page.goto(url);
  return page;
}

export async function signIn(page, token) {
  await page.locator('#token').fill(token);
  await page.keyboard.press('Enter');
  await page.locator('#content').waitFor();
  await page.locator('#sessions-state', {hasText: 'Page'}).waitFor();
  await page.locator('#top-table td').first().waitFor();
}

// The rules that the page violates, each with the elements.
export async function violations(page) {
  await page.evaluate(axe);
  const {violations: found} = await page.evaluate(() => window.axe.run());
  return found.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`);
}

// The names of what Tab reaches, from the first element of the page on until the focus leaves the page.
export async function reachedByTab(page) {
  const reached = [];
  await page.evaluate(() => {
    document.activeElement.blur();
    window.scrollTo(0, 0);
  });
  for (let i = 0; i < 1000; ++i) {
    await page.keyboard.press('Tab');
    const one = await page.evaluate(() => {
      const focused = document.activeElement;
      if (focused === document.body || focused.dataset.reached) return null;
      focused.dataset.reached = 'yes';
      const {outlineStyle} = getComputedStyle(focused);
      return {name: focused.textContent.trim() || focused.name || focused.id, isVisible: outlineStyle !== 'none'};
    });
    if (one === null) break;
    reached.push(one);
  }
  return reached;
}
