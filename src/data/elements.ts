/** Chemical element symbols: the place in the list is the atomic number. */

const symbols = (
  "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr " +
  "Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu " +
  "Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr " +
  "Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og"
).split(" ");
const numbers = new Map(symbols.map((symbol, i) => [symbol, i + 1]));

/** Whether the text is an element's symbol, in the usual case ("Ce"; not "CE", not "Va"). */
export function isElement(text: string): boolean {
  return numbers.has(text);
}

/** Symbol of an atomic number from 1 to 118, else undefined. */
export function elementOfNumber(atomicNumber: number): string | undefined {
  return symbols[atomicNumber - 1];
}

/** Atomic number of a species: an element's symbol, perhaps with more behind it that is no small letter ("Ce3+"). */
export function atomicNumberOf(species: string): number | undefined {
  return numbers.get(/^[A-Z][a-z]?(?![a-z])/.exec(species)?.[0] ?? "");
}
