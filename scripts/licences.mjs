// Collects the licences of bundled packages. Most licences require their text to be distributed with the code.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Returns one section per package: its name, its version and the full text of its licence files.
 * @param metafiles esbuild's metafiles, which list the input files of each output file.
 */
export function licencesOf(metafiles) {
  const inputs = metafiles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap((output) => Object.keys(output.inputs));
  const folders = new Set(inputs.map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]));
  folders.delete(undefined);
  const sections = [...folders].map(sectionOf).sort((a, b) => a.localeCompare(b, 'en'));
  return `The JavaScript in this folder contains code from the following packages.\n\n${sections.join('\n')}`;
}

function sectionOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file));
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  if (texts.length === 0) {
    if (typeof license !== 'string') throw new Error(`${folder} does not state its licence.`);
    texts.push(`The package has no licence file. Licence according to its package.json: ${license}.`);
  }
  return `${name} ${version}\n${'-'.repeat(72)}\n${texts.join('\n\n')}\n`;
}
