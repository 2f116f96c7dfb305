import { parse } from "csv-parse/sync";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { EcitonError } from "../../src/core/errors.ts";
import type { Figure } from "../../src/report/figure.ts";
import type { LambdaPath, LayerOccupations, ParityPoint } from "../../src/report/model.ts";
import { convexHullFigure } from "../../src/report/plots/convex-hull.ts";
import { coverageFigure } from "../../src/report/plots/coverage.ts";
import { curveFigure } from "../../src/report/plots/curve.ts";
import { eciFigure } from "../../src/report/plots/eci.ts";
import { errorsByTermsFigure } from "../../src/report/plots/errors-by-terms.ts";
import { lambdaPathFigure } from "../../src/report/plots/lambda-path.ts";
import { layerOccupationsFigure } from "../../src/report/plots/layer-occupations.ts";
import { parityFigure } from "../../src/report/plots/parity.ts";
import { tracesFigure } from "../../src/report/plots/traces.ts";
import { ceriaModel } from "./ceria-model.ts";

const model = ceriaModel();
const fit = model.fit!;
const mc = model.mc!;

/** One panel as a document; marks are found through the names that the plot library gives them. */
function panel(figure: Figure, index = 0) {
  const { document } = parseHTML(`<html><body>${figure.panels[index].svg.text}</body></html>`);
  const groups = (name: string) => [
    ...document.querySelectorAll(`g[aria-label="${name}"]:not([class^="error-bar"])`),
  ];
  return {
    document,
    text: document.querySelector("svg")!.textContent ?? "",
    /** Number of elements of a mark in all its groups, without titles. */
    count: (name: string, selector = "circle, path, line, rect") =>
      groups(name).reduce((sum, group) => sum + group.querySelectorAll(selector).length, 0),
    groups,
    errorBars: document.querySelectorAll("g.error-bar line").length,
    caps: document.querySelectorAll("g.error-bar-cap path").length,
  };
}

const rows = (csv: string) =>
  parse(csv, { columns: true, record_delimiter: "\n" }) as Record<string, string>[];
const translation = (element: Element) =>
  /translate\(([-\d.]+),([-\d.]+)\)/
    .exec(element.getAttribute("transform") ?? "")!
    .slice(1)
    .map(Number);

describe("parity plot", () => {
  const figure = parityFigure(fit.parity!, "eV per vacancy");

  it("has a symbol for each training and CV energy, and names the structures", () => {
    const { groups, document } = panel(figure);
    expect(groups("dot").map((g) => g.querySelectorAll("circle, path").length)).toEqual([221, 221]);
    expect(document.querySelectorAll("title").length).toBe(442);
    expect(panel(figure).text).toContain("reference energy (eV per vacancy)");
  });

  it("puts each circle where its energies are, on equal axes", () => {
    const circles = panel(figure).groups("dot")[0].querySelectorAll("circle");
    const at = fit.parity!.map((p, i) => ({
      ...p,
      x: Number(circles[i].getAttribute("cx")),
      y: Number(circles[i].getAttribute("cy")),
    }));
    // Two points fix the scale of each axis; all others have to agree with it, and both axes with each other.
    const [a, b] = at;
    const scale = (b.x - a.x) / (b.reference - a.reference);
    for (const p of at) {
      expect(p.x).toBeCloseTo(a.x + scale * (p.reference - a.reference), 6);
      expect(p.y).toBeCloseTo(a.y - scale * (p.training - a.training), 6);
    }
  });

  it("draws two violins with their quartiles, extremes and medians", () => {
    const violins = panel(figure, 1);
    expect(violins.count("area", "path")).toBe(2);
    expect(violins.count("dot", "circle")).toBe(2);
    expect(violins.count("rule", "line")).toBe(5);
    expect(violins.text).toContain("cross-validation");
  });

  it("writes what it drew", () => {
    const read = rows(figure.csv);
    expect(read.length).toBe(221);
    read.forEach((row, i) => {
      const p = fit.parity![i];
      expect([row.structure, Number(row.reference), Number(row.training), Number(row.cv)]).toEqual([
        p.name,
        p.reference,
        p.training,
        p.cv,
      ]);
      expect(Number(row.cv_residual)).toBe(p.cv! - p.reference);
    });
  });

  it("manages one structure and none with cross-validation", () => {
    const one: ParityPoint[] = [{ name: "only", reference: 1, training: 1 }];
    const single = parityFigure(one, "eV");
    expect(panel(single).count("dot")).toBe(1);
    expect(panel(single, 1).count("area")).toBe(0);
    expect(panel(single, 1).count("dot")).toBe(1);
    expect(single.panels.map((p) => p.svg.text).join()).not.toMatch(/NaN|Infinity/);
  });
});

