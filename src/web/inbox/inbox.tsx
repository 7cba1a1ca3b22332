import { render } from 'preact';
import { Model } from './model/model.ts';
import { Page } from './page.tsx';

const root = document.getElementById('page');
if (root) {
  const model = new Model();
  root.textContent = '';
  render(<Page model={model} />, root);
  void model.start();
}
