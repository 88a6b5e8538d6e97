// The map that needs no tile server: land, borders and lakes drawn on a canvas, in the colours of the theme.

// Colours come from CSS, where light-dark() is resolved only for real properties of a real element.
export function ink(host, name) {
  const probe = host.querySelector(`[data-ink="${name}"]`);
  return probe ? getComputedStyle(probe).color : "";
}

export function unpack(numbers, scale) {
  const points = [];
  let x = 0;
  let y = 0;
  for (let i = 0; i < numbers.length; i += 2) {
    x += numbers[i];
    y += numbers[i + 1];
    points.push([y / scale, x / scale]);
  }
  return points;
}

export async function outline(L, map, host) {
  const { scale, land, borders, lakes } = await (await fetch(host.dataset.outline)).json();
  const renderer = L.canvas({ padding: 0.4 });
  const still = { renderer, interactive: false };
  const rings = (lines) => lines.map((line) => [unpack(line, scale)]);
  const layers = [
    ["land", "fillColor", L.polygon(rings(land), { ...still, stroke: false, fillOpacity: 1 })],
    ["border", "color", L.polyline(borders.map((line) => unpack(line, scale)), { ...still, weight: 1, dashArray: "4 3" })],
    ["water", "fillColor", L.polygon(rings(lakes), { ...still, stroke: false, fillOpacity: 1 })],
  ];
  const paint = () => layers.forEach(([name, property, layer]) => layer.setStyle({ [property]: ink(host, name) }));
  paint();
  layers.forEach(([, , layer]) => layer.addTo(map));
  return paint;
}
