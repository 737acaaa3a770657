// Whatever people write is text, wherever it is shown: hundreds of hostile texts through every field that there is. Each page
// is looked at twice, by a browser that keeps to Banter's policy, which must have nothing to forbid, and by one that has
// been told to ignore it, in which nothing but Banter itself stands in the way of a script.

import type { Page } from '@playwright/test';

import { isLive } from '../support/check.ts';
import * as find from '../support/find.ts';
import { HOSTILE, OURS } from '../support/hostile.ts';
import { foreignAt, Lookout, visits } from '../support/lookout.ts';
import { setUpCode } from '../support/member.mjs';
import { cannotLoad, Problems } from '../support/problems.ts';
import { Program } from '../support/program.ts';
import { expect, test as base } from '../support/test.ts';

type Watched = {
  lookout: Lookout;
  /** Who runs the site, as a program. */
  olga: Program;
  /** Her two browsers. */
  pages: Page[];
  /** Somebody else. */
  ana: Program;
};

const PASSWORD = 'a long enough sentence';
/** Messages that a page is sent with at first. */
const WINDOW = 50;
/** How many are seen live at once: fewer than a page keeps. */
const LIVE = 100;

const test = base.extend<Watched>({
  lookout: async ({}, use) => {
    const lookout = new Lookout();
    await use(lookout);
    expect(lookout.seen(), 'what became more than text').toEqual([]);
  },
  olga: async ({ server }, use) => {
    const setUp = { name: 'Olga', password: PASSWORD, setup: setUpCode(server) };
    const { token } = await new Program(server.url).does('POST', '/accounts', setUp);
    await use(new Program(server.url, token));
  },
  pages: async ({ server, olga, lookout, newPerson }, use) => {
    const pages = [];
    for (const bypassCSP of [false, true]) {
      const page = await newPerson('Olga', { bypassCSP });
      await lookout.watch(page.context(), bypassCSP ? 'Olga, without the policy' : 'Olga', server.url);
      await page.request.post('/api/v1/guest', { data: {}, headers: { authorization: `Bearer ${olga.token}` } });
      pages.push(page);
    }
    await use(pages);
  },
  ana: async ({ server }, use) => use(await guest(server.url, 'Ana')),
});

