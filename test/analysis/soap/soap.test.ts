import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gaussLegendre } from "../../../src/analysis/soap/quadrature.ts";
import { gammaOfHalf, RadialBasis, radialBases } from "../../../src/analysis/soap/radial-basis.ts";
import {
  RadialIntegrals,
  scaledBessel,
  tabulateIntegrals,
} from "../../../src/analysis/soap/radial-integrals.ts";
import { Soap, type SoapSettings } from "../../../src/analysis/soap/soap.ts";
import { harmonicNorms } from "../../../src/analysis/soap/spherical-harmonics.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { elementOfNumber } from "../../../src/data/elements.ts";
import type { Structure } from "../../../src/data/structure.ts";
import { compiledSoap } from "../../../src/kernels/soap.ts";
import { harmonicsInto, integralsInto, plainSoap } from "../../../src/kernels/soap-reference.ts";
import { rotationOf } from "../../rotations.ts";

const folder = "../shared/data/reference/soap/generated";
const present = existsSync(folder);
if (!present) console.warn(`SOAP reference values are not compared: ${folder} is absent`);

const json = (name: string) => JSON.parse(readFileSync(`${folder}/${name}-input.json`, "utf8"));

/** The doubles of a numpy array. */
function numbers(name: string): Float64Array {
  const bytes = gunzipSync(readFileSync(`${folder}/${name}.npy.gz`));
  const start = 10 + bytes.readUInt16LE(8);
  return Float64Array.from({ length: (bytes.length - start) / 8 }, (_, i) =>
    bytes.readDoubleLE(start + 8 * i),
  );
}

function structureOf(
  species: readonly string[],
  positions: ArrayLike<number>,
  cell: ArrayLike<number> = new Array(9).fill(0),
  periodic = false,
): Structure {
  return {
    cell: Float64Array.from(cell),
    periodic: [periodic, periodic, periodic],
    species,
    positions: Float64Array.from(positions),
    name: "",
    info: {},
    source: { file: "test", line: null },
  };
}

const settings: SoapSettings = {
  species: ["Ag", "Au"],
  cutoff: 4.5,
  smoothing: 0.5,
  width: 0.4,
  radialBasis: "gto",
  radialCount: 5,
  maxAngular: 5,
};

const coordinate = fc.double({ min: -4, max: 4, noNaN: true });
const cluster = fc
  .array(
    fc.record({ species: fc.constantFrom("Ag", "Au"), at: fc.tuple(coordinate, coordinate, coordinate) }),
    {
      minLength: 2,
      maxLength: 8,
    },
  )
  .map((atoms) =>
    structureOf(
      atoms.map((a) => a.species),
      atoms.flatMap((a) => a.at),
    ),
  )
  // Atoms that coincide have no direction.
  .filter(({ positions: p }) => {
    for (let i = 0; i < p.length; i += 3)
      for (let j = 0; j < i; j += 3)
        if (Math.hypot(p[i] - p[j], p[i + 1] - p[j + 1], p[i + 2] - p[j + 2]) < 0.1) return false;
    return true;
  });

const largest = (a: Float64Array, b: ArrayLike<number>) =>
  a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0);

