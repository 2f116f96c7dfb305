/** Writes a structure as a VASP 5 POSCAR. */
import { EcitonError } from "../../core/errors.ts";
import { det3, inv3, rowTimes } from "../../core/linalg.ts";
import type { Structure } from "../structure.ts";
import { numberText } from "./tokens.ts";

export interface PoscarWriteOptions {
  /** Cartesian coordinates (the default) read back exactly, direct ones to rounding. */
  readonly coordinates?: "cartesian" | "direct";
}

/**
 * POSCAR text; atoms stay in their order, so a species may appear in several blocks. What POSCAR cannot hold
 * (energy, forces, periodicity other than in all directions) is left out.
 * @throws {EcitonError} "data" for a cell without volume, no atoms, a number that is not finite, or a name or species that would
 *   not read back
 */
export function writePoscar(structure: Structure, options: PoscarWriteOptions = {}): string {
  const { cell, species, positions, name } = structure;
  const fail = (message: string): never => {
    throw new EcitonError(
      "data",
      `${name || structure.source.file}: cannot be written as POSCAR: ${message}`,
    );
  };
  const volume = det3(cell);
  if (!(Math.abs(volume) > 0)) fail("the cell has no volume");
  if (species.length === 0) fail("there are no atoms");
  if (/[\r\n]/.test(name)) fail("its name has several lines");
  const odd = species.find((label) => !/^[A-Za-z][A-Za-z0-9+-]*$/.test(label));
  if (odd !== undefined) fail(`"${odd}" is not a species that POSCAR can hold (letters, digits, + and -)`);

  const blocks: { label: string; count: number }[] = [];
  for (const label of species) {
    const last = blocks.at(-1);
    if (last?.label === label) last.count++;
    else blocks.push({ label, count: 1 });
  }
  const direct = options.coordinates === "direct";
  const inverse = inv3(cell);
  const flags = structure.info["atom.selective_dynamics"];
  const selective = Array.isArray(flags) && flags.length === 3 * species.length ? flags : null;
  const row = (values: ArrayLike<number>) => Array.from(values, numberText).join(" ");
  const lines = [
    name,
    "1.0",
    ...[0, 3, 6].map((i) => row(cell.subarray(i, i + 3))),
    blocks.map((block) => block.label).join(" "),
    blocks.map((block) => block.count).join(" "),
    ...(selective === null ? [] : ["Selective dynamics"]),
    direct ? "Direct" : "Cartesian",
  ];
  for (let i = 0; i < positions.length; i += 3) {
    const position = positions.subarray(i, i + 3);
    const moves = selective?.slice(i, i + 3).map((flag) => (flag ? " T" : " F"));
    lines.push(row(direct ? rowTimes(position, inverse) : position) + (moves?.join("") ?? ""));
  }
  return `${lines.join("\n")}\n`;
}
