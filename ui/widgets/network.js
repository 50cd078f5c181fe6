// Draws a vis-network inside the page. The script is loaded once from the app's own address; the network is kept
// between reruns, so zoom and position stay, and a click changes nothing but the selection.
const networks = (window.moralGraphNetworks ??= new Map());

const NARROW = 600;
const READABLE = 0.7;

function loadOnce(url) {
  window.moralGraphVis ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve(window.vis);
    script.onerror = () => reject(new Error("the drawing library could not be loaded"));
    document.head.appendChild(script);
  });
  return window.moralGraphVis;
}

// All of it where there is room; on a phone the wisest part, large enough to read, and the rest by dragging.
function show(network, box, nodes) {
  network.fit({ animation: false });
  if (box.clientWidth >= NARROW || network.getScale() >= READABLE || !nodes.length) return;
  const top = nodes.reduce((best, node) => (node.y < best.y ? node : best));
  network.moveTo({ scale: READABLE, position: { x: top.x, y: top.y + (box.clientHeight / READABLE) * 0.36 } });
}

export default function ({ parentElement, data, key, setTriggerValue }) {
  const box = parentElement.querySelector(".mg-network");
  box.setAttribute("aria-label", data.label);
  box.style.height = `${data.height}px`;
  const held = networks.get(key);
  if (held && held.box === box && held.version === data.version) return;
  loadOnce(data.script).then((vis) => {
    const view = held ? { position: held.network.getViewPosition(), scale: held.network.getScale() } : null;
    if (held) held.network.destroy();
    const content = { nodes: new vis.DataSet(data.graph.nodes), edges: new vis.DataSet(data.graph.edges) };
    const network = new vis.Network(box, content, data.graph.options);
    if (view && held.version === data.version) network.moveTo(view);
    else network.once("afterDrawing", () => show(network, box, data.graph.nodes));
    network.on("click", (event) => {
      if (event.nodes.length) setTriggerValue("clicked", { value: event.nodes[0] });
      else if (event.edges.length) setTriggerValue("clicked", { edge: event.edges[0] });
    });
    networks.set(key, { network, box, version: data.version });
  }).catch((error) => { box.textContent = error.message; });
}
