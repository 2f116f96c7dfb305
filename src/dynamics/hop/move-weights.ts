/** Which moves a search tries how often, checked against the atoms. */
import { EcitonError } from "../../core/errors.ts";
import type { MovingAtoms } from "../moving-atoms.ts";
import { type HopSettings, type MoveKind, moveKinds } from "./hop-settings.ts";

/**
 * Weights in the order of the kinds.
 * @throws {EcitonError} "study" for a move that can change nothing here
 */
export function checkedWeights(
  { sampling, moves }: HopSettings,
  atoms: MovingAtoms,
  mobile: Int32Array,
): number[] {
  const weights = moveKinds.map((kind) => moves[kind] ?? 0);
  const refuse = (kind: string, message: string): never => {
    throw new EcitonError("study", `hop.moves.${kind}: ${message}`, { path: `hop.moves.${kind}` });
  };
  if (mobile.length === 0)
    throw new EcitonError("study", "hop: every atom is fixed; there is nothing to move", { path: "hop" });
  if (sampling === "independent") return weights;
  const wants = (kind: MoveKind) => (moves[kind] ?? 0) > 0;
  const species = new Set(Array.from(mobile, (i) => atoms.species[i]));
  if (wants("exchange") && species.size < 2)
    refuse("exchange", `all atoms that may move are ${[...species][0]}; an exchange needs two species`);
  if (wants("twist") && atoms.periodic.some(Boolean))
    refuse("twist", "a part can be turned only where no direction is periodic");
  if (wants("surface") && atoms.periodic.every(Boolean))
    refuse("surface", "there is no surface where all directions are periodic");
  if (wants("surface") && mobile.length < 3)
    refuse("surface", "this needs at least three atoms that may move");
  if (wants("twist") && mobile.length < 3) refuse("twist", "this needs at least three atoms that may move");
  return weights;
}
