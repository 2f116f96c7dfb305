/** The report: one page that needs nothing else, and the CSV files behind its plots. */
import { FigureBook } from "./figure.ts";
import { html, trusted } from "./html.ts";
import type { ReportModel } from "./model.ts";
import { snapshotMapsFigure } from "./plots/snapshot-maps.ts";
import { atomsAnalysisSection } from "./sections/atoms-analysis.ts";
import { claimsSection } from "./sections/claims.ts";
import { comparisonSection } from "./sections/comparisons.ts";
import { dataSection } from "./sections/data.ts";
import { dynamicsSection } from "./sections/dynamics.ts";
import { fitSection } from "./sections/fit.ts";
import { provenanceSection, syntheticNotice, verdictBlock } from "./sections/header.ts";
import { hopSection } from "./sections/hop.ts";
import { latticeSection } from "./sections/lattice.ts";
import { learningSection } from "./sections/learning.ts";
import { mcSection } from "./sections/mc.ts";
import { methodsSection } from "./sections/methods.ts";
import { observationSection } from "./sections/observations.ts";
import { relaxationSection } from "./sections/relaxations.ts";
import type { Section } from "./sections/section.ts";
import { snapshotSection } from "./sections/snapshots.ts";
import { structuresSection } from "./sections/structures.ts";
import { trainingSection } from "./sections/training.ts";
import { styleSheet } from "./style.ts";

export interface RenderedReport {
  /** The whole page; it loads nothing, and its policy forbids it to. */
  readonly html: string;
  /** CSV text by file name, relative to the page ("report-csv/parity.csv"). */
  readonly csv: ReadonlyMap<string, string>;
}

/**
 * Renders a report. The same model gives the same bytes.
 * @throws {EcitonError} "shape" for a number that is not finite, naming the plot and the row, and for lists
 *   whose lengths disagree
 */
export function renderReport(model: ReportModel): RenderedReport {
  const figures = new FigureBook();
  const { header, lattice, data, fit, claims, mc, methods, observations, snapshots } = model;
  const { structures, relaxations, hop } = model;
  const maps = (model.snapshotMaps ?? []).filter((map) => map.panels.length > 0);
  const comparisons = (model.comparisons ?? []).filter((comparison) => comparison.points.length > 0);
  const sections: Section[] = [];
  if (header.provenance !== undefined) sections.push(provenanceSection(header.provenance));
  if (data !== undefined) sections.push(dataSection(data, figures));
  if (lattice !== undefined) sections.push(latticeSection(lattice));
  if (fit !== undefined) sections.push(fitSection(fit, figures));
  if (claims !== undefined && claims.claims.length > 0) sections.push(claimsSection(claims));
  if (mc !== undefined) sections.push(mcSection(mc, figures));
  if (methods !== undefined) sections.push(methodsSection(methods, figures));
  if (maps.length > 0)
    sections.push({
      id: "configurations",
      title: "Configurations",
      body: maps.map((map) => figures.add(snapshotMapsFigure(map))),
    });
  if (observations !== undefined) sections.push(observationSection(observations, figures));
  if (comparisons.length > 0) sections.push(comparisonSection(comparisons, figures));
  if (structures !== undefined) sections.push(structuresSection(structures));
  if (model.learning !== undefined) sections.push(learningSection(model.learning, figures));
  if (model.training !== undefined) sections.push(trainingSection(model.training, figures));
  if (relaxations !== undefined) sections.push(relaxationSection(relaxations, figures));
  if (hop !== undefined) sections.push(hopSection(hop, figures));
  if (model.dynamics !== undefined) sections.push(dynamicsSection(model.dynamics, figures));
  if (model.atoms !== undefined) sections.push(atomsAnalysisSection(model.atoms, figures));
  if (snapshots !== undefined && snapshots.frames.length > 0) sections.push(snapshotSection(snapshots));

  const shown = sections.filter((section) => section.body.some((part) => part !== undefined));
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${header.study} – Eciton report</title>
<style>${trusted(styleSheet)}</style>
</head>
<body>
<h1><small>Eciton report</small>${header.study}</h1>
${verdictBlock(header)}${syntheticNotice(data?.syntheticNotice)}
${shown.length < 2 ? undefined : html`<nav aria-label="Contents">${shown.map((s) => html`<a href="#${s.id}">${s.title}</a> `)}</nav>`}
${shown.map((s) => html`<section id="${s.id}">\n<h2>${s.title}</h2>\n${s.body}</section>\n`)}
</body>
</html>
`;
  return { html: page.text, csv: figures.csv };
}
