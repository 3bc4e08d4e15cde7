// A tokend with the demonstration's users, a backend that is down, a listener with TLS, and operators by a token.
import {execFileSync, spawn} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {cpSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

const project = new URL('../../..', import.meta.url).pathname;
const build = process.env.TOKEND_BUILD ?? join(project, 'build/dev');

export const administrator = {username: 'mpadministrator', password: '1234', organisation: 'CRMDEMO'};
export const acmeAdministrator = {username: 'mpadministrator', password: 'other-secret', organisation: 'ACME'};
export const jsmith = {
  organisation: 'CRMDEMO', access_token_identifier: {identifier: 'jsmith', pass_code: '4711'},
};
export const codeOf = async (response) => (await response.json()).status.code;

export class Tokend {
  // `grant` is the role of the token: "admin", "operator@ACME".
  constructor(grant = 'admin') {
    this.token = randomBytes(32).toString('hex');
    this.folder = mkdtempSync(join(tmpdir(), 'tokend-page-'));
    for (const name of ['crmdemo.users', 'acme.users', 'access_tokens', 'access_tokens.key'])
      cpSync(join(project, 'etc/demo', name), join(this.folder, name));
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days',
      '20', '-subj', '/CN=tokend.example', '-addext', 'subjectAltName=DNS:tokend.example', '-keyout', 'key.pem', '-out',
      'certificate.pem'], {cwd: this.folder, stdio: 'ignore'});
    writeFileSync(join(this.folder, 'operator.token'), `${this.token}\n`, {mode: 0o600});
    this.configure(grant, '127.0.0.1:0', '127.0.0.2:0');
  }

  configure(grant, publicAddress, adminAddress) {
    this.grant = grant;
    writeFileSync(join(this.folder, 'tokend.conf'), `
[server]
allow-loose-modes = yes
[listen.public]
address = ${publicAddress}
[listen.admin]
address = ${adminAddress}
[listen.secure]
address = 127.0.0.3:0
tls-certificates = certificate.pem
tls-keys = key.pem
[login]
failure-time = 0ms
[admin]
operators = ${grant} bearer
token-file = operator.token
[backend.crm-staff]
plugin = file
users = crmdemo.users
[backend.crm-tokens]
plugin = access_token
table = access_tokens
key-file = access_tokens.key
[backend.acme-staff]
plugin = file
users = acme.users
[backend.directory]
plugin = ldap
uris = ldaps://127.0.0.1:1
tls-ca = certificate.pem
user-base = dc=example,dc=com
units = EE63A82C4FEBE02FF34E90DD1EBA5ABE
[organisation.CRMDEMO]
backends = crm-staff, crm-tokens
max-sessions = none
[organisation.ACME]
backends = acme-staff
lifetime-policy = sliding
lockout-failures = 2
[organisation.EXAMPLE]
backends = directory
`);
  }

  // Returns when tokend listens.
  async start() {
    this.process = spawn(join(build, 'tokend'), ['--config=tokend.conf',
      `--server.plugin-directory=${join(build, 'plugins')}`], {cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe']});
    this.log = '';
    this.process.stderr.on('data', (text) => { this.log += text; });
    this.ended = new Promise((resolve) => { this.process.once('exit', resolve); });
    let said = '';
    this.process.stdout.on('data', (text) => { said += text; });
    const address = (name) => new RegExp(`^listening ${name} (.*)$`, 'm').exec(said)?.[1];
    while (!address('secure')) {  // the last listener
      if (this.process.exitCode !== null) throw new Error(`tokend has not started: ${this.log}`);
      await sleep(20);
    }
    this.public = address('public');
    this.admin = address('admin');
    this.page = `http://${this.admin}/`;
    return this;
  }

  async stop() {
    this.process.kill('SIGTERM');
    return this.ended;
  }

  // Starts it again on the same addresses, so that the page finds it.
  async restart() {
    await this.stop();
    await this.startAgain();
  }
  async startAgain() {
    this.configure(this.grant, this.public, this.admin);
    await this.start();
  }

  async end() {
    await this.stop();
    rmSync(this.folder, {recursive: true});
  }

  post(path, body) {
    return fetch(`http://${this.public}/authentication/${path}`, {
      method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body),
    });
  }
  async login(credentials = administrator) {
    const answer = await (await this.post('token', credentials)).json();
    if (answer.status.code !== 'OK') throw new Error(JSON.stringify(answer));
    return answer.data.token;
  }
  async isActive(token) {
    return (await (await this.post('token/validate', {token})).json()).data.active;
  }
  async lockOut() {
    for (const password of ['1', '2', '3']) await this.post('token', {...acmeAdministrator, password});
    return codeOf(await this.post('token', acmeAdministrator));
  }
  async ask(path, method = 'GET') {
    const headers = {Authorization: `Bearer ${this.token}`};
    return (await (await fetch(`${this.page}admin/v1/${path}`, {method, headers})).json()).data;
  }
}

// Clients that log in, validate and make mistakes, until stop() is called.
export function load(tokend) {
  let stopped = false;
  const started = Date.now();
  const busy = (async () => {
    const tokens = await Promise.all([tokend.login(), tokend.login(acmeAdministrator), tokend.login(jsmith)]);
    for (let round = 0; !stopped; ++round) {
      const seconds = (Date.now() - started) / 1000;
      const validations = Math.round(30 + 12 * Math.sin(seconds / 20) + 6 * Math.sin(seconds / 3) + 4 * Math.random());
      const asked = Array.from({length: validations}, (_, i) => tokend.isActive(tokens[i % tokens.length]));
      if (Math.random() < 0.5 + 0.3 * Math.sin(seconds / 30)) asked.push(tokend.login());
      if (Math.random() < 0.4) asked.push(tokend.login(jsmith));
      if (Math.random() < 0.15) asked.push(tokend.login(acmeAdministrator).catch(() => null));
      if (Math.random() < 0.2) {
        const username = `guess-${Math.floor(40 * Math.random())}`;
        asked.push(tokend.post('token', {...administrator, username, password: 'wrong'}));
      }
      if (seconds % 120 > 80 && Math.random() < 0.2)
        asked.push(tokend.post('token', {username: 'alice', password: 'x', organisation: 'EXAMPLE'}));
      await Promise.all(asked);
      await sleep(250);
    }
  })();
  return {
    stop() {
      stopped = true;
      return busy;
    },
  };
}
