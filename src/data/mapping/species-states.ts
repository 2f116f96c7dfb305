/** From the species of a file to the species of the lattice. */
import type { Structure } from "../structure.ts";
import type { ResolvedOptions } from "./options.ts";
import type { AmbiguousAtom, RejectionCode } from "./report.ts";

export interface Refusal {
  readonly code: RejectionCode;
  readonly reason: string;
  readonly ambiguousAtoms?: readonly AmbiguousAtom[];
}

export interface LabelledAtoms {
  /** Atoms of the file that are to be placed on sites. */
  readonly atoms: Int32Array;
  /** Lattice species of each of them. */
  readonly species: readonly string[];
  readonly notes: readonly string[];
}

/** Formal charges are whole numbers; what a file rounds away is less than this. */
const CHARGE_TOLERANCE = 1e-3;

/** Names each atom as the lattice does, or says why it cannot be done. Never chooses between two states. */
export function labelAtoms(
  structure: Structure,
  known: ReadonlySet<string>,
  options: ResolvedOptions,
): LabelledAtoms | Refusal {
  const atoms: number[] = [];
  const species: string[] = [];
  const ambiguousAtoms: AmbiguousAtom[] = [];
  const outside = new Set<string>();
  let leftOut = 0;
  let explicit = 0;
  for (let atom = 0; atom < structure.species.length; atom++) {
    const inFile = structure.species[atom];
    if (options.leaveOutSpecies.has(inFile)) {
      leftOut++;
      continue;
    }
    const element = options.species.get(inFile) ?? inFile;
    if (options.vacancy.has(element)) {
      explicit++;
      continue;
    }
    let name = element;
    const rule = options.magnetic.find((candidate) => candidate.element === element);
    const states = options.chargeStates.filter((candidate) => candidate.element === element);
    if (rule) {
      const moment = structure.magneticMoments?.[atom];
      if (moment === undefined)
        return {
          code: "moment",
          reason: `${rule.states.map((s) => s.species).join(" and ")} are told apart by magnetic moments, and the file has none`,
        };
      const size = Math.abs(moment);
      const fitting = rule.states.filter(({ moment: [low, high] }) => size >= low && size <= high);
      if (fitting.length === 1) name = fitting[0].species;
      else ambiguousAtoms.push({ atom, element, moment });
    } else if (states.length > 0) {
      const charge = structure.charges?.[atom];
      if (charge === undefined)
        return {
          code: "oxidation-state",
          reason: `${states.map((s) => s.species).join(" and ")} are told apart by formal charges, and the file has none`,
        };
      const state = states.find((candidate) => Math.abs(candidate.charge - charge) < CHARGE_TOLERANCE);
      if (!state)
        return {
          code: "oxidation-state",
          reason: `atom ${atom + 1} is ${element} with charge ${charge}; the lattice knows ${states.map((s) => `${s.charge} (${s.species})`).join(", ")}`,
        };
      name = state.species;
    }
    if (!known.has(name)) outside.add(name);
    atoms.push(atom);
    species.push(name);
  }
  if (ambiguousAtoms.length > 0)
    return {
      code: "moment",
      reason: `${ambiguousAtoms.length} magnetic moments lie in no window, or in two: ${ambiguousAtoms
        .slice(0, 4)
        .map((a) => `atom ${a.atom + 1} (${a.element}) ${a.moment}`)
        .join(", ")}`,
      ambiguousAtoms,
    };
  if (outside.size > 0)
    return {
      code: "species",
      reason: `no site holds ${[...outside].join(", ")}; the lattice has ${[...known].join(", ")}; rename with species: or leave out`,
    };
  const notes: string[] = [];
  if (leftOut > 0) notes.push(`${leftOut} atoms left out by species`);
  if (explicit > 0) notes.push(`${explicit} vacancies listed in the file as atoms`);
  return { atoms: Int32Array.from(atoms), species, notes };
}
