export { startInProcess } from './adapter-in-process.js';
export { type BehaviourName, behaviours } from './behaviours.js';
export { collect, type Collected } from './collect.js';
export { type Dialect, dialects, speaks } from './dialect.js';
export { type Behaviour, type Exchange, FakeUpstream, type SeenRequest } from './fake-upstream.js';
export { type FaultCheck, faultContract, type FaultSubject } from './fault-contract.js';
export { type ContractCheck, type ContractSubject, providerContract } from './provider-contract.js';
export { TokenPlace } from './token-place.js';
export { errorEvent, messageDocument, messageFrames, sendError, streamHead, wantsStream } from './sse-answer.js';
