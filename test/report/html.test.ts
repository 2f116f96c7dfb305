import fc from "fast-check";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { escapeHtml, html, jsonScript, slug, trusted } from "../../src/report/html.ts";

describe("html", () => {
  it("escapes values, joins lists, drops undefined, keeps markup", () => {
    const inner = html`<b>${"a<b>&\"'"}</b>`;
    const outer = html`<p title="${'"'}">${[inner, 1, undefined]}${trusted("<i></i>")}</p>`;
    expect(outer.text).toBe('<p title="&quot;"><b>a&lt;b&gt;&amp;&quot;&#39;</b>1<i></i></p>');
  });

  it("gives back any text through a parser, as content and as attribute", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { document } = parseHTML(
          `<html><body><p title="${escapeHtml(text)}">x${escapeHtml(text)}</p></body></html>`,
        );
        const p = document.querySelector("p")!;
        expect(p.textContent).toBe(`x${text}`);
        expect(p.getAttribute("title")).toBe(text);
        expect(document.querySelectorAll("*").length).toBe(3);
      }),
    );
  });

  it("keeps JSON whole inside a script element", () => {
    const hostile = { name: '</script><script>alert(1)</script><!-- "quoted" \u2028' };
    const { text } = jsonScript("data", JSON.stringify(hostile));
    const content = text.slice(text.indexOf(">") + 1, text.lastIndexOf("</script>"));
    expect(content).not.toContain("<");
    expect(JSON.parse(content)).toEqual(hostile);
  });

  it("makes names of files and anchors", () => {
    expect(slug("Ce3+, 8 × 8 cell")).toBe("ce3-8-8-cell");
    expect(slug("Θ")).toBe("item");
    expect(slug("../../etc/passwd")).toBe("etc-passwd");
  });
});
