import type { ConfigDifferences } from '@ccproxy/client/connect';
import { renderTable } from './render-table.js';

/** Places where a configuration differs from the one in force; `effect`: what is said of those that need no restart. */
export const renderDifferences = (changes: ConfigDifferences['changes'], effect: string): string =>
  renderTable(changes.map(({ kind, path, restart }) => [`  ${kind}`, path, restart ? 'with `ccproxy restart`' : effect]));
