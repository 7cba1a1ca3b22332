// Parts of packages that have no types of their own.

declare module 'css-tree/parser' {
  // Only the parser: the main module also loads the grammar of every property.
  export { parse as default } from 'css-tree';
}

declare module 'color-name' {
  const colors: Readonly<Record<string, readonly [number, number, number]>>;
  export default colors;
}
