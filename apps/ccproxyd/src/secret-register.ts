import type { Redactor } from '@ccproxy/kernel';

/** Counts who needs a value kept out of sight: the redactor forgets it when nobody does any more. */
export type SecretRegister = Pick<Redactor, 'add' | 'remove'>;

export function createSecretRegister(redactor: SecretRegister): SecretRegister {
  const users = new Map<string, number>();
  return {
    add(secret) {
      const present = users.get(secret) ?? 0;
      users.set(secret, present + 1);
      if (present === 0) redactor.add(secret);
    },
    remove(secret) {
      const left = (users.get(secret) ?? 0) - 1;
      if (left > 0) users.set(secret, left);
      else if (users.delete(secret)) redactor.remove(secret);
    },
  };
}
