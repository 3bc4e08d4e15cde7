// Live sessions: search, pages, and their end.
import {ask, may, maySomewhere, query} from './api.js';
import {byId, confirmed, counted, dataTable, element, say, setText, shortTimeElement} from './dom.js';

const pageSize = 50;
const form = byId('sessions-search');

let terms = {};       // of the search that is shown
let cursors = [''];   // of the pages up to the one that is shown
let next = null;      // the cursor of the page after it
let asked = 0;        // counts the questions, so that a late answer does not replace a later one

const table = dataTable(byId('sessions-table'), {
  label: 'Sessions',
  key: (session) => session.accessor,
  empty: 'There are no such sessions.',
  columns: [
    {title: 'Organisation', value: (session) => session.organisation},
    {title: 'User', value: (session) => session.username},
    {title: 'Unit', value: (session) => session.unit,
      cell: (session) => element('code', {class: 'cut', title: session.unit}, session.unit)},
    {title: 'Backend', value: (session) => session.backend},
    {title: 'Client', value: (session) => session.client_address},
    {title: 'Issued', value: (session) => session.issued_at, cell: (session) => shortTimeElement(session.issued_at)},
    {title: 'Expires', value: (session) => session.expires_at, cell: (session) => shortTimeElement(session.expires_at)},
    {title: 'Accessor', value: (session) => session.accessor, cell: (session) => element('code', {}, session.accessor)},
    {title: 'Revoke', action: true, cell: revokeButton},
  ],
});

function revokeButton(session) {
  if (!may('operator', session.organisation)) return null;
  const press = () => attempt(() => revokeOne(session));
  return element('button', {type: 'button', class: 'danger', onclick: press}, 'Revoke…',
    element('span', {class: 'unseen'}, ` ${session.username}, ${session.accessor}`));
}

async function attempt(action) {
  try {
    await action();
  } catch (error) {
    say(`It did not work: ${error.message}`);
  }
}

async function revokeOne(session) {
  const sure = await confirmed({
    title: 'Revoke this session?',
    text: `This ends 1 session of ${session.username} at ${session.organisation}. Its token stops working at once.`,
    action: 'Revoke 1 session',
  });
  if (!sure) return;
  const {released} = await ask('DELETE', `sessions/${encodeURIComponent(session.accessor)}`);
  say(released === 1 ? `Ended 1 session of ${session.username}.` : 'The session had ended already.');
  await refreshSessions();
}

// How many sessions match, of those that the operator may end.
async function count(of) {
  let sum = 0;
  let cursor = '';
  do {
    const page = await ask('GET', `sessions${query({...of, limit: 1000, cursor})}`);
    sum += page.sessions.filter((session) => may('operator', session.organisation)).length;
    cursor = page.next_cursor;
  } while (cursor !== null);
  return sum;
}

async function revokeAll() {
  const of = terms;
  const button = byId('sessions-revoke');
  button.disabled = true;
  setText(byId('sessions-state'), 'Counting…');
  let matching;
  try {
    matching = await count(of);
  } finally {
    button.disabled = false;
    showState();
  }
  if (matching === 0) return say('There are no such sessions that you may end.');
  const inWords = Object.entries(of).map(([name, value]) => `${name.replace('_', ' ')} ${value}`).join(', ');
  const sure = await confirmed({
    title: 'Revoke all that match?',
    text: `This ends ${counted(matching, 'session')} (${inWords}). Their tokens stop working at once.`,
    action: `Revoke ${counted(matching, 'session')}`,
  });
  if (!sure) return;
  let ended = 0;
  let cursor;
  do {  // in parts, so that none takes long
    const part = await ask('POST', 'sessions/revoke', {...of, limit: 1000, cursor});
    ended += part.released;
    cursor = part.next_cursor;
    say(`Ended ${counted(ended, 'session')}${cursor === null ? '.' : ' so far…'}`);
  } while (cursor !== null);
  cursors = [''];
  await refreshSessions();
  button.hidden ? byId('sessions-search').elements.organisation.focus() : button.focus();
}

let shown = 0;
function showState() {
  const page = cursors.length;
  setText(byId('sessions-state'), `Page ${page}, ${counted(shown, 'session')}`);
  byId('sessions-previous').disabled = page === 1;
  byId('sessions-next').disabled = next === null;
  byId('sessions-revoke').hidden = Object.keys(terms).length === 0 || !maySomewhere('operator') || shown === 0;
}

export async function refreshSessions() {
  const question = ++asked;
  const page = await ask('GET', `sessions${query({...terms, limit: pageSize, cursor: cursors.at(-1)})}`);
  if (question !== asked) return;
  next = page.next_cursor;
  shown = page.sessions.length;
  table.show(page.sessions);
  showState();
}

function search() {
  const given = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
  terms = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  cursors = [''];
  return turnPage();
}

function turnPage() {
  setText(byId('sessions-state'), 'Searching…');
  return attempt(refreshSessions);
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  search();
});
form.addEventListener('reset', () => setTimeout(search));  // when the fields are empty
byId('sessions-next').addEventListener('click', () => {
  if (next !== null) cursors.push(next);
  return turnPage();
});
byId('sessions-previous').addEventListener('click', () => {
  if (cursors.length > 1) cursors.pop();
  return turnPage();
});
byId('sessions-revoke').addEventListener('click', () => attempt(revokeAll));
