/** Lattice vectors from edges and angles. */
import { dataError } from "../../core/errors.ts";
import { det3 } from "../../core/linalg.ts";
import type { CifBlock } from "./cif-parse.ts";
import { itemOf, numberOf } from "./cif-values.ts";

/**
 * Cell of a data block, rows in Å: a along x, b in the xy plane, c with positive z. Angles that are not given are 90°,
 * as the dictionary has it.
 * @throws {EcitonError} "data" with file and line for a missing or impossible edge or angle
 */
export function cellFromParameters(
  block: CifBlock,
  file: string,
  warn: (message: string) => void,
): Float64Array {
  const [a, b, c] = ["a", "b", "c"].map((edge) => {
    const tag = `_cell_length_${edge}`;
    const length = numberOf(block, file, tag);
    const line = itemOf(block, tag)?.line ?? block.line;
    if (length === null) throw dataError(file, line, `${tag} is missing`);
    if (length <= 0) throw dataError(file, line, `${tag}: expected a positive length, found ${length}`);
    return length;
  });
  const angles = ["alpha", "beta", "gamma"].map((name) => {
    const tag = `_cell_angle_${name}`;
    const angle = numberOf(block, file, tag) ?? 90;
    if (!(angle > 0 && angle < 180))
      throw dataError(file, itemOf(block, tag)!.line, `${tag}: expected 0 to 180 degrees, found ${angle}`);
    return angle;
  });
  const [cosA, cosB, cosC] = angles.map(cosineOfDegrees);
  const sinC = Math.sqrt(1 - cosC * cosC);
  const cy = (cosA - cosB * cosC) / sinC;
  const height = 1 - cosB * cosB - cy * cy;
  if (!(height > 1e-9))
    throw dataError(file, block.line, `no cell has the angles ${angles.join(", ")}: they do not close`);
  const cell = Float64Array.of(a, 0, 0, b * cosC, b * sinC, 0, c * cosB, c * cy, c * Math.sqrt(height));
  const stated = numberOf(block, file, "_cell_volume");
  const volume = det3(cell);
  if (stated !== null && Math.abs(stated - volume) > 0.01 * volume)
    warn(`_cell_volume is ${stated}, but edges and angles give ${volume.toFixed(3)} Å³`);
  return cell;
}

/** Exact where crystals need it: cos 90° in floating point is 6e-17. */
function cosineOfDegrees(angle: number): number {
  if (angle === 90) return 0;
  if (angle === 60) return 0.5;
  if (angle === 120) return -0.5;
  return Math.cos((angle * Math.PI) / 180);
}