describe.skipIf(!present)("published values", () => {
  it("has the real spherical harmonics of the reference to l = 25", () => {
    const { directions, max_angular: most } = json("spherical-harmonics");
    const expected = numbers("spherical-harmonics-values");
    const norms = harmonicNorms(most);
    const values = new Float64Array((most + 1) ** 2);
    let worst = 0;
    directions.forEach(([x, y, z]: number[], d: number) => {
      harmonicsInto(most, norms, x, y, z, values);
      for (let l = 0; l <= most; l++)
        for (let m = -l; m <= l; m++) {
          const at = (d * (most + 1) + l) * (2 * most + 1) + l + m;
          worst = Math.max(worst, Math.abs(expected[at] - values[l * l + l + m]));
        }
    });
    // The reference has ten digits, of values up to 2.
    expect(worst).toBeLessThan(1e-9);
  });

  it("has the power spectra of the reference, with its hyperparameters", () => {
    const { hyperparameters: h, systems } = json("soap-power-spectrum-values");
    const [{ types, positions }] = systems;
    const kinds = [...new Set<number>(types)].sort((a, b) => a - b);
    const soap = new Soap({
      species: kinds.map((z) => elementOfNumber(z)!),
      cutoff: h.cutoff.radius,
      smoothing: h.cutoff.smoothing.width,
      width: h.density.width,
      radialBasis: "gto",
      radialCount: h.basis.radial.max_radial + 1,
      maxAngular: h.basis.max_angular,
    });
    const expected = numbers("soap-power-spectrum-values");
    const found = soap.compute(structureOf(types.map(elementOfNumber), positions.flat()));
    expect(found.length).toBe(expected.length);
    expect(largest(found, expected)).toBeLessThan(1e-8);
  });

  it("has the periodic expansion of the reference", () => {
    const { hyperparameters: h, systems } = json("spherical-expansion-pbc-values");
    const [{ types, positions, cell }] = systems;
    const kinds = [...new Set<number>(types)].sort((a, b) => a - b);
    const [count, most] = [h.basis.radial.max_radial + 1, h.basis.max_angular];
    const soap = new Soap({
      species: kinds.map((z) => elementOfNumber(z)!),
      cutoff: h.cutoff.radius,
      smoothing: h.cutoff.smoothing.width,
      width: h.density.width,
      radialBasis: "gto",
      radialCount: count,
      maxAngular: most,
    });
    const found = soap.compute(structureOf(types.map(elementOfNumber), positions.flat(), cell, true));
    // The file has the coefficients: rows of centres, then l, m, species of the neighbours, n. Their products are the
    // power spectrum, whatever the order of m.
    const c = numbers("spherical-expansion-pbc-values");
    const perCentre = c.length / types.length;
    expect(perCentre).toBe(kinds.length * (most + 1) ** 2 * count);
    const at = orderOf(kinds.length, count);
    let worst = 0;
    let k = 0;
    for (let i = 0; i < types.length; i++)
      for (let a = 0; a < kinds.length; a++)
        for (let b = a; b < kinds.length; b++)
          for (let l = 0; l <= most; l++)
            for (let n = 0; n < count; n++)
              for (let p = 0; p < count; p++, k++) {
                let sum = 0;
                for (let m = 0; m <= 2 * l; m++)
                  sum += c[i * perCentre + at(l, a, m, n)] * c[i * perCentre + at(l, b, m, p)];
                sum *= ((l % 2 ? -1 : 1) * (a === b ? 1 : Math.SQRT2)) / Math.sqrt(2 * l + 1);
                worst = Math.max(worst, Math.abs(sum - found[k]));
              }
    expect(k).toBe(found.length);
    expect(worst).toBeLessThan(1e-8);
  });
});

/** Place of a coefficient in a row of the file. */
function orderOf(kinds: number, count: number) {
  return (l: number, species: number, m: number, n: number) =>
    l * l * kinds * count + (m * kinds + species) * count + n;
}

