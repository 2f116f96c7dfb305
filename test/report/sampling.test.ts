import { parse } from "csv-parse/sync";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { agreement, difference } from "../../src/report/agreement.ts";
import type { Figure } from "../../src/report/figure.ts";
import type { ReportModel } from "../../src/report/model.ts";
import { annealingFigure } from "../../src/report/plots/annealing.ts";
import { cellComparisonFigure } from "../../src/report/plots/cell-comparison.ts";
import { clusterSizesFigure } from "../../src/report/plots/cluster-sizes.ts";
import { curveFigure } from "../../src/report/plots/curve.ts";
import { layerOccupationsFigure } from "../../src/report/plots/layer-occupations.ts";
import { observablesFigures } from "../../src/report/plots/observables.ts";
import { temperingFigure } from "../../src/report/plots/tempering.ts";
import { wangLandauFigures } from "../../src/report/plots/wang-landau.ts";
import { renderReport } from "../../src/report/render.ts";
import { samplingParts } from "./ceria-sampling.ts";

const parts = samplingParts();
const model: ReportModel = { header: { study: "sampling" }, ...parts };
const parsed = (page: string) => parseHTML(page).document;
const panel = (figure: Figure, index = 0) =>
  parsed(`<html><body>${figure.panels[index].svg.text}</body></html>`);
const rows = (csv: string) => parse(csv, { columns: true }) as Record<string, string>[];
/** Elements of a mark, found through the name that the plot library gives it. */
const marks = (document: Document, name: string, selector: string) =>
  [...document.querySelectorAll(`g[aria-label="${name}"]:not([class^="error-bar"])`)].flatMap((g) => [
    ...g.querySelectorAll(selector),
  ]);

