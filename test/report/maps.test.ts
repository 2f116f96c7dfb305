import { parse } from "csv-parse/sync";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import type { Figure } from "../../src/report/figure.ts";
import { mapMarks } from "../../src/report/map-marks.ts";
import { wrapped } from "../../src/report/plane.ts";
import { siteMapsFigure } from "../../src/report/plots/site-maps.ts";
import { snapshotMapsFigure } from "../../src/report/plots/snapshot-maps.ts";
import { structureFactorFigure } from "../../src/report/plots/structure-factor.ts";
import { renderReport } from "../../src/report/render.ts";
import type { PlaneCell, SnapshotMaps } from "../../src/report/sampling-model.ts";
import { finalMaps, parentCell, samplingParts, superCell } from "./ceria-sampling.ts";

const parts = samplingParts();
const svgOf = (figure: Figure, index = 0) =>
  parseHTML(`<html><body>${figure.panels[index].svg.text}</body></html>`).document;
const outlines = (path: string) => path.split("M").length - 1;
const rows = (csv: string) => parse(csv, { columns: true }) as Record<string, string>[];

describe("maps of configurations", () => {
  const maps = finalMaps(8);
  const figure = snapshotMapsFigure(maps);
  const document = svgOf(figure);

  it("draws a mark for each point, and one set of dots for all pictures", () => {
    const drawn = [...document.querySelectorAll("path.marks")].map((p) => outlines(p.getAttribute("d")!));
    const points = maps.panels.reduce((sum, panel) => sum + panel.points.length, 0);
    expect(drawn.reduce((a, b) => a + b)).toBe(points);
    expect(document.querySelectorAll("g.picture, path.outline").length).toBe(40);
    expect(document.querySelectorAll("defs path").length).toBe(1);
    expect(document.querySelectorAll("use.sites").length).toBe(20);
    // Five layers, of which O3 lies under Ce1 and Ce2 under O2: three places in each of 64 cells.
    expect(outlines(document.querySelector("defs path")!.getAttribute("d")!)).toBe(3 * 64);
    expect(document.querySelector("use")!.getAttribute("href")).toBe(
      `#${document.querySelector("defs path")!.id}`,
    );
  });

  it("labels rows and columns", () => {
    const text = [...document.querySelectorAll("text")].map((t) => t.textContent);
    for (const label of [...maps.rows, ...maps.columns]) expect(text).toContain(label);
  });

  it("puts marks where the points are: pictures are similar to the cells, y upwards", () => {
    const square: PlaneCell = [10, 0, 4, 8];
    const points = [
      { x: 0, y: 0, mark: 0 },
      { x: 5, y: 2, mark: 0 },
      { x: -5, y: -2, mark: 0 },
    ];
    const one = snapshotMapsFigure({
      title: "t",
      rows: ["r"],
      columns: ["c"],
      marks: [{ species: "square" }, { species: "s" }],
      panels: [{ row: "r", column: "c", cell: square, points }],
    });
    const drawn = svgOf(one);
    const corners = pairs(drawn.querySelector("path.outline")!.getAttribute("d")!);
    const scale = Math.hypot(corners[1][0] - corners[0][0], corners[1][1] - corners[0][1]) / 10;
    const starts = drawn
      .querySelector("path.marks")!
      .getAttribute("d")!
      .split("M")
      .slice(1)
      .map((p) => pairs(p)[0]);
    points.slice(1).forEach(({ x, y }, i) => {
      const [u, v] = wrapped(square, x, y);
      // Positions are rounded to a hundredth of a pixel.
      expect(Math.abs(starts[i + 1][0] - starts[0][0] - scale * u)).toBeLessThan(0.03);
      expect(Math.abs(starts[0][1] - starts[i + 1][1] - scale * v)).toBeLessThan(0.03);
    });
  });

  it("tells species by shape and colour, layers by size and fill", () => {
    const styles = mapMarks(maps.marks);
    expect(styles.map((s) => s.label)).toEqual([
      "V in O1",
      "V in O2",
      "V in O3",
      "Ce3+ in Ce1",
      "Ce3+ in Ce2",
    ]);
    const looks = styles.map(({ style }) => `${style.shape} ${style.size} ${style.fill === "none"}`);
    expect(new Set(looks).size).toBe(5);
    expect(new Set(styles.slice(0, 3).map(({ style }) => style.shape)).size).toBe(1);
    expect(styles[0].style.shape).not.toBe(styles[3].style.shape);
    const deep = mapMarks(["1", "2", "3", "4", "5", "6"].map((layer) => ({ species: "V", layer })));
    expect(deep.map((s) => s.marks)).toEqual([[0], [1], [2], [3, 4, 5]]);
    expect(deep[3].label).toBe("V in 4, V in 5, V in 6");
  });

  it("draws large marks first", () => {
    const picture = document.querySelectorAll("g.picture")[15];
    const sizes = [...picture.querySelectorAll("path.marks")].map((p) => {
      const style = mapMarks(maps.marks).find(
        ({ style }) => style.fill === p.getAttribute("fill") && style.stroke === p.getAttribute("stroke"),
      )!;
      return style.style.size;
    });
    expect(sizes.length).toBeGreaterThan(3);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  });

  it("writes every point", () => {
    const read = rows(figure.csv);
    expect(read.length).toBe(maps.panels.reduce((sum, panel) => sum + panel.points.length, 0));
    expect(Object.keys(read[0])).toEqual(["row", "column", "species", "layer", "x_A", "y_A"]);
  });

  it("stays small: twenty 16 × 16 cells below 0.4 MB, twenty 32 × 32 cells below 1 MB, the page's style included", () => {
    const size = (n: number) =>
      renderReport({ header: { study: "x" }, snapshotMaps: [finalMaps(n)] }).html.length;
    expect(size(16)).toBeLessThan(400_000);
    expect(size(32)).toBeLessThan(1_000_000);
  });

  it("leaves out pictures with too many marks, and says so", () => {
    const crowd = Array.from({ length: 5000 }, (_, i) => ({ x: i % 70, y: i / 70, mark: 0 }));
    const panel = { ...maps.panels[0], cell: [70, 0, 0, 72] as PlaneCell, points: crowd };
    const crowded = snapshotMapsFigure({ ...maps, panels: [panel, maps.panels[1]] });
    expect(crowded.caption).toContain("too many marks: Θ = 1/16, 300 K (5\u202f000 marks)");
    const pictures = svgOf(crowded).querySelectorAll("g.picture");
    expect(pictures[0].querySelectorAll("path.marks").length).toBe(0);
    expect(pictures[1].querySelectorAll("path.marks").length).toBeGreaterThan(0);
    const large = { ...panel, points: [], sites: new Float64Array(30_000) };
    const bare = snapshotMapsFigure({ ...maps, panels: [large] });
    expect(svgOf(bare).querySelectorAll("use.sites").length).toBe(0);
    expect(bare.caption).not.toContain("dots");
  });

  it("divides many columns among several pictures", () => {
    const columns = Array.from({ length: 20 }, (_, i) => `step ${i}`);
    const long = snapshotMapsFigure({
      ...maps,
      rows: ["r"],
      columns,
      panels: columns.map((column) => ({ ...maps.panels[0], row: "r", column })),
    });
    expect(long.panels.length).toBeGreaterThan(1);
    const drawn = long.panels.map((_, i) => svgOf(long, i).querySelectorAll("g.picture").length);
    expect(drawn.reduce((a, b) => a + b)).toBe(20);
  });

  it("refuses places and marks that are not listed, and numbers that are not finite", () => {
    const [first] = maps.panels;
    const change = (panel: object) => () =>
      snapshotMapsFigure({ ...maps, panels: [{ ...first, ...panel }] } as SnapshotMaps);
    expect(change({ row: "Θ = 1" })).toThrow('row "Θ = 1"');
    expect(change({ points: [{ x: 0, y: 0, mark: 9 }] })).toThrow("expected a mark from 0 to 4, found 9");
    expect(change({ points: [{ x: Number.NaN, y: 0, mark: 0 }] })).toThrow("x is NaN");
    expect(change({ cell: [1, 0, 1, 0] })).toThrow("panel 1");
    expect(() => snapshotMapsFigure({ ...maps, panels: [first, first] })).toThrow("found a second one");
  });
});

