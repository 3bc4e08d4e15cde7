// The status page: who is signed in, and what is asked when.
import {ask, mayEverywhere, Outdated, Refused, rolesInWords, Unreachable, useGrants, useToken} from './api.js';
import {forgetHistory, refreshHistory} from './charts.js';
import {refreshConfiguration} from './configuration.js';
import {byId, setText, timeOfDay} from './dom.js';
import {refreshBackends, refreshLockouts, showRates, showStatus} from './overview.js';
import {refreshSessions} from './sessions.js';
import {refreshTop} from './top.js';

let signedIn = false;
let lostSince = null;   // when tokend stopped answering
let startedAt = null;   // of the process that answers
let configuredAt = null;

async function refreshStatus() {
  const status = await ask('GET', 'status', undefined, 5);
  useGrants(status.operator.grants);
  setText(byId('who'), `${status.operator.name} (${rolesInWords()})`);
  if (startedAt !== status.started_at) forgetHistory();
  startedAt = status.started_at;
  const everywhere = mayEverywhere('viewer');
  byId('traffic-note').hidden = everywhere;
  byId('charts').hidden = !everywhere;
  const seesConfiguration = mayEverywhere('admin');
  byId('configuration-note').hidden = seesConfiguration;
  byId('configuration-content').hidden = !seesConfiguration;
  showStatus(status);
  document.title = `${status.ready ? 'Ready' : 'Not ready'} · tokend`;
  const readAt = status.configuration?.read_at;
  if (seesConfiguration && configuredAt !== readAt) {
    await refreshConfiguration();
    configuredAt = readAt;
  }
}

async function refreshTraffic() {
  if (mayEverywhere('viewer')) await refreshHistory();
  showRates();
}

// Rows that somebody is about to press stay where they are.
async function refreshQuietSessions() {
  if (!byId('sessions').contains(document.activeElement)) await refreshSessions();
}

// What is asked, and how many seconds lie between two times. Each call but the first two is a line of the audit log.
const jobs = [
  {run: refreshStatus, every: 5},
  {run: refreshTraffic, every: 1},
  {run: refreshBackends, every: 10},
  {run: refreshLockouts, every: 10},
  {run: refreshQuietSessions, every: 30},
  {run: refreshTop, every: 60},
];
const askEverythingNow = () => jobs.forEach((job) => { job.due = 0; });

function showBanner() {
  const text = lostSince !== null
    ? `tokend is not reachable since ${timeOfDay(lostSince)}. This page tries again each second.`
    : jobs.map((job) => job.trouble ?? '').find((trouble) => trouble !== '') ?? '';
  byId('banner').hidden = text === '';
  setText(byId('banner'), text);
}

function reached() {
  if (lostSince !== null) askEverythingNow();
  lostSince = null;
}

function lost() {
  lostSince ??= new Date();
  document.title = 'Not reachable · tokend';
}

// Jobs do not wait for each other, because some walk over all tokens. Only a mistake of this page is thrown.
async function attempt(job) {
  job.isRunning = true;
  try {
    await job.run();
    job.due = performance.now() + 1000 * job.every - 500;
    job.trouble = '';
    reached();
  } catch (error) {
    if (error instanceof Unreachable) lost();
    else if (error instanceof Refused && error.status === 401) signOut('The token is not valid any longer.');
    else if (error instanceof Refused) job.trouble = `tokend refuses: ${error.message}`;
    else if (!(error instanceof Outdated)) throw error;
  } finally {
    job.isRunning = false;
    if (signedIn) showBanner();
  }
}

// Nothing is asked while nobody looks, or while somebody decides.
function round() {
  if (!signedIn || document.hidden || byId('confirm').open) return;
  for (const job of jobs) if (!job.isRunning && performance.now() >= job.due) attempt(job);
}
setInterval(round, 1000);
document.addEventListener('visibilitychange', round);

function show(isSignedIn) {
  signedIn = isSignedIn;
  byId('content').hidden = !isSignedIn;
  byId('sections').hidden = !isSignedIn;
  byId('signed-out').hidden = isSignedIn;
  byId('sign-in').hidden = isSignedIn;
  byId('sign-out').hidden = !isSignedIn;
}

function openSignIn(trouble = '') {
  byId('sign-in-trouble').hidden = trouble === '';
  setText(byId('sign-in-trouble'), trouble);
  if (!byId('sign-in-dialog').open) byId('sign-in-dialog').showModal();
  byId('token').focus();
}

function signOut(why = '') {
  useToken('');
  useGrants([]);
  forgetHistory();
  startedAt = configuredAt = null;
  setText(byId('who'), '');
  lostSince = null;
  jobs.forEach((job) => { job.trouble = ''; });
  show(false);
  showBanner();
  if (why !== '') openSignIn(why);
}

// Tries the token, or what the connection shows of the operator if it is empty.
async function signIn(token) {
  useToken(token);
  try {
    await refreshStatus();
  } catch (error) {
    useToken('');
    const isUnknown = error instanceof Refused && error.status === 401;
    return openSignIn(isUnknown && token === '' ? 'An operator has to show who they are.'
      : isUnknown ? 'tokend does not know this token.'
        : error instanceof Unreachable ? 'tokend is not reachable.' : error.message);
  }
  byId('token').value = '';
  byId('sign-in-dialog').close();
  askEverythingNow();
  show(true);
  round();
}

byId('sign-in-form').addEventListener('submit', (event) => {
  event.preventDefault();
  signIn(byId('token').value.trim());
});
byId('sign-in-cancel').addEventListener('click', () => byId('sign-in-dialog').close());
byId('sign-in').addEventListener('click', () => openSignIn());
byId('sign-out').addEventListener('click', () => {
  signOut();
  byId('sign-in').focus();
});

// Over plain HTTP nothing but a token shows who the operator is. Over TLS a certificate may have.
if (location.protocol === 'https:') signIn('');
else openSignIn();
