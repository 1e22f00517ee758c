import type { Redactor } from '@ccproxy/kernel';
import type { Availability } from '../provider.js';
import type { Credential, CredentialSource } from './credential-source.js';

const available: Availability = { available: true };
const none: Credential = { kind: 'none' };
/** Values in use and those that answers on their way may still repeat; older ones are worth nothing any more. */
const most = 64;
/** Shorter values occur by chance. */
const shortest = 8;

/** Keeps what an adapter says of its credentials; `given` are those of its options. It has none to send: the adapter does that. */
export function reportedCredential(given: readonly string[], redactor: Pick<Redactor, 'add' | 'remove'>): CredentialSource {
  const learned = new Set<string>();
  const forget = (value: string): void => {
    learned.delete(value);
    redactor.remove(value);
  };
  return {
    renewable: true,
    required: false,
    current: () => none,
    obtain: () => Promise.resolve(none),
    invalidate() {},
    availability: () => available,
    secrets: () => [...given, ...learned],
    learn(value) {
      if (value.length < shortest || given.includes(value)) return;
      // Moves it to the end when it is there already.
      learned.delete(value);
      learned.add(value);
      redactor.add(value);
      const [oldest] = learned;
      if (learned.size > most && oldest !== undefined) forget(oldest);
    },
    close() {
      for (const value of learned) forget(value);
    },
  };
}
