import { render } from 'preact';
import { Api } from './model/api.ts';
import { Model } from './model/model.ts';
import { Page } from './page.tsx';

const root = document.getElementById('page');
if (root) {
  const model = new Model(new Api(root.dataset));
  root.textContent = '';
  render(<Page model={model} />, root);
  void model.start();
}
