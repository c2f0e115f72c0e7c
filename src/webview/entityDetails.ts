import '@vscode-elements/elements/dist/vscode-badge/index.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-divider/index.js';
import { renderDetails } from './detailsDom.ts';
import { type HostMessage, parseHostMessage, type ViewMessage, type ViewState } from './protocol.ts';

interface VsCodeApi {
  postMessage(message: ViewMessage): void;
  setState(state: ViewState): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();
const root = document.getElementById('details');

type Handlers = { [T in HostMessage['type']]: (message: Extract<HostMessage, { type: T }>) => void };

const handlers: Handlers = {
  show: ({ details }) => {
    api.setState({ id: details.id });
    root?.replaceChildren(renderDetails(details, (message) => api.postMessage(message)));
  },
  gone: ({ text }) => {
    const notice = document.createElement('p');
    notice.textContent = text;
    notice.setAttribute('role', 'status');
    root?.replaceChildren(notice);
  },
};

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const message = parseHostMessage(event.data);
  if (message) handle(message);
});

function handle<T extends HostMessage['type']>(message: Extract<HostMessage, { type: T }>): void {
  const handler = handlers[message.type as T] as (message: Extract<HostMessage, { type: T }>) => void;
  handler(message);
}

api.postMessage({ type: 'ready' });
