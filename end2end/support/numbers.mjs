// What the commands make of many measurements, and how they tell of it.

/** @param {number[]} numbers */
export function median(numbers) {
  return quantile(numbers, 0.5);
}

/** What a share of all numbers does not exceed. @param {number[]} numbers @param {number} share */
export function quantile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/**
 * One line of a table: what it is about, and a column for each value.
 *
 * @param {string} what
 * @param {(string | number)[]} values
 */
export function printRow(what, ...values) {
  const columns = values.map((value) => (typeof value === 'number' ? value.toFixed(0) : value).padStart(16));
  console.log(`  ${what.padEnd(34)}${columns.join('')}`.trimEnd());
}

/**
 * Says what is wrong, as the last thing; then the command has failed.
 *
 * @param {string[]} faults
 */
export function report(faults) {
  for (const fault of faults) console.error(`FAULT  ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}