test.describe('text is text', () => {
  test.slow();

  test('in messages, live and when they are changed', async ({ olga, ana, pages }) => {
    await onAll(pages, opensLive);
    const refused: string[] = [];
    let before: number[] = [];
    for (const texts of inParts(HOSTILE, LIVE)) {
      const answers = await each(texts, (text, n) => ana.says('lobby', text, before[n]));
      refused.push(...texts.filter((_, n) => !answers[n].body.seq));
      const said = texts.flatMap((text, n): Said[] => (answers[n].body.seq ? [[answers[n].body.seq, text]] : []));
      await onAll(pages, (page) => showsAll(page, said));

      const changed = said.map(([seq], n): Said => [seq, said[(n + 1) % said.length][1]]);
      await each(changed, ([seq, body]) => ana.does('PATCH', `/rooms/lobby/messages/${seq}`, { body }));
      await onAll(pages, (page) => showsAll(page, changed));
      before = said.map(([seq]) => seq);
    }
    expect(refused).toEqual(HOSTILE.filter((text) => !canBeSaid(text)));
    expect(HOSTILE.length - refused.length).toBeGreaterThan(800);
    await onAll(pages, (page) => expect(page).toHaveURL('/r/lobby'));
    await olga.does('GET', '/me');
  });

  test('in messages on a page that is opened, and in what they answer', async ({ ana, pages }) => {
    const said: Said[] = [];
    for (const texts of inParts(HOSTILE.filter(canBeSaid), 20)) {
      const answered = said.at(-1)?.[0];
      const answers = await each(texts, (text) => ana.says('lobby', text, answered));
      said.push(...texts.map((text, n): Said => [answers[n].body.seq, text]));
    }
    said.sort(([one], [other]) => one - other);
    for (const part of inParts(said, WINDOW)) {
      const middle = part[Math.floor((part.length - 1) / 2)][0];
      await onAll(pages, async (page) => {
        await visits(page, `/r/lobby/${middle}`);
        await showsAll(page, part);
        await isLive(page);
        await showsAll(page, part);
      });
    }
    await onAll(pages, async (page) => {
      expect(await foreignAt(page, said.map(([seq]) => `/r/lobby/${seq}/act`))).toEqual([]);
    });
  });

  test('in what was found, and where one is named', async ({ olga, ana, pages }) => {
    // Of what is longer only a part is shown.
    const texts = HOSTILE.filter((text) => canBeSaid(text) && Buffer.byteLength(text) < 250);
    await each(texts, (text) => ana.says('lobby', `zebra @Olga ${text}`));
    await ana.says('lobby', 'giraffe');
    const isRead = async () => (await olga.does('GET', '/search?q=giraffe')).hits.length;
    await expect.poll(isRead).toBe(1);
    await onAll(pages, async (page) => {
      for (const path of ['/mentions', '/search?q=zebra']) {
        expect(missingIn(await readsOn(page, path), texts), path).toEqual([]);
      }
    });
  });

  test('in names', async ({ server, olga, ana, pages }) => {
    // Before a guest is called so.
    const changed = [];
    for (const name of OURS) if ((await olga.asks('PATCH', '/me', { name })).status === 200) changed.push(name);
    expect(changed.length).toBeGreaterThan(50);
    const signUp = (name: string) => new Program(server.url).asks('POST', '/accounts', { name, password: PASSWORD });
    const made = (await each(OURS.slice(0, 20), signUp)).filter(({ status }) => status === 201);
    const accounts = made.map(({ body }) => body.me.name);
    expect(accounts.length).toBeGreaterThan(5);

    await ana.says('lobby', 'Hello');
    await onAll(pages, opensLive);
    const said: Said[] = [];
    const named = async (name: string) => {
      const { status, body } = await new Program(server.url).asks('POST', '/guest', { name });
      if (status !== 201) return void expect(['name_empty', 'name_too_long', 'bad_request']).toContain(body.error.code);
      const somebody = new Program(server.url, body.token);
      said.push([(await somebody.says('lobby', `I am\n${body.me.name}`)).body.seq, body.me.name]);
      await somebody.asks('PUT', '/rooms/lobby/messages/1/reactions/%F0%9F%91%8D');
    };
    for (const names of inParts(HOSTILE, LIVE)) {
      const known = said.length;
      await each(names, named);
      await onAll(pages, (page) => showsAll(page, said.slice(known), '.name'));
    }
    expect(said.length).toBeGreaterThan(300);
    await onAll(pages, async (page) => {
      expect(missingIn(await readsOn(page, '/admin'), accounts)).toEqual([]);
      for (const path of ['/r/lobby', '/r/lobby/1', '/r/lobby/about?q=%3C', '/rooms?q=%5B', '/settings']) await visits(page, path);
    });
  });

  test('in what rooms are called and what they are about', async ({ olga, pages }) => {
    const keys = OURS.map((_, n) => `room-${n}`);
    await olga.does('POST', '/rooms', { room: 'hall', title: 'Hall' });
    await onAll(pages, (page) => opensLive(page, 'hall'));
    for (const text of OURS) await olga.asks('PATCH', '/rooms/hall', { title: text, topic: text });
    const { title } = await olga.does('GET', '/rooms/hall');
    await onAll(pages, (page) => expect(page.locator('.place')).toHaveText(title));

    const made = await each(keys, (room, n) => olga.asks('POST', '/rooms', { room, title: OURS[n], topic: OURS[n] }));
    const open = keys.filter((_, n) => made[n].status === 201);
    expect(open.length).toBeGreaterThan(180);
    const titles = await each(open, async (room) => (await olga.does('GET', `/rooms/${room}`)).title);
    const invites = await each(open.slice(0, 100), (room) => olga.does('POST', '/invites', { room }));
    await onAll(pages, async (page) => {
      for (const path of ['/rooms', '/admin/rooms', '/admin/audit']) {
        expect(missingIn(await readsOn(page, path), path === '/admin/audit' ? [title] : titles), path).toEqual([]);
      }
      const paths = [...open.map((room) => `/r/${room}/about`), ...invites.map(({ code }) => `/invite/${code}`)];
      expect(await foreignAt(page, paths)).toEqual([]);
      await opensLive(page, open[0]);
      expect(missingIn(await page.locator('.places').innerText(), titles)).toEqual([]);
    });
  });

  test('in why somebody is muted, banned or reported', async ({ server, olga, ana, pages, newPerson, lookout, problems }) => {
    problems.tolerate(cannotLoad(403));
    const reasons = HOSTILE.filter((text) => text.length <= 500 && canBeSaid(text));
    await olga.does('POST', '/rooms', { room: 'cellar', title: 'Cellar' });
    const ids = await each(reasons, async (_, n) => (await new Program(server.url).does('POST', '/guest', { name: `G${n}` })).me.id);
    await each(reasons, (reason, n) => olga.does('PUT', `/rooms/cellar/bans/${ids[n]}`, { reason }));
    await each(OURS.filter(canBeSaid), (reason, n) => olga.does('PUT', `/rooms/lobby/mutes/${ids[n]}`, { reason }));
    const { seq } = (await ana.says('lobby', '<script>alert(1)</script>')).body;
    const reported = OURS.filter(canBeSaid);
    await each(reported, async (reason, n) => {
      const somebody = await guest(server.url, `R${n}`);
      await somebody.does('POST', `/rooms/lobby/messages/${seq}/reports`, { reason });
    });
    await onAll(pages, async (page) => {
      expect(missingIn(await readsOn(page, '/r/cellar/about'), reasons)).toEqual([]);
      expect(missingIn(await readsOn(page, '/admin/audit'), reasons)).toEqual([]);
      expect(missingIn(await readsOn(page, '/reports'), reported)).toEqual([]);
    });

    const ben = await newPerson('Ben', { bypassCSP: true });
    await lookout.watch(ben.context(), 'Ben', server.url);
    const { me } = await (await ben.request.post('/api/v1/guest', { data: { name: 'Ben' } })).json();
    for (const ban of [`/rooms/lobby/bans/${me.id}`, `/bans/${me.id}`]) {
      await visits(ben, '/login');
      for (const reason of reported) {
        await olga.does('PUT', ban, { reason });
        expect(await foreignAt(ben, ['/r/lobby'])).toEqual([]);
      }
      await visits(ben, '/r/lobby');
      expect(missingIn(await ben.locator('main').innerText(), [reported.at(-1)!])).toEqual([]);
    }
  });

  test('in words that are not said, and in what they hold back', async ({ server, olga, pages }) => {
    const words = HOSTILE.filter((text) => text.length <= 100 && canBeSaid(text));
    await olga.does('PATCH', '/settings', { held_words: words });
    const { held_words: kept } = await olga.does('GET', '/settings');
    expect(kept.length).toBeGreaterThan(600);
    // Of one person no more are held back.
    const speakers = await each(inParts(words, 20), (_, n) => guest(server.url, `H${n}`));
    const held = await each(words, async (text, n) => {
      const answer = await speakers[Math.floor(n / 20)].says('lobby', text);
      return answer.body.error?.code === 'held';
    });
    const texts = words.filter((_, n) => held[n]);
    expect(texts.length).toBeGreaterThan(600);
    await onAll(pages, async (page) => {
      expect(missingIn(await readsOn(page, '/admin/settings'), kept)).toEqual([]);
      expect(missingIn(await readsOn(page, '/reports'), texts)).toEqual([]);
      await readsOn(page, '/admin/audit');
    });
  });

  test('in what tokens and browsers are called', async ({ olga, pages }) => {
    const made = await each(OURS, (label) => olga.asks('POST', '/tokens', { label, scopes: ['read'] }));
    const labels = made.filter(({ status }) => status === 201).map(({ body }) => body.label);
    expect(labels).toHaveLength(50);
    // One is logged in in no more than a hundred places.
    const agents = HOSTILE.filter((text) => /^[\x21-\x7e][\x20-\x7e]*$/.test(text)).slice(0, 60);
    await each(agents, async (agent) => expect((await olga.asks('POST', '/guest', {}, { 'user-agent': agent })).status).toBe(200));
    await onAll(pages, async (page) => {
      const text = await readsOn(page, '/settings');
      expect(missingIn(text, labels)).toEqual([]);
      expect(missingIn(text, agents.map((agent) => agent.trim().slice(0, 60)))).toEqual([]);
    });
  });

  test('in an address, and in the cookie with the name that was typed', async ({ pages, problems }) => {
    for (const status of [400, 404, 410]) problems.tolerate(cannotLoad(status));
    const texts = HOSTILE.filter((text) => text.isWellFormed());
    await onAll(pages, async (page) => {
      await visits(page, '/rooms');
      const searches = texts.map((text) => `/search?q=${encodeURIComponent(text)}`);
      const paths = OURS.filter((text) => text.isWellFormed()).flatMap((text) => addressesWith(encodeURIComponent(text)));
      expect(await foreignAt(page, [...searches, ...paths])).toEqual([]);
      for (const path of addressesWith(encodeURIComponent('"><svg onload=alert(1)>'))) await visits(page, path);

      await page.context().clearCookies();
      await visits(page, '/login');
      expect(await typed(page, texts)).toEqual([]);
    });
  });

  test('in what is being written, and in what the API answers', async ({ ana, pages }) => {
    const draft = HOSTILE.filter((text) => canBeSaid(text) && !text.includes('\0')).join('\n').slice(0, 15_000);
    await each(OURS.filter(canBeSaid), (text) => ana.says('lobby', text));
    await onAll(pages, async (page) => {
      await opensLive(page);
      await find.box(page).fill(draft);
      const written = await find.box(page).inputValue();
      await opensLive(page);
      await expect(find.box(page)).toHaveValue(written);
    });
    const [, bare] = pages;
    for (const path of ['/api/v1/rooms/lobby/events?limit=200', '/api/v1/rooms/%3Csvg%20onload=alert(1)%3E']) {
      const response = await bare.request.get(path);
      expect(response.headers()).toMatchObject({ 'content-type': 'application/json', 'x-content-type-options': 'nosniff' });
    }
  });
});