describe("radial part", () => {
  it.each(radialBases)("%s functions are orthonormal", (name) => {
    const basis = new RadialBasis(name, 8, 5.5);
    const { nodes, weights } = gaussLegendre(300);
    const end = Math.min(basis.end, 25);
    const values = new Float64Array(8);
    const overlaps = new Float64Array(64);
    nodes.forEach((x, q) => {
      const r = (end * (1 + x)) / 2;
      basis.values(r, values);
      for (let i = 0; i < 64; i++)
        overlaps[i] += weights[q] * (end / 2) * r * r * values[i >> 3] * values[i & 7];
    });
    // Rounding over the smallest singular value of the functions' values, 1e-2 for the Gaussians, 1e-5 for polynomials.
    const tolerance = name === "gto" ? 1e-12 : 1e-9;
    for (let i = 0; i < 64; i++)
      expect(Math.abs(overlaps[i] - (i % 9 === 0 ? 1 : 0))).toBeLessThan(tolerance);
  });

  it("refuses more functions than doubles can tell apart", () => {
    expect(() => new RadialBasis("polynomial", 25, 5)).toThrow(/depend on each other.*fewer/);
  });

  it("modified Bessel functions agree with their closed forms and with sin and cos of l = 0, 1, 2", () => {
    const out = new Float64Array(9);
    for (const x of [0.3, 1, 7, 30, 200, 900]) {
      scaledBessel(x, out);
      const sinh = -Math.expm1(-2 * x) / 2;
      const cosh = (1 + Math.exp(-2 * x)) / 2;
      expect(out[0]).toBeCloseTo(sinh / x, 14);
      // Differences of nearly equal numbers lose 1/x of their digits where x is small.
      expect(out[1]).toBeCloseTo((x * cosh - sinh) / (x * x), 13);
      expect(out[2]).toBeCloseTo(((x * x + 3) * sinh - 3 * x * cosh) / x ** 3, 12);
      for (let l = 1; l < 8; l++)
        expect(out[l - 1] - ((2 * l + 1) / x) * out[l] - out[l + 1]).toBeLessThan(1e-14);
    }
    scaledBessel(0, out);
    expect([...out]).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it("integrals of a single Gaussian function agree with their closed form", () => {
    // One function, n = 0: R = N exp(−r²/2c²); the integral is a 1F1 (Musil et al. 2021, appendix A), summed here.
    const [cutoff, width] = [4, 0.35];
    const integrals = new RadialIntegrals(new RadialBasis("gto", 1, cutoff), 4, width);
    const out = new Float64Array(5);
    const a = 1 / (2 * width ** 2);
    const b = 1 / (2 * cutoff ** 2);
    const norm = Math.sqrt((4 * (2 * b) ** 1.5) / Math.sqrt(Math.PI));
    for (const r of [0.2, 1.1, 2.7, 3.9]) {
      integrals.compute(r, out);
      for (let l = 0; l <= 4; l++) {
        const z = (a * r) ** 2 / (a + b);
        let term = 1;
        let sum = 0;
        for (let k = 0; k < 400; k++) {
          sum += term;
          term *= (((l + 3) / 2 + k) / (l + 1.5 + k)) * (z / (k + 1));
        }
        const closed =
          norm *
          (Math.PI / width ** 2) ** 0.75 *
          Math.exp(-a * r * r) *
          (a * r) ** l *
          (gammaOfHalf(l + 3) / gammaOfHalf(2 * l + 3)) *
          sum *
          (a + b) ** (-(l + 3) / 2);
        expect(Math.abs(out[l] - closed)).toBeLessThan(1e-13 * Math.max(1, Math.abs(closed)));
      }
    }
  });

  it.each(radialBases)("the table of %s integrals follows their quadrature", (name) => {
    const reference = new RadialIntegrals(new RadialBasis(name, 6, 4), 6, 0.4);
    const [exact, fast] = [new Float64Array(reference.size), new Float64Array(reference.size)];
    const unused = { species: 1, norms: exact, self: exact };
    const table = { ...unused, maxAngular: 6, radialCount: 6, ...tabulateIntegrals(reference, 0.4, 4) };
    for (let r = 0; r <= 4; r += 0.0173) {
      reference.compute(r, exact);
      integralsInto(table, r, fast);
      // 2e-10 of the largest value, as the table's docstring derives; functions of the basis add to the curvature.
      expect(largest(exact, fast)).toBeLessThan(2e-9);
    }
  });
});

describe("power spectrum", () => {
  it("does not change when atoms are turned, moved and mirrored", () => {
    const soap = new Soap(settings);
    const quaternion = fc.tuple(
      ...([0, 1, 2, 3].map(() => fc.double({ min: 0.05, max: 1, noNaN: true })) as [
        fc.Arbitrary<number>,
        fc.Arbitrary<number>,
        fc.Arbitrary<number>,
        fc.Arbitrary<number>,
      ]),
    );
    fc.assert(
      fc.property(cluster, quaternion, fc.boolean(), (atoms, q, mirror) => {
        const r = rotationOf(q);
        const moved = atoms.positions.map((_, i) => {
          const [k, row] = [i % 3, 3 * Math.floor(i / 3)];
          const turned = [0, 1, 2].reduce((sum, c) => sum + r[3 * k + c] * atoms.positions[row + c], 0);
          return (mirror ? -turned : turned) + 1.7;
        });
        const before = soap.compute(atoms);
        // Rounding of distances, times slopes of the functions of up to about 10 Å⁻¹.
        const scale = Math.max(...before.map(Math.abs));
        expect(largest(soap.compute({ ...atoms, positions: moved }), before)).toBeLessThan(
          1e-12 * scale + 1e-12,
        );
      }),
      { numRuns: 30 },
    );
  });

  it("goes with its atom when atoms are renamed, and does not see which of like atoms is which", () => {
    const soap = new Soap(settings);
    fc.assert(
      fc.property(cluster, (atoms) => {
        const n = atoms.species.length;
        const order = atoms.species.map((_, i) => n - 1 - i);
        const other = structureOf(
          order.map((i) => atoms.species[i]),
          order.flatMap((i) => [...atoms.positions.subarray(3 * i, 3 * i + 3)]),
        );
        const [a, b] = [soap.compute(atoms), soap.compute(other)];
        order.forEach((i, j) => {
          const row = a.subarray(i * soap.size, (i + 1) * soap.size);
          // Sums in another order.
          expect(largest(row, b.subarray(j * soap.size, (j + 1) * soap.size))).toBeLessThan(1e-12);
        });
      }),
      { numRuns: 20 },
    );
  });

  it("is that of the large cell for a cell smaller than the cut-off", () => {
    const soap = new Soap({ ...settings, species: ["Ag"] });
    const a = 4.09;
    const primitive = structureOf(
      ["Ag"],
      [0, 0, 0],
      [0, a / 2, a / 2, a / 2, 0, a / 2, a / 2, a / 2, 0],
      true,
    );
    const corners = [0, 0, 0, 0, a / 2, a / 2, a / 2, 0, a / 2, a / 2, a / 2, 0];
    const cubic = structureOf(["Ag", "Ag", "Ag", "Ag"], corners, [a, 0, 0, 0, a, 0, 0, 0, a], true);
    const one = soap.compute(primitive);
    const four = soap.compute(cubic);
    for (let i = 0; i < 4; i++)
      expect(largest(one, four.subarray(i * soap.size, (i + 1) * soap.size))).toBeLessThan(1e-12);
  });

  it.each([
    [1, 5],
    [2, 6],
    [3, 7],
  ])("is that of the plain formulas, %i species and %i radial functions", (species, radialCount) => {
    const names = ["Ag", "Au", "Cu"].slice(0, species);
    let calls = 0;
    const counted: typeof compiledSoap = (tables, most) => {
      const { spectrum } = compiledSoap(tables, most);
      return {
        spectrum: (...given) => {
          calls++;
          spectrum(...given);
        },
      };
    };
    const own = { ...settings, species: names, radialCount };
    const [fast, plain] = [new Soap(own, counted), new Soap(own, plainSoap)];
    const random = new RandomStream(5, radialCount);
    for (const atoms of [2, 30, 12]) {
      const kinds = Array.from({ length: atoms }, () => names[random.nextIndex(species)]);
      const cube = structureOf(
        kinds,
        Array.from({ length: 3 * atoms }, () => 5 * random.nextFloat()),
      );
      const expected = plain.compute(cube);
      const scale = Math.max(...expected.map(Math.abs));
      // Sums of some hundred terms in another order.
      expect(largest(fast.compute(cube), expected)).toBeLessThan(1e-13 * scale);
    }
    expect(calls).toBe(44);
  });

  it("says which atoms coincide", () => {
    const soap = new Soap(settings);
    expect(() => soap.compute(structureOf(["Ag", "Au", "Ag"], [0, 0, 0, 1, 0, 0, 1, 0, 0]))).toThrow(
      "test: atoms 2 and 3 coincide",
    );
  });

  it("gives the rows of the centres that were asked for", () => {
    const soap = new Soap(settings);
    const atoms = structureOf(["Ag", "Au", "Ag"], [0, 0, 0, 2.5, 0, 0, 0, 2.9, 0.4]);
    const all = soap.compute(atoms);
    expect([...soap.compute(atoms, [2, 0])]).toEqual([
      ...all.subarray(2 * soap.size),
      ...all.subarray(0, soap.size),
    ]);
  });

  it("names a species that it was not set up for", () => {
    expect(() => new Soap(settings).compute(structureOf(["Cu"], [0, 0, 0]))).toThrow(
      "test: SOAP was set up for Ag, Au, found Cu",
    );
  });
});
