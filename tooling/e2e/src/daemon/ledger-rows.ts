import { DatabaseSync } from 'node:sqlite';

/** A row of the ledger, as far as the tests look at it. */
export interface Row {
  readonly model: string;
  readonly outcome: string | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

const select = 'SELECT model, outcome, input_tokens AS inputTokens, output_tokens AS outputTokens FROM ledger_attempts ORDER BY seq';

/** Every row in the database of a daemon that has stopped. Throws when SQLite finds the file damaged. */
export function ledgerRows(databaseFile: string): Row[] {
  const database = new DatabaseSync(databaseFile, { readOnly: true });
  try {
    const { integrity_check: verdict } = database.prepare('PRAGMA integrity_check').get() as { integrity_check: string };
    if (verdict !== 'ok') throw new Error(`the database is damaged: ${verdict}`);
    return database.prepare(select).all() as unknown as Row[];
  } finally {
    database.close();
  }
}
