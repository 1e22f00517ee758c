export { type AskedAnswer, askProvider } from './ask-provider.js';
export { createCredentialSource, type CredentialSourceDeps } from './credentials/create-credential-source.js';
export type { Credential, CredentialSource } from './credentials/credential-source.js';
export { type SourceIo, systemSourceIo } from './credentials/source-io.js';
export { createProvider, type ProviderDeps } from './create-provider.js';
export { type ProbeReport, probeProvider } from './probe/probe-provider.js';
export type { Egress } from './egress.js';
export { errors as providersErrors } from './errors.js';
export type { Availability, HeaderFields, Provider, ProviderCall, ProviderRequest, ProviderSink, RequestNotes } from './provider.js';
