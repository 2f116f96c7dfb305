/** Keys of the section `sample` that do not go together. */

export const ensembles = ["canonical", "semi-grand", "variance-constrained", "reservoir"] as const;
export const samplingMethods = ["metropolis", "tempering", "wang-landau", "anneal"] as const;
export type SamplingMethod = (typeof samplingMethods)[number];

/** The key that says what is held fixed in each ensemble. */
const neededBy = {
  canonical: "compositions",
  "semi-grand": "chemical_potentials",
  "variance-constrained": "variance_constraint",
  reservoir: "reservoir",
} as const;

/** What is looked at here of a section whose keys are each possible for themselves. */
interface SampleKeys {
  readonly ensemble: (typeof ensembles)[number];
  readonly method: SamplingMethod;
  readonly supercells: readonly (readonly number[])[];
  readonly temperatures_K: readonly number[];
  readonly compositions?: readonly unknown[] | undefined;
  readonly chemical_potentials?: unknown;
  readonly variance_constraint?: unknown;
  readonly reservoir?:
    | {
        readonly delta_mu_eV?: readonly number[] | undefined;
        readonly oxygen_pressures_bar?: readonly number[] | undefined;
      }
    | undefined;
  readonly steps: number;
  readonly tempering?: { readonly exchange_every_steps?: number | undefined } | undefined;
  readonly wang_landau?: { readonly flatness: number } | undefined;
  readonly anneal?: { readonly from_K: number; readonly to_K: number } | undefined;
  readonly until?: { readonly confidence: number } | undefined;
  readonly trajectory?: number | undefined;
  readonly observe?:
    | {
        readonly clusters?:
          | readonly { readonly cutoff_A?: number | undefined; readonly shell?: number | undefined }[]
          | undefined;
      }
    | undefined;
}

interface Problem {
  readonly path: (string | number)[];
  readonly message: string;
}

/** @returns every contradiction, with its path below `sample` */
export function sampleProblems(section: SampleKeys): Problem[] {
  return [
    ...gridProblems(section),
    ...ensembleProblems(section),
    ...methodProblems(section),
    ...measurementProblems(section),
  ];
}

function gridProblems({ supercells, temperatures_K, method }: SampleKeys): Problem[] {
  const problems: Problem[] = [];
  if (temperatures_K.length === 0 && method !== "anneal")
    problems.push({ path: ["temperatures_K"], message: `method: ${method} needs at least one temperature` });
  const cells = supercells.map((m) => (m.length === 3 ? [m[0], 0, 0, 0, m[1], 0, 0, 0, m[2]] : m).join(" "));
  for (const { key, values } of [
    { key: "temperatures_K", values: temperatures_K },
    { key: "supercells", values: cells },
  ])
    values.forEach((value, i) => {
      const first = (values as readonly unknown[]).indexOf(value);
      if (first < i)
        problems.push({
          path: [key, i],
          message: `the same as entry ${first + 1} of the list; replicas samples a state more than once`,
        });
    });
  return problems;
}

function ensembleProblems(section: SampleKeys): Problem[] {
  const { ensemble, method, compositions, reservoir } = section;
  const problems: Problem[] = [];
  const wants = neededBy[ensemble];
  for (const key of Object.values(neededBy)) {
    if (key === wants || key === "compositions" || section[key] === undefined) continue;
    const owner = ensembles.find((name) => neededBy[name] === key);
    problems.push({
      path: [key],
      message: `has no meaning in the ${ensemble} ensemble; ensemble: ${owner} needs it`,
    });
  }
  if (section[wants] === undefined)
    problems.push({ path: [wants], message: `is needed in the ${ensemble} ensemble` });
  if (ensemble !== "canonical" && (compositions?.length ?? 0) > 1)
    problems.push({
      path: ["compositions"],
      message: `the ${ensemble} ensemble finds its compositions itself; give at most one to begin with`,
    });
  if (reservoir && (reservoir.delta_mu_eV === undefined) === (reservoir.oxygen_pressures_bar === undefined))
    problems.push({ path: ["reservoir"], message: "give either delta_mu_eV or oxygen_pressures_bar" });
  if (method === "wang-landau" && ensemble === "variance-constrained")
    problems.push({
      path: ["ensemble"],
      message:
        "a density of states has no variance constraint; take semi-grand, which covers all compositions",
    });
  return problems;
}

function methodProblems(section: SampleKeys): Problem[] {
  const { method, steps, tempering, wang_landau, anneal } = section;
  const problems: Problem[] = [];
  for (const key of ["tempering", "wang_landau", "anneal"] as const) {
    const owner = key.replace("_", "-");
    if (section[key] !== undefined && method !== owner)
      problems.push({
        path: [key],
        message: `is only read with method: ${owner}, but the method is ${method}`,
      });
  }
  const every = tempering?.exchange_every_steps;
  if (every !== undefined && every > steps)
    problems.push({
      path: ["tempering", "exchange_every_steps"],
      message: `expected at most the ${steps} steps of the ladder, found ${every}: nothing would ever be exchanged`,
    });
  if (wang_landau && wang_landau.flatness >= 1)
    problems.push({
      path: ["wang_landau", "flatness"],
      message: `expected a number below 1, found ${wang_landau.flatness}: no histogram is that flat`,
    });
  if (anneal && anneal.from_K < anneal.to_K)
    problems.push({
      path: ["anneal", "to_K"],
      message: `expected at most from_K, ${anneal.from_K} K, found ${anneal.to_K} K: annealing cools`,
    });
  return problems;
}

function measurementProblems({ method, until, trajectory, observe }: SampleKeys): Problem[] {
  const problems: Problem[] = [];
  if (until && until.confidence >= 1)
    problems.push({ path: ["until", "confidence"], message: "expected a number below 1, for example 0.95" });
  if (until && method !== "metropolis")
    problems.push({
      path: ["until"],
      message: `only chains of method: metropolis end early, but the method is ${method}`,
    });
  if (method === "anneal" || method === "wang-landau")
    for (const [key, value] of Object.entries({ observe, trajectory }))
      if (value !== undefined)
        problems.push({
          path: [key],
          message: `method: ${method} averages energies alone; method: metropolis or tempering reads this`,
        });
  observe?.clusters?.forEach((c, i) => {
    if ((c.cutoff_A === undefined) === (c.shell === undefined))
      problems.push({ path: ["observe", "clusters", i], message: "give either cutoff_A or shell" });
  });
  return problems;
}
