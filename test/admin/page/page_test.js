// The status page in a browser. tokend is the real one; nothing of the page is replaced.
import assert from 'node:assert/strict';
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';
import {eventually, openPage, reachedByTab, signIn, startBrowser, violations} from './browser.js';
import {acmeAdministrator, jsmith, load, Tokend} from './tokend.js';

const views = {
  light: {colorScheme: 'light', height: 1100},
  dark: {colorScheme: 'dark', height: 1100},
  narrow: {colorScheme: 'light', width: 320, height: 1100},
};

let tokend;
let browser;
before(async () => {
  tokend = await new Tokend().start();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await tokend?.end();
});

async function signedIn(view = {}, at = tokend) {
  const page = await openPage(browser, at.page, view);
  await signIn(page, at.token);
  return page;
}
const close = (page) => page.context().close();
const row = (page, table, ...texts) => texts.reduce((rows, text) => rows.filter({hasText: text}),
  page.locator(`#${table}-table tbody tr`));

test('it loads without a complaint, and shows what it has loaded', async (t) => {
  await tokend.login();
  const page = await openPage(browser, tokend.page);
  const loaded = await page.evaluate(() => performance.getEntriesByType('navigation')[0].loadEventEnd);
  const begun = performance.now();
  await signIn(page, tokend.token);
  t.diagnostic(`loaded in ${loaded.toFixed(0)} ms, and shows everything ${(performance.now() - begun).toFixed(0)} ms ` +
    'after the token was entered');
  assert.match(await page.locator('#tiles').innerText(), /Ready/);
  assert.match(await row(page, 'backends', 'crm-staff').innerText(), /Up\s+Closed\s+none/);
  assert.match(await row(page, 'top', 'CRMDEMO').innerText(), /100 %/);
  assert.match(await row(page, 'certificates', 'secure').innerText(), /1[89] days/);
  assert.match(await row(page, 'configuration', 'lockout-failures').innerText(), /ACME.*\s2\s.*tokend\.conf:\d+/s);
  assert.equal(await page.locator('#listeners-table tbody tr').count(), 3);
  assert.deepEqual(page.complaints, []);
  const kept = await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie, location.href]);
  assert.deepEqual(kept, [0, 0, '', tokend.page]);
  await close(page);
});

test('the top shows live and issued tokens by organisation, backend, user and network', async () => {
  const shared = await new Tokend('viewer').start();
  try {
    await shared.login();
    const page = await signedIn({}, shared);
    const names = {organisations: 'CRMDEMO', backends: 'crm-staff', users: 'mpadministrator of CRMDEMO',
      networks: '127.0.0.1/32'};
    for (const [list, name] of Object.entries(names)) {
      await page.getByLabel('By').selectOption(list);
      assert.match(await row(page, 'top', name).innerText(), /\s1\s+100 %\s+1$/, list);
    }
    await close(page);
  } finally {
    await shared.end();
  }
});

test('a wrong token is refused in the dialog', async () => {
  const page = await openPage(browser, tokend.page);
  await page.locator('#token').fill('0'.repeat(64));
  await page.keyboard.press('Enter');
  await page.getByText('tokend does not know this token.').waitFor();
  assert.equal(await page.locator('#content').isVisible(), false);
  await signIn(page, tokend.token);
  await page.getByRole('button', {name: 'Sign out'}).click();
  assert.equal(await page.locator('#content').isVisible(), false);
  await close(page);
});

for (const [name, view] of Object.entries(views))
  test(`axe finds nothing wrong, and nothing is cut off (${name})`, async () => {
    await tokend.lockOut();
    await tokend.post('token', {username: 'alice', password: 'x', organisation: 'EXAMPLE'});
    const page = await openPage(browser, tokend.page, view);
    assert.deepEqual(await violations(page), []);
    await signIn(page, tokend.token);
    await row(page, 'lockouts', 'ACME').first().waitFor();
    await page.getByRole('figure', {name: 'Logins a second'}).getByRole('button', {name: 'Show as table'}).click();
    assert.deepEqual(await violations(page), []);
    await page.getByRole('button', {name: /^Revoke… /}).first().click();
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press('Escape');
    const [needed, there] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(needed <= there, `the page is ${needed} wide in a window of ${there}`);
    await close(page);
  });

