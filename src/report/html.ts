/** HTML in which every text is escaped unless it was made by this module. */

/** Text that is HTML already. Only `html`, `trusted` and `jsonScript` make it. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Piece = string | number | Markup | undefined | readonly Piece[];

export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** Template tag: values are escaped, lists joined, `undefined` is nothing. */
export function html(strings: TemplateStringsArray, ...values: Piece[]): Markup {
  let text = strings[0];
  for (let i = 0; i < values.length; i++) text += pieceText(values[i]) + strings[i + 1];
  return new Markup(text);
}

function pieceText(piece: Piece): string {
  if (piece === undefined) return "";
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === "object") return piece.map(pieceText).join("");
  return escapeHtml(String(piece));
}

/** Text in which "k_B" is set as k with a lower B; other underscores are parts of names. */
export function withIndices(text: string): Markup {
  const pieces = text.split(/\bk_B\b/);
  return html`${pieces.map((piece, i) => (i === 0 ? html`${piece}` : html`<i>k</i><sub>B</sub>${piece}`))}`;
}

/** Marks text as HTML: for what this program wrote itself (an SVG from the plot library, a style sheet). */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/**
 * A data block that a script reads with JSON.parse. "<" is written as an escape, so that neither
 * "</script>" nor "<!--" inside a string can end or change the element.
 */
export function jsonScript(id: string, json: string): Markup {
  return html`<script type="application/json" id="${id}">${trusted(json.replaceAll("<", "\\u003c"))}</script>`;
}

/** Text for an id attribute or a file name: lower-case letters, digits and hyphens. */
export function slug(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 60) || "item"
  );
}
