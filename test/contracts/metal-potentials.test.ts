import { eamPotential } from "../../src/dynamics/potentials/eam.ts";
import { guptaPotential } from "../../src/dynamics/potentials/gupta.ts";
import { guptaSet, suttonChenSet } from "../../src/dynamics/potentials/parameter-sets.ts";
import { suttonChenPotential } from "../../src/dynamics/potentials/sutton-chen.ts";
import { zhouTables } from "../../src/dynamics/potentials/zhou-eam.ts";
import { type Atoms, crystal } from "./atoms.ts";
import { calculatorContract, everyPeriodicity } from "./calculator.ts";

/** Four atoms of an fcc lattice that is bent out of its symmetry. */
function bentFcc(a: number, species: readonly [string, string, string, string]): Atoms {
  return crystal(
    [a, 0.03 * a, 0, 0.1 * a, 0.97 * a, 0.02 * a, -0.08 * a, 0.05 * a, 1.04 * a],
    [
      [species[0], [0, 0, 0]],
      [species[1], [0, 0.5, 0.51]],
      [species[2], [0.49, 0.03, 0.5]],
      [species[3], [0.52, 0.5, 0]],
    ],
  );
}

// Of every atom: about 10 eV of repulsion and 15 eV of cohesion in the metals here.
const scale = 25;

const goldCopper = guptaSet("noble-metal-alloys", ["Au", "Cu"], "shells");
calculatorContract({
  name: "Gupta, gold and copper",
  potential: guptaPotential(goldCopper),
  crystal: bentFcc(3.85, ["Au", "Cu", "Cu", "Au"]),
  periodicities: everyPeriodicity,
  scale,
  // The third derivative has a step where the cut-off begins.
  ends: [goldCopper.cutoff!.from_A, goldCopper.cutoff!.to_A],
  smooth: true,
});

calculatorContract({
  name: "Gupta, copper without a cut-off",
  potential: guptaPotential(guptaSet("cleri-rosato-1993", ["Cu"], "none")),
  crystal: bentFcc(3.615, ["Cu", "Cu", "Cu", "Cu"]),
  periodicities: [[false, false, false]],
  scale,
  // Nothing ends.
  smooth: false,
});

const palladiumCopper = suttonChenSet("sutton-chen-1990", ["Pd", "Cu"], "two-lattice-constants");
calculatorContract({
  name: "Sutton-Chen, palladium and copper",
  potential: suttonChenPotential(palladiumCopper),
  crystal: bentFcc(3.75, ["Pd", "Cu", "Cu", "Pd"]),
  periodicities: everyPeriodicity,
  scale,
  ends: [palladiumCopper.cutoff!.from_A, palladiumCopper.cutoff!.to_A],
  smooth: true,
});

// Cubics between knots have steps in their second derivative: of h² times the fourth derivative of the functions, so
// that central differences see 1e-9 of them with 8,000 knots.
for (const [name, species, a] of [
  ["EAM of copper from tables", ["Cu"], 3.615],
  ["EAM of silver and copper from tables", ["Ag", "Cu"], 3.85],
] as const)
  calculatorContract({
    name,
    potential: eamPotential({ kind: "eam", title: "Zhou et al. 2004", tables: zhouTables(species, 8001) }),
    crystal: bentFcc(a, ["Cu", species[0], "Cu", species[0]]),
    // Memory is full of tables, which costs the time of the other periodicities.
    periodicities: [
      [true, true, true],
      [true, false, false],
      [false, false, false],
    ],
    scale,
    smooth: true,
  });
