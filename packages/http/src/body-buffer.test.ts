import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyBuffer } from './body-buffer.js';

const scale = Number(process.env['CCPROXY_TEST_SCALE'] ?? 1);

const collect = (announced: number, chunks: readonly Buffer[]): { bytes: Buffer; allocations: number[] } => {
  const allocations: number[] = [];
  const body = new BodyBuffer(announced, (size) => {
    allocations.push(size);
    return Buffer.allocUnsafeSlow(size);
  });
  for (const chunk of chunks) body.push(chunk);
  return { bytes: body.take(), allocations };
};
const chunks = (total: number, size: number): Buffer[] => Array.from({ length: Math.ceil(total / size) }, () => Buffer.alloc(size));
const megabyte = 1024 * 1024;

describe('BodyBuffer', () => {
  it('returns a single chunk as it is', () => {
    const chunk = Buffer.from('whole');
    expect(collect(5, [chunk]).bytes).toBe(chunk);
    expect(collect(0, []).bytes).toHaveLength(0);
  });

  it('[F1] row 42: copies each byte a bounded number of times, announced or not', () => {
    expect(collect(3 * megabyte, chunks(3 * megabyte, 65_536)).allocations).toEqual([3 * megabyte]);
    expect(collect(32 * megabyte, chunks(32 * megabyte, 65_536)).allocations).toEqual([4, 8, 16, 32].map((size) => size * megabyte));
    expect(collect(0, chunks(32 * megabyte, 65_536)).allocations).toHaveLength(8);
  });

  it('[F1] row 39: takes memory for what came, not for what was announced', () => {
    const { allocations } = collect(32 * megabyte, chunks(130_000, 65_000));
    expect(Math.max(...allocations)).toBeLessThanOrEqual(4 * megabyte);
  });

  it('keeps every byte in order, whatever the chunks and the announcement', () => {
    const pieces = fc.array(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(pieces, fc.nat(300), (chunks, announced) => {
        expect(collect(announced, chunks).bytes.equals(Buffer.concat(chunks))).toBe(true);
      }),
      { numRuns: 10_000 * scale },
    );
  });
});
