/**
 * Rigid ions: a short-range interaction for each pair of species and the Coulomb energy of their charges,
 *   E = Σ_{i<j} [ u_ab(r_ij) + k_e q_i q_j / r_ij ]
 * with u as in ion-pairs.ts (Buckingham's, with terms that some sets add), ended smoothly at the cut-off.
 *
 * Inside the barrier of u + k_e q q'/r two ions would fall into each other. Nothing is added to keep them apart: ions
 * found there are an error that names them.
 */

import type { Potential } from "../../core/calculator.ts";
import { EcitonError } from "../../core/errors.ts";
import { kindsOf } from "../../kernels/kernel-calculator.ts";
import { type CoulombSpec, checkCoulomb } from "./coulomb.ts";
import { IonCalculator } from "./ion-calculator.ts";
import { type IonModel, type Ions, ionModel, ionsOf } from "./ion-model.ts";
import { checkIonPair, type IonPair } from "./ion-pairs.ts";
import { ionParameters } from "./ion-tables.ts";
import { checkCutoff, type SmoothCutoff } from "./smooth-cutoff.ts";

export interface BuckinghamSpec {
  readonly kind: "buckingham";
  /** For people: "CeO2, Vyas et al. 1998". */
  readonly title: string;
  /** Of each species; no others are described. */
  readonly charges_e: Readonly<Record<string, number>>;
  /** Pairs that are not given have their Coulomb energy alone. */
  readonly pairs: readonly IonPair[];
  /** Short-range interactions end smoothly; the real part of the Coulomb sum ends at to_A. null: none, for clusters. */
  readonly cutoff: SmoothCutoff | null;
  readonly coulomb: CoulombSpec;
}

/** @throws {EcitonError} "data" for parameters that make no sense, or name species without a charge */
export function buckinghamModel(spec: BuckinghamSpec): IonModel {
  const species = Object.keys(spec.charges_e);
  const name = `Buckingham ${species.join("-")} (${spec.title})`;
  const charges = Object.values(spec.charges_e);
  charges.forEach((charge, k) => {
    if (!Number.isFinite(charge))
      throw new EcitonError("data", `${name}: the charge of ${species[k]} is ${charge}`, {
        species: species[k],
      });
  });
  if (spec.cutoff) checkCutoff(spec.cutoff);
  else if (spec.coulomb.method !== "bare")
    throw new EcitonError("data", `${name}: only bare charges go without a cut-off`);
  checkCoulomb(spec.coulomb);
  const pairs: (IonPair | null)[] = new Array(species.length ** 2).fill(null);
  for (const pair of spec.pairs) {
    checkIonPair(pair);
    const [a, b] = pair.species.map((one) => species.indexOf(one));
    if (a < 0 || b < 0)
      throw new EcitonError(
        "data",
        `${name}: the pair ${pair.species.join(" and ")} has a species without a charge`,
        { pair: pair.species },
      );
    if (pairs[a * species.length + b])
      throw new EcitonError("data", `${name}: the pair ${pair.species.join(" and ")} is given twice`, {
        pair: pair.species,
      });
    pairs[a * species.length + b] = pair;
    pairs[b * species.length + a] = pair;
  }
  return ionModel({ name, species, charges, pairs, cutoff: spec.cutoff, coulomb: spec.coulomb });
}

/** @throws {EcitonError} "data" for parameters that make no sense */
export function buckinghamPotential(spec: BuckinghamSpec): Potential {
  const model = buckinghamModel(spec);
  // Tables take longer to make than small clusters to compute; calculators of one potential share them.
  const tables = new Map<boolean, Float64Array>();
  const parametersFor = (ions: Ions): Float64Array => {
    const known = tables.get(ions.bare) ?? ionParameters(model, ions);
    tables.set(ions.bare, known);
    return known;
  };
  return {
    name: model.name,
    species: model.species,
    cutoff: model.coulomb.method === "bare" ? Number.POSITIVE_INFINITY : (model.cutoff?.to_A as number),
    calculator: (atoms) => {
      const ions = ionsOf(model, kindsOf(model.name, model.species, atoms), atoms.periodic);
      return new IonCalculator(model, ions, parametersFor(ions));
    },
  };
}
