import type { BuckinghamSpec } from "../../src/dynamics/potentials/buckingham.ts";
import { buckinghamPotential } from "../../src/dynamics/potentials/buckingham.ts";
import type { CoulombSpec } from "../../src/dynamics/potentials/coulomb.ts";
import { ionSet } from "../../src/dynamics/potentials/ion-sets.ts";
import { primitiveFluorite } from "../dynamics/potentials/ion-crystals.ts";
import { type Periodicity, supercell, transformed } from "./atoms.ts";
import { calculatorContract, everyPeriodicity } from "./calculator.ts";

/** Two primitive cells of ceria, pulled out of shape. */
const ceria = transformed(
  supercell(primitiveFluorite(5.5, "Ce4+", "O2-"), [1, 2, 1]),
  [1.02, 0.03, 0, 0.01, 0.99, -0.02, 0, 0.02, 1.01],
);

/** A set with a cut-off that makes lists short; what the contract asks for does not depend on its length. */
function shortened(name: string, coulomb: CoulombSpec): BuckinghamSpec {
  return { ...ionSet(name, coulomb, ["Ce4+", "O2-"]), cutoff: { from_A: 5.6, to_A: 6.4 } };
}

/** A cerium has eight neighbours at 2.4 Å, whose Coulomb and short-range energies are 50 eV each, and many more. */
const scale = 1500;
const bulkSlabCluster: readonly Periodicity[] = [
  [true, true, true],
  [true, true, false],
  [true, false, true],
  [false, false, false],
];

calculatorContract({
  name: "ions, Ewald",
  potential: buckinghamPotential(shortened("grimes", { method: "ewald", accuracy: 1e-14 })),
  crystal: ceria,
  periodicities: bulkSlabCluster,
  scale,
  ends: [5.6, 6.4],
  smooth: true,
  // The cell around a slab is as high as the slab was when the list was built; that counts for 1e-14 of some hundred eV.
  accuracy: 1e-11,
  finiteRange: false,
});

calculatorContract({
  name: "ions, Wolf",
  potential: buckinghamPotential(shortened("grimes", { method: "wolf", damping_per_A: 0.3 })),
  crystal: ceria,
  periodicities: everyPeriodicity,
  scale,
  ends: [5.6, 6.4],
  smooth: true,
});

calculatorContract({
  name: "ions with a Morse term that ends at once",
  potential: buckinghamPotential(shortened("ip10b", { method: "wolf", damping_per_A: 0.3 })),
  crystal: ceria,
  periodicities: everyPeriodicity.slice(0, 1),
  scale,
  ends: [5.278, 5.6, 6.4],
  smooth: false,
});

calculatorContract({
  name: "ions, bare charges without a cut-off",
  potential: buckinghamPotential({
    ...ionSet("grimes", { method: "bare" }, ["Ce4+", "O2-"]),
    cutoff: null,
  }),
  crystal: ceria,
  periodicities: [[false, false, false]],
  scale,
  smooth: false,
  finiteRange: false,
});
