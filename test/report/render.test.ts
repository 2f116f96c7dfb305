import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Script } from "node:vm";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { EcitonError } from "../../src/core/errors.ts";
import type { ReportModel } from "../../src/report/model.ts";
import { renderReport } from "../../src/report/render.ts";
import { ceriaModel } from "./ceria-model.ts";

const model = ceriaModel();
const report = renderReport(model);
const parsed = (page: string) => parseHTML(page).document;

/** Every text of a model replaced; numbers, and words that choose between variants, stay. */
function withTexts(value: unknown, text: (old: string) => string, key = ""): unknown {
  if (typeof value === "string") return ["level", "groupKind"].includes(key) ? value : text(value);
  if (Array.isArray(value)) return value.map((item) => withTexts(item, text, key));
  if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value))
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, withTexts(v, text, k)]));
  return value;
}

describe("the page", () => {
  it("begins with study, verdict and warnings, the worst first", () => {
    const { body } = parsed(report.html);
    const [h1, verdict, warnings, notice] = [...body.children];
    expect(h1.textContent).toContain(model.header.study);
    expect(verdict.className).toBe("verdict warning");
    expect(verdict.textContent).toContain(model.header.verdict!.text);
    expect([...warnings.children].map((li) => li.className)).toEqual(["warning", "warning", "ok"]);
    expect(notice.textContent).toContain("Synthetic table.");
  });

  it("holds a section and a link to it for each part", () => {
    const document = parsed(report.html);
    const sections = [...document.querySelectorAll("section")].map((s) => s.id);
    expect(sections).toEqual(["provenance", "data", "lattice", "fit", "monte-carlo", "snapshots"]);
    expect([...document.querySelectorAll("nav a")].map((a) => a.getAttribute("href"))).toEqual(
      sections.map((id) => `#${id}`),
    );
  });

  it("leaves out what is not given", () => {
    const bare = renderReport({ header: { study: "bare" } });
    const document = parsed(bare.html);
    expect(document.querySelectorAll("section, nav, figure, script").length).toBe(0);
    expect(bare.csv.size).toBe(0);
    const empty = renderReport({
      header: { study: "empty", warnings: [], provenance: {} },
      lattice: {},
      data: { accepted: 0, rejected: 0, structures: [] },
      fit: { energyUnit: "eV", eciUnit: "eV", parity: [], ecis: [], unsampled: [] },
      mc: { energyUnit: "eV", chains: [], layers: [], curves: [] },
      snapshots: { frames: [] },
    });
    expect(parsed(empty.html).querySelectorAll("figure, script").length).toBe(0);
    expect(empty.html).not.toMatch(/undefined|NaN|\[object/);
  });

  it("tells of chains that were not equilibrated, and of moves never tried", () => {
    const text = parsed(report.html).querySelector("#monte-carlo")!.textContent ?? "";
    expect(text).toContain("2 chains of 20 had not reached equilibrium");
    const chain = { name: "a", panel: "p", series: "s", temperature_K: 1, steps: 1 };
    const none = renderReport({
      header: { study: "x" },
      mc: {
        energyUnit: "eV",
        chains: [{ ...chain, moves: [{ move: "swap", attempted: 0, accepted: 0 }] }],
      },
    });
    expect(none.html).not.toContain("NaN");
  });

  it("is the same to the byte for the same model", () => {
    const again = renderReport(model);
    expect(again.html).toBe(report.html);
    expect([...again.csv]).toEqual([...report.csv]);
  });

  it("has ids that are unique", () => {
    const ids = [...parsed(report.html).querySelectorAll("[id]")].map((e) => e.id);
    expect(ids.length).toBe(new Set(ids).size);
  });

  it("refuses a number that is not finite, in plots, tables and snapshots", () => {
    const spoiled: [string, (m: ReportModel) => ReportModel][] = [
      [
        "parity, row 3",
        (m) => ({ ...m, fit: { ...m.fit!, parity: spoil(m.fit!.parity!, 2, { cv: Number.NaN }) } }),
      ],
      [
        "ECIs, row 1",
        (m) => ({ ...m, fit: { ...m.fit!, ecis: spoil(m.fit!.ecis!, 0, { value: Number.NaN }) } }),
      ],
      [
        "finite",
        (m) => ({
          ...m,
          data: { ...m.data!, structures: spoil(m.data!.structures!, 5, { strain: Number.NaN }) },
        }),
      ],
      [
        "row 1: position is NaN",
        (m) => ({
          ...m,
          snapshots: {
            frames: [
              {
                chain: "c",
                label: "l",
                cell: new Float64Array(9),
                species: ["O"],
                positions: [0, Number.NaN, 0],
              },
            ],
          },
        }),
      ],
    ];
    for (const [message, change] of spoiled) {
      expect(() => renderReport(change(model))).toThrow(message);
      expect(() => renderReport(change(model))).toThrow(EcitonError);
    }
  });
});

function spoil<T>(list: readonly T[], at: number, change: Partial<T>): T[] {
  return list.map((item, i) => (i === at ? { ...item, ...change } : item));
}

describe("CSV files", () => {
  it("are linked once each, in the page or beside it, with the same content", () => {
    const links = [...parsed(report.html).querySelectorAll("a.csv")];
    expect(links.length).toBe(report.csv.size);
    [...report.csv].forEach(([path, text], i) => {
      const href = links[i].getAttribute("href")!;
      expect(path).toBe(`report-csv/${links[i].getAttribute("download")}`);
      if (!href.startsWith("data:")) expect(href).toBe(path);
      else expect(Buffer.from(href.slice(href.indexOf(",") + 1), "base64").toString("utf8")).toBe(text);
    });
    expect(links.some((a) => !a.getAttribute("href")!.startsWith("data:"))).toBe(true);
  });

  it("keep apart figures whose titles give the same name", () => {
    const curve = { title: "Θ", xLabel: "x", yLabel: "y", series: [] };
    const twice = renderReport({ header: { study: "x" }, mc: { energyUnit: "eV", curves: [curve, curve] } });
    expect([...twice.csv.keys()]).toEqual(["report-csv/curve-item.csv", "report-csv/curve-item-2.csv"]);
  });
});

describe("a page that needs nothing else", () => {
  it("refers only to itself", () => {
    const document = parsed(report.html);
    for (const name of ["src", "href", "xlink:href", "action", "poster", "srcset"])
      for (const element of document.querySelectorAll(`[${name.replace(":", "\\:")}]`))
        expect(element.getAttribute(name)).toMatch(/^(#|data:text\/csv|report-csv\/)/);
    expect(document.querySelectorAll("link, iframe, object, embed, img, base").length).toBe(0);
    for (const style of document.querySelectorAll("style"))
      expect(style.textContent).not.toMatch(/@import|url\(/);
    const page = report.html.replace(/<script[\s\S]*?<\/script>/g, "");
    for (const match of page.matchAll(/url\((.)/g)) expect(match[1]).toBe("#");
    expect(page.replaceAll("http://www.w3.org/", "")).not.toMatch(/https?:\/\//);
  });

  it("forbids every load by its policy", () => {
    const policy = parsed(report.html).querySelector("meta[http-equiv]")!.getAttribute("content")!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|\*|connect-src/);
  });

  it("holds the viewer whole, and scripts that compile", () => {
    const scripts = [...report.html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((m) => m[1]);
    expect(scripts.length).toBe(2);
    for (const code of scripts) expect(() => new Script(code)).not.toThrow();
    const library = readFileSync(createRequire(import.meta.url).resolve("3dmol/build/3Dmol-min.js"), "utf8");
    expect(scripts[0].endsWith(library)).toBe(true);
    expect(scripts[0]).toContain("University of Pittsburgh");
  });

  it("gives the viewer the structures", () => {
    const block = parsed(report.html).querySelector("#viewer-data")!.textContent!;
    const { frames, species } = JSON.parse(block);
    const first = model.snapshots!.frames[0];
    expect(frames.length).toBe(10);
    expect(frames[0].kinds.map((kind: number) => species[kind].name)).toEqual(first.species);
    // Coordinates are rounded to a thousandth of an Å.
    frames[0].positions.forEach((x: number, i: number) => {
      expect(Math.abs(x - first.positions[i])).toBeLessThanOrEqual(0.0005 + 1e-12);
    });
    const labels = [...parsed(report.html).querySelectorAll("#viewer-species label")].map((l) =>
      l.textContent!.trim(),
    );
    expect(labels).toEqual(["Ce3+", "Ce4+", "O", "vacancy"]);
  });
});

describe("hostile names", () => {
  const attacks = [
    `</script><script>alert(1)</script>`,
    `"><img src=x onerror=alert(1)>`,
    `' onmouseover='alert(1)`,
    `</title></style></svg><svg onload=alert(1)><!--`,
    "]]>&lt;b&gt;&amp;{{alert(1)}}",
  ];

  it("add no element and no attribute, wherever they stand", () => {
    const shape = (page: string) => {
      const document = parsed(page);
      return {
        scripts: document.querySelectorAll("script").length,
        strange: document.querySelectorAll("img, iframe, [onerror], [onload], [onmouseover]").length,
        sections: document.querySelectorAll("section, figure, h2").length,
      };
    };
    const expected = shape(report.html);
    expect(expected.strange).toBe(0);
    for (const attack of attacks) {
      const page = renderReport(withTexts(model, (old) => `${old}${attack}`) as ReportModel).html;
      expect(shape(page)).toEqual(expected);
    }
  });

  it("are shown as they are written", () => {
    for (const attack of attacks) {
      const document = parsed(
        renderReport({ header: { study: attack, verdict: { level: "ok", text: attack } } }).html,
      );
      expect(document.querySelector("h1")!.textContent).toBe(`Eciton report${attack}`);
      expect(document.querySelector(".verdict")!.textContent).toContain(attack);
    }
  });

  it("come back whole from the viewer's data", () => {
    for (const attack of attacks) {
      const frame = {
        chain: attack,
        label: attack,
        cell: new Float64Array(9),
        species: [attack],
        positions: [0, 0, 0],
      };
      const page = renderReport({ header: { study: "x" }, snapshots: { frames: [frame] } }).html;
      const data = JSON.parse(parsed(page).querySelector("#viewer-data")!.textContent!);
      expect([data.frames[0].chain, data.species[0].name]).toEqual([attack, attack]);
    }
  });
});
