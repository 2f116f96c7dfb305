import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createExecutor } from "../../src/exec/executor.ts";
import { labelStructures } from "../../src/labelers/label-structures.ts";
import { findXtb, type XtbSettings, type XtbSpec, xtbLabeler } from "../../src/labelers/xtb-labeler.ts";
import { labelTask } from "../../src/workflows/atoms/label-task.ts";
import { labelerContract } from "../contracts/labeler.ts";
import { newFolder, rattledCopies, structureOf } from "../contracts/labeler-case.ts";
import { failureOf } from "../failure.ts";

const settings: XtbSettings = {
  command: "xtb",
  method: "gfn1",
  charge: 0,
  unpairedElectrons: null,
  electronicTemperature: 300,
  accuracy: 0.01,
  restartTemperature: null,
  timeLimit_s: 60,
};
const installed = spawnSync("xtb", ["--version"]).error === undefined;
if (!installed) console.warn("xtb is not installed (apt-get install xtb): tests that run it are skipped");

const water = structureOf("water", ["O", "H", "H"], [0, 0, 0, 0, 0.76, 0.58, 0, -0.76, 0.58]);
const executor = createExecutor(0);

const label = (
  spec: XtbSpec,
  structures: Parameters<typeof labelStructures>[0],
  archive: string | null = null,
) => labelStructures(structures, { spec, labeler: xtbLabeler(spec), task: labelTask, executor, archive });

