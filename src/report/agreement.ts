/** When two estimates are called equal, different or too uncertain to tell. */
import { html, type Markup } from "./html.ts";
import type { Estimate } from "./sampling-model.ts";

/** Standard errors: chance alone exceeds the first in 1 of 22 cases, the second in 1 of 16 000. */
export const agreementLimits = { close: 2, far: 4 } as const;

export interface Difference {
  readonly value: number;
  /** √(σ₁² + σ₂²); undefined where an estimate has no error. */
  readonly error?: number;
  /** Difference in its standard errors; undefined where it has none. */
  readonly sigmas?: number;
}

/** Second less first, taken as independent. */
export function difference(first: Estimate, second: Estimate): Difference {
  const value = second.mean - first.mean;
  if (first.error === undefined || second.error === undefined) return { value };
  const error = Math.hypot(first.error, second.error);
  return error > 0 ? { value, error, sigmas: value / error } : { value, error };
}

export type Agreement = "agrees" | "unclear" | "differs" | "unknown";

export function agreement({ value, error, sigmas }: Difference): Agreement {
  if (error === 0) return value === 0 ? "agrees" : "differs";
  if (sigmas === undefined) return "unknown";
  const size = Math.abs(sigmas);
  if (size <= agreementLimits.close) return "agrees";
  return size <= agreementLimits.far ? "unclear" : "differs";
}

const signs = { good: "✓", bad: "✕", unclear: "?" } as const;

/** A sign and a word, each enough without the other and without colour. */
export function outcomeSign(kind: keyof typeof signs, word: string): Markup {
  return html`<span class="outcome ${kind}"><span class="sign" aria-hidden="true">${signs[kind]}</span> ${word}</span>`;
}
