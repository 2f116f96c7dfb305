import { expect, it } from "vitest";
import * as train from "../../src/workflows/train/train.ts";
import { planOfText } from "./part-study.ts";
import { toyClusters, toyStudy, toyText } from "./toy-training-data.ts";

it("a study that names no optimiser has the same one as a study that names the Kalman filter", () => {
  const data = { "toy.xyz": toyText(toyClusters(6)) };
  const settingsOf = (keys: object) => planOfText(train, toyStudy(keys), data).settings;
  expect(settingsOf({})).toEqual(settingsOf({ optimiser: { method: "kalman" } }));
});
