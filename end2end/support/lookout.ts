// A lookout for text that became more than text: scripts that run, elements and addresses that are not Banter's own, and
// whatever leaves the site.

import type { BrowserContext, Page } from '@playwright/test';

declare global {
  interface Window {
    /** What of a document is not Banter's own. */
    foreignIn: (document: Document) => string[];
  }
}

export class Lookout {
  #seen: string[] = [];

  /** Looks at every page of a person's browser; to be had before the first one is opened. */
  async watch(context: BrowserContext, name: string, home: string) {
    const saw = (what: string) => void this.#seen.push(`${name}: ${what}`);
    await context.exposeBinding('tellLookout', ({ page }, what) => saw(`${what} at ${page.url()}`));
    await context.addInitScript(looksOut);
    context.on('page', (page) => saw(`another page: ${page.url()}`));
    context.on('dialog', (dialog) => {
      saw(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    context.on('request', (request) => {
      if (new URL(request.url()).origin !== home) saw(`a request to ${request.url()}`);
    });
  }

  /** Everything so far. */
  seen(): string[] {
    return [...this.#seen];
  }
}

/** Opens a page, and stays there. */
export async function visits(page: Page, path: string) {
  await page.goto(path);
  const here = new URL(page.url());
  if (here.pathname + here.search !== path) throw new Error(`${path} led to ${page.url()}`);
}

/** What of many pages is not Banter's own; they are taken apart by the browser's own parser, and not opened. */
export async function foreignAt(page: Page, paths: string[]): Promise<string[]> {
  return page.evaluate(async (paths) => {
    const found: string[] = [];
    const waiting = [...paths];
    const works = async () => {
      for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
        const html = await (await fetch(path)).text();
        const foreign = window.foreignIn(new DOMParser().parseFromString(html, 'text/html'));
        found.push(...foreign.map((what) => `${what} at ${path}`));
      }
    };
    await Promise.all(Array.from({ length: 4 }, works));
    return found;
  }, paths);
}

/** Runs in the page, before anything of it is there. */
function looksOut() {
  const tell = (what: string) => (window as unknown as { tellLookout: (what: string) => void }).tellLookout(what);
  const OWN = new Set(
    ('html head meta title link script body div span header main nav aside section article p h1 h2 h3 ul ol li dl dt dd a ' +
      'form fieldset legend label input textarea select option button details summary time bdi q code strong mark ' +
      'table tbody tr th td kbd em del blockquote pre').split(' '),
  );
  const ADDRESSES = ['href', 'src', 'action', 'formaction', 'data', 'ping', 'poster', 'background', 'srcset', 'xlink:href'];

  const isOwnScript = (script: HTMLScriptElement) =>
    script.nonce !== '' || (script.id === 'first-paint' && script.type === 'application/json');
  const isOwnAddress = (element: Element, name: string) => {
    const address = new URL(element.getAttribute(name) ?? '', location.href);
    // One that is taken away again is in no message any more.
    const inMessage = element.matches('#messages .body a') || (!element.isConnected && element.matches('a[rel~=ugc][target=_blank]'));
    if (inMessage && name === 'href') return /^https?:$/.test(address.protocol);
    return address.origin === location.origin;
  };
  const addressOf = (element: Element, name: string) => {
    try {
      return isOwnAddress(element, name);
    } catch {
      // What is no address leads nowhere.
      return true;
    }
  };
  // The page's signs: a set of lines at its end, and what refers to one of them.
  const isSign = (element: Element) =>
    element.namespaceURI === 'http://www.w3.org/2000/svg' &&
    (element.matches('svg.icon:not(:has(> :not(use)))') ||
      (element.matches('svg.icon > use') && /^#icon-[a-z]+$/.test(element.getAttribute('href') ?? '')) ||
      element.matches('body > svg[hidden], body > svg[hidden] > symbol, body > svg[hidden] > symbol > path'));
  const isForeign = (element: Element) =>
    (!(OWN.has(element.localName) && element.namespaceURI === 'http://www.w3.org/1999/xhtml') && !isSign(element)) ||
    (element.localName === 'script' && !isOwnScript(element as HTMLScriptElement)) ||
    (element.localName === 'meta' && element.hasAttribute('http-equiv')) ||
    element.getAttributeNames().some((name) => name.startsWith('on') || name === 'srcdoc') ||
    ADDRESSES.some((name) => element.hasAttribute(name) && !addressOf(element, name));
  const foreign = (elements: Element[]) => elements.filter(isForeign).map((element) => element.outerHTML.slice(0, 200));

  window.foreignIn = (document) => foreign([...document.querySelectorAll('*')]);
  for (const name of ['alert', 'confirm', 'prompt', 'print'] as const) {
    Object.assign(window, { [name]: (...said: unknown[]) => tell(`${name}(${said.join()}) was called`) });
  }
  const watches = (changes: MutationRecord[]) => {
    const changed = changes.flatMap(({ target, addedNodes }) => [target, ...addedNodes]);
    const elements = changed.filter((node) => node instanceof Element);
    const all = elements.flatMap((element) => [element, ...element.querySelectorAll('*')]);
    foreign([...new Set(all)]).forEach((what) => tell(`not our own: ${what}`));
  };
  new MutationObserver(watches).observe(document, { subtree: true, childList: true, attributes: true });
}
