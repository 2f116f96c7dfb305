/** Frames that are functions of their number alone, on a lattice with two, three and one species a site. */
import { RandomStream } from "../../src/core/random.ts";
import type { TrajectoryHeader } from "../../src/data/trajectory-format.ts";
import { latticeRecord } from "../../src/lattice/lattice-record.ts";
import { createParentLattice } from "../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../src/lattice/supercell.ts";

const lattice = createParentLattice({
  cell: [3, 0, 0, 0, 3, 0, 0, 0, 3],
  coordinates: "fractional",
  sites: [
    { name: "a", position: [0, 0, 0], species: ["Cu", "Au"] },
    { name: "still", position: [0.5, 0.5, 0], species: ["S"] },
    { name: "b", position: [0.5, 0, 0.5], species: ["O", "N", "Vac"] },
  ],
});

export const trajectoryHeader: TrajectoryHeader = {
  lattice: latticeRecord(lattice),
  supercell: [5, 5, 3],
  about: { chain: 4, seed: 11, steps: 1e9, temperature_K: 512.5, replica: 1, state: "Θ = 1/16" },
};

const supercell = new Supercell(lattice, trajectoryHeader.supercell);

const occupations = Array.from({ length: 61 }, (_, k) => {
  const random = new RandomStream(trajectoryHeader.about.seed, k);
  return Uint8Array.from({ length: supercell.numSites }, (_, i) =>
    random.nextIndex(lattice.sites[supercell.sublatticeOf(i)].species.length),
  );
});

/** Energies differ from frame to frame; occupations come again after 61 frames, so that many frames take little time. */
export function frameOf(index: number) {
  return { step: 1000 * (index + 1), energy: Math.sin(index + 1), occupation: occupations[index % 61] };
}
