/** Predictions of a trained potential against the data, with the residuals beside them. */
import * as Plot from "@observablehq/plot";
import { toCsv } from "../csv.ts";
import type { Figure } from "../figure.ts";
import type { Markup } from "../html.ts";
import { distinctSeries, grey, seriesStyle } from "../marks.ts";
import { count, requireFinite } from "../numbers.ts";
import { drawPlot, paddedRange } from "../plot.ts";
import type { EnergyPoint, ForcePoint, SpreadPoint } from "../training-model.ts";

interface ParityDot {
  readonly reference: number;
  readonly residual: number;
  readonly predicted: number;
  /** What is told apart by colour. */
  readonly group: string;
  readonly set: "training" | "test";
}

/** @throws {EcitonError} "shape" for numbers that are not finite */
export function energyParityFigure(points: readonly EnergyPoint[]): Figure {
  requireFinite("energies", points, ["reference", "predicted"]);
  return parityFigure({
    name: "energies",
    title: "Energies of the potential against the data",
    quantity: "energy (eV/atom)",
    // Energies of an atom agree to meV: their residuals need an axis of their own.
    residual: { label: "residual (meV/atom)", factor: 1000 },
    caption: `${count(points.length, "structure")}, coloured by their class. Right: predicted − reference.`,
    dots: points.map((p) => ({
      ...p,
      residual: 1000 * (p.predicted - p.reference),
      group: p.structureClass,
    })),
    csv: toCsv(
      "energies",
      ["structure", "set", "class", "reference_eV_per_atom", "predicted_eV_per_atom"],
      points.map((p) => [p.name, p.set, p.structureClass, p.reference, p.predicted]),
    ),
  });
}

/**
 * @param total components before thinning
 * @throws {EcitonError} "shape" for numbers that are not finite
 */
export function forceParityFigure(points: readonly ForcePoint[], total: number): Figure {
  requireFinite("forces", points, ["reference", "predicted"]);
  const shown =
    points.length < total ? `${count(points.length, "component")} of ${total}` : count(total, "component");
  return parityFigure({
    name: "forces",
    title: "Forces of the potential against the data",
    quantity: "force (eV/Å)",
    residual: { label: "residual (eV/Å)", factor: 1 },
    caption: `${shown}, coloured by element. Right: predicted − reference.`,
    dots: points.map((p) => ({ ...p, residual: p.predicted - p.reference, group: p.element })),
    csv: toCsv(
      "forces",
      ["set", "element", "reference_eV_per_A", "predicted_eV_per_A"],
      points.map((p) => [p.set, p.element, p.reference, p.predicted]),
    ),
  });
}

interface ParityPlan {
  readonly name: string;
  readonly title: string;
  readonly quantity: string;
  readonly residual: { readonly label: string; readonly factor: number };
  readonly caption: string;
  readonly dots: readonly ParityDot[];
  readonly csv: string;
}

function parityFigure({ name, title, quantity, residual, caption, dots, csv }: ParityPlan): Figure {
  const groups = [...new Set(dots.map(({ group }) => group))].sort();
  // Beyond the styles that can be told apart, groups share the last one.
  const styleOf = (group: string) => seriesStyle(Math.min(groups.indexOf(group), distinctSeries - 1));
  const named = groups.length > distinctSeries ? groups.slice(0, distinctSeries - 1) : groups;
  return {
    name,
    title,
    caption: `Left: predicted against reference. ${caption} Open symbols: training; filled: test.`,
    legend: [
      ...named.map((group) => ({ label: group, color: styleOf(group).color, symbol: "circle" as const })),
      ...(named.length < groups.length
        ? [
            {
              label: `${groups.length - named.length} others`,
              color: seriesStyle(distinctSeries - 1).color,
              symbol: "circle" as const,
            },
          ]
        : []),
      { label: "perfect agreement", color: grey.middle, dash: "4 3" },
    ],
    panels: [
      { svg: scatter(dots, quantity, (group) => styleOf(group).color) },
      { svg: residuals(dots, quantity, residual.label, (group) => styleOf(group).color) },
    ],
    csv,
  };
}

type ColorOf = (group: string) => string;

