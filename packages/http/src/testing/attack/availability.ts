import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AttackCheck, isServerError, observed } from './attack-check.js';
import type { AttackTarget } from './attack-target.js';
import { grewLess } from './process-use.js';

/** Opens many connections, a few at a time; errors are expected, the server may refuse. */
async function swarm(target: AttackTarget, size: number, onSocket: (socket: Socket) => void): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let index = 0; index < size; index++) {
    const socket = connect(target.port, target.host).on('error', () => {});
    socket.resume();
    onSocket(socket);
    sockets.push(socket);
    if (index % 50 === 49) await sleep(10);
  }
  return sockets;
}

/** Clients that send next to nothing are cut off in time, and nobody else notices them. */
const dripping = (id: string, name: string, size: number, start: (target: AttackTarget) => string, drip: string): AttackCheck => ({
  id,
  name,
  expect: 'closed in time; others answered within 1 s meanwhile',
  async run(target) {
    const started = performance.now();
    const sockets = await swarm(target, size, (socket) => socket.write(start(target)));
    const timer = setInterval(() => {
      if (drip !== '') for (const socket of sockets) if (socket.writable) socket.write(drip);
    }, 500);
    let slowest = 0;
    while (performance.now() - started < target.slowMs && sockets.some((socket) => !socket.closed)) {
      const health = await target.get(target.health, {}, { timeout: 3_000 });
      slowest = Math.max(slowest, health.status === 0 ? Infinity : health.took);
      await sleep(250);
    }
    clearInterval(timer);
    const open = sockets.filter((socket) => !socket.closed).length;
    for (const socket of sockets) socket.destroy();
    return { passed: open === 0 && slowest < 1_000, observed: { open, slowest: Math.round(slowest) } };
  },
});

/** The server lives and has its file descriptors back. */
async function recovered(
  target: AttackTarget,
  before: ReturnType<AttackTarget['use']>,
  settle: number,
  rssMb = Infinity,
): Promise<boolean> {
  await sleep(settle);
  return (await target.alive()) !== undefined && grewLess(before, target.use(), { openFiles: 20, rssMb });
}

const resetting = (target: AttackTarget, bytes: Buffer | string, after: number): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect(target.port, target.host, () => {
      socket.write(bytes, () => setTimeout(() => void socket.resetAndDestroy(), after));
    });
    socket.on('error', () => resolve()).on('close', () => resolve());
  });

const parallel = <Result>(size: number, run: () => Promise<Result>): Promise<Result[]> => Promise.all(Array.from({ length: size }, run));

/** Group E: slow, silent, aborted and greedy connections. */
export const availability: readonly AttackCheck[] = [
  dripping('E01', '100 slow heads', 100, (target) => `POST ${target.path} HTTP/1.1\r\nHost: ${target.authority}\r\n`, 'X-a: b\r\n'),
  dripping('E02', '100 slow bodies', 100, (target) => `${target.postHead}Content-Length: 100000\r\n\r\n{`, ' '),
  dripping('E03', '200 silent connections', 200, () => '', ''),
  {
    id: 'E04',
    name: '500 idle connections',
    expect: 'others answered within 1 s; all released',
    async run(target) {
      const before = target.use();
      const sockets = await swarm(target, 500, () => {});
      await sleep(300);
      const health = await target.get(target.health);
      for (const socket of sockets) socket.destroy();
      return { passed: health.status > 0 && health.took < 1_000 && (await recovered(target, before, 700)), observed: observed(health) };
    },
  },
  {
    id: 'E05',
    name: '50 streams left after the first bytes',
    expect: 'alive, descriptors back',
    async run(target) {
      const before = target.use();
      const body = target.goodBody.replace('"stream":false', '"stream":true');
      for (let round = 0; round < 5; round++) await parallel(10, () => target.post(body, { accept: 'text/event-stream' }, { stopAt: 1 }));
      return { passed: await recovered(target, before, 1_500) };
    },
  },
  {
    id: 'E06',
    name: '100 resets during the upload',
    expect: 'alive, descriptors back',
    async run(target) {
      const before = target.use();
      await parallel(100, () => resetting(target, `${target.postHead}Content-Length: 100000\r\n\r\n{"a":`, 40));
      return { passed: await recovered(target, before, 600) };
    },
  },
  {
    id: 'E07',
    name: '200 resets after the request',
    expect: 'alive, descriptors back',
    async run(target) {
      const before = target.use();
      await parallel(200, () => resetting(target, target.request('POST', target.path, {}, target.goodBody), 0));
      return { passed: await recovered(target, before, 1_000) };
    },
  },
  {
    id: 'E08',
    name: 'half-close after the request',
    expect: 'alive; Node takes FIN for an abort when the answer is not there at once',
    async run(target) {
      const answer = await target.post(target.goodBody, {}, { end: true });
      return { passed: (await target.alive()) !== undefined, observed: observed(answer) };
    },
  },
  {
    id: 'E09',
    name: '2000 pipelined requests, answers never read',
    expect: 'alive; memory grows less than 100 MB',
    async run(target) {
      const before = target.use();
      const socket = connect(target.port, target.host).on('error', () => {});
      socket.pause();
      const requests = Buffer.concat(Array.from({ length: 100 }, () => target.request('POST', target.path, {}, target.goodBody)));
      for (let round = 0; round < 20; round++) socket.write(requests);
      await sleep(2_500);
      const after = target.use();
      const health = await target.alive();
      socket.destroy();
      return { passed: health !== undefined && health < 1_500 && grewLess(before, after, { rssMb: 100 }) };
    },
  },
  {
    id: 'E10',
    name: '200 requests at once',
    expect: 'all answered, with 2xx, 4xx or 503',
    async run(target) {
      const answers = await parallel(200, () => target.post(target.goodBody, {}, { timeout: 20_000 }));
      return { passed: answers.every((answer) => answer.status > 0 && (!isServerError(answer) || answer.status === 503)) };
    },
  },
  {
    id: 'E11',
    name: '3000 connections opened and closed',
    expect: 'alive; descriptors and memory back',
    async run(target) {
      const before = target.use();
      for (let round = 0; round < 30; round++) {
        const sockets = await swarm(target, 100, () => {});
        await sleep(5);
        for (const socket of sockets) socket.destroy();
      }
      return { passed: await recovered(target, before, 800, 80) };
    },
  },
];
