// The sections that only show what tokend answers, and lock-outs with their unlocking.
import {ask, may, mayEverywhere, maySomewhere} from './api.js';
import {recentRate, validationP99} from './charts.js';
import {badge, byId, confirmed, counted, dataTable, duration, element, number, rate, say, setText, timeElement}
  from './dom.js';

// Tiles: a name, a value and a line below it.
const tiles = Object.fromEntries(['State', 'Live tokens', 'Logins', 'Validations', 'Refusals', 'Validation p99'].map(
  (name) => {
    const value = element('dd', {class: 'value'}, '–');
    const note = element('dd', {class: 'note'}, '');
    byId('tiles').append(element('div', {class: 'tile card'}, element('dt', {}, name), value, note));
    return [name, {value, note}];
  }));
function setTile(name, value, note) {
  setText(tiles[name].value, value);
  setText(tiles[name].note, note);
}

export const showLiveTokens = (count, note) => setTile('Live tokens', number(count), note);

const perSecond = (value) => (value === null ? '–' : `${rate(value)}/s`);

export function showRates() {
  const note = mayEverywhere('viewer') ? 'over ten seconds' : 'not for one organisation';
  setTile('Logins', perSecond(recentRate('logins_accepted', 'logins_rejected', 'logins_unavailable')), note);
  setTile('Validations', perSecond(recentRate('validations')), note);
  setTile('Refusals', perSecond(recentRate('refusals')), note);
  const p99 = validationP99();
  const inWords = p99 === null ? '–' : p99 < 1000 ? `≤ ${p99} µs` : `≤ ${number(Math.round(p99 / 100) / 10)} ms`;
  setTile('Validation p99', inWords, p99 === null ? 'none was timed in a minute' : 'of the last minute');
}

const listeners = dataTable(byId('listeners-table'), {
  label: 'Listeners',
  key: (listener) => listener.name,
  empty: 'There are no listeners.',
  columns: [
    {title: 'Listener', value: (listener) => listener.name},
    {title: 'Addresses', value: (listener) => listener.addresses.join(', '),
      cell: (listener) => element('code', {}, listener.addresses.join(' '))},
    {title: 'TLS', value: (listener) => (listener.tls ? 'yes' : 'no')},
    {title: 'Connections', numeric: true, value: (listener) => listener.connections,
      cell: (listener) => `${number(listener.connections)} of ${number(listener.max_connections)}`},
  ],
});

const certificates = dataTable(byId('certificates-table'), {
  label: 'Certificates',
  key: (certificate) => `${certificate.listener} ${certificate.file}`,
  empty: 'No listener has a certificate.',
  columns: [
    {title: 'Listener', value: (certificate) => certificate.listener},
    {title: 'File', value: (certificate) => certificate.file,
      cell: (certificate) => element('code', {}, certificate.file)},
    {title: 'Valid until', value: (certificate) => certificate.valid_until,
      cell: (certificate) => timeElement(certificate.valid_until)},
    {title: 'Left', numeric: true, value: (certificate) => certificate.left, cell: daysLeft},
  ],
});

function daysLeft({left, begins}) {
  const days = Math.floor(left / 86400);
  if (begins > 0) return badge('bad', 'not valid yet');
  if (left <= 0) return badge('bad', 'expired');
  return badge(days < 7 ? 'bad' : days < 30 ? 'warn' : 'good', counted(days, 'day'));
}

export function showStatus(status) {
  const now = Date.parse(status.now);
  setTile('State', '', '');
  tiles.State.value.replaceChildren(badge(status.ready ? 'good' : 'bad', status.ready ? 'Ready' : 'Not ready'));
  const uptime = status.started_at ? `up ${duration((now - Date.parse(status.started_at)) / 1000)}` : '';
  setText(tiles.State.note, status.reasons.length > 0 ? status.reasons.join(', ') : uptime);
  if (status.tokens) {
    const {live, capacity} = status.tokens;
    showLiveTokens(live, `${rate(100 * live / capacity)} % of ${number(capacity)}`);
  }
  setText(byId('node'), status.node ?? '');
  const configured = status.configuration;
  const reload = configured && !configured.last_reload_successful ? '; the last reload was refused' : '';
  const read = configured ? `, configuration of ${configured.read_at}${reload}` : '';
  setText(byId('footer'), `tokend ${status.version}${read}`);
  byId('listeners-content').hidden = !status.listeners;
  byId('listeners-note').hidden = Boolean(status.listeners);
  if (!status.listeners) return;
  listeners.show(status.listeners);
  certificates.show(status.listeners.flatMap((listener) => listener.certificates.map((certificate) => ({
    ...certificate,
    listener: listener.name,
    left: (Date.parse(certificate.valid_until) - now) / 1000,
    begins: (Date.parse(certificate.valid_from) - now) / 1000,
  }))));
}

