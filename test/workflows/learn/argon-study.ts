/** A study that learns in seconds, and what two runs of it have in common. */
import { readdirSync } from "node:fs";
import { expect } from "vitest";
import * as learn from "../../../src/workflows/learn/learn.ts";
import { type PartOptions, runPartStudy } from "../part-study.ts";

/** Seven atoms of argon, one and the same potential as labeler and as what the test knows to be right. */
export const argon = `
name: argon
seed: 3
atoms: {random: {composition: {Ar: 7}, min_A: 3.4, max_A: 4.6, volume_A3: 60}}
labeler: {kind: calculator, potential: {kind: lennard-jones, epsilon_eV: 0.0103, sigma_A: 3.4}}
relax: {force_tolerance_eV_per_A: 0.001, max_evaluations: 300}
train:
  network: {hidden: [6]}
  descriptors: {level: small}
  epochs: 12
learn:
  systems:
    - {name: Ar7, atoms: {random: {composition: {Ar: 7}, min_A: 3.4, max_A: 4.6, volume_A3: 60}}}
    - {name: Ar6, atoms: {random: {composition: {Ar: 6}, min_A: 3.4, max_A: 4.6, volume_A3: 60}}}
  start_structures: 8
  rounds: 5
  per_round: 12
  trust: {low: 0.003, high: 0.1}
  explore: {starts: 3, temperature_K: 20, steps: 60, every_steps: 10}
  target_meV_per_atom: 0.3
  check: 3
hop: {sampling: independent, paths: 2, steps: 4}
dynamics: {time_step_fs: 5, segments: [{duration_ps: 0.5, temperature_K: 3}]}
`;

export const study = (text: string, options: PartOptions = {}) => runPartStudy(learn, text, {}, options);
export type Run = Awaited<ReturnType<typeof study>>;

/** All files of results but those with times in them. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(extxyz|csv|data|nn)$/.test(name))
    .sort();
}

export function expectSame(one: Run, other: Run): void {
  expect(filesOf(other.outDir)).toEqual(filesOf(one.outDir));
  for (const name of filesOf(one.outDir)) expect(other.read(name) === one.read(name), name).toBe(true);
}
