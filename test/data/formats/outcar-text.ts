/** Writes a made-up run as VASP writes its OUTCAR. */
import { atomsOf, cartesian, type Run, type RunStep } from "./vasp-run.ts";

export interface OutcarStyle {
  /** Where the tables of moments stand: in every step before its forces, once after the last step, or nowhere. */
  readonly moments: "every" | "last" | "none";
  readonly noncollinear?: boolean;
  /** Whether the pseudopotentials have f projectors, which adds a column. */
  readonly f?: boolean;
  /** Whether the ions reached the required accuracy. */
  readonly accurate?: boolean;
}

const at = (x: number, width: number, digits: number) => x.toFixed(digits).padStart(width);
const dashes = ` ${"-".repeat(83)}`;

function momentTable(axis: string, moments: readonly number[], style: OutcarStyle): string {
  const columns = style.f ? ["s", "p", "d", "f", "tot"] : ["s", "p", "d", "tot"];
  const row = (label: string, total: number) =>
    label + columns.map((c) => at(c === "tot" ? total : 9.999, 8, 3)).join("");
  return `
 magnetization (${axis})

# of ion  ${columns.map((c) => c.padStart(8)).join("")}
------------------------------------------
${moments.map((m, i) => row(`${String(i + 1).padStart(5)}     `, m)).join("\n")}
--------------------------------------------------
${row(
  "tot       ",
  moments.reduce((a, b) => a + b, 0),
)}
`;
}

function tables(step: RunStep, style: OutcarStyle): string {
  const axes = style.noncollinear ? ["x", "y", "z"] : ["x"];
  return axes.map((axis) => momentTable(axis, step.moments, style)).join("\n");
}

function ionicStep(run: Run, step: RunStep, number: number, style: OutcarStyle): string {
  const atoms = step.direct.length / 3;
  const positions = cartesian(step);
  const scf: string[] = [];
  for (let k = 1; k <= step.electronicSteps; k++) {
    const off = 3 * (step.electronicSteps - k);
    scf.push(`
--------------------------------------- Iteration ${String(number).padStart(6)}(${String(k).padStart(4)})  ---------------------------------------


    POTLOK:  cpu time    0.0515: real time    0.0635
 eigenvalue-minimisations  :  3224
 number of electron      37.9999994 magnetization       0.0001839

 Free energy of the ion-electron system (eV)
  ---------------------------------------------------
  entropy T*S    EENTRO =         0.00000000
  free energy    TOTEN  = ${at(step.free + off, 18, 8)} eV

  energy without entropy = ${at(step.withoutEntropy - off, 18, 8)}  energy(sigma->0) = ${at(step.sigma0 + off, 18, 8)}
`);
  }
  const end =
    step.electronicSteps < run.nelm ? "because EDIFF is reached" : "EDIFF was not reached (unconverged) ";
  const s = step.stressKbar;
  const voigt = [s[0], s[4], s[8], s[1], s[5], s[2]];
  const vectors = [0, 1, 2].map(
    (k) =>
      `  ${step.cell
        .slice(3 * k, 3 * k + 3)
        .map((x) => at(x, 13, 9))
        .join("")}     0.111111111  0.000000000  0.000000000`,
  );
  const rows = Array.from(
    { length: atoms },
    (_, i) =>
      [0, 1, 2].map((k) => at(positions[3 * i + k], 13, 5)).join("") +
      "   " +
      [0, 1, 2].map((k) => at(step.forces[3 * i + k], 14, 6)).join(""),
  );
  return `${scf.join("\n")}
------------------------ aborting loop ${end} ----------------------------------------
${style.moments === "every" ? tables(step, style) : ""}
  FORCE on cell =-STRESS in cart. coord.  units (eV):
  Direction    XX          YY          ZZ          XY          YZ          ZX
  --------------------------------------------------------------------------------------
  Total      70.00000   70.00000   70.00000   70.00000   70.00000   70.00000
  in kB  ${voigt.map((x) => at(x, 12, 5)).join("")}
  external pressure =       99.00 kB  Pullay stress =        0.00 kB


 VOLUME and BASIS-vectors are now :
 -----------------------------------------------------------------------------
  energy-cutoff  :      400.00
  volume of cell :      210.00
      direct lattice vectors                 reciprocal lattice vectors
${vectors.join("\n")}

  length of vectors
     5.000000000  5.000000000  5.000000000     0.200000000  0.200000000  0.200000000

 POSITION                                       TOTAL-FORCE (eV/Angst)
${dashes}
${rows.join("\n")}
${dashes}
    total drift:                               -0.000011      0.000012     -0.000007


--------------------------------------------------------------------------------------------------------



  FREE ENERGIE OF THE ION-ELECTRON SYSTEM (eV)
  ---------------------------------------------------
  free  energy   TOTEN  =  ${at(step.free + step.dispersion, 16, 8)} eV

  energy  without entropy= ${at(step.withoutEntropy + step.dispersion, 16, 8)}  energy(sigma->0) = ${at(step.sigma0 + step.dispersion, 16, 8)}



--------------------------------------------------------------------------------------------------------


     LOOP+:  cpu time   12.0820: real time   12.2709
`;
}

export function outcarText(run: Run, style: OutcarStyle): string {
  const atoms = atomsOf(run);
  return ` vasp.5.4.4.18Apr17-6-g9f103f2a35 (build Nov 17 2020 17:54:46) complex

 executed on             LinuxIFC date 2023.09.26  17:09:42
 POTCAR:    PAW_PBE Ce_h 01Apr2009
${run.types.map(({ element }) => `   VRHFIN =${element === "Zr" ? "r" : element}: 4s4p5s4d\n   LEXCH  = PE\n   TITEL  = PAW_PBE ${element}_s 04Jan2005\n`).join("")}
 position of ions in fractional coordinates (direct lattice)
      direct lattice vectors                 reciprocal lattice vectors
     9.000000000  0.000000000  0.000000000     0.111111111  0.000000000  0.000000000
     0.000000000  9.000000000  0.000000000     0.000000000  0.111111111  0.000000000
     0.000000000  0.000000000  9.000000000     0.000000000  0.000000000  0.111111111

   number of dos      NEDOS =    301   number of ions     NIONS = ${String(atoms.length).padStart(6)}
   ions per type =            ${run.types.map(({ count }) => String(count).padStart(4)).join("")}

   ISPIN  =      2    spin polarized calculation?
   LNONCOLLINEAR =      ${style.noncollinear ? "T" : "F"} non collinear calculations
   NELM   = ${String(run.nelm).padStart(6)};   NELMIN=  2; NELMDL= -5     # of ELM steps
   EDIFFG = -.2E-01   stopping-criterion for IOM
   NSW    = ${String(run.nsw).padStart(6)}    number of steps for IOM
   IBRION = ${String(run.ibrion).padStart(6)}    ionic relax: 0-MD 1-quasi-New 2-CG
${run.steps.map((step, k) => ionicStep(run, step, k + 1, style)).join("")}${style.accurate === false ? "" : " reached required accuracy - stopping structural energy minimisation\n"}
${style.moments === "none" ? "" : tables(run.steps[run.steps.length - 1], style)}

 General timing and accounting informations for this job:
 ========================================================

                  Total CPU time used (sec):       16.449
`;
}
