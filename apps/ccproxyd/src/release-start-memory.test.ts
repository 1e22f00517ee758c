import { expect, it } from 'vitest';
import { releaseStartMemory } from './release-start-memory.js';

it('gives back what is not used', () => {
  let garbage: unknown[] = Array.from({ length: 500_000 }, (_, index) => ({ index }));
  const before = process.memoryUsage().heapTotal;
  expect(garbage.length).toBe(500_000);
  garbage = [];
  releaseStartMemory();
  expect(process.memoryUsage().heapTotal).toBeLessThan(before - 10_000_000);
});