describe("λ path", () => {
  const figure = lambdaPathFigure(fit.path!, "eV per vacancy");

  it("draws the points, the band and the two choices in both panels", () => {
    const errors = panel(figure);
    expect(errors.count("dot", "circle")).toBe(50);
    expect(errors.count("dot", "path")).toBe(2);
    expect(errors.count("area")).toBe(1);
    expect(errors.count("rule", "line")).toBe(2);
    expect(panel(figure, 1).count("rule", "line")).toBe(2);
    expect(figure.legend!.map((entry) => entry.label).join()).toMatch(/minimum.*one standard error/);
  });

  it("gives λ its unit on the axis and beside the chosen values", () => {
    expect(panel(figure, 1).text).toContain("λ (eV)");
    expect(figure.legend![1].label).toMatch(/λ = [^,]+ eV,/);
    const { lambdaUnit: _, ...bare } = fit.path!;
    expect(panel(lambdaPathFigure(bare, "eV"), 1).text).not.toContain("λ (");
  });

  it("marks the choices in the table", () => {
    const read = rows(figure.csv);
    expect(read[fit.path!.minimum!].choice).toBe("minimum");
    expect(read[fit.path!.oneStandardError!].choice).toBe("one standard error");
    expect(read.map((row) => Number(row.lambda))).toEqual(fit.path!.points.map((p) => p.lambda));
  });

  it("labels decades, and other digits within one decade", () => {
    const path = (lambdas: number[]): LambdaPath => ({
      points: lambdas.map((lambda) => ({ lambda, cvRmse: 1, nonZero: 2 })),
    });
    expect(panel(lambdaPathFigure(path([1e-4, 1]), "eV"), 1).text).toContain("10⁻³");
    expect(panel(lambdaPathFigure(path([0.015, 0.06]), "eV"), 1).text).toContain("5 × 10⁻²");
    expect(panel(lambdaPathFigure(path([0.1]), "eV")).text).not.toMatch(/NaN/);
  });

  it("refuses λ = 0, which a log axis cannot show", () => {
    const path = {
      points: [
        { lambda: 0.1, cvRmse: 1, nonZero: 1 },
        { lambda: 0, cvRmse: 1, nonZero: 1 },
      ],
    };
    expect(() => lambdaPathFigure(path, "eV")).toThrow("lambda path, row 2: log(lambda) is -Infinity");
  });
});

