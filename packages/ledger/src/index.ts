export { createDecisionLog, type DecisionLog, type DecisionLogOptions } from './decision-log.js';
export type { DecisionRecord, DecisionStep } from './decision-record.js';
export { errors as ledgerErrors } from './errors.js';
export type { DurableLedger, LedgerHealth } from './journaled-ledger.js';
export type { Ledger, LedgerClose, LedgerOpen, LedgerOutcome, LedgerRow, LedgerTotals, LedgerUsage } from './ledger.js';
export { openLedger, type OpenLedgerOptions } from './open-ledger.js';
