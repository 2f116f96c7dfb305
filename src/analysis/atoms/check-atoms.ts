/** What every measurement asks of the atoms that it is given. */
import { EcitonError } from "../../core/errors.ts";

/**
 * @throws {EcitonError} "data" for no atoms or a position that is not finite, "shape" for arrays of different lengths
 */
export function checkAtoms(positions: Float64Array, species: readonly string[]): void {
  if (positions.length !== 3 * species.length)
    throw new EcitonError(
      "shape",
      `expected ${3 * species.length} coordinates for ${species.length} atoms, found ${positions.length}`,
    );
  if (species.length === 0) throw new EcitonError("data", "expected at least one atom, found none");
  const bad = positions.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0)
    throw new EcitonError(
      "data",
      `atom ${Math.floor(bad / 3) + 1}: expected finite coordinates, found ${positions[bad]}`,
      { atom: Math.floor(bad / 3) },
    );
}
