/** Observers that users write themselves, in a JavaScript module named on the command line. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { EcitonError } from "../core/errors.ts";
import type { MapObserver, Observer, ObserverColumn } from "../lattice/observer.ts";
import type { ParentLattice } from "../lattice/parent-lattice.ts";
import type { Supercell } from "../lattice/supercell.ts";

/** What `createObserver` is given. */
export interface UserObserverContext {
  readonly lattice: ParentLattice;
  readonly supercell: Supercell;
}

/**
 * Loads a module that exports `createObserver({ lattice, supercell })`, which returns an Observer or a MapObserver (or
 * a promise of one). The observer is handed a copy of the occupation and its own place for the results, so that it
 * cannot disturb the chain; what it throws, and results that are not finite numbers, end the run with an error.
 * @param file path of the module, relative to the working directory
 * @returns the one observer, in the list where it belongs
 * @throws {EcitonError} "usage" when there is no such module, "data" when it cannot be loaded or returns something else;
 *   measure throws "data", naming the module and the column
 */
export async function loadUserObserver(
  file: string,
  context: UserObserverContext,
): Promise<{ series: Observer[]; maps: MapObserver[] }> {
  if (!existsSync(file)) throw new EcitonError("usage", `${file}: no such module`, { file });
  let loaded: Record<string, unknown>;
  try {
    loaded = (await import(pathToFileURL(resolve(file)).href)) as Record<string, unknown>;
  } catch (error) {
    throw userError(file, `the module cannot be loaded: ${messageOf(error)}`, error);
  }
  if (typeof loaded.createObserver !== "function")
    throw userError(
      file,
      `expected an exported function createObserver({ lattice, supercell }), found ${listOf(Object.keys(loaded))}`,
    );
  let made: unknown;
  try {
    made = await loaded.createObserver(context);
  } catch (error) {
    throw userError(file, `createObserver failed: ${messageOf(error)}`, error);
  }
  if (typeof made !== "object" || made === null)
    throw userError(file, `createObserver returned ${String(made)}, expected an observer`);
  const { columns, name, size, measure } = made as Record<string, unknown>;
  if (typeof measure !== "function")
    throw userError(file, "the observer has no function measure(occupation, out, at)");
  const call = (measure as Measure).bind(made);
  const sites = context.supercell.numSites;
  if (columns !== undefined) {
    const checked = checkColumns(file, columns);
    const nameOf = (k: number) => `column "${checked[k].name}"`;
    return {
      series: [{ columns: checked, measure: guarded(file, call, checked.length, sites, nameOf) }],
      maps: [],
    };
  }
  const label = checkName(file, name, "the observer's name (it has no columns, so it is taken for a map)");
  if (!Number.isSafeInteger(size) || (size as number) < 1)
    throw userError(file, `the map "${label}" needs a size of at least 1, found ${String(size)}`);
  const length = size as number;
  const nameOf = (k: number) => `entry ${k} of the map "${label}"`;
  return {
    series: [],
    maps: [{ name: label, size: length, measure: guarded(file, call, length, sites, nameOf) }],
  };
}

type Measure = Observer["measure"];

function guarded(
  file: string,
  measure: Measure,
  size: number,
  numSites: number,
  nameOf: (k: number) => string,
): Measure {
  const copy = new Uint8Array(numSites);
  const results = new Float64Array(size);
  return (occupation, out, at) => {
    copy.set(occupation);
    // What measure does not write stays NaN and is found below.
    results.fill(Number.NaN);
    let returned: unknown;
    try {
      returned = measure(copy, results, 0);
    } catch (error) {
      throw userError(file, `measure failed: ${messageOf(error)}`, error);
    }
    if (returned instanceof Promise)
      throw userError(file, "measure returned a promise; it has to write its results before it returns");
    for (let k = 0; k < size; k++) {
      if (!Number.isFinite(results[k]))
        throw userError(
          file,
          `measure left ${nameOf(k)} at ${results[k]}; it has to write a finite number to out[at + ${k}]`,
        );
      out[at + k] = results[k];
    }
  };
}

function checkColumns(file: string, columns: unknown): ObserverColumn[] {
  if (!Array.isArray(columns) || columns.length === 0)
    throw userError(file, "columns: expected a list of at least one { name, unit, description }");
  const checked = columns.map((column: unknown, k): ObserverColumn => {
    const { name, unit = "", description = "" } = (column ?? {}) as Record<string, unknown>;
    if (typeof unit !== "string" || typeof description !== "string")
      throw userError(file, `columns[${k}]: unit and description have to be texts`);
    return { name: checkName(file, name, `columns[${k}].name`), unit, description };
  });
  checked.forEach(({ name }, k) => {
    const first = checked.findIndex((other) => other.name === name);
    if (first < k)
      throw userError(file, `columns[${k}].name: "${name}" is also the name of columns[${first}]`);
  });
  return checked;
}

/** A name that can stand in a line of CSV as it is. */
function checkName(file: string, name: unknown, what: string): string {
  if (typeof name !== "string" || !/^[^\s",;']+( [^\s",;']+)*$/.test(name))
    throw userError(
      file,
      `${what}: expected words separated by single spaces, without commas, semicolons and quotes, found ${JSON.stringify(name)}`,
    );
  return name;
}

function userError(file: string, message: string, cause?: unknown): EcitonError {
  return new EcitonError("data", `${file}: ${message}`, { file }, cause);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function listOf(names: readonly string[]): string {
  return names.length === 0 ? "no exports" : names.join(", ");
}
