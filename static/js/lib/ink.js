// Drawing a signature: dark ink on white paper in either theme, in units of the paper's width so that it fits any screen.
import { blobOf } from "./pictures.js";

const INK = "#12171d";
const SOFT = "#5a6572";
const PEN = 0.007;
const WIDTH = 1200; // points of the picture that is sent, whatever the screen's

function drawStroke(pen, width, points) {
  const [first, ...rest] = points.map(([x, y]) => [x * width, y * width]);
  pen.beginPath();
  pen.moveTo(...first);
  if (rest.length === 0) pen.lineTo(first[0] + 0.01, first[1]); // a dot
  let last = first;
  for (const point of rest) {
    pen.quadraticCurveTo(...last, (last[0] + point[0]) / 2, (last[1] + point[1]) / 2);
    last = point;
  }
  pen.lineTo(...last);
  pen.stroke();
}

function drawName(pen, { width, height }, name, note) {
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = INK;
  pen.font = `italic 500 ${height * 0.3}px serif`;
  pen.fillText(name, width / 2, height / 2, width * 0.9);
  // A name that was typed must not pass for one written by hand.
  pen.fillStyle = SOFT;
  pen.font = `${height * 0.1}px sans-serif`;
  pen.fillText(note, width / 2, height * 0.88, width * 0.9);
}

// drawing: { base: an image drawn before, strokes: lists of [x, y], typed: a name, note: words under it }
export function drawSignature(canvas, { base, strokes, typed, note }) {
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  if (base) pen.drawImage(base, 0, 0, canvas.width, canvas.height);
  if (typed) drawName(pen, canvas, typed, note);
  pen.strokeStyle = INK;
  pen.lineCap = pen.lineJoin = "round";
  pen.lineWidth = canvas.width * PEN;
  for (const points of strokes) drawStroke(pen, canvas.width, points);
}

// As many points as the screen has, so that lines are sharp; true if that changed anything.
export function fitToScreen(canvas) {
  const { width, height } = canvas.getBoundingClientRect();
  const [wide, high] = [width, height].map((side) => Math.round(side * devicePixelRatio));
  if (!wide || (canvas.width === wide && canvas.height === high)) return false;
  canvas.width = wide;
  canvas.height = high;
  return true;
}

// Where a pointer has been since its last event, in units of the paper's width.
export function pointsOf(canvas, event) {
  const { left, top, width } = canvas.getBoundingClientRect();
  const events = event.getCoalescedEvents?.() ?? [];
  return (events.length ? events : [event]).map((one) => [(one.clientX - left) / width, (one.clientY - top) / width]);
}

export function signaturePng(canvas, drawing) {
  const paper = document.createElement("canvas");
  paper.width = WIDTH;
  paper.height = Math.round((WIDTH * canvas.height) / canvas.width);
  drawSignature(paper, drawing);
  return blobOf(paper, "image/png");
}
