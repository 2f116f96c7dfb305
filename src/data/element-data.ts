/** Sizes of atoms and crystals of the elements, for sensible defaults. */

/** Covalent radii, Å, from H to Cm: Cordero et al., Dalton Trans. 2008, 2832, table 2 (C sp3; Mn, Fe, Co low spin). */
const covalentRadii =
  "H 0.31 He 0.28 Li 1.28 Be 0.96 B 0.84 C 0.76 N 0.71 O 0.66 F 0.57 Ne 0.58 Na 1.66 Mg 1.41 Al 1.21 Si 1.11 P 1.07 " +
  "S 1.05 Cl 1.02 Ar 1.06 K 2.03 Ca 1.76 Sc 1.70 Ti 1.60 V 1.53 Cr 1.39 Mn 1.39 Fe 1.32 Co 1.26 Ni 1.24 Cu 1.32 " +
  "Zn 1.22 Ga 1.22 Ge 1.20 As 1.19 Se 1.20 Br 1.20 Kr 1.16 Rb 2.20 Sr 1.95 Y 1.90 Zr 1.75 Nb 1.64 Mo 1.54 Tc 1.47 " +
  "Ru 1.46 Rh 1.42 Pd 1.39 Ag 1.45 Cd 1.44 In 1.42 Sn 1.39 Sb 1.39 Te 1.38 I 1.39 Xe 1.40 Cs 2.44 Ba 2.15 La 2.07 " +
  "Ce 2.04 Pr 2.03 Nd 2.01 Pm 1.99 Sm 1.98 Eu 1.98 Gd 1.96 Tb 1.94 Dy 1.92 Ho 1.92 Er 1.89 Tm 1.90 Yb 1.87 Lu 1.87 " +
  "Hf 1.75 Ta 1.70 W 1.62 Re 1.51 Os 1.44 Ir 1.41 Pt 1.36 Au 1.36 Hg 1.32 Tl 1.45 Pb 1.46 Bi 1.48 Po 1.40 At 1.50 " +
  "Rn 1.50 Fr 2.60 Ra 2.21 Ac 2.15 Th 2.06 Pa 2.00 U 1.96 Np 1.90 Pu 1.87 Am 1.80 Cm 1.69";

/**
 * Crystals of the elements at room temperature (alkali metals but Li at 5 K, Li at 78 K, noble gases at 4 K): structure
 * and lattice constants, Å. Kittel, Introduction to Solid State Physics, 8th ed. (2005), chapter 1, table 3.
 */
const crystals = {
  fcc:
    "Al 4.05 Ca 5.58 Ni 3.52 Cu 3.61 Sr 6.08 Rh 3.80 Pd 3.89 Ag 4.09 Ce 5.16 Yb 5.48 Ir 3.84 Pt 3.92 Au 4.08 " +
    "Pb 4.95 Th 5.08 Ne 4.46 Ar 5.31 Kr 5.64 Xe 6.13",
  bcc:
    "Li 3.491 Na 4.225 K 5.225 Rb 5.585 Cs 6.045 V 3.03 Cr 2.88 Fe 2.87 Nb 3.30 Mo 3.15 Ba 5.02 Eu 4.58 Ta 3.30 " +
    "W 3.16",
  diamond: "C 3.567 Si 5.430 Ge 5.658",
  hcp:
    "Be 2.27/3.59 Mg 3.21/5.21 Sc 3.31/5.27 Ti 2.95/4.68 Co 2.51/4.07 Zn 2.66/4.95 Y 3.65/5.73 Zr 3.23/5.15 " +
    "Tc 2.74/4.40 Ru 2.71/4.28 Cd 2.98/5.62 Gd 3.63/5.78 Tb 3.60/5.70 Dy 3.59/5.65 Ho 3.58/5.62 Er 3.56/5.59 " +
    "Tm 3.54/5.56 Lu 3.50/5.55 Hf 3.19/5.05 Re 2.76/4.46 Os 2.74/4.32 Tl 3.46/5.52",
} as const;

export interface ElementCrystal {
  readonly structure: keyof typeof crystals;
  /** Å. */
  readonly a: number;
  /** Å, hcp only. */
  readonly c: number | null;
}

function pairs(text: string): [string, string][] {
  const words = text.split(" ");
  return Array.from({ length: words.length / 2 }, (_, i) => [words[2 * i], words[2 * i + 1]]);
}

const radiusOf = new Map(pairs(covalentRadii).map(([symbol, radius]) => [symbol, Number(radius)]));
const crystalOf = new Map(
  (Object.keys(crystals) as (keyof typeof crystals)[]).flatMap((structure) =>
    pairs(crystals[structure]).map(([symbol, constants]): [string, ElementCrystal] => {
      const [a, c] = constants.split("/").map(Number);
      return [symbol, { structure, a, c: c ?? null }];
    }),
  ),
);

/** Symbol of the element that a species is of: "Ce" for "Ce3+", "O" for "O2-", as it is for "Ce". */
function elementOfSpecies(species: string): string {
  return species.replace(/\d*[+-]$/, "");
}

/** Å; null for a species that is no element, or one beyond Cm. */
export function covalentRadius(species: string): number | null {
  return radiusOf.get(elementOfSpecies(species)) ?? null;
}

/** The element's own crystal; null where it is none of sc, fcc, bcc, hcp and diamond, or the species is no element. */
export function elementCrystal(species: string): ElementCrystal | null {
  return crystalOf.get(elementOfSpecies(species)) ?? null;
}

/** Distance of nearest neighbours in the element's own crystal, Å; null where that is not known here. */
export function elementDistance(species: string): number | null {
  const crystal = elementCrystal(species);
  if (!crystal) return null;
  const { structure, a, c } = crystal;
  switch (structure) {
    case "fcc":
      return a / Math.SQRT2;
    case "bcc":
      return (a * Math.sqrt(3)) / 2;
    case "diamond":
      return (a * Math.sqrt(3)) / 4;
    case "hcp":
      return Math.min(a, Math.sqrt((a * a) / 3 + (c! * c!) / 4));
    default:
      return structure satisfies never;
  }
}
