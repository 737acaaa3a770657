// What somebody hears who listens to the page. What comes into a live region is read aloud, unless something nearer says otherwise
// (WAI-ARIA 1.2, 6.6.3); what is read is what the browser's accessibility tree has of it.

import type { CDPSession, Page } from '@playwright/test';

type Node = { nodeId: string; ignored: boolean; role?: { value: string }; name?: { value: string }; childIds?: string[]; backendDOMNodeId?: number };
type Listening = Window & { came: Element[] };

/** Listens from here on; answers with a way to ask what was read since the last time, piece by piece. */
export async function listensTo(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Accessibility.enable');
  await page.evaluate(() => {
    const [came, off] = [[] as Element[], '[aria-live="off"]'];
    Object.assign(window, { came });
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) {
        for (const node of addedNodes) {
          const it = node instanceof Element ? node : node.parentElement;
          const region = it?.closest('[aria-live], [role="log"], [role="status"], [role="alert"]');
          // A letter that changes is no addition; what a log does not tell of itself is.
          if (it && region && !region.matches(off) && (node instanceof Element || !region.matches('[role="log"]'))) came.push(it);
        }
      }
    }).observe(document.body, { childList: true, subtree: true });
  });
  return async () => {
    const { nodes } = (await session.send('Accessibility.getFullAXTree')) as { nodes: Node[] };
    const heard: string[] = [];
    const count = await page.evaluate(() => (window as unknown as Listening).came.length);
    for (let n = 0; n < count; n++) heard.push(read(nodes, await nodeOf(session, `came[${n}]`)));
    await page.evaluate(() => void ((window as unknown as Listening).came.length = 0));
    return heard.filter((text) => text !== '');
  };
}

async function nodeOf(session: CDPSession, expression: string) {
  const { result } = await session.send('Runtime.evaluate', { expression });
  const { node } = await session.send('DOM.describeNode', { objectId: result.objectId });
  return node.backendNodeId;
}

/** The words of a part of the tree, in their order. What is hidden is not in it. */
function read(nodes: Node[], backend: number) {
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const words = (node?: Node): string[] => {
    if (!node) return [];
    if (node.role?.value === 'StaticText') return [node.name?.value ?? ''];
    return (node.childIds ?? []).flatMap((id) => words(byId.get(id)));
  };
  return words(nodes.find((node) => node.backendDOMNodeId === backend)).join(' ').trim();
}
