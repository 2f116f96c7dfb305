/** Top of the page: the verdict, the warnings; and its foot: where the results came from. */
import { html, type Markup } from "../html.ts";
import type { Level, Provenance, ReportHeader } from "../model.ts";
import { duration, integer } from "../numbers.ts";
import { fold, table } from "../table.ts";
import type { Section } from "./section.ts";

const levelNames: Record<Level, string> = { ok: "OK", warning: "Warning", problem: "Problem" };
const levelSigns: Record<Level, string> = { ok: "✓", warning: "!", problem: "✕" };
const severity: Record<Level, number> = { problem: 0, warning: 1, ok: 2 };

export function verdictBlock({ verdict, warnings = [] }: ReportHeader): Markup {
  const sorted = [...warnings].sort((a, b) => severity[a.level] - severity[b.level]);
  return html`${
    verdict === undefined
      ? undefined
      : html`<p class="verdict ${verdict.level}"><span class="sign" role="img" aria-label="${levelNames[verdict.level]}">${levelSigns[verdict.level]}</span> ${verdict.text}</p>\n`
  }${
    sorted.length === 0
      ? undefined
      : html`<ul class="warnings">${sorted.map((w) => html`<li class="${w.level}"><b>${levelNames[w.level]}.</b> ${w.text}</li>\n`)}</ul>\n`
  }`;
}

/** Beside the verdict, because it changes what every number below means. */
export function syntheticNotice(notice: string | undefined): Markup | undefined {
  return notice === undefined
    ? undefined
    : html`<p class="notice" role="note"><b>Synthetic table.</b> ${notice}</p>\n`;
}

export function provenanceSection(provenance: Provenance): Section {
  const { version, seed, date, command, cores, wallTime_s, inputs = [], resolvedStudy } = provenance;
  const facts: { name: string; value: string | Markup }[] = [];
  if (version !== undefined) facts.push({ name: "Eciton version", value: version });
  if (date !== undefined) facts.push({ name: "date", value: date });
  if (command !== undefined) facts.push({ name: "command", value: html`<code>${command}</code>` });
  if (seed !== undefined) facts.push({ name: "seed", value: String(seed) });
  if (cores !== undefined) facts.push({ name: "processor cores", value: integer(cores) });
  if (wallTime_s !== undefined) facts.push({ name: "wall time", value: duration(wallTime_s) });
  return {
    id: "provenance",
    title: "Provenance",
    body: [
      html`<table class="facts"><tbody>${facts.map((fact) => html`<tr><th>${fact.name}</th><td>${fact.value}</td></tr>\n`)}</tbody></table>\n`,
      inputs.length === 0
        ? undefined
        : fold(
            `Input files (${inputs.length})`,
            table(
              [
                { title: "file", cell: (input) => input.file },
                { title: "SHA-256", cell: (input) => html`<code>${input.sha256}</code>` },
              ],
              inputs,
            ),
            inputs.length <= 10,
          ),
      resolvedStudy === undefined
        ? undefined
        : fold("The study, with every default filled in", html`<pre>${resolvedStudy}</pre>`, false),
    ],
  };
}
