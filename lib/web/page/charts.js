// Requests of the last five minutes: three charts, each also a table. tokend keeps the numbers, so that they are all
// there when the page is opened; after that only new ones are asked for.
import {ask, query} from './api.js';
import {byId, dataTable, element, number, rate, setText, svgElement, timeOfDay} from './dom.js';

const length = 300;
const height = 150;
const room = {left: 44, right: 12, top: 10, bottom: 22};

const charts = [
  {
    title: 'Logins a second',
    series: [
      {key: 'logins_accepted', name: 'Accepted'},
      {key: 'logins_rejected', name: 'Rejected'},
      {key: 'logins_unavailable', name: 'Unavailable'},
    ],
  },
  {title: 'Validations a second', series: [{key: 'validations', name: 'Validations'}]},
  {title: 'Refusals a second', series: [{key: 'refusals', name: 'Limits, lock-outs, outages'}]},
];
const keys = charts.flatMap(({series}) => series.map(({key}) => key));

const history = {until: null, p99: null, counts: Object.fromEntries(keys.map((key) => [key, []]))};

export function forgetHistory() {
  history.until = null;
  for (const key of keys) history.counts[key] = [];
}

// Asks for what is new, and draws.
export async function refreshHistory() {
  const since = history.until;
  const data = await ask('GET', `history${query({since})}`, undefined, 5);
  const fresh = data[keys[0]].length;
  const passed = since === null ? 0 : (Date.parse(data.until) - Date.parse(since)) / 1000;
  if (since !== null && passed !== fresh) {  // another process, or more than five minutes: all of it once more
    forgetHistory();
    return refreshHistory();
  }
  history.until = data.until;
  history.p99 = data.validation_p99_us;
  for (const key of keys) history.counts[key] = [...history.counts[key], ...data[key]].slice(-length);
  for (const chart of charts) chart.draw(fresh);
}

// The mean of the last ten seconds; null while there are no seconds.
export function recentRate(...of) {
  const recent = of.map((key) => history.counts[key].slice(-10));
  const seconds = recent[0].length;
  return seconds === 0 ? null : recent.flat().reduce((sum, n) => sum + n, 0) / seconds;
}
export const validationP99 = () => history.p99;

// The least of 1, 2, 5, 10, 20, ... that is not below n.
function roundUp(n) {
  let unit = 1;
  for (;;) {
    for (const factor of [1, 2, 5]) if (factor * unit >= n) return factor * unit;
    unit *= 10;
  }
}

