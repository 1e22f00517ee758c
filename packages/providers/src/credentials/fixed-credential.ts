import type { Availability } from '../provider.js';
import type { Credential, CredentialSource } from './credential-source.js';

const available: Availability = { available: true };

/** A credential that stays as the configuration has it. */
export const fixedCredential = (credential: Credential): CredentialSource => ({
  renewable: false,
  required: false,
  current: () => credential,
  obtain: () => Promise.resolve(credential),
  invalidate() {},
  availability: () => available,
  secrets: () => (credential.kind === 'apiKey' || credential.kind === 'bearer' ? [credential.value] : []),
  close() {},
});