describe("ECIs", () => {
  const figure = eciFigure(fit.ecis!, fit.unsampled!, "eV");

  it("draws every ECI with its interval and known value, and every unsampled cluster", () => {
    // 5 one-body terms and 10 pairs; each with a dot and, over it, the known value.
    expect(panel(figure, 0).count("dot")).toBe(10);
    expect(panel(figure, 1).count("dot")).toBe(20);
    // The zero line and the unsampled clusters.
    expect(panel(figure, 1).count("rule")).toBe(1 + 240);
    expect(panel(figure, 1).errorBars).toBe(10);
    expect(panel(figure, 1).caps).toBe(20);
  });

  it("labels pairs at their places", () => {
    const { text, groups } = panel(figure, 1);
    for (const { label, points } of fit.ecis!) if (points === 2) expect(text).toContain(label);
    const texts = groups("text").flatMap((g) => [...g.querySelectorAll("text")]);
    expect(texts.length).toBe(10);
    for (const element of texts) {
      const [x, y] = translation(element);
      expect(x > 62 && x < 620 && y > 0 && y < 400).toBe(true);
    }
  });

  it("leaves out the constant, and manages no ECI at all", () => {
    const constant = { label: "empty", points: 0, diameter_A: 0, multiplicity: 1, value: -300 };
    const withConstant = eciFigure([constant, ...fit.ecis!], [], "eV");
    expect(panel(withConstant, 0).count("dot")).toBe(10);
    expect(rows(withConstant.csv).length).toBe(16);
    expect(eciFigure([], [], "eV").panels).toEqual([]);
    const onlyUnsampled = eciFigure([], fit.unsampled!, "eV");
    expect(panel(onlyUnsampled).count("dot")).toBe(0);
    expect(rows(onlyUnsampled.csv).every((row) => row.sampled === "false")).toBe(true);
  });
});

describe("layer occupations", () => {
  const occupations = mc.layers![0];
  const figure = layerOccupationsFigure(occupations);

  it("draws one segment for each share and its height is the share", () => {
    const bars = panel(figure)
      .groups("bar")
      .flatMap((g) => [...g.querySelectorAll("rect")]);
    expect(bars.length).toBe(20 * 3);
    const heights = bars.map((bar) => Number(bar.getAttribute("height")));
    const total = heights.reduce((a, b) => a + b);
    const shares = occupations.states.flatMap((state) => state.fractions.map((f) => f.mean));
    // All 20 bars together are 20 full heights.
    const sorted = (list: number[]) => [...list].sort((a, b) => a - b);
    sorted(heights.map((h) => (20 * h) / total)).forEach((h, i) => {
      expect(h).toBeCloseTo(sorted(shares)[i], 6);
    });
  });

  it("fills layers with different hatches that the picture defines", () => {
    const { document } = panel(figure);
    const fills = [
      ...new Set([...document.querySelectorAll("[fill^='url']")].map((e) => e.getAttribute("fill"))),
    ];
    expect(fills.length).toBe(3);
    for (const fill of fills) expect(document.getElementById(fill!.slice(5, -1))).not.toBeNull();
  });

  it("has an error bar at every inner edge, and a group for every concentration", () => {
    const { errorBars, text } = panel(figure);
    expect(errorBars).toBe(20 * 2);
    for (const label of ["Θ = 1/16", "Θ = 1/8", "Θ = 3/16", "Θ = 1/4"]) expect(text).toContain(label);
  });

  it("refuses a state with a share too few and a share that is NaN", () => {
    const change = (fractions: LayerOccupations["states"][number]["fractions"]) => () =>
      layerOccupationsFigure({ ...occupations, states: [{ ...occupations.states[0], fractions }] });
    expect(change([{ mean: 1 }])).toThrow("row 1: expected 3 fractions, found 1");
    expect(change([{ mean: 1 }, { mean: Number.NaN }, { mean: 0 }])).toThrow("row 1: mean is NaN");
  });
});