function makeChart(chart, index) {
  const id = `chart-${index}`;
  const svg = svgElement('svg', {role: 'img', height});
  const values = chart.series.map(() => element('b', {}, '–'));
  const legend = element('ul', {class: 'legend'}, ...chart.series.map(({name}, i) => element('li', {},
    svgElement('svg', {class: 'swatch', viewBox: '0 0 24 8', 'aria-hidden': 'true'},
      svgElement('path', {class: `line line-${i}`, d: 'M0 4H24'})), `${name} `, values[i])));
  const when = element('li', {class: 'when'});
  const asTable = element('div', {id: `${id}-table`, class: 'numbers', hidden: true});
  const toggle = element('button', {type: 'button', 'aria-expanded': 'false', 'aria-controls': `${id}-table`},
    'Show as table', element('span', {class: 'unseen'}, `: ${chart.title}`));
  const figure = element('figure', {class: 'card chart', 'aria-labelledby': id},
    element('figcaption', {}, element('h3', {id}, chart.title), toggle), legend, svg, asTable);
  legend.append(when);
  const columns = [
    {title: 'Time', value: (row) => row.at, cell: (row) => timeOfDay(new Date(row.at))},
    ...chart.series.map(({key, name}) => ({title: name, numeric: true, value: (row) => row[key]})),
  ];
  const table = dataTable(asTable, {
    label: `${chart.title}, the last five minutes`, columns, key: (row) => row.at, empty: 'Nothing was counted yet.',
    sorted: {column: columns[0], down: true},
  });
  let pointed = null;  // the second that the pointer is on, as a place in the counts

  toggle.addEventListener('click', () => {
    const shown = toggle.getAttribute('aria-expanded') === 'false';
    toggle.setAttribute('aria-expanded', String(shown));
    toggle.firstChild.textContent = shown ? 'Show as chart' : 'Show as table';
    asTable.hidden = !shown;
    svg.classList.toggle('gone', shown);
    chart.draw(1);
  });
  svg.addEventListener('pointermove', (event) => {
    const {left, width} = svg.getBoundingClientRect();
    const share = (event.clientX - left - room.left) / (width - room.left - room.right);
    const size = history.counts[chart.series[0].key].length;
    const place = size - length + Math.round(share * (length - 1));
    pointed = place >= 0 && place < size ? place : null;
    chart.draw(0);
  });
  svg.addEventListener('pointerleave', () => {
    pointed = null;
    chart.draw(0);
  });
  new ResizeObserver(() => chart.draw(0)).observe(svg);

  const timeOf = (place, size) => new Date(Date.parse(history.until) - (size - 1 - place) * 1000);

  chart.draw = (fresh) => {
    const lines = chart.series.map(({key}) => history.counts[key]);
    const size = lines[0].length;
    if (history.until === null || size === 0) return;
    if (pointed !== null && fresh > 0) pointed = pointed - fresh >= 0 ? pointed : null;
    const place = pointed ?? size - 1;
    lines.forEach((line, i) => setText(values[i], number(line[place])));
    setText(when, pointed === null ? '' : `at ${timeOfDay(timeOf(place, size))}`);
    if (!asTable.hidden) {
      if (fresh > 0 && !table.hasFocus()) table.show(rowsOf(size));
      return;
    }
    drawLines(lines, size, place);
  };

  function rowsOf(size) {
    return Array.from({length: size}, (_, place) => ({
      at: timeOf(place, size).getTime(),
      ...Object.fromEntries(chart.series.map(({key}) => [key, history.counts[key][place]])),
    }));
  }

  function drawLines(lines, size, place) {
    const width = svg.clientWidth;
    if (width === 0) return;
    const most = roundUp(Math.max(1, ...lines.flat()));
    const x = (at) => room.left + (at + length - size) * (width - room.left - room.right) / (length - 1);
    const y = (value) => height - room.bottom - value * (height - room.top - room.bottom) / most;
    const drawn = [];
    for (const value of [0, most / 2, most]) {
      drawn.push(svgElement('path', {class: 'grid', d: `M${room.left} ${y(value)}H${width - room.right}`}));
      drawn.push(svgElement('text', {x: room.left - 8, y: y(value) + 4, 'text-anchor': 'end'}, rate(value)));
    }
    for (const minutes of width < 400 ? [5, 0] : [5, 4, 3, 2, 1, 0]) {
      const at = size - 1 - (minutes === 5 ? length - 1 : minutes * 60);
      const anchor = minutes === 5 ? 'start' : minutes === 0 ? 'end' : 'middle';
      drawn.push(svgElement('text', {x: x(at), y: height - 4, 'text-anchor': anchor},
        minutes === 0 ? 'now' : `−${minutes} min`));
    }
    lines.forEach((line, i) => {
      const points = line.map((value, at) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join('L');
      if (i === 0)
        drawn.push(svgElement('path', {class: 'area', d: `M${x(0)} ${y(0)}L${points}L${x(size - 1)} ${y(0)}Z`}));
      drawn.push(svgElement('path', {class: `line line-${i}`, d: `M${points}`}));
    });
    if (pointed !== null)
      drawn.push(svgElement('path', {class: 'pointed', d: `M${x(place)} ${room.top}V${height - room.bottom}`}));
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    svg.setAttribute('aria-label', `${chart.title}, the last five minutes. ` + chart.series.map(({name}, i) =>
      `${name}: now ${number(lines[i][size - 1])}, at most ${number(Math.max(...lines[i]))}`).join('. '));
    svg.replaceChildren(...drawn);
  }
  return figure;
}

byId('charts').replaceChildren(...charts.map(makeChart));
