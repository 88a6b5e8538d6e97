// What every map here stands on: Leaflet without inline code, and the ground it draws: tiles if there is a tile server
// (data-tiles), else the outline with its names. The element that holds the map says both in its attributes.
import { names } from "./map-names.js";
import { outline } from "./map-outline.js";
import { takePosition } from "./position.js";

export const HIGHEST = 18;
export const WORLD = [[-70, -179.9], [84, 179.9]];
const RECENT_MS = 60_000;

export async function stage(host, box) {
  await import("../../lib/leaflet.js");
  const L = window.L;
  box.hidden = false;
  const animated = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(box, {
    zoomControl: false, minZoom: 1, maxZoom: HIGHEST, maxBounds: WORLD, maxBoundsViscosity: 0.8, worldCopyJump: false,
    zoomAnimation: animated, fadeAnimation: animated, markerZoomAnimation: animated, inertia: animated, tapTolerance: 20,
  });
  map.attributionControl.setPrefix(false);
  const { zoomInText, zoomOutText } = host.dataset;
  L.control.zoom({ position: "topright", zoomInTitle: zoomInText, zoomOutTitle: zoomOutText }).addTo(map);
  return { L, map };
}

// Returns what has to be called when the map goes.
export async function ground(L, map, host) {
  if (host.dataset.tiles) {
    L.tileLayer(host.dataset.tiles, { maxZoom: HIGHEST, attribution: host.dataset.attribution || "" }).addTo(map);
    return () => {};
  }
  const painters = await Promise.all([outline(L, map, host), names(L, map, host)]);
  const repaint = () => painters.forEach((paint) => paint());
  const watcher = new MutationObserver(repaint);
  watcher.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", repaint);
  return () => {
    watcher.disconnect();
    scheme.removeEventListener("change", repaint);
  };
}

// Where the device is, asked for because somebody wants it; null, and said in the element's own words, if it is not found.
export async function here(host, say) {
  say(host.dataset.locatingText);
  const found = await takePosition(RECENT_MS);
  if (found.fix === "fixed") say("");
  else say(found.fix === "denied" ? host.dataset.deniedText : host.dataset.nowhereText);
  return found.fix === "fixed" ? found : null;
}