test.describe('the lookout', () => {
  const PLANTED = '<img src="/nothing" onerror="alert(1)"><a href="javascript:alert(2)">press</a>';
  const FORBIDDEN = /content security policy/i;
  const plants = async (page: Page) => {
    await visits(page, '/rooms');
    await page.evaluate((html) => document.body.insertAdjacentHTML('beforeend', html), PLANTED);
    await page.getByRole('link', { name: 'press' }).click();
  };

  base('notices a script that runs', async ({ server, newPerson, problems }) => {
    problems.tolerate(cannotLoad(404));
    const [page, lookout] = [await newPerson('Olga', { bypassCSP: true }), new Lookout()];
    await lookout.watch(page.context(), 'Olga', server.url);
    await plants(page);
    for (const what of ['alert(1) was called', 'alert(2) was called', 'not our own: <img', 'not our own: <a']) {
      await expect.poll(() => lookout.seen().join('\n')).toContain(what);
    }
  });

  base('notices what only the policy kept from running', async ({ server, newPerson, problems: expected }) => {
    [FORBIDDEN, cannotLoad(404)].forEach((problem) => expected.tolerate(problem));
    const page = await newPerson('Olga');
    const [lookout, problems] = [new Lookout(), new Problems()];
    await lookout.watch(page.context(), 'Olga', server.url);
    await problems.watch(page.context(), 'Olga');
    await plants(page);
    await expect.poll(() => problems.unexpected().join('\n')).toContain('content security policy: script-src-attr inline');
    expect(lookout.seen().join('\n')).toContain('not our own: <img');
    expect(lookout.seen().join('\n')).not.toContain('was called');
  });

  test('takes apart what is only fetched', async ({ pages: [page], problems }) => {
    problems.tolerate(FORBIDDEN);
    await visits(page, '/rooms');
    await page.route('/planted', (route) => route.fulfill({ contentType: 'text/html', body: PLANTED }));
    expect(await foreignAt(page, ['/rooms', '/planted'])).toHaveLength(2);
  });
});

