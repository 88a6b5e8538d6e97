// Names of cities on the outline map, as many as fit without covering each other.
import { ink } from "./map-outline.js";

const RANKS = [[3, 1], [5, 2], [7, 3], [Infinity, 4]]; // below this zoom, names up to this rank
const DISTRICTS_FROM = 9;

export async function names(L, map, host) {
  const chinese = document.documentElement.lang.startsWith("zh");
  const read = async (url) => {
    const { scale, names: rows } = await (await fetch(url)).json();
    return rows.map(([zh, latin, lng, lat, rank]) =>
      typeof latin === "number" // a district: name, lng, lat
        ? { text: zh, at: L.latLng(lng / scale, latin / scale), rank: 5 }
        : { text: chinese || !latin ? zh : latin, at: L.latLng(lat / scale, lng / scale), rank });
  };
  let places = await read(host.dataset.cities);
  let close = null;

  const pane = map.createPane("names"); // above the land, below the marks, whichever was fetched first
  Object.assign(pane.style, { zIndex: 450, pointerEvents: "none" });
  const canvas = L.DomUtil.create("canvas", "map-names", pane);
  canvas.setAttribute("aria-hidden", "true");
  const draw = () => {
    const zoom = map.getZoom();
    if (zoom >= DISTRICTS_FROM && !close && host.dataset.districts) {
      close = read(host.dataset.districts).then((more) => { places = places.concat(more); draw(); });
    }
    const size = map.getSize();
    const ratio = window.devicePixelRatio || 1;
    L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
    [canvas.width, canvas.height] = [size.x * ratio, size.y * ratio];
    [canvas.style.width, canvas.style.height] = [`${size.x}px`, `${size.y}px`];
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const most = zoom >= DISTRICTS_FROM ? 5 : RANKS.find(([below]) => zoom < below)[1];
    write(pen, places.filter((place) => place.rank <= most), map, size, host);
  };
  map.on("moveend zoomend resize", draw);
  map.on("zoomstart", () => canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height));
  draw();
  return draw;
}

function write(pen, places, map, size, host) {
  const taken = [];
  const [text, halo] = [ink(host, "name"), ink(host, "land")];
  const family = getComputedStyle(host).fontFamily;
  Object.assign(pen, { textBaseline: "middle", lineWidth: 3, lineJoin: "round", strokeStyle: halo });
  for (const place of places) {
    const { x, y } = map.latLngToContainerPoint(place.at);
    if (x < 0 || y < 0 || x > size.x || y > size.y) continue;
    pen.font = `${place.rank === 1 ? 600 : 400} ${place.rank > 4 ? 11 : 12}px ${family}`;
    const box = [x - 4, y - 9, x + 10 + pen.measureText(place.text).width, y + 9];
    if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
    taken.push(box);
    pen.strokeText(place.text, x + 6, y);
    pen.fillStyle = text;
    pen.fillText(place.text, x + 6, y);
    pen.beginPath();
    pen.arc(x, y, 2, 0, 7);
    pen.fill();
  }
}
