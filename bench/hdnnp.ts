/**
 * Neural network potentials: microseconds of CPU for the energy and forces of an atom, compiled, by the plain formulas, and
 * in n2p2; memory of the compiled kernel and of the process.
 */
import { evaluationFor } from "../src/core/calculator.ts";
import { hdnnpPotential } from "../src/nn/hdnnp/hdnnp-potential.ts";
import { evaluateHdnnp } from "../src/nn/hdnnp/hdnnp-reference.ts";
import { epochResults } from "./support/hdnnp-epoch.ts";
import { missingReference, n2p2Systems, referenceSystem } from "./support/hdnnp-systems.ts";
import type { BenchResult } from "./support/measure.ts";

const MIB = 2 ** 20;
/** Atoms that are evaluated for one time, and times of which the fastest counts. */
const ATOMS = 3000;
const RUNS = 12;

/** CPU seconds. What a machine with other work adds only ever slows down. */
function fastestSeconds(runs: number, action: () => void): number {
  return Math.min(
    ...Array.from({ length: runs }, () => {
      const begun = process.cpuUsage();
      action();
      const { user, system } = process.cpuUsage(begun);
      return (user + system) / 1e6;
    }),
  );
}

function evaluation(system: (typeof n2p2Systems)[number]): BenchResult[] {
  const { name, n2p2 } = system;
  const { model, structure } = referenceSystem(system);
  const { positions, cell, species } = structure;
  const atoms = species.length;
  const potential = hdnnpPotential({ kind: "hdnnp", title: name, members: [model], extrapolation: "warn" });
  const calculator = potential.calculator(structure);
  const out = evaluationFor(atoms);
  const times = Math.ceil(ATOMS / atoms);
  const compiled =
    (fastestSeconds(RUNS, () => {
      for (let n = 0; n < times; n++) calculator.evaluate(positions, cell, out);
    }) *
      1e6) /
    (times * atoms);
  const reference = (fastestSeconds(1, () => evaluateHdnnp(model, structure)) * 1e6) / atoms;
  const result = (what: string, value: number, unit: string) => ({
    name: `hdnnp.${name}.${what}`,
    value,
    unit,
  });
  return [
    result("us_per_atom", compiled, "µs"),
    result("reference.us_per_atom", reference, "µs"),
    result("n2p2.us_per_atom", n2p2, "µs"),
    result("times_n2p2", n2p2 / compiled, ""),
    result("kernel.MiB", calculator.memoryBytes / MIB, "MiB"),
  ];
}

export async function run(): Promise<BenchResult[]> {
  const missing = missingReference();
  if (missing) {
    console.warn(`${missing} is absent: there are no potentials to take times of`);
    return [];
  }
  const results = n2p2Systems.flatMap(evaluation);
  const memory = { name: "hdnnp.process.MiB", value: process.memoryUsage().rss / MIB, unit: "MiB" };
  return [...results, memory, ...(await epochResults())];
}
