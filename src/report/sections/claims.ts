/** What a publication says and what this run gives. */
import { outcomeSign } from "../agreement.ts";
import { html, type Markup, withIndices } from "../html.ts";
import { count, integer, withError } from "../numbers.ts";
import type { Claim, ClaimOutcome, ClaimSummary } from "../sampling-model.ts";
import type { Section } from "./section.ts";

const words: Record<ClaimOutcome, { kind: "good" | "bad" | "unclear"; word: string }> = {
  holds: { kind: "good", word: "holds" },
  fails: { kind: "bad", word: "does not hold" },
  open: { kind: "unclear", word: "cannot be told" },
};

/** More values than this are shown behind a fold, those that do not hold first. */
const MOST_OPEN = 4;

export function claimsSection({ source, claims }: ClaimSummary): Section {
  const number = (outcome: ClaimOutcome) => claims.filter((claim) => claim.outcome === outcome).length;
  return {
    id: "claims",
    title: "What the paper says, what this run gives",
    body: [
      html`<p>Source: ${source}. Of ${count(claims.length, "statement")}, ${integer(number("holds"))} ${number("holds") === 1 ? "holds" : "hold"}, ${integer(number("fails"))} ${number("fails") === 1 ? "does" : "do"} not, and ${integer(number("open"))} cannot be told within the error bars. Errors are one standard error of the sampling.</p>
<div class="table"><table class="claims">
<thead><tr><th>The paper</th><th>Demanded</th><th>This run</th><th>Outcome</th></tr></thead>
<tbody>${claims.map(
        (claim) =>
          html`<tr><td>${claim.text}</td><td>${claim.relation}</td><td>${values(claim)}${claim.note === undefined ? undefined : html`<p class="small">${claim.note}</p>`}</td><td>${sign(claim.outcome)}</td></tr>\n`,
      )}</tbody></table></div>
`,
    ],
  };
}

function sign(outcome: ClaimOutcome): Markup {
  const { kind, word } = words[outcome];
  return outcomeSign(kind, word);
}

const order: readonly ClaimOutcome[] = ["fails", "open", "holds"];

function values({ measured }: Claim): Markup {
  const sorted = [...measured].sort((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
  const several = measured.length > 1;
  const list = html`<ul class="values">${sorted.map(
    ({ state, name, value, unit, against, outcome }) =>
      html`<li>${several ? sign(outcome) : undefined}<span>${state}: ${name === undefined ? "" : `${name} `}<b>${withError(value.mean, value.error)}</b>${unit === undefined ? undefined : html` ${withIndices(unit)}`}${against === undefined ? undefined : html` against ${against.name === undefined ? "" : `${against.name} `}<b>${withError(against.mean, against.error)}</b>`}</span></li>`,
  )}</ul>`;
  if (measured.length <= MOST_OPEN) return list;
  const good = measured.filter((value) => value.outcome === "holds").length;
  return html`<details><summary>${integer(good)} of ${integer(measured.length)} states hold</summary>${list}</details>`;
}
