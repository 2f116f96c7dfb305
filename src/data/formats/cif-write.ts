/** Writes a structure as a CIF without symmetry (P 1). */
import { EcitonError } from "../../core/errors.ts";
import { det3, dot, inv3, norm3, rowTimes } from "../../core/linalg.ts";
import { isElement } from "../elements.ts";
import type { Structure } from "../structure.ts";
import { numberText } from "./tokens.ts";

/**
 * CIF text with every atom of the cell. Edges and angles do not hold the cell's orientation, so a structure reads back
 * turned (a along x, b in the xy plane); distances stay, to rounding.
 * @throws {EcitonError} "data" for a cell that is left-handed or has no volume, and for species that are no elements
 */
export function writeCif(structure: Structure): string {
  const { cell, species, positions, charges } = structure;
  const fail = (message: string): never => {
    throw new EcitonError(
      "data",
      `${structure.name || structure.source.file}: cannot be written as CIF: ${message}`,
    );
  };
  if (!(det3(cell) > 0)) fail("the cell has no volume, or its vectors are left-handed (CIF would mirror it)");
  const odd = species.find((label) => !isElement(label));
  if (odd !== undefined) fail(`"${odd}" is not an element`);
  if (species.length === 0) fail("there are no atoms");
  const [a, b, c] = [0, 3, 6].map((i) => cell.subarray(i, i + 3));
  const degrees = (u: Float64Array, v: Float64Array) =>
    numberText((Math.acos(dot(u, v) / (norm3(u) * norm3(v))) * 180) / Math.PI);
  const inverse = inv3(cell);
  const counts = new Map<string, number>();
  const rows = species.map((label, atom) => {
    const number = (counts.get(label) ?? 0) + 1;
    counts.set(label, number);
    const fractional = rowTimes(positions.subarray(3 * atom, 3 * atom + 3), inverse);
    return `${label}${number} ${label}${chargeText(charges?.[atom])} ${fractional.map(numberText).join(" ")} 1`;
  });
  return `${[
    `data_${structure.name.replace(/[^\x21-\x7e]+/g, "_") || "structure"}`,
    `_cell_length_a ${numberText(norm3(a))}`,
    `_cell_length_b ${numberText(norm3(b))}`,
    `_cell_length_c ${numberText(norm3(c))}`,
    `_cell_angle_alpha ${degrees(b, c)}`,
    `_cell_angle_beta ${degrees(a, c)}`,
    `_cell_angle_gamma ${degrees(a, b)}`,
    "_space_group_name_H-M_alt 'P 1'",
    "_space_group_IT_number 1",
    "loop_",
    "_space_group_symop_operation_xyz",
    "'x, y, z'",
    "loop_",
    ...["label", "type_symbol", "fract_x", "fract_y", "fract_z", "occupancy"].map(
      (tag) => `_atom_site_${tag}`,
    ),
    ...rows,
  ].join("\n")}\n`;
}

function chargeText(charge: number | undefined): string {
  if (charge === undefined) return "";
  return `${numberText(Math.abs(charge))}${charge < 0 ? "-" : "+"}`;
}