/** A place in a room, and what was said there. */
type Said = [seq: number, text: string];

async function guest(url: string, name: string): Promise<Program> {
  const { token } = await new Program(url).does('POST', '/guest', { name });
  return new Program(url, token);
}

async function opensLive(page: Page, room = 'lobby') {
  await visits(page, `/r/${room}`);
  await isLive(page);
}

/** Each of these messages is there, and says exactly this; where marks became of signs, every letter in its place. */
async function showsAll(page: Page, said: Said[], part = '.body') {
  const wrong = () =>
    page.evaluate(
      ({ said, part }) => {
        const letters = (text: string) => text.replaceAll(/[^\p{L}\p{N}\ufffd]/gu, '');
        const read = part === '.body' ? letters : (text: string) => text;
        const drawn = (seq: string | number) => {
          const found = document.querySelector(`#m${seq} ${part}`)?.cloneNode(true) as Element | undefined;
          found?.querySelectorAll('.code > button').forEach((button) => button.remove());
          // Where a named link leads, and what language code is in, is said by an attribute.
          for (const link of found?.querySelectorAll('a') ?? []) {
            const [to, text] = [link.getAttribute('href') ?? '', link.textContent];
            if (text !== to && text !== `#${to.slice('/r/'.length)}`) link.append(to);
          }
          for (const code of found?.querySelectorAll('pre > code') ?? []) code.prepend(code.className.slice('language-'.length));
          return found && read((found.textContent ?? '').replaceAll(/\r\n?/g, '\n'));
        };
        return said.filter(([seq, text]) => drawn(seq) !== read(String(text)));
      },
      { said: said.map(([seq, text]) => [seq, asDrawn(text)]), part },
    );
  // A hundred rows that change at once are drawn in their own time.
  await expect.poll(wrong, { timeout: 30_000 }).toEqual([]);
}

