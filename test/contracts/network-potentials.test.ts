import { RandomStream } from "../../src/core/random.ts";
import { hdnnpPotential } from "../../src/nn/hdnnp/hdnnp-potential.ts";
import type { HdnnpModel } from "../../src/nn/hdnnp/model.ts";
import type { ElementFunctions } from "../../src/nn/symmetry-functions/dependence.ts";
import type { SymmetryFunction } from "../../src/nn/symmetry-functions/symmetry-function.ts";
import { randomModel } from "../nn/hdnnp/random-model.ts";
import { crystal, rattled } from "./atoms.ts";
import { calculatorContract, everyPeriodicity } from "./calculator.ts";

const radius = 4.6;
const cutoff = { form: "tanh3", alpha: 0 } as const;
const bell = { form: "p4", left: -radius, radius } as const;

const functions: SymmetryFunction[] = [
  ...["O", "Cu"].map((neighbour) => ({ type: 2 as const, neighbour, eta: 0.3, shift: 1.9, radius, cutoff })),
  ...([3, 9] as const).flatMap((type) =>
    ([1, -1] as const).map((lambda) => ({
      type,
      neighbours: ["O", "Cu"] as const,
      eta: 0.03,
      shift: 0,
      lambda,
      zeta: 2,
      radius,
      cutoff,
    })),
  ),
  { type: 3, neighbours: ["Cu", "Cu"], eta: 0.1, shift: 0, lambda: 1, zeta: 3.5, radius, cutoff },
  { type: 12, eta: 0.1, shift: 0, radius, cutoff },
  { type: 20, neighbour: "O", ...bell },
  { type: 22, neighbours: ["O", "O"], ...bell, angleLeft: -120, angleRight: 120 },
];
const elements: ElementFunctions[] = ["O", "Cu"].map((element) => ({ element, functions }));

const a = 3.9;
const atoms = crystal(
  [a, 0.03 * a, 0, 0.1 * a, 0.97 * a, 0.02 * a, -0.08 * a, 0.05 * a, 1.04 * a],
  [
    ["Cu", [0, 0, 0]],
    ["O", [0, 0.5, 0.51]],
    ["Cu", [0.49, 0.03, 0.5]],
    ["O", [0.52, 0.5, 0]],
  ],
);
const wide = rattled(atoms, 0.3, new RandomStream(1, 0));
const members: HdnnpModel[] = [1, 2].map((seed) => randomModel(elements, wide, { seed }));

calculatorContract({
  name: "HDNNP of oxygen and copper, a committee of two",
  potential: hdnnpPotential({ kind: "hdnnp", title: "random", members, extrapolation: "ignore" }),
  crystal: atoms,
  periodicities: everyPeriodicity,
  // Networks of this size, on inputs of about 1.
  scale: 30,
  ends: [radius],
  smooth: true,
});
