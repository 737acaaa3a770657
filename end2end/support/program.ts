// Somebody's program, which does over REST what it is told, and says what came of it.

import { randomUUID } from 'node:crypto';

type Answer = { status: number; body: any };

export class Program {
  #url: string;
  #headers: Record<string, string>;

  /** Without a token it is nobody's. */
  constructor(url: string, readonly token?: string) {
    this.#url = `${url}/api/v1`;
    this.#headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  }

  async asks(method: string, path: string, body: object = {}, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(this.#url + path, {
      method,
      headers: { ...this.#headers, ...headers },
      body: method === 'GET' ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : undefined };
  }

  /** What cannot be refused. */
  async does(method: string, path: string, body: object = {}): Promise<any> {
    const answer = await this.asks(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** Says something; answers with how that was taken. */
  says(room: string, body: string, reply_to?: number): Promise<Answer> {
    return this.asks('POST', `/rooms/${room}/messages`, { cid: randomUUID(), body, reply_to });
  }
}
