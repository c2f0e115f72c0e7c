import type { Details, ViewMessage } from './protocol.ts';

type Send = (message: ViewMessage) => void;

/** The view of one entity. People wrote most of what stands in it: it only ever becomes text, never markup. */
export function renderDetails(details: Details, send: Send): DocumentFragment {
  const fragment = document.createDocumentFragment();
  fragment.append(header(details), actions(details, send));
  if (details.warnings.length > 0) fragment.append(warnings(details));
  fragment.append(description(details), element('vscode-divider'), facts(details));
  if (details.criteria.items.length > 0) fragment.append(criteria(details));
  for (const group of details.groups) fragment.append(relatedGroup(group, send));
  return fragment;
}

function header({ kind, id, label, status }: Details): HTMLElement {
  const head = element('header');
  const line = element('p', `${kind} ${id}`, 'kind');
  const badge = element('vscode-badge', status.text, `status ${status.tone}`);
  line.append(' ', badge);
  head.append(line, element('h1', label));
  return head;
}

function actions(details: Details, send: Send): HTMLElement {
  const bar = element('div', '', 'actions');
  bar.append(
    ...details.actions.map(({ action, label }, index) => {
      const button = element('vscode-button', label);
      if (index > 0) button.setAttribute('secondary', '');
      button.addEventListener('click', () => send({ type: 'act', action }));
      return button;
    }),
  );
  return bar;
}

function warnings(details: Details): HTMLElement {
  const list = element('ul', '', 'warnings');
  list.append(...details.warnings.map((text) => element('li', text)));
  return list;
}

function description({ text, emptyText }: Details): HTMLElement {
  return text === '' ? element('p', emptyText, 'empty') : element('p', text, 'text');
}

function facts(details: Details): HTMLElement {
  const list = element('dl');
  for (const { label, text } of details.facts) {
    const row = element('div');
    row.append(element('dt', label), element('dd', text));
    list.append(row);
  }
  return list;
}

function criteria({ criteria: { label, items } }: Details): HTMLElement {
  const list = element('ul', '', 'criteria');
  for (const { text, done, spoken } of items) {
    const item = element('li', text, done ? 'done' : '');
    item.setAttribute('aria-label', spoken);
    list.append(item);
  }
  return section(label, list);
}

function relatedGroup({ label, items }: Details['groups'][number], send: Send): HTMLElement {
  const list = element('ul', '', 'related');
  for (const { id, label: name, note } of items) {
    const link = element('a', name);
    link.setAttribute('href', '#');
    link.addEventListener('click', (event) => {
      event.preventDefault();
      send({ type: 'open', id });
    });
    const item = element('li');
    item.append(link, element('span', ` ${note}`, 'note'));
    list.append(item);
  }
  return section(label, list);
}

function section(label: string, content: HTMLElement): HTMLElement {
  const part = element('section');
  part.append(element('h2', label), content);
  return part;
}

function element(name: string, text = '', className = ''): HTMLElement {
  const made = document.createElement(name);
  if (text !== '') made.textContent = text;
  if (className !== '') made.className = className;
  return made;
}
