/** Lowest states of the published ceria model on its 4x4 cell. */
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../src/core/random.ts";
import type { Supercell } from "../../src/lattice/supercell.ts";
import { Cooling } from "../../src/mc/methods/cooling.ts";
import { publishedCeria, publishedTerms } from "./ceria.ts";
import { countStates, forEachState, lowestLevels } from "./enumerate-states.ts";

/** Numbers of defects in O1, O2, O3, Ce1, Ce2. */
function perLayer(supercell: Supercell, occupation: Uint8Array): number[] {
  const counts: Record<string, number> = { O1: 0, O2: 0, O3: 0, Ce1: 0, Ce2: 0 };
  occupation.forEach((species, site) => {
    counts[supercell.lattice.sites[supercell.sublatticeOf(site)].layer] += species;
  });
  return Object.values(counts);
}

/** In-plane translations leave this distance between two sites of a 4x4 cell, Å. */
function nearestImage(supercell: Supercell, positions: Float64Array, i: number, j: number): number {
  const { cell } = supercell;
  let best = Number.POSITIVE_INFINITY;
  for (let u = -1; u <= 1; u++)
    for (let v = -1; v <= 1; v++)
      best = Math.min(
        best,
        Math.hypot(
          ...[0, 1, 2].map(
            (k) => positions[3 * j + k] - positions[3 * i + k] + u * cell[k] + v * cell[3 + k],
          ),
        ),
      );
  return best;
}

/** Distances of the paper's shells, Å. */
const shells: Record<string, number> = { OO1: 2.731, OO2: 3.862, OO5: 6.107, OCe2: 4.529, CeCe1: 3.862 };

/** Pair energies from positions and the published table, without any cluster code. */
function pairTable(supercell: Supercell): { own: Float64Array; pair: Float64Array[] } {
  const positions = supercell.positions();
  const { sites } = supercell.lattice;
  const site = (i: number) => sites[supercell.sublatticeOf(i)];
  const label = (i: number) => (site(i).kind === "O" ? `V${site(i).name}` : site(i).name);
  const own = Float64Array.from({ length: supercell.numSites }, (_, i) => publishedTerms[label(i)]);
  const pair = Array.from({ length: supercell.numSites }, () => new Float64Array(supercell.numSites));
  for (let i = 0; i < supercell.numSites; i++)
    for (let j = 0; j < supercell.numSites; j++) {
      if (i === j) continue;
      const distance = nearestImage(supercell, positions, i, j);
      for (const [name, energy] of Object.entries(publishedTerms)) {
        const [points, shell] = name.split("_");
        if (!shell || (points !== label(i) + label(j) && points !== label(j) + label(i))) continue;
        const kinds = `${site(i).kind}${site(j).kind}`.replace("CeO", "OCe");
        if (Math.abs(distance - shells[kinds + shell[0]]) < 0.01) pair[i][j] = energy;
      }
    }
  return { own, pair };
}

function tableEnergy({ own, pair }: ReturnType<typeof pairTable>, occupation: Uint8Array): number {
  let energy = 0;
  for (let i = 0; i < occupation.length; i++)
    if (occupation[i]) {
      energy += own[i];
      for (let j = 0; j < i; j++) if (occupation[j]) energy += pair[i][j];
    }
  return energy;
}

describe("one vacancy and two Ce3+ on 4x4, every configuration", () => {
  const { model, supercell, groups, counts } = publishedCeria([4, 4, 1], 1);
  const levels = lowestLevels(model, supercell, groups, counts, 3);

  it("has its lowest state at 1.66 eV: subsurface vacancy, two second-neighbour surface Ce3+", () => {
    const [lowest, next] = levels;
    expect(lowest.energy).toBeCloseTo(1.66, 9);
    expect(perLayer(supercell, lowest.occupation)).toEqual([0, 1, 0, 2, 0]);
    const positions = supercell.positions();
    const [vacancy] = [...lowest.occupation.keys()].filter(
      (i) => lowest.occupation[i] && supercell.sublatticeOf(i) === 2,
    );
    for (const i of lowest.occupation.keys())
      if (lowest.occupation[i] && i !== vacancy)
        expect(nearestImage(supercell, positions, vacancy, i)).toBeCloseTo(shells.OCe2, 2);
    // 16 vacancies; three second neighbours, all pairs of which are farther apart than nearest Ce-Ce.
    expect(lowest.degeneracy).toBe(16 * 3);
    expect(next.energy).toBeGreaterThan(1.66 + 0.05);
  });

  it("agrees with energies added up pair by pair", () => {
    const table = pairTable(supercell);
    let worst = 0;
    const states = forEachState(model, supercell, groups, counts, (occupation, energy) => {
      worst = Math.max(worst, Math.abs(energy - tableEnergy(table, occupation)));
    });
    expect(states).toBe(48 * ((32 * 31) / 2));
    expect(worst).toBeLessThan(1e-12);
  });
});

