/** The script, run in the reader's browser, that shows snapshots with 3Dmol. Plain ES5-like JavaScript, as text. */
export const viewerScript = `(function () {
  "use strict";
  var data = JSON.parse(document.getElementById("viewer-data").textContent);
  var box = document.getElementById("viewer");
  var chainSelect = document.getElementById("viewer-chain");
  var frameSelect = document.getElementById("viewer-frame");
  var switches = document.querySelectorAll("#viewer-species input");
  var message = document.getElementById("viewer-message");
  var viewer = null;
  var probe = document.createElement("canvas");
  if (window.$3Dmol && (probe.getContext("webgl2") || probe.getContext("webgl"))) {
    try {
      viewer = $3Dmol.createViewer(box, { backgroundColor: "white", orthographic: true });
    } catch (error) {
      viewer = null;
    }
  }
  if (!viewer) return;
  message.remove();
  document.getElementById("viewer-controls").hidden = false;

  var chains = [];
  data.frames.forEach(function (frame) {
    if (chains.indexOf(frame.chain) < 0) chains.push(frame.chain);
  });
  function option(select, label, value) {
    var item = document.createElement("option");
    item.textContent = label;
    item.value = value;
    select.appendChild(item);
  }
  chains.forEach(function (name, i) { option(chainSelect, name, i); });

  function listFrames() {
    frameSelect.textContent = "";
    data.frames.forEach(function (frame, i) {
      if (frame.chain === chains[chainSelect.value]) option(frameSelect, frame.label, i);
    });
    frameSelect.selectedIndex = frameSelect.options.length - 1;
  }
  function corner(cell, i, j, k) {
    return {
      x: i * cell[0] + j * cell[3] + k * cell[6],
      y: i * cell[1] + j * cell[4] + k * cell[7],
      z: i * cell[2] + j * cell[5] + k * cell[8]
    };
  }
  function drawCell(cell) {
    [0, 1].forEach(function (a) {
      [0, 1].forEach(function (b) {
        viewer.addLine({ start: corner(cell, 0, a, b), end: corner(cell, 1, a, b), color: "#333333" });
        viewer.addLine({ start: corner(cell, a, 0, b), end: corner(cell, a, 1, b), color: "#333333" });
        viewer.addLine({ start: corner(cell, a, b, 0), end: corner(cell, a, b, 1), color: "#333333" });
      });
    });
  }
  function draw() {
    var frame = data.frames[frameSelect.value];
    viewer.removeAllModels();
    viewer.removeAllShapes();
    var model = viewer.addModel();
    model.addAtoms(frame.kinds.map(function (kind, i) {
      return {
        elem: "X", atom: String(kind), resn: "X", resi: 1, serial: i, bonds: [], bondOrder: [], hetflag: true,
        x: frame.positions[3 * i], y: frame.positions[3 * i + 1], z: frame.positions[3 * i + 2]
      };
    }));
    data.species.forEach(function (species, kind) {
      var style = switches[kind].checked ? { sphere: { radius: species.radius, color: species.color } } : {};
      viewer.setStyle({ atom: String(kind) }, style);
    });
    drawCell(frame.cell);
    viewer.render();
  }
  function look(quaternion) {
    viewer.zoomTo();
    var view = viewer.getView();
    viewer.setView(view.slice(0, 4).concat(quaternion));
    viewer.zoom(1.4); // zoomTo leaves a wide margin
    viewer.render();
  }
  // The camera looks along -z: as it is, one sees the slab from above; a quarter turn about x shows its side.
  function top() { look([0, 0, 0, 1]); }
  function side() { look([-Math.SQRT1_2, 0, 0, Math.SQRT1_2]); }

  chainSelect.onchange = function () { listFrames(); draw(); };
  frameSelect.onchange = draw;
  switches.forEach(function (input) { input.onchange = draw; });
  document.getElementById("viewer-top").onclick = top;
  document.getElementById("viewer-side").onclick = side;
  listFrames();
  draw();
  top();
})();
`;
