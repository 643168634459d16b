// Draws the plots of a page from the page's own tables. templates/plot_scripts.html says how a page writes one.

const STEPS = Array.from({ length: 15 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat();
const DAY_S = 86_400;
const DAY_STEPS = [1, 2, 5, 7, 14, 28, 56, 91, 182, 364].map((days) => days * DAY_S);
const HEIGHT_PX = 220;
const DAYS_PX = 30;
const VALUES_PX = 58;
const ONE_POINT_ALONE = 2;

const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });
const count = new Intl.NumberFormat(undefined, { notation: "compact" });
const plots = new WeakMap();

function drawMissing() {
  for (const figure of document.querySelectorAll("figure[data-plot]")) if (!figure.querySelector(".uplot")) draw(figure);
}

function draw(figure) {
  plots.get(figure)?.destroy();
  plots.delete(figure);
  const box = figure.querySelector(".plot");
  const { columns, rows } = readTable(figure.querySelector("table"));
  const keys = makeKeys(columns);
  box.replaceChildren(keys);
  box.hidden = !rows.length;
  if (box.hidden) return;
  box.setAttribute("role", "img");
  box.setAttribute("aria-label", `${figure.querySelector("figcaption").textContent.trim()}. The table has the values.`);
  const options = { ...optionsOf(figure, columns, rows), hooks: { setCursor: [(plot) => showRow(keys, rows[plot.cursor.idx])] } };
  plots.set(figure, new window.uPlot({ ...options, width: box.clientWidth, height: HEIGHT_PX }, dataOf(figure, columns, rows), box));
  resizes.observe(box);
}

function readTable(table) {
  const columns = [...table.tHead.rows[0].cells].slice(1).map((head) => ({
    words: head.textContent.trim(),
    color: `--${head.dataset.color ?? "accent"}`,
  }));
  const rows = [...table.tBodies[0].rows].map(({ cells: [first, ...others] }) => ({
    at: Date.parse(first.querySelector("time").dateTime) / 1_000,
    words: first.textContent.trim(),
    cells: others.map((cell) => ({ words: cell.textContent.trim(), value: valueOf(cell) })),
  }));
  return { columns, rows: rows.sort((a, b) => a.at - b.at) };
}

function valueOf(cell) {
  const text = cell.dataset.value ?? cell.textContent.trim();
  return text === "" || Number.isNaN(Number(text)) ? null : Number(text);
}

// Stacked bars are drawn over each other, the highest first: each column contains those below it.
function dataOf(figure, columns, rows) {
  const values = columns.map((_, index) => rows.map(({ cells }) =>
    figure.dataset.plot === "bars" ? cells.slice(0, index + 1).reduce((sum, { value }) => sum + value, 0) : cells[index].value));
  return [rows.map(({ at }) => at), ...(figure.dataset.plot === "bars" ? values.reverse() : values)];
}

function optionsOf(figure, columns, rows) {
  const isBars = figure.dataset.plot === "bars";
  const isRank = "rank" in figure.dataset;
  const series = columns.map(({ color }) => isBars
    ? { fill: colorOf(color), width: 0, paths: window.uPlot.paths.bars({ size: [0.75, 40] }), points: { show: false } }
    : { stroke: colorOf(color), width: 2 });
  const asText = figure.dataset.unit === "bytes" ? bytes : (value) => count.format(value);
  const axis = { stroke: colorOf("--soft"), grid: { stroke: colorOf("--line"), width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
  return {
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: !isBars } },
    scales: {
      x: { time: false, range: (plot, min, max) => isBars || rows.length < ONE_POINT_ALONE ? [min - DAY_S / 2, max + DAY_S / 2] : [min, max] },
      y: isRank ? { dir: -1, range: (plot, min, max) => [0.5, max + 0.5] } : { range: (plot, min, max) => [0, max * 1.05 || 1] },
    },
    axes: [
      { ...axis, size: DAYS_PX, grid: { show: false }, incrs: DAY_STEPS, values: (plot, splits) => splits.map((at) => day.format(at * 1_000)) },
      { ...axis, size: VALUES_PX, incrs: STEPS, values: (plot, splits) => splits.map(asText) },
    ],
    series: [{}, ...(isBars ? series.reverse() : series)],
  };
}

function makeKeys(columns) {
  const keys = make("ul", "plot-keys");
  keys.append(make("li"), ...columns.map(({ words, color }) => {
    const key = make("li");
    const mark = make("span", "mark");
    mark.style.backgroundColor = `var(${color})`;
    key.append(mark, `${words} `, make("b"));
    return key;
  }));
  return keys;
}

function showRow(keys, row) {
  const [when, ...names] = keys.children;
  when.textContent = row?.words ?? "";
  names.forEach((name, index) => {
    name.querySelector("b").textContent = row?.cells[index].words ?? "";
  });
}

function make(tag, name = "") {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}

function colorOf(variable) {
  return getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
}

function bytes(value) {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log10(Math.max(value, 1)) / 3), units.length - 1);
  return `${count.format(value / 1_000 ** power)} ${units[power]}`;
}

const resizes = new ResizeObserver((entries) => {
  for (const { target } of entries) plots.get(target.closest("figure"))?.setSize({ width: target.clientWidth, height: HEIGHT_PX });
});

drawMissing();
document.addEventListener("htmx:after:swap", drawMissing);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.querySelectorAll("figure[data-plot]").forEach(draw));
