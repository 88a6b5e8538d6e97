// One position of this device, asked for once: never watched, never kept longer than the form it goes into.
const LIMIT_MS = 15_000;
const FIXES = { 1: "denied", 2: "unavailable", 3: "timeout" };
const EARTH_M = 6_371_008.8;

const radians = (degrees) => (degrees * Math.PI) / 180;

export function metresBetween(lat, lng, otherLat, otherLng) {
  const half = (a, b) => Math.sin(radians(b - a) / 2) ** 2;
  const part = half(lat, otherLat) + Math.cos(radians(lat)) * Math.cos(radians(otherLat)) * half(lng, otherLng);
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(part)));
}

function found({ coords, timestamp }) {
  const ageS = Math.max(0, Math.round((Date.now() - timestamp) / 1000));
  return { fix: "fixed", lat: coords.latitude, lng: coords.longitude, accuracyM: coords.accuracy, ageS };
}

// { fix: "fixed", lat, lng, accuracyM, ageS } or { fix: "denied" | "timeout" | "unavailable" }. The person's answer to the
// browser's question takes as long as it takes; the limit is for the search after it. `maximumAge`: what was found so many
// milliseconds ago is good enough.
export function takePosition(maximumAge = 0) {
  if (!navigator.geolocation || !isSecureContext) return Promise.resolve({ fix: "unavailable" });
  const options = { enableHighAccuracy: true, timeout: LIMIT_MS, maximumAge };
  return new Promise((done) => {
    navigator.geolocation.getCurrentPosition(
      (position) => done(found(position)),
      (fault) => done({ fix: FIXES[fault.code] ?? "unavailable" }),
      options,
    );
    setTimeout(() => done({ fix: "timeout" }), 2 * LIMIT_MS); // devices that never answer at all
  });
}

export const asMetres = (metres) => (metres < 1000 ? `${Math.round(metres)} m` : `${(metres / 1000).toFixed(metres < 10_000 ? 1 : 0)} km`);
