/** SOAP power spectra of the 309-atom copper icosahedron: compiled, and by the plain formulas. */
import { Soap, type SoapSettings } from "../src/analysis/soap/soap.ts";
import { icosahedronPositions } from "../src/data/generators/polyhedra.ts";
import type { Structure } from "../src/data/structure.ts";
import { plainSoap } from "../src/kernels/soap-reference.ts";
import { type BenchResult, medianSeconds } from "./support/measure.ts";

/** Usual of metals: two shells of neighbours and more. */
const settings: SoapSettings = {
  species: ["Cu"],
  cutoff: 6,
  smoothing: 0.5,
  width: 0.5,
  radialBasis: "gto",
  radialCount: 8,
  maxAngular: 8,
};

export async function run(): Promise<BenchResult[]> {
  const positions = icosahedronPositions(4, 2.556);
  const atoms = positions.length / 3;
  const structure: Structure = {
    cell: new Float64Array(9),
    periodic: [false, false, false],
    species: new Array<string>(atoms).fill("Cu"),
    positions,
    name: "Cu309",
    info: {},
    source: { file: "icosahedron", line: null },
  };
  const perAtom = (soap: Soap) => (medianSeconds(9, () => soap.compute(structure)) / atoms) * 1e6;
  return [
    { name: "soap.cu309.us_per_atom", value: perAtom(new Soap(settings)), unit: "µs" },
    { name: "soap.cu309.reference.us_per_atom", value: perAtom(new Soap(settings, plainSoap)), unit: "µs" },
    { name: "soap.setup.s", value: medianSeconds(3, () => new Soap(settings)), unit: "s" },
  ];
}
