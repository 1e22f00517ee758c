/**
 * A number as English writes it, with a comma at each thousand and at most three decimals: `1,234,567.5`. Not by `Intl`, which takes longer to
 * load than most commands run (measured: 7 ms).
 */
export function groupDigits(value: number): string {
  if (!Number.isFinite(value) || Math.abs(value) >= 1e21) return String(value);
  const rounded = Number(Math.abs(value).toFixed(3));
  const [whole = '', decimals] = String(rounded).split('.');
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  return `${value < 0 && rounded > 0 ? '-' : ''}${grouped}${decimals === undefined ? '' : `.${decimals}`}`;
}
