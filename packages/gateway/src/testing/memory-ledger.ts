import type { Ledger, LedgerClose, LedgerOpen, LedgerRow, LedgerTotals } from '@ccproxy/ledger';

/** A ledger in memory whose entries are written one turn of the event loop later, in order. */
export class MemoryLedger implements Ledger {
  readonly rows: (LedgerOpen & Partial<LedgerClose>)[] = [];
  /** What happened, in order: `open <id>`, `close <id>`, and what a test adds. */
  readonly log: string[] = [];
  /** Called instead of writing when set; the test decides when an entry is written. */
  intercept: ((kind: 'open' | 'close', written: () => void) => void) | undefined;

  open(row: LedgerOpen, written: () => void): void {
    this.rows.push(row);
    this.#write('open', row.id, written);
  }

  close(id: string, row: LedgerClose, written: () => void): void {
    const index = this.rows.findIndex((each) => each.id === id);
    const opened = this.rows[index];
    if (opened === undefined) throw new Error(`row ${id} was never opened`);
    if (opened.outcome !== undefined) throw new Error(`row ${id} was closed twice`);
    this.rows[index] = { ...opened, ...row };
    this.#write('close', id, written);
  }

  recent(limit: number): Promise<LedgerRow[]> {
    return Promise.resolve(this.rows.toReversed().slice(0, limit));
  }

  totals(): LedgerTotals {
    const sum = (key: 'inputTokens' | 'outputTokens'): number => this.rows.reduce((total, row) => total + (row.usage?.[key] ?? 0), 0);
    const open = this.rows.filter((row) => row.outcome === undefined).length;
    return { attempts: this.rows.length, open, inputTokens: sum('inputTokens'), outputTokens: sum('outputTokens') };
  }

  async flush(): Promise<void> {}
  async stop(): Promise<void> {}

  #write(kind: 'open' | 'close', id: string, written: () => void): void {
    const done = (): void => {
      this.log.push(`${kind} ${id}`);
      written();
    };
    if (this.intercept === undefined) setImmediate(done);
    else this.intercept(kind, done);
  }
}
