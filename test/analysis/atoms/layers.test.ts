import { describe, expect, it } from "vitest";
import { BondCutoffs } from "../../../src/analysis/atoms/bonds.ts";
import { CentreProfile, LayerStatistics, regionOf } from "../../../src/analysis/atoms/core-shell.ts";
import { type AtomFrame, typicalDistance } from "../../../src/analysis/atoms/frame.ts";
import { atomLayers, type LayerRule } from "../../../src/analysis/atoms/layers.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { cluster, fcc } from "./crystals.ts";
import { fccPart, type Molecule, mackay, molecule, ring, scaled, tetrahedron } from "./molecules.ts";
import { moved } from "./moves.ts";

/** Atoms in each layer from the inside out, as people write it: 1-12-42-92. */
function layerSizes(layers: Int32Array): number[] {
  const deepest = layers.reduce((most, layer) => Math.max(most, layer), 0);
  const sizes = new Array<number>(deepest).fill(0);
  let never = 0;
  for (const layer of layers) {
    if (layer === 0) never++;
    else sizes[deepest - layer]++;
  }
  return never > 0 ? [never, ...sizes] : sizes;
}

const sizes = (atoms: Molecule, rule?: LayerRule) => layerSizes(atomLayers(cluster(atoms), rule));
const copper = (points: Parameters<typeof molecule>[0][1]) => molecule(["Cu", points]);
const byBonds: LayerRule = { by: "coordination", cutoffs: new BondCutoffs() };

/** Convex parts of an fcc crystal about an octahedral hole or an atom, by the number of atoms. */
const octahedral = (most: number, cut: number) =>
  copper(
    fccPart(
      9,
      [1, 0, 0],
      ([x, y, z]) =>
        Math.abs(x) + Math.abs(y) + Math.abs(z) <= most &&
        Math.max(Math.abs(x), Math.abs(y), Math.abs(z)) <= cut,
    ).map(([x, y, z]) => [1.8 * x, 1.8 * y, 1.8 * z]),
  );
const cuboctahedral = (shells: number) =>
  copper(
    fccPart(
      9,
      [0, 0, 0],
      ([x, y, z]) =>
        Math.max(Math.abs(x), Math.abs(y), Math.abs(z)) <= shells &&
        Math.abs(x) + Math.abs(y) + Math.abs(z) <= 2 * shells,
    ).map(([x, y, z]) => [1.8 * x, 1.8 * y, 1.8 * z]),
  );

/** Whether a plane through atom i has all atoms on one side, by all planes through two others: slow and plain. */
function onConvexHull(positions: Float64Array, i: number): boolean {
  const count = positions.length / 3;
  const to = (j: number) => [0, 1, 2].map((k) => positions[3 * j + k] - positions[3 * i + k]);
  for (let a = 0; a < count; a++)
    for (let b = 0; b < a; b++) {
      if (a === i || b === i) continue;
      const [u, v] = [to(a), to(b)];
      const n = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
      if (Math.hypot(...n) < 1e-9) continue;
      let [above, below] = [0, 0];
      for (let j = 0; j < count; j++) {
        const side = to(j).reduce((sum, x, k) => sum + x * n[k], 0) / Math.hypot(...n);
        if (side > 1e-7) above++;
        if (side < -1e-7) below++;
      }
      if (above === 0 || below === 0) return true;
    }
  return false;
}

