import type { ServerResponse } from 'node:http';
import type { HeaderFields } from '@ccproxy/providers';

/** Connections of one answer besides the one that sets its pace. */
const mostFollowers = 4;
/** What may wait for a connection that reads slower, bytes; beyond, it is cut. */
const mostWaiting = 1024 * 1024;

/** A connection, and the headers of its own. */
export interface Follower {
  readonly response: ServerResponse;
  readonly own: HeaderFields;
}

export const writeHead = ({ response, own }: Follower, status: number, headers: HeaderFields): void => {
  response.writeHead(status, { ...headers, ...own } as Record<string, string | string[]>);
};

/** Further connections that get the same answer. They never hold it back. */
export class Followers {
  #all: readonly Follower[] = [];

  get full(): boolean {
    return this.#all.length >= mostFollowers;
  }

  add(follower: Follower): void {
    this.#all = [...this.#all, follower];
  }

  /** Takes one that is still there out of the group, the newest first. */
  take(): Follower | undefined {
    const present = this.#all.filter(({ response }) => !response.destroyed);
    const newest = present.at(-1);
    this.#all = present.slice(0, -1);
    return newest;
  }

  head(status: number, headers: HeaderFields): void {
    for (const follower of this.#present()) writeHead(follower, status, headers);
  }

  write(bytes: Buffer): void {
    for (const { response } of this.#present()) {
      response.write(bytes);
      if (response.writableLength > mostWaiting) response.destroy();
    }
  }

  end(last?: Buffer): void {
    for (const { response } of this.#present()) {
      if (last === undefined) response.end();
      else response.end(last);
    }
  }

  destroy(): void {
    for (const { response } of this.#all) response.destroy();
  }

  #present(): readonly Follower[] {
    return this.#all.filter(({ response }) => !response.destroyed && !response.writableEnded);
  }
}
