// What the page and the file to download share.
const MORAL_GRAPH = { margin: 35, narrow: 600, readable: 0.9, tallest: 2400, tallestNarrow: 560 };

// Rows are made for a certain width; a wider page spreads them, so that nothing is drawn larger or smaller.
function moralGraphSpread(box, data) {
  return data.isPacked ? 1 : Math.max(0.88, (box.clientWidth - 2 * MORAL_GRAPH.margin) / (2 * data.halfWidth));
}

function moralGraphDraw(vis, box, data, wheelZooms) {
  const spread = moralGraphSpread(box, data);
  const inRing = new Set(data.rings.flat());
  const nodes = data.nodes.map((node) => ({ ...node, x: inRing.has(node.id) ? node.x : node.x * spread }));
  const isTouch = window.matchMedia("(pointer: coarse)").matches;
  const options = { ...data.options, interaction: { ...data.options.interaction, zoomView: wheelZooms || isTouch } };
  const content = { nodes: new vis.DataSet(nodes), edges: new vis.DataSet(data.edges) };
  const network = new vis.Network(box, content, options);
  network.on("beforeDrawing", (context) => moralGraphRings(network, context, data));
  return network;
}

// A cycle is a ring: a faint band through its values, so that it is seen before any arrow is followed.
function moralGraphRings(network, context, data) {
  for (const ring of data.rings) {
    const spots = Object.values(network.getPositions(ring));
    const xs = spots.map((spot) => spot.x), ys = spots.map((spot) => spot.y);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    context.save();
    context.globalAlpha = 0.14;
    context.strokeStyle = data.ringColour;
    context.lineWidth = 26;
    context.beginPath();
    context.ellipse((left + right) / 2, (top + bottom) / 2, (right - left) / 2, Math.max((bottom - top) / 2, 16), 0, 0, 2 * Math.PI);
    context.stroke();
    context.restore();
  }
}

function moralGraphHeight(box, data) {
  const cap = box.clientWidth < MORAL_GRAPH.narrow ? MORAL_GRAPH.tallestNarrow : MORAL_GRAPH.tallest;
  return data.isPacked ? Math.min(cap, 760) : Math.min(cap, data.height + 24);
}

// The wisest at the top, at full size; what is packed is first seen as a whole.
function moralGraphShow(network, box, data) {
  if (data.isPacked || !data.nodes.length) return network.fit({ animation: false });
  const isNarrow = box.clientWidth < MORAL_GRAPH.narrow;
  const scale = isNarrow ? MORAL_GRAPH.readable : 1;
  const highest = data.nodes.reduce((best, node) => (node.y - best.y || best.size - node.size) < 0 ? node : best);
  const x = isNarrow ? highest.x : 0;
  network.moveTo({ scale, position: { x, y: box.clientHeight / scale / 2 - 34 }, animation: false });
}
