/** Numbers as people read them, and the check that keeps NaN out of plots and tables. */
import { EcitonError } from "../core/errors.ts";

/**
 * Refuses a row with a number that is not finite. Rows are counted from 1.
 * @throws {EcitonError} "shape" naming the plot, the row and the field
 */
export function requireFinite(plot: string, rows: readonly object[], fields: readonly string[]): void {
  rows.forEach((row, i) => {
    for (const name of fields) {
      const value = (row as Record<string, unknown>)[name];
      if (value !== undefined && !Number.isFinite(value)) throw notFinite(plot, i + 1, name, value);
    }
  });
}

export function notFinite(plot: string, row: number, name: string, value: unknown): EcitonError {
  return new EcitonError("shape", `${plot}, row ${row}: ${name} is ${value}, expected a finite number`, {
    plot,
    row,
    field: name,
  });
}

/** Fixed number of decimals with a true minus sign; undefined is an en dash. */
export function fixed(value: number | undefined, decimals: number): string {
  if (value === undefined) return "–";
  if (!Number.isFinite(value))
    throw new EcitonError("shape", `a table holds ${value}, expected a finite number`);
  const text = value.toFixed(decimals);
  // -0.0001 with two decimals would read "-0.00".
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

/** A length in a picture: a hundredth of a pixel cannot be seen, and short numbers keep the page small. */
export function px(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Label of an axis tick without thousands separators: temperatures read better so. */
export function plain(value: number): string {
  return String(Number(value.toPrecision(12))).replace("-", "−");
}

/** Significant digits, with a true minus sign and powers of ten for very large and small numbers. */
export function significant(value: number | undefined, digits = 4): string {
  if (value === undefined) return "–";
  if (!Number.isFinite(value))
    throw new EcitonError("shape", `a table holds ${value}, expected a finite number`);
  if (value === 0) return "0";
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  if (exponent >= -3 && exponent < 6) return fixed(value, Math.max(0, digits - 1 - exponent));
  const [mantissa, power] = value.toExponential(digits - 1).split("e");
  return `${mantissa.replace("-", "−")} × 10${superscript(Number(power))}`;
}

/** "1.234 ± 0.012": the error with two significant digits, the mean with as many decimals; "(1.03 ± 0.33) × 10⁻⁵". */
export function withError(mean: number | undefined, error: number | undefined): string {
  if (mean === undefined) return "–";
  if (error === undefined || error === 0) return significant(mean, 5);
  if (!Number.isFinite(error))
    throw new EcitonError("shape", `a table holds the error ${error}, expected a finite number`);
  const exponent = Math.floor(Math.log10(Math.max(Math.abs(mean), Math.abs(error))));
  if (exponent < -3) {
    const scale = 10 ** -exponent;
    return `(${withError(mean * scale, error * scale)}) × 10${superscript(exponent)}`;
  }
  const decimals = Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(Math.abs(error)))));
  return `${fixed(mean, decimals)} ± ${fixed(error, decimals)}`;
}

/** Digits in groups of three, parted by narrow no-break spaces. */
export function integer(value: number): string {
  if (!Number.isInteger(value))
    throw new EcitonError("shape", `a table holds ${value}, expected a whole number`);
  return String(value)
    .replace("-", "−")
    .replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

export function percent(fraction: number, decimals = 1): string {
  return `${fixed(100 * fraction, decimals)} %`;
}

export function duration(seconds: number): string {
  if (seconds < 120) return `${significant(seconds, 3)} s`;
  return seconds < 7200 ? `${fixed(seconds / 60, 1)} min` : `${fixed(seconds / 3600, 1)} h`;
}

/** "2 points", "1 point". */
export function count(n: number, singular: string, plural = `${singular}s`): string {
  return `${integer(n)} ${n === 1 ? singular : plural}`;
}

export function superscript(power: number): string {
  const digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  return [...String(power)].map((c) => (c === "-" ? "⁻" : digits[Number(c)])).join("");
}