// Runs of this file are in a folder of their own, so that what they leave behind can be told.
const runs = mkdtempSync(join(tmpdir(), "eciton-xtb-test-"));
const usual = process.env.TMPDIR;
beforeAll(() => {
  process.env.TMPDIR = runs;
});
afterAll(() => {
  if (usual === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = usual;
  rmSync(runs, { recursive: true, force: true });
});

/** Folders of runs that are still there. */
const leftBehind = () => readdirSync(tmpdir()).filter((name) => name.startsWith("eciton-xtb-"));

describe.skipIf(!installed)("xtb", () => {
  const found = (change: Partial<XtbSettings> = {}) => findXtb({ ...settings, ...change });

  describe("as labeler", () => {
    labelerContract({
      spec: installed ? findXtb(settings) : { ...settings, kind: "xtb", version: "none" },
      cluster: water,
      // Third derivatives of some 500 eV/Å³: 3e-4 Å; energies are converged to 1e-8 Hartree, and their errors to
      // first order in the charges go away: 1e-4.
      differences: { step: 2e-3, tolerance: 1e-3 },
      invariance: 1e-6,
      many: 12,
    });
  });

  it("gives water the energy that xtb 6.5.1 prints", async () => {
    // `xtb water.xyz --gfn 1` of O 0 0 0.1, H 0 ±0.76 −0.48/−0.45: TOTAL ENERGY −5.768388284432 Eh.
    const printed = structureOf("water", ["O", "H", "H"], [0, 0, 0.1, 0, 0.76, -0.48, 0, -0.76, -0.45]);
    const { labelled } = await label(found(), [printed]);
    const [{ structure }] = labelled;
    expect(structure.energy! / 27.211386245988).toBeCloseTo(-5.768388284432, 6);
    // Its gradient, −0.015023423927 Eh/bohr along y on oxygen.
    expect(structure.forces![1]).toBeCloseTo(0.015023423927 * 51.422067, 4);
  });

  it("refuses charges and spins that the atoms cannot have, and what it has no parameters for", async () => {
    const reasons = async (change: Partial<XtbSettings>, structure = water) => {
      const { labelled } = await label(found(change), [structure]);
      return labelled[0].failure?.reason ?? null;
    };
    // Eight valence electrons.
    expect(await reasons({ unpairedElectrons: 1 })).toBe("unsupported");
    expect(await reasons({ unpairedElectrons: 2 })).toBeNull();
    expect(await reasons({ unpairedElectrons: 11 })).toBe("unsupported");
    expect(await reasons({ charge: 11 })).toBe("unsupported");
    expect(await reasons({ charge: 9 })).toBe("unsupported");
    expect(await reasons({ charge: 1 })).toBeNull();
    expect(await reasons({ charge: 1, unpairedElectrons: 0 })).toBe("unsupported");
    expect(await reasons({}, { ...water, species: ["U", "H", "H"] })).toBe("unsupported");
    const cell = Float64Array.of(9, 0, 0, 0, 9, 0, 0, 0, 9);
    expect(await reasons({}, { ...water, cell, periodic: [true, true, true] })).toBe("unsupported");
  });

  it("ends by its own fault where the number of unpaired electrons exceeds the orbitals", async () => {
    const { labelled } = await label(found({ unpairedElectrons: 10 }), [water]);
    expect(["crashed", "unsupported"]).toContain(labelled[0].failure?.reason);
    expect(labelled[0].failure?.message).toContain("10");
  });

  it("keeps inputs and outputs, and cleans up", async () => {
    const before = leftBehind();
    const { labelled } = await label(found(), [water], newFolder());
    const log = gunzipSync(readFileSync(labelled[0].log!)).toString();
    for (const part of ["== atoms.xyz\n3\n", "--gfn 1 --chrg 0", "convergence criteria satisfied", "Eh/bohr"])
      expect(log).toContain(part);
    expect(leftBehind()).toEqual(before);
  });
});

/** A program in place of xtb that answers as it is told. */
function standIn(body: string): string {
  const path = join(newFolder(), "program");
  const version = 'if [ "$1" = --version ]; then echo " * xtb version 9.9 (fake)"; exit 0; fi';
  writeFileSync(path, `#!/bin/sh\n${version}\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

const BOHR = 0.529177210903;
/** What a good run leaves: energy −5 Hartree and gradients of 0.01, 0.02, ... Hartree/bohr. */
const said = [
  "echo ' :  # electrons                         8          :'",
  "echo ' *** convergence criteria satisfied after 6 iterations ***'",
  "echo ' :: total charge              -0.000000000000 e     ::'",
];
const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `${n / 100}`);
const atomsOf = (z: number) =>
  water.species.map((one, i) => {
    const [x, y, at] = water.positions.subarray(3 * i, 3 * i + 3);
    return `${one === "O" ? 8 : 1} ${x / BOHR} ${y / BOHR} ${at / BOHR + z}`;
  });
const engrad = (lines: readonly string[]) => `cat > atoms.engrad <<END\n${lines.join("\n")}\nEND`;
const good = ["#", "3", "-5.0", ...numbers, "# coordinates", ...atomsOf(0)];

describe("what xtb says", () => {
  const outcomeOf = async (body: readonly string[], change: Partial<XtbSettings> = {}) => {
    const spec = findXtb({ ...settings, command: standIn(body.join("\n")), ...change });
    const archive = newFolder();
    const { labelled } = await label(spec, [water], archive);
    return { ...labelled[0], reason: labelled[0].failure?.reason ?? null, spec, archive };
  };

  it("becomes eV and eV/Å", async () => {
    const { structure, reason } = await outcomeOf([...said, engrad(good)]);
    expect(reason).toBeNull();
    // 5 Hartree; 0.01 Hartree/bohr = 0.514220675 eV/Å.
    expect(structure.energy).toBeCloseTo(-136.05693123, 8);
    expect(structure.forces![0]).toBeCloseTo(-0.514220675, 8);
    expect(structure.forces![8]).toBeCloseTo(-4.627986072, 8);
  });

  it.each<[string, readonly string[], string]>([
    ["a gradient of NaN", [...said, engrad(good.with(4, "NaN"))], "not-finite"],
    ["a gradient of Infinity", [...said, engrad(good.with(11, "-Infinity"))], "not-finite"],
    ["a full field", [...said, engrad(good.with(2, "***************"))], "not-finite"],
    ["no gradient at all", said, "bad-output"],
    ["half a gradient", [...said, engrad(good.slice(0, 9))], "bad-output"],
    ["a gradient of other atoms", [...said, engrad([...good.slice(0, 13), ...atomsOf(0.01)])], "bad-output"],
    ["no sign of convergence", [said[0], said[2], engrad(good)], "not-converged"],
    ["no electrons", [said[1], said[2], engrad(good)], "bad-output"],
    ["another charge", [said[0], said[1], said[2].replace("-0.0", "2.0"), engrad(good)], "unsupported"],
    ["no electrons left", [said[0].replace(" 8 ", "-2 "), said[1], said[2], engrad(good)], "unsupported"],
    [
      "that it did not converge, with a stale gradient beside it",
      [
        engrad(good),
        "echo ' *** convergence criteria cannot be satisfied within 250 iterations ***'",
        "exit 1",
      ],
      "not-converged",
    ],
    ["an error, with a good gradient beside it", [...said, engrad(good), "exit 1"], "crashed"],
    ["a signal of its own", [...said, engrad(good), "kill -SEGV $$"], "crashed"],
  ])("%s is a failure", async (_, body, reason) => {
    const outcome = await outcomeOf(body);
    expect(outcome.reason).toBe(reason);
    expect(outcome.structure).toBe(water);
    // Kept with what led to it, and found again.
    expect(gunzipSync(readFileSync(outcome.log!)).toString()).toContain("== atoms.xyz");
    const again = await label(outcome.spec, [water], outcome.archive);
    expect(again.labelled[0]).toMatchObject({ found: true, failure: { reason } });
  });

  it("is asked for again at the wanted temperature, after charges were found at a higher one", async () => {
    const body = [
      "echo $* >> calls",
      'case "$*" in *"--etemp 3000"*) touch warm;; esac',
      "if [ ! -e warm ]; then echo 'criteria cannot be satisfied'; exit 1; fi",
      'case "$*" in *"--etemp 300 "*) ;; *) echo broken > atoms.engrad;; esac',
      ...said,
      `case "$*" in *"--etemp 300 "*) ${engrad(good)}\n;; esac`,
    ];
    const failed = await outcomeOf(body);
    expect(failed.reason).toBe("not-converged");
    const { structure, notes, log } = await outcomeOf(body, { restartTemperature: 3000 });
    expect(structure.energy).toBeCloseTo(-136.05693123, 8);
    expect(notes).toEqual(["restarted from a solution at 3000 K"]);
    expect(
      gunzipSync(readFileSync(log!))
        .toString()
        .match(/== \S+program/g)?.length,
    ).toBe(3);
  });

  it("is not waited for longer than the limit of time", async () => {
    const before = leftBehind();
    const begun = performance.now();
    const { reason, failure, spec, archive } = await outcomeOf(["sleep 20 & sleep 20"], { timeLimit_s: 0.3 });
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(reason).toBe("time-limit");
    expect(failure?.message).toContain("0.3 s");
    expect(leftBehind()).toEqual(before);
    // Tried again only where that is asked for.
    const longer = { ...spec, timeLimit_s: 0.2 };
    const options = { spec: longer, labeler: xtbLabeler(longer), task: labelTask, executor, archive };
    expect((await labelStructures([water], options)).labelled[0].failure?.message).toContain("0.3 s");
    const again = await labelStructures([water], { ...options, again: ["time-limit"] });
    expect(again.labelled[0].failure?.message).toContain("0.2 s");
  });

  it("is not held against a structure where somebody else ended the program", async () => {
    const once = join(newFolder(), "once");
    const body = [`if [ ! -e ${once} ]; then touch ${once}; kill -TERM $$; fi`, ...said, engrad(good)];
    const { reason, spec, archive } = await outcomeOf(body);
    expect(reason).toBe("killed");
    const again = await label(spec, [water], archive);
    expect(again.counts).toEqual({ new: 1, found: 0, failed: 0 });
  });

  it("is no longer wanted after a cancellation: the program and what it began are ended", async () => {
    const mark = join(newFolder(), "pids");
    const before = leftBehind();
    const spec = findXtb({ ...settings, command: standIn(`sleep 60 & echo $! $$ > ${mark}; wait`) });
    const stop = new AbortController();
    const timer = setInterval(() => existsSync(mark) && stop.abort(), 5);
    const options = { spec, labeler: xtbLabeler(spec), task: labelTask, executor, archive: null };
    const error = await labelStructures([water, ...rattledCopies(water, 3, 0.1)], {
      ...options,
      signal: stop.signal,
    }).then(
      () => null,
      (reason) => reason,
    );
    clearInterval(timer);
    expect(error?.code).toBe("cancelled");
    const pids = readFileSync(mark, "utf8").trim().split(" ");
    expect(pids.length).toBe(2);
    for (const pid of pids) expect(isRunning(pid)).toBe(false);
    expect(leftBehind()).toEqual(before);
  });

  it("does not depend on where the program is, or how long it may take", () => {
    const spec: XtbSpec = { ...settings, kind: "xtb", version: "6.5.1" };
    const { identity } = xtbLabeler(spec);
    expect(xtbLabeler({ ...spec, command: "/opt/xtb", timeLimit_s: 5 }).identity).toBe(identity);
    for (const change of [
      { method: "gfn2" },
      { charge: 1 },
      { unpairedElectrons: 0 },
      { electronicTemperature: 500 },
      { accuracy: 1 },
      { version: "6.6.0" },
      { restartTemperature: 1000 },
    ] as const)
      expect(xtbLabeler({ ...spec, ...change }).identity).not.toBe(identity);
  });

  it("must come from xtb: what to install is said before anything runs", () => {
    for (const command of ["no-such-program", "/bin/true"]) {
      const error = failureOf(() => findXtb({ ...settings, command }));
      expect(error.code).toBe("study");
      expect(error.message).toContain("apt-get install xtb");
      expect(error.message).toContain(command);
    }
  });
});

function isRunning(pid: string): boolean {
  try {
    // Without /proc, or ended and only waiting for its parent.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
