// Makes the app as small as a first visit wants it: `shrink.mjs from to`, folders with `banter.js` and its wasm.
//
// wasm-bindgen calls everything that passes between JavaScript and wasm by a long name that ends in a hash, which no
// compression can take away. Both halves get the same short names here. And it offers the classes of every library to
// whoever imports the script: nobody does, and what only they call is cut away. So is what a panic would have to say: it ends
// the app by a trap, and nobody hears a word of it.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import binaryen from 'binaryen';
import { minify } from 'terser';

/**
 * Small, and then as alike as can be: a function that is taken into the only one that calls it has other numbers for its
 * variables there, and looks like nothing that was compressed before. Functions of the same code stand side by side.
 */
const SMALL = ['-Oz', '--converge', '--one-caller-inline-max-function-size', '10', '--reorder-functions-by-name'];
/** What every browser has that has modules. */
const FEATURES = ['--enable-bulk-memory', '--enable-nontrapping-float-to-int'];

/** No source file has a longer name. */
const LONGEST_PATH = 300;
/** The functions that begin a panic; none of them returns. */
const PANICS = [
  /::panicking::(panic(?!_count|_handler)|assert_failed)/,
  /::(slice_error|slice_index|len_mismatch|expect|unwrap)_fail(ed)?(_rt)?(::|$)/,
  /::(handle_alloc_error|handle_error|capacity_overflow|panic_already_\w+)(::|$)/,
];

const [from, to] = process.argv.slice(2);
const bound = withoutClasses(readFileSync(join(from, 'banter.js'), 'utf8'));
cutWasm(join(from, 'banter_bg.wasm'), join(from, 'cut.wasm'), calledBy(bound));
silencePanics(join(from, 'cut.wasm'), join(from, 'silent.wasm'));
const names = shrinkWasm(join(from, 'silent.wasm'), join(to, 'banter.wasm'));
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
 * Writes the wasm in which a panic is the trap that it ends with, and nothing before that. Its words are made of arguments that
 * nobody takes any more, and the places in the sources that it would name are blank.
 *
 * @param {string} from
 * @param {string} to
 */
function silencePanics(from, to) {
  const wasm = binaryen.readBinary(readFileSync(from));
  const functions = Array.from({ length: wasm.getNumFunctions() }, (_, n) => wasm.getFunctionByIndex(n));
  const own = functions.map((one) => ({ one, ...binaryen.getFunctionInfo(one) })).filter(({ module }) => module === '');
  const panics = PANICS.map((panic) => own.filter(({ name }) => panic.test(name)));
  if (panics.some((some) => some.length === 0)) throw new Error('the functions that begin a panic have other names');
  for (const { one } of panics.flat()) binaryen.Function(one).body = wasm.unreachable();
  binaryen.setDebugInfo(true);
  const bytes = Buffer.from(wasm.emitBinary());
  blankPlaces(bytes);
  writeFileSync(to, bytes);
}

/**
 * Blanks what `core::panic::Location` is in the data: where the name of a file is, its length, a line, a column.
 *
 * @param {Buffer} wasm
 */
function blankPlaces(wasm) {
  const parts = dataOf(wasm);
  const files = new Map();
  for (const { from, start, length } of parts) {
    for (let at = (4 - (from % 4)) % 4; at + 16 <= length; at += 4) {
      const [name, size, line, column] = [0, 4, 8, 12].map((n) => wasm.readUInt32LE(start + at + n));
      const file = line > 0 && column > 0 ? fileName(wasm, parts, name, size) : undefined;
      if (file) {
        files.set(name, file);
        wasm.fill(0, start + at, start + at + 16);
      }
    }
  }
  if (files.size === 0) throw new Error('no place in the sources is in the data');
  for (const file of files.values()) file.fill(0);
}

/**
 * The bytes of the name of a source file, if that is what is there.
 *
 * @param {Buffer} wasm
 * @param {Part[]} parts
 * @param {number} address
 * @param {number} size
 */
function fileName(wasm, parts, address, size) {
  const part = parts.find(({ from, length }) => address >= from && address + size <= from + length);
  if (!part || size > LONGEST_PATH) return undefined;
  const start = part.start + address - part.from;
  const bytes = wasm.subarray(start, start + size);
  return /^[\x20-\x7e]+\.rs$/.test(bytes.toString('latin1')) ? bytes : undefined;
}

/**
 * What the memory begins with: which address, and where it stands in the file (WebAssembly core, 5.5.14).
 *
 * @typedef {{ from: number, start: number, length: number }} Part
 * @param {Buffer} wasm
 * @returns {Part[]}
 */
function dataOf(wasm) {
  let at = 8;
  const number = () => {
    let [value, shift, byte] = [0, 0, 0];
    do {
      byte = wasm[at++];
      value += (byte & 0x7f) * 2 ** shift;
      shift += 7;
    } while (byte >= 0x80);
    return value;
  };
  const byte = (/** @type {number} */ expected) => {
    if (wasm[at++] !== expected) throw new Error('the data of the wasm are written in another way');
  };
  while (at < wasm.length) {
    const [section, size] = [wasm[at++], number()];
    if (section !== 11) {
      at += size;
      continue;
    }
    return Array.from({ length: number() }, () => {
      byte(0x00); // a memory that is there from the start,
      byte(0x41); // at a constant
      const from = number();
      byte(0x0b);
      const length = number();
      const start = at;
      at += length;
      return { from, start, length };
    });
  }
  return [];
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
