/** The page's style sheet: system fonts, readable on paper, nothing fetched. */
export const styleSheet = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0 auto; padding: 1.5rem 2rem 4rem; max-width: 62rem; background: #fff; color: #1a1a1a;
  font: 16px/1.5 "Helvetica Neue", Arial, "Liberation Sans", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 0.8rem; overflow-wrap: anywhere; }
h1 small { display: block; font-size: 0.85rem; font-weight: normal; color: #555; margin-bottom: 0.3rem; }
h2 { font-size: 1.3rem; margin: 2.6rem 0 0.8rem; padding-bottom: 0.25rem; border-bottom: 2px solid #1a1a1a; }
h3 { font-size: 1.05rem; margin: 1.8rem 0 0.5rem; }
p { margin: 0.5rem 0; }
.small { font-size: 0.85rem; color: #444; }
.verdict { font-size: 1.2rem; padding: 0.8rem 1rem; border: 2px solid; border-left-width: 10px; border-radius: 4px; }
.verdict .sign { display: inline-block; width: 1.5em; height: 1.5em; line-height: 1.5em; text-align: center; font-weight: bold;
  border-radius: 50%; color: #fff; margin-right: 0.4rem; }
.verdict.ok { border-color: #00694c; background: #eef8f4; } .verdict.ok .sign { background: #00694c; }
.verdict.warning { border-color: #b86b00; background: #fff6e5; } .verdict.warning .sign { background: #9a5900; }
.verdict.problem { border-color: #a32600; background: #fdeeea; } .verdict.problem .sign { background: #a32600; }
ul.warnings { list-style: none; padding: 0; margin: 1rem 0; }
ul.warnings li { padding: 0.35rem 0.8rem; margin: 0.4rem 0; border-left: 4px solid #767676; background: #f7f7f7; overflow-wrap: anywhere; }
ul.warnings li.warning { border-left: 4px dashed #b86b00; } ul.warnings li.problem { border-left: 6px double #a32600; }
.notice { padding: 0.7rem 1rem; border: 2px dashed #9a5900; background: #fff6e5; border-radius: 4px; }
nav { margin: 1.2rem 0; font-size: 0.95rem; } nav a { margin-right: 1.2rem; }
a { color: #00558c; }
figure { margin: 1.6rem 0; break-inside: avoid; }
.panels { display: grid; gap: 0.8rem 1rem; align-items: start; }
.panels.pair { display: flex; align-items: end; } .panels.pair .panel { flex: 0 1 auto; min-width: 0; }
.panels.grid { grid-template-columns: repeat(2, minmax(0, auto)); justify-content: start; align-items: end; }
.panels.small-multiples { grid-template-columns: repeat(3, minmax(0, auto)); justify-content: start; align-items: end; gap: 0.8rem 0.6rem; }
.small-multiples .panel-title { margin-left: 50px; font-size: 0.78rem; overflow-wrap: anywhere; }
.panel-title { margin: 0 0 0.1rem 62px; font-size: 0.85rem; font-weight: bold; }
.panel svg { display: block; max-width: 100%; height: auto; }
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.4rem; margin: 0.5rem 0 0 3.6rem; font-size: 0.82rem; }
.legend span { display: inline-flex; align-items: center; gap: 0.45rem; }
figcaption { margin: 0.6rem 0 0; font-size: 0.9rem; max-width: 54rem; }
a.csv { font-size: 0.8rem; border: 1px solid #00558c; border-radius: 3px; padding: 0 0.35rem; text-decoration: none; white-space: nowrap; }
.table { overflow-x: auto; margin: 0.6rem 0 1rem; }
table { border-collapse: collapse; font-size: 0.86rem; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: bold; border-bottom: 1.5px solid #1a1a1a; vertical-align: bottom; }
th, td { padding: 0.22rem 0.9rem 0.22rem 0; } td { border-bottom: 1px solid #ddd; vertical-align: top; overflow-wrap: break-word; }
td:first-child { white-space: nowrap; }
td:first-child, th:first-child { position: sticky; left: 0; background: #fff; }
th.number, td.number { text-align: right; } td.number { white-space: nowrap; }
table.facts th { border-bottom: 1px solid #ddd; font-weight: normal; color: #444; padding-right: 1.5rem; vertical-align: top; }
code, pre { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: 0.85em; }
code { overflow-wrap: anywhere; }
pre { background: #f7f7f7; padding: 0.8rem; overflow-x: auto; }
details { margin: 0.6rem 0; } summary { cursor: pointer; font-weight: bold; font-size: 0.95rem; }
.outcome { white-space: nowrap; } .outcome .sign { display: inline-block; width: 1.35em; height: 1.35em; line-height: 1.35em; text-align: center;
  font-weight: bold; color: #fff; }
.outcome.good .sign { background: #00694c; border-radius: 50%; } .outcome.bad .sign { background: #a32600; }
.outcome.unclear .sign { color: #1a1a1a; border: 1.5px dashed #9a5900; border-radius: 4px; line-height: 1.15em; }
table.claims td { min-width: 8rem; white-space: normal; padding-top: 0.5rem; padding-bottom: 0.5rem; }
table.claims { width: 100%; } table.claims th:nth-child(3) { width: 44%; }
ul.values { list-style: none; margin: 0; padding: 0; } ul.values li { display: flex; gap: 0.6rem; margin: 0.15rem 0; } ul.values b { white-space: nowrap; }
table.claims details { margin: 0; } table.claims summary { font-size: inherit; font-weight: normal; }
.table.long { max-height: 36rem; overflow: auto; }
#viewer { position: relative; width: 100%; height: 30rem; outline: 1px solid #999; }
#viewer:has(#viewer-message) { height: auto; }
#viewer-message { padding: 2rem; }
#viewer-controls { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; margin-bottom: 0.6rem; font-size: 0.9rem; }
#viewer-species label { display: inline-flex; align-items: center; gap: 0.25rem; margin-right: 0.7rem; }
@media screen and (max-width: 48rem) { .panels.grid { grid-template-columns: minmax(0, 1fr); } .panels.pair { flex-direction: column; align-items: start; }
  body { padding: 1rem; } }
@media print {
  body { max-width: none; padding: 0; font-size: 11pt; }
  nav, a.csv, #viewer-controls { display: none; }
  h2, h3 { break-after: avoid; } tr, #viewer, .panel { break-inside: avoid; }
  td:first-child, th:first-child { position: static; }
  table { font-size: 7.5pt; } .table { overflow: visible; }
  .table.long { max-height: none; overflow: visible; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