describe("the other plots", () => {
  it("hull: data and predictions as points, both hulls as lines", () => {
    const figure = convexHullFigure(fit.hull!);
    const { count } = panel(figure);
    expect(count("dot")).toBe(120 + 120 + 5 + 5);
    expect(count("line", "path")).toBe(2);
    expect(rows(figure.csv).filter((row) => row.on_reference_hull === "true").length).toBe(5);
  });

  it("errors by terms: four mean errors and two largest errors", () => {
    const figure = errorsByTermsFigure(fit.errorsByTerms!, "eV");
    expect(panel(figure, 0).count("line", "path")).toBe(4);
    expect(panel(figure, 1).count("line", "path")).toBe(2);
    expect(panel(figure, 0).count("dot")).toBe(4 * 12);
  });

  it("traces: a panel for each concentration, a line and a band for each chain, all steps in the table", () => {
    const chains = mc.chains!.map((chain) => ({ ...chain, trace: chain.trace! }));
    const figure = tracesFigure(chains, "eV per cell");
    expect(figure.panels.map((p) => p.title)).toEqual(
      ["1/16", "1/8", "3/16", "1/4"].map((c) => `Θ = ${c}, 8 × 8`),
    );
    expect(panel(figure, 3).count("line", "path")).toBe(5);
    expect(panel(figure, 3).count("area", "path")).toBe(5);
    const read = rows(figure.csv);
    expect(read.length).toBe(20 * 2001);
    expect(Number(read[2001].energy)).toBe(chains[1].trace.energy[0]);
  });

  it("traces: many series are spread over panels that can be read", () => {
    const chains = Array.from({ length: 10 }, (_, i) => ({
      name: `chain ${i}`,
      panel: "p",
      series: `${100 * i} K`,
      temperature_K: 100 * i,
      steps: 2,
      trace: { step: [0, 1], energy: [i, i] },
    }));
    const figure = tracesFigure(chains, "eV");
    expect(figure.panels.map((p) => p.title)).toEqual(["p: 0 K to 600 K", "p: 700 K to 900 K"]);
  });

  it("curves: a line, symbols and error bars for each series", () => {
    const figure = curveFigure(mc.curves![0]);
    const { count, errorBars } = panel(figure);
    expect([count("line", "path"), count("dot"), errorBars]).toEqual([4, 20, 20]);
    const bad = { ...mc.curves![0], series: [{ name: "s", points: [{ x: 1, y: 1, error: Number.NaN }] }] };
    expect(() => curveFigure(bad)).toThrow(/s, row 1: error is NaN/);
    expect(() => curveFigure(bad)).toThrow(EcitonError);
  });

  it("coverage: a bar and its count for each class", () => {
    const { count, text } = panel(coverageFigure(model.data!.coverage!));
    expect(count("bar", "rect")).toBe(4);
    expect(text).toContain("62");
  });

  it("every axis is labelled and no coordinate is NaN in any plot of one point", () => {
    const figures = [
      convexHullFigure({ compositionLabel: "x", energyLabel: "E (eV)", points: [] }),
      curveFigure({
        title: "t",
        xLabel: "x",
        yLabel: "y",
        series: [{ name: "s", points: [{ x: 0, y: 0 }] }],
      }),
      coverageFigure({ label: "n", bins: [{ label: "1", count: 0 }] }),
      errorsByTermsFigure({ rows: [{ terms: 3, rmse: 0, mae: 0, max: 0 }] }, "eV"),
      eciFigure(fit.ecis!.slice(7, 8), [], "eV"),
      tracesFigure([{ ...mc.chains![0], trace: { step: [0], energy: [5] } }], "eV"),
    ];
    for (const figure of figures)
      figure.panels.forEach((_, i) => {
        const { document } = panel(figure, i);
        expect(document.toString()).not.toMatch(/NaN|Infinity|undefined/);
        expect(document.querySelectorAll('g[aria-label$="-axis label"]').length).toBe(2);
      });
  });
});

describe("margins", () => {
  it("leave room for long tick labels", () => {
    const chain = { name: "a", panel: "p", series: "s", temperature_K: 1, steps: 2 };
    const frameLeft = (energy: number[]) => {
      const figure = tracesFigure([{ ...chain, trace: { step: [0, 1], energy } }], "eV");
      return Number(panel(figure).document.querySelector('rect[aria-label="frame"]')!.getAttribute("x"));
    };
    // "−12,345.68" has 10 characters of about 7 pixels; the axis label needs 20 more.
    expect(frameLeft([-12345.67, -12345.61])).toBeGreaterThan(90);
    expect(frameLeft([1, 2])).toBe(62);
  });
});
