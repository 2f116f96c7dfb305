/** Potentials from plain data, which can cross to threads and be written down. */
import type { Potential } from "../../core/calculator.ts";
import { type BuckinghamSpec, buckinghamPotential } from "./buckingham.ts";
import { type EamSpec, eamPotential } from "./eam.ts";
import { type GuptaSpec, guptaPotential } from "./gupta.ts";
import { type LennardJonesSpec, lennardJonesPotential } from "./lennard-jones.ts";
import { type MorseSpec, morsePotential } from "./morse.ts";
import { type SuttonChenSpec, suttonChenPotential } from "./sutton-chen.ts";

export type PotentialSpec =
  | BuckinghamSpec
  | EamSpec
  | GuptaSpec
  | LennardJonesSpec
  | MorseSpec
  | SuttonChenSpec;

/** @throws {EcitonError} "data" for parameters that make no sense */
export function createPotential(spec: PotentialSpec): Potential {
  switch (spec.kind) {
    case "buckingham":
      return buckinghamPotential(spec);
    case "eam":
      return eamPotential(spec);
    case "gupta":
      return guptaPotential(spec);
    case "lennard-jones":
      return lennardJonesPotential(spec);
    case "morse":
      return morsePotential(spec);
    case "sutton-chen":
      return suttonChenPotential(spec);
    default:
      return spec satisfies never;
  }
}
