import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EventFrame, readEventFrames } from './event-frames.js';
import { encodeFrame, frame } from './testing/fake-bedrock.js';

async function* cut(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const size = sizes[index % sizes.length] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const read = async (bytes: Buffer, sizes: readonly number[] = [bytes.length]): Promise<EventFrame[]> => {
  const frames: EventFrame[] = [];
  for await (const each of readEventFrames(cut(bytes, sizes))) frames.push({ ...each, payload: Buffer.from(each.payload) });
  return frames;
};
const malformed = { code: 'CCP_UPSTREAM_MALFORMED' };

describe('readEventFrames', () => {
  it('[C12] reads any frames, however they are cut', async () => {
    const text = fc.string({ minLength: 1, maxLength: 20 });
    const one = fc.record({
      headers: fc.dictionary(text, text, { maxKeys: 3, noNullPrototype: true }),
      payload: fc.uint8Array({ maxLength: 300 }),
    });
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { maxLength: 6 }), sizes, async (frames, cuts) => {
        const bytes = Buffer.concat(frames.map(({ headers, payload }) => frame(headers, Buffer.from(payload))));
        const found = await read(bytes, cuts);
        expect(found.map(({ headers, payload }) => ({ headers: { ...headers }, payload: [...payload] }))).toEqual(
          frames.map(({ headers, payload }) => ({ headers: { ...headers }, payload: [...payload] })),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('[C12] reads past headers that are no text, and an empty payload', async () => {
    const id = (name: string) => Buffer.concat([Buffer.from([name.length]), Buffer.from(name)]);
    const headers = Buffer.concat([
      id('yes'),
      Buffer.from([0]),
      id('no'),
      Buffer.from([1]),
      id('byte'),
      Buffer.from([2, 1]),
      id('int'),
      Buffer.from([4, 0, 0, 0, 1]),
      id('bytes'),
      Buffer.from([6, 0, 2, 1, 2]),
      id('when'),
      Buffer.from([8, 0, 0, 0, 0, 0, 0, 0, 1]),
      id('uuid'),
      Buffer.from([9, ...Buffer.alloc(16)]),
      id('text'),
      Buffer.from([7, 0, 1, 0x61]),
    ]);
    expect(await read(encodeFrame(headers, Buffer.alloc(0)))).toEqual([{ headers: { text: 'a' }, payload: Buffer.alloc(0) }]);
  });

  it('[F1] any changed byte is found, never believed', async () => {
    const bytes = frame({ ':event-type': 'chunk' }, '{"bytes":"e30="}');
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ flip;
        await expect(read(changed)).rejects.toMatchObject(malformed);
      }),
      { numRuns: 100 },
    );
  });

  it('[F1] an end within a frame is found at every place', async () => {
    const bytes = frame({ a: 'b' }, 'payload');
    for (let end = 1; end < bytes.length; end += 1) await expect(read(bytes.subarray(0, end), [5])).rejects.toMatchObject(malformed);
  });

  it('[F1] lengths that no frame has, headers cut off or of an unknown type are refused before memory is taken', async () => {
    const { crc32 } = await import('node:zlib');
    const head = (total: number, headers: number): Buffer => {
      const bytes = Buffer.alloc(16);
      bytes.writeUInt32BE(total, 0);
      bytes.writeUInt32BE(headers, 4);
      bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
      return bytes;
    };
    for (const [total, headers] of [
      [0xffffffff, 0],
      [100, 200_000],
      [8, 0],
      [20, 10],
    ] as const) {
      await expect(read(head(total, headers))).rejects.toMatchObject(malformed);
    }
    await expect(read(encodeFrame(Buffer.from([1, 0x61, 99]), Buffer.alloc(0)))).rejects.toMatchObject(malformed);
    await expect(read(encodeFrame(Buffer.from([9, 0x61]), Buffer.alloc(0)))).rejects.toMatchObject(malformed);
  });
});
