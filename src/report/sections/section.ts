import type { Markup } from "../html.ts";

export interface Section {
  /** Anchor in the page. */
  readonly id: string;
  readonly title: string;
  readonly body: readonly (Markup | undefined)[];
}
