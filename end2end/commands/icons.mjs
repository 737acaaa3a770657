// Draws the icons of the installed app from `public/icon.svg`: `icons.mjs` writes them beside it. Some systems cut a shape out of an
// icon, so that it stands on a ground of its own, inside of the circle that is always left (W3C Web Application Manifest, "maskable").

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { chromium } from '@playwright/test';

import { launchOptions } from '../support/browser.mjs';

const PUBLIC = fileURLToPath(new URL('../../public/', import.meta.url));
const GROUND = '#fbfaf8';
/** Of the icon's width, what the sign takes. */
const SIGN = 0.6;

const sign = await readFile(`${PUBLIC}icon.svg`, 'utf8');
const browser = await chromium.launch(launchOptions);
try {
  for (const size of [192, 512]) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    const side = Math.round(size * SIGN);
    await page.setContent(
      `<style>body{margin:0;height:100vh;display:grid;place-content:center;background:${GROUND}}svg{width:${side}px}</style>${sign}`,
    );
    await page.screenshot({ path: `${PUBLIC}icon-${size}.png` });
    await page.close();
  }
} finally {
  await browser.close();
}
