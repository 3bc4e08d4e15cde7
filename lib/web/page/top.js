// Who has the live tokens, and to whom tokens were issued since the start.
import {ask, mayEverywhere} from './api.js';
import {byId, dataTable, element, number} from './dom.js';
import {showLiveTokens} from './overview.js';

// What a row of each list of the answer is called.
const names = {
  organisations: (row) => row.organisation,
  backends: (row) => row.backend,
  users: (row) => `${row.username} of ${row.organisation}`,
  networks: (row) => row.network,
};

const table = dataTable(byId('top-table'), {
  label: 'Top',
  key: (row) => row.name,
  empty: 'No tokens were issued since the start, and none are live.',
  columns: [
    {title: 'Name', value: (row) => row.name},
    {title: 'Live tokens', numeric: true, value: (row) => row.live, cell: (row) => number(row.live)},
    {title: 'Share', numeric: true, value: (row) => row.share,
      cell: (row) => element('span', {class: 'share'},
        element('meter', {min: 0, max: 1, value: row.share, 'aria-label': `Share of ${row.name}`}),
        `${Math.round(1000 * row.share) / 10} %`)},
    {title: 'Issued since the start', numeric: true, value: (row) => row.issued, cell: (row) => number(row.issued)},
  ],
});

let stats = null;

function show() {
  if (stats === null) return;
  const list = byId('top-by').value;
  const rows = new Map();
  const add = (from, member) => {
    const name = names[list](from);
    const row = rows.get(name) ?? {name, live: 0, issued: 0};
    row[member] += from[member];
    rows.set(name, row);
  };
  stats[list].forEach((from) => add(from, 'live'));
  stats.issued[list].forEach((from) => add(from, 'issued'));
  table.show([...rows.values()].map((row) => ({...row, share: stats.live === 0 ? 0 : row.live / stats.live})));
}

byId('top-by').addEventListener('change', show);

export async function refreshTop() {
  stats = await ask('GET', 'stats?top=20');
  show();
  if (!mayEverywhere('viewer')) showLiveTokens(stats.live, 'of your organisations');
}