describe("layers of clusters", () => {
  it("are the shells of icosahedra and cuboctahedra: 10 n² + 2 atoms in shell n", () => {
    for (const rule of [{ by: "probe" }, byBonds] as const) {
      expect(sizes(copper(mackay(1, 2.6)), rule)).toEqual([1, 12]);
      expect(sizes(copper(mackay(2, 2.6)), rule)).toEqual([1, 12, 42]);
      expect(sizes(copper(mackay(3, 2.6)), rule)).toEqual([1, 12, 42, 92]);
      expect(sizes(copper(mackay(4, 2.6)), rule)).toEqual([1, 12, 42, 92, 162]);
      expect(sizes(cuboctahedral(3), rule)).toEqual([1, 12, 42, 92]);
    }
  });

  it("of a truncated octahedron of 38 are 6 and 32, of 201 the shells between its facets", () => {
    expect(sizes(octahedral(3, 2))).toEqual([6, 32]);
    expect(sizes(octahedral(3, 2), byBonds)).toEqual([6, 32]);
    // About an atom: 201 = 79 + 122.
    const large = fccPart(
      9,
      [0, 0, 0],
      ([x, y, z]) =>
        Math.abs(x) + Math.abs(y) + Math.abs(z) <= 6 && Math.max(Math.abs(x), Math.abs(y), Math.abs(z)) <= 4,
    );
    expect(large).toHaveLength(201);
    const found = sizes(copper(large.map(([x, y, z]) => [1.8 * x, 1.8 * y, 1.8 * z])));
    expect(found.at(-1)).toBe(122);
    expect(found).toEqual([1, 18, 60, 122]);
  });

  it("stay when atoms are shaken by a tenth of their distance, and with the orientation", () => {
    const ico = copper(mackay(3, 2.6));
    for (let seed = 0; seed < 5; seed++) {
      const shaken = moved(ico, new RandomStream(seed, 0), 0.26);
      expect(sizes(shaken).slice(-2)).toEqual([42, 92]);
    }
  });

  it("become those of the convex hull for a very large probe", () => {
    for (let seed = 0; seed < 5; seed++) {
      const random = new RandomStream(seed, 1);
      const points: [number, number, number][] = Array.from(
        { length: 30 },
        () => [0, 0, 0].map(() => 4 * random.nextNormal()) as never,
      );
      const atoms = copper(points);
      const layers = atomLayers(cluster(atoms), { by: "probe", radius: 1e4 });
      points.forEach((_, i) => {
        expect(layers[i] === 1).toBe(onConvexHull(atoms.positions, i));
      });
    }
  });

  it("count what a finite probe can touch and a plane cannot: the wall of a bay", () => {
    // A block of fcc with a square hole in one face.
    const block = fcc(3.6, 4);
    const kept = block.species.flatMap((_, i) => {
      const [x, y, z] = block.positions.subarray(3 * i, 3 * i + 3);
      return x > 3.5 && x < 9.1 && y > 3.5 && y < 9.1 && z > 7 ? [] : [[x, y, z] as const];
    });
    const atoms = copper(kept);
    const floor = kept.findIndex(([x, y, z]) => Math.hypot(x - 5.4, y - 5.4, z - 7.2) < 2.6);
    expect(floor).toBeGreaterThanOrEqual(0);
    const layerOf = (radius: number) => atomLayers(cluster(atoms), { by: "probe", radius })[floor];
    expect(layerOf(3.6)).toBe(1);
    expect(layerOf(60)).toBeGreaterThan(1);
  });

  it("do not see a vacancy inside as a surface", () => {
    const points = mackay(4, 2.6);
    const vacant = copper(points.filter((p) => Math.hypot(...p) > 1 && Math.hypot(p[0], p[1], p[2]) < 100));
    expect(vacant.species).toHaveLength(308);
    expect(sizes(vacant)).toEqual([12, 42, 92, 162]);
  });

  it("of single atoms, lines, rings and small molecules are all surface", () => {
    for (const atoms of [
      copper([[0, 0, 0]]),
      copper([
        [0, 0, 0],
        [0, 0, 2.5],
        [0, 0, 5],
      ]),
      copper(ring(6, 2.6)),
      copper(scaled(tetrahedron, 1.5)),
    ])
      expect(sizes(atoms)).toEqual([atoms.species.length]);
  });

  it("of a slab go from both faces, and a crystal has none", () => {
    const bulk = fcc(3.6, 3);
    expect([...new Set(atomLayers(bulk))]).toEqual([0]);
    const slab: AtomFrame = { ...bulk, periodic: [true, true, false] };
    const layers = atomLayers(slab);
    // Six planes of 18 atoms along z.
    bulk.species.forEach((_, i) => {
      const plane = Math.round(bulk.positions[3 * i + 2] / 1.8);
      expect(layers[i]).toBe(1 + Math.min(plane, 5 - plane));
    });
    expect(layerSizes(layers)).toEqual([36, 36, 36]);
    expect(layerSizes(atomLayers(bulk))).toEqual([108]);
  });

  it("refuse a probe that falls between atoms", () => {
    expect(() => atomLayers(cluster(copper(mackay(2, 2.6))), { by: "probe", radius: 1 })).toThrow(
      /probe of 1 Å/,
    );
  });
});

describe("typical distance", () => {
  it("is the median distance of nearest neighbours", () => {
    expect(typicalDistance(fcc(3.6, 2))).toBeCloseTo(3.6 / Math.SQRT2, 10);
    expect(
      typicalDistance(
        cluster(
          copper([
            [0, 0, 0],
            [0, 0, 2],
            [0, 0, 5],
            [40, 0, 5],
          ]),
        ),
      ),
    ).toBeCloseTo(3, 10);
    expect(() => typicalDistance(cluster(copper([[0, 0, 0]])))).toThrow("expected atoms with neighbours");
    const twice = copper([
      [0, 0, 0],
      [0, 0, 0],
      [2.5, 0, 0],
    ]);
    expect(() => typicalDistance(cluster(twice))).toThrow("most of them coincide with another one");
  });
});

