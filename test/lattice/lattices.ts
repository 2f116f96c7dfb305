/** Lattices that several tests use. */
import type { LatticeInput, SiteInput } from "../../src/lattice/parent-lattice.ts";

const L = 15.45 / 4;
const d = (L * Math.SQRT2) / Math.sqrt(3);

function oxygen(n: number, position: [number, number, number]): SiteInput {
  return {
    name: `O${n}`,
    position,
    species: ["O", "V"],
    kind: "O",
    layer: `O${n}`,
    labels: { V: `VO${n}` },
  };
}

function cerium(n: number, position: [number, number, number]): SiteInput {
  return {
    name: `Ce${n}`,
    position,
    species: ["Ce4+", "Ce3+"],
    kind: "Ce",
    layer: `Ce${n}`,
    labels: { "Ce3+": `Ce${n}` },
  };
}

/** The five active sites of CeO2(111), after the paper's geometry. */
export const ceriaInput: LatticeInput = {
  cell: [L, 0, 0, -L / 2, (L * Math.sqrt(3)) / 2, 0, 0, 0, 20],
  periodic: [true, true, false],
  coordinates: "cartesian",
  sites: [
    oxygen(1, [-L / 2, -L / (2 * Math.sqrt(3)), d / 4]),
    cerium(1, [0, 0, 0]),
    oxygen(2, [-L / 2, L / (2 * Math.sqrt(3)), -d / 4]),
    oxygen(3, [0, 0, (-3 * d) / 4]),
    cerium(2, [-L / 2, L / (2 * Math.sqrt(3)), -d]),
  ],
};

export function fccInput(a: number, species: readonly string[] = ["A", "B"]): LatticeInput {
  return {
    cell: [0, a / 2, a / 2, a / 2, 0, a / 2, a / 2, a / 2, 0],
    coordinates: "fractional",
    sites: [{ name: "s", position: [0, 0, 0], species }],
  };
}

export function squareInput(a: number, species: readonly string[] = ["A", "B"]): LatticeInput {
  return {
    cell: [a, 0, 0, 0, a, 0, 0, 0, 10],
    periodic: [true, true, false],
    coordinates: "fractional",
    sites: [{ name: "s", position: [0, 0, 0], species }],
  };
}
