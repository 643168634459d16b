// Draws a small line into each element with data-spark, from the element's own text.
// The text stays for screen readers.
//
//   <span data-spark>3, 5, –, 9</span>       oldest first. A part that is not a number is a gap. data-rank puts 1 at the top.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 96;
const HEIGHT = 24;
const EDGE = 3;

function drawMissing() {
  for (const element of document.querySelectorAll("[data-spark]")) if (!element.querySelector("svg")) draw(element);
}

function draw(element) {
  const values = element.textContent.split(",").map((text) => (text.trim() === "" ? NaN : Number(text)));
  const points = pointsOf(values, "rank" in element.dataset);
  const words = document.createElement("span");
  words.className = "hidden-label";
  words.append(...element.childNodes);
  const picture = make("svg", { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, "aria-hidden": "true" });
  for (const run of runsOf(points)) picture.append(make("polyline", { points: run.map(({ x, y }) => `${x},${y}`).join(" ") }));
  const last = points.findLast((point) => point);
  if (last) picture.append(make("circle", { cx: last.x, cy: last.y, r: EDGE }));
  element.replaceChildren(picture, words);
}

function pointsOf(values, isRank) {
  const known = values.filter((value) => !Number.isNaN(value));
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const step = (WIDTH - 2 * EDGE) / Math.max(values.length - 1, 1);
  return values.map((value, index) => {
    if (Number.isNaN(value)) return null;
    const share = high === low ? 0.5 : (value - low) / (high - low);
    return { x: EDGE + index * step, y: EDGE + (HEIGHT - 2 * EDGE) * (isRank ? share : 1 - share) };
  });
}

// The parts between gaps.
function runsOf(points) {
  const runs = [[]];
  for (const point of points) {
    if (point) runs.at(-1).push(point);
    else runs.push([]);
  }
  return runs.filter((run) => run.length > 1);
}

function make(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

drawMissing();
document.addEventListener("htmx:after:swap", drawMissing);
