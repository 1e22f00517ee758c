import type { Logger } from '@ccproxy/kernel';

/** What was acquired, to be released in the opposite order, once. */
export interface ReleaseStack {
  defer(name: string, release: () => unknown): void;
  /** Releases everything; a step that fails is logged and does not stop the others. */
  release(): Promise<void>;
}

export function createReleaseStack(logger: () => Logger): ReleaseStack {
  const steps: { name: string; release: () => unknown }[] = [];
  return {
    defer: (name, release) => void steps.push({ name, release }),
    async release() {
      for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
        try {
          await step.release();
        } catch (error) {
          logger().warn({ err: error, step: step.name }, 'release failed');
        }
      }
    },
  };
}
