/** Writes a made-up run as VASP writes vasprun.xml. */
import { atomsOf, type Run, type RunStep } from "./vasp-run.ts";

export interface VasprunStyle {
  /** VASP 5 puts the entropy in e_0_energy, and energy(sigma->0) in e_wo_entrp, of a step's last block. */
  readonly version: 5 | 6;
  readonly selective?: readonly string[];
  readonly pstress?: number;
}

const f = (x: number) => x.toFixed(8).padStart(16);
const i = (name: string, x: number) => `<i name="${name}"> ${f(x)} </i>`;
const int = (name: string, x: number) => `<i type="int" name="${name}">${String(x).padStart(6)}</i>`;

function rows(values: readonly number[], indent: string): string {
  const lines: string[] = [];
  for (let k = 0; k < values.length; k += 3)
    lines.push(
      `${indent}<v>${values
        .slice(k, k + 3)
        .map(f)
        .join(" ")} </v>`,
    );
  return lines.join("\n");
}

function structure(step: RunStep, name: string | null, selective: readonly string[] = []): string {
  return ` <structure${name ? ` name="${name}" ` : ""}>
   <crystal>
    <varray name="basis" >
${rows(step.cell, "     ")}
    </varray>
    <i name="volume"> 1.00000000 </i>
    <varray name="rec_basis" >
     <v> 9.0 9.0 9.0 </v>
     <v> 9.0 9.0 9.0 </v>
     <v> 9.0 9.0 9.0 </v>
    </varray>
   </crystal>
   <varray name="positions" >
${rows(step.direct, "    ")}
   </varray>${selective.length ? `\n   <varray name="selective" >\n${selective.map((s) => `    <v type="logical" > ${s} </v>`).join("\n")}\n   </varray>` : ""}
  </structure>`;
}

function calculation(step: RunStep, { version }: VasprunStyle): string {
  const scf: string[] = [];
  for (let k = 1; k <= step.electronicSteps; k++) {
    // Earlier electronic steps are off by some eV, so that taking the wrong one shows.
    const off = 3 * (step.electronicSteps - k);
    scf.push(`  <scstep>
   <time name="dav">    0.10    0.11</time>
   <time name="total">    0.13    0.14</time>
   <energy>
    ${i("alphaZ", 12)}
    ${i("ewald", -50)}
    ${i("e_fr_energy", step.free + off)}
    ${i("e_wo_entrp", step.withoutEntropy - off)}
    ${i("e_0_energy", step.sigma0 + 2 * off)}
   </energy>
  </scstep>`);
  }
  const entropy = step.free - step.withoutEntropy;
  const free = step.free + step.dispersion;
  const last =
    version === 6
      ? [free, step.withoutEntropy + step.dispersion, step.sigma0 + step.dispersion]
      : [free, free - entropy / 2, entropy];
  return ` <calculation>
${scf.join("\n")}
 ${structure(step, null)}
  <varray name="forces" >
${rows(step.forces, "   ")}
  </varray>
  <varray name="stress" >
${rows(step.stressKbar, "   ")}
  </varray>
  <energy>
   ${i("e_fr_energy", last[0])}
   ${i("e_wo_entrp", last[1])}
   ${i("e_0_energy", last[2])}
  </energy>
  <time name="totalsc">    6.29    6.34</time>
  <eigenvalues><array><dimension dim="1">band</dimension><set><set comment="spin 1"><r> -5.1 1.0 </r></set></set></array></eigenvalues>
  <dos>
   <i name="efermi"> 1.23 </i>
   <varray name="forces" ><v> 8 8 8 </v></varray>
  </dos>
 </calculation>`;
}

export function vasprunText(run: Run, style: VasprunStyle = { version: 6 }): string {
  const atoms = atomsOf(run);
  const atomRows = run.types.flatMap(({ element, count }, type) =>
    // VASP writes "r" for Zr.
    new Array<string>(count).fill(
      `    <rc><c>${element === "Zr" ? "r " : element.padEnd(2)}</c><c>${String(type + 1).padStart(4)}</c></rc>`,
    ),
  );
  const typeRows = run.types.map(
    ({ element, count }) =>
      `    <rc><c>${String(count).padStart(4)}</c><c>${element === "Zr" ? "r " : element.padEnd(2)}</c><c>     16.00000000</c><c>      6.00000000</c><c>  PAW_PBE ${element}_s 08Apr2002                  </c></rc>`,
  );
  return `<?xml version="1.0" encoding="ISO-8859-1"?>
<modeling>
 <generator>
  <i name="program" type="string">vasp </i>
 </generator>
 <parameters>
  <separator name="electronic" >
   <i type="string" name="PREC">accura</i>
   <separator name="electronic convergence" >
    ${int("NELM", run.nelm)}
   </separator>
  </separator>
  <separator name="ionic" >
   ${int("NSW", run.nsw)}
   ${int("IBRION", run.ibrion)}
   ${i("EDIFFG", run.ediffg)}
   ${i("PSTRESS", style.pstress ?? 0)}
  </separator>
 </parameters>
 <atominfo>
  <atoms>${String(atoms.length).padStart(8)} </atoms>
  <types>${String(run.types.length).padStart(8)} </types>
  <array name="atoms" >
   <dimension dim="1">ion</dimension>
   <field type="string">element</field>
   <field type="int">atomtype</field>
   <set>
${atomRows.join("\n")}
   </set>
  </array>
  <array name="atomtypes" >
   <dimension dim="1">type</dimension>
   <field type="int">atomspertype</field>
   <set>
${typeRows.join("\n")}
   </set>
  </array>
 </atominfo>
${structure(run.steps[0], "initialpos", style.selective)}
${run.steps.map((step) => calculation(step, style)).join("\n")}
${structure(run.steps[run.steps.length - 1], "finalpos", style.selective)}
</modeling>
`;
}
