// Makes the app as small as a first visit wants it: `shrink.mjs from to`, folders with `banter.js` and its wasm.
//
// wasm-bindgen calls everything that passes between JavaScript and wasm by a long name that ends in a hash, which no
// compression can take away. Both halves get the same short names here. And it offers the classes of every library to
// whoever imports the script: nobody does, and what only they call is cut away.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { minify } from 'terser';

/**
 * Small, and then as alike as can be: a function that is taken into the only one that calls it has other numbers for its
 * variables there, and looks like nothing that was compressed before. Functions of the same code stand side by side.
 */
const SMALL = ['-Oz', '--converge', '--one-caller-inline-max-function-size', '10', '--reorder-functions-by-name'];
/** What every browser has that has modules. */
const FEATURES = ['--enable-bulk-memory', '--enable-nontrapping-float-to-int'];

const [from, to] = process.argv.slice(2);
const bound = withoutClasses(readFileSync(join(from, 'banter.js'), 'utf8'));
cutWasm(join(from, 'banter_bg.wasm'), join(from, 'cut.wasm'), calledBy(bound));
const names = shrinkWasm(join(from, 'cut.wasm'), join(to, 'banter.wasm'));
const script = withNames(bound, names);
const { code } = await minify(script, { module: true });
writeFileSync(join(to, 'banter.js'), code ?? '');

/**
 * The script without the classes that it offers, and what belongs to them.
 *
 * @param {string} script
 */
function withoutClasses(script) {
  return script
    .replaceAll(/^export class \w+ \{[^]*?^\}\n/gm, '')
    .replaceAll(/^if \(Symbol\.dispose\) .*\n/gm, '')
    .replaceAll(/^const \w+Finalization = [^]*?;\n/gm, '');
}

/**
 * What a script calls of the wasm.
 *
 * @param {string} script
 */
function calledBy(script) {
  return new Set([...script.matchAll(/\bwasm\.(\w+)/g)].map(([, name]) => name));
}

/**
 * Writes the wasm with no more than these exports, and what they need.
 *
 * @param {string} from
 * @param {string} to
 * @param {Set<string>} exports
 */
function cutWasm(from, to, exports) {
  const wanted = [...exports].map((name) => ({ name, export: name }));
  const graph = join(to, '../exports.json');
  writeFileSync(graph, JSON.stringify([{ name: 'script', root: true, reaches: [...exports] }, ...wanted]));
  execFileSync('wasm-metadce', ['-g', '--graph-file', graph, ...FEATURES, from, '-o', to], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/**
 * Writes the small wasm; answers with what its imports and exports are called now, by what they were called before.
 *
 * @param {string} from
 * @param {string} to
 */
function shrinkWasm(from, to) {
  const passes = [...SMALL, '--minify-imports-and-exports-and-modules'];
  const list = execFileSync('wasm-opt', [...passes, ...FEATURES, from, '-o', to], { encoding: 'utf8' });
  const entries = [...list.matchAll(/"([^"]+)", "([^"]+)"\]/g)].map(([, before, now]) => /** @type {const} */ ([before, now]));
  if (entries.length === 0) throw new Error('wasm-opt does not tell the names that it gives');
  return new Map(entries);
}

/**
 * The script with these names: `wasm.name` is what it calls, `name: function` what it has to offer.
 *
 * @param {string} script
 * @param {Map<string, string>} names
 */
function withNames(script, names) {
  const now = (/** @type {string} */ name) => names.get(name) ?? name;
  return script
    .replaceAll(/\bwasm\.(\w+)/g, (_, name) => `wasm.${now(name)}`)
    .replaceAll(/^( +)(\w+)(?=: function\()/gm, (_, indent, name) => indent + now(name))
    .replace('"./banter_bg.js": import0', 'a: import0');
}
