// Customers on the map: one mark a cell of the screen, counted on the server.

export function pins(L, map, host, open) {
  const layer = L.layerGroup().addTo(map);
  let asked = null;

  const icon = (css, label) =>
    L.divIcon({ className: css, html: Object.assign(document.createElement("span"), { textContent: label }), iconSize: null });

  function mark(place, css, label, title, act) {
    const marker = L.marker([place.lat, place.lng], { icon: icon(css, label), title, alt: title, riseOnHover: true });
    marker.on("click", act);
    marker.on("add", () => {
      const element = marker.getElement();
      element.setAttribute("aria-label", title);
      element.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        act();
      });
    });
    layer.addLayer(marker);
  }

  function cluster(cell) {
    const title = host.dataset.manyText.replace("0", cell.count.toLocaleString(document.documentElement.lang));
    const size = cell.count < 10 ? "few" : cell.count < 100 ? "some" : cell.count < 1000 ? "many" : "most";
    mark(cell, `map-cluster ${size}`, short(cell.count), title, () => {
      if (cell.list) open(cell.list, cell);
      else map.fitBounds([[cell.south, cell.west], [cell.north, cell.east]], { padding: [48, 48], maxZoom: map.getZoom() + 4 });
    });
  }

  async function load() {
    const box = map.getBounds();
    const query = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((n) => n.toFixed(5)).join(",");
    asked?.abort();
    asked = new AbortController();
    const address = `${host.dataset.points}${host.dataset.points.includes("?") ? "&" : "?"}bbox=${query}&zoom=${Math.round(map.getZoom())}`;
    let found;
    try {
      const answer = await fetch(address, { signal: asked.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      found = await answer.json();
    } catch (problem) {
      if (problem.name !== "AbortError") host.say(host.dataset.failedText);
      return null;
    }
    layer.clearLayers();
    found.clusters.forEach(cluster);
    for (const place of found.customers) {
      mark(place, `map-pin ${place.tone}`, place.letter || "", `${place.name} · ${place.state}`, () => open(place.card, place));
    }
    host.say(host.dataset.countText.replace("0", found.total.toLocaleString(document.documentElement.lang)));
    return found;
  }

  return load;
}

function short(count) {
  if (count < 1000) return String(count);
  return new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumFractionDigits: 1 }).format(count);
}
