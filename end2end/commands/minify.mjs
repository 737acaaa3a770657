// A script as small as it can be said: `minify.mjs from to`.

import { readFileSync, writeFileSync } from 'node:fs';

import { minify } from 'terser';

const [from, to] = process.argv.slice(2);
const script = readFileSync(from, 'utf8');
const { code } = await minify(script, { module: /^(im|ex)port /m.test(script) });
writeFileSync(to, code ?? '');
