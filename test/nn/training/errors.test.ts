import { beforeAll, describe, expect, it } from "vitest";
import { evaluateHdnnp } from "../../../src/nn/hdnnp/hdnnp-reference.ts";
import { dependenceOf } from "../../../src/nn/symmetry-functions/dependence.ts";
import { describeStructure } from "../../../src/nn/symmetry-functions/reference.ts";
import {
  errorsByElement,
  errorsByGroup,
  type Prediction,
  predict,
  type Sample,
  setErrors,
  structureErrors,
  summarise,
} from "../../../src/nn/training/errors.ts";
import {
  internalEnergy,
  internalForce,
  internalStrains,
  physicalEnergy,
  physicalStress,
} from "../../../src/nn/training/internal-units.ts";
import { StructureEvaluator } from "../../../src/nn/training/structure-evaluator.ts";
import { weightsOf, withWeights } from "../../../src/nn/training/weight-layout.ts";
import { expectCurve, replaySamples, skipWithoutReplays } from "./replay-data.ts";
import { smallModel, smallStructure } from "./small-model.ts";

const model = smallModel(51);
const dependence = dependenceOf(model.elements);

function sampleOf(seed: number, periodic: boolean, known: Partial<Sample>, structureClass = "any"): Sample {
  const structure = smallStructure(seed, periodic);
  const descriptors = describeStructure(model.elements, structure, { strains: true });
  return {
    name: `structure ${seed}`,
    source: { file: "none", line: null },
    structureClass,
    numAtoms: descriptors.numAtoms,
    kinds: descriptors.kinds,
    volume: periodic ? volumeOf(structure.cell) : null,
    energy: null,
    forces: null,
    stress: null,
    descriptors: () => descriptors,
    ...known,
  };
}

function volumeOf(c: Float64Array): number {
  return Math.abs(
    c[0] * (c[4] * c[8] - c[5] * c[7]) +
      c[1] * (c[5] * c[6] - c[3] * c[8]) +
      c[2] * (c[3] * c[7] - c[4] * c[6]),
  );
}

describe("predictions", () => {
  const evaluator = new StructureEvaluator(model, dependence);

  it("are the potential's energy, forces and stress", () => {
    const sample = sampleOf(52, true, { stress: new Float64Array(9) });
    const plain = evaluateHdnnp(model, smallStructure(52, true));
    const found = predict(model, evaluator, sample);
    expect(found.energy).toBeCloseTo(plain.energy, 11);
    plain.forces.forEach((f, k) => {
      expect(found.forces[k]).toBeCloseTo(f, 11);
    });
    plain.virial.forEach((w, k) => {
      expect(found.stress![k]).toBeCloseTo(-w / sample.volume!, 11);
    });
  });

  it("have no stress where there is none to compare with", () => {
    expect(predict(model, evaluator, sampleOf(53, true, {})).stress).toBeNull();
  });

  it("refuse weights that have diverged, naming the structure", () => {
    const diverged = new StructureEvaluator(withWeights(model, weightsOf(model).fill(Infinity)), dependence);
    expect(() => predict(model, diverged, sampleOf(54, false, {}))).toThrow(
      /structure "structure 54".*without bound/,
    );
  });
});

describe("units of the networks", () => {
  it("go there and back", () => {
    const { kinds, volume } = sampleOf(55, true, {});
    const { perEnergy, perLength, meanEnergy } = model.normalisation;
    expect(physicalEnergy(model, kinds, internalEnergy(model, kinds, -12.5))).toBeCloseTo(-12.5, 12);
    // Three O of −3.5 eV and four Cu of −1.25 eV; seven means.
    expect(physicalEnergy(model, kinds, 5)).toBeCloseTo(5 / perEnergy - 15.5 + 7 * meanEnergy, 12);
    expect(internalForce(model)).toBe(perEnergy / perLength);
    const stress = Float64Array.of(0.1, 0.02, 0.03, 0.02, -0.2, 0.04, 0.03, 0.04, 0.3);
    const back = physicalStress(model, internalStrains(model, stress, volume!), volume!);
    stress.forEach((s, k) => {
      expect(back[k]).toBeCloseTo(s, 15);
    });
  });
});

