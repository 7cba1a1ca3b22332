import type { DomNode } from 'html-to-text';

/** Fields whose value is a state, a secret, or nothing that is shown. */
const unshownValues = /^(?:hidden|checkbox|radio|file|password|range|color)$/;

/** What an element without content shows or means: the description of a picture, the text in a field or on a button. */
export function wordsOf(element: DomNode): string {
  const { alt, value, placeholder } = element.attribs ?? {};
  const words = isPicture(element) ? alt : isField(element) ? value || placeholder : undefined;
  return String(words ?? '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Whether it is described and not written: a picture, a part of one, or a picture as a button. */
export function isPicture({ name, attribs }: DomNode): boolean {
  return name === 'img' || name === 'area' || (name === 'input' && fieldType(attribs) === 'image');
}

function isField({ name, attribs }: DomNode): boolean {
  return name === 'input' && !unshownValues.test(fieldType(attribs));
}

function fieldType(attribs: DomNode['attribs']): string {
  return String(attribs?.type ?? 'text')
    .trim()
    .toLowerCase();
}