const backends = dataTable(byId('backends-table'), {
  label: 'Backends',
  key: (backend) => backend.name,
  empty: 'There are no backends.',
  columns: [
    {title: 'Backend', value: (backend) => backend.name},
    {title: 'State', value: (backend) => (backend.healthy ? 'up' : 'down'),
      cell: (backend) => badge(backend.healthy ? 'good' : 'bad', backend.healthy ? 'Up' : 'Down')},
    {title: 'Breaker', value: (backend) => backend.breaker,
      cell: (backend) => badge(backend.breaker === 'closed' ? 'good' : 'bad',
        backend.breaker === 'closed' ? 'Closed' : 'Open: one login at a time asks')},
    {title: 'Last error', value: (backend) => backend.reason || (backend.last_error?.reason ?? ''), cell: lastError},
    {title: 'Waiting', numeric: true, value: (backend) => backend.in_flight + backend.queued,
      cell: (backend) => `${number(backend.in_flight)} asked, ${number(backend.queued)} queued`},
    {title: 'Organisations', value: (backend) => backend.organisations.join(', ')},
    {title: 'Plugin', value: (backend) => `${backend.plugin} ${backend.version}`},
  ],
});

function lastError({reason, last_error: last}) {
  if (reason !== '') return `now: ${reason}`;
  return last === null ? 'none' : `${duration(last.seconds)} ago: ${last.reason}`;
}

export async function refreshBackends() {
  backends.show((await ask('GET', 'backends')).backends);
}

const lockouts = dataTable(byId('lockouts-table'), {
  label: 'Lock-outs',
  key: (lockout) => `${lockout.organisation} ${lockout.username} ${lockout.network}`,
  empty: 'Nobody is locked out.',
  columns: [
    {title: 'Organisation', value: (lockout) => lockout.organisation},
    {title: 'User', value: (lockout) => lockout.username || 'authentication codes'},
    {title: 'From', value: (lockout) => lockout.network || 'everywhere'},
    {title: 'Ends in', numeric: true, value: (lockout) => lockout.seconds,
      cell: (lockout) => duration(lockout.seconds)},
    {title: 'Unlock', action: true, cell: unlockButton},
  ],
});

// Codes have no name by which one of their lock-outs could be chosen.
function unlockButton(lockout) {
  if (lockout.username === '' || !may('operator', lockout.organisation)) return null;
  const press = () => unlock(`lockouts/${encodeURIComponent(lockout.organisation)}/` +
    encodeURIComponent(lockout.username));
  return element('button', {type: 'button', onclick: press}, 'Unlock',
    element('span', {class: 'unseen'}, ` ${lockout.username}, ${lockout.organisation}`));
}

async function unlock(path) {
  try {
    const {unlocked} = await ask('DELETE', path);
    say(`Ended ${counted(unlocked, 'lock-out')}.`);
    await refreshLockouts();
  } catch (error) {
    say(`It did not work: ${error.message}`);
  }
}

byId('lockouts-unlock').addEventListener('click', async () => {
  const sure = await confirmed({
    title: 'Unlock all?',
    text: `This ends ${counted(lockedOut, 'lock-out')}${lockedOut === 1000 ? ' or more' : ''}. Guesses go on then too.`,
    action: 'Unlock all',
  });
  if (sure) await unlock('lockouts');
});

let lockedOut = 0;
export async function refreshLockouts() {
  const all = (await ask('GET', 'lockouts')).lockouts;
  lockedOut = all.length;
  lockouts.show(all);
  byId('lockouts-unlock').hidden = all.length === 0 || !maySomewhere('operator');
}
