// The licences of the packages inside a bundle: most of them ask that their text goes where the code goes.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One section a package: name, version, and its licence files in full.
 * @param metafiles of esbuild: which files went into which output.
 */
export function licencesOf(metafiles) {
  const inputs = metafiles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap((output) => Object.keys(output.inputs));
  const folders = new Set(inputs.map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]));
  folders.delete(undefined);
  const sections = [...folders].map(sectionOf).sort((a, b) => a.localeCompare(b, 'en'));
  return `The JavaScript in this folder contains code of the following packages.\n\n${sections.join('\n')}`;
}

function sectionOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file));
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  if (texts.length === 0) {
    if (typeof license !== 'string') throw new Error(`${folder} says nothing about its licence.`);
    texts.push(`No licence file comes with it; its package.json names the licence ${license}.`);
  }
  return `${name} ${version}\n${'-'.repeat(72)}\n${texts.join('\n\n')}\n`;
}
