// What all parts of the page share: elements, tables, times, dialogs. Text reaches the page only as text.

export const byId = (id) => document.getElementById(id);

// An element with attributes and children. A child is an element or a text.
export function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

const svgNames = 'http://www.w3.org/2000/svg';
export function svgElement(name, attributes = {}, ...children) {
  return fill(document.createElementNS(svgNames, name), attributes, children);
}

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

// Changes a text only if it is another one, so that screen readers and selections are left alone.
export function setText(at, text) {
  if (at.textContent !== text) at.textContent = text;
}

export const number = (n) => n.toLocaleString('en');
export const counted = (n, one, many = one + 's') => `${number(n)} ${n === 1 ? one : many}`;

// A number per second: 0, 0.4, 12.
export function rate(perSecond) {
  return perSecond < 10 ? String(Math.round(perSecond * 10) / 10) : number(Math.round(perSecond));
}

// 42 s, 5 min, 3 h 20 min, 12 d 4 h: the two largest units.
export function duration(seconds) {
  const units = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];
  const first = units.findIndex(([size]) => seconds >= size);
  if (first < 0) return '0 s';
  const [size, name] = units[first];
  const text = `${Math.floor(seconds / size)} ${name}`;
  const [smaller, smallerName] = units[first + 1] ?? [0, ''];
  const rest = smaller >= 60 ? Math.floor((seconds % size) / smaller) : 0;
  return rest === 0 ? text : `${text} ${rest} ${smallerName}`;
}

const two = (n) => String(n).padStart(2, '0');
export const timeOfDay = (date) => `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
export function dateAndTime(date) {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${timeOfDay(date)}`;
}
export const timeElement = (text) => element('time', {datetime: text}, dateAndTime(new Date(text)));
// Without the date if it is today.
export function shortTimeElement(text) {
  const date = new Date(text);
  const isToday = date.toDateString() === new Date().toDateString();
  return element('time', {datetime: text}, isToday ? timeOfDay(date) : dateAndTime(date));
}

// A state in words, with a sign whose form differs too. `level` is good, warn or bad.
export function badge(level, text) {
  return element('span', {class: `badge ${level}`}, text);
}

// A table that is sorted by its headings. `columns` are objects: title; value(row), by which it is sorted and which is
// shown unless cell(row) makes another content; numeric; action, for a column of buttons. `key(row)` names a row, so
// that the focus stays on its button when the rows are shown again.
export function dataTable(place, {label, columns, key, empty, sorted = null}) {
  const body = element('tbody');
  const headings = columns.map((column) => heading(column));
  const scroll = element('div', {class: 'scroll', role: 'group', tabindex: '0', 'aria-label': `${label}, table`},
    element('table', {},
      element('caption', {class: 'unseen'}, label),
      element('thead', {}, element('tr', {}, ...headings)), body));
  place.replaceChildren(scroll);
  let rows = [];
  let order = sorted;  // {column, down}
  markOrder();

  function heading(column) {
    const kind = column.numeric ? 'number' : null;
    if (column.action)
      return element('th', {scope: 'col', class: 'action'}, element('span', {class: 'unseen'}, column.title));
    const press = () => {
      order = {column, down: order?.column === column && !order.down};
      markOrder();
      draw();
    };
    return element('th', {scope: 'col', class: kind}, element('button', {type: 'button', class: 'sort', onclick: press},
      column.title));
  }

  function markOrder() {
    columns.forEach((column, i) => {
      if (column.action) return;
      const way = order?.column !== column ? 'none' : order.down ? 'descending' : 'ascending';
      headings[i].setAttribute('aria-sort', way);
    });
  }

  function inOrder() {
    if (order === null) return rows;
    const {value} = order.column;
    const compare = (a, b) =>
      (typeof a === 'number' ? a - b : String(a).localeCompare(String(b), 'en', {numeric: true}));
    const made = [...rows].sort((a, b) => compare(value(a), value(b)));
    return order.down ? made.reverse() : made;
  }

  function draw() {
    const focused = body.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
    body.replaceChildren(...inOrder().map((row) => element('tr', {}, ...columns.map((column) => cell(column, row)))));
    if (rows.length === 0)
      body.append(element('tr', {}, element('td', {class: 'empty', colspan: columns.length}, empty)));
    if (focused !== undefined)
      ([...body.querySelectorAll('button')].find((button) => button.dataset.key === focused) ?? scroll).focus();
  }

  function cell(column, row) {
    const content = column.cell ? column.cell(row) : String(column.value(row));
    const made = element('td', {class: column.numeric ? 'number' : column.action ? 'action' : null}, content ?? '');
    for (const button of made.querySelectorAll('button')) button.dataset.key = `${column.title} ${key(row)}`;
    return made;
  }

  return {
    show(next) {
      rows = next;
      draw();
    },
    hasFocus: () => body.contains(document.activeElement),
  };
}

// Asks before something ends. Resolves to true if the answer is yes.
export function confirmed({title, text, action}) {
  const dialog = byId('confirm');
  setText(byId('confirm-title'), title);
  setText(byId('confirm-text'), text);
  setText(byId('confirm-yes'), action);
  dialog.returnValue = '';
  dialog.showModal();
  byId('confirm-no').focus();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), {once: true});
  });
}
byId('confirm-yes').addEventListener('click', () => byId('confirm').close('yes'));
byId('confirm-no').addEventListener('click', () => byId('confirm').close());

// Says what has happened, for some seconds.
let toastTimer = 0;
export function say(text) {
  const toast = byId('toast');
  toast.hidden = false;
  setText(toast, text);
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => {
    toast.hidden = true;
    toast.textContent = '';
  }, 8000);
}