test('the keyboard reaches everything, and the focus shows', async () => {
  const page = await signedIn();
  const reached = await reachedByTab(page);
  assert.equal(reached[0].name, 'Skip to the content');
  assert.deepEqual(reached.filter(({isVisible}) => !isVisible), []);
  const missed = await page.evaluate(() => [...document.querySelectorAll('a, button, input, [tabindex="0"]')]
    .filter((one) => one.checkVisibility() && !one.disabled && !one.dataset.reached).map((one) => one.outerHTML));
  assert.deepEqual(missed, []);
  await page.getByRole('link', {name: 'Skip to the content'}).press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  await close(page);
});

test('charts show what happened, as tables too', async () => {
  const page = await signedIn();
  const before = await tokend.ask('history');
  const tokens = [await tokend.login(), await tokend.login()];
  for (let i = 0; i < 7; ++i) await tokend.isActive(tokens[i % 2]);
  const sum = (counts) => counts.reduce((all, n) => all + n, 0);
  const isCounted = async () => sum((await tokend.ask('history')).validations) - sum(before.validations) >= 7;
  await eventually(isCounted);
  const {validations, logins_accepted: logins} = await tokend.ask('history');
  for (const [title, column, wanted] of [['Validations a second', 1, sum(validations)],
    ['Logins a second', 1, sum(logins)]]) {
    const figure = page.getByRole('figure', {name: title});
    assert.match(await figure.locator('svg[role=img]').getAttribute('aria-label'), /now \d+, at most \d+/);
    await figure.getByRole('button', {name: 'Show as table'}).press('Enter');
    const sumOfTable = () => figure.locator('tbody').evaluate((body, place) => [...body.rows].reduce(
      (all, one) => all + Number(one.cells[place]?.textContent), 0), column);
    await eventually(async () => await sumOfTable() === wanted);
    assert.equal(await figure.locator('svg[role=img]').isVisible(), false);
  }
  assert.deepEqual(page.complaints, []);
  await close(page);
});

test('sessions are searched, sorted and paged', async () => {
  for (let i = 0; i < 60; ++i) await tokend.login(jsmith);
  const page = await signedIn();
  await page.getByRole('button', {name: 'Next page'}).click();
  await page.getByText(/^Page 2, /).waitFor();
  await page.getByRole('button', {name: 'Previous page'}).click();
  await page.getByText('Page 1, 50 sessions').waitFor();
  await tokend.login();
  await page.getByRole('textbox', {name: 'User'}).fill('mpadministrator');
  await page.keyboard.press('Enter');
  await row(page, 'sessions', 'jsmith').first().waitFor({state: 'detached'});
  const issued = () => page.locator('#sessions-table time:nth-of-type(1)').evaluateAll((all) => all.map(
    (one) => one.getAttribute('datetime')).filter((_, i) => i % 2 === 0));
  const heading = page.locator('#sessions-table').getByRole('button', {name: 'Issued'});
  await heading.press('Enter');
  assert.ok(new Set(await issued()).size > 1);
  assert.deepEqual(await issued(), (await issued()).sort());
  await heading.press('Enter');
  assert.deepEqual(await issued(), (await issued()).sort().reverse());
  assert.equal(await page.locator('#sessions-table [aria-sort=descending]').count(), 1);
  await page.getByRole('textbox', {name: 'User'}).fill('nobody');
  await page.keyboard.press('Enter');
  await page.getByText('There are no such sessions.').waitFor();
  await close(page);
});

test('revoking ends tokens, and only after a confirmation that counts them', async () => {
  await tokend.ask('lockouts', 'DELETE');  // of the tests above
  const tokens = [];
  for (let i = 0; i < 3; ++i) tokens.push(await tokend.login(acmeAdministrator));
  const other = await tokend.login();
  const page = await signedIn();
  await page.getByRole('textbox', {name: 'Organisation'}).fill('ACME');
  await page.keyboard.press('Enter');
  await page.getByText('Page 1, 3 sessions').waitFor();

  await row(page, 'sessions', 'ACME').first().getByRole('button').click();
  await page.getByText('This ends 1 session of mpadministrator at ACME.').waitFor();
  await page.keyboard.press('Escape');
  for (const token of tokens) assert.equal(await tokend.isActive(token), true);
  await row(page, 'sessions', 'ACME').first().getByRole('button').click();
  await page.getByRole('button', {name: 'Revoke 1 session'}).click();
  await page.getByText('Ended 1 session of mpadministrator.').waitFor();
  await page.getByText('Page 1, 2 sessions').waitFor();

  await page.getByRole('button', {name: 'Revoke all that match…'}).click();
  await page.getByText('This ends 2 sessions (organisation ACME).').waitFor();
  await page.getByRole('button', {name: 'Revoke 2 sessions'}).click();
  await page.getByText('Ended 2 sessions.').waitFor();
  for (const token of tokens) assert.equal(await tokend.isActive(token), false);
  assert.equal(await tokend.isActive(other), true);
  assert.deepEqual(page.complaints, []);
  await close(page);
});

