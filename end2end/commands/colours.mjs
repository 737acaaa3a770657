// Writes the script that colours code: `colours.mjs to`. It is Prism's core and these languages, and what uses them, in one file.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { minify } from 'terser';

/** Each stands behind those that it is made of. */
const LANGUAGES = [
  'markup', 'clike', 'css', 'javascript', 'typescript', 'json', 'rust', 'python', 'bash', 'sql', 'yaml', 'toml', 'go', 'java',
  'c', 'cpp', 'csharp', 'diff', 'ruby', 'kotlin', 'swift', 'docker', 'ini',
];
/** It would colour the whole page by itself. */
const STILL = 'window.Prism={manual:true,disableWorkerMessageHandler:true};';

const [to] = process.argv.slice(2);
const { resolve } = createRequire(import.meta.url);
const prism = ['core', ...LANGUAGES].map((name) => readFileSync(resolve(`prismjs/components/prism-${name}.min.js`), 'utf8'));
const ours = readFileSync(new URL('../../src/ui/render/code.js', import.meta.url), 'utf8');
const { code } = await minify([STILL, ...prism, ours].join('\n'), { module: true });
writeFileSync(to, code ?? '');
