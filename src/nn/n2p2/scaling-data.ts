/** n2p2's scaling.data: ranges of the symmetry functions over the atoms of the training set. */
import { dataError } from "../../core/errors.ts";
import { quoteToken, requireDecimal, splitLines, words } from "../../data/formats/tokens.ts";
import type { FunctionRanges } from "../hdnnp/model.ts";
import { scientific } from "./numbers.ts";

export interface ScalingRow {
  /** Number of the element, from 1, by atomic number. */
  readonly element: number;
  /** Number of the function of the element, from 1, sorted. */
  readonly fn: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** null in files of old versions. */
  readonly sigma: number | null;
  readonly line: number;
}

/**
 * Comments and blank lines are passed over, a last row of two numbers (RuNNer's smallest and largest energy) too.
 * @throws {EcitonError} "data" with file and line for a row that is not of five or six numbers
 */
export function parseScalingData(text: string, file: string): ScalingRow[] {
  const rows: ScalingRow[] = [];
  const short: number[] = [];
  splitLines(text).forEach((raw, index) => {
    const line = index + 1;
    const found = words(raw.replace(/#.*$/, ""));
    if (found.length === 0) return;
    if (short.length > 0 || found.length < 5 || found.length > 6) {
      if (short.length === 0 && found.length === 2 && rows.length > 0) {
        short.push(line);
        return;
      }
      throw dataError(
        file,
        short[0] ?? line,
        `expected element, function, min, max, mean and sigma, found ${short.length > 0 ? 2 : found.length} words`,
      );
    }
    const index1 = (token: string, what: string) => {
      if (!/^[1-9]\d*$/.test(token))
        throw dataError(file, line, `${what}: expected a whole number from 1 on, found ${quoteToken(token)}`);
      return Number(token);
    };
    const number = (column: number, what: string) => requireDecimal(found[column], file, line, what);
    rows.push({
      element: index1(found[0], "element"),
      fn: index1(found[1], "function"),
      min: number(2, "min"),
      max: number(3, "max"),
      mean: number(4, "mean"),
      sigma: found.length > 5 ? number(5, "sigma") : null,
      line,
    });
  });
  return rows;
}

/** By how much a mean may lie outside the range: it is a sum of many values, rounded. */
const MEAN_ROUNDING = 1e-9;

/**
 * Ranges of the functions of each element.
 * @param counts numbers of functions, elements by atomic number
 * @param needsSigma whether the scaling works with sigma
 * @throws {EcitonError} "data" with file and line for rows that belong to other functions (a stale file) or contradict
 *   themselves: min > max, a mean outside, a negative sigma
 */
export function rangesOf(
  rows: readonly ScalingRow[],
  counts: readonly { readonly element: string; readonly functions: number }[],
  needsSigma: boolean,
  file: string,
): FunctionRanges[] {
  const total = counts.reduce((sum, { functions }) => sum + functions, 0);
  const stale = "is it of another input.nn? make it again (nnp-scaling) or take the one that belongs to it";
  if (rows.length !== total)
    throw dataError(
      file,
      rows.at(-1)?.line ?? 1,
      `expected ${total} rows, one for each symmetry function (${counts.map(({ element, functions }) => `${element} ${functions}`).join(", ")}), found ${rows.length}: ${stale}`,
    );
  let at = 0;
  return counts.map(({ element, functions }, k) => {
    const own = rows.slice(at, at + functions);
    at += functions;
    own.forEach((row, g) => {
      if (row.element !== k + 1 || row.fn !== g + 1)
        throw dataError(
          file,
          row.line,
          `expected function ${g + 1} of element ${k + 1} (${element}), found function ${row.fn} of element ${row.element}: ${stale}`,
        );
      checkRow(row, needsSigma, file);
    });
    return {
      min: Float64Array.from(own, (row) => row.min),
      max: Float64Array.from(own, (row) => row.max),
      mean: Float64Array.from(own, (row) => row.mean),
      sigma: Float64Array.from(own, (row) => row.sigma ?? 0),
    };
  });
}

function checkRow(row: ScalingRow, needsSigma: boolean, file: string): void {
  const { min, max, mean, sigma, line } = row;
  const slack = MEAN_ROUNDING * Math.max(Math.abs(min), Math.abs(max));
  if (min > max) throw dataError(file, line, `min ${min} is larger than max ${max}`);
  if (mean < min - slack || mean > max + slack)
    throw dataError(file, line, `mean ${mean} lies outside of min ${min} and max ${max}`);
  if (sigma !== null && sigma < 0) throw dataError(file, line, `sigma ${sigma} is negative`);
  if (sigma === null && needsSigma)
    throw dataError(file, line, "sigma, the sixth number, is missing, and the scaling works with it");
}

/** Text of the file; reads back to the same bits. */
export function scalingDataText(elements: readonly FunctionRanges[]): string {
  const rule = "#".repeat(121);
  let text = [
    "# Symmetry function scaling data.",
    "# Columns: element, function (sorted), min, max, mean, sigma over the training set.",
    rule,
    `#${[
      "e_index".padStart(9),
      "sf_index".padStart(10),
      ...["sf_min", "sf_max", "sf_mean", "sf_sigma"].map((s) => s.padStart(24)),
    ].join(" ")}`,
    `${rule}\n`,
  ].join("\n");
  elements.forEach(({ min, max, mean, sigma }, k) => {
    for (let g = 0; g < min.length; g++) {
      const numbers = [min[g], max[g], mean[g], sigma[g]].map((value) => scientific(value).padStart(24));
      text += `${String(k + 1).padStart(10)} ${String(g + 1).padStart(10)} ${numbers.join(" ")}\n`;
    }
  });
  return text;
}
