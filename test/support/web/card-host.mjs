// The page of an assistant's app that shows a card. It runs in the browser, with the host side of the reference library.

import { AppBridge, PostMessageTransport } from '@modelcontextprotocol/ext-apps/app-bridge';

/** Takes away what an earlier test showed. */
globalThis.clearPage = async () => {
  await globalThis.bridge?.close();
  globalThis.bridge = undefined;
  document.body.replaceChildren();
};

/** Shows a card, and tells what it asks for by the functions that the test has put here. */
globalThis.showCard = async ({ html, capabilities, context }) => {
  const frame = document.createElement('iframe');
  frame.title = 'Card';
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.srcdoc = html;
  document.body.append(frame);
  const bridge = new AppBridge(null, { name: 'test', version: '1.0.0' }, capabilities, {
    hostContext: context,
  });
  bridge.oncalltool = (params) => globalThis.onCallTool(params);
  bridge.onmessage = (params) => globalThis.onMessage(params);
  bridge.onsizechange = ({ height }) => {
    frame.style.height = `${height}px`;
  };
  const ready = new Promise((resolve) => {
    bridge.oninitialized = resolve;
  });
  globalThis.bridge = bridge;
  await bridge.connect(new PostMessageTransport(frame.contentWindow, frame.contentWindow));
  await ready;
};

/** Shows a card and says nothing to it, until it is told to. Keeps what the card says. */
globalThis.showSilently = ({ html }) => {
  const frame = document.createElement('iframe');
  frame.title = 'Card';
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.srcdoc = html;
  globalThis.heard = [];
  addEventListener('message', ({ source, data }) => {
    if (source === frame.contentWindow) globalThis.heard.push(data);
  });
  document.body.append(frame);
  globalThis.say = (message) => frame.contentWindow.postMessage(message, '*');
};
