/** The report in a real browser: its script runs, and the snapshots are drawn in three dimensions. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { renderReport } from "../../src/report/render.ts";
import { ceriaModel } from "./ceria-model.ts";

const installed = spawnSync("chromium", ["--version"]).status === 0;
if (!installed) console.warn("skipped: the report in a browser, because chromium is not installed");

/** The page after its scripts have run. */
function domOf(html: string, flags: readonly string[]): Document {
  const folder = mkdtempSync(join(tmpdir(), "eciton-browser-"));
  try {
    const page = join(folder, "report.html");
    writeFileSync(page, html);
    const dom = execFileSync(
      "chromium",
      [
        "--headless",
        "--no-sandbox",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        `--user-data-dir=${join(folder, "profile")}`,
        ...flags,
        "--dump-dom",
        `file://${page}`,
      ],
      { encoding: "utf8", timeout: 50_000, maxBuffer: 2 ** 26, stdio: ["ignore", "pipe", "ignore"] },
    );
    return parseHTML(dom).document;
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

describe.skipIf(!installed)("report in a browser", () => {
  it("draws the snapshots and offers every chain", () => {
    const model = ceriaModel();
    const document = domOf(renderReport(model).html, ["--enable-unsafe-swiftshader"]);
    expect(document.querySelector("#viewer canvas")).not.toBeNull();
    expect(document.querySelector("#viewer-message")).toBeNull();
    expect(document.querySelector("#viewer-controls")!.hasAttribute("hidden")).toBe(false);
    const chains = new Set(model.snapshots!.frames.map((frame) => frame.chain));
    expect(document.querySelectorAll("#viewer-chain option").length).toBe(chains.size);
  });

  it("says what is missing where there is no WebGL, and keeps the plots", () => {
    const document = domOf(renderReport(ceriaModel()).html, ["--disable-gpu", "--disable-3d-apis"]);
    expect(document.querySelector("#viewer-message")!.textContent).toContain("WebGL");
    expect(document.querySelectorAll("svg").length).toBeGreaterThan(5);
  });
});
