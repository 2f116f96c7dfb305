/** A made-up VASP run: the numbers that the writers of vasprun.xml and OUTCAR in these tests start from. */
import fc from "fast-check";

export interface RunStep {
  readonly cell: readonly number[]; // 9, Å
  readonly direct: readonly number[]; // 3N
  readonly forces: readonly number[]; // 3N, eV/Å
  readonly stressKbar: readonly number[]; // 9, row-major, symmetric
  /** eV: free energy without dispersion, energy without entropy, energy(sigma->0). */
  readonly free: number;
  readonly withoutEntropy: number;
  readonly sigma0: number;
  /** eV, added to all three at the end of the ionic step only. */
  readonly dispersion: number;
  readonly electronicSteps: number;
  readonly moments: readonly number[]; // N
}

export interface Run {
  readonly types: readonly { readonly element: string; readonly count: number }[];
  readonly steps: readonly RunStep[];
  readonly nelm: number;
  readonly nsw: number;
  readonly ibrion: number;
  readonly ediffg: number;
}

const digits = (x: number, n: number) => Number(x.toFixed(n)) + 0;
const real = (size: number, n: number) =>
  fc.double({ min: -size, max: size, noNaN: true }).map((x) => digits(x, n));

function stepOf(atoms: number): fc.Arbitrary<RunStep> {
  return fc
    .record({
      strain: fc.array(real(0.3, 6), { minLength: 9, maxLength: 9 }),
      direct: fc.array(real(0.999, 8), { minLength: 3 * atoms, maxLength: 3 * atoms }),
      forces: fc.array(real(9, 6), { minLength: 3 * atoms, maxLength: 3 * atoms }),
      voigt: fc.array(real(200, 5), { minLength: 6, maxLength: 6 }),
      free: real(900, 6),
      entropy: real(0.1, 6).map((x) => -Math.abs(x)),
      dispersion: fc.oneof(fc.constant(0), real(5, 6)),
      electronicSteps: fc.integer({ min: 1, max: 5 }),
      moments: fc.array(real(5, 3), { minLength: atoms, maxLength: atoms }),
    })
    .map(({ strain, voigt, entropy, ...rest }) => ({
      ...rest,
      cell: [5, 0, 0, 0, 6, 0, 0, 0, 7].map((x, i) => digits(x + strain[i], 6)),
      // VASP orders XX YY ZZ XY YZ ZX.
      stressKbar: [0, 3, 5, 3, 1, 4, 5, 4, 2].map((k) => voigt[k]),
      withoutEntropy: digits(rest.free - entropy, 6),
      sigma0: digits(rest.free - entropy / 2, 7),
    }));
}

export const runs: fc.Arbitrary<Run> = fc
  .array(
    fc.record({ element: fc.constantFrom("Ce", "O", "Zr", "H"), count: fc.integer({ min: 1, max: 2 }) }),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .chain((types) =>
    fc.record({
      types: fc.constant(types),
      steps: fc.array(stepOf(types.reduce((n, t) => n + t.count, 0)), { minLength: 1, maxLength: 3 }),
      nelm: fc.constant(6),
      nsw: fc.constant(20),
      ibrion: fc.constant(2),
      ediffg: fc.constant(-0.02),
    }),
  );

export function atomsOf(run: Run): string[] {
  return run.types.flatMap(({ element, count }) => new Array<string>(count).fill(element));
}

/** A fixed run of three steps, for tests that need no variety. */
export const exampleRun: Run = fc.sample(
  fc.tuple(stepOf(3), stepOf(3), stepOf(3)).map((steps) => ({
    types: [
      { element: "Ce", count: 1 },
      { element: "O", count: 2 },
    ],
    steps,
    nelm: 6,
    nsw: 20,
    ibrion: 2,
    ediffg: -0.02,
  })),
  { numRuns: 1, seed: 7 },
)[0];

/** Cartesian positions by the definition, r = Σ_k x_k a_k. */
export function cartesian(step: RunStep): number[] {
  return step.direct.map((_, i) => {
    const atom = 3 * Math.floor(i / 3);
    return [0, 1, 2].reduce((sum, k) => sum + step.direct[atom + k] * step.cell[3 * k + (i % 3)], 0);
  });
}
