import { parse } from "csv-parse/sync";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import type { Figure } from "../../src/report/figure.ts";
import { FigureBook } from "../../src/report/figure.ts";
import { learningCurveFigure } from "../../src/report/plots/learning-curve.ts";
import { energyParityFigure, forceParityFigure, spreadFigure } from "../../src/report/plots/model-parity.ts";
import { trainingSection } from "../../src/report/sections/training.ts";
import type { EpochPoint, MemberSummary, TrainingSummary } from "../../src/report/training-model.ts";

const rows = (csv: string) =>
  parse(csv, { columns: true, record_delimiter: "\n" }) as Record<string, string>[];

function panel(figure: Figure, index = 0) {
  const { document } = parseHTML(`<html><body>${figure.panels[index].svg.text}</body></html>`);
  const groups = (name: string) => [...document.querySelectorAll(`g[aria-label="${name}"]`)];
  return { text: document.querySelector("svg")!.textContent ?? "", groups };
}

const epoch = (n: number, more: Partial<EpochPoint> = {}): EpochPoint => ({
  epoch: n,
  trainEnergy_meV: 100 / (n + 1),
  testEnergy_meV: 120 / (n + 1),
  trainForce_eV_per_A: 1 / (n + 1),
  testForce_eV_per_A: 1.1 / (n + 1),
  ...more,
});
const member = (name: string, epochs: readonly EpochPoint[], kept = 2): MemberSummary => ({
  name,
  epochs,
  kept,
  ended: "all epochs done",
});
const epochs = [0, 1, 2].map((n) => epoch(n));

describe("learning curves", () => {
  it("have a line for each set and member, on panels for what there is", () => {
    const figure = learningCurveFigure([member("member 1", epochs), member("member 2", epochs, 1)]);
    expect(figure.panels.map(({ title }) => title)).toEqual(["Energies", "Forces"]);
    expect(
      panel(figure)
        .groups("line")
        .flatMap((g) => [...g.querySelectorAll("path")]),
    ).toHaveLength(4);
    expect(
      panel(figure)
        .groups("rule")
        .flatMap((g) => [...g.querySelectorAll("line")]),
    ).toHaveLength(2);
    expect(figure.caption).toContain("2 members");
    const table = rows(figure.csv);
    expect(table).toHaveLength(6);
    expect(Number(table[1].testEnergy_meV)).toBe(60);
  });

  it("show stresses where they were trained", () => {
    const withStress = epochs.map((one) => ({ ...one, trainStress_GPa: 1 / (one.epoch + 1) }));
    const figure = learningCurveFigure([member("member 1", withStress)]);
    expect(figure.panels.map(({ title }) => title)).toEqual(["Energies", "Forces", "Stresses"]);
    expect(panel(figure, 2).text).toContain("RMSE of stresses (GPa)");
  });

  it("do without forces, without a test, and with an error of zero", () => {
    const bare = [0, 1, 2].map((n) => ({ epoch: n, trainEnergy_meV: n === 1 ? 0 : 5 }));
    const figure = learningCurveFigure([member("member 1", bare)]);
    expect(figure.panels.map(({ title }) => title)).toEqual(["Energies"]);
    expect(figure.legend!.map(({ label }) => label)).toEqual(["training", "kept"]);
    expect(figure.panels[0].svg.text).not.toMatch(/NaN|Infinity/);
  });

  it("refuse numbers that are not finite", () => {
    const bad = [epoch(0), epoch(1, { testForce_eV_per_A: Number.NaN })];
    expect(() => learningCurveFigure([member("member 1", bad)])).toThrow(/testForce_eV_per_A/);
  });
});

describe("predictions against data", () => {
  const point = (k: number, set: "training" | "test", structureClass: string) => ({
    name: `s${k}`,
    set,
    structureClass,
    reference: -3 + 0.1 * k,
    predicted: -3 + 0.1 * k + 0.002,
  });
  const points = [point(0, "training", "bulk"), point(1, "training", "slab"), point(2, "test", "slab")];

  it("have a dot for each structure on both panels, with residuals in meV", () => {
    const figure = energyParityFigure(points);
    for (const index of [0, 1])
      expect(
        panel(figure, index)
          .groups("dot")
          .flatMap((g) => [...g.querySelectorAll("circle")]),
      ).toHaveLength(3);
    expect(panel(figure, 1).text).toContain("residual (meV/atom)");
    expect(figure.legend!.map(({ label }) => label)).toEqual(["bulk", "slab", "perfect agreement"]);
    expect(rows(figure.csv)[2]).toMatchObject({ structure: "s2", set: "test", class: "slab" });
  });

  it("say how many of the force components are shown", () => {
    const forces = points.map(({ set, reference, predicted }) => ({
      set,
      element: "Cu",
      reference,
      predicted,
    }));
    expect(forceParityFigure(forces, 300).caption).toContain("3 components of 300");
    expect(forceParityFigure(forces, 3).caption).toContain("3 components, coloured by element");
  });

  it("fold many classes into the last colour", () => {
    const many = Array.from({ length: 30 }, (_, k) => point(k, "training", `class ${k}`));
    const labels = energyParityFigure(many).legend!.map(({ label }) => label);
    expect(labels.length).toBeLessThan(12);
    expect(labels.some((label) => /^\d+ others$/.test(label))).toBe(true);
  });

  it("hold the spread of a committee against its error", () => {
    const figure = spreadFigure([
      { name: "a", set: "training", spread_meV: 1, error_meV: 2 },
      { name: "b", set: "test", spread_meV: 0, error_meV: 0 },
    ]);
    expect(
      panel(figure)
        .groups("dot")
        .flatMap((g) => [...g.querySelectorAll("path, circle")]),
    ).toHaveLength(2);
    expect(rows(figure.csv)[0]).toMatchObject({ structure: "a", spread_meV_per_atom: "1" });
  });
});

describe("the section of a training", () => {
  const summary: TrainingSummary = {
    method: "A potential <for> Cu",
    data: [{ set: "training", structureClass: "bulk", structures: 3, atoms: 12, forces: 36 }],
    elements: [
      { element: "Cu", functions: 18, network: "18-10-1, tanh", weights: 201, atomicEnergy_eV: -2.4728 },
    ],
    members: [member("member 1", epochs)],
    errors: [
      { set: "training", group: "all", structures: 3, energyRmse_meV: 1.234, forceRmse_eV_per_A: 0.0512 },
    ],
    energies: [],
    forces: [],
    numForces: 0,
    functions: [{ element: "Cu", text: "G2 Cu-Cu", fate: "left out: the same for all atoms" }],
  };
  const textOf = (one: TrainingSummary) => {
    const { body } = trainingSection(one, new FigureBook());
    return body.map((part) => (part === undefined ? "" : part.text)).join("");
  };

  it("shows what there is, and nothing of what there is not", () => {
    const text = textOf(summary);
    for (const words of [
      "A potential &lt;for&gt; Cu",
      "1.23",
      "0.0512",
      "18-10-1, tanh",
      "left out: the same for all atoms",
    ])
      expect(text).toContain(words);
    for (const words of ["stress RMSE", "member 1", "undefined", "NaN", "Spread of the committee"])
      expect(text).not.toContain(words);
  });

  it("lists the members of a committee and its spread", () => {
    const text = textOf({
      ...summary,
      members: [member("member 1", epochs), member("member 2", epochs)],
      spread: [{ name: "a", set: "test", spread_meV: 1, error_meV: 2 }],
    });
    for (const words of ["member 2", "all epochs done", "Spread of the committee"])
      expect(text).toContain(words);
  });
});