describe("four vacancies and eight Ce3+ on 4x4", () => {
  const { model, supercell, groups, counts } = publishedCeria([4, 4, 1], 4);

  it("anneals to 6.94 eV with two vacancies in layer 2 and two in layer 3 (the paper's A2233)", () => {
    const plan = { ensemble: { kind: "canonical" }, from_K: 3000, to_K: 50, steps: 60_000 } as const;
    const found = [0, 1, 2, 3, 4, 5].map((restart) => {
      const cooling = new Cooling({ model, supercell, groups, counts }, plan, new RandomStream(1, restart));
      cooling.advance(plan.steps);
      cooling.close();
      return cooling.lowest();
    });
    const [lowest] = [...found].sort((a, b) => a.energy - b.energy);
    expect(lowest.energy).toBeCloseTo(6.94, 9);
    expect(perLayer(supercell, lowest.occupation)).toEqual([0, 2, 2, 4, 4]);
    expect(tableEnergy(pairTable(supercell), lowest.occupation)).toBeCloseTo(6.94, 9);
    for (const state of found) expect(state.energy).toBeGreaterThanOrEqual(6.94 - 1e-9);
  });

  it("has no state below 6.94 eV (branch and bound over every arrangement of vacancies)", () => {
    const { own, pair } = pairTable(supercell);
    const cells = 16;
    const oxygen = [0, 2, 3].flatMap((s) => Array.from({ length: cells }, (_, c) => s * cells + c));
    // Ce3+ of the two layers do not interact, so the layers are independent for given vacancies.
    const layers = [1, 4].map((s) => {
      const sites = Array.from({ length: cells }, (_, c) => s * cells + c);
      const repulsion = new Float64Array(1 << cells);
      const fewest = new Float64Array(cells + 1).fill(Number.POSITIVE_INFINITY);
      const size = new Uint8Array(1 << cells);
      for (let set = 0; set < 1 << cells; set++) {
        if (set > 0) {
          const top = 31 - Math.clz32(set);
          const rest = set & ~(1 << top);
          let added = 0;
          for (let b = 0; b < top; b++) if (rest & (1 << b)) added += pair[sites[top]][sites[b]];
          repulsion[set] = repulsion[rest] + added;
          size[set] = size[rest] + 1;
        }
        fewest[size[set]] = Math.min(fewest[size[set]], repulsion[set]);
      }
      return { sites, repulsion, fewest, size };
    });
    let lowest = Number.POSITIVE_INFINITY;
    let searched = 0;
    const search = (vacancies: number[]) => {
      let energy = 0;
      vacancies.forEach((i, k) => {
        energy += own[i];
        for (let m = 0; m < k; m++) energy += pair[i][vacancies[m]];
      });
      const fields = layers.map(({ sites }) =>
        sites.map((j) => vacancies.reduce((sum, i) => sum + pair[i][j], own[j])),
      );
      // Never above the truth: the lowest fields and the least repulsion, each at its own best.
      const bounds = fields.map((field, l) => {
        const sorted = [...field].sort((a, b) => a - b);
        let sum = 0;
        return Array.from({ length: 9 }, (_, k) => {
          if (k > 0) sum += sorted[k - 1];
          return sum + layers[l].fewest[k];
        });
      });
      const best = Math.min(...bounds[0].map((bound, k) => energy + bound + bounds[1][8 - k]));
      if (best > 6.94 + 1e-9) return;
      searched++;
      const exact = layers.map(({ repulsion, size }, l) => {
        const sums = new Float64Array(1 << cells);
        const least = new Float64Array(cells + 1).fill(Number.POSITIVE_INFINITY);
        for (let set = 0; set < 1 << cells; set++) {
          if (set > 0) {
            const top = 31 - Math.clz32(set);
            sums[set] = sums[set & ~(1 << top)] + fields[l][top];
          }
          least[size[set]] = Math.min(least[size[set]], sums[set] + repulsion[set]);
        }
        return least;
      });
      for (let k = 0; k <= 8; k++) lowest = Math.min(lowest, energy + exact[0][k] + exact[1][8 - k]);
    };
    // Translations bring one vacancy into cell 0.
    for (const first of [oxygen[0], oxygen[16], oxygen[32]])
      for (let a = 0; a < oxygen.length; a++)
        for (let b = 0; b < a; b++)
          for (let c = 0; c < b; c++) {
            const vacancies = [first, oxygen[a], oxygen[b], oxygen[c]];
            if (!vacancies.includes(first, 1)) search(vacancies);
          }
    expect(searched).toBeGreaterThan(0);
    expect(lowest).toBeCloseTo(6.94, 9);
  });
});

describe("enumeration", () => {
  it("visits every arrangement once", () => {
    const { model, supercell, groups, counts } = publishedCeria([2, 1, 1], 2);
    const seen = new Set<string>();
    const states = forEachState(model, supercell, groups, counts, (occupation, energy) => {
      seen.add(occupation.join());
      expect(energy).toBeCloseTo(model.energy(occupation), 10);
    });
    // C(6,2) C(4,4)
    expect(states).toBe(15);
    expect(seen.size).toBe(15);
    expect(countStates([[2, 3, 4]])).toBe(1260);
    expect(countStates([])).toBe(1);
  });
});
