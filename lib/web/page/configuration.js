// The configuration that runs, as `tokend --print-config` prints it: each value below a comment with its source.
import {ask} from './api.js';
import {byId, dataTable, element} from './dom.js';

const form = byId('configuration-search');
let settings = [];

const table = dataTable(byId('configuration-table'), {
  label: 'Configuration',
  key: (setting) => `${setting.section} ${setting.key}`,
  empty: 'No setting matches.',
  columns: [
    {title: 'Section', value: (setting) => setting.section, cell: (setting) => element('code', {}, setting.section)},
    {title: 'Key', value: (setting) => setting.key, cell: (setting) => element('code', {}, setting.key)},
    {title: 'Value', value: (setting) => setting.value, cell: (setting) => element('code', {}, setting.value)},
    {title: 'Set in', value: (setting) => setting.source},
  ],
});

export function parseConfiguration(text) {
  const found = [];
  let section = '';
  let source = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('[')) section = line.slice(1, -1);
    else if (line.startsWith('# ')) source = line.slice(2);
    else if (line !== '') {
      const equals = line.indexOf(' =');
      found.push({section, key: line.slice(0, equals), value: line.slice(equals + 2).trim(), source});
    }
  }
  return found;
}

function show() {
  const text = form.elements.text.value.trim().toLowerCase();
  const matches = ({section, key, value}) => `[${section}] ${key} = ${value}`.toLowerCase().includes(text);
  table.show(settings.filter((setting) =>
    (form.elements.defaults.checked || setting.source !== 'default') && matches(setting)));
}

export async function refreshConfiguration() {
  settings = parseConfiguration((await ask('GET', 'config')).configuration);
  show();
}

form.addEventListener('input', show);
form.addEventListener('submit', (event) => event.preventDefault());
