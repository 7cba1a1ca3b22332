import { render } from 'preact';
import { Model } from './model.ts';
import { View } from './view.tsx';

const root = document.getElementById('card');
if (root) {
  root.textContent = '';
  if (window.parent === window) root.textContent = 'This card is shown by the app of an assistant.';
  else {
    const model = new Model(window.parent, (state) => render(<View model={model} state={state} />, root));
    void model.start();
  }
}
