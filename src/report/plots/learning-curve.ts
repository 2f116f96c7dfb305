/** Errors against epochs, on logarithmic axes: energies, forces and stresses, training and test. */
import * as Plot from "@observablehq/plot";
import { toCsv } from "../csv.ts";
import type { Figure } from "../figure.ts";
import { okabeIto } from "../marks.ts";
import { count, requireFinite } from "../numbers.ts";
import { drawPlot, logAxis, paddedRange } from "../plot.ts";
import type { EpochPoint, MemberSummary } from "../training-model.ts";

const quantities = [
  {
    title: "Energies",
    label: "RMSE of energies (meV/atom)",
    training: "trainEnergy_meV",
    test: "testEnergy_meV",
  },
  {
    title: "Forces",
    label: "RMSE of forces (eV/Å)",
    training: "trainForce_eV_per_A",
    test: "testForce_eV_per_A",
  },
  {
    title: "Stresses",
    label: "RMSE of stresses (GPa)",
    training: "trainStress_GPa",
    test: "testStress_GPa",
  },
] as const;
const sets = [
  { label: "training", key: "training", color: okabeIto.blue, dash: "" },
  { label: "test", key: "test", color: okabeIto.vermillion, dash: "7 3" },
] as const;
const fields = [
  "epoch",
  "trainEnergy_meV",
  "testEnergy_meV",
  "trainForce_eV_per_A",
  "testForce_eV_per_A",
  "trainStress_GPa",
  "testStress_GPa",
] as const;

/** Room for "5 × 10⁻¹" beside the label of the axis, pixels. */
const LABELS = 84;

/** @throws {EcitonError} "shape" for numbers that are not finite */
export function learningCurveFigure(members: readonly MemberSummary[]): Figure {
  const name = "learning-curve";
  const all = members.flatMap(({ epochs }) => epochs);
  requireFinite(name, all, fields);
  const panels = quantities.flatMap((quantity): Figure["panels"][number][] => {
    // An error of zero has no place on a logarithmic axis.
    const errorOf = (epoch: EpochPoint, key: "training" | "test") => epoch[quantity[key]] || undefined;
    const values = all.flatMap((epoch) => sets.flatMap(({ key }) => errorOf(epoch, key) ?? []));
    if (values.length === 0) return [];
    const marks = members.flatMap(({ epochs, kept }) => [
      ...sets.flatMap(({ key, color, dash }) => {
        const points = epochs.flatMap((epoch) => {
          const y = errorOf(epoch, key);
          return y === undefined ? [] : [{ x: epoch.epoch, y }];
        });
        return points.length === 0
          ? []
          : [
              Plot.lineY(points, {
                x: "x",
                y: "y",
                stroke: color,
                strokeWidth: 1.6,
                strokeDasharray: dash || "1 0",
                strokeOpacity: members.length > 1 ? 0.6 : 1,
              }),
            ];
      }),
      Plot.ruleX([kept], { stroke: okabeIto.green, strokeDasharray: "2 3", strokeOpacity: 0.8 }),
    ]);
    return [
      {
        title: quantity.title,
        svg: drawPlot(`${quantity.title}: error against epoch`, {
          width: 454,
          height: 320,
          marginLeft: LABELS,
          x: { label: "epoch", domain: paddedRange(all.map(({ epoch }) => epoch)), ticks: 7 },
          y: { ...logAxis(values), label: quantity.label, labelOffset: LABELS - 8, grid: true },
          marks,
        }),
      },
    ];
  });
  return {
    name,
    title: "Learning curves",
    caption:
      `Root mean square errors after each epoch${members.length > 1 ? ` of ${count(members.length, "member")}` : ""}; ` +
      "dotted: the epoch whose weights were kept.",
    legend: [
      ...sets
        .filter(({ key }) => all.some((epoch) => quantities.some((q) => epoch[q[key]] !== undefined)))
        .map(({ label, color, dash }) => ({ label, color, dash })),
      { label: "kept", color: okabeIto.green, dash: "2 3" },
    ],
    panels,
    csv: toCsv(
      name,
      ["member", ...fields],
      members.flatMap((member) =>
        member.epochs.map((epoch) => [member.name, ...fields.map((f) => epoch[f])]),
      ),
    ),
  };
}