test('unlocking lets the name in again', async () => {
  assert.equal(await tokend.lockOut(), 'TOO_MANY_ATTEMPTS');
  const page = await signedIn();
  await row(page, 'lockouts', 'mpadministrator').first().getByRole('button', {name: 'Unlock'}).click();
  await page.getByText('Nobody is locked out.').waitFor();
  assert.equal(await tokend.isActive(await tokend.login(acmeAdministrator)), true);
  await close(page);
});

test('a tokend that is gone is missed since a time, and is shown again when it is back', async () => {
  const page = await signedIn();
  await tokend.stop();
  await page.getByText(/^tokend is not reachable since \d\d:\d\d:\d\d\./).waitFor();
  await tokend.startAgain();
  await page.locator('#banner').waitFor({state: 'hidden'});
  await page.getByText('There are no such sessions.').waitFor();
  assert.match(await page.locator('#tiles').innerText(), /Ready/);
  await close(page);
});

test('an operator of one organisation sees and ends what is theirs', async () => {
  const ours = await new Tokend('operator@ACME').start();
  try {
    await ours.login(acmeAdministrator);
    await ours.login();
    await ours.lockOut();
    const page = await signedIn({}, ours);
    assert.equal(await page.locator('#sessions-table tbody tr').count(), 1);
    assert.equal(await row(page, 'sessions', 'ACME').getByRole('button').count(), 1);
    await row(page, 'lockouts', 'mpadministrator').getByRole('button', {name: 'Unlock'}).click();
    await page.getByText('Nobody is locked out.').waitFor();
    for (const note of ['#traffic-note', '#listeners-note', '#configuration-note'])
      assert.equal(await page.locator(note).isVisible(), true);
    assert.equal(await page.locator('#charts').isVisible(), false);
    assert.equal(await row(page, 'backends', 'crm-staff').count(), 0);
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(page.complaints, []);
    await close(page);
  } finally {
    await ours.end();
  }
});

test('whoever sees more than they may end has buttons for what they may end', async () => {
  const shared = await new Tokend('viewer bearer; operator@ACME').start();
  try {
    await shared.login();
    await shared.login(acmeAdministrator);
    const page = await signedIn({}, shared);
    assert.equal(await row(page, 'sessions', 'CRMDEMO').getByRole('button').count(), 0);
    assert.equal(await row(page, 'sessions', 'ACME').getByRole('button').count(), 1);
    await page.getByRole('textbox', {name: 'User'}).fill('mpadministrator');
    await page.keyboard.press('Enter');
    await page.getByRole('button', {name: 'Revoke all that match…'}).click();
    await page.getByText('This ends 1 session (username mpadministrator).').waitFor();
    await page.getByRole('button', {name: 'Revoke 1 session'}).click();
    await page.getByText('Ended 1 session.').waitFor();
    await page.getByText('Page 1, 1 session').waitFor();
    await close(page);
  } finally {
    await shared.end();
  }
});

test('a viewer sees no button that would be refused', async () => {
  const watched = await new Tokend('viewer').start();
  try {
    await watched.login();
    await watched.lockOut();
    const page = await signedIn({}, watched);
    await row(page, 'lockouts', 'ACME').first().waitFor();
    await row(page, 'sessions', 'CRMDEMO').first().waitFor();
    for (const name of [/^Revoke/, /^Unlock/]) assert.equal(await page.getByRole('button', {name}).count(), 0);
    assert.equal(await page.locator('#configuration-note').isVisible(), true);
    assert.deepEqual(page.complaints, []);
    await close(page);
  } finally {
    await watched.end();
  }
});

// The pictures of the manual. They show five minutes of load, so they are made only when they are asked for.
const pictures = process.env.TOKEND_SCREENSHOTS;
test('pictures', {skip: !pictures && 'only for the manual'}, async () => {
  mkdirSync(pictures, {recursive: true});
  await tokend.restart();
  const clients = load(tokend);
  await sleep(Number(process.env.TOKEND_SCREENSHOT_SECONDS ?? 305) * 1000);
  await tokend.lockOut();
  for (const [name, view] of Object.entries(views)) {
    const page = await signedIn(view);
    await row(page, 'lockouts', 'ACME').first().waitFor();
    await sleep(1500);
    await page.screenshot({path: join(pictures, `${name}.png`)});
    await close(page);
  }
  await clients.stop();
});
