// Plugin of `npm run docs`: names each page after its first heading. TypeDoc names it after its file.
import { Converter } from 'typedoc';

export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const page of project.documents ?? []) {
      const text = page.content.map((part) => part.text).join('');
      const [, title] = /^# (.+)$/m.exec(text) ?? [];
      if (title) page.name = title;
    }
  });
}