describe("composition of layers", () => {
  const points = mackay(3, 2.8);
  /** Au core of 13, Ag in the middle: 35 of 42, the rest Au. */
  const published = molecule(
    ["Au", points.slice(0, 13)],
    ["Ag", points.slice(13, 48)],
    ["Au", points.slice(48)],
  );

  it("gives the parts of Ag35Au112: core 13, middle 42, surface 92", () => {
    const frame = cluster(published);
    const statistics = new LayerStatistics();
    statistics.add(frame, atomLayers(frame));
    const { layers, regions, surface } = statistics.result();
    expect(regions.map(({ part, atoms }) => [part, atoms.mean])).toEqual([
      ["surface", 92],
      ["middle", 42],
      ["core", 13],
    ]);
    expect(layers.map(({ part, atoms }) => [part, atoms.mean])).toEqual([
      ["layer 1", 92],
      ["layer 2", 42],
      ["layer 3", 12],
      ["layer 4", 1],
    ]);
    expect(regions[1].species).toEqual({ Ag: { mean: 35, error: null }, Au: { mean: 7, error: null } });
    const [ag, au] = surface;
    expect([ag.species, ag.atSurface.mean, ag.ofSurface.mean, ag.random]).toEqual(["Ag", 0, 0, 35 / 147]);
    expect(au.atSurface.mean).toBeCloseTo(92 / 112, 12);
    // Hypergeometric: mean 92 · 35/147 = 21.9, variance 21.9 (112/147) (55/146).
    const expected = (92 * 35) / 147;
    const deviation = -expected / Math.sqrt((expected * 112 * 55) / (147 * 146));
    expect(ag.deviation?.mean).toBeCloseTo(deviation, 10);
    expect(au.deviation?.mean).toBeCloseTo(-deviation, 10);
  });

  it("is random for species at random: the deviation has mean 0 and variance 1", () => {
    const random = new RandomStream(8, 0);
    const statistics = new LayerStatistics();
    const layers = atomLayers(cluster(published));
    let squares = 0;
    const frames = 400;
    for (let f = 0; f < frames; f++) {
      const frame = cluster({ ...published, species: random.shuffle([...published.species]) });
      statistics.add(frame, layers);
      const one = new LayerStatistics();
      one.add(frame, layers);
      squares += one.result().surface[0].deviation!.mean ** 2;
    }
    const [ag] = statistics.result().surface;
    expect(ag.random).toBeCloseTo(35 / 147, 12);
    expect(Math.abs(ag.ofSurface.mean - ag.random)).toBeLessThan(4 * ag.ofSurface.error!);
    expect(Math.abs(ag.deviation!.mean)).toBeLessThan(4 * ag.deviation!.error!);
    // The variance of a square of a normal number is 2.
    expect(Math.abs(squares / frames - 1)).toBeLessThan(4 * Math.sqrt(2 / frames));
  });

  it("counts frames that lack a species as zero, not as absent", () => {
    const statistics = new LayerStatistics();
    for (const atoms of [molecule(["Au", points]), published, molecule(["Ag", points])]) {
      const frame = cluster(atoms);
      statistics.add(frame, atomLayers(frame));
    }
    const { surface, regions } = statistics.result();
    const [ag, au] = surface;
    // Surfaces of 92 gold, 92 gold and 92 silver atoms; 35 + 147 of all the atoms are silver.
    expect(ag.ofSurface.mean).toBeCloseTo(1 / 3, 12);
    expect(au.ofSurface.mean).toBeCloseTo(2 / 3, 12);
    expect(ag.random).toBeCloseTo((35 + 147) / (3 * 147), 12);
    expect(ag.atSurface.mean).toBeCloseTo(92 / (35 + 147), 12);
    expect(regions[0].species.Ag.mean).toBeCloseTo(92 / 3, 12);
    // Only where both are there can one be preferred.
    expect(ag.deviation?.error).toBeNull();
  });

  it("names what never is at a surface", () => {
    const bulk = fcc(3.6, 2);
    const statistics = new LayerStatistics();
    statistics.add(bulk, atomLayers(bulk));
    const { layers, regions, surface } = statistics.result();
    expect(layers.map(({ part, atoms }) => [part, atoms.mean])).toEqual([["inside", 32]]);
    expect(regions.map(({ atoms }) => atoms.mean)).toEqual([0, 0, 32]);
    expect(surface).toEqual([]);
    expect([0, 1, 2, 3].map(regionOf)).toEqual(["core", "surface", "middle", "core"]);
  });

  it("by distance from the centre adds up to all atoms, and shares are those of random mixing for one species", () => {
    const profile = new CentreProfile(0.5);
    profile.add(cluster(published));
    profile.add(cluster(molecule(["Au", points])));
    const { atoms, fraction, random } = profile.result();
    const total = (name: string) => atoms[name].mean.reduce((sum, n) => sum + n, 0);
    expect(total("Ag")).toBeCloseTo(35 / 2, 10);
    expect(total("Au")).toBeCloseTo((112 + 147) / 2, 10);
    expect(random.Ag).toBeCloseTo(35 / 294, 12);
    // The middle atom is gold in both.
    expect(fraction.Au[0]).toBe(1);
    expect(fraction.Ag[0]).toBe(0);
    expect(fraction.Ag[1]).toBeNull();
    // Silver is in shell 2: edge atoms at 2.8 · 2 · cos 30°..., corners at 5.33 Å.
    const far = Math.max(...fraction.Ag.map((f, k) => ((f ?? 0) > 0 ? k : 0)));
    expect(far * 0.5).toBeLessThan(5.4);
  });
});