function dotMarks(dots: readonly ParityDot[], y: "predicted" | "residual", colorOf: ColorOf): Plot.Markish[] {
  const small = dots.length > 600;
  return (["training", "test"] as const).map((set) =>
    Plot.dot(
      dots.filter((dot) => dot.set === set),
      {
        x: "reference",
        y,
        r: small ? 1.2 : 2.8,
        stroke: (dot: ParityDot) => colorOf(dot.group),
        fill: set === "test" ? (dot: ParityDot) => colorOf(dot.group) : "none",
        strokeWidth: small ? 0.8 : 1.2,
        strokeOpacity: 0.75,
        fillOpacity: 0.75,
      },
    ),
  );
}

function scatter(dots: readonly ParityDot[], quantity: string, colorOf: ColorOf): Markup {
  const domain = paddedRange(dots.flatMap(({ reference, predicted }) => [reference, predicted]));
  const side = { domain, nice: false, grid: true, ticks: 6 };
  return drawPlot(`Predicted against reference ${quantity}`, {
    width: 454,
    height: 420,
    marginLeft: 76,
    x: { ...side, label: `reference ${quantity}` },
    y: { ...side, label: `predicted ${quantity}` },
    marks: [
      Plot.line(
        domain.map((d) => [d, d]),
        { stroke: grey.middle, strokeDasharray: "4 3" },
      ),
      ...dotMarks(dots, "predicted", colorOf),
    ],
  });
}

function residuals(dots: readonly ParityDot[], quantity: string, label: string, colorOf: ColorOf): Markup {
  return drawPlot(`Residual against reference ${quantity}`, {
    width: 454,
    height: 420,
    marginLeft: 76,
    x: {
      label: `reference ${quantity}`,
      domain: paddedRange(dots.map(({ reference }) => reference)),
      nice: false,
      ticks: 6,
    },
    y: { label, domain: paddedRange([0, ...dots.map(({ residual }) => residual)]), nice: false, grid: true },
    marks: [
      Plot.ruleY([0], { stroke: grey.middle, strokeDasharray: "4 3" }),
      ...dotMarks(dots, "residual", colorOf),
    ],
  });
}

/**
 * Whether the spread of a committee tells its error.
 * @throws {EcitonError} "shape" for numbers that are not finite
 */
export function spreadFigure(points: readonly SpreadPoint[]): Figure {
  const name = "committee-spread";
  requireFinite(name, points, ["spread_meV", "error_meV"]);
  const domain = paddedRange([0, ...points.flatMap((p) => [p.spread_meV, p.error_meV])]);
  const styles = { training: seriesStyle(0), test: seriesStyle(1) };
  return {
    name,
    title: "Spread of the committee and its error",
    caption:
      "Each symbol is a structure: standard deviation of the members' energies, and how far their mean lies from the data. " +
      "Where the error is often far above the line, the spread promises too much.",
    legend: [
      ...(["training", "test"] as const).map((set) => ({
        label: set,
        color: styles[set].color,
        symbol: styles[set].symbol,
      })),
      { label: "error equal to spread", color: grey.middle, dash: "4 3" },
    ],
    panels: [
      {
        svg: drawPlot("Error against spread", {
          width: 454,
          height: 400,
          x: { domain, label: "spread (meV/atom)", nice: false },
          y: { domain, label: "|error| (meV/atom)", nice: false, grid: true, ticks: 6 },
          marks: [
            Plot.line(
              domain.map((d) => [d, d]),
              { stroke: grey.middle, strokeDasharray: "4 3" },
            ),
            ...(["training", "test"] as const).map((set) =>
              Plot.dot(
                points.filter((p) => p.set === set),
                {
                  x: "spread_meV",
                  y: "error_meV",
                  r: 2.8,
                  symbol: styles[set].symbol,
                  stroke: styles[set].color,
                },
              ),
            ),
          ],
        }),
      },
    ],
    csv: toCsv(
      name,
      ["structure", "set", "spread_meV_per_atom", "error_meV_per_atom"],
      points.map((p) => [p.name, p.set, p.spread_meV, p.error_meV]),
    ),
  };
}
