// Draws a vis-network inside the page. The script is loaded once from the app's own address; the network is kept
// between reruns, so zoom and position stay, and a click changes nothing but the selection.
const networks = (window.moralGraphNetworks ??= new Map());

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

function zoom(network, factor) {
  network.moveTo({ scale: Math.min(3, Math.max(0.04, network.getScale() * factor)), animation: false });
}

export default function ({ parentElement, data, key, setTriggerValue }) {
  const box = parentElement.querySelector(".mg-network");
  const held = networks.get(key);
  if (held && held.box === box && held.version === data.version) return;
  box.setAttribute("aria-label", data.label);
  box.setAttribute("role", "img"); // after its name: a picture without one says nothing to a screen reader
  box.style.height = `${moralGraphHeight(box, data.graph)}px`;
  loadOnce(data.script).then((vis) => {
    const view = held ? { position: held.network.getViewPosition(), scale: held.network.getScale() } : null;
    if (held) held.network.destroy();
    const network = moralGraphDraw(vis, box, data.graph, false);
    // What is looked at stays in view when votes come in or the colours change.
    if (view && held.view === data.view) network.moveTo(view);
    else moralGraphShow(network, box, data.graph);
    network.on("click", (event) => {
      if (event.nodes.length) setTriggerValue("clicked", { value: event.nodes[0] });
      else if (event.edges.length) setTriggerValue("clicked", { edge: event.edges[0] });
    });
    // The wheel scrolls the page, as everywhere else; with Ctrl it goes closer.
    box.onwheel = (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      zoom(network, event.deltaY < 0 ? 1.15 : 1 / 1.15);
    };
    const tools = {
      closer: () => zoom(network, 1.3),
      further: () => zoom(network, 1 / 1.3),
      whole: () => network.fit({ animation: false }),
      start: () => moralGraphShow(network, box, data.graph),
    };
    for (const button of parentElement.querySelectorAll(".mg-network-tools button")) {
      button.textContent = data.tools[button.dataset.tool];
      button.onclick = tools[button.dataset.tool];
      button.hidden = false;
    }
    networks.set(key, { network, box, version: data.version, view: data.view });
  }).catch((error) => { box.textContent = error.message; });
}
