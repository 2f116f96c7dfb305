/** Trainings that are long enough to be killed in the middle. */
import type { KillCase } from "./kill-cases.ts";
import { toyClusters, toyStudy, toyText } from "./toy-training-data.ts";

/** @param size factor on the number of epochs; at 1 each takes some seconds of two cores */
export function trainKillCases(size: number): KillCase[] {
  const data = toyText(toyClusters(30));
  const make = (name: string, train: object): KillCase => ({
    name,
    command: "train",
    results: "predictions.csv",
    study: toyStudy({ checkpoint_every_s: 0.2, ...train }),
    files: { "toy.xyz": data },
    args: [],
  });
  return [
    make("train a committee", { members: 2, epochs: Math.round(60 * size) }),
    make("train, sorted", {
      checkpoint_every_s: 2,
      selection: { mode: "sorted" },
      epochs: Math.round(60 * size),
    }),
    make("train with l-bfgs", { optimiser: { method: "l-bfgs" }, epochs: Math.round(40 * size) }),
  ];
}