describe("the page of a sampling study", () => {
  const report = renderReport(model);
  const document = parsed(report.html);

  it("holds a section for each part, and nothing that is not a number", () => {
    expect([...document.querySelectorAll("section")].map((s) => s.id)).toEqual([
      "claims",
      "monte-carlo",
      "methods",
      "configurations",
      "observations",
      "cells",
    ]);
    expect(report.html).not.toMatch(/NaN|Infinity|undefined|\[object/);
    for (const csv of report.csv.values()) expect(csv).not.toMatch(/NaN|Infinity|undefined/);
    const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
    expect(ids.length).toBe(new Set(ids).size);
  });

  it("refers to nothing but its own elements and its tables", () => {
    for (const element of document.querySelectorAll("[href]"))
      expect(element.getAttribute("href")).toMatch(/^(#|data:text\/csv|report-csv\/)/);
    for (const use of document.querySelectorAll("use"))
      expect(document.getElementById(use.getAttribute("href")!.slice(1))).not.toBeNull();
    for (const [, id] of report.html.matchAll(/url\(#([^)]+)\)/g))
      expect(document.getElementById(id)).not.toBeNull();
  });

  it("is the same to the byte for the same model", () => {
    expect(renderReport(model).html).toBe(report.html);
  });

  it("leaves no trace of empty parts", () => {
    const empty = renderReport({
      header: { study: "x" },
      snapshotMaps: [{ title: "t", rows: [], columns: [], marks: [], panels: [] }],
      comparisons: [{ title: "t", quantity: "q", cells: ["a", "b"], points: [] }],
      claims: { source: "s", claims: [] },
      observations: { observables: [], states: [], clusterSizes: [], siteMaps: [], structureFactors: [] },
      methods: { tempering: [], wangLandau: [], annealing: [] },
    });
    expect(parsed(empty.html).querySelectorAll("section, figure, table").length).toBe(0);
    expect(empty.csv.size).toBe(0);
  });

  it("sets k_B with a lower index in tables, titles and pictures, and leaves other underscores", () => {
    expect(parsed(report.html).body.textContent).not.toContain("k_B");
    const header = [...document.querySelectorAll("th")].find((th) =>
      th.textContent!.startsWith("heat capacity"),
    )!;
    expect(header.innerHTML).toContain("<i>k</i><sub>B</sub> per cell");
    const label = [...document.querySelectorAll("svg text")].find((t) =>
      t.textContent!.startsWith("heat capacity"),
    )!;
    expect(label.querySelectorAll("tspan").length).toBe(3);
    expect(label.textContent).toBe("heat capacity (kB per cell)");
    expect(document.body.textContent).toContain("VO2VO3_5N");
  });

  it("adds no element and no attribute for hostile names", () => {
    const attack = `"><img src=x onerror=alert(1)></title></svg><script>alert(1)</script><!--`;
    const kept = ["outcome", "scale"];
    const spoil = (value: unknown, key = ""): unknown => {
      if (typeof value === "string") return kept.includes(key) ? value : value + attack;
      if (Array.isArray(value)) return value.map((item) => spoil(item, key));
      if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, spoil(v, k)]));
    };
    const hostile = parsed(renderReport(spoil(model) as ReportModel).html);
    expect(hostile.querySelectorAll("script, img, [onerror]").length).toBe(0);
    for (const selector of ["section", "figure", "svg", "table", "g.picture"])
      expect(hostile.querySelectorAll(selector).length).toBe(document.querySelectorAll(selector).length);
  });
});

describe("claims", () => {
  const text = parsed(renderReport(model).html).querySelector("#claims")!;

  it("say in a word and a sign whether they hold", () => {
    const outcomes = [...text.querySelectorAll("tr > td:last-child .outcome")].map((o) => o.textContent);
    expect(outcomes).toEqual(["✓ holds", "? cannot be told", "✕ does not hold"]);
    expect(text.textContent).toContain("Of 3 statements, 1 holds, 1 does not, and 1 cannot be told");
  });

  it("fold many values, those in doubt first", () => {
    const fold = text.querySelector("details")!;
    expect(fold.querySelector("summary")!.textContent).toBe("9 of 12 states hold");
    const signs = [...fold.querySelectorAll("li .outcome")].map((o) => o.textContent!.trim());
    expect(signs.slice(0, 3)).toEqual(["? cannot be told", "? cannot be told", "? cannot be told"]);
    expect(fold.textContent).toContain("O3 0.210 ± 0.020 against O1 0.180 ± 0.020");
  });
});

describe("comparison of cells", () => {
  const [comparison] = parts.comparisons!;

  it("adds errors in squares", () => {
    expect(difference({ mean: 1, error: 3 }, { mean: 11, error: 4 })).toEqual({
      value: 10,
      error: 5,
      sigmas: 2,
    });
    expect(difference({ mean: 1 }, { mean: 2, error: 1 })).toEqual({ value: 1 });
  });

  it("calls values equal up to two, different beyond four standard errors", () => {
    const of = (d: number, error?: number) =>
      agreement(difference({ mean: 0, error: 0 }, { mean: d, error }));
    expect([of(2, 1), of(-2, 1), of(2.01, 1), of(-4, 1), of(4.01, 1)]).toEqual([
      "agrees",
      "agrees",
      "unclear",
      "unclear",
      "differs",
    ]);
    expect([of(1), of(0, 0), of(1e-9, 0)]).toEqual(["unknown", "agrees", "differs"]);
  });

  it("draws each point with bars on both axes, on equal axes with the diagonal", () => {
    const figure = cellComparisonFigure(comparison);
    const document = panel(figure);
    expect(marks(document, "dot", "circle, path").length).toBe(60);
    expect(document.querySelectorAll("g.error-bar line").length).toBe(120);
    const [start, end] = /M([^L]+)L(.+)/
      .exec(marks(document, "line", "path")[0].getAttribute("d")!)!
      .slice(1)
      .map((pair) => pair.split(",").map(Number));
    const frame = document.querySelector('g[aria-label="frame"] rect, rect[aria-label="frame"]')!;
    const side = (name: string) => Number(frame.getAttribute(name));
    expect([start[0], end[1]]).toEqual([side("x"), side("y")]);
    expect([end[0], start[1]]).toEqual([side("x") + side("width"), side("y") + side("height")]);
    expect(rows(figure.csv).length).toBe(60);
  });

  it("lists what differs first, with its flag", () => {
    const table = parsed(renderReport(model).html).querySelector("#cells table")!;
    const flags = [...table.querySelectorAll("tbody td:last-child")].map((td) => td.textContent!.trim());
    expect(flags.length).toBe(60);
    const order = ["✕ differs", "? unclear", "✓ agrees"];
    const places = flags.map((flag) => order.indexOf(flag));
    expect(places).toEqual([...places].sort());
    expect(places[0]).toBe(0);
  });
});

describe("observables", () => {
  const { observables = [], states = [] } = parts.observations!;
  const [figure] = observablesFigures("Motifs", observables, [0, 1, 2], states);

  it("draws every state once in each panel, with its error, and crosses out what had not settled", () => {
    expect(figure.panels.length).toBe(3);
    expect(figure.legend!.length).toBe(8);
    for (let i = 0; i < 3; i++) {
      const document = panel(figure, i);
      const unsettled = document.querySelectorAll("g.unsettled path").length;
      expect(unsettled).toBe(states.filter((state) => state.equilibrated === false).length);
      expect(marks(document, "dot", "circle, path").length).toBe(40 + unsettled);
      expect(document.querySelectorAll("g.error-bar line").length).toBe(40);
      expect(marks(document, "line", "path").length).toBe(8);
    }
    expect(rows(figure.csv).length).toBe(120);
    expect(figure.caption).toContain("had not reached equilibrium");
  });

  it("divides more conditions than can be told apart, and leaves out what was not measured", () => {
    const many = Array.from({ length: 16 }, (_, i) => ({
      condition: `Δμ = ${i}`,
      cell: "8 × 8",
      temperature_K: 300,
      values: [{ mean: i }, i === 0 ? undefined : { mean: 1 }],
    }));
    const figures = observablesFigures("m", [{ name: "a" }, { name: "b" }], [0, 1], many);
    expect(figures.length).toBe(3);
    const drawn = figures.map((f) => marks(panel(f, 1), "dot", "circle, path").length);
    expect(drawn.reduce((a, b) => a + b)).toBe(15);
  });

  it("refuses states with a value too few and errors that are not finite", () => {
    const [state] = states;
    const draw = (values: unknown) => () =>
      observablesFigures("m", observables.slice(0, 1), [0], [{ ...state, values } as typeof state]);
    expect(draw([])).toThrow("row 1: expected 1 values, found 0");
    expect(draw([{ mean: 0, error: Number.NaN }])).toThrow("error is NaN");
  });
});

describe("sizes of groups", () => {
  const [clusters] = parts.observations!.clusterSizes!;
  const figure = clusterSizesFigure(clusters);

  it("draws a bar for each size and temperature, as high as its value", () => {
    expect(figure.panels.length).toBe(4);
    const bars = marks(panel(figure), "bar", "rect");
    expect(bars.length).toBe(25);
    const values = clusters.states.slice(0, 5).flatMap((state) => state.values.map((v) => v.mean));
    const heights = bars.map((bar) => Number(bar.getAttribute("height"))).sort((a, b) => a - b);
    values.sort((a, b) => a - b);
    const scale = heights[24] / values[24];
    heights.forEach((height, i) => {
      expect(height).toBeCloseTo(scale * values[i], 6);
    });
    expect(rows(figure.csv).length).toBe(100);
  });

  it("refuses a state without a value for each size", () => {
    const states = [{ ...clusters.states[0], values: [] }];
    expect(() => clusterSizesFigure({ ...clusters, states })).toThrow("row 1: expected 5 values, found 0");
  });
});

describe("layers in several cells", () => {
  const [occupations] = parts.mc!.layers!;

  it("has a panel for each cell with the same axes, and one set of hatches", () => {
    const figure = layerOccupationsFigure(occupations);
    expect(figure.panels.map((p) => p.title)).toEqual(["8 × 8", "16 × 16"]);
    const [first, second] = [panel(figure, 0), panel(figure, 1)];
    expect(marks(first, "bar", "rect").length).toBe(60);
    expect(marks(second, "bar", "rect").length).toBe(60);
    expect(second.querySelectorAll("pattern").length).toBe(0);
    const places = (document: Document) => marks(document, "bar", "rect").map((r) => r.getAttribute("x"));
    expect(places(second)).toEqual(places(first));
    expect(rows(figure.csv)[60]).toMatchObject({ cell: "16 × 16", condition: "Θ = 1/16", layer: "O1" });
  });

  it("takes any condition: a label may stand alone", () => {
    const { conditionName: _, ...bare } = occupations;
    const figure = layerOccupationsFigure({
      ...bare,
      states: bare.states.map((state) => ({ ...state, conditionLabel: `Δμ = ${state.condition}` })),
    });
    expect(panel(figure).querySelector("svg")!.textContent).toContain("Δμ = 0.0625");
    expect(figure.caption).toContain("each condition");
    expect(figure.caption + figure.panels.map((p) => p.svg.text).join()).not.toContain("Θ");
  });
});

describe("methods", () => {
  const { tempering = [], wangLandau = [], annealing = [] } = parts.methods!;

  it("draws a bar for each pair of temperatures and a point for each temperature", () => {
    const figure = temperingFigure(tempering);
    expect(marks(panel(figure, 0), "bar", "rect").length).toBe(10);
    expect(marks(panel(figure, 1), "dot", "circle").length).toBe(11);
    const [first] = rows(figure.csv);
    expect([first.temperature_K, first.next_temperature_K, first.attempted]).toEqual(["300", "340", "5000"]);
    const [run] = tempering;
    const idle = { ...run, exchanges: run.exchanges.map(() => ({ attempted: 0, accepted: 0 })) };
    expect(marks(panel(temperingFigure([idle])), "bar", "rect").length).toBe(0);
    expect(() => temperingFigure([{ ...run, exchanges: run.exchanges.slice(1) }])).toThrow(
      "expected 10 exchanges",
    );
  });

  it("draws ln g and four quantities with the same style for each run", () => {
    const [run] = wangLandau;
    const figures = wangLandauFigures([{ ...run, name: "bare", thermodynamics: undefined }, run]);
    expect(figures.map((f) => f.panels.length)).toEqual([1, 4]);
    expect(figures[1].legend!.map((entry) => entry.label)).toEqual(["bare", run.name]);
    const styles = (figure: Figure) =>
      [...panel(figure).querySelectorAll('g[aria-label="line"]')].map(
        (g) => `${g.getAttribute("stroke")} ${g.getAttribute("stroke-dasharray")}`,
      );
    const [bare, full] = styles(figures[0]);
    expect(bare).not.toBe(full);
    expect(styles(figures[1]).at(-1)).toBe(full);
    expect(() => wangLandauFigures([{ ...run, lnG: [1] }])).toThrow("found 1");
    const other = { ...run, energyUnit: "eV" };
    expect(wangLandauFigures([run, other]).length).toBe(4);
  });

  it("thins long curves in the picture, and keeps them whole in the table", () => {
    const points = Array.from({ length: 5000 }, (_, x) => ({ x, y: Math.sin(x / 500) }));
    const figure = curveFigure({ title: "t", xLabel: "x", yLabel: "y", series: [{ name: "s", points }] });
    const line = marks(panel(figure), "line", "path")[0].getAttribute("d")!;
    expect(line.split("L").length).toBe(400);
    expect(marks(panel(figure), "dot", "circle").length).toBe(0);
    expect(rows(figure.csv).length).toBe(5000);
  });

  it("sorts final energies and fills those that equal the lowest", () => {
    const document = panel(annealingFigure(annealing));
    expect(marks(document, "dot", "circle").length).toBe(10);
    expect(document.querySelectorAll("g.lowest circle").length).toBe(3);
    const heights = marks(document, "dot", "circle").map((c) => Number(c.getAttribute("cy")));
    expect(Math.max(...heights)).toBe(Number(document.querySelector("g.lowest circle")!.getAttribute("cy")));
    const same = annealingFigure([{ name: "one", energyUnit: "eV", energies: [1, 1] }]);
    expect(same.panels[0].svg.text).not.toMatch(/NaN|Infinity/);
  });
});