function pairs(path: string): number[][] {
  return path
    .replace(/[MZ]/g, "")
    .split("L")
    .map((pair) => pair.split(/[ ahvlz]/).map(Number));
}

describe("maps of sites", () => {
  const maps = parts.observations!.siteMaps![0];
  const figure = siteMapsFigure(maps);

  it("draws a disc for each site, dark where there is much", () => {
    const document = svgOf(figure);
    const discs = [...document.querySelectorAll("g.sites path")];
    expect(discs.reduce((sum, p) => sum + outlines(p.getAttribute("d")!), 0)).toBe(6 * 64);
    const brightness = (color: string) =>
      [1, 3, 5].reduce((sum, i) => sum + Number.parseInt(color.slice(i, i + 2), 16), 0);
    const least = document.querySelectorAll("g.picture")[0].querySelector("g.sites path")!;
    const most = document.querySelectorAll("g.picture")[4].querySelector("g.sites path")!;
    expect(brightness(least.getAttribute("stroke")!)).toBeGreaterThan(
      brightness(most.getAttribute("stroke")!),
    );
    expect(svgOf(figure, 1).querySelector("svg")!.textContent).toContain("share of time with V");
    expect(rows(figure.csv).length).toBe(6 * 64);
  });

  it("manages values that are all zero, and refuses lists of unequal length", () => {
    const zero = siteMapsFigure({
      ...maps,
      panels: maps.panels.map((panel) => ({ ...panel, values: new Float64Array(64) })),
    });
    expect(zero.panels.map((p) => p.svg.text).join()).not.toMatch(/NaN|undefined|Infinity/);
    expect(() =>
      siteMapsFigure({ ...maps, panels: [{ ...maps.panels[0], values: new Float64Array(63) }] }),
    ).toThrow("expected 126 coordinates for 63 values, found 128");
  });
});