describe("errors", () => {
  const zero = new Float64Array(21);
  const predicted = (
    energy: number,
    forces: Float64Array,
    stress: Float64Array | null = null,
  ): Prediction => ({
    energy,
    forces,
    stress,
  });
  const labels = { energy: 7, forces: zero, stress: new Float64Array(9) };
  const stress = Float64Array.of(6, 1, 0, 1, 0, 0, 0, 0, 0);
  const force = (atom: number, component: number, value: number) => {
    const out = new Float64Array(21);
    out[3 * atom + component] = value;
    return out;
  };
  // Seven atoms: errors per atom of 3 and -4 eV; atoms 0 (Cu) and 1 (O) with one wrong component each.
  const rows = [
    structureErrors(model, sampleOf(1, true, labels, "bulk"), predicted(28, force(0, 1, 2), stress)),
    structureErrors(model, sampleOf(2, false, labels, "cluster"), predicted(-21, force(1, 2, -3))),
    structureErrors(model, sampleOf(3, false, {}, "bulk"), predicted(5, zero)),
  ];

  it("are n2p2's sums over structures and components", () => {
    const all = summarise(rows);
    expect(all).toMatchObject({ structures: 3, atoms: 21, forces: 42 });
    expect(all.energyRmse).toBeCloseTo(Math.sqrt((9 + 16) / 2), 14);
    expect(all.energyMae).toBeCloseTo(3.5, 14);
    expect(all.forceRmse).toBeCloseTo(Math.sqrt(13 / 42), 14);
    expect(all.forceMae).toBeCloseTo(5 / 42, 14);
    // Of six independent components: 6 and 1.
    expect(all.stressRmse).toBeCloseTo(Math.sqrt(37 / 6), 14);
    expect(all.stressMae).toBeCloseTo(7 / 6, 14);
    const { energyRmse, energyMae, forceRmse, forceMae, stressRmse } = all;
    expect(setErrors(rows)).toEqual({ energyRmse, energyMae, forceRmse, forceMae, stressRmse });
  });

  it("are told apart by class of structures and by element", () => {
    const groups = errorsByGroup(rows);
    expect([...groups.keys()]).toEqual(["bulk", "cluster"]);
    expect(groups.get("bulk")).toMatchObject({ structures: 2, forces: 21, energyMae: 3 });
    expect(groups.get("cluster")).toMatchObject({ structures: 1, energyMae: 4, stressRmse: null });
    const [oxygen, copper] = errorsByElement(model, rows);
    expect(oxygen).toMatchObject({ element: "O", forces: 2 * 9, forceMae: 3 / 18 });
    expect(copper).toMatchObject({ element: "Cu", forces: 2 * 12, forceMae: 2 / 24 });
    expect(copper.forceRmse).toBeCloseTo(Math.sqrt(4 / 24), 14);
  });

  it("keep energies per atom for parity plots, and are null without references", () => {
    expect(rows[0].energy).toEqual({ reference: 1, predicted: 4 });
    expect(rows[2]).toMatchObject({ energy: null, forces: null, stress: null });
    expect(summarise(rows.slice(2))).toMatchObject({ energyRmse: null, forceRmse: null, forces: 0 });
    expect(() => setErrors(rows.slice(2))).toThrow(/none of 1 structures has an energy/);
  });
});

describe.skipIf(skipWithoutReplays())("learning curves that n2p2 printed, Lennard-Jones dimers", () => {
  const samples: { train: Sample[]; test: Sample[] } = { train: [], test: [] };
  beforeAll(() => {
    samples.train = replaySamples("LJ", "train");
    samples.test = replaySamples("LJ", "test");
  });

  it("are reproduced to every digit after each of ten epochs", () => {
    expect(samples.train.length + samples.test.length).toBe(101);
    for (let epoch = 0; epoch <= 10; epoch++) {
      expectCurve("LJ", epoch, "train", samples.train);
      expectCurve("LJ", epoch, "test", samples.test);
    }
  });
});

describe.skipIf(skipWithoutReplays())("learning curves that n2p2 printed, water", () => {
  it("are reproduced to every digit: 48 atoms, in atomic units, normalised", () => {
    const samples = replaySamples("H2O_RPBE-D3", "test");
    for (const epoch of [0, 1, 2]) expectCurve("H2O_RPBE-D3", epoch, "test", samples);
  });
});
