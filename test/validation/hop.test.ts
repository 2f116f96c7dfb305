/** Searches from random starts against published minima. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../src/core/random.ts";
import { createAtoms } from "../../src/data/generators/create-atoms.ts";
import type { AtomsSpec } from "../../src/data/study/atoms-schema.ts";
import { Hopper } from "../../src/dynamics/hop/hopper.ts";
import { movingAtoms } from "../../src/dynamics/moving-atoms.ts";
import { guptaPotential } from "../../src/dynamics/potentials/gupta.ts";
import { guptaSet } from "../../src/dynamics/potentials/parameter-sets.ts";
import { hopSettings, hopToEnd, ljHopper } from "../dynamics/hop/hop-systems.ts";

const ljFile = "../shared/data/clusters/lj_global_minima_energies.csv";
const mgFile = "../shared/data/clusters/mg-gupta/mg_gupta_minima.xyz";
for (const file of [ljFile, mgFile]) if (!existsSync(file)) console.warn(`skipped: ${file} is not there`);

describe.skipIf(!existsSync(ljFile))("Lennard-Jones clusters", () => {
  const energies = existsSync(ljFile)
    ? new Map(
        readFileSync(ljFile, "utf8")
          .trim()
          .split("\n")
          .slice(1)
          .map((line) => line.split(",").map(Number) as [number, number]),
      )
    : new Map<number, number>();

  // LJ38 takes some 3000 quenches on average, with a spread of as much: nearly all seeds find it in 15 000, all in 30 000.
  it.each([
    [19, 10, 2000],
    [26, 10, 2000],
    [31, 5, 15_000],
    [38, 5, 30_000],
    [55, 5, 10_000],
  ])("LJ%i reaches the published energy from each of %i seeds", (n, seeds, steps) => {
    const energy = energies.get(n)!;
    for (let seed = 1; seed <= seeds; seed++) {
      const hopper = hopToEnd(ljHopper(n, seed, { targetEnergy: energy + 1e-5 }), steps);
      expect(Math.abs(hopper.best! - energy)).toBeLessThan(1e-5);
    }
  });
});

describe.skipIf(!existsSync(mgFile))("Mg clusters with the Gupta potential of GLOBUS", () => {
  const listed = new Map<number, number[]>();
  if (existsSync(mgFile))
    for (const [, atoms, energy] of readFileSync(mgFile, "utf8").matchAll(/^(\d+)\s*\nenergy=(\S+)/gm))
      listed.set(Number(atoms), [...(listed.get(Number(atoms)) ?? []), Number(energy)]);

  it.each([...listed])("Mg%i: the lowest minimum and the listed ones near it are found", (n, energies) => {
    const potential = guptaPotential(guptaSet("mg-globus", ["Mg"], "none"));
    const spec: AtomsSpec = {
      random: { composition: { Mg: n }, within: "sphere" },
      count: 1e6,
      frames: "last",
    };
    const starts = (index: number) => movingAtoms(createAtoms(spec, { seed: 1, index }));
    const settings = hopSettings({
      temperature: 6000,
      restartAfter: 200,
      keep: 2000,
      same: { energy: 1e-4, distance: 0.02 },
    });
    const hopper = hopToEnd(new Hopper(potential, starts, settings, new RandomStream(1, 0), 0), 5000);
    const lowest = Math.min(...energies);
    expect(Math.abs(hopper.best! - lowest)).toBeLessThan(1e-4);
    // At 6000 K a walk climbs by some half an eV at a time: what lies far above the lowest it has no need to meet.
    const near = energies.filter((energy) => energy < lowest + 2.2);
    const missing = near.filter((energy) => hopper.minima.every((m) => Math.abs(m.energy - energy) > 1e-4));
    expect(missing).toEqual([]);
  });
});
