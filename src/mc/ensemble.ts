/** The statistical ensembles that a chain can sample, as plain data. */
import { studyError } from "../core/errors.ts";
import type { Supercell } from "../lattice/supercell.ts";
import { type ExchangeGroup, groupSites } from "./exchange-groups.ts";
import type { LatticeModel } from "./lattice-model.ts";

/** Species that one move replaces together: each `from` becomes the `to`, or back. */
export interface Replacement {
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

/**
 * The potential Φ of which the weights are e^(-Φ / k_B T):
 * canonical Φ = E; semi-grand Φ = E - Σ μ N; reservoir Φ = E + n Δμ with n forward replacements that each release
 * something of chemical potential Δμ; variance-constrained Φ = E + k_B T κ N Σ (c + φ/2)².
 */
export type Ensemble =
  | { readonly kind: "canonical" }
  | {
      readonly kind: "semi-grand";
      /** eV by species, or by "species@group"; 0 where not given. */
      readonly chemicalPotentials: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: "variance-constrained";
      readonly kappa: number;
      /** By species, or by "species@group"; c is its concentration on the N sites of its group. */
      readonly phi: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: "reservoir";
      readonly replace: readonly Replacement[];
      /** eV for each forward replacement. */
      readonly deltaMu: number;
    };

/** Kinds of moves, and how often each is tried in proportion to the others. */
export interface MoveWeights {
  /** Exchange of two sites of one group, anywhere. */
  readonly swap?: number;
  /** Exchange of two neighbours. */
  readonly neighbourSwap?: number;
  /** Change of one site. */
  readonly flip?: number;
  /** Replacement with the reservoir. */
  readonly reaction?: number;
  /** Å; default: the nearest distance of two sites of the group. */
  readonly neighbourCutoff?: number;
}

/**
 * Values given by species, or by "species@group", which goes before.
 * @returns values[group][species]; undefined where nothing is given
 */
export function speciesValues(
  values: Readonly<Record<string, number>>,
  groups: readonly ExchangeGroup[],
): (number | undefined)[][] {
  return groups.map(({ name, species }) => species.map((s) => values[`${s}@${name}`] ?? values[s]));
}

/** A replacement in numbers of groups and species. */
export interface ResolvedReplacement {
  readonly group: number;
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/**
 * Finds the group of each replacement: the one that has both species.
 * @param path of `replace` in the study, for errors
 * @throws {EcitonError} "study" for an empty list, an unknown species, a species replaced by itself, a count that is not
 *   a whole number above 0, no group or several groups with both species, or replacements that cancel
 */
export function resolveReplacements(
  replace: readonly Replacement[],
  groups: readonly ExchangeGroup[],
  path: string,
): ResolvedReplacement[] {
  if (replace.length === 0) throw studyError(path, "expected at least one replacement");
  const speciesIn = (group: ExchangeGroup, key: string) =>
    group.species.findIndex((species) => species === key || `${species}@${group.name}` === key);
  const resolved = replace.map(({ from, to, count }, r): ResolvedReplacement => {
    const at = `${path}[${r}]`;
    for (const [field, key] of [
      ["from", from],
      ["to", to],
    ])
      if (groups.every((group) => speciesIn(group, key) < 0))
        throw studyError(
          `${at}.${field}`,
          `no site that can change holds "${key}"; there are ${groups.flatMap(({ species }) => species).join(", ")}`,
        );
    if (!Number.isSafeInteger(count) || count < 1)
      throw studyError(`${at}.count`, `expected a whole number of at least 1, found ${count}`);
    const places = groups.flatMap((group, g) => {
      const place = { group: g, from: speciesIn(group, from), to: speciesIn(group, to), count };
      return place.from < 0 || place.to < 0 ? [] : [place];
    });
    if (places.length === 0)
      throw studyError(
        at,
        `no group of sites has both ${from} and ${to}; there are ${groups.map(({ name, species }) => `${name} with ${species.join(", ")}`).join("; ")}`,
      );
    if (places.length > 1)
      throw studyError(
        at,
        `several groups have both ${from} and ${to}; write from as ${places.map(({ group }) => `"${from}@${groups[group].name}"`).join(" or ")}`,
      );
    if (places[0].from === places[0].to) throw studyError(at, `${from} cannot be replaced by itself`);
    return places[0];
  });
  if (!productOf(resolved))
    throw studyError(path, "the replacements cancel: no number of any species changes");
  return resolved;
}

/** A species of which every forward replacement makes more. */
function productOf(replacements: readonly ResolvedReplacement[]) {
  for (const { group, to } of replacements) {
    let gain = 0;
    for (const r of replacements)
      if (r.group === group) gain += r.to === to ? r.count : r.from === to ? -r.count : 0;
    if (gain > 0) return { group, species: to, gain };
  }
  return null;
}

/** The probability of a state is in proportion to e^(logWeight - potential / k_B T); neither depends on T. */
export interface EnsemblePotential {
  /** eV */
  readonly potential: number;
  /** The constraint of the variance-constrained ensemble, else 0. */
  readonly logWeight: number;
}

/**
 * The potential of a state in full. In the reservoir ensemble n is counted by the first species that forward
 * replacements make (vacancies, say), so n = 0 where there is none of it.
 */
export function potentialOf(
  ensemble: Ensemble,
  model: LatticeModel,
  groups: readonly ExchangeGroup[],
  supercell: Supercell,
  occupation: Uint8Array,
): EnsemblePotential {
  const energy = model.energy(occupation);
  const sites = groups.map((group) => groupSites(group, supercell));
  const count = (g: number, k: number) =>
    sites[g].reduce((sum, site) => sum + (occupation[site] === k ? 1 : 0), 0);
  const sumOver = (
    values: Readonly<Record<string, number>>,
    term: (v: number, g: number, k: number) => number,
  ) =>
    speciesValues(values, groups).reduce(
      (sum, row, g) => row.reduce<number>((s, v, k) => s + (v === undefined ? 0 : term(v, g, k)), sum),
      0,
    );
  switch (ensemble.kind) {
    case "canonical":
      return { potential: energy, logWeight: 0 };
    case "semi-grand": {
      const work = sumOver(ensemble.chemicalPotentials, (mu, g, k) => mu * count(g, k));
      return { potential: energy - work, logWeight: 0 };
    }
    case "variance-constrained": {
      const penalty = sumOver(
        ensemble.phi,
        (phi, g, k) => sites[g].length * (count(g, k) / sites[g].length + phi / 2) ** 2,
      );
      return { potential: energy, logWeight: -ensemble.kappa * penalty };
    }
    case "reservoir": {
      const replacements = resolveReplacements(ensemble.replace, groups, "sample.reservoir.replace");
      const product = productOf(replacements);
      const events = product ? count(product.group, product.species) / product.gain : 0;
      return { potential: energy + events * ensemble.deltaMu, logWeight: 0 };
    }
    default:
      return ensemble satisfies never;
  }
}

/**
 * What the mean concentration in the variance-constrained ensemble tells of the canonical free energy f per site of
 * the group, the species that are not constrained giving way:
 *   (∂f/∂c) / k_B T = -κ (φ + 2 <c>).
 * The probability of c is exp[-N f(c) / k_B T - κ N (c + φ/2)²], and its maximum is where the derivative of the exponent
 * vanishes. With both species of two constrained, subtract the other's value.
 * @param concentration <c>
 * @returns in units of k_B T per site
 * @see Sadigh, Erhart, Phys. Rev. B 86, 134204 (2012)
 */
export function freeEnergyDerivative(kappa: number, phi: number, concentration: number): number {
  return -kappa * (phi + 2 * concentration);
}