/** What HTML cannot hold is drawn as what it is: nothing. However a line ends, a parser makes that one character. */
function asDrawn(text: string): string {
  return text.replaceAll('\0', '\ufffd').replaceAll(/\r\n?/g, '\n');
}

/** The text of a page, and of those that each of its lists goes on with. */
async function readsOn(page: Page, path: string): Promise<string> {
  let text = '';
  const [left, known] = [[path], new Set([path])];
  for (let next = left.shift(); next; next = left.shift()) {
    await visits(page, next);
    const read = await page.evaluate(() => {
      const links = [...document.querySelectorAll('main p > a')];
      const onward = links.filter((link) => /^(Older ones|More .*)$/.test(link.textContent ?? ''));
      return { text: document.querySelector('main')!.textContent, onward: onward.map((link) => link.getAttribute('href')!) };
    });
    text += read.text;
    left.push(...read.onward.filter((href) => !known.has(href)));
    read.onward.forEach((href) => known.add(href));
  }
  return text;
}

/** Those that are not in a text, whatever of them cannot be seen. */
function missingIn(text: string, texts: string[]): string[] {
  const whole = visible(text);
  return texts.filter((part) => !whole.includes(visible(part)));
}

function visible(text: string): string {
  return text.replace(/[\p{C}\p{Z}\ufffd]/gu, '');
}

/** Every message has something in it, and is Unicode. */
function canBeSaid(text: string): boolean {
  return text.isWellFormed() && !/^\p{White_Space}*$/u.test(text);
}

/** Every address that takes something, with this in it. */
function addressesWith(text: string): string[] {
  const paths = ['', 'r/', 'r/lobby/', 'invite/'].map((place) => `/${place}${text}`);
  const about = [`/r/${text}/about`, `/r/lobby/${text}/act`];
  const asked = [
    'login?error', 'login?next', 'login?invite', 'login?done&error', 'signup?invite', 'setup?code', 'search?room', 'search?q=a&room',
    'search?q=a&older_than', 'mentions?before', 'rooms?q', 'rooms?after', 'r/lobby/about?q', 'r/lobby/about?after',
    'r/lobby/about?muted', 'r/lobby/about?banned', 'admin?q', 'admin?after', 'admin/audit?before', 'reports?before', 'settings?error',
  ];
  return [...paths, ...about, ...asked.map((place) => `/${place}=${text}`)];
}

/** Which of these names a page that they were typed on does not show again. */
async function typed(page: Page, names: string[]): Promise<string[]> {
  return page.evaluate(async (names) => {
    const wrong = [];
    for (const name of names) {
      const bytes = String.fromCharCode(...new TextEncoder().encode(name));
      const cookie = btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
      document.cookie = `banter-typed=${cookie}; path=/`;
      const drawn = new DOMParser().parseFromString(await (await fetch('/login')).text(), 'text/html');
      const field = drawn.querySelector<HTMLInputElement>('input[name=name]');
      const same = field?.value.replace(/[\0\ufffd\r\n]/g, '') === name.replace(/[\0\ufffd\r\n]/g, '');
      if (!same || window.foreignIn(drawn).length > 0) wrong.push(name);
    }
    return wrong;
  }, names);
}

async function onAll(pages: Page[], work: (page: Page) => Promise<void>) {
  await Promise.all(pages.map((page) => work(page)));
}

/** Some at once, and the answers in their order. */
async function each<T, R>(list: T[], work: (item: T, n: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const [n, part] of inParts(list, 20).entries()) {
    results.push(...(await Promise.all(part.map((item, m) => work(item, n * 20 + m)))));
  }
  return results;
}

function inParts<T>(list: T[], length: number): T[][] {
  const starts = Array.from({ length: Math.ceil(list.length / length) }, (_, n) => n * length);
  return starts.map((start) => list.slice(start, start + length));
}
