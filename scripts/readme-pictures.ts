/**
 * Takes plots of reports out as pictures for the README: of each report that is given, those that it has.
 *   npx tsx scripts/readme-pictures.ts eciton-out/ceria-111/report.html eciton-out/melting-cu147/report.html
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseHTML } from "linkedom";

const MARGIN = 14;
const TITLE = 30;
const LEGEND = 34;

interface Picture {
  readonly file: string;
  /** aria-label of the plot in the report begins with this. */
  readonly label: string;
  readonly title: string;
}

const pictures: readonly Picture[] = [
  {
    file: "ceria-layers.svg",
    label: "Share of V in each layer",
    title: "Oxygen vacancies in each oxygen layer of CeO₂(111), 8 × 8 cell",
  },
  {
    file: "ceria-maps.svg",
    label: "Final states",
    title: "Final states from above: columns by temperature, rows by vacancies for each surface cell",
  },
  {
    file: "ceria-ecis.svg",
    label: "ECIs against cluster diameter",
    title: "Pair and larger interactions that the fit kept",
  },
  {
    file: "cu147-melting.svg",
    label: "Caloric curve",
    title: "Energy of a copper cluster of 147 atoms that is heated, two runs",
  },
];

const documents = process.argv.slice(2).map((report) => parseHTML(readFileSync(report, "utf8")).document);

for (const { file, label, title } of pictures) {
  const plot = documents
    .flatMap((document) => [...document.querySelectorAll("svg[aria-label]")])
    .find((svg) => svg.getAttribute("aria-label")!.startsWith(label));
  if (!plot) continue;
  // Strokes that differ by their tooltip alone are one stroke on paper.
  const seen = new Set<string>();
  for (const line of plot.querySelectorAll("line")) {
    line.querySelector("title")?.remove();
    if (seen.has(line.outerHTML)) line.remove();
    seen.add(line.outerHTML);
  }
  const width = Number(plot.getAttribute("width"));
  const height = Number(plot.getAttribute("height"));
  const entries = [...plot.closest("figure")!.querySelectorAll("svg[aria-hidden]")].filter(
    (svg) => svg.getAttribute("width") === "34",
  );
  let x = MARGIN + 62;
  const y = TITLE + height + 12;
  const legend = entries.flatMap((key) => {
    const text = key.parentElement!.textContent!.trim();
    // The one-body terms are in a plot of their own.
    if (text.startsWith("1 point")) return [];
    const entry = `<g transform="translate(${x},${y})">${key.outerHTML}</g><text x="${x + 40}" y="${y + 12}">${text}</text>`;
    x += 56 + 6 * text.length;
    return [entry];
  });
  const full = { width: width + 2 * MARGIN, height: height + TITLE + LEGEND + MARGIN };
  plot.setAttribute("x", String(MARGIN));
  plot.setAttribute("y", String(TITLE));
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${full.width}" height="${full.height}" ` +
    `viewBox="0 0 ${full.width} ${full.height}" font-family="Helvetica Neue, Arial, Liberation Sans, sans-serif" font-size="12">` +
    `<rect width="100%" height="100%" fill="white"/>` +
    `<text x="${MARGIN + 62}" y="22" font-size="14" font-weight="bold">${title}</text>` +
    `${plot.outerHTML}${legend.join("")}</svg>\n`;
  const rounded = svg.replaceAll(/\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2))));
  writeFileSync(new URL(`../docs/images/${file}`, import.meta.url), rounded);
  console.log(`docs/images/${file}`);
}
