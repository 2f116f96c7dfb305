import { describe, expect, it } from "vitest";
import { EcitonError } from "../../src/core/errors.ts";
import type { CompositionInput, Condition, GridInput } from "../../src/mc/grid.ts";
import { expandGrid } from "../../src/mc/grid.ts";
import { ceriaLattice } from "./ceria.ts";

const lattice = ceriaLattice();

const fixed = (compositions: readonly CompositionInput[]): Condition[] =>
  compositions.map((composition, c) => ({
    composition,
    ensemble: () => ({ kind: "canonical" }),
    path: `sample.compositions[${c}]`,
  }));

const input: GridInput = {
  temperatures_K: [300, 700],
  conditions: fixed([{ per_cell: { V: 1 / 16, "Ce3+": 1 / 8 } }, { counts: { V: 2, "Ce3+": 4 } }]),
  supercells: [
    [4, 4, 1],
    [8, 8, 1],
  ],
  replicas: 3,
  charges: { V: 2, "Ce3+": -1 },
};

const errorOf = (changes: Partial<GridInput>) => {
  try {
    expandGrid(lattice, { ...input, ...changes });
  } catch (error) {
    if (error instanceof EcitonError && error.code === "study") return error;
    throw error;
  }
  throw new Error("no error was thrown");
};

describe("expandGrid", () => {
  const points = expandGrid(lattice, input);

  it("numbers points by position, replicas fastest and supercells slowest", () => {
    expect(points).toHaveLength(2 * 2 * 2 * 3);
    points.forEach((point, k) => {
      expect(point.index).toBe(k);
      expect(k).toBe(
        ((point.supercellIndex * 2 + point.conditionIndex) * 2 + point.temperatureIndex) * 3 + point.replica,
      );
      expect(point.temperature_K).toBe(input.temperatures_K[point.temperatureIndex]);
    });
  });

  it("turns numbers per cell into whole numbers", () => {
    expect(points[0].composition).toEqual({ V: 1, "Ce3+": 2 });
    expect(points[12].composition).toEqual({ V: 4, "Ce3+": 8 });
    expect(points[18].composition).toEqual({ V: 2, "Ce3+": 4 });
  });

  it("names the product and the nearest possible values where the number is not whole", () => {
    const error = errorOf({
      conditions: fixed([{ per_cell: { V: 0.1, "Ce3+": 0.2 } }]),
      supercells: [[4, 4, 1]],
    });
    expect(error.details.path).toBe("sample.compositions[0].per_cell.V");
    expect(error.message).toContain("0.1 per cell times 16 cells is 1.6");
    expect(error.message).toContain("1/16 = 0.0625 and 2/16 = 0.125");
  });

  it("takes a rounded third as a third", () => {
    const third = { V: 0.333333, "Ce3+": 0.666667 };
    const [point] = expandGrid(lattice, {
      ...input,
      supercells: [[3, 3, 1]],
      conditions: fixed([{ per_cell: third }]),
    });
    expect(point.composition).toEqual({ V: 3, "Ce3+": 6 });
  });

  it.each([
    [
      { conditions: fixed([{ per_cell: { V: 1 / 16 } }]) },
      "sample.compositions[0].per_cell",
      "1 V of 2 e add up to 2 e",
    ],
    [{ conditions: fixed([{ counts: { V: 0 } }]) }, "sample.compositions[0].counts", "nothing can exchange"],
    [
      { conditions: fixed([{ counts: { V: 60, "Ce3+": 120 } }]) },
      "sample.compositions[0].counts",
      "60 of V do not fit",
    ],
    [
      { conditions: fixed([{ per_cell: { V: -1 } }]) },
      "sample.compositions[0].per_cell.V",
      "at least 0, found -1",
    ],
    [{ charges: { Fe: 2 } }, "sample.compositions[0].per_cell", '"Fe", which no site holds'],
    [{ temperatures_K: [300, 0] }, "sample.temperatures_K[1]", "above 0, found 0"],
    [{ supercells: [[4, 4, 2]] }, "sample.supercells[0]", "not periodic"],
    [{ replicas: 0 }, "sample.replicas", "at least 1"],
  ] as [Partial<GridInput>, string, string][])("refuses %j", (changes, path, message) => {
    const error = errorOf(changes);
    expect(error.details.path).toBe(path);
    expect(error.message).toContain(message);
  });
});