describe("structure factor", () => {
  const maps = parts.observations!.structureFactors![0];

  /** Signed areas of the subpaths of the tiles of the first picture, pixels². */
  const tileArea = (figure: Figure) =>
    [...svgOf(figure).querySelectorAll("g.picture")[0].querySelectorAll("g.tiles path")]
      .flatMap((p) => p.getAttribute("d")!.split("M").slice(1))
      .map((sub) => Math.abs(shoelace(pairs(sub.replace("z", "")))))
      .reduce((a, b) => a + b, 0);

  it("covers the Brillouin zone once with the tiles of all wave vectors", () => {
    for (const cell of [superCell(8), superCell(5), [7, 0, 1, 9] as PlaneCell]) {
      const full = structureFactorFigure(grid(cell));
      const outline = svgOf(full).querySelector("path.outline")!.getAttribute("d")!;
      // Corners are rounded to a hundredth of a pixel, which changes a zone of 10⁴ pixels by less than a thousandth.
      expect(tileArea(full) / Math.abs(shoelace(pairs(outline)))).toBeCloseTo(1, 2);
    }
  });

  it("is the same for wave vectors in other zones", () => {
    const [panel] = maps.panels;
    const moved = { ...panel, k: Array.from(panel.k, (k, i) => k + (i % 3) - 1) };
    const [here, there] = [panel, moved].map((p) => structureFactorFigure({ ...maps, panels: [p] }));
    const tiles = (figure: Figure) =>
      [...svgOf(figure).querySelectorAll("g.tiles path")]
        .map((p) => p.getAttribute("d")!.split("M").sort().join("M"))
        .sort();
    expect(tiles(there).length).toBe(tiles(here).length);
    expect(Math.abs(tileArea(there) - tileArea(here))).toBeLessThan(1);
  });

  it("leaves k = 0 without a value white, and says how many values a logarithm cannot show", () => {
    const [panel] = maps.panels;
    const values = panel.values.map((value, i) => (i === 3 ? 0 : value));
    const figure = structureFactorFigure({ ...maps, panels: [{ ...panel, values }] });
    expect(figure.caption).toContain("1 value not above zero is left white");
    expect(figure.caption).toContain("logarithmic");
    const linear = structureFactorFigure({ ...maps, scale: "linear", panels: [{ ...panel, values }] });
    expect(linear.caption).not.toContain("above zero");
    expect(tileArea(linear)).toBeGreaterThan(tileArea(figure));
    expect(() => structureFactorFigure({ ...maps, panels: [{ ...panel, values: [Number.NaN] }] })).toThrow(
      "expected 2 numbers for 1 wave vectors, found 128",
    );
  });

  /** All wave vectors of a cell, with the cell itself as parent where it is no multiple of the hexagonal one. */
  function grid(cell: PlaneCell) {
    const n = Math.round(Math.hypot(cell[0], cell[1]) / Math.hypot(parentCell[0], parentCell[1]));
    const hexagonal = Math.abs(cell[0] - n * parentCell[0]) < 1e-9;
    const size = hexagonal ? n : 3;
    const parent: PlaneCell = hexagonal
      ? parentCell
      : [cell[0] / size, cell[1] / size, cell[2] / size, cell[3] / size];
    const k = Array.from({ length: size * size }, (_, i) => [Math.floor(i / size) / size, (i % size) / size]);
    return {
      ...maps,
      panels: [
        {
          row: maps.rows[0],
          column: maps.columns[0],
          parentCell: parent,
          cell,
          k: k.flat(),
          values: k.map(() => 1),
        },
      ],
    };
  }
});

function shoelace(polygon: readonly number[][]): number {
  return polygon.reduce((sum, [x, y], i) => {
    const [nx, ny] = polygon[(i + 1) % polygon.length];
    return sum + (x * ny - y * nx) / 2;
  }, 0);
}
