/** Final states in three dimensions: 3Dmol and the structures, both inside the page. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { EcitonError } from "../../core/errors.ts";
import { html, jsonScript, trusted } from "../html.ts";
import { okabeIto } from "../marks.ts";
import type { SnapshotFrame, SnapshotSummary } from "../model.ts";
import { notFinite } from "../numbers.ts";
import { viewerScript } from "../viewer-script.ts";
import type { Section } from "./section.ts";

const spareColors = [
  okabeIto.skyBlue,
  okabeIto.vermillion,
  "#bbbbbb",
  okabeIto.black,
  okabeIto.yellow,
  okabeIto.green,
];

/** @throws {EcitonError} "shape" for a frame whose lists do not fit together or hold a number that is not finite */
export function snapshotSection(summary: SnapshotSummary): Section {
  const { frames, styles = [], title = "Snapshots", choice = "Chain" } = summary;
  for (const frame of frames) checkFrame(frame);
  const species = [...new Set(frames.flatMap((frame) => frame.species))].sort();
  const drawn = species.map((name, i) => {
    const style = styles.find((s) => s.species === name);
    return {
      name,
      label: style?.label ?? name,
      color: style?.color ?? spareColors[i % spareColors.length],
      radius: style?.radius_A ?? 0.8,
    };
  });
  const data = {
    species: drawn,
    frames: frames.map((frame) => ({
      chain: frame.chain,
      label: frame.label,
      cell: Array.from(frame.cell, shortNumber),
      kinds: frame.species.map((name) => species.indexOf(name)),
      positions: Array.from(frame.positions, shortNumber),
    })),
  };
  return {
    id: "snapshots",
    title,
    body: [
      html`<div id="viewer-controls" hidden>
<label>${choice} <select id="viewer-chain"></select></label>
<label>Snapshot <select id="viewer-frame"></select></label>
<button type="button" id="viewer-top">Top view</button>
<button type="button" id="viewer-side">Side view</button>
<span id="viewer-species">${drawn.map(
        (s, i) =>
          html`<label><input type="checkbox" checked data-kind="${i}"><svg width="14" height="14" aria-hidden="true"><circle cx="7" cy="7" r="6" stroke="#333" fill="${s.color}"/></svg> ${s.label}</label> `,
      )}</span>
</div>
<div id="viewer" role="img" aria-label="Three-dimensional picture of the chosen snapshot"><p id="viewer-message">The pictures need JavaScript and WebGL, which this browser does not offer here. The structures are in files beside this report.</p></div>
<p class="small">Drag to turn, scroll to zoom. Lines show the simulation cell.</p>
`,
      jsonScript("viewer-data", JSON.stringify(data)),
      html`<script>${trusted(inlineScript(libraryText()))}</script>\n<script>${trusted(inlineScript(viewerScript))}</script>\n`,
    ],
  };
}

function checkFrame(frame: SnapshotFrame): void {
  const name = `snapshot ${frame.chain}, ${frame.label}`;
  const atoms = frame.species.length;
  if (frame.cell.length !== 9 || frame.positions.length !== 3 * atoms)
    throw new EcitonError(
      "shape",
      `${name}: expected 9 cell numbers and ${3 * atoms} coordinates, found ${frame.cell.length} and ${frame.positions.length}`,
    );
  for (let i = 0; i < 9; i++)
    if (!Number.isFinite(frame.cell[i])) throw notFinite(name, Math.floor(i / 3) + 1, "cell", frame.cell[i]);
  for (let i = 0; i < frame.positions.length; i++)
    if (!Number.isFinite(frame.positions[i]))
      throw notFinite(name, Math.floor(i / 3) + 1, "position", frame.positions[i]);
}

/** A thousandth of an Å is far below what can be seen, and keeps the page small. */
function shortNumber(x: number): number {
  return Math.round(x * 1000) / 1000;
}

/** The library with its licence, which has to travel with it. */
function libraryText(): string {
  const require = createRequire(import.meta.url);
  const path = require.resolve("3dmol/build/3Dmol-min.js");
  const license = readFileSync(require.resolve("3dmol/LICENSE"), "utf8").replaceAll("*/", "* /");
  return `/*!\n${license}\n*/\n${readFileSync(path, "utf8")}`;
}

/** JavaScript may hold "</script" and "<!--" only in strings, where a backslash changes nothing. */
function inlineScript(code: string): string {
  return code.replace(/<(\/script|!--)/gi, "<\\$1");
}
